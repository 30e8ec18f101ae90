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

  return unique_names (copy, strlen (text));
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/unique-names/unique", test_unique);
  g_test_add_func ("/rules/unique-names/repeated", test_repeated);
  g_test_add_func ("/rules/unique-names/sizes", test_sizes);
  return g_test_run ();
}
