/* What a webhook may be told, and what is shown of it. */
#include "support/sender.h"

static const struct
{
  const char *settings, *message;
} wrong[] = {
  { "{\"Url\":\"ftp://example.org/\"}", "*Url: Not an http or https URL: ftp*" },
  { "{\"Url\":\"http://\"}", "*Url: Not an http or https URL*" },
  { "{\"Url\":\"http://a/\",\"Headers\":{\"content-LENGTH\":\"1\"}}", "*“content-LENGTH” is set*" },
  { "{\"Url\":\"http://a/\",\"Headers\":{\"Host\":\"b\"}}", "*“Host” is set by the router*" },
  { "{\"Url\":\"http://a/\",\"Headers\":{\"Signalbox-Attempt\":\"1\"}}", "*is set by the router*" },
  { "{\"Url\":\"http://a/\",\"Headers\":{\"A b\":\"1\"}}", "*“A b” is not the name*" },
  { "{\"Url\":\"http://a/\",\"Headers\":{\"\":\"1\"}}", "*is not the name*" },
  { "{\"Url\":\"http://a/\",\"Headers\":{\"A\\r\\nB\":\"1\"}}", "*“A\\r\\nB” is not the name*" },
  { "{\"Url\":\"http://a/\",\"Headers\":{\"A\":\"1\\r\\nB: 2\"}}",
    "*The value of “A” has a line break*" },
  { "{\"Url\":\"http://a/\",\"RetryOn\":[\"dns\",\"lightning\"]}",
    "*RetryOn: “lightning” is no failure; expected connection, dns, *" },
};

static void
test_wrong_settings (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (Sender) sender = sender_new ("webhook", wrong[i].settings);

      g_test_message ("%s", wrong[i].settings);
      g_assert_null (sender->connector);
      g_assert_nonnull (sender->error);
      g_assert_true (g_str_has_prefix (sender->error->message, "webhook/test: "));
      g_assert_true (g_pattern_match_simple (wrong[i].message, sender->error->message));
    }
}

static void
test_describe (void)
{
  g_autoptr (Sender) sender = sender_new (
      "webhook",
      "{\"Url\":\"https://user:pass@example.org:8443/a/b?token=1#x\",\"Method\":\"PUT\"}");
  g_autofree char *text = sender->kind->describe ("test", sender->settings, "/state");

  g_assert_cmpstr (text, ==, "PUT https://example.org:8443/a/b");
}

static void
test_pointer (void)
{
  g_autoptr (JsonNode) node = json_from_string (
      "{\"Url\":\"http://a/\",\"Headers\":{\"a/b~c\":\"\"},\"RetryOn\":[]}", NULL);
  const ConnectorKind *kind = connector_kind_by_name ("webhook");
  g_autofree char *pointer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (kind->schema->check (json_node_get_object (node), &pointer, &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (pointer, ==, "/Headers/a~1b~0c");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/webhook/settings/wrong", test_wrong_settings);
  g_test_add_func ("/connector/webhook/settings/describe", test_describe);
  g_test_add_func ("/connector/webhook/settings/pointer", test_pointer);

  return g_test_run ();
}
