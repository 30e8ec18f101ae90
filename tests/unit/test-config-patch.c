/* Changes of single values, and what stays around them. */
#include "config/patch.h"

#include "base/error.h"

static const char *const changes[][4] = {
  /* text, pointer, value ("" removes), what comes out */
  { "{\"a\": 1, \"b\": 2}", "/b", "3", "{\"a\": 1, \"b\": 3}" },
  { "{\"a\": 1}", "/b", "[1,2]", "{\"a\": 1, \"b\": [1,2]}" },
  { "{ \"a\": 1 }", "/b", "2", "{ \"a\": 1, \"b\": 2 }" },
  { "{\n  \"a\": 1\n}\n", "/b", "\"x\"", "{\n  \"a\": 1,\n  \"b\": \"x\"\n}\n" },
  { "{\n  \"a\": {}\n}\n", "/a/b", "1", "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n" },
  { "{\n\t\"a\": {\n\t\t\"b\": 1\n\t}\n}", "/a/c", "{\n  \"d\": 2\n}",
    "{\n\t\"a\": {\n\t\t\"b\": 1,\n\t\t\"c\": {\n\t\t  \"d\": 2\n\t\t}\n\t}\n}" },
  { "{\"a\": [1, 2]}", "/a/-", "3", "{\"a\": [1, 2, 3]}" },
  { "{\"a\": [1, 2]}", "/a/0", "\"x\"", "{\"a\": [\"x\", 2]}" },
  { "{\"a\": [1, 2]}", "/a/0", "", "{\"a\": [2]}" },
  { "{\"a\": [1, 2]}", "/a/1", "", "{\"a\": [1]}" },
  { "{\"a\": [1]}", "/a/0", "", "{\"a\": []}" },
  { "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}\n", "/a", "", "{\n  \"b\": 2,\n  \"c\": 3\n}\n" },
  { "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}\n", "/b", "", "{\n  \"a\": 1,\n  \"c\": 3\n}\n" },
  { "{\n  \"a\": 1,\n  \"c\": 3\n}\n", "/c", "", "{\n  \"a\": 1\n}\n" },
  { "{\n  \"a\": 1\n}\n", "/a", "", "{}\n" },
  { "{\"x\\\"y\\\\\": 1, \"b\": 2}", "/x\"y\\", "", "{\"b\": 2}" },
  { "{\"a/b\": {\"m~n\": 1}}", "/a~1b/m~0n", "2", "{\"a/b\": {\"m~n\": 2}}" },
  { "{\"a\": 1}", "/b~1c\"", "2", "{\"a\": 1, \"b/c\\\"\": 2}" },
};

static void
test_changes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      const char *value = changes[i][2];
      g_autoptr (GError) error = NULL;
      g_autofree char *result = config_patch_text (changes[i][0], changes[i][1],
                                                   *value != '\0' ? value : NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (result, ==, changes[i][3]);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text, *pointer, *value;
    int code;
  } bad[] = {
    { "{\"a\": 1}", "a", "1", ROUTER_ERROR_INVALID },
    { "{\"a\": 1}", "", "1", ROUTER_ERROR_INVALID },
    { "{\"a\": 1}", "/a", "{", ROUTER_ERROR_INVALID },
    { "{\"a\": 1", "/a", "1", ROUTER_ERROR_INVALID },
    { "{\"a\": 1}", "/b", NULL, ROUTER_ERROR_NOT_FOUND },
    { "{\"a\": 1}", "/b/c", "1", ROUTER_ERROR_INVALID },
    { "{\"a\": 1}", "/a/c", "1", ROUTER_ERROR_INVALID },
    { "{\"a\": []}", "/a/3", "1", ROUTER_ERROR_INVALID },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (config_patch_text (bad[i].text, bad[i].pointer, bad[i].value, &error));
      g_assert_error (error, ROUTER_ERROR, bad[i].code);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/patch/changes", test_changes);
  g_test_add_func ("/config/patch/refused", test_refused);
  return g_test_run ();
}
