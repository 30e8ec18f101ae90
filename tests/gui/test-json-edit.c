/* One value of a text changes, and nothing else. */
#include "sb-json-edit.h"

static const char text[] = "{\n"
                           "  \"Url\": \"http://a\",\n"
                           "  \"Tls\": { \"CaFile\": \"x\" },\n"
                           "  \"To\": [\"a\", \"b\"]\n"
                           "}\n";

static void
check_set (const char *before, const char *pointer, const char *value, const char *after)
{
  g_autoptr (JsonNode) node = json_from_string (value, NULL);
  g_autofree char *result = sb_json_edit_set (before, pointer, node);

  g_assert_cmpstr (result, ==, after);
}

static void
test_set (void)
{
  check_set (text, "/Url", "\"http://b\"",
             "{\n  \"Url\": \"http://b\",\n  \"Tls\": { \"CaFile\": \"x\" },\n"
             "  \"To\": [\"a\", \"b\"]\n}\n");
  check_set (text, "/To/-", "\"c\"",
             "{\n  \"Url\": \"http://a\",\n  \"Tls\": { \"CaFile\": \"x\" },\n"
             "  \"To\": [\"a\", \"b\", \"c\"]\n}\n");
  check_set ("{\n}\n", "/A", "5", "{\n  \"A\": 5\n}\n");
  check_set ("{\"A\": 1}", "/B/C/D", "[{\"prefix\": \"x\"}]",
             "{\"A\": 1, \"B\": {\n  \"C\": {\n    \"D\": [{ \"prefix\": \"x\" }]\n  }\n}}");
  check_set ("{\"A\": 1}", "/a~1b", "2", "{\"A\": 1, \"a/b\": 2}");
}

/* No way there, or no text to change. */
static void
test_refused (void)
{
  check_set ("{\"A\": 1}", "/A/B", "2", NULL);
  check_set ("{\"A\": 1", "/A", "2", NULL);
  check_set ("{\"A\": [1]}", "/A/7", "2", NULL);
}

static void
check_remove (const char *before, const char *pointer, gboolean prune, const char *after)
{
  g_autofree char *result = sb_json_edit_remove (before, pointer, prune);

  g_assert_cmpstr (result, ==, after);
}

static void
test_remove (void)
{
  check_remove ("{\"A\": 1, \"B\": 2}", "/A", FALSE, "{\"B\": 2}");
  check_remove ("{\"A\": 1, \"B\": 2}", "/B", FALSE, "{\"A\": 1}");
  check_remove ("{\"A\": 1}", "/C", FALSE, "{\"A\": 1}");
  check_remove ("{\"A\": {\"B\": {\"C\": 1}}, \"D\": 2}", "/A/B/C", TRUE, "{\"D\": 2}");
  check_remove ("{\"A\": {\"B\": 1}}", "/A/B", FALSE, "{\"A\": {}}");
}

static void
test_pointers (void)
{
  g_autoptr (JsonNode) root = json_from_string ("{\"a/b\": [{\"c\": 7}]}", NULL);
  g_autofree char *key = sb_json_pointer_from_key ("Targets[0].Arn");
  g_autofree char *joined = sb_json_pointer_join ("/x", "a/b~c");
  JsonNode *found = sb_json_pointer_get (root, "/a~1b/0/c");

  g_assert_cmpstr (key, ==, "/Targets/0/Arn");
  g_assert_cmpstr (joined, ==, "/x/a~1b~0c");
  g_assert_nonnull (found);
  g_assert_cmpint (json_node_get_int (found), ==, 7);
  g_assert_null (sb_json_pointer_get (root, "/a~1b/1/c"));
  g_assert_null (sb_json_pointer_get (root, "/a~1b/0/c/d"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-edit/set", test_set);
  g_test_add_func ("/json-edit/refused", test_refused);
  g_test_add_func ("/json-edit/remove", test_remove);
  g_test_add_func ("/json-edit/pointers", test_pointers);
  return g_test_run ();
}
