/* unique-names.c: it may leave an object to others, but must never call names unique that are not.
 */
#include "rules/unique-names.h"

#include "rules/rules.h"

#include <glib.h>
#include <string.h>

static bool
check (const char *text)
{
  g_autofree char *copy = g_memdup2 (text, strlen (text));
  bool unique = unique_names (copy, strlen (text));

  g_assert_cmpint (unique_names_plain (copy, strlen (text)), ==, unique);
  return unique;
}

static void
test_unique (void)
{
  g_assert_true (check ("{}"));
  g_assert_true (check ("{\"a\":1,\"b\":{\"a\":1},\"c\":[{\"a\":1},{\"a\":2}],\"\":0}"));
  g_assert_true (check ("{ \"a\" : \"b\" , \"b\" : \"a\", \"x\": [\"a\", \"a\"] }"));
  g_assert_true (check ("{\"abcdefgh\":1,\"abcdefghi\":2,\"abcdefghj\":3}"));
  g_assert_true (check ("{\"a\":\"\\\"b\\\":{\",\"b\":1}"));
}

static void
test_repeated (void)
{
  g_assert_false (check ("{\"a\":1,\"a\":2}"));
  g_assert_false (check ("{\"x\":[{\"b\":1,\"c\":{\"b\":1},\"b\":2}]}"));
  g_assert_false (check ("{\"a long name\" : 1, \"b\": 2, \"a long name\" :3}"));
  g_assert_false (check ("{\"\":1,\"\":2}"));
  g_assert_false (check ("{\"a\":1,\"\\u0061\":2}"));
}

/* The public function, for objects of every size, with the last name like one before it or not. */
static void
test_sizes (void)
{
  for (guint size = 1; size < 300; size++)
    for (guint repeated = 0; repeated < 2; repeated++)
      {
        g_autoptr (GString) text = g_string_new ("{");

        for (guint i = 0; i < size; i++)
          g_string_append_printf (text, "\"name-%u\":{\"n\":%u},", i, i);
        g_string_append_printf (text, "\"name-%u\":0}", repeated ? size / 2 : size);
        g_assert_cmpint (rules_check_json (text->str, text->len, NULL, NULL), ==, !repeated);
      }
}

static void
put_text (GString *out)
{
  static const char *const pieces[] = {
    "a", "bc", "\\\"", "\\\\", "{", "}", ":", ",", "long text "
  };

  g_string_append_c (out, '"');
  for (gint n = g_test_rand_int_range (0, 4); n > 0; n--)
    g_string_append (out, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
  g_string_append_c (out, '"');
}

static void
put_object (GString *out, guint depth)
{
  g_string_append_c (out, '{');
  for (gint i = 0, n = g_test_rand_int_range (0, 6); i < n; i++)
    {
      g_string_append (out, i ? "," : "");
      if (g_test_rand_int_range (0, 4))
        g_string_append_printf (out, "\"%.*s%d\"", g_test_rand_int_range (0, 12), "name-that-is",
                                g_test_rand_int_range (0, 20));
      else
        put_text (out);
      g_string_append_printf (out, "%*s:%*s", g_test_rand_int_range (0, 2), "",
                              g_test_rand_int_range (0, 2), "");
      if (depth < 4 && g_test_rand_int_range (0, 3) == 0)
        put_object (out, depth + 1);
      else if (g_test_rand_bit ())
        put_text (out);
      else
        g_string_append (out, "[1,\"x\",{\"y\":null}]");
    }
  g_string_append_c (out, '}');
}

/* Both ways, and what is refused, against the long way. */
static void
test_random (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      bool unique;

      put_object (text, 0);
      unique = check (text->str);
      if (unique && !rules_check_json (text->str, text->len, NULL, NULL))
        g_error ("no names are repeated in %s", text->str);
      /* With a member more, the text goes the long way in any case. */
      g_string_insert (text, 1, text->str[1] == '}' ? "\"\\u0041\":0" : "\"\\u0041\":0,");
      g_assert_false (check (text->str));
      if (unique)
        g_assert_true (rules_check_json (text->str, text->len, NULL, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/unique-names/unique", test_unique);
  g_test_add_func ("/rules/unique-names/repeated", test_repeated);
  g_test_add_func ("/rules/unique-names/sizes", test_sizes);
  g_test_add_func ("/rules/unique-names/random", test_random);
  return g_test_run ();
}
