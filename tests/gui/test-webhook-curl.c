#include "sb-webhook-curl.h"

static char *
curl (const char *settings, const char *payload)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (payload, strlen (payload));

  return sb_webhook_curl_dup (settings, bytes);
}

/* What a shell makes of the command's arguments. */
static void
assert_arguments (const char *line, const char *const *arguments)
{
  g_auto (GStrv) parsed = NULL;
  g_autoptr (GError) error = NULL;

  g_shell_parse_argv (line, NULL, &parsed, &error);
  g_assert_no_error (error);
  g_assert_cmpstrv ((const char *const *) parsed, arguments);
}

static void
test_webhook (void)
{
  g_autofree char *line = curl ("{\"Url\":\"http://h/p?a=b&c=d\",\"Method\":\"PUT\","
                                "\"Headers\":{\"X-A\":\"it's\"}}",
                                "{\"a\": \"'; rm -rf /; '\"}");

  assert_arguments (line,
                    (const char *const[]){ "curl", "-i", "-X", "PUT", "http://h/p?a=b&c=d", "-H",
                                           "Content-Type: application/json", "-H", "X-A: it's",
                                           "--data-binary", "{\"a\": \"'; rm -rf /; '\"}", NULL });
}

static void
test_content_type (void)
{
  g_autofree char *line = curl ("{\"Url\":\"http://h\",\"Headers\":{\"content-type\":\"text/x\"}}",
                                "1");

  assert_arguments (line,
                    (const char *const[]){ "curl", "-i", "-X", "POST", "http://h", "-H",
                                           "content-type: text/x", "--data-binary", "1", NULL });
}

static void
test_secrets (void)
{
  g_autofree char *line = curl ("{\"Url\":\"http://h\",\"Auth\":{\"Type\":\"bearer\"}}", "1");
  g_autofree char *none = curl ("{\"Method\":\"POST\"}", "1");

  g_assert_true (g_str_has_prefix (line, "# without the secrets"));
  g_assert_null (none);
  g_assert_null (curl ("[", "1"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/webhook-curl/webhook", test_webhook);
  g_test_add_func ("/webhook-curl/content-type", test_content_type);
  g_test_add_func ("/webhook-curl/secrets", test_secrets);
  return g_test_run ();
}
