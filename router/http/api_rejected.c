/* What sources turned away: seen, and taken in after all. */
#include "http/api-private.h"

static void
put_rejected (JsonOut *out, const Rejected *rejected)
{
  json_out_object (out, NULL);
  json_out_string (out, "id", rejected->id);
  json_out_time (out, "at", rejected->at_us);
  json_out_string (out, "source", rejected->source);
  json_out_string (out, "cause", rejected->cause);
  json_out_int (out, "status", rejected->status);
  json_out_string (out, "detail", rejected->detail);
  json_out_string (out, "content_type", rejected->content_type);
  json_out_string (out, "peer", rejected->peer);
  json_out_int (out, "bytes", (gint64) g_bytes_get_size (rejected->body));
  json_out_end_object (out);
}

void
api_list_rejected (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  guint limit = API_DEFAULT_LIMIT;
  g_autoptr (Problem) problem = api_limit (request, &limit);
  g_autoptr (GPtrArray) found = NULL;
  const Rejected *last;
  JsonOut *out;

  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  found = ingress_find_rejected (api->setup.ingress, http_request_parameter (request, "source"),
                                 http_request_parameter (request, "after"), limit);
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_array (out, "rejected");
  for (guint i = 0; i < found->len; i++)
    put_rejected (out, found->pdata[i]);
  json_out_end_array (out);
  last = found->len == limit ? found->pdata[limit - 1] : NULL;
  json_out_string (out, "next", last != NULL ? last->id : NULL);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_get_rejected_body (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const char *id = http_request_segment (request, "id");
  g_autoptr (Rejected) rejected = id != NULL ? ingress_get_rejected (api->setup.ingress, id) : NULL;

  if (rejected == NULL)
    api_answer_not_found (request, "rejected request", id);
  else
    http_answer (request, 200, "application/octet-stream", g_bytes_get_data (rejected->body, NULL),
                 (gssize) g_bytes_get_size (rejected->body), NULL);
}

static void
on_accepted (const IngressReply *reply, const Problem *problem, gpointer user_data)
{
  HttpRequest *request = user_data;

  if (problem != NULL)
    http_answer_problem (request, problem);
  else
    http_answer (request, reply->status, reply->content_type, reply->body, (gssize) reply->length,
                 NULL);
}

void
api_accept_rejected (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const char *id = http_request_segment (request, "id");
  g_autoptr (Problem) problem = NULL;

  if (id == NULL)
    api_answer_not_found (request, "rejected request", id);
  else if (!ingress_accept_rejected (api->setup.ingress, id, on_accepted, request, &problem))
    http_answer_problem (request, problem);
}
