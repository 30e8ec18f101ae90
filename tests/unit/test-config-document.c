/* From bytes to a tree, or to the place where they are no JSON. */
#include "support/config-folder.h"

#include "config/document.h"

#include <string.h>

static JsonNode *
parse (const char *text, gsize length, GPtrArray *problems)
{
  g_autoptr (ConfigFile) file = g_new0 (ConfigFile, 1);
  ConfigReport report;
  gboolean ok;

  file->schema = &config_schema_bus;
  file->path = g_strdup ("bus/a.json");
  file->text = g_malloc (length + 1);
  memcpy (file->text, text, length);
  file->text[length] = '\0';
  file->length = length;
  config_report_init (&report, file, problems);
  ok = config_file_parse (file, &report);
  config_report_clear (&report);
  g_assert_cmpint (ok, ==, file->root != NULL);
  g_assert_cmpuint (problems->len, ==, ok ? 0 : 1);
  return g_steal_pointer (&file->root);
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *problem;
  } cases[] = {
    { "", "bus/a.json:1:1: not valid JSON: *" },
    { "  \n", "bus/a.json:2:1: not valid JSON: *" },
    { "{\n  \"a\": 1\n  \"b\": 2\n}", "bus/a.json:3:3: not valid JSON: *" },
    { "{\n  \"a\": 1,\n}", "bus/a.json:3:1: not valid JSON: *" },
    { "{ 'a': 1 }", "bus/a.json:1:3: not valid JSON: *" },
    { "{ \"a\": 1 } x", "bus/a.json:1:12: not valid JSON: *" },
    { "{ \"a\": 1, // no\n }", "bus/a.json:1:11: not valid JSON: *" },
    { "{ \"a\": 01 }", "bus/a.json:1:*: not valid JSON: *" },
    { "{ \"a\": 1, \"b\": { \"c\": 1, \"c\": 2 } }", "bus/a.json:1:26: not valid JSON: *" },
    { "{ \"a\": \"\\x\" }", "bus/a.json:1:*: not valid JSON: *" },
    { "{ \"a\": \"\xff\" }", "bus/a.json:1:9: not valid JSON: *" },
    { "\xef\xbb\xbf{}", "bus/a.json:1:1: not valid JSON: *" },
    { "[]", "bus/a.json:1:1: expected an object*" },
    { "\n  \"text\"", "bus/a.json:2:3: expected an object*" },
    { "null", "bus/a.json:1:1: expected an object*" },
    { "{ \"a\": \"b\\u0000\" }", "bus/a.json:1:10: \\u0000 is no character: *" },
    { "{ \"a\\u0000\": 1 }", "bus/a.json:1:5: \\u0000 is no character: *" },
    { "{ \"a\": \"\\ud800\" }", "bus/a.json:1:9: \\ud800 is no character: *" },
    { "{ \"a\": \"\\ud83d\\u0041\" }", "bus/a.json:1:9: \\ud83d is no character: *" },
    { "{ \"a\": \"\\ud83d\\ude00\\ude00\" }", "bus/a.json:1:21: \\ude00 is no character: *" },
    { "{ \"a\": \"\\uD83D\" }", "bus/a.json:1:9: \\uD83D is no character: *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) problems = test_problems_new ();
      g_autoptr (JsonNode) root = parse (cases[i].text, strlen (cases[i].text), problems);
      const char *const expected[] = { cases[i].problem, NULL };

      g_assert_null (root);
      test_problems_are (cases[i].text, problems, expected);
    }
}

static void
test_too_deep (void)
{
  g_autofree char *open = g_strnfill (64, '[');
  g_autofree char *close = g_strnfill (64, ']');
  g_autofree char *deep = g_strconcat ("{\"a\":", open, close, "}", NULL);
  g_autofree char *fits = g_strconcat ("{\"a\":", open + 1, close + 1, "}", NULL);
  g_autoptr (GPtrArray) problems = test_problems_new ();
  g_autoptr (JsonNode) fitting = parse (fits, strlen (fits), problems);
  g_autoptr (JsonNode) refused = NULL;

  g_assert_nonnull (fitting);
  refused = parse (deep, strlen (deep), problems);
  g_assert_null (refused);
}

static void
test_raw_nul (void)
{
  g_autoptr (GPtrArray) problems = test_problems_new ();
  g_autoptr (JsonNode) root = parse ("{}\0{}", 5, problems);

  g_assert_null (root);
}

static void
test_unread (void)
{
  g_autoptr (GPtrArray) problems = test_problems_new ();
  ConfigFile file = { .path = (char *) "bus/a.json" };
  ConfigReport report;

  config_report_init (&report, &file, problems);
  g_assert_false (config_file_parse (&file, &report));
  g_assert_cmpuint (problems->len, ==, 0);
  config_report_clear (&report);
}

static void
test_good (void)
{
  const char
      *text = " { \"a\": \"x\\\\\\\"\\ud83d\\ude00\\u00e9\\n\", \"\": [ 1, -0.5e2, null ] }\n";
  g_autoptr (GPtrArray) problems = test_problems_new ();
  g_autoptr (JsonNode) root = parse (text, strlen (text), problems);
  JsonObject *object;

  g_assert_nonnull (root);
  g_assert_true (json_node_is_immutable (root));
  object = json_node_get_object (root);
  g_assert_true (json_object_is_immutable (object));
  g_assert_cmpstr (json_object_get_string_member (object, "a"), ==, "x\\\"😀é\n");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "")), ==, 3);
}

/* The tree's builder reads numbers as the checker does. */
static void
test_numbers (void)
{
  static const struct
  {
    const char *text;
    double value;
  } cases[] = {
    { "0", 0 },         { "-0", 0 },       { "-7", -7 },
    { "0.5", 0.5 },     { "-0.5e2", -50 }, { "1E+2", 100 },
    { "1e-2", 0.01 },   { "0e1", 0 },      { "10E0", 10 },
    { "1.25e1", 12.5 }, { "2e1", 20 },     { "9007199254740991", 9007199254740991 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"n\":%s}", cases[i].text);
      g_autoptr (GPtrArray) problems = test_problems_new ();
      g_autoptr (JsonNode) root = parse (text, strlen (text), problems);

      g_test_message ("%s", text);
      g_assert_nonnull (root);
      g_assert_cmpfloat (json_object_get_double_member (json_node_get_object (root), "n"), ==,
                         cases[i].value);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-document/bad", test_bad);
  g_test_add_func ("/config-document/too-deep", test_too_deep);
  g_test_add_func ("/config-document/raw-nul", test_raw_nul);
  g_test_add_func ("/config-document/unread", test_unread);
  g_test_add_func ("/config-document/good", test_good);
  g_test_add_func ("/config-document/numbers", test_numbers);
  return g_test_run ();
}
