/* Request targets taken apart. */
#include "http/target.h"

#include <string.h>

static void
test_parse (void)
{
  static const struct
  {
    const char *text, *path, *authority;
    guint n;
    const char *name, *value; /* of the last parameter */
  } cases[] = {
    { "/", "/", NULL, 0, NULL, NULL },
    { "/in/a%2Fb", "/in/a%2Fb", NULL, 0, NULL, NULL },
    { "/v1/events?limit=5", "/v1/events", NULL, 1, "limit", "5" },
    { "/v1/events?a=1&&b=%C3%BC+x%2B", "/v1/events", NULL, 2, "b", "ü x+" },
    { "/x?check", "/x", NULL, 1, "check", "" },
    { "/x?a=b=c", "/x", NULL, 1, "a", "b=c" },
    { "/x?a=?", "/x", NULL, 1, "a", "?" },
    { "http://[::1]:80/x?y=1", "/x", "[::1]:80", 1, "y", "1" },
    { "HTTP://evil.example", "/", "evil.example", 0, NULL, NULL },
    { "http://h?q=1", "/", "h", 1, "q", "1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      HttpTarget target;
      const char *reason = NULL;

      g_test_message ("%s", cases[i].text);
      g_assert_true (http_target_parse (cases[i].text, &target, &reason));
      g_assert_cmpstr (target.path, ==, cases[i].path);
      g_assert_cmpstr (target.authority, ==, cases[i].authority);
      g_assert_cmpuint (target.n_parameters, ==, cases[i].n);
      if (cases[i].n > 0)
        g_assert_cmpstr (http_target_parameter (&target, cases[i].name), ==, cases[i].value);
      g_assert_null (http_target_parameter (&target, "absent"));
      http_target_clear (&target);
    }
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "", "*", "x", "?a=1", "/x?a=%", "/x?a=%4", "/x?a=%zz", "/x?%00=1", "/x?a=%ff",
  };
  g_autoptr (GString) many = g_string_new ("/x?");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      HttpTarget target = { 0 };
      const char *reason = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (http_target_parse (bad[i], &target, &reason));
      g_assert_nonnull (reason);
      g_assert_null (target.path);
    }
  for (guint i = 0; i <= HTTP_TARGET_MAX_PARAMETERS; i++)
    {
      HttpTarget target;
      const char *reason;
      gboolean done = http_target_parse (many->str, &target, &reason);

      g_assert_true (done);
      http_target_clear (&target);
      g_string_append_printf (many, "&p%u=1", i);
    }
  {
    HttpTarget target;
    const char *reason;

    g_assert_false (http_target_parse (many->str, &target, &reason));
  }
}

static void
test_decode (void)
{
  g_autofree char *plain = http_decode ("a%20b+c", 7, FALSE);
  g_autofree char *cut = http_decode ("%41%42", 3, FALSE);
  g_autofree char *empty = http_decode ("", 0, TRUE);

  g_assert_cmpstr (plain, ==, "a b+c");
  g_assert_cmpstr (cut, ==, "A");
  g_assert_cmpstr (empty, ==, "");
  g_assert_null (http_decode ("%4", 2, FALSE));
  g_assert_null (http_decode ("%e2%82", 6, FALSE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/target/parse", test_parse);
  g_test_add_func ("/http/target/refused", test_refused);
  g_test_add_func ("/http/target/decode", test_decode);
  return g_test_run ();
}
