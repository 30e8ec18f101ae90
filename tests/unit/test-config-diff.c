/* Differences in the words of the settings, without what may be secret. */
#include "config/diff.h"

#include "support/config-folder.h"

static GHashTable *
files_of (const char *path, const char *text)
{
  GHashTable *files = g_hash_table_new (g_str_hash, g_str_equal);

  if (path)
    g_hash_table_insert (files, (gpointer) path, (gpointer) text);
  return files;
}

/* before, after: the file's text, NULL when it is not there.  expected: one change a line. */
static void
check (const char *path, const char *before, const char *after, const char *expected)
{
  g_autoptr (GHashTable) old = files_of (before ? path : NULL, before);
  g_autoptr (GHashTable) new = files_of (after ? path : NULL, after);
  g_autoptr (GPtrArray) changes = config_diff (old, new, test_connector_schemas);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < changes->len; i++)
    {
      g_autofree char *line = config_change_format (changes->pdata[i]);

      g_string_append_printf (text, "%s\n", line);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

#define RULE "rule/default/paid-orders.json"
#define TARGET(retry)                                                                              \
  "{\"Targets\": [{\"Id\": \"billing\", \"Arn\": \"webhook/billing\", \"RetryPolicy\": {" retry    \
  "}}]}"

static void
test_settings (void)
{
  check (RULE, TARGET ("\"MaximumRetryAttempts\": 12"), TARGET ("\"MaximumRetryAttempts\": 20"),
         "~ rule default/paid-orders: target billing: RetryPolicy.MaximumRetryAttempts 12 -> 20 "
         "(next attempt)\n");
  check (RULE, TARGET (""), TARGET ("\"Jitter\": 0.5"),
         "~ rule default/paid-orders: target billing: RetryPolicy.Jitter 0.2 by default -> 0.5 "
         "(next attempt)\n");
  check ("router.json", "{\"Limits\": {\"Connections\": 4096}}", "{\"Limits\": {}}",
         "= router: only the layout\n");
  check ("router.json", "{\"Limits\": {\"Connections\": 10}}", "{}",
         "~ router: Limits.Connections 10 -> 4096 by default (restart)\n");
  check (RULE, "{\"EventPattern\": {\"source\": [\"a\"]}}",
         "{\"EventPattern\": {\"source\": [\"b\"]}}",
         "~ rule default/paid-orders: EventPattern {\"source\":[\"a\"]} -> {\"source\":[\"b\"]} "
         "(new events)\n");
}

static void
test_targets (void)
{
  const char *both = "{\"Targets\": [{\"Id\": \"a\", \"Arn\": \"x/y\"},"
                     " {\"Id\": \"b\", \"Arn\": \"x/y\"}]}";
  const char *swapped = "{\"Targets\": [{\"Id\": \"b\", \"Arn\": \"x/y\"},"
                        " {\"Id\": \"a\", \"Arn\": \"x/y\"}]}";
  const char *one = "{\"Targets\": [{\"Id\": \"b\", \"Arn\": \"x/y\"}]}";

  check (RULE, both, one, "- rule default/paid-orders: target a\n");
  check (RULE, one, both, "+ rule default/paid-orders: target a\n");
  check (RULE, both, swapped, "= rule default/paid-orders: only the layout\n");
}

static void
test_files (void)
{
  check (RULE, NULL, "{}", "+ rule default/paid-orders\n");
  check ("file/a.json", "{}", NULL, "- connector file/a\n");
  check ("source/github.json", "{\"Bus\": \"default\"}", "{ \"Bus\": \"default\" }",
         "= source github: only the layout\n");
  check ("bus/a.json", "{}", "{}", "");
  /* What cannot be read is still different. */
  check (RULE, "{", "{}", "~ rule default/paid-orders\n");
}

static const char *const secret_url[] = {
  "{\"Signature\": {\"PublicUrl\": \"https://ada:secret@example.com/a?token=secret\"}}",
  "{\"Signature\": {\"PublicUrl\": \"https://example.com/b\"}}",
};

static void
test_secrets (void)
{
  check ("source/a.json", secret_url[0], secret_url[1],
         "~ source a: Signature.PublicUrl \"https://…@example.com/a?…\" -> "
         "\"https://example.com/b\" (at once)\n");
}

static void
test_content (void)
{
  g_autoptr (GHashTable) files = config_content_parse ("{\"a.json\": \"{}\"}");

  g_assert_nonnull (files);
  g_assert_cmpstr (g_hash_table_lookup (files, "a.json"), ==, "{}");
  g_assert_null (config_content_parse ("{\"a.json\": 1}"));
  g_assert_null (config_content_parse ("[]"));
  g_assert_null (config_content_parse (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-diff/settings", test_settings);
  g_test_add_func ("/config-diff/targets", test_targets);
  g_test_add_func ("/config-diff/files", test_files);
  g_test_add_func ("/config-diff/secrets", test_secrets);
  g_test_add_func ("/config-diff/content", test_content);
  return g_test_run ();
}
