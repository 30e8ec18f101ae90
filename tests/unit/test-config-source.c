/* source/<name>.json */
#include "support/config-folder.h"

#include "config/source.h"

static ConfigSource *
read_source (const char *text, const char *const *expected)
{
  g_autoptr (ConfigFile) file = test_file_new ("source/github.json", text);
  g_autoptr (GPtrArray) problems = test_problems_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) config_file_free);
  ConfigNames names = { NULL, files };
  ConfigReport report;
  ConfigSource *source;

  g_ptr_array_add (files, test_file_new ("bus/shop.json", "{}"));
  config_report_init (&report, file, problems);
  source = config_source_new (&report, &names);
  config_report_clear (&report);
  test_problems_are (text, problems, expected);
  return source;
}

static void
test_defaults (void)
{
  g_autoptr (ConfigSource) source = read_source ("{}", (const char *const[]){ NULL });

  g_assert_cmpstr (source->name, ==, "github");
  g_assert_null (source->description);
  g_assert_cmpstr (source->bus, ==, "default");
  g_assert_cmpint (source->source.kind, ==, CONFIG_VALUE_CONSTANT);
  g_assert_cmpstr (source->source.text, ==, "github");
  g_assert_cmpint (source->detail_type.kind, ==, CONFIG_VALUE_CONSTANT);
  g_assert_cmpstr (source->detail_type.text, ==, "webhook");
  g_assert_true (source->enabled);
}

static void
test_all (void)
{
  g_autoptr (ConfigSource) source = read_source (
      "{\"Description\":\"Hooks\",\"Bus\":\"shop\",\"Source\":{\"Path\":\"$.repository.name\"},"
      "\"DetailType\":{\"Header\":\"X-GitHub-Event\"},\"State\":\"DISABLED\"}",
      (const char *const[]){ NULL });

  g_assert_cmpstr (source->description, ==, "Hooks");
  g_assert_cmpstr (source->bus, ==, "shop");
  g_assert_cmpint (source->source.kind, ==, CONFIG_VALUE_PATH);
  g_assert_cmpstr (source->source.text, ==, "$.repository.name");
  g_assert_cmpstr (source->source.fallback, ==, "github");
  g_assert_cmpint (source->detail_type.kind, ==, CONFIG_VALUE_HEADER);
  g_assert_cmpstr (source->detail_type.text, ==, "X-GitHub-Event");
  g_assert_cmpstr (source->detail_type.fallback, ==, "webhook");
  g_assert_false (source->enabled);
}

static void
test_repeats (void)
{
  g_autoptr (ConfigSource) plain = read_source ("{}", (const char *const[]){ NULL });
  g_autoptr (ConfigSource) standard = read_source ("{\"Repeats\":{}}",
                                                   (const char *const[]){ NULL });
  g_autoptr (ConfigSource) own = read_source (
      "{\"Repeats\":{\"Key\":{\"Path\":\"$.id\"},\"WindowSeconds\":60,\"Required\":true}}",
      (const char *const[]){ NULL });

  g_assert_null (plain->repeats);
  g_assert_cmpint (standard->repeats->key.kind, ==, CONFIG_VALUE_HEADER);
  g_assert_cmpstr (standard->repeats->key.text, ==, "Idempotency-Key");
  g_assert_cmpint (standard->repeats->window_us, ==, G_GINT64_CONSTANT (86400000000));
  g_assert_false (standard->repeats->required);
  g_assert_cmpint (own->repeats->key.kind, ==, CONFIG_VALUE_PATH);
  g_assert_cmpstr (own->repeats->key.text, ==, "$.id");
  g_assert_cmpstr (own->repeats->key.fallback, ==, "");
  g_assert_cmpint (own->repeats->window_us, ==, 60 * G_USEC_PER_SEC);
  g_assert_true (own->repeats->required);
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *problem;
  } cases[] = {
    { "{\"Handshakes\":[\"slack\",\"smack\"]}",
      "*: Handshakes[1]: there is no handshake “smack”*" },
    { "{\"Sns\":{\"Topics\":[\"arn:aws:sns:eu-west-1:1:a\"]}}",
      "*: Sns: the source does not have the handshake “sns”*" },
    { "{\"Preset\":\"sns\",\"Sns\":{}}", "*: Sns.Topics: *" },
    { "{\"Preset\":\"sns\",\"Sns\":{\"Topics\":[\"arn:aws:sqs:eu-west-1:1:a\"]}}",
      "*: Sns.Topics[0]: “arn:aws:sqs:eu-west-1:1:a” is no topic*" },
    { "{\"Preset\":\"sns\",\"Sns\":{\"Topics\":[\"arn:aws:sns:eu-west-1:1:*\"]}}",
      "*: Sns.Topics[0]: *is no topic*" },
    { "{\"Bus\":\"shopp\"}", "source/github.json:1:8: Bus: no bus “shopp”: *Did you mean “shop”?" },
    { "{\"Bus\":null}", "*:1:8: Bus: expected a string, not null. *" },
    { "{\"State\":\"Enabled\"}", "*: State: “Enabled” is not one of ENABLED, DISABLED. Did you *" },
    { "{\"State\":true}", "*: State: expected a string, not true. *" },
    { "{\"Source\":\"\"}", "*: Source: expected 1 to 256 characters, not 0" },
    { "{\"DetailType\":{\"Header\":\"a b\"}}",
      "*: DetailType.Header: “a b” is no name of a header*" },
    { "{\"Detailtype\":\"x\"}", "*: unknown key “Detailtype”. Did you mean “DetailType”?" },
    { "{\"Repeats\":{\"Key\":\"x\"}}", "*:1:19: Repeats.Key: a constant is the same for *" },
    { "{\"Repeats\":{\"WindowSeconds\":0}}", "*: Repeats.WindowSeconds: 0 is out of bounds*" },
    { "{\"Repeats\":{\"Key\":{\"Path\":\"id\"}}}", "*: Repeats.Key.Path: not a path *" },
    { "{\"Description\":5}", "*: Description: expected a string, not the number 5. *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    config_source_free (
        read_source (cases[i].text, (const char *const[]){ cases[i].problem, NULL }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-source/defaults", test_defaults);
  g_test_add_func ("/config-source/all", test_all);
  g_test_add_func ("/config/source/repeats", test_repeats);
  g_test_add_func ("/config-source/bad", test_bad);
  return g_test_run ();
}
