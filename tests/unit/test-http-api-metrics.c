/* What Prometheus scrapes. */
#include "config.h"

#include "support/api-world.h"

#include <gio/gio.h>

#include <string.h>

static void
assert_line (const char *text, const char *line)
{
  g_autofree char *whole = g_strconcat ("\n", line, "\n", NULL);

  if (strstr (text, whole) == NULL)
    g_error ("“%s” is not a line of:\n%s", line, text);
}

static void
test_counts (ApiWorld *world, gconstpointer data)
{
  g_autofree char *id G_GNUC_UNUSED = world_accept (world, "/in/shop", "{'paid':true}");
  g_autoptr (Reply) bad G_GNUC_UNUSED = world_post (world, "/in/shop", "{");
  g_autoptr (Reply) stranger G_GNUC_UNUSED = world_post (world, "/in/nobody", "{}");
  g_autoptr (Reply) reply = world_get (world, "/metrics");

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_nonnull (strstr (reply->head, "Content-Type: text/plain; version=0.0.4; charset=utf-8"));
  assert_line (reply->body, "signalbox_build_info{version=\"" SIGNALBOX_VERSION "\"} 1");
  assert_line (reply->body, "signalbox_config_generation 7");
  assert_line (reply->body, "signalbox_events 1");
  assert_line (reply->body, "signalbox_event_balance 0");
  assert_line (reply->body, "signalbox_queue_events{connector=\"file/a\",state=\"ready\"} 1");
  assert_line (reply->body, "signalbox_queue_events{connector=\"file/b\",state=\"dead\"} 0");
  assert_line (reply->body, "signalbox_breaker_state{connector=\"file/a\"} 0");
  assert_line (reply->body, "signalbox_oldest_pending_seconds{connector=\"file/b\"} 0");
  assert_line (reply->body, "signalbox_schedule_deliveries{state=\"queued\"} 3");
  assert_line (reply->body,
               "signalbox_ingress_requests_total{source=\"shop\",outcome=\"accepted\"} 1");
  assert_line (reply->body,
               "signalbox_ingress_requests_total{source=\"shop\",outcome=\"invalid-json\"} 1");
  assert_line (reply->body,
               "signalbox_ingress_requests_total{source=\"unknown\",outcome=\"unknown-source\"} 1");
  assert_line (reply->body, "signalbox_ingress_ack_seconds_count 3");
  g_assert_null (strstr (reply->body, "nobody"));
  g_assert_null (strstr (reply->body, "signalbox_store_fsync_seconds_count 0"));
}

/* Is it a metric that the router has, without what a histogram or counter puts behind its name? */
static gboolean
is_metric (const char *metrics, const char *name)
{
  static const char *const ends[] = { "", "_bucket", "_sum", "_count" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *base = g_str_has_suffix (name, ends[i])
                                  ? g_strndup (name, strlen (name) - strlen (ends[i]))
                                  : g_strdup (name);
      g_autofree char *type = g_strconcat ("\n# TYPE ", base, " ", NULL);

      if (strstr (metrics, type) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* Every query of the dashboard asks for what there is. */
static void
test_dashboard (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) reply = world_get (world, "/metrics");
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "data", "grafana",
                                                 "signalbox.json", NULL);
  g_autofree char *text = NULL;
  g_autofree char *metrics = g_strconcat ("\n", reply->body, NULL);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GRegex) names = g_regex_new ("signalbox_[a-z_]+", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  root = json_from_string (text, &error);
  g_assert_no_error (error);
  g_assert_nonnull (root);
  for (g_regex_match (names, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL), n++)
    {
      g_autofree char *name = g_match_info_fetch (match, 0);

      if (!is_metric (metrics, name))
        g_error ("The dashboard asks for %s, which is no metric", name);
    }
  g_assert_cmpuint (n, >, 15);
}

static void
test_openmetrics (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) reply = world_ask (world, "GET", "/metrics",
                                       "Accept: application/openmetrics-text\r\n", "");

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_nonnull (strstr (reply->head, "application/openmetrics-text; version=1.0.0"));
  g_assert_true (g_str_has_suffix (reply->body, "\n# EOF\n"));
}

static void
test_gzip (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) reply = world_ask (world, "GET", "/metrics",
                                       "Accept-Encoding: deflate, gzip;q=1.0\r\n", "");
  g_autoptr (Reply) refused = world_ask (world, "GET", "/metrics", "Accept-Encoding: gzip;q=0\r\n",
                                         "");
  g_autoptr (GConverter) gunzip = G_CONVERTER (
      g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GInputStream) memory = g_memory_input_stream_new_from_data (
      reply->body, (gssize) reply->length, NULL);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (memory, gunzip);
  g_autoptr (GError) error = NULL;
  char text[64 * 1024];
  gsize length;

  g_assert_nonnull (strstr (reply->head, "Content-Encoding: gzip"));
  g_input_stream_read_all (stream, text, sizeof text - 1, &length, NULL, &error);
  g_assert_no_error (error);
  text[length] = '\0';
  assert_line (text, "signalbox_config_generation 7");
  g_assert_null (strstr (refused->head, "Content-Encoding"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/metrics/counts", NULL, test_counts);
  API_WORLD_TEST ("/http/api/metrics/dashboard", NULL, test_dashboard);
  API_WORLD_TEST ("/http/api/metrics/openmetrics", NULL, test_openmetrics);
  API_WORLD_TEST ("/http/api/metrics/gzip", NULL, test_gzip);
  return g_test_run ();
}
