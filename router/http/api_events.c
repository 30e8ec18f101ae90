/* Events: lists, one with its journey, its body. */
#include "http/api-private.h"

#include "base/id.h"
#include "base/json-text.h"

#include <string.h>

static void
put_summary_members (JsonOut *out, const StoredEvent *stored)
{
  const Event *event = stored->event;
  gint64 by_state[DELIVERY_N_STATES];

  for (guint state = 0; state < DELIVERY_N_STATES; state++)
    by_state[state] = stored->n_by_state[state];
  json_out_string (out, "id", event->id);
  json_out_string (out, "bus", event->bus);
  json_out_string (out, "ingress", event->ingress);
  json_out_string (out, "source", event->source);
  json_out_string (out, "detail-type", event->detail_type);
  /* Not 0 as null: 1970 is a time that a sender may say. */
  {
    g_autofree char *time = clock_format_us (event->time_us);

    json_out_string (out, "time", time);
  }
  json_out_time (out, "received", event->received_us);
  json_out_int (out, "bytes", (gint64) stored->body_bytes);
  json_out_array (out, "matched");
  for (char **rule = stored->matched; *rule != NULL; rule++)
    json_out_string (out, NULL, *rule);
  json_out_end_array (out);
  json_out_int (out, "generation", (gint64) event->generation);
  json_out_int (out, "deliveries", stored->n_deliveries);
  api_put_counts (out, "counts", by_state, TRUE);
}

/* A first page within a tenth of a second; the search goes on with the next one. */
#define SEARCH_BUDGET_US (60 * 1000)

static Problem *
read_where (HttpRequest *request, EventWhere **out_where)
{
  const char *text = http_request_parameter (request, "where");
  g_autoptr (GError) error = NULL;

  if (text == NULL)
    return NULL;
  *out_where = event_where_parse (text, &error);
  return *out_where != NULL
             ? NULL
             : problem_new (400, "invalid-parameter", "The query parameter is not valid",
                            "The query parameter where: %s", error->message);
}

Problem *
api_event_query (HttpRequest *request, EventQuery *query, EventWhere **out_where)
{
  const char *matched = http_request_parameter (request, "matched");
  gboolean flag = FALSE;
  Problem *problem;

  *query = (EventQuery){
    .source = http_request_parameter (request, "source"),
    .bus = http_request_parameter (request, "bus"),
    .ingress = http_request_parameter (request, "ingress"),
    .detail_type = http_request_parameter (request, "detail-type"),
    .rule = http_request_parameter (request, "rule"),
    .connector = http_request_parameter (request, "connector"),
    .text = http_request_parameter (request, "text"),
    .budget_us = SEARCH_BUDGET_US,
  };
  if (query->text != NULL && *query->text == '\0')
    return api_refuse_parameter ("text", "", "a text that is to be found");
  problem = api_flag (request, "matched", &flag);
  query->matched = matched == NULL ? -1 : flag;
  if (problem == NULL)
    problem = api_states (request, &query->states);
  if (problem == NULL)
    problem = api_status (request, &query->status);
  if (problem == NULL)
    problem = api_time (request, "from", &query->from_us);
  if (problem == NULL)
    problem = api_time (request, "to", &query->to_us);
  if (problem == NULL)
    problem = read_where (request, out_where);
  query->where = *out_where;
  return problem;
}

static void
answer_list (HttpRequest *request,
             Api *api,
             const EventQuery *query,
             StoreCursor *cursor,
             guint limit)
{
  Store *store = api->setup.store;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;
  JsonOut *out;

  if (!store->engine->find_events (store, query, cursor, limit, &events, &error))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_array (out, "events");
  for (guint i = 0; i < events->len; i++)
    {
      json_out_object (out, NULL);
      put_summary_members (out, events->pdata[i]);
      json_out_end_object (out);
    }
  json_out_end_array (out);
  api_put_next (out, cursor, events->len, limit);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_list_events (HttpRequest *request, gpointer api)
{
  EventQuery query;
  StoreCursor cursor = { 0 };
  guint limit = API_DEFAULT_LIMIT;
  g_autoptr (EventWhere) where = NULL;
  g_autoptr (Problem) problem = api_event_query (request, &query, &where);

  if (problem == NULL)
    problem = api_limit (request, &limit);
  if (problem == NULL)
    problem = api_after (request, &cursor);
  if (problem != NULL)
    http_answer_problem (request, problem);
  else
    answer_list (request, api, &query, &cursor, limit);
}

/* NULL: answered already. */
static StoredEvent *
load (HttpRequest *request, Api *api)
{
  Store *store = api->setup.store;
  const char *id = http_request_segment (request, "id");
  g_autoptr (GError) error = NULL;
  StoredEvent *event = NULL;

  if (id == NULL || !id_is_valid (id))
    api_answer_not_found (request, "event", id);
  else if (!store->engine->load_event (store, id, &event, &error))
    api_answer_error (request, error);
  return event;
}

/* What a sender wrote, so that every JSON reader can take it; /body has the very bytes. */
static void
put_displayable (JsonOut *out, const char *name, const char *text, gsize length)
{
  g_autoptr (GString) shown = g_string_sized_new (length);

  json_text_append_displayable (shown, text, length);
  json_out_raw (out, name, shown->str, (gssize) shown->len);
}

static void
put_event (JsonOut *out, const StoredEvent *stored)
{
  gsize length;
  const char *body = g_bytes_get_data (stored->event->body, &length);

  json_out_object (out, "event");
  put_summary_members (out, stored);
  put_displayable (out, "resources", stored->event->resources, strlen (stored->event->resources));
  json_out_string (out, "content_type", stored->event->content_type);
  if (stored->event->metadata != NULL && *stored->event->metadata != '\0')
    put_displayable (out, "metadata", stored->event->metadata, strlen (stored->event->metadata));
  put_displayable (out, "detail", body, length);
  json_out_end_object (out);
}

static gboolean
put_deliveries (Api *api, JsonOut *out, const char *event_id, GError **error)
{
  Store *store = api->setup.store;
  g_autoptr (GPtrArray) deliveries = NULL;

  if (!store->engine->load_deliveries (store, event_id, &deliveries, error))
    return FALSE;
  json_out_array (out, "deliveries");
  for (guint i = 0; i < deliveries->len; i++)
    if (!api_put_delivery_full (api, out, deliveries->pdata[i], error))
      return FALSE;
  json_out_end_array (out);
  return TRUE;
}

void
api_get_event (HttpRequest *request, gpointer api)
{
  g_autoptr (StoredEvent) stored = load (request, api);
  g_autoptr (GError) error = NULL;
  JsonOut *out;

  if (stored == NULL)
    return;
  out = json_out_new ();
  json_out_object (out, NULL);
  put_event (out, stored);
  if (!api_put_ties (api, out, stored->event->id, &error) ||
      !put_deliveries (api, out, stored->event->id, &error))
    {
      g_string_free (out, TRUE);
      api_answer_error (request, error);
      return;
    }
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_get_event_body (HttpRequest *request, gpointer api)
{
  g_autoptr (StoredEvent) stored = load (request, api);
  gsize length;
  const char *body;

  if (stored == NULL)
    return;
  body = g_bytes_get_data (stored->event->body, &length);
  http_answer (request, 200, "application/json", body, (gssize) length, NULL);
}
