/* Trees against a schema: every type, flag and bound. */
#include "support/config-folder.h"

#include "config/check.h"

static const char *const levels[] = { "low", "high", NULL };

static const ConfigSetting entry_settings[] = {
  { .name = "Id", .type = SETTING_STRING, .flags = SETTING_REQUIRED, .help = "Its name." },
  { .name = "On", .type = SETTING_BOOLEAN, .help = "Whether." },
  { NULL },
};

static const ConfigSchema entry = { .kind = "entry", .title = "Entry", .settings = entry_settings };

static const ConfigSetting settings[] = {
  { .name = "String", .type = SETTING_STRING, .min = 2, .max = 4, .help = "Text." },
  { .name = "Full", .type = SETTING_STRING, .flags = SETTING_NONEMPTY, .help = "Fill it." },
  { .name = "Level", .type = SETTING_STRING, .choices = levels, .help = "Level." },
  { .name = "Url", .type = SETTING_STRING, .flags = SETTING_URL, .help = "Address." },
  { .name = "Bus", .type = SETTING_STRING, .flags = SETTING_BUS, .help = "Bus." },
  { .name = "Arn", .type = SETTING_STRING, .flags = SETTING_REFERENCE, .help = "Connector." },
  { .name = "Whole", .type = SETTING_INTEGER, .min = -5, .max = 10, .unit = "s", .help = "Time." },
  { .name = "Any", .type = SETTING_INTEGER, .help = "Unbounded." },
  { .name = "Real", .type = SETTING_NUMBER, .min = 0.5, .max = 1.5, .help = "Share." },
  { .name = "Free", .type = SETTING_NUMBER, .help = "Unbounded." },
  { .name = "Flag", .type = SETTING_BOOLEAN, .help = "Whether." },
  { .name = "Entry", .type = SETTING_OBJECT, .nested = &entry, .help = "One." },
  { .name = "Open", .type = SETTING_OBJECT, .help = "Anything inside." },
  { .name = "Entries", .type = SETTING_ARRAY, .max = 2, .nested = &entry, .help = "Some." },
  { .name = "Words", .type = SETTING_ARRAY, .flags = SETTING_NONEMPTY, .help = "Name some." },
  { .name = "Map", .type = SETTING_STRING_MAP, .max = 2, .help = "Names." },
  { .name = "Thing", .type = SETTING_ANY, .help = "Whatever." },
  { .name = "Value", .type = SETTING_VALUE, .flags = SETTING_NONEMPTY, .max = 4, .help = "Where." },
  { .name = "Old", .type = SETTING_ANY, .flags = SETTING_UNSUPPORTED, .help = "Remove the key." },
  { NULL },
};

static const ConfigSchema schema = { .kind = "test", .title = "Test", .settings = settings };

static const ConfigSetting common_settings[] = {
  { .name = "Shared", .type = SETTING_INTEGER, .flags = SETTING_REQUIRED, .help = "Count." },
  { NULL },
};

static const ConfigSchema common = { .kind = "common", .settings = common_settings };

static void
check (const char *text, const ConfigSchema *second, const char *const *expected)
{
  g_autoptr (ConfigFile) file = test_file_new ("bus/a.json", text);
  g_autoptr (GPtrArray) problems = test_problems_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) config_file_free);
  ConfigNames names = { test_connector_schemas, files };
  ConfigReport report;

  g_ptr_array_add (files, test_file_new ("bus/shop.json", "{}"));
  g_ptr_array_add (files, test_file_new ("webhook/chat.json", "{}"));
  config_report_init (&report, file, problems);
  config_check_object (&report, &names, json_node_get_object (file->root), &schema, second);
  config_report_clear (&report);
  test_problems_are (text, problems, expected);
}

static void
test_good (void)
{
  static const char *const cases[] = {
    "{}",
    "{\"$schema\":\"https://example.com/x\",\"Entry\":{\"$schema\":1,\"Id\":\"a\"}}",
    "{\"String\":\"ab\"}",
    "{\"String\":\"éééé\"}",
    "{\"Full\":\"x\",\"Level\":\"low\",\"Flag\":false}",
    "{\"Url\":\"http://127.0.0.1:8080/a?b=c\"}",
    "{\"Url\":\"https://[::1]/\"}",
    "{\"Url\":\"HTTPS://user:word@example.com\"}",
    "{\"Bus\":\"default\",\"Arn\":\"webhook/chat\"}",
    "{\"Bus\":\"shop\"}",
    "{\"Whole\":-5}",
    "{\"Whole\":10}",
    "{\"Whole\":0}",
    "{\"Any\":9223372036854775807}",
    "{\"Any\":-9223372036854775808}",
    "{\"Real\":0.5}",
    "{\"Real\":1}",
    "{\"Real\":15e-1}",
    "{\"Free\":-1e300}",
    "{\"Entry\":{\"Id\":\"\",\"On\":true}}",
    "{\"Open\":{\"x\":[1]}}",
    "{\"Entries\":[]}",
    "{\"Entries\":[{\"Id\":\"a\"},{\"Id\":\"b\"}]}",
    "{\"Words\":[\"\"]}",
    "{\"Map\":{}}",
    "{\"Map\":{\"a\":\"\",\"$schema\":\"b\"}}",
    "{\"Thing\":null}",
    "{\"Value\":\"abcd\"}",
    "{\"Value\":{\"Header\":\"X-A\",\"Default\":\"d\"}}",
    "{\"Value\":{\"Path\":\"$.a\"}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check (cases[i], NULL, (const char *const[]){ NULL });
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *problem;
  } cases[] = {
    /* Types. */
    { "{\"String\":5}", "*:1:11: String: expected a string, not the number 5. Text." },
    { "{\"String\":null}", "*:1:11: String: expected a string, not null. Text." },
    { "{\"String\":[]}", "*:1:11: String: expected a string, not an array. Text." },
    { "{\"Whole\":\"5\"}", "*:1:10: Whole: expected a whole number, not the string \"5\". Time." },
    { "{\"Whole\":true}", "*: Whole: expected a whole number, not true. Time." },
    { "{\"Real\":{}}", "*: Real: expected a number, not an object. Share." },
    { "{\"Flag\":\"true\"}", "*: Flag: expected true or false, not the string \"true\". Whether." },
    { "{\"Flag\":0}", "*: Flag: expected true or false, not the number 0. Whether." },
    { "{\"Entry\":[]}", "*: Entry: expected an object, not an array. One." },
    { "{\"Entries\":{}}", "*: Entries: expected an array, not an object. Some." },
    { "{\"Entries\":[\"a\"]}", "*:1:13: Entries[0]: expected an object, not the string \"a\"" },
    { "{\"Words\":[\"a\",1]}", "*:1:15: Words[1]: expected a string, not the number 1" },
    { "{\"Map\":\"x\"}", "*: Map: expected an object of strings, not the string \"x\". Names." },
    { "{\"Map\":{\"a\":1}}",
      "*:1:13: Map.a: expected a string, not the number 1. Put it in quotes." },
    { "{\"Value\":1}", "*: Value: expected a string, {\"Header\": \"X-…\"}, *, not the number 1" },
    { "{\"Value\":null}", "*: Value: expected a string, *, not null" },
    /* Numbers. */
    { "{\"Whole\":11}", "*: Whole: 11 is out of bounds: expected -5 to 10 s. Time." },
    { "{\"Whole\":-6}", "*: Whole: -6 is out of bounds: expected -5 to 10 s. Time." },
    { "{\"Whole\":5.0}", "*: Whole: expected a whole number, of digits only, not the number 5.0" },
    { "{\"Whole\":1e1}", "*: Whole: expected a whole number, of digits only, not the number 1e1" },
    { "{\"Whole\":18446744073709551616}", "*: Whole: 18446744073709551616 is out of bounds: *" },
    { "{\"Any\":9223372036854775808}", "*: Any: 9223372036854775808 is out of bounds: *" },
    { "{\"Any\":-99999999999999999999}", "*: Any: -99999999999999999999 is out of bounds: *" },
    { "{\"Real\":0.4999}", "*: Real: 0.4999 is out of bounds: expected 0.5 to 1.5. Share." },
    { "{\"Real\":1.6}", "*: Real: 1.6 is out of bounds: expected 0.5 to 1.5. Share." },
    { "{\"Free\":1e999}", "*: Free: 1e999 is out of bounds: *" },
    /* Strings. */
    { "{\"String\":\"a\"}", "*: String: expected 2 to 4 characters, not 1" },
    { "{\"String\":\"ééééé\"}", "*: String: expected 2 to 4 characters, not 5" },
    { "{\"Full\":\"\"}", "*: Full: must not be empty. Fill it." },
    { "{\"Level\":\"hihg\"}", "*: Level: “hihg” is not one of low, high. Did you mean “high”?" },
    { "{\"Level\":\"LOW\"}", "*: Level: “LOW” is not one of low, high. Did you mean “low”?" },
    { "{\"Level\":\"medium\"}", "*: Level: “medium” is not one of low, high" },
    { "{\"Url\":\"example.com\"}", "*: Url: “example.com” is no absolute http or https URL*" },
    { "{\"Url\":\"ftp://example.com\"}", "*: Url: “ftp://example.com” is no absolute *" },
    { "{\"Url\":\"http://\"}", "*: Url: “http://” is no absolute http or https URL*" },
    { "{\"Url\":\"http:///path\"}", "*: Url: “http:///path” is no absolute http or https URL*" },
    { "{\"Url\":\"http://a:99999/\"}", "*: Url: “http://a:99999/” is no absolute *" },
    { "{\"Url\":\"http://a b/\"}", "*: Url: “http://a b/” is no absolute http or https URL*" },
    { "{\"Url\":\"http://a/\\t\"}", "*: Url: “http://a/?” is no absolute http or https URL*" },
    { "{\"Url\":\"\"}", "*: Url: “” is no absolute http or https URL*" },
    { "{\"Bus\":\"shpo\"}",
      "*:1:8: Bus: no bus “shpo”: there is no bus/shpo.json. Did you mean “shop”?" },
    { "{\"Arn\":\"webhook/caht\"}", "*:1:8: Arn: no connector “webhook/caht”: there is no "
                                    "webhook/caht.json. Did you mean “webhook/chat”?" },
    { "{\"Arn\":\"arn:aws:sns:a/b\"}", "*: Arn: “arn:aws:sns:a/b” does not name a connector*" },
    { "{\"Arn\":\"\"}", "*: Arn: “” does not name a connector, kind/name*" },
    /* Compounds. */
    { "{\"Entries\":[{\"Id\":\"a\"},{\"Id\":\"b\"},{}]}",
      "*: Entries: expected 0 to 2 entries, not 3" },
    { "{\"Words\":[]}", "*: Words: must not be empty. Name some." },
    { "{\"Map\":{\"a\":\"\",\"b\":\"\",\"c\":\"\"}}", "*: Map: expected 0 to 2 entries, not 3" },
    { "{\"Entry\":{}}", "*:1:10: Entry.Id: “Id” is missing. Its name." },
    { "{\"Entries\":[{\"Id\":\"a\"},{\n}]}", "*:1:24: Entries[1].Id: “Id” is missing. Its name." },
    { "{\"Entry\":{\"Id\":\"a\",\"Off\":1}}",
      "*:1:20: Entry.Off: unknown key “Off”. The keys here are "
      "Id, On." },
    /* Keys. */
    { "{\n \"string\": \"ab\"}", "*:2:2: string: unknown key “string”. Did you mean “String”?" },
    { "{\"Levle\":1}", "*: Levle: unknown key “Levle”. Did you mean “Level”?" },
    { "{\"Zzzzzz\":1}", "*: unknown key “Zzzzzz”. The keys here are String, Full, *, Value." },
    { "{\"\":1}", "*: unknown key “”. The keys here are *" },
    { "{\"Old\":1}", "*:1:2: Old: not supported by this version. Remove the key." },
    { "{\"Schema\":1}", "*: Schema: unknown key “Schema”. The keys here are *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check (cases[i].text, NULL, (const char *const[]){ cases[i].problem, NULL });
}

static void
test_common (void)
{
  check ("{\"Shared\":1}", &common, (const char *const[]){ NULL });
  check ("{}", &common,
         (const char *const[]){ "*:1:1: Shared: “Shared” is missing. Count.", NULL });
  check ("{\"Sahred\":1,\"Shared\":\"x\"}", &common,
         (const char *const[]){
             "*:1:2: Sahred: unknown key “Sahred”. Did you mean “Shared”?",
             "*:1:22: Shared: expected a whole number, not the string \"x\". Count.", NULL });
}

static void
test_all_are_told (void)
{
  check (
      "{ \"String\": 1,\n  \"Entries\": [ { \"id\": 1 }, 2 ],\n  \"Nope\": 3 }", NULL,
      (const char *const[]){ "bus/a.json:1:13: String: *",
                             "bus/a.json:2:18: Entries[0].id: unknown key “id”. Did you mean “Id”?",
                             "bus/a.json:2:16: Entries[0].Id: “Id” is missing. Its name.",
                             "bus/a.json:2:29: Entries[1]: expected an object, not the number 2",
                             "bus/a.json:3:3: Nope: unknown key “Nope”. *", NULL });
}

static void
test_long_values_are_cut (void)
{
  g_autofree char *word = g_strnfill (10000, 'x');
  g_autofree char *text = g_strdup_printf ("{\"Level\":\"%s\",\"%s\":\"%s\",\"Flag\":\"%s\"}", word,
                                           word, word, word);
  g_autoptr (ConfigFile) file = test_file_new ("bus/a.json", text);
  g_autoptr (GPtrArray) problems = test_problems_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  ConfigNames names = { NULL, files };
  ConfigReport report;

  config_report_init (&report, file, problems);
  config_check_object (&report, &names, json_node_get_object (file->root), &schema, NULL);
  config_report_clear (&report);
  g_assert_cmpuint (problems->len, ==, 3);
  for (guint i = 0; i < problems->len; i++)
    {
      const ConfigProblem *problem = problems->pdata[i];

      g_assert_cmpuint (g_utf8_strlen (problem->message, -1), <, 120);
      g_assert_cmpuint (g_utf8_strlen (problem->key, -1), <, 120);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-check/good", test_good);
  g_test_add_func ("/config-check/bad", test_bad);
  g_test_add_func ("/config-check/common", test_common);
  g_test_add_func ("/config-check/all-are-told", test_all_are_told);
  g_test_add_func ("/config-check/long-values-are-cut", test_long_values_are_cut);
  return g_test_run ();
}
