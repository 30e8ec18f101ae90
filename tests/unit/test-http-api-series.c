/* Plots, how connectors and sources are, and whether the router can take events. */
#include "support/api-world.h"

static void
test_series (ApiWorld *world, gconstpointer data)
{
  g_autofree char *id G_GNUC_UNUSED = world_accept (world, "/in/shop", "{'paid':true}");
  g_autoptr (Reply) first G_GNUC_UNUSED = world_get (world, "/v1/series");
  g_autoptr (Reply) total = NULL;
  g_autoptr (Reply) rules = NULL;
  g_autoptr (Reply) sources = NULL;
  g_autoptr (Reply) connectors = NULL;

  clock_manual_advance (world->clock, 2 * G_USEC_PER_SEC);
  total = world_get (world, "/v1/series?points=4");
  reply_assert (total, "step_seconds", "1");
  reply_assert (total, "start", "'2026-11-21T09:13:59.000000Z'");
  reply_assert (total, "series.0.name", "''");
  reply_assert (total, "series.0.in", "[null,1,0,0]");
  reply_assert (total, "series.0.pending", "[null,2,2,2]");
  reply_assert (total, "series.0.delivered", "[null,0,0,0]");
  rules = world_get (world, "/v1/series?step=1m&points=1&of=rules");
  g_assert_cmpuint (reply_count (rules, "series"), ==, 1);
  reply_assert (rules, "series.0", "{'name':'default/paid','matched':[1]}");
  sources = world_get (world, "/v1/series?step=1h&points=1&of=sources&name=source/shop");
  reply_assert (sources, "series.0", "{'name':'source/shop','in':[1],'refused':[0]}");
  connectors = world_get (world, "/v1/series?points=1&of=connectors&name=file/a");
  reply_assert (connectors, "series.0.pending", "[1]");
  reply_assert (connectors, "series.0.oldest_pending_seconds", "[2]");
}

static void
test_bad_series (ApiWorld *world, gconstpointer data)
{
  static const char *const bad[] = { "step=1d", "points=0", "points=301", "of=things" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_strconcat ("/v1/series?", bad[i], NULL);
      g_autoptr (Reply) reply = world_get (world, path);

      reply_assert_problem (reply, 400, "invalid-parameter");
    }
}

static void
test_connectors (ApiWorld *world, gconstpointer data)
{
  g_autofree char *id G_GNUC_UNUSED = world_accept (world, "/in/shop", "{'paid':true}");
  g_autoptr (Reply) bad G_GNUC_UNUSED = world_post (world, "/in/shop", "{");
  g_autoptr (Reply) list = NULL;
  g_autoptr (Reply) one = NULL;
  g_autoptr (Reply) none = world_get (world, "/v1/connectors/file/x");
  g_autoptr (Reply) sources = NULL;

  for (guint i = 0; i < 30; i++)
    {
      metrics_count (world->metrics, METRIC_DELIVERY_ATTEMPTS, "file/a", "delivered");
      metrics_count (world->metrics, METRIC_DELIVERY_ATTEMPTS, "file/a", i < 15 ? "retry" : "down");
    }
  metrics_observe (world->metrics, METRIC_DELIVERY_TIME, "file/a", 4000);
  pulse_note_failed (world->pulse, "file/a", API_WORLD_US, 503, "ERROR_FROM_TARGET", "No");
  list = world_get (world, "/v1/connectors");
  g_assert_cmpuint (reply_count (list, "connectors"), ==, 2);
  one = world_get (world, "/v1/connectors/file/a");
  reply_assert (one, "name", "'file/a'");
  reply_assert (one, "state", "'open'");
  reply_assert (one, "pending", "1");
  reply_assert (one, "delivered_per_second", "0.5");
  reply_assert (one, "failed_per_second", "0.5");
  reply_assert (one, "p95_ms", "4.875");
  reply_assert (one, "last_success", "null");
  reply_assert (one, "last_error",
                "{'at':'2026-11-21T09:14:00.123456Z','status':503,'error_code':'ERROR_FROM_TARGET',"
                "'note':'No'}");
  reply_assert_problem (none, 404, "not-found");
  sources = world_get (world, "/v1/sources");
  reply_assert (sources, "sources.1.name", "'shop'");
  reply_assert (sources, "sources.1.events", "1");
  reply_assert (sources, "sources.1.last_event", "'2026-11-21T09:14:00.123456Z'");
  reply_assert (sources, "sources.1.last_refused.cause", "'invalid-json'");
  reply_assert (sources, "sources.0.last_event", "null");
}

static void
test_health (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) alive = world_get (world, "/health");
  g_autoptr (Reply) ready = world_get (world, "/ready");
  g_autoptr (Reply) again = world_get (world, "/ready");
  g_autoptr (Reply) stopping = NULL;
  g_autoptr (GPtrArray) proofs = NULL;

  reply_assert (alive, "status", "'alive'");
  reply_assert (ready, "status", "'ready'");
  reply_assert (again, "status", "'ready'");
  /* It was written. */
  g_assert_true (
      world->store->engine->find_records (world->store, RECORD_PROOF, NULL, 0, 10, &proofs, NULL));
  g_assert_cmpuint (proofs->len, ==, 1);
  api_set_stopping (world->api);
  stopping = world_get (world, "/ready");
  reply_assert_problem (stopping, 503, "shutting-down");
}

static void
test_not_ready (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) reply = NULL;

  writer_stop (world->writer);
  reply = world_get (world, "/ready");
  g_assert_cmpuint (reply->status, ==, 503);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/series/all", NULL, test_series);
  API_WORLD_TEST ("/http/api/series/bad", NULL, test_bad_series);
  API_WORLD_TEST ("/http/api/connectors/all", NULL, test_connectors);
  API_WORLD_TEST ("/http/api/health/ready", NULL, test_health);
  API_WORLD_TEST ("/http/api/health/not-ready", NULL, test_not_ready);
  return g_test_run ();
}
