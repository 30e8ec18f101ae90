/* What the router says of its settings becomes a tree; values of many become lines and back. */
#include "sb-field-text.h"
#include "sb-settings.h"
#include "support.h"

static const char table[] =
    "{\"kind\": \"webhook\", \"title\": \"Webhook\", \"settings\": ["
    "{\"path\": \"connector.Concurrency\", \"name\": \"Concurrency\", \"type\": \"integer\","
    " \"default\": 16, \"min\": 1, \"max\": 1000},"
    "{\"path\": \"webhook.TimeoutSeconds\", \"name\": \"TimeoutSeconds\", \"type\": \"integer\","
    " \"unit\": \"s\", \"default\": 30},"
    "{\"path\": \"webhook.Auth\", \"name\": \"Auth\", \"type\": \"object\"},"
    "{\"path\": \"webhook.Auth.Type\", \"name\": \"Type\", \"type\": \"string\","
    " \"required\": true, \"choices\": [\"basic\", \"bearer\"]},"
    "{\"path\": \"webhook.Auth.Secret\", \"name\": \"Secret\", \"type\": \"object\"},"
    "{\"path\": \"webhook.Auth.Secret.Secret\", \"name\": \"Secret\", \"type\": \"string\"}]}";

static void
test_tree (void)
{
  g_autoptr (JsonObject) object = parse_json (table);
  g_autoptr (SbSettings) settings = sb_settings_new (object);
  const SbSetting *timeout = sb_settings_find (settings, "TimeoutSeconds");
  const SbSetting *auth = sb_settings_find (settings, "Auth");
  g_autofree char *label = sb_setting_dup_label (timeout);
  g_autofree char *normally = sb_setting_dup_default (timeout);
  g_autoptr (JsonNode) thirty = json_node_init_int (json_node_alloc (), 30);
  g_autoptr (JsonNode) fresh = sb_setting_new_value (auth);
  g_autofree char *written = json_to_string (fresh, FALSE);

  g_assert_cmpuint (settings->settings->len, ==, 3);
  g_assert_true (sb_settings_find (settings, "Concurrency")->common);
  g_assert_cmpstr (label, ==, "Timeout");
  g_assert_cmpstr (normally, ==, "30 s");
  g_assert_true (sb_setting_is_default (timeout, thirty));
  g_assert_cmpuint (auth->children->len, ==, 2);
  g_assert_cmpint (((SbSetting *) auth->children->pdata[1])->type, ==, SB_SETTING_SECRET);
  g_assert_cmpstr (written, ==, "{\"Type\":\"basic\"}");
}

static void
check_text (SbSettingType type, const char *text, const char *json)
{
  g_autoptr (JsonNode) value = sb_field_text_parse (type, text);
  g_autofree char *written = json_to_string (value, FALSE);
  g_autofree char *back = sb_field_text_format (type, value);

  g_assert_cmpstr (written, ==, json);
  g_assert_cmpstr (back, ==, text);
}

static void
test_lines (void)
{
  check_text (SB_SETTING_STRINGS, "a\nb c", "[\"a\",\"b c\"]");
  check_text (SB_SETTING_NUMBERS, "0\n75\n2.5", "[0,75,2.5]");
  check_text (SB_SETTING_STRING_MAP, "X-A: 1\nB: c: d", "{\"X-A\":\"1\",\"B\":\"c: d\"}");
  check_text (SB_SETTING_SECRETS, "old\nnew", "[{\"Secret\":\"old\"},{\"Secret\":\"new\"}]");
  check_text (SB_SETTING_ANY, "$.detail.priority", "\"$.detail.priority\"");
  check_text (SB_SETTING_ANY, "7", "7");
  g_assert_null (sb_field_text_parse (SB_SETTING_STRINGS, " \n "));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/tree", test_tree);
  g_test_add_func ("/settings/lines", test_lines);
  return g_test_run ();
}
