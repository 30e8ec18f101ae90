/* One entry of a rule's Targets: what it is sent, and how long that is tried. */
#include "support/config-folder.h"

#include "config/settings.h"
#include "config/target.h"

#include <string.h>

#define TEN(n)                                                                                     \
  "\"" n "0\":\"$\",\"" n "1\":\"$\",\"" n "2\":\"$\",\"" n "3\":\"$\",\"" n "4\":\"$\",\"" n      \
  "5\":\"$\",\"" n "6\":\"$\",\"" n "7\":\"$\",\"" n "8\":\"$\",\"" n "9\":\"$\","
#define HUNDRED_AND_ONE                                                                            \
  TEN ("0")                                                                                        \
  TEN ("1")                                                                                        \
  TEN ("2") TEN ("3") TEN ("4") TEN ("5") TEN ("6") TEN ("7") TEN ("8") TEN ("9") "\"x\":\"$\""

/* The target is the file, so that columns can be counted. */
static ConfigTarget *
read_target (const char *text, const char *const *expected)
{
  const ConfigSchema *schema = config_schema_find (&config_schema_rule, "Targets")->nested;
  g_autoptr (ConfigFile) file = test_file_new ("rule/default/a.json", text);
  g_autoptr (JsonObject) settings = config_settings_complete (json_node_get_object (file->root),
                                                              schema);
  g_autoptr (GPtrArray) problems = test_problems_new ();
  ConfigReport report;
  ConfigTarget *target;

  config_report_init (&report, file, problems);
  target = config_target_new (&report, settings);
  config_report_clear (&report);
  test_problems_are (text, problems, expected);
  return target;
}

static ConfigTarget *
good_target (const char *text)
{
  ConfigTarget *target = read_target (text, (const char *const[]){ NULL });

  g_assert_nonnull (target->input);
  return target;
}

/* 0, 5 s, 30 s, 2 m, 10 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. */
static void
check_usual (const ConfigRetry *retry)
{
  static const gint64 minutes[] = { 2, 10, 30, 120, 300, 600, 840, 1200, 1440 };

  g_assert_cmpuint (retry->max_retries, ==, 11);
  g_assert_cmpint (retry->max_age_us, ==, G_MAXINT64);
  g_assert_cmpfloat (retry->jitter, ==, 0.2);
  g_assert_cmpuint (retry->n_waits, ==, 11);
  g_assert_cmpint (retry->waits_us[0], ==, 5 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (retry->waits_us[1], ==, 25 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (retry->waits_us[2], ==, 90 * G_TIME_SPAN_SECOND);
  for (guint i = 1; i < G_N_ELEMENTS (minutes); i++)
    g_assert_cmpint (retry->waits_us[i + 2], ==,
                     (minutes[i] - minutes[i - 1]) * G_TIME_SPAN_MINUTE);
}

/* EventBridge's defaults: a back-off, 185 retries, 24 hours. */
static void
check_eventbridge (const ConfigRetry *retry, guint max_retries, gint64 max_age_s)
{
  g_assert_null (retry->waits_us);
  g_assert_cmpuint (retry->max_retries, ==, max_retries);
  g_assert_cmpint (retry->max_age_us, ==, max_age_s * G_TIME_SPAN_SECOND);
  g_assert_cmpint (retry->base_us, ==, G_TIME_SPAN_SECOND);
  g_assert_cmpfloat (retry->factor, ==, 2);
  g_assert_cmpint (retry->cap_us, ==, 600 * G_TIME_SPAN_SECOND);
  g_assert_cmpfloat (retry->jitter, ==, 0.2);
}

static void
test_eventbridge_words (void)
{
  static const struct
  {
    const char *policy;
    guint max_retries;
    gint64 max_age_s;
  } cases[] = {
    { "\"MaximumRetryAttempts\":4", 4, 86400 },
    { "\"MaximumEventAgeInSeconds\":400", 185, 400 },
    { "\"MaximumRetryAttempts\":0,\"MaximumEventAgeInSeconds\":60", 0, 60 },
    { "\"Backoff\":{}", 185, 86400 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"Id\":\"a\",\"Arn\":\"b\",\"RetryPolicy\":{%s}}",
                                               cases[i].policy);
      g_autoptr (ConfigTarget) target = good_target (text);

      check_eventbridge (&target->retry, cases[i].max_retries, cases[i].max_age_s);
    }
}

static void
test_schedule (void)
{
  g_autoptr (ConfigTarget) empty = good_target ("{\"Id\":\"a\",\"Arn\":\"b\",\"RetryPolicy\":{}}");
  g_autoptr (ConfigTarget) jitter = good_target (
      "{\"Id\":\"a\",\"Arn\":\"b\",\"RetryPolicy\":{\"Schedule\":[0,0.5,2],\"Jitter\":0}}");
  g_autoptr (ConfigTarget) fewer = good_target (
      "{\"Id\":\"a\",\"Arn\":\"b\",\"RetryPolicy\":{\"Schedule\":[0,5,9],"
      "\"MaximumRetryAttempts\":1,\"MaximumEventAgeInSeconds\":60}}");
  g_autoptr (ConfigTarget) once = good_target (
      "{\"Id\":\"a\",\"Arn\":\"b\",\"RetryPolicy\":{\"Schedule\":[0]}}");

  check_usual (&empty->retry);
  g_assert_cmpuint (jitter->retry.max_retries, ==, 2);
  g_assert_cmpint (jitter->retry.waits_us[0], ==, 500000);
  g_assert_cmpint (jitter->retry.waits_us[1], ==, 1500000);
  g_assert_cmpfloat (jitter->retry.jitter, ==, 0);
  g_assert_cmpuint (fewer->retry.max_retries, ==, 1);
  g_assert_cmpint (fewer->retry.max_age_us, ==, 60 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (fewer->retry.waits_us[1], ==, 4 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (once->retry.max_retries, ==, 0);
  g_assert_cmpuint (once->retry.n_waits, ==, 0);
}

static void
test_defaults (void)
{
  g_autoptr (ConfigTarget) target = good_target ("{\"Id\":\"a.B-c_1\",\"Arn\":\"webhook/chat\"}");

  g_assert_cmpstr (target->id, ==, "a.B-c_1");
  g_assert_cmpstr (target->connector, ==, "webhook/chat");
  g_assert_false (target->input_is_text);
  check_usual (&target->retry);
}

static void
test_retry (void)
{
  g_autoptr (ConfigTarget) target = good_target (
      "{\"Id\":\"a\",\"Arn\":\"b\",\"RetryPolicy\":{\"MaximumRetryAttempts\":0,"
      "\"MaximumEventAgeInSeconds\":60,\"Backoff\":{\"BaseSeconds\":0.001,\"Factor\":1.5,"
      "\"CapSeconds\":0.25,\"Jitter\":0}}}");
  g_autoptr (ConfigTarget) partly = good_target (
      "{\"Id\":\"a\",\"Arn\":\"b\",\"RetryPolicy\":{\"Backoff\":{\"Factor\":3}}}");

  g_assert_cmpuint (target->retry.max_retries, ==, 0);
  g_assert_cmpint (target->retry.max_age_us, ==, 60 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (target->retry.base_us, ==, 1000);
  g_assert_cmpfloat (target->retry.factor, ==, 1.5);
  g_assert_cmpint (target->retry.cap_us, ==, 250000);
  g_assert_cmpfloat (target->retry.jitter, ==, 0);
  g_assert_cmpuint (partly->retry.max_retries, ==, 185);
  g_assert_cmpfloat (partly->retry.factor, ==, 3);
  g_assert_cmpint (partly->retry.cap_us, ==, 600 * G_TIME_SPAN_SECOND);
}

static char *
render (const ConfigTarget *target, const char *event)
{
  char name[] = "a", arn[] = "signalbox:rule/default/a";
  const ConfigRule rule = { .name = name, .arn = arn };
  RulesBuffer buffer = { 0 };
  RulesError error;
  char *text;

  /* 1,500 ms after 1970 began. */
  if (!config_target_render (target, &rule, event, strlen (event), 1500000, &buffer, &error))
    g_error ("%s", error.reason);
  text = g_strndup (buffer.data, buffer.length);
  rules_buffer_clear (&buffer);
  return text;
}

static void
test_inputs (void)
{
  static const struct
  {
    const char *settings;
    gboolean is_text;
    const char *sent; /* of {"id":"e","detail":{"n":5}} */
  } cases[] = {
    { "", FALSE, "{\"id\":\"e\",\"detail\":{\"n\":5}}" },
    { ",\"Input\":\"[1]\"", FALSE, "[1]" },
    { ",\"Input\":\"\\\"text\\\"\"", FALSE, "\"text\"" },
    { ",\"InputPath\":\"$.detail\"", FALSE, "{\"n\":5}" },
    { ",\"InputTransformer\":{\"InputTemplate\":\"{\\\"a\\\":1}\"}", FALSE, "{\"a\":1}" },
    { ",\"InputTransformer\":{\"InputPathsMap\":{\"n\":\"$.detail.n\"},"
      "\"InputTemplate\":\"{\\\"a\\\":<n>}\"}",
      FALSE, "{\"a\":5}" },
    { ",\"InputTransformer\":{\"InputPathsMap\":{\"n\":\"$.detail.n\"},"
      "\"InputTemplate\":\" \\n\\\"n is <n>\\\"\"}",
      TRUE, "\"n is 5\"" },
    { ",\"InputTransformer\":{\"InputTemplate\":\"[<aws.events.rule-name>,<aws.events.rule-arn>,"
      "<aws.events.event.ingestion-time>]\"}",
      FALSE, "[\"a\",\"signalbox:rule/default/a\",\"1970-01-01T00:00:01Z\"]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"Id\":\"a\",\"Arn\":\"b\"%s}", cases[i].settings);
      g_autoptr (ConfigTarget) target = good_target (text);
      g_autofree char *sent = render (target, "{\"id\":\"e\",\"detail\":{\"n\":5}}");

      g_assert_cmpint (target->input_is_text, ==, cases[i].is_text);
      g_assert_cmpstr (config_target_content_type (target), ==,
                       cases[i].is_text ? "text/plain; charset=utf-8" : "application/json");
      g_assert_cmpstr (sent, ==, cases[i].sent);
    }
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *problem;
  } cases[] = {
    { "{\"Id\":\"a b\"}", "rule/default/a.json:1:7: Id: “a b” is no Id of a target. *" },
    { "{\"Id\":\"é\"}", "*:1:7: Id: “é” is no Id of a target. *" },
    { "{\"Id\":\"t\",\"Input\":\"1\",\"InputPath\":\"$\"}",
      "*:1:23: InputPath: only one of Input, InputPath, or InputTransformer must be provided for "
      "target t. Remove *" },
    { "{\"Id\":\"t\",\"InputTransformer\":{\"InputTemplate\":\"{}\"},\"InputPath\":\"$\"}",
      "*:1:11: InputTransformer: only one of Input, InputPath, or InputTransformer must be *" },
    /* Within the text of the string. */
    { "{\"Id\":\"t\",\"Input\":\"{oops}\"}", "*:1:2?: Input: *" },
    { "{\"Id\":\"t\",\"Input\":\"{\\\"a\\\": 1,}\"}", "*:1:3?: Input: *" },
    { "{\"Id\":\"t\",\n\"InputTransformer\":{\"InputTemplate\":\"{\\\"a\\\":<b>}\"}}",
      "*:2:*: InputTransformer.InputTemplate: *invalid placeholder b*" },
    { "{\"Id\":\"t\",\"InputTransformer\":{\"InputTemplate\":\"\"}}",
      "*: InputTransformer.InputTemplate: *" },
    { "{\"Id\":\"t\",\"InputTransformer\":{\"InputPathsMap\":{\"a b\":\"$.a\"},"
      "\"InputTemplate\":\"{}\"}}",
      "*: InputTransformer.InputPathsMap*: *" },
    { "{\"Id\":\"t\",\"InputTransformer\":{\"InputTemplate\":\"{}\",\"InputPathsMap\":"
      "{" HUNDRED_AND_ONE "}}}",
      "*:1:68: InputTransformer.InputPathsMap: InputPathsMap with 101 entries; the limit is 100" },
    /* What EventBridge takes, and then never delivers. */
    { "{\"Id\":\"t\",\"InputTransformer\":{\"InputTemplate\":\"free text\"}}",
      "*:1:*: InputTransformer.InputTemplate: this can never be delivered: *" },
    { "{\"Id\":\"t\",\"InputTransformer\":{\"InputTemplate\":\"{\\\"a\\\" 1}\"}}",
      "*:1:*: InputTransformer.InputTemplate: this can never be delivered: *" },
    { "{\"Id\":\"t\",\"InputPath\":\"detail\"}", "*: InputPath: this can never be delivered: *" },
    { "{\"Id\":\"t\",\"InputTransformer\":{\"InputPathsMap\":{\"a\":\"$['x']\"},"
      "\"InputTemplate\":\"{\\\"a\\\":<a>}\"}}",
      "*:1:5?: InputTransformer.InputPathsMap.a: *" },
    /* Retries. */
    { "{\"Id\":\"t\",\"RetryPolicy\":{\"Backoff\":{\"BaseSeconds\":1000}}}",
      "*:1:36: RetryPolicy.Backoff.CapSeconds: CapSeconds, 600 s, is less than BaseSeconds, 1000 "
      "s. *" },
    { "{\"Id\":\"t\",\"RetryPolicy\":{\"Backoff\":{\"CapSeconds\":0.5}}}",
      "*:1:50: RetryPolicy.Backoff.CapSeconds: CapSeconds, 0.5 s, is less than BaseSeconds, 1 s. "
      "*" },
    { "{\"Id\":\"t\",\"RetryPolicy\":{\"Schedule\":[]}}",
      "*:1:37: RetryPolicy.Schedule: expected 1 to 186 times, not 0. *" },
    { "{\"Id\":\"t\",\"RetryPolicy\":{\"Schedule\":[5,30]}}",
      "*:1:37: RetryPolicy.Schedule: begins with 5, expected 0: *" },
    { "{\"Id\":\"t\",\"RetryPolicy\":{\"Schedule\":[0,30,30]}}",
      "*:1:37: RetryPolicy.Schedule: 30 s comes after 30 s, expected a later time. *" },
    { "{\"Id\":\"t\",\"RetryPolicy\":{\"Schedule\":[0,5],\"Backoff\":{}}}",
      "*:1:43: RetryPolicy.Backoff: Schedule and Backoff both say how long to wait. *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    config_target_free (
        read_target (cases[i].text, (const char *const[]){ cases[i].problem, NULL }));
  config_target_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-target/defaults", test_defaults);
  g_test_add_func ("/config-target/retry", test_retry);
  g_test_add_func ("/config-target/eventbridge-words", test_eventbridge_words);
  g_test_add_func ("/config-target/schedule", test_schedule);
  g_test_add_func ("/config-target/inputs", test_inputs);
  g_test_add_func ("/config-target/bad", test_bad);
  return g_test_run ();
}
