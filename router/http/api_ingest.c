/* Taking events in.  Runs on the server's thread: nothing here waits, the answer comes from the
 * writer's thread after the commit. */
#include "http/api-private.h"

static void
on_done (const IngressReply *reply, const Problem *problem, gpointer user_data)
{
  static const char *const repeated[] = { "Idempotent-Replayed", "true", NULL };
  HttpRequest *request = user_data;

  if (problem != NULL)
    http_answer_problem (request, problem);
  else
    http_answer (request, 202, "application/json", reply->json, (gssize) reply->length,
                 reply->repeated ? repeated : NULL);
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
ingest (HttpRequest *http, Api *api, const char *source_name, const char *bus)
{
  const IngressRequest request = {
    .source_name = source_name,
    .bus = bus,
    .content_type = http_request_header (http, "Content-Type"),
    .header = get_header,
    .count_headers = count_headers,
    .header_data = http,
    .body = http_request_body (http),
  };
  Problem *problem = NULL;

  if (ingress_accept (api->setup.ingress, &request, on_done, http, &problem))
    return;
  http_answer_problem (http, problem);
  problem_free (problem);
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
