/* What a sender or an operator gets wrong is answered clearly, and nothing is kept or lost by it.
 */
#include "support/scenario.h"

#include <signal.h>
#include <string.h>

static Scenario *
with_one_source (void)
{
  Scenario *scenario = scenario_new ();

  scenario_config (scenario, "source/github.json",
                   "{'DetailType': {'Header': 'X-GitHub-Event', 'Default': 'unknown'}}");
  scenario_config (scenario, "file/all.json", "{'Path': 'all.jsonl'}");
  scenario_config (scenario, "rule/default/all.json",
                   "{'EventPattern': {'source': ['github']},"
                   " 'Targets': [{'Id': 'all', 'Arn': 'file/all'}]}");
  scenario_start (scenario);
  return scenario;
}

static char *
nested (guint levels)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < levels; i++)
    g_string_append_c (text, '[');
  for (guint i = 0; i < levels; i++)
    g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static char *
big (gsize bytes)
{
  GString *text = g_string_sized_new (bytes);

  g_string_append (text, "{\"a\":\"");
  while (text->len < bytes - 2)
    g_string_append_c (text, 'x');
  g_string_append (text, "\"}");
  return g_string_free (text, FALSE);
}

static void
test_requests (void)
{
  static const char *const json[] = { "Content-Type: application/json", NULL };
  static const char *const form[] = { "Content-Type: application/x-www-form-urlencoded", NULL };
  g_autofree char *deep = nested (200);
  g_autofree char *large = big (300 * 1024);
  const struct
  {
    const char *what, *method, *path;
    const char *const *headers;
    const char *body;
    guint status;
    const char *slug;
    guint line, column; /* 0: none expected */
  } cases[] = {
    { "not JSON", "POST", "/in/github", json, "{\"a\":\n tru}", 400, "invalid-json", 2, 2 },
    { "empty", "POST", "/in/github", json, "", 400, "invalid-json", 0, 0 },
    { "300 KB", "POST", "/in/github", json, large, 413, "body-too-large", 0, 0 },
    { "unknown source", "POST", "/in/gitlab", json, "{}", 404, "unknown-source", 0, 0 },
    { "wrong method", "GET", "/in/github", NULL, NULL, 405, "method-not-allowed", 0, 0 },
    { "wrong content type", "POST", "/in/github", form, "a=1", 415, "unsupported-media-type", 0,
      0 },
    { "200 levels", "POST", "/in/github", json, deep, 400, "invalid-json", 1, 65 },
    { "duplicate name", "POST", "/in/github", json, "{\"a\":1,\n\"a\":2}", 400, "invalid-json", 2,
      1 },
    { "bad UTF-8", "POST", "/in/github", json, "{\"a\":\"\xff\"}", 400, "invalid-json", 1, 7 },
    { "unknown path", "GET", "/v2/status", NULL, NULL, 404, "not-found", 0, 0 },
    { "unknown parameter", "GET", "/v1/events?colour=red", NULL, NULL, 400, "unknown-parameter", 0,
      0 },
    { "event without a source", "POST", "/v1/events", json, "{\"detail-type\":\"x\",\"detail\":{}}",
      400, "invalid-event", 0, 0 },
    { "unknown bus", "POST", "/v1/events?bus=none", json,
      "{\"source\":\"s\",\"detail-type\":\"x\",\"detail\":{}}", 404, "unknown-bus", 0, 0 },
    { "no such event", "GET", "/v1/events/01940000-0000-7000-8000-000000000001", NULL, NULL, 404,
      "not-found", 0, 0 },
    { "no such delivery", "GET", "/v1/deliveries/nonsense", NULL, NULL, 404, "not-found", 0, 0 },
    { "bad pattern", "POST", "/v1/test-pattern", json, "{\"pattern\":{\"a\":\"x\"},\"event\":{}}",
      400, "invalid-pattern", 0, 0 },
  };
  g_autoptr (Scenario) scenario = with_one_source ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Answer) answer = scenario_request (scenario, cases[i].method, cases[i].path,
                                                    cases[i].headers, cases[i].body, -1);
      g_autofree char *type = g_strconcat ("urn:signalbox:problem:", cases[i].slug, NULL);

      g_test_message ("%s: %s", cases[i].what, answer->body);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
      g_assert_cmpstr (answer->content_type, ==, "application/problem+json");
      g_assert_nonnull (answer->json);
      g_assert_cmpstr (json_at_string (answer->json, "type"), ==, type);
      g_assert_cmpint (json_at_int (answer->json, "status"), ==, cases[i].status);
      g_assert_cmpuint (strlen (json_at_string (answer->json, "detail")), >, 10);
      if (cases[i].line > 0)
        {
          g_assert_cmpint (json_at_int (answer->json, "line"), ==, cases[i].line);
          g_assert_cmpint (json_at_int (answer->json, "column"), ==, cases[i].column);
        }
    }
  scenario_wait (scenario, "/v1/status", "ledger.events", "0");
  scenario_stop (scenario);
}

/* One bad event refuses the whole request, and says which. */
static void
test_batch_is_all_or_none (void)
{
  g_autoptr (Scenario) scenario = with_one_source ();
  g_autoptr (Answer) answer = scenario_post (
      scenario, "/v1/events",
      "[{'source':'github','detail-type':'a','detail':{}},{'source':'github'}]");

  g_assert_cmpuint (answer->status, ==, 400);
  g_assert_nonnull (strstr (answer->body, "/1"));
  scenario_wait (scenario, "/v1/status", "ledger.events", "0");
}

static void
test_configuration (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *said = NULL;

  scenario_config (scenario, "file/all.json", "{'Path': 'all.jsonl'}");
  scenario_config (scenario, "rule/default/broken.json",
                   "{\n"
                   "  'EventPattern': {'source': [{'prefx': 'git'}]},\n"
                   "  'Targets': [\n"
                   "    {'Id': 'x', 'Arn': 'file/al'}\n"
                   "  ]\n"
                   "}\n");
  g_assert_cmpint (scenario_start_refused (scenario, &said), ==, 78);
  g_test_message ("%s", said);
  g_assert_nonnull (strstr (said, "rule/default/broken.json:2:"));
  g_assert_nonnull (strstr (said, "Unrecognized match type prefx"));
  g_assert_nonnull (strstr (said, "rule/default/broken.json:4:24"));
  g_assert_nonnull (strstr (said, "file/al"));
}

/* An invalid folder leaves the running generation in force. */
static void
test_reload_keeps_what_works (void)
{
  g_autoptr (Scenario) scenario = with_one_source ();
  g_autoptr (Answer) refused = NULL;
  g_autoptr (Answer) taken = NULL;
  g_autofree char *id = NULL;

  scenario_config (scenario, "rule/default/all.json", "{'EventPattern': {'source': 'github'}}");
  refused = scenario_post (scenario, "/v1/reload", "");
  g_assert_cmpuint (refused->status, ==, 422);
  g_assert_cmpstr (json_at_string (refused->json, "problems.0.file"), ==, "rule/default/all.json");
  g_assert_cmpint (json_at_int (refused->json, "problems.0.line"), ==, 1);

  id = scenario_accept (scenario, "/in/github", "{}");
  scenario_wait_delivery (scenario, id, 1, "done");

  scenario_config (scenario, "rule/default/all.json",
                   "{'EventPattern': {'source': ['nobody']},"
                   " 'Targets': [{'Id': 'all', 'Arn': 'file/all'}]}");
  taken = scenario_post (scenario, "/v1/reload", "");
  g_assert_cmpuint (taken->status, ==, 200);
  g_assert_cmpint (json_at_int (taken->json, "generation"), ==, 2);
  {
    g_autoptr (Answer) answer = scenario_post (scenario, "/in/github", "{}");

    g_assert_cmpuint (json_at_length (answer->json, "matched"), ==, 0);
  }
  /* By signal, too. */
  scenario_config (scenario, "rule/default/all.json",
                   "{'EventPattern': {'source': ['github']},"
                   " 'Targets': [{'Id': 'all', 'Arn': 'file/all'}]}");
  scenario_signal (scenario, SIGHUP);
  scenario_wait (scenario, "/v1/status", "generation", "3");
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

/* Escapes that no C string can hold are kept as sent, shown so that every reader can take them, and
 * refused where they would ask for something else than was meant. */
static void
test_no_text (void)
{
  static const char *const json[] = { "Content-Type: application/json", NULL };
  static const char sent[] = "{\"u\":\"\\ud800\",\"n\":\"a\\u0000b\"}";
  g_autoptr (Scenario) scenario = with_one_source ();
  g_autofree char *id = scenario_accept (scenario, "/in/github", sent);
  g_autofree char *path = g_strdup_printf ("/v1/events/%s", id);
  g_autofree char *body_path = g_strconcat (path, "/body", NULL);
  g_autoptr (Answer) event = scenario_get (scenario, path);
  g_autoptr (Answer) body = scenario_get (scenario, body_path);
  g_autoptr (Answer) replay = scenario_request (scenario, "POST", "/v1/replay", json,
                                                "{\"filter\":{\"source\":\"github\\u0000x\"}}", -1);

  g_assert_cmpmem (body->body, body->length, sent, strlen (sent));
  g_assert_cmpstr (json_at_string (event->json, "event.detail.u"), ==, "\xef\xbf\xbd");
  g_assert_cmpstr (json_at_string (event->json, "event.detail.n"), ==,
                   "a\xef\xbf\xbd"
                   "b");
  g_assert_cmpuint (replay->status, ==, 400);
  g_assert_cmpint (json_at_int (replay->json, "column"), ==, 28);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/bad-input/requests", test_requests);
  g_test_add_func ("/scenario/bad-input/batch-is-all-or-none", test_batch_is_all_or_none);
  g_test_add_func ("/scenario/bad-input/configuration", test_configuration);
  g_test_add_func ("/scenario/bad-input/reload-keeps-what-works", test_reload_keeps_what_works);
  g_test_add_func ("/scenario/bad-input/no-text", test_no_text);
  return g_test_run ();
}
