/* Keys of requests: how they are written, and that one is under way only once. */
#include "ingress/repeat.h"

#include <string.h>

static void
test_parse (void)
{
  static const struct
  {
    const char *value, *key;
  } cases[] = {
    { "8e03978e-40d5", "8e03978e-40d5" },
    { "\"8e03978e-40d5\"", "8e03978e-40d5" },
    { "  \"a b\"  ", "a b" },
    { "\"a\\\"b\\\\c\"", "a\"b\\c" },
    { "\"a\";v=1", "a" },
    { "\"a\" ; v=1", "a" },
    { "", NULL },
    { "   ", NULL },
    { "\"\"", NULL },
    { "\"a", NULL },
    { "\"", NULL },
    { "\"a\\", NULL },
    { "\"a\\x\"", NULL },
    { "\"a\" b", NULL },
    { "a b", NULL },
    { "a\"b", NULL },
    { "gr\xc3\xbc\xc3\x9f", NULL },
    { "a\tb", NULL },
    { "\"a\x01\"", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *key = repeat_parse_key (cases[i].value);

      g_test_message ("%s", cases[i].value);
      g_assert_cmpstr (key, ==, cases[i].key);
    }
}

static void
test_length (void)
{
  g_autofree char *longest = g_strnfill (REPEAT_MAX_KEY_BYTES, 'x');
  g_autofree char *longer = g_strnfill (REPEAT_MAX_KEY_BYTES + 1, 'x');
  g_autofree char *taken = repeat_parse_key (longest);
  g_autofree char *refused = repeat_parse_key (longer);

  g_assert_cmpstr (taken, ==, longest);
  g_assert_null (refused);
}

static void
test_guard (void)
{
  g_autoptr (RepeatGuard) guard = repeat_guard_new ();
  const Repeat one = { .scope = (char *) "api", .key = (char *) "a" };
  const Repeat other = { .scope = (char *) "source/shop", .key = (char *) "a" };
  char *ticket = repeat_guard_enter (guard, &one);
  char *other_ticket = repeat_guard_enter (guard, &other);

  g_assert_nonnull (ticket);
  g_assert_nonnull (other_ticket);
  g_assert_null (repeat_guard_enter (guard, &one));
  repeat_guard_leave (guard, ticket);
  ticket = repeat_guard_enter (guard, &one);
  g_assert_nonnull (ticket);
  repeat_guard_leave (guard, ticket);
  repeat_guard_leave (guard, other_ticket);
  repeat_guard_leave (guard, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingress/repeat/parse", test_parse);
  g_test_add_func ("/ingress/repeat/length", test_length);
  g_test_add_func ("/ingress/repeat/guard", test_guard);
  return g_test_run ();
}
