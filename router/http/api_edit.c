/* An event made of another one by an operator, and the ties between them. */
#include "http/api-private.h"

#include "base/id.h"

#include <string.h>

/* Of an actor or a reason. */
#define MAX_REMARK_BYTES 1024u
/* Events made of one that its journey names. */
#define MAX_COPIES 100

/* One request's body, checked.  Strings point into root. */
typedef struct
{
  JsonNode *root;
  StoredEvent *original;
  GBytes *detail; /* NULL: unchanged */
  const char *source, *detail_type, *actor, *reason;
  JsonArray *deliveries; /* NULL: whatever matches */
  GPtrArray *only;       /* see IngressEdit */
} Edit;

static void
edit_clear (Edit *edit)
{
  g_clear_pointer (&edit->root, json_node_unref);
  g_clear_pointer (&edit->original, stored_event_free);
  g_clear_pointer (&edit->detail, g_bytes_unref);
  g_clear_pointer (&edit->only, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Edit, edit_clear)

static Problem *refuse (const char *pointer, const char *format, ...) G_GNUC_PRINTF (2, 3);

static Problem *
refuse (const char *pointer, const char *format, ...)
{
  g_autofree char *detail = NULL;
  Problem *problem;
  va_list args;

  va_start (args, format);
  detail = g_strdup_vprintf (format, args);
  va_end (args);
  problem = problem_new (400, "invalid-request", "The request is not valid", "%s", detail);
  problem_set_place (problem, pointer, 0, 0);
  return problem;
}

/* The detail is taken byte for byte: numbers keep their spelling. */
static void
take_detail (HttpRequest *request, Edit *edit)
{
  gsize length;
  const char *body = g_bytes_get_data (http_request_body (request), &length);
  RulesJsonSpan span;

  if (rules_json_locate (body, length, "/detail", &span))
    edit->detail = g_bytes_new (body + span.start, span.length);
}

static Problem *
read_member (Edit *edit, const char *name, JsonNode *node)
{
  const char **text = strcmp (name, "source") == 0        ? &edit->source
                      : strcmp (name, "detail-type") == 0 ? &edit->detail_type
                      : strcmp (name, "actor") == 0       ? &edit->actor
                      : strcmp (name, "reason") == 0      ? &edit->reason
                                                          : NULL;

  if (strcmp (name, "detail") == 0)
    return NULL;
  if (strcmp (name, "deliveries") == 0)
    {
      if (!JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) == 0)
        return refuse ("/deliveries", "“deliveries” must be an array of the event's delivery ids");
      edit->deliveries = json_node_get_array (node);
      return NULL;
    }
  if (text == NULL)
    return refuse (NULL,
                   "The body has a member “%s”; known are detail, source, detail-type, deliveries, "
                   "actor and reason",
                   name);
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING ||
      strlen (json_node_get_string (node)) > MAX_REMARK_BYTES)
    return refuse (NULL, "“%s” must be a string of at most %u bytes", name, MAX_REMARK_BYTES);
  *text = json_node_get_string (node);
  return NULL;
}

static Problem *
read_edit (HttpRequest *request, Edit *edit)
{
  Problem *problem = api_body_object (request, &edit->root);
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (problem != NULL)
    return problem;
  json_object_iter_init (&iter, json_node_get_object (edit->root));
  while (problem == NULL && json_object_iter_next (&iter, &name, &member))
    problem = read_member (edit, name, member);
  if (problem == NULL)
    take_detail (request, edit);
  return problem;
}

static Problem *
load_original (HttpRequest *request, Api *api, Edit *edit)
{
  Store *store = api->setup.store;
  const char *id = http_request_segment (request, "id");
  g_autoptr (GError) error = NULL;

  if (id == NULL || !id_is_valid (id))
    return problem_new (404, "not-found", "There is no such object", "There is no event “%s”",
                        id != NULL ? id : "");
  return store->engine->load_event (store, id, &edit->original, &error)
             ? NULL
             : problem_from_error (error);
}

static const StoredDelivery *
find_delivery (GPtrArray *deliveries, const char *id)
{
  for (guint i = 0; id != NULL && i < deliveries->len; i++)
    if (strcmp (((const StoredDelivery *) deliveries->pdata[i])->id, id) == 0)
      return deliveries->pdata[i];
  return NULL;
}

/* Rules and targets of the deliveries that were named. */
static Problem *
read_targets (Api *api, Edit *edit)
{
  Store *store = api->setup.store;
  g_autoptr (GPtrArray) deliveries = NULL;
  g_autoptr (GError) error = NULL;

  if (edit->deliveries == NULL)
    return NULL;
  if (!store->engine->load_deliveries (store, edit->original->event->id, &deliveries, &error))
    return problem_from_error (error);
  edit->only = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < json_array_get_length (edit->deliveries); i++)
    {
      JsonNode *node = json_array_get_element (edit->deliveries, i);
      const char *id = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
      const StoredDelivery *delivery = find_delivery (deliveries, id);

      if (delivery == NULL)
        return refuse ("/deliveries", "“%s” is no delivery of this event", id != NULL ? id : "");
      g_ptr_array_add (edit->only, g_strdup (delivery->rule));
      g_ptr_array_add (edit->only, g_strdup (delivery->target));
    }
  g_ptr_array_add (edit->only, NULL);
  return NULL;
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
api_edit_event (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  g_auto (Edit) edit = { .actor = http_request_peer (request), .reason = "" };
  g_autoptr (Problem) problem = load_original (request, api, &edit);

  if (problem == NULL)
    problem = read_edit (request, &edit);
  if (problem == NULL)
    problem = read_targets (api, &edit);
  if (problem == NULL)
    {
      const IngressEdit wanted = {
        .original = edit.original->event,
        .source = edit.source,
        .detail_type = edit.detail_type,
        .detail = edit.detail,
        .only = edit.only != NULL ? (const char *const *) edit.only->pdata : NULL,
        .actor = edit.actor,
        .reason = edit.reason,
      };

      if (ingress_accept_edited (api->setup.ingress, &wanted, on_accepted, request, &problem))
        return;
    }
  http_answer_problem (request, problem);
}

/* ---- Ties ---- */

static void
put_tie (JsonOut *out, const char *member, const StoredRecord *record)
{
  g_autoptr (JsonNode) root = json_from_string (record->value, NULL);
  JsonObject *tie = json_node_get_object (root);

  json_out_object (out, member);
  json_out_string (out, "event", json_object_get_string_member_with_default (tie, "event", ""));
  json_out_time (out, "at", json_object_get_int_member_with_default (tie, "at_us", 0));
  json_out_string (out, "by", json_object_get_string_member_with_default (tie, "by", ""));
  json_out_string (out, "reason", json_object_get_string_member_with_default (tie, "reason", ""));
  if (json_object_get_int_member_with_default (tie, "rules", 0) != 0)
    json_out_int (out, "rules", json_object_get_int_member (tie, "rules"));
  else
    json_out_null (out, "rules");
  json_out_end_object (out);
}

gboolean
api_put_ties (Api *api, JsonOut *out, const char *event_id, GError **error)
{
  Store *store = api->setup.store;
  g_autoptr (GPtrArray) origins = NULL;
  g_autoptr (GPtrArray) copies = NULL;

  if (!store->engine->find_records (store, RECORD_ORIGIN, event_id, 0, 1, &origins, error) ||
      !store->engine->find_records (store, RECORD_COPY, event_id, 0, MAX_COPIES, &copies, error))
    return FALSE;
  if (origins->len > 0)
    put_tie (out, "edited_from", origins->pdata[0]);
  else
    json_out_null (out, "edited_from");
  json_out_array (out, "edited_copies");
  for (guint i = 0; i < copies->len; i++)
    put_tie (out, NULL, copies->pdata[i]);
  json_out_end_array (out);
  return TRUE;
}
