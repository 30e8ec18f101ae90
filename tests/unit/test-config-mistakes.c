/* The mistakes that people make, one file at a time in a folder that is right otherwise: each is
 * told with its file, line, column and key. */
#include "support/config-folder.h"

typedef struct
{
  const char *path, *text;
  const char *problem; /* without the path */
} Mistake;

#define RULE "rule/shop/paid.json"
#define SOURCE "source/github.json"
#define HOOK "webhook/chat.json"

static const Mistake in_json[] = {
  { RULE, "", ":1:1: not valid JSON: *" },
  { RULE, "{", ":1:2: not valid JSON: *" },
  { RULE, "{\n  \"State\": \"ENABLED\"\n  \"Targets\": []\n}", ":3:3: not valid JSON: *" },
  { RULE, "{\n  \"Targets\": [],\n}", ":3:1: not valid JSON: *" },
  { RULE, "{\n  'Targets': []\n}", ":2:3: not valid JSON: *" },
  { RULE, "{\n  // none\n  \"Targets\": []\n}", ":2:3: not valid JSON: *" },
  { RULE, "{\n  Targets: []\n}", ":2:3: not valid JSON: *" },
  { RULE, "{\n  \"Targets\": [\n}", ":3:1: not valid JSON: *" },
  { RULE, "{} {}", ":1:4: not valid JSON: *" },
  { RULE, "{\n  \"State\": \"ENABLED\",\n  \"State\": \"ENABLED\"\n}", ":3:3: not valid JSON: *" },
  { RULE, "{ \"Description\": \"a\tb\" }", ":1:*: not valid JSON: *" },
  { RULE, "{ \"Description\": \"\\u0000\" }", ":1:19: \\u0000 is no character: *" },
  { RULE, "{ \"Description\": \"\\udead\" }", ":1:19: \\udead is no character: *" },
  { RULE, "[]", ":1:1: expected an object, *" },
  { RULE, "\"{}\"", ":1:1: expected an object, *" },
};

static const Mistake in_rules[] = {
  { RULE, "{ \"state\": \"ENABLED\" }", ":1:3: state: unknown key “state”. Did you mean “State”?" },
  { RULE, "{ \"EvenPattern\": {} }", ":1:3: EvenPattern: *Did you mean “EventPattern”?" },
  { RULE, "{ \"target\": [] }", ":1:3: target: unknown key “target”. Did you mean “Targets”?" },
  { RULE, "{ \"State\": \"enabled\" }",
    ":1:12: State: “enabled” is not one of ENABLED, DISABLED. Did you mean “ENABLED”?" },
  { RULE, "{ \"State\": \"ON\" }", ":1:12: State: “ON” is not one of ENABLED, DISABLED" },
  { RULE, "{ \"State\": true }", ":1:12: State: expected a string, not true. *" },
  { RULE, "{ \"ScheduleExpression\": \"rate(1 day)\" }",
    ":1:3: ScheduleExpression: not supported by this version. *" },
  { RULE, "{ \"Tags\": [] }", ":1:3: Tags: not supported by this version. *" },
  { RULE, "{ \"Type\": \"AWS::Events::Rule\" }", ":1:3: Type: not supported by this version. *" },
  { RULE, "{ \"EventPattern\": [] }", ":1:19: EventPattern: expected an object, or a string of *" },
  { RULE, "{\n  \"EventPattern\": {\n    \"source\": \"shop\"\n  }\n}",
    ":3:*: EventPattern*: *\"source\" must be an object or an array*" },
  { RULE, "{\n  \"EventPattern\": {\n    \"source\": []\n  }\n}",
    ":3:*: EventPattern*: *Empty arrays are not allowed*" },
  { RULE, "{\n  \"EventPattern\": {\n    \"a\": [ { \"prefx\": \"x\" } ]\n  }\n}",
    ":3:*: EventPattern*: *Unrecognized match type prefx*" },
  { RULE,
    "{\n  \"EventPattern\": {\n    \"a\": [ { \"numeric\": [ \">\", 5, \"<\", 1 ] } ]\n  }\n}",
    ":3:*: EventPattern*: *Bottom must be less than top*" },
  { RULE, "{\n  \"EventPattern\": {\n    \"a\": [ { \"cidr\": \"10.0.0.0\" } ]\n  }\n}",
    ":*: EventPattern*: *Malformed CIDR, one '/' required*" },
  { RULE, "{ \"EventPattern\": \"{\\\"source\\\": [1}\" }", ":1:*: EventPattern: *" },
  { RULE, "{ \"Targets\": {} }", ":1:14: Targets: expected an array, not an object. *" },
  { RULE, "{ \"Targets\": [ \"webhook/chat\" ] }",
    ":1:16: Targets[0]: expected an object, not the string \"webhook/chat\"" },
};

#define TARGET(rest) "{ \"Targets\": [\n{ \"Id\": \"a\", \"Arn\": \"webhook/chat\"" rest " } ] }"

static const Mistake in_targets[] = {
  { RULE, "{ \"Targets\": [\n{ \"Arn\": \"webhook/chat\" } ] }", ":2:1: Targets[0].Id: “Id” is *" },
  { RULE, "{ \"Targets\": [\n{ \"Id\": \"a\" } ] }", ":2:1: Targets[0].Arn: “Arn” is missing. *" },
  { RULE, "{ \"Targets\": [\n{ \"Id\": \"\", \"Arn\": \"webhook/chat\" } ] }",
    ":2:9: Targets[0].Id: expected 1 to 64 characters, not 0" },
  { RULE, "{ \"Targets\": [\n{ \"Id\": \"a b\", \"Arn\": \"webhook/chat\" } ] }",
    ":2:9: Targets[0].Id: “a b” is no Id of a target. *" },
  { RULE, "{ \"Targets\": [\n{ \"Id\": \"a\", \"Arn\": \"webhook/chatt\" } ] }",
    ":2:21: Targets[0].Arn: no connector “webhook/chatt”: *Did you mean “webhook/chat”?" },
  { RULE, "{ \"Targets\": [\n{ \"Id\": \"a\", \"Arn\": \"webook/billing\" } ] }",
    ":2:21: Targets[0].Arn: no connector *Did you mean the kind “webhook”?" },
  { RULE, "{ \"Targets\": [\n{ \"Id\": \"a\", \"Arn\": \"arn:aws:sqs:eu:1:q\" } ] }",
    ":2:21: Targets[0].Arn: “arn:aws:sqs:eu:1:q” does not name a connector, kind/name. *" },
  { RULE, "{ \"Targets\": [\n{ \"Id\": \"a\", \"Arn\": \"chat\" } ] }",
    ":2:21: Targets[0].Arn: “chat” does not name a connector, kind/name. *" },
  { RULE, TARGET (", \"DeadLetterConfig\": {}"),
    ":2:57: Targets[0].DeadLetterConfig.Arn: “Arn” is missing. *" },
  { RULE, TARGET (", \"DeadLetterConfig\": {\"Arn\": \"webhook/chat\"}"),
    ":2:65: Targets[0].DeadLetterConfig.Arn: expected a queue, queue/NAME, not the string *" },
  { RULE, TARGET (", \"DeadLetterConfig\": {\"Arn\": \"queue/dead\"}"),
    ":2:65: Targets[0].DeadLetterConfig.Arn: no connector “queue/dead”: there is no "
    "queue/dead.json. *" },
  { RULE, TARGET (", \"Inputs\": \"x\""), ":2:37: Targets[0].Inputs: *Did you mean “Input”?" },
  { RULE, TARGET (", \"Input\": { \"a\": 1 }"),
    ":2:46: Targets[0].Input: expected a string, not *" },
  { RULE, TARGET (", \"Input\": \"not JSON\""), ":2:*: Targets[0].Input: *" },
  { RULE, TARGET (", \"Input\": \"1\", \"InputPath\": \"$\""),
    ":2:51: Targets[0].InputPath: only one of Input, InputPath, or InputTransformer must be *" },
  { RULE, TARGET (", \"InputPath\": \"detail\""), ":2:*: Targets[0].InputPath: *" },
  { RULE, TARGET (", \"InputTransformer\": {}"),
    ":2:57: Targets[0].InputTransformer.InputTemplate: “InputTemplate” is missing. *" },
  { RULE, TARGET (", \"InputTransformer\": { \"InputTemplate\": \"{\\\"a\\\": <b>}\" }"),
    ":2:*: Targets[0].InputTransformer.InputTemplate: *invalid placeholder b*" },
  { RULE,
    TARGET (
        ", \"InputTransformer\": { \"InputPathsMap\": { \"b\": 1 }, \"InputTemplate\": \"{}\" }"),
    ":2:83: Targets[0].InputTransformer.InputPathsMap.b: expected a string, not the number 1. *" },
  { RULE, TARGET (", \"InputTransformer\": { \"InputTemplate\": \"plain words\" }"),
    ":2:*: Targets[0].InputTransformer.InputTemplate: this can never be delivered: *" },
  { RULE, TARGET (", \"RetryPolicy\": { \"MaximumRetryAttempts\": 186 }"),
    ":2:*: Targets[0].RetryPolicy.MaximumRetryAttempts: 186 is out of bounds: expected 0 to 185*" },
  { RULE, TARGET (", \"RetryPolicy\": { \"MaximumRetryAttempts\": 1.5 }"),
    ":2:*: Targets[0].RetryPolicy.MaximumRetryAttempts: expected a whole number, *" },
  { RULE, TARGET (", \"RetryPolicy\": { \"MaximumEventAgeInSeconds\": 0 }"),
    ":2:*: Targets[0].RetryPolicy.MaximumEventAgeInSeconds: 0 is out of bounds: expected 1 to "
    "604800 s. *" },
  { RULE, TARGET (", \"RetryPolicy\": { \"Backoff\": { \"Factor\": 0.5 } }"),
    ":2:*: Targets[0].RetryPolicy.Backoff.Factor: 0.5 is out of bounds: expected 1 to 100. *" },
  { RULE, TARGET (", \"RetryPolicy\": { \"Backoff\": { \"Jitter\": 20 } }"),
    ":2:*: Targets[0].RetryPolicy.Backoff.Jitter: 20 is out of bounds: expected 0 to 1. *" },
  { RULE, TARGET (", \"RetryPolicy\": { \"Backoff\": { \"BaseSeconds\": 601 } }"),
    ":2:*: Targets[0].RetryPolicy.Backoff.CapSeconds: CapSeconds, 600 s, is less than *" },
};

static const Mistake elsewhere[] = {
  { "router.json", "{ \"Listen\": \"localhost:80\" }", ":1:13: Listen: “localhost:80” is no *" },
  { "router.json", "{ \"Limits\": { \"EventBytes\": \"1 MB\" } }",
    ":1:29: Limits.EventBytes: expected a whole number, not the string \"1 MB\". *" },
  { "router.json", "{ \"Limits\": { \"Conections\": 1 } }",
    ":1:15: Limits.Conections: unknown key “Conections”. Did you mean “Connections”?" },
  { "bus/shop.json", "{ \"Name\": \"shop\" }", ":1:3: Name: not supported by this version. *" },
  { SOURCE, "{ \"Bus\": \"shpo\" }", ":1:10: Bus: no bus “shpo”: *Did you mean “shop”?" },
  { SOURCE, "{ \"Bus\": \"orders\" }",
    ":1:10: Bus: no bus “orders”: there is no bus/orders.json. Make the file bus/orders.json; *" },
  { SOURCE, "{ \"DetailType\": { \"header\": \"X-A\", \"Path\": \"$.a\" } }",
    ":1:19: DetailType.header: unknown key “header”. Did you mean “Header”?" },
  { SOURCE, "{ \"DetailType\": { \"Default\": \"a\" } }",
    ":1:17: DetailType: expected exactly one of *" },
  { SOURCE, "{ \"DetailType\": { \"Path\": \"a.b\" } }",
    ":1:*: DetailType.Path: not a path into the *" },
  { SOURCE, "{ \"Source\": 1 }", ":1:13: Source: expected a string, *, not the number 1" },
  { HOOK, "{}", ":1:1: Url: “Url” is missing. Where events are posted to." },
  { HOOK, "{ \"Url\": \"chat.example.com\" }", ":1:10: Url: “chat.example.com” is no absolute *" },
  { HOOK, "{ \"Url\": \"http://a/\", \"Method\": \"post\" }",
    ":1:33: Method: “post” is not one of POST, PUT. Did you mean “POST”?" },
  { HOOK, "{ \"Url\": \"http://a/\", \"Headers\": { \"X-A\": 1 } }",
    ":1:43: Headers.X-A: expected a string, not the number 1. Put it in quotes." },
  { HOOK, "{ \"Url\": \"http://a/\", \"Concurrency\": 1001 }",
    ":1:38: Concurrency: 1001 is out of bounds: expected 1 to 1000. *" },
  { HOOK, "{ \"Url\": \"http://a/\", \"TimeoutSeconds\": \"5\" }",
    ":1:41: TimeoutSeconds: expected a number, not the string \"5\". *" },
  { "rule/shp/a.json", "{}", ": no bus “shp”: there is no bus/shp.json. Did you mean “shop”?" },
  { "rule/a.json", "{}",
    ": a rule stands in the folder of its bus. Move it to rule/default/a.json." },
  { "webhok/a.json", "{}", ": unknown folder “webhok”. Did you mean “webhook”?" },
  { "Router.json", "{}", ": only router.json stands *Did you mean “router.json”?" },
  { "webhook/a.yaml", "Url: x", ": “a.yaml” does not end in “.json”. *" },
  { "webhook/a b.json", "{}", ": “a b” is no name for a webhook. *" },
};

static void
test_mistakes (const Mistake *mistakes, gsize n_mistakes)
{
  char *folder = test_folder_new ();
  g_autoptr (GHashTable) overlay = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (Configuration) configuration = NULL;

  test_folder_put (folder, "bus/shop.json", "{}");
  test_folder_put (folder, "router.json", "{}");
  test_folder_put (folder, HOOK, "{ \"Url\": \"http://127.0.0.1:1/\" }");
  test_folder_put (folder, SOURCE, "{ \"Bus\": \"shop\" }");
  test_folder_put (folder, RULE, TARGET (""));
  for (gsize i = 0; i < n_mistakes; i++)
    {
      g_autoptr (GPtrArray) problems = NULL;
      g_autofree char *expected = g_strconcat (mistakes[i].path, mistakes[i].problem, NULL);

      g_hash_table_insert (overlay, (char *) mistakes[i].path, (char *) mistakes[i].text);
      g_assert_null (config_load (folder, test_connector_schemas, overlay, &problems));
      test_problems_are (mistakes[i].text, problems, (const char *const[]){ expected, NULL });
      g_hash_table_remove_all (overlay);
    }
  configuration = config_load (folder, test_connector_schemas, overlay, NULL);
  g_assert_nonnull (configuration);
  test_folder_free (folder);
}

static void
test_in_json (void)
{
  test_mistakes (in_json, G_N_ELEMENTS (in_json));
}

static void
test_in_rules (void)
{
  test_mistakes (in_rules, G_N_ELEMENTS (in_rules));
}

static void
test_in_targets (void)
{
  test_mistakes (in_targets, G_N_ELEMENTS (in_targets));
}

static void
test_elsewhere (void)
{
  test_mistakes (elsewhere, G_N_ELEMENTS (elsewhere));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-mistakes/in-json", test_in_json);
  g_test_add_func ("/config-mistakes/in-rules", test_in_rules);
  g_test_add_func ("/config-mistakes/in-targets", test_in_targets);
  g_test_add_func ("/config-mistakes/elsewhere", test_elsewhere);
  return g_test_run ();
}
