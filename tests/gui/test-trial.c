#include <string.h>

#include "sb-trial.h"
#include "support.h"

#define RULE                                                                                       \
  "{\"EventPattern\": {\"source\": [\"shop\"],"                                                    \
  " \"detail\": {\"total\": [{\"numeric\": [\">\", 100]}]}},"                                      \
  " \"Targets\": ["                                                                                \
  "{\"Id\": \"a\", \"Arn\": \"webhook/a\", \"InputTransformer\": {"                                \
  " \"InputPathsMap\": {\"id\": \"$.detail.id\"}, \"InputTemplate\": \"{\\\"order\\\": <id>}\"}}," \
  "{\"Id\": \"b\", \"Arn\": \"file/b\", \"InputPath\": \"$.detail\"},"                             \
  "{\"Id\": \"c\", \"Arn\": \"file/c\", \"Input\": \"{\\\"always\\\": 1}\"},"                      \
  "{\"Id\": \"d\", \"Arn\": \"file/d\"}]}"

static void
test_match (void)
{
  static const struct
  {
    const char *connector, *output;
  } sent[] = {
    { "webhook/a", "{\n  \"order\": \"o-1\"\n}" },
    { "file/b", "{\n  \"id\": \"o-1\",\n  \"total\": 120.50\n}" },
    { "file/c", "{\n  \"always\": 1\n}" },
  };
  g_autoptr (SbTrial) trial = sb_trial_new (
      "default/x", RULE,
      "{\"source\": \"shop\", \"detail\": {\"id\": \"o-1\", \"total\": 120.50}}");

  g_assert_true (trial->tried);
  g_assert_true (trial->matched);
  g_assert_null (trial->event_problem);
  g_assert_cmpuint (trial->leaves->len, ==, 2);
  for (guint i = 0; i < trial->leaves->len; i++)
    {
      const SbTrialLeaf *leaf = g_ptr_array_index (trial->leaves, i);

      g_assert_true (leaf->held);
      g_assert_true (g_ascii_isupper (leaf->why[0]));
    }
  g_assert_cmpuint (trial->targets->len, ==, 4);
  for (guint i = 0; i < G_N_ELEMENTS (sent); i++)
    {
      const SbTrialTarget *target = g_ptr_array_index (trial->targets, i);

      g_assert_cmpstr (target->connector, ==, sent[i].connector);
      g_assert_cmpstr (target->output, ==, sent[i].output);
    }
}

static void
test_no_match (void)
{
  g_autoptr (SbTrial) trial = sb_trial_new ("default/x", RULE,
                                            "{\"source\": \"shop\", \"detail\": {\"total\": 7}}");
  guint n_held = 0;

  g_assert_true (trial->tried);
  g_assert_false (trial->matched);
  g_assert_cmpuint (trial->leaves->len, ==, 2);
  for (guint i = 0; i < trial->leaves->len; i++)
    n_held += ((SbTrialLeaf *) g_ptr_array_index (trial->leaves, i))->held;
  g_assert_cmpuint (n_held, ==, 1);
  /* What does not match is not sent. */
  g_assert_cmpuint (trial->targets->len, ==, 0);
}

static void
test_unreadable (void)
{
  g_autoptr (SbTrial) event = sb_trial_new ("default/x", RULE, "{\n\"source\": }");
  g_autoptr (SbTrial) array = sb_trial_new ("default/x", RULE, "[]");
  g_autoptr (SbTrial) rule = sb_trial_new ("default/x", "{\"EventPattern\": {\"a\": 1}}", "{}");
  g_autoptr (SbTrial) none = sb_trial_new ("default/x", "{\"Targets\": []}", "{}");

  g_assert_false (event->tried);
  g_assert_cmpuint (event->event_problem->line, ==, 2);
  g_assert_false (array->tried);
  g_assert_false (rule->tried);
  g_assert_cmpstr (rule->summary, ==, "The rule is not valid yet");
  g_assert_true (none->matched);
  g_assert_cmpuint (none->leaves->len, ==, 0);
}

static void
test_bad_template (void)
{
  g_autoptr (SbTrial) trial = sb_trial_new (
      "default/x",
      "{\"Targets\": [{\"Arn\": \"file/a\", \"InputTransformer\": "
      "{\"InputTemplate\": \"{\\\"a\\\": <nobody>}\"}}]}",
      "{}");
  const SbTrialTarget *target;

  g_assert_true (trial->matched);
  g_assert_cmpuint (trial->targets->len, ==, 1);
  target = g_ptr_array_index (trial->targets, 0);
  g_assert_null (target->output);
  g_assert_cmpstr (target->error, !=, "");
}

static void
test_envelope (void)
{
  g_autoptr (JsonObject) object = parse_json (
      "{\"id\":\"e\",\"source\":\"a \\\"shop\\\"\",\"detail-type\":\"Order Paid\","
      "\"received\":\"2026-11-21T10:00:00.5Z\"}");
  g_autoptr (SbEvent) event = SB_EVENT (sb_item_new (SB_TYPE_EVENT, object));
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"n\":1.500}", 11);
  g_autofree char *envelope = sb_trial_dup_envelope (event, NULL, body);

  g_assert_nonnull (strstr (envelope, "\"source\": \"a \\\"shop\\\"\""));
  g_assert_nonnull (strstr (envelope, "\"time\": \"2026-11-21T10:00:00Z\""));
  g_assert_nonnull (strstr (envelope, "\"n\": 1.500"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trial/match", test_match);
  g_test_add_func ("/trial/no-match", test_no_match);
  g_test_add_func ("/trial/unreadable", test_unreadable);
  g_test_add_func ("/trial/bad-template", test_bad_template);
  g_test_add_func ("/trial/envelope", test_envelope);
  return g_test_run ();
}
