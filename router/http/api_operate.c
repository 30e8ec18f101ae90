/* What an operator does to deliveries. */
#include "http/api-private.h"

#include "store/delivery-filter.h"

#include <string.h>

/* Of an actor or a reason. */
#define MAX_REMARK_BYTES 1024u
/* About how long one answer looks at what a replay would do. */
#define PREVIEW_US (200 * G_TIME_SPAN_MILLISECOND)

/* One request's body, checked.  Strings point into root. */
typedef struct
{
  JsonNode *root;
  char **ids; /* NULL: by filter */
  DeliveryQuery filter;
  const char *actor, *reason;
  gint64 until_us; /* of a postponing; 0: not said */
  ApiReplay how;
  gboolean has_how; /* anything was said of it */
  StoreCursor after;
} Order;

static void
order_clear (Order *order)
{
  g_clear_pointer (&order->root, json_node_unref);
  g_clear_pointer (&order->ids, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Order, order_clear)

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

/* NULL: not a string. */
static const char *
string_of (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static Problem *
read_ids (JsonNode *node, char ***out_ids)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return refuse ("/ids", "“ids” must be an array of delivery or event ids");
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *id = string_of (json_array_get_element (array, i));

      if (id == NULL)
        return refuse ("/ids", "“ids” must be an array of strings; element %u is none", i);
      g_ptr_array_add (ids, (char *) id);
    }
  g_ptr_array_add (ids, NULL);
  *out_ids = (char **) g_ptr_array_free (g_steal_pointer (&ids), FALSE);
  return NULL;
}

static Problem *
read_filter (JsonNode *node, DeliveryQuery *filter)
{
  g_autoptr (GError) error = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse ("/filter", "“filter” must be an object");
  return delivery_filter_read (json_node_get_object (node), filter, &error)
             ? NULL
             : refuse ("/filter", "%s", error->message);
}

static Problem *
read_until (JsonNode *node, gint64 *out_us)
{
  const char *text = string_of (node);

  return text != NULL && clock_parse (text, out_us)
             ? NULL
             : refuse ("/until", "“until” must be a time like 2026-11-21T09:14:00Z (RFC 3339)");
}

Problem *
api_read_how (const char *name, JsonNode *node, ApiReplay *how)
{
  const char *rules = string_of (node);

  if (strcmp (name, "rules") == 0)
    {
      how->by_rules_now = g_strcmp0 (rules, "now") == 0;
      return how->by_rules_now || g_strcmp0 (rules, "then") == 0
                 ? NULL
                 : refuse ("/rules", "“rules” must be “now” (the event is matched anew) or “then” "
                                     "(it goes to the target that was chosen then)");
    }
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return refuse ("/skip_succeeded", "“skip_succeeded” must be true or false");
  how->skips_succeeded = json_node_get_boolean (node);
  return NULL;
}

static Problem *
read_after (JsonNode *node, StoreCursor *out_after)
{
  const char *text = string_of (node);

  return text != NULL && store_cursor_parse (text, out_after)
             ? NULL
             : refuse ("/after", "“after” must be “next” of the answer before");
}

static Problem *
read_member (Order *order, const char *name, JsonNode *node, gboolean *out_has_filter)
{
  const char **text = NULL;

  if (strcmp (name, "rules") == 0 || strcmp (name, "skip_succeeded") == 0)
    {
      order->has_how = TRUE;
      return api_read_how (name, node, &order->how);
    }
  if (strcmp (name, "after") == 0)
    return read_after (node, &order->after);

  if (strcmp (name, "ids") == 0)
    return read_ids (node, &order->ids);
  if (strcmp (name, "filter") == 0)
    {
      *out_has_filter = TRUE;
      return read_filter (node, &order->filter);
    }
  if (strcmp (name, "until") == 0)
    return read_until (node, &order->until_us);
  if (strcmp (name, "actor") == 0)
    text = &order->actor;
  else if (strcmp (name, "reason") == 0)
    text = &order->reason;
  else
    return refuse (
        NULL,
        "The body has a member “%s”; known are ids, filter, until, rules, skip_succeeded, actor "
        "and reason",
        name);
  *text = string_of (node);
  /* It is kept with each delivery. */
  if (*text == NULL || strlen (*text) > MAX_REMARK_BYTES)
    return refuse (NULL, "“%s” must be a string of at most %u bytes", name, MAX_REMARK_BYTES);
  return NULL;
}

static Problem *
read_order (HttpRequest *request, Order *order)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  gboolean has_filter = FALSE;
  Problem *problem = api_body_object (request, &order->root);

  if (problem != NULL)
    return problem;
  json_object_iter_init (&iter, json_node_get_object (order->root));
  while (problem == NULL && json_object_iter_next (&iter, &name, &member))
    problem = read_member (order, name, member, &has_filter);
  if (problem == NULL && has_filter == (order->ids != NULL))
    problem = refuse (NULL,
                      "The body must have either “ids” or “filter” (an empty object is all dead "
                      "letters)");
  return problem;
}

static Problem *
check_order (const Order *order, JournalKind kind)
{
  if (order->has_how && kind != JOURNAL_REPLAY)
    return refuse (NULL, "“rules” and “skip_succeeded” are for replaying only");
  if (order->after.time_us != 0)
    return refuse ("/after", "“after” is for looking only");
  if (kind != JOURNAL_POSTPONE)
    return order->until_us == 0 ? NULL : refuse ("/until", "“until” is for postponing only");
  return order->until_us != 0 ? NULL
                              : refuse ("/until", "“until” is missing: the time to try again");
}

static void
operate (HttpRequest *request, Api *api, JournalKind kind)
{
  const ApiOperations *operations = &api->setup.operations;
  g_auto (Order) order = { .actor = http_request_peer (request), .reason = "" };
  g_autoptr (Problem) problem = read_order (request, &order);
  g_autoptr (GError) error = NULL;
  ApiOperated operated = { 0 };
  gboolean ok;
  JsonOut *out;

  if (problem == NULL)
    problem = check_order (&order, kind);
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  if (kind == JOURNAL_POSTPONE && order.ids != NULL)
    ok = operations->postpone (order.until_us, (const char *const *) order.ids, order.actor,
                               order.reason, &operated, &error, operations->user_data);
  else if (order.ids != NULL)
    ok = operations->operate_ids (kind, &order.how, (const char *const *) order.ids, order.actor,
                                  order.reason, &operated, &error, operations->user_data);
  else
    ok = operations->operate_query (kind, &order.how, order.until_us, &order.filter, order.actor,
                                    order.reason, &operated, &error, operations->user_data);
  if (!ok)
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_int (out, "applied", (gint64) operated.applied);
  json_out_int (out, "skipped", (gint64) operated.skipped);
  json_out_int (out, "operation", operated.operation);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_replay (HttpRequest *request, gpointer api)
{
  operate (request, api, JOURNAL_REPLAY);
}

void
api_discard (HttpRequest *request, gpointer api)
{
  operate (request, api, JOURNAL_DISCARD);
}

void
api_restore (HttpRequest *request, gpointer api)
{
  operate (request, api, JOURNAL_RESTORE);
}

void
api_retry (HttpRequest *request, gpointer api)
{
  operate (request, api, JOURNAL_RETRY);
}

void
api_postpone (HttpRequest *request, gpointer api)
{
  operate (request, api, JOURNAL_POSTPONE);
}

void
api_give_up (HttpRequest *request, gpointer api)
{
  operate (request, api, JOURNAL_GIVE_UP);
}

/* ---- Before a replay ---- */

static void
answer_preview (HttpRequest *request,
                const ApiPreview *preview,
                const StoreCursor *cursor,
                gboolean complete)
{
  JsonOut *out = json_out_new ();
  g_autofree char *next = store_cursor_format (cursor);

  json_out_object (out, NULL);
  json_out_int (out, "looked_at", preview->looked_at);
  json_out_int (out, "moved", preview->moved);
  json_out_int (out, "more", preview->more);
  json_out_int (out, "elsewhere", preview->elsewhere);
  json_out_int (out, "nowhere", preview->nowhere);
  json_out_int (out, "succeeded", preview->succeeded);
  if (complete)
    json_out_null (out, "next");
  else
    json_out_string (out, "next", next);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_preview_replay (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const ApiOperations *operations = &api->setup.operations;
  g_auto (Order) order = { .actor = "", .reason = "" };
  g_autoptr (Problem) problem = read_order (request, &order);
  g_autoptr (GError) error = NULL;
  ApiPreview preview;
  gboolean complete;

  if (problem == NULL && order.ids != NULL)
    problem = refuse ("/ids", "What would become of dead letters is asked by “filter”");
  if (problem != NULL)
    http_answer_problem (request, problem);
  else if (!operations->preview_replay (&order.how, &order.filter, &order.after, PREVIEW_US,
                                        &preview, &complete, &error, operations->user_data))
    api_answer_error (request, error);
  else
    answer_preview (request, &preview, &order.after, complete);
}
