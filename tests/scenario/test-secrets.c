/* Secrets are planted wherever a configuration may name one, and looked for in all that the router
 * says and keeps: every answer of the API, every command, the log, the store and its backup, the
 * list of processes.  Receivers repeat what they are sent, programs print what they are given, and
 * some secrets are of no use as they are. */
#include "support/receiver.h"
#include "support/scenario.h"

#include <glib/gstdio.h>
#include <string.h>

#define PLANTED "pl4nt3d-s3cr3t-7f3a91"
#define LOGIN "router:" PLANTED

#define N_TARGETS 11

typedef struct
{
  Scenario *scenario;
  Receiver *receiver; /* repeats the secret */
  Receiver *other;    /* repeats the login that it is part of */
  GPtrArray *needles; /* as it is, and as it may be written */
  char *config;
  char *event_id;
} World;

/* ---- Looking ---- */

static void
assert_absent (World *world, const char *where, const char *bytes, gsize length)
{
  for (guint i = 0; i < world->needles->len; i++)
    {
      const char *needle = world->needles->pdata[i];

      const char *found = memmem (bytes, length, needle, strlen (needle));

      if (found != NULL)
        g_error ("A secret is in %s: …%.400s", where, MAX (bytes, found - 300));
    }
}

static void
assert_text_absent (World *world, const char *where, const char *text)
{
  assert_absent (world, where, text, strlen (text));
}

/* What stands for {…} of a path of the API, or NULL. */
static const char *
value_of_place (World *world, const char *path, const char *place)
{
  if (g_str_equal (place, "{kind}"))
    return "webhook";
  if (g_str_equal (place, "{name}") || g_str_equal (place, "{queue}"))
    return "bearer";
  if (g_str_equal (place, "{generation}"))
    return "1";
  if (g_str_equal (place, "{path}"))
    return "webhook/bearer.json";
  if (g_str_equal (place, "{source}") || !g_str_equal (place, "{id}"))
    return NULL;
  return strstr (path, "/events/") != NULL ? world->event_id : "1";
}

/* The path with its places filled, or NULL: it is not asked for. */
static char *
filled_path (World *world, const char *path)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (g_str_equal (path, "/v1/changes"))
    return NULL; /* it has no end */
  for (const char *p = path; *p != '\0'; p++)
    {
      const char *end = *p == '{' ? strchr (p, '}') : NULL;
      g_autofree char *place = end != NULL ? g_strndup (p, (gsize) (end - p) + 1) : NULL;
      const char *value = place != NULL ? value_of_place (world, path, place) : NULL;

      if (place == NULL)
        g_string_append_c (out, *p);
      else if (value == NULL)
        return NULL;
      else
        g_string_append (out, value);
      p = end != NULL ? end : p;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
look_at_path (World *world, const char *path)
{
  g_autoptr (Answer) answer = scenario_get (world->scenario, path);

  g_assert_cmpuint (answer->status, !=, 0);
  assert_absent (world, path, answer->body, answer->length);
}

/* Whatever the router's own description has: a call that is added is looked at too. */
static void
look_at_api (World *world)
{
  g_autoptr (Answer) description = scenario_get (world->scenario, "/v1/openapi.json");
  JsonNode *paths = json_at (description->json, "paths");
  JsonObjectIter iter;
  const char *path;
  JsonNode *operations;
  guint n = 0;

  json_object_iter_init (&iter, json_node_get_object (paths));
  while (json_object_iter_next (&iter, &path, &operations))
    {
      g_autofree char *filled = filled_path (world, path);

      if (filled == NULL || !json_object_has_member (json_node_get_object (operations), "get"))
        continue;
      look_at_path (world, filled);
      n++;
    }
  g_test_message ("%u paths of the API", n);
  g_assert_cmpuint (n, >, 35);
  for (guint i = 1; i <= N_TARGETS; i++)
    {
      g_autofree char *delivery = g_strdup_printf ("/v1/deliveries/%s-%u", world->event_id, i);
      g_autofree char *payload = g_strconcat (delivery, "/payload", NULL);

      look_at_path (world, delivery);
      look_at_path (world, payload);
    }
}

/* words: an argument each; %e the event, %c the folder of the configuration, %t one for files. */
static void
look_at_command (World *world, const char *words)
{
  g_auto (GStrv) parts = g_strsplit (words, " ", -1);
  g_autofree char *socket = g_strconcat ("--socket=", scenario_socket (world->scenario), NULL);
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_ptr_array_add (argv, g_strdup (g_getenv ("SIGNALBOXCTL")));
  for (char **part = parts; *part != NULL; part++)
    {
      g_autoptr (GString) word = g_string_new (*part);

      g_string_replace (word, "%e", world->event_id, 0);
      g_string_replace (word, "%c", world->config, 0);
      g_string_replace (word, "%t", scenario_folder (world->scenario), 0);
      g_ptr_array_add (argv, g_strdup (word->str));
    }
  if (strstr (words, "%c") == NULL || strncmp (words, "diff", 4) == 0)
    g_ptr_array_add (argv, g_steal_pointer (&socket));
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status,
                &error);
  g_assert_no_error (error);
  g_test_message ("%s: %d, %zu bytes", words, g_spawn_check_wait_status (status, NULL) ? 0 : 1,
                  strlen (out));
  g_assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) == 64) /* wrong usage: the test is at fault */
    g_error ("%s: %s", words, err);
  assert_text_absent (world, words, out);
  assert_text_absent (world, words, err);
}

static void
look_at_commands (World *world)
{
  static const char *const commands[] = {
    "status",
    "doctor",
    "routes",
    "breaker",
    "events",
    "show --payload %e",
    "show --payload %e-1",
    "show --payload %e-9",
    "explain default/all %t/event.json",
    "deliveries",
    "waiting",
    "dead",
    "rejected",
    "audit",
    "problems",
    "jobs",
    "token list",
    "queue list",
    "probe webhook/bearer",
    "test-connector webhook/bearer",
    "test-connector webhook/broken",
    "test-connector webhook/wrong-signature",
    "test-connector exec/prints",
    "history",
    "diff %c",
    "diff --from 1 %c",
    "check %c",
    "test %c",
    "render %c default/all %t/event.json",
    "explain-setting webhook",
    "schema webhook",
    "backup %t/backup.db",
  };
  g_autofree char *event = g_build_filename (scenario_folder (world->scenario), "event.json", NULL);

  g_assert_true (g_file_set_contents (event, "{\"detail\":{}}", -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *as_json = g_strconcat (commands[i], " --json", NULL);

      look_at_command (world, commands[i]);
      if (!g_str_has_prefix (commands[i], "explain-setting") &&
          !g_str_has_prefix (commands[i], "backup") && !g_str_has_prefix (commands[i], "schema"))
        look_at_command (world, as_json);
    }
}

/* Every file below it but the secrets themselves. */
static guint
look_at_files (World *world, const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      if (g_str_equal (name, "secrets"))
        continue;
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        n += look_at_files (world, path);
      else if (g_file_test (path, G_FILE_TEST_IS_REGULAR) &&
               g_file_get_contents (path, &bytes, &length, NULL))
        {
          assert_absent (world, path, bytes, length);
          n++;
        }
    }
  return n;
}

static void
look_at_processes (World *world)
{
  g_autofree char *processes = NULL;

  g_assert_true (g_spawn_command_line_sync ("ps axww -o args", &processes, NULL, NULL, NULL));
  assert_text_absent (world, "the list of processes", processes);
}

/* ---- The world ---- */

static void
add_needle (World *world, const char *text)
{
  g_ptr_array_add (world->needles, g_strdup (text));
  g_ptr_array_add (world->needles, g_base64_encode ((const guchar *) text, strlen (text)));
}

static void
add_target (World *world, GString *rule, const char *ref, const char *settings)
{
  g_autofree char *path = g_strconcat (ref, ".json", NULL);
  gboolean has_login = strstr (settings, "'router'") != NULL;
  Receiver *receiver = has_login ? world->other : world->receiver;
  g_auto (GStrv) parts = g_strsplit (settings, "%s", -1);
  g_autofree char *text = g_strjoinv (receiver_url (receiver), parts);

  scenario_config (world->scenario, path, "%s", text);
  g_string_append_printf (rule,
                          "%s{'Id': '%s', 'Arn': '%s', 'RetryPolicy':"
                          " {'MaximumRetryAttempts': 0}}",
                          rule->str[rule->len - 1] == '[' ? "" : ",", strchr (ref, '/') + 1, ref);
}

#define SECRET "'Secret': {'Secret': 'planted'}"

static void
configure (World *world)
{
  g_autoptr (GString) rule = g_string_new ("{'Targets': [");

  add_target (world, rule, "webhook/bearer",
              "{'Url': '%s/', 'Auth': {'Type': 'bearer', " SECRET "}}");
  add_target (world, rule, "webhook/basic",
              "{'Url': '%s/', 'Auth': {'Type': 'basic', 'User': 'router', " SECRET "}}");
  add_target (world, rule, "webhook/key",
              "{'Url': '%s/', 'Auth': {'Type': 'api-key', " SECRET "}}");
  add_target (world, rule, "webhook/oauth",
              "{'Url': '%s/', 'Auth': {'Type': 'oauth2', 'ClientId': 'router', 'TokenUrl':"
              " '%s/token', 'ClientIn': 'body', " SECRET "}}");
  add_target (world, rule, "webhook/proxied",
              "{'Url': 'http://shop.invalid/', 'Proxy': {'Url': '%s', 'User': 'router', " SECRET
              "}}");
  add_target (world, rule, "webhook/broken",
              "{'Url': '%s/', 'Auth': {'Type': 'bearer', 'Secret': {'Secret': 'two-lines'}}}");
  add_target (world, rule, "webhook/wrong-signature",
              "{'Url': '%s/', 'Signature': {'Secrets': [{'Secret': 'planted'}]}}");
  add_target (
      world, rule, "webhook/wrong-key",
      "{'Url': 'https://127.0.0.1:1/', 'Tls': {'CertificateFile': '/nowhere.pem', 'Key': {'Secret':"
      " 'planted'}}}");
  add_target (world, rule, "sms/gateway",
              "{'To': ['+4915112345678'], 'Text': 'x', 'Gateway': {'Preset': 'json',"
              " 'Url': '%s/', " SECRET "}}");
  add_target (world, rule, "email/server",
              "{'To': ['a@example.org'], 'Smtp': {'Host': '127.0.0.1', 'Port': 1,"
              " 'User': 'router', " SECRET "}}");
  add_target (world, rule, "exec/prints",
              "{'Command': ['/bin/sh', '-c', 'echo $KEY; echo $KEY >&2; exit 1'],"
              " 'Secrets': {'KEY': 'planted'}}");
  g_string_append (rule, "]}");
  scenario_config (world->scenario, "rule/default/all.json", "%s", rule->str);
  scenario_config (world->scenario, "source/shop.json", "{}");
  scenario_config (world->scenario, "source/signed.json",
                   "{'Signature': {'Scheme': 'github', 'Secrets': [{'Secret': 'planted'}]}}");
}

static void
world_init (World *world)
{
  *world = (World){ .scenario = scenario_new (),
                    .receiver = receiver_new (),
                    .other = receiver_new (),
                    .needles = g_ptr_array_new_with_free_func (g_free) };
  g_autofree char *login = g_base64_encode ((const guchar *) LOGIN, strlen (LOGIN));
  g_autofree char *echo = g_strdup_printf ("no: Basic %s, %s, %s", login, PLANTED, login);

  add_needle (world, PLANTED);
  add_needle (world, LOGIN);
  world->config = g_build_filename (scenario_folder (world->scenario), "config", NULL);
  scenario_secret (world->scenario, "planted", PLANTED);
  scenario_secret (world->scenario, "two-lines", PLANTED "\nX-Evil: 1");
  configure (world);
  receiver_set_status (world->receiver, 403);
  receiver_set_body (world->receiver, "no: Bearer " PLANTED " " PLANTED, -1);
  receiver_set_header (world->receiver, "X-Echo", PLANTED);
  receiver_set_status (world->other, 403);
  receiver_set_body (world->other, echo, -1);
  receiver_set_header (world->other, "X-Echo", echo);
  scenario_argument (world->scenario, "--log-level=debug");
  scenario_start (world->scenario);
}

static void
world_clear (World *world)
{
  g_ptr_array_unref (world->needles);
  g_free (world->config);
  g_free (world->event_id);
  receiver_free (world->receiver);
  receiver_free (world->other);
  scenario_free (world->scenario);
}

/* A request that is signed with another key is turned away, and kept to be looked at. */
static void
send_wrongly_signed (World *world)
{
  static const char *const headers[] = {
    "Content-Type: application/json",
    "X-Hub-Signature-256: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    NULL
  };
  g_autoptr (Answer) answer = scenario_request (world->scenario, "POST", "/in/signed", headers,
                                                "{}", -1);

  g_assert_cmpuint (answer->status, ==, 401);
  assert_text_absent (world, "the refusal", answer->body);
}

static void
test_planted (void)
{
  World world;
  g_autofree char *state = NULL;
  g_autofree char *log = NULL;
  g_autoptr (Answer) reloaded = NULL;

  world_init (&world);
  state = scenario_state_path (world.scenario, ".");
  world.event_id = scenario_accept (world.scenario, "/in/shop", "{}");
  for (guint i = 1; i <= N_TARGETS; i++)
    scenario_wait_delivery (world.scenario, world.event_id, i, "dead");
  /* They were really sent. */
  g_assert_cmpuint (receiver_n_requests (world.receiver), >=, 4);
  g_assert_cmpuint (receiver_n_requests (world.other), ==, 3);
  send_wrongly_signed (&world);
  scenario_config (world.scenario, "webhook/more.json",
                   "{'Url': 'http://127.0.0.1:1/', 'Auth': {'Type': 'bearer', " SECRET "}}");
  reloaded = scenario_post (world.scenario, "/v1/reload", "");
  g_assert_cmpuint (reloaded->status, ==, 200);
  look_at_processes (&world);
  look_at_commands (&world);
  look_at_api (&world);
  scenario_stop (world.scenario);
  log = scenario_log (world.scenario);
  assert_text_absent (&world, "the log", log);
  g_assert_cmpuint (look_at_files (&world, state), >=, 1);
  g_assert_cmpuint (look_at_files (&world, scenario_folder (world.scenario)), >=, 10);
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/secrets/planted", test_planted);
  return g_test_run ();
}
