#include "sb-json-diff.h"

static void
test_changes (void)
{
  static const struct
  {
    const char *before, *after, *changes; /* "path before after;" */
  } cases[] = {
    { "{}", "{}", "" },
    { "{\"a\":1,\"b\":[1,2]}", "{\"b\":[1,2],\"a\":1}", "" },
    { "{\"a\":1}", "{\"a\":2}", "$.a 1 2;" },
    { "{\"a\":1}", "{\"b\":1}", "$.a 1 -;$.b - 1;" },
    { "{\"a\":{\"b\":\"x\"}}", "{\"a\":{\"b\":null}}", "$.a.b \"x\" null;" },
    { "{\"a\":[1,2]}", "{\"a\":[1,3,4]}", "$.a[1] 2 3;$.a[2] - 4;" },
    { "{\"unit price\":1}", "{}", "$['unit price'] 1 -;" },
    { "{\"a\":{\"b\":1}}", "{\"a\":[1]}", "$.a {\"b\":1} [1];" },
    { "1", "2", "$ 1 2;" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint n_all = 0;
      g_autoptr (GPtrArray) changes = sb_json_diff (cases[i].before, cases[i].after, "$", 10,
                                                    &n_all);
      g_autoptr (GString) text = g_string_new ("");

      g_assert_nonnull (changes);
      g_assert_cmpuint (changes->len, ==, n_all);
      for (guint j = 0; j < changes->len; j++)
        {
          const SbJsonChange *change = g_ptr_array_index (changes, j);

          g_string_append_printf (text, "%s %s %s;", change->path,
                                  change->before != NULL ? change->before : "-",
                                  change->after != NULL ? change->after : "-");
        }
      g_assert_cmpstr (text->str, ==, cases[i].changes);
    }
}

static void
test_bounds (void)
{
  guint n_all = 0;
  g_autoptr (GPtrArray) few = sb_json_diff ("[1,2,3,4]", "[5,6,7,8]", "$", 2, &n_all);
  g_autofree char *text = g_strnfill (10000, 'x');
  g_autofree char *json = g_strdup_printf ("\"%s\"", text);
  g_autoptr (GPtrArray) changes = NULL;
  const SbJsonChange *change;

  g_assert_cmpuint (few->len, ==, 2);
  g_assert_cmpuint (n_all, ==, 4);
  changes = sb_json_diff (json, "1", "$", 2, NULL);
  change = g_ptr_array_index (changes, 0);
  g_assert_cmpuint (strlen (change->before), <, 300);
  g_assert_null (sb_json_diff ("{", "{}", "$", 2, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-diff/changes", test_changes);
  g_test_add_func ("/json-diff/bounds", test_bounds);
  return g_test_run ();
}
