/* The command that sends an event as its sender would: what it is made of, and that the signature
 * that a shell works out with it is right. */
#include "sb-curl.h"

#include <string.h>

#include "support.h"

typedef struct
{
  World world;
  SbRouter *router;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  world_set_up (&fixture->world, data);
  fixture->router = sb_router_new (fixture->world.client, 20);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->router);
  world_tear_down (&fixture->world, data);
}

static char *
dup_command (Fixture *fixture, const char *path, const char *settings, char **out_hint)
{
  g_autoptr (JsonObject) object = settings != NULL ? parse_json (settings) : NULL;

  return sb_curl_dup_command (fixture->router, path, object, out_hint);
}

static void
test_plain (Fixture *fixture, gconstpointer data)
{
  g_autofree char *hint = NULL;
  g_autofree char *api_hint = NULL;
  g_autofree char *command = dup_command (fixture, "/in/shop", NULL, &hint);
  g_autofree char *api = dup_command (fixture, "/v1/events", NULL, &api_hint);

  g_assert_cmpstr (hint, ==, "");
  g_assert_true (g_str_has_prefix (command, "curl "));
  g_assert_true (g_str_has_suffix (command, "/in/shop --json '{\"hello\": \"world\"}'"));
  /* The events API takes nothing but whole events. */
  g_assert_nonnull (strstr (api, "/v1/events --json '{\"source\": "));
  g_assert_nonnull (strstr (api, "\"detail-type\": "));
}

static void
test_auth (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *settings;
    const char *option;
  } cases[] = {
    { "{\"Auth\":{\"Type\":\"basic\",\"User\":\"o'neil\","
      "\"Secrets\":[{\"Secret\":\"door\"}]}}",
      " -u 'o'\\''neil:'\"$SECRET\" " },
    { "{\"Auth\":{\"Type\":\"bearer\",\"Secrets\":[{\"Secret\":\"door\"}]}}",
      " -H \"Authorization: Bearer $SECRET\" " },
    { "{\"Auth\":{\"Type\":\"api-key\",\"Secrets\":[{\"Secret\":\"door\"}]}}",
      " -H 'X-Api-Key: '\"$SECRET\" " },
    { "{\"Auth\":{\"Type\":\"api-key\",\"Header\":\"X-Own\",\"Secrets\":[{\"Secret\":\"door\"}]}}",
      " -H 'X-Own: '\"$SECRET\" " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *hint = NULL;
      g_autofree char *command = dup_command (fixture, "/in/shop", cases[i].settings, &hint);

      g_assert_nonnull (strstr (command, cases[i].option));
      g_assert_nonnull (strstr (hint, "“door”"));
    }
}

static void
test_cloud_events (Fixture *fixture, gconstpointer data)
{
  g_autofree char *hint = NULL;
  g_autofree char *command = dup_command (fixture, "/in/shop", "{\"Preset\":\"cloudevents\"}",
                                          &hint);

  g_assert_nonnull (strstr (command, "-H 'ce-specversion: 1.0'"));
}

/* What curl cannot do is said, and an unsigned command is left. */
static void
test_unknown (Fixture *fixture, gconstpointer data)
{
  g_autofree char *hint = NULL;
  g_autofree char *command = dup_command (fixture, "/in/shop", "{\"Preset\":\"twilio\"}", &hint);

  g_assert_nonnull (strstr (hint, "“twilio”"));
  g_assert_true (g_str_has_prefix (command, "curl "));
}

/* Runs the command with a curl that only shows what it was given. */
static char *
run (const char *command)
{
  g_autofree char *script = g_strconcat (
      "curl () { for a in \"$@\"; do printf '%s\\n' \"$a\"; done; }; SECRET=top; ", command, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) shell = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "sh",
                                                    "-c", script, NULL);
  char *output = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (shell, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (shell));
  return output;
}

static void
test_signed (Fixture *fixture, gconstpointer data)
{
  static const char body[] = "{\"hello\": \"world\"}";
  g_autofree char *right = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) "top", 3,
                                                      body, -1);
  g_autofree char *header = g_strdup_printf ("X-Hub-Signature-256: sha256=%s\n", right);
  g_autofree char *hint = NULL;
  g_autofree char *command = dup_command (
      fixture, "/in/shop",
      "{\"Preset\":\"github\",\"Signature\":{\"Secrets\":[{\"Secret\":\"github\"}]}}", &hint);
  g_autofree char *given = run (command);

  g_assert_nonnull (strstr (hint, "“github”"));
  g_assert_nonnull (strstr (given, header));
  g_assert_nonnull (strstr (given, body));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/curl/plain", Fixture, NULL, set_up, test_plain, tear_down);
  g_test_add ("/curl/auth", Fixture, NULL, set_up, test_auth, tear_down);
  g_test_add ("/curl/cloud-events", Fixture, NULL, set_up, test_cloud_events, tear_down);
  g_test_add ("/curl/unknown", Fixture, NULL, set_up, test_unknown, tear_down);
  g_test_add ("/curl/signed", Fixture, NULL, set_up, test_signed, tear_down);
  return g_test_run ();
}
