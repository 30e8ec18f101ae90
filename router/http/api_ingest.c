/* Taking events in.  Runs on the server's thread: nothing here waits, the answer comes from the
 * writer's thread after the commit. */
#include "http/api-private.h"

#include <string.h>

/* One request, until it is answered. */
typedef struct
{
  HttpRequest *http;
  Api *api;
  char *source; /* NULL: the events API */
  gint64 begun_us;
} Ingest;

static void
ingest_free (Ingest *ingest)
{
  g_free (ingest->source);
  g_free (ingest);
}

/* name: as it is counted. */
static void
note_pulse (const Ingest *ingest, const char *name, const Problem *problem)
{
  gint64 now_us = clock_wall_us (ingest->api->setup.clock);
  g_autofree char *pulse = ingest->source != NULL ? g_strconcat ("source/", name, NULL)
                                                  : g_strdup (name);

  if (problem == NULL)
    pulse_note_worked (ingest->api->setup.pulse, pulse, now_us);
  else
    pulse_note_failed (ingest->api->setup.pulse, pulse, now_us, (int) problem->status,
                       problem->type, problem->detail);
}

/* Names that nobody configured come from outside and are as many as one likes: they are one. */
static void
count (const Ingest *ingest, const IngressReply *reply, const Problem *problem)
{
  Metrics *metrics = ingest->api->setup.metrics;
  gboolean unknown = problem != NULL && strcmp (problem->type, "unknown-source") == 0;
  const char *source = unknown ? "unknown" : ingest->source != NULL ? ingest->source : "api";
  gint64 now_us = clock_monotonic_us (ingest->api->setup.clock);

  metrics_count (metrics, METRIC_INGRESS_REQUESTS, source,
                 problem != NULL   ? problem->type
                 : reply->repeated ? "repeated"
                                   : "accepted");
  note_pulse (ingest, source, problem);
  sampler_note (ingest->api->sampler);
  metrics_observe (metrics, METRIC_INGRESS_ACK, NULL, now_us - ingest->begun_us);
}

static void
answer_reply (HttpRequest *request, const IngressReply *reply)
{
  g_autoptr (GPtrArray) headers = g_ptr_array_new ();

  for (gsize i = 0; reply->headers != NULL && reply->headers[i] != NULL; i++)
    g_ptr_array_add (headers, (gpointer) reply->headers[i]);
  if (reply->repeated)
    {
      g_ptr_array_add (headers, (gpointer) "Idempotent-Replayed");
      g_ptr_array_add (headers, (gpointer) "true");
    }
  g_ptr_array_add (headers, NULL);
  http_answer (request, reply->status, reply->content_type, reply->body, (gssize) reply->length,
               (const char *const *) headers->pdata);
}

static void
on_done (const IngressReply *reply, const Problem *problem, gpointer user_data)
{
  Ingest *ingest = user_data;

  count (ingest, reply, problem);
  if (problem != NULL)
    http_answer_problem (ingest->http, problem);
  else if (reply->headers == NULL && !reply->repeated)
    http_answer (ingest->http, reply->status, reply->content_type, reply->body,
                 (gssize) reply->length, NULL);
  else
    answer_reply (ingest->http, reply);
  ingest_free (ingest);
}

static const char *
get_peer (gpointer user_data)
{
  return http_request_peer (user_data);
}

static const char *
get_header (const char *name, gpointer user_data)
{
  return http_request_header (user_data, name);
}

static guint
count_headers (const char *name, gpointer user_data)
{
  return http_request_count_headers (user_data, name);
}

static void
each_header (void (*visit) (const char *name, const char *value, gpointer visit_data),
             gpointer visit_data,
             gpointer user_data)
{
  http_request_each_header (user_data, visit, visit_data);
}

/* The source's name: its path may be known to nobody else. */
static char *
name_of (Api *api, const char *path)
{
  g_autoptr (Snapshot) snapshot = path != NULL ? snapshot_current (api->setup.snapshots) : NULL;
  const ConfigSource *source = snapshot != NULL
                                   ? g_hash_table_lookup (snapshot->configuration->paths, path)
                                   : NULL;

  if (path == NULL)
    return NULL;
  return g_strdup (source != NULL ? source->name : "unknown");
}

static void
ingest (HttpRequest *http, Api *api, const char *source_name, const char *bus)
{
  const IngressRequest request = {
    .source_name = source_name,
    .method = http_request_method (http),
    .target = http_request_target (http),
    .peer = get_peer,
    .bus = bus,
    .content_type = http_request_header (http, "Content-Type"),
    .header = get_header,
    .count_headers = count_headers,
    .each_header = each_header,
    .header_data = http,
    .body = http_request_body (http),
  };
  Ingest *under_way = g_new (Ingest, 1);
  g_autoptr (Problem) problem = NULL;

  *under_way = (Ingest){ .http = http,
                         .api = api,
                         .source = name_of (api, source_name),
                         .begun_us = clock_monotonic_us (api->setup.clock) };
  if (!ingress_accept (api->setup.ingress, &request, on_done, under_way, &problem))
    on_done (NULL, problem, under_way);
}

void
api_ingest_source (HttpRequest *request, gpointer api)
{
  const char *source = http_request_segment (request, "source");

  if (source == NULL)
    api_answer_not_found (request, "source with a name that is not UTF-8", NULL);
  else
    ingest (request, api, source, NULL);
}

void
api_ingest_events (HttpRequest *request, gpointer api)
{
  ingest (request, api, NULL, http_request_parameter (request, "bus"));
}
