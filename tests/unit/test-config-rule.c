/* rule/<bus>/<name>.json: the pattern, the targets, and all rules of a bus together. */
#include "support/config-folder.h"

#include "config/rule.h"

#include <string.h>

static ConfigRule *
read_rule (const char *path, const char *text, const char *const *expected)
{
  g_autoptr (ConfigFile) file = test_file_new (path, text);
  g_autoptr (GPtrArray) problems = test_problems_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) config_file_free);
  ConfigNames names = { test_connector_schemas, files };
  ConfigReport report;
  ConfigRule *rule;

  g_ptr_array_add (files, test_file_new ("bus/shop.json", "{}"));
  g_ptr_array_add (files, test_file_new ("webhook/chat.json", "{}"));
  config_report_init (&report, file, problems);
  rule = config_rule_new (&report, &names);
  config_report_clear (&report);
  test_problems_are (text, problems, expected);
  return rule;
}

static ConfigRule *
good_rule (const char *text)
{
  return read_rule ("rule/shop/paid.json", text, (const char *const[]){ NULL });
}

static void
test_defaults (void)
{
  g_autoptr (ConfigRule) rule = good_rule ("{}");

  g_assert_cmpstr (rule->bus, ==, "shop");
  g_assert_cmpstr (rule->name, ==, "paid");
  g_assert_cmpstr (rule->ref, ==, "shop/paid");
  g_assert_cmpstr (rule->arn, ==, "signalbox:rule/shop/paid");
  g_assert_null (rule->description);
  g_assert_null (rule->pattern);
  g_assert_true (rule->enabled);
  g_assert_cmpuint (rule->targets->len, ==, 0);
}

static void
test_all (void)
{
  g_autoptr (ConfigRule) rule = good_rule (
      "{\"$schema\":\"x\",\"Description\":\"Paid\",\"State\":\"DISABLED\",\n"
      "\"EventPattern\": { \"source\" : [\"shop\"] },\n"
      "\"Targets\":[{\"Id\":\"a\",\"Arn\":\"webhook/chat\"},{\"Id\":\"b\",\"Arn\":\"webhook/"
      "chat\"}]}");
  const ConfigTarget *second = rule->targets->pdata[1];

  g_assert_cmpstr (rule->description, ==, "Paid");
  g_assert_false (rule->enabled);
  g_assert_cmpstr (rule->pattern, ==, "{ \"source\" : [\"shop\"] }");
  g_assert_cmpuint (rule->targets->len, ==, 2);
  g_assert_cmpstr (second->id, ==, "b");
  g_assert_true (config_rule_find_target (rule, "b") == second);
  g_assert_null (config_rule_find_target (rule, "B"));
}

static void
test_pattern_as_string (void)
{
  g_autoptr (ConfigRule) rule = good_rule (
      "{\"EventPattern\": \"{\\\"source\\\":\\n[\\\"\\u0073hop\\\"]}\"}");

  g_assert_cmpstr (rule->pattern, ==, "{\"source\":\n[\"shop\"]}");
}

/* EventBridge's limit is for compact text: indenting is free. */
static void
test_long_pattern (void)
{
  g_autofree char *value = g_strnfill (4096 - strlen ("{\"a\":[\"\"]}"), 'x');
  g_autofree char *spaces = g_strnfill (5000, ' ');
  g_autofree char *fits = g_strdup_printf ("{\"EventPattern\":{%s\"a\":%s[\"%s\"]}}", spaces,
                                           spaces, value);
  g_autofree char *string = g_strdup_printf ("{\"EventPattern\":\"{\\\"a\\\":%s[\\\"%s\\\"]}\"}",
                                             spaces, value);
  g_autofree char *too_long = g_strdup_printf ("{\"EventPattern\":{\"a\":[\"%sx\"]}}", value);
  /* White space and brackets in strings count; an escaped quote does not end one. */
  g_autofree char *inside = g_strdup_printf ("{\"EventPattern\":{\"a\":[\"\\\"%s\"]}}", spaces);

  config_rule_free (good_rule (fits));
  config_rule_free (good_rule (string));
  config_rule_free (read_rule (
      "rule/shop/a.json", too_long,
      (const char *const[]){ "*:1:17: EventPattern: the pattern has 4097 bytes without white "
                             "space, EventBridge allows 4096. Split the rule.",
                             NULL }));
  config_rule_free (
      read_rule ("rule/shop/a.json", inside,
                 (const char *const[]){ "*: EventPattern: the pattern has 5012 bytes *", NULL }));
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *problem;
  } cases[] = {
    { "{\"EventPattern\":[]}", "*:1:17: EventPattern: expected an object, or a string of JSON, not "
                               "an array. *" },
    { "{\"EventPattern\":null}", "*:1:17: EventPattern: expected an object, *, not null. *" },
    { "{\"EventPattern\":{}}",
      "*:1:1?: EventPattern: not a valid event pattern: Empty objects are not allowed*" },
    { "{\n\"EventPattern\":{\n\"source\":\"shop\"}}",
      "*:3:*: EventPattern*: not a valid event pattern: \"source\" must be an object or an "
      "array*" },
    { "{\n\"EventPattern\":{\n\"source\":[\"a\"],\n \"detail\":{\"n\":[{\"numeric\":[\"!\",5]}]}}}",
      "*:4:*: EventPattern*: not a valid event pattern: Unrecognized numeric range operator: !*" },
    { "{\n\"EventPattern\":\"{\\\"source\\\":5}\"}",
      "*:2:*: EventPattern: not a valid event pattern: *must be an object or an array*" },
    { "{\"EventPattern\":\"{\\\"source\\\":\"}",
      "*:1:*: EventPattern: not a valid event pattern: *" },
    { "{\"EventPattern\":\"\"}", "*:1:1?: EventPattern: not a valid event pattern: *" },
    { "{\"State\":\"ENABLE\"}", "*: State: “ENABLE” is not one of *Did you mean “ENABLED”?" },
    { "{\"ScheduleExpression\":\"rate(5 minutes)\"}",
      "*:1:2: ScheduleExpression: not supported by this version. *remove the key." },
    { "{\"Name\":\"x\"}",
      "*:1:2: Name: not supported by this version. A rule is named by its file*" },
    { "{\"EventBusName\":\"x\"}", "*: EventBusName: not supported by this version. *" },
    { "{\"RoleArn\":\"x\"}", "*: RoleArn: not supported by this version. *" },
    { "{\"Type\":\"AWS::Events::Rule\"}", "*: Type: not supported by this version. *" },
    { "{\"Pattern\":{}}", "*: Pattern: unknown key “Pattern”. *" },
    { "{\"Targets\":{}}", "*: Targets: expected an array, not an object. *" },
    { "{\"Targets\":[5]}", "*:1:13: Targets[0]: expected an object, not the number 5" },
    { "{\"Targets\":[{\"Arn\":\"webhook/chat\"}]}", "*:1:13: Targets[0].Id: “Id” is missing. *" },
    { "{\"Targets\":[{\"Id\":\"a\"}]}", "*:1:13: Targets[0].Arn: “Arn” is missing. *" },
    { "{\"Targets\":[{\"Id\":\"a\",\"Arn\":\"webhook/cat\"}]}",
      "*:1:29: Targets[0].Arn: no connector “webhook/cat”: *Did you mean “webhook/chat”?" },
    { "{\"Targets\":[{\"Id\":\"a\",\"Arn\":\"webhook/chat\",\"DeadLetterConfig\":{}}]}",
      "*: Targets[0].DeadLetterConfig.Arn: “Arn” is missing. *" },
    { "{\"Targets\":[{\"Id\":\"a\",\"Arn\":\"webhook/chat\",\"SqsParameters\":{}}]}",
      "*: Targets[0].SqsParameters.MessageGroupId: “MessageGroupId” is missing. *" },
    { "{\"Targets\":[{\"Id\":\"a\",\"Arn\":\"webhook/chat\"},{\"Id\":\"a\",\"Arn\":\"webhook/"
      "chat\"}]}",
      "*:1:51: Targets[1].Id: another target of this rule has the Id “a” too. *" },
    { "{\"Targets\":[{\"Id\":\"a\",\"Arn\":\"webhook/"
      "chat\",\"RetryPolicy\":{\"MaximumRetryAttempts\":186}}]}",
      "*: Targets[0].RetryPolicy.MaximumRetryAttempts: 186 is out of bounds: expected 0 to 185. "
      "*" },
    { "{\"Targets\":[{\"Id\":\"a\",\"Arn\":\"webhook/chat\",\"Input\":{\"a\":1}}]}",
      "*: Targets[0].Input: expected a string, not an object. *" },
    { "{\"Targets\":[{\"Id\":\"a\",\"Arn\":\"webhook/chat\",\"InputTransformer\":{}}]}",
      "*: Targets[0].InputTransformer.InputTemplate: “InputTemplate” is missing. *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    config_rule_free (read_rule ("rule/shop/a.json", cases[i].text,
                                 (const char *const[]){ cases[i].problem, NULL }));
}

static void
test_no_bus (void)
{
  config_rule_free (read_rule (
      "rule/shp/a.json", "{\"Targets\":5}",
      (const char *const[]){ "rule/shp/a.json: no bus “shp”: there is no bus/shp.json. Did you "
                             "mean “shop”?",
                             "rule/shp/a.json:1:12: Targets: expected an array, *", NULL }));
}

static void
test_all_are_told (void)
{
  config_rule_free (read_rule (
      "rule/shop/a.json",
      "{\"State\":1,\"EventPattern\":{\"a\":[]},\n\"Targets\":[{\"Id\":\"a b\",\"Arn\":\"x\"},\n"
      "{\"Id\":\"b\",\"Arn\":\"webhook/chat\",\"Input\":\"{\"}]}",
      (const char *const[]){ "*:1:10: State: *", "*:2:*: Targets[0].Arn: *",
                             "*:1:*: EventPattern*: *Empty arrays are not allowed*",
                             "*:2:18: Targets[0].Id: *", "*:3:*: Targets[1].Input: *", NULL }));
}

static void
test_compile (void)
{
  static const char *const texts[] = {
    "{\"EventPattern\":{\"source\":[\"shop\"]}}",
    "{}", /* every event */
    "{\"EventPattern\":\"{\\\"detail\\\":{\\\"n\\\":[5]}}\"}",
  };
  static const char event[] = "{\"source\":\"web\",\"detail\":{\"n\":5}}";
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) config_rule_free);
  const guint32 *ids;
  gsize n_ids;
  RulesScratch *scratch;
  RulesError error;
  RulesSet *set;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_ptr_array_add (rules, good_rule (texts[i]));
  set = config_rules_compile (rules, NULL, 0, &error);
  g_assert_nonnull (set);
  g_assert_cmpuint (rules_set_count (set), ==, 3);
  g_assert_true (rules_scratch_new (NULL, &scratch, &error));
  g_assert_true (rules_match (set, scratch, event, strlen (event), &ids, &n_ids, &error));
  g_assert_cmpuint (n_ids, ==, 2);
  g_assert_cmpuint (ids[0], ==, 1);
  g_assert_cmpuint (ids[1], ==, 2);
  rules_scratch_free (scratch);
  rules_set_free (set);

  g_ptr_array_set_size (rules, 0);
  set = config_rules_compile (rules, NULL, 0, &error);
  g_assert_nonnull (set);
  g_assert_cmpuint (rules_set_count (set), ==, 0);
  rules_set_free (set);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-rule/defaults", test_defaults);
  g_test_add_func ("/config-rule/all", test_all);
  g_test_add_func ("/config-rule/pattern-as-string", test_pattern_as_string);
  g_test_add_func ("/config-rule/long-pattern", test_long_pattern);
  g_test_add_func ("/config-rule/bad", test_bad);
  g_test_add_func ("/config-rule/no-bus", test_no_bus);
  g_test_add_func ("/config-rule/all-are-told", test_all_are_told);
  g_test_add_func ("/config-rule/compile", test_compile);
  return g_test_run ();
}
