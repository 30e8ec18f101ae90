/* Queues: what is in them, and the operations of producers and consumers.
 *
 * Operations are submitted to the writer and answered from its thread after the commit, so that no
 * thread of the pool waits for the disk.  A receive that finds nothing may wait for a message. */
#include "http/api-private.h"

#include "base/error.h"
#include "base/id.h"
#include "http/queue-json.h"

#include <string.h>

#define MAX_RECEIVE 100
#define MAX_WAIT_SECONDS 20
#define MAX_VISIBILITY_SECONDS 43200
#define MAX_DELAY_SECONDS 900
#define MAX_PRIORITY 100
#define MAX_ATTRIBUTES 10
#define MAX_REDRIVE 10000

/* One operation that is under way. */
typedef struct
{
  Api *api;
  HttpRequest *request;
  char *queue;
  guint limit; /* of a receive */
  gint64 visibility_us, deadline_us;
} Call;

static void
call_free (Call *call)
{
  g_free (call->queue);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

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

static void
answer_problem (HttpRequest *request, Problem *problem)
{
  http_answer_problem (request, problem);
  problem_free (problem);
}

/* ---- Bodies -------------------------------------------------------------------------------- */

/* A body may be left out where nothing in it is required. */
static Problem *
read_body (HttpRequest *request, const char *const *known, JsonObject **out_body)
{
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GList) names = NULL;
  Problem *problem;

  if (g_bytes_get_size (http_request_body (request)) == 0)
    {
      *out_body = json_object_new ();
      return NULL;
    }
  problem = api_body_object (request, &root);
  if (problem != NULL)
    return problem;
  names = json_object_get_members (json_node_get_object (root));
  for (GList *link = names; link != NULL; link = link->next)
    if (!g_strv_contains (known, link->data))
      {
        g_autofree char *list = g_strjoinv (", ", (char **) known);

        return refuse (NULL, "The body has a member “%s”; known are %s", (char *) link->data, list);
      }
  *out_body = json_object_ref (json_node_get_object (root));
  return NULL;
}

static Problem *
read_number (JsonObject *body, const char *name, gint64 min, gint64 max, gint64 *number)
{
  JsonNode *node = json_object_get_member (body, name);
  g_autofree char *pointer = g_strconcat ("/", name, NULL);

  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64 &&
      json_node_get_int (node) >= min && json_node_get_int (node) <= max)
    {
      *number = json_node_get_int (node);
      return NULL;
    }
  return refuse (pointer,
                 "“%s” must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, name,
                 min, max);
}

/* Leaves *out_text as it is when there is none; into the body. */
static Problem *
read_text (JsonObject *body, const char *name, gsize max_bytes, const char **out_text)
{
  JsonNode *node = json_object_get_member (body, name);
  g_autofree char *pointer = g_strconcat ("/", name, NULL);
  const char *text;

  if (node == NULL)
    return NULL;
  text = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
  if (text == NULL || *text == '\0' || strlen (text) > max_bytes)
    return refuse (pointer, "“%s” must be a string of 1 to %" G_GSIZE_FORMAT " bytes", name,
                   max_bytes);
  *out_text = text;
  return NULL;
}

/* ---- The queue ----------------------------------------------------------------------------- */

/* FALSE: it was answered that there is none. */
static gboolean
find_queue (HttpRequest *request,
            Api *api,
            char **out_name,
            ConfigQueue *out_queue,
            QueueRules *out_rules)
{
  const char *name = http_request_segment (request, "queue");
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  const ConfigConnector *connector = name != NULL
                                         ? config_queue_find (snapshot->configuration, name)
                                         : NULL;

  if (connector == NULL)
    {
      api_answer_not_found (request, "queue", name);
      return FALSE;
    }
  config_queue_read (connector->settings, out_queue);
  queue_rules_read (out_queue, out_rules);
  out_queue->redrive_to = NULL; /* goes with the snapshot */
  *out_name = g_strdup (name);
  return TRUE;
}

/* ---- Answers from the writer's thread ------------------------------------------------------ */

static void
answer_number (HttpRequest *request, const char *name, gint64 number)
{
  JsonOut *out = json_out_new ();

  json_out_object (out, NULL);
  json_out_int (out, name, number);
  json_out_end_object (out);
  api_answer_json (request, out);
}

static void
answer_sent (HttpRequest *request, const QueueOp *op)
{
  JsonOut *out = json_out_new ();

  json_out_object (out, NULL);
  json_out_string (out, "id", op->out_uid);
  json_out_int (out, "sequence", op->out_id);
  json_out_bool (out, "duplicate", op->out_result == QUEUE_DUPLICATE);
  json_out_end_object (out);
  api_answer_json (request, out);
}

static void
answer_received (HttpRequest *request, const QueueOp *op, Clock *clock)
{
  JsonOut *out = json_out_new ();

  json_out_object (out, NULL);
  queue_json_put_received (out, op->out_messages, clock);
  json_out_end_object (out);
  api_answer_json (request, out);
}

static Problem *
problem_of (const QueueOp *op)
{
  switch (op->out_result)
    {
    case QUEUE_NO_RECEIPT:
      return problem_new (400, "invalid-receipt", "The receipt is not valid",
                          "It is no receipt of a message of queue/%s", op->queue);
    case QUEUE_STALE_RECEIPT:
      return problem_new (409, "stale-receipt", "The receipt is too old",
                          "The message is not in flight with this receipt any more: its time is "
                          "over, or it was received again");
    case QUEUE_OVER_LIMIT:
      return problem_new (429, "too-many-in-flight", "Too many messages are in flight",
                          "queue/%s has %u messages in flight, which is its MaximumInFlight; "
                          "delete some",
                          op->queue, op->rules.max_in_flight);
    case QUEUE_OK:
    case QUEUE_DUPLICATE:
      break;
    }
  return NULL;
}

static void submit_receive (Call *call);

/* TRUE: the call waits for a message, and is not the caller's any more. */
static gboolean
begin_waiting (Call *call, const QueueOp *op)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 again_us = G_MAXINT64;

  if (op->out_messages->len > 0 || op->out_result != QUEUE_OK || now_us >= call->deadline_us)
    return FALSE;
  if (op->out_next_us > 0)
    again_us = now_us + MAX (0, op->out_next_us - clock_steady_us (call->api->setup.clock));
  queue_waits_add (call->api->waits, call->queue, call->deadline_us, again_us, call);
  return TRUE;
}

static void
answer_op (HttpRequest *request, const QueueOp *op, Clock *clock)
{
  switch (op->kind)
    {
    case QUEUE_SEND:
      answer_sent (request, op);
      break;
    case QUEUE_RECEIVE:
      answer_received (request, op, clock);
      break;
    case QUEUE_DELETE:
      answer_number (request, "deleted", op->out_n);
      break;
    case QUEUE_EXTEND:
      answer_number (request, "extended", op->out_n);
      break;
    case QUEUE_PURGE:
      answer_number (request, "purged", op->out_n);
      break;
    case QUEUE_REDRIVE:
      answer_number (request, "moved", op->out_n);
      break;
    }
}

/* Writer thread. */
static void
on_done (const BatchItem *item, const GError *error, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  const QueueOp *op = item->queue.ops[0];
  Problem *problem;

  if (error != NULL)
    {
      api_answer_error (call->request, error);
      return;
    }
  if (op->kind == QUEUE_RECEIVE && begin_waiting (call, op))
    {
      (void) g_steal_pointer (&call);
      return;
    }
  problem = problem_of (op);
  if (problem != NULL)
    answer_problem (call->request, problem);
  else
    answer_op (call->request, op, call->api->setup.clock);
}

/* Takes both. */
static void
submit (Call *call, QueueOp *op)
{
  g_autoptr (GError) error = NULL;

  if (writer_submit (call->api->setup.writer, batch_item_new_queue (op), on_done, call, &error))
    return;
  api_answer_error (call->request, error);
  call_free (call);
}

static Call *
call_new (Api *api, HttpRequest *request, const char *queue)
{
  Call *call = g_new0 (Call, 1);

  call->api = api;
  call->request = request;
  call->queue = g_strdup (queue);
  return call;
}

static QueueOp *
op_new (Api *api, QueueOpKind kind, const char *queue, QueueRules *rules)
{
  QueueOp *op = queue_op_new (kind, queue, clock_steady_us (api->setup.clock));

  op->rules = *rules;
  *rules = (QueueRules){ 0 };
  return op;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QueueRules, queue_rules_clear)

/* ---- Send ---------------------------------------------------------------------------------- */

/* The attributes as the text of an object of strings. */
static Problem *
read_attributes (JsonObject *body, char **out_text)
{
  JsonNode *node = json_object_get_member (body, "attributes");
  JsonObjectIter iter;
  JsonNode *member;

  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node) ||
      json_object_get_size (json_node_get_object (node)) > MAX_ATTRIBUTES)
    return refuse ("/attributes", "“attributes” must be an object of at most %d strings",
                   MAX_ATTRIBUTES);
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, NULL, &member))
    if (json_node_get_value_type (member) != G_TYPE_STRING)
      return refuse ("/attributes", "“attributes” must be an object of at most %d strings",
                     MAX_ATTRIBUTES);
  *out_text = json_to_string (node, FALSE);
  return NULL;
}

/* "body" as text, or "body_base64". */
static Problem *
read_message_body (JsonObject *body, const ConfigQueue *queue, GBytes **out_body)
{
  const char *text = NULL, *encoded = NULL;
  Problem *problem = read_text (body, "body", queue->max_message_bytes, &text);
  guchar *bytes;
  gsize length;

  if (problem == NULL)
    problem = read_text (body, "body_base64", queue->max_message_bytes * 2, &encoded);
  if (problem != NULL)
    return problem;
  if ((text == NULL) == (encoded == NULL))
    return refuse ("/body", "The request must have either “body” or “body_base64”");
  if (text != NULL)
    {
      *out_body = g_bytes_new (text, strlen (text));
      return NULL;
    }
  bytes = g_base64_decode (encoded, &length);
  *out_body = g_bytes_new_take (bytes, length);
  if (length > 0 && length <= queue->max_message_bytes)
    return NULL;
  return refuse ("/body_base64", "“body_base64” must stand for 1 to %" G_GSIZE_FORMAT " bytes",
                 queue->max_message_bytes);
}

/* What a FIFO queue wants of a message, and what it does not have. */
static Problem *
check_fifo (const ConfigQueue *queue, QueueMessage *message, gint64 delay_s, gint64 priority)
{
  if (!queue->fifo)
    return NULL;
  if (*message->group == '\0')
    return refuse ("/group", "A message for a FIFO queue must have a “group”");
  if (delay_s > 0 || priority != 0)
    return refuse (delay_s > 0 ? "/delay_seconds" : "/priority",
                   "A message for a FIFO queue has no “%s” of its own",
                   delay_s > 0 ? "delay_seconds" : "priority");
  if (*message->dedup == '\0' && !queue->dedup_by_content)
    return refuse ("/dedup_id", "The queue should either have ContentBasedDeduplication enabled or "
                                "“dedup_id” provided");
  if (*message->dedup == '\0')
    {
      g_free (message->dedup);
      message->dedup = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, message->body);
    }
  return NULL;
}

static Problem *
read_message (Api *api, JsonObject *body, const ConfigQueue *queue, QueueMessage *message)
{
  gint64 delay_s = -1, priority = 0;
  const char *group = "", *dedup = "", *content_type = "";
  char uid[ID_LENGTH + 1];
  Problem *problem = read_message_body (body, queue, &message->body);

  if (problem == NULL)
    problem = read_number (body, "delay_seconds", 0, MAX_DELAY_SECONDS, &delay_s);
  if (problem == NULL)
    problem = read_number (body, "priority", -MAX_PRIORITY, MAX_PRIORITY, &priority);
  if (problem == NULL)
    problem = read_text (body, "group", 128, &group);
  if (problem == NULL)
    problem = read_text (body, "dedup_id", 128, &dedup);
  if (problem == NULL)
    problem = read_text (body, "content_type", 256, &content_type);
  if (problem == NULL)
    problem = read_attributes (body, &message->attributes);
  if (problem != NULL)
    return problem;
  id_new (api->setup.clock, api->setup.random, uid);
  message->uid = g_strdup (uid);
  message->token = (gint64) random_u64 (api->setup.random);
  message->priority = (int) priority;
  message->group = g_strdup (group);
  message->dedup = g_strdup (dedup);
  message->content_type = g_strdup (content_type);
  message->visible_us = clock_steady_us (api->setup.clock) +
                        (delay_s >= 0 ? delay_s * G_USEC_PER_SEC : queue->delay_us);
  return check_fifo (queue, message, delay_s, priority);
}

void
api_send_message (HttpRequest *request, gpointer user_data)
{
  static const char *const known[] = { "body",         "body_base64", "delay_seconds",
                                       "priority",     "group",       "dedup_id",
                                       "content_type", "attributes",  NULL };
  Api *api = user_data;
  g_autofree char *name = NULL;
  g_autoptr (JsonObject) body = NULL;
  g_autoptr (QueueMessage) message = g_new0 (QueueMessage, 1);
  g_auto (QueueRules) rules = { 0 };
  ConfigQueue queue;
  Problem *problem;
  QueueOp *op;

  if (!find_queue (request, api, &name, &queue, &rules))
    return;
  problem = read_body (request, known, &body);
  if (problem == NULL)
    problem = read_message (api, body, &queue, message);
  if (problem != NULL)
    {
      answer_problem (request, problem);
      return;
    }
  op = op_new (api, QUEUE_SEND, name, &rules);
  op->message = g_steal_pointer (&message);
  submit (call_new (api, request, name), op);
}

/* ---- Receive ------------------------------------------------------------------------------- */

/* The queue may be gone, or have other settings, since the call began. */
static void
submit_receive (Call *call)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (call->api->setup.snapshots);
  const ConfigConnector *connector = config_queue_find (snapshot->configuration, call->queue);
  g_auto (QueueRules) rules = { 0 };
  ConfigQueue queue;
  QueueOp *op;

  if (connector == NULL)
    {
      api_answer_not_found (call->request, "queue", call->queue);
      call_free (call);
      return;
    }
  config_queue_read (connector->settings, &queue);
  queue_rules_read (&queue, &rules);
  op = op_new (call->api, QUEUE_RECEIVE, call->queue, &rules);
  op->limit = call->limit;
  op->visibility_us = call->visibility_us;
  submit (call, op);
}

void
api_resume_receive (gpointer waiting, gboolean is_over)
{
  Call *call = waiting;

  if (!is_over)
    {
      submit_receive (call);
      return;
    }
  http_answer (call->request, 200, "application/json", "{\"messages\":[]}\n", -1, NULL);
  call_free (call);
}

void
api_receive_messages (HttpRequest *request, gpointer user_data)
{
  static const char *const known[] = { "max", "visibility_seconds", "wait_seconds", NULL };
  Api *api = user_data;
  g_autofree char *name = NULL;
  g_autoptr (JsonObject) body = NULL;
  g_auto (QueueRules) rules = { 0 };
  gint64 limit = 1, visibility_s, wait_s;
  ConfigQueue queue;
  Problem *problem;
  Call *call;

  if (!find_queue (request, api, &name, &queue, &rules))
    return;
  visibility_s = queue.visibility_us / G_USEC_PER_SEC;
  wait_s = queue.wait_us / G_USEC_PER_SEC;
  problem = read_body (request, known, &body);
  if (problem == NULL)
    problem = read_number (body, "max", 1, MAX_RECEIVE, &limit);
  if (problem == NULL)
    problem = read_number (body, "visibility_seconds", 0, MAX_VISIBILITY_SECONDS, &visibility_s);
  if (problem == NULL)
    problem = read_number (body, "wait_seconds", 0, MAX_WAIT_SECONDS, &wait_s);
  if (problem != NULL)
    {
      answer_problem (request, problem);
      return;
    }
  call = call_new (api, request, name);
  call->limit = (guint) limit;
  call->visibility_us = visibility_s * G_USEC_PER_SEC;
  call->deadline_us = g_get_monotonic_time () + wait_s * G_USEC_PER_SEC;
  submit_receive (call);
}

/* ---- By receipt ---------------------------------------------------------------------------- */

static void
use_receipt (HttpRequest *request, Api *api, QueueOpKind kind, const char *const *known)
{
  g_autofree char *name = NULL;
  g_autoptr (JsonObject) body = NULL;
  g_auto (QueueRules) rules = { 0 };
  const char *text = "";
  gint64 visibility_s;
  QueueReceipt receipt = { 0 };
  ConfigQueue queue;
  Problem *problem;
  QueueOp *op;

  if (!find_queue (request, api, &name, &queue, &rules))
    return;
  visibility_s = queue.visibility_us / G_USEC_PER_SEC;
  problem = read_body (request, known, &body);
  if (problem == NULL)
    problem = read_number (body, "visibility_seconds", 0, MAX_VISIBILITY_SECONDS, &visibility_s);
  if (problem == NULL)
    problem = read_text (body, "receipt", 128, &text);
  if (problem == NULL && !queue_receipt_parse (text, &receipt))
    problem = refuse ("/receipt", "“receipt” must be what a receive gave, not “%s”", text);
  if (problem != NULL)
    {
      answer_problem (request, problem);
      return;
    }
  op = op_new (api, kind, name, &rules);
  op->receipt = receipt;
  op->visibility_us = visibility_s * G_USEC_PER_SEC;
  submit (call_new (api, request, name), op);
}

void
api_delete_message (HttpRequest *request, gpointer api)
{
  static const char *const known[] = { "receipt", NULL };

  use_receipt (request, api, QUEUE_DELETE, known);
}

void
api_extend_message (HttpRequest *request, gpointer api)
{
  static const char *const known[] = { "receipt", "visibility_seconds", NULL };

  use_receipt (request, api, QUEUE_EXTEND, known);
}

/* ---- All of a queue ------------------------------------------------------------------------ */

void
api_purge_queue (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  g_autofree char *name = NULL;
  g_auto (QueueRules) rules = { 0 };
  ConfigQueue queue;

  if (find_queue (request, api, &name, &queue, &rules))
    submit (call_new (api, request, name), op_new (api, QUEUE_PURGE, name, &rules));
}

/* NULL: fine; *out_name is the queue's name, or NULL when none was said. */
static Problem *
read_destination (Api *api, JsonObject *body, const char *from, const char **out_name)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  const char *to = NULL;
  Problem *problem = read_text (body, "to", 256, &to);

  if (problem != NULL || to == NULL)
    return problem;
  *out_name = config_queue_name (to);
  if (strcmp (*out_name, from) == 0)
    return refuse ("/to", "The messages are in queue/%s already", from);
  if (config_queue_find (snapshot->configuration, *out_name) == NULL)
    return refuse ("/to", "There is no queue “%s”", to);
  return NULL;
}

void
api_redrive_queue (HttpRequest *request, gpointer user_data)
{
  static const char *const known[] = { "to", "max", NULL };
  Api *api = user_data;
  g_autofree char *name = NULL;
  g_autoptr (JsonObject) body = NULL;
  g_auto (QueueRules) rules = { 0 };
  gint64 limit = MAX_REDRIVE;
  const char *to = NULL;
  ConfigQueue queue;
  Problem *problem;
  QueueOp *op;

  if (!find_queue (request, api, &name, &queue, &rules))
    return;
  problem = read_body (request, known, &body);
  if (problem == NULL)
    problem = read_number (body, "max", 1, MAX_REDRIVE, &limit);
  if (problem == NULL)
    problem = read_destination (api, body, name, &to);
  if (problem != NULL)
    {
      answer_problem (request, problem);
      return;
    }
  op = op_new (api, QUEUE_REDRIVE, name, &rules);
  op->to = g_strdup (to);
  op->limit = (guint) limit;
  submit (call_new (api, request, name), op);
}

/* ---- Looking ------------------------------------------------------------------------------- */

static gboolean
put_queue (Api *api, JsonOut *out, const ConfigConnector *connector, GError **error)
{
  Store *store = api->setup.store;
  ConfigQueue queue;
  QueueDepth depth;

  config_queue_read (connector->settings, &queue);
  if (!store->engine->queue_depth (store, connector->name, clock_steady_us (api->setup.clock),
                                   &depth, error))
    return FALSE;
  json_out_object (out, NULL);
  json_out_string (out, "name", connector->name);
  json_out_string (out, "description", connector->description);
  json_out_bool (out, "fifo", queue.fifo);
  json_out_string (out, "redrive_to", queue.redrive_to);
  json_out_int (out, "visible", depth.visible);
  json_out_int (out, "in_flight", depth.in_flight);
  json_out_int (out, "delayed", depth.delayed);
  queue_json_put_time (out, "oldest", depth.oldest_us, api->setup.clock);
  json_out_end_object (out);
  return TRUE;
}

static int
compare_name (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const ConfigConnector *const *) a)->name,
                 (*(const ConfigConnector *const *) b)->name);
}

static GPtrArray *
list_queues (const Configuration *configuration)
{
  GPtrArray *queues = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, configuration->connectors);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (strcmp (((const ConfigConnector *) value)->kind, "queue") == 0)
      g_ptr_array_add (queues, value);
  g_ptr_array_sort (queues, compare_name);
  return queues;
}

void
api_list_queues (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  g_autoptr (GPtrArray) queues = list_queues (snapshot->configuration);
  g_autoptr (GError) error = NULL;
  JsonOut *out = json_out_new ();

  json_out_object (out, NULL);
  json_out_array (out, "queues");
  for (guint i = 0; i < queues->len; i++)
    if (!put_queue (api, out, queues->pdata[i], &error))
      {
        g_string_free (out, TRUE);
        api_answer_error (request, error);
        return;
      }
  json_out_end_array (out);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_get_queue (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const char *name = http_request_segment (request, "queue");
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  const ConfigConnector *connector = name != NULL
                                         ? config_queue_find (snapshot->configuration, name)
                                         : NULL;
  g_autoptr (GError) error = NULL;
  JsonOut *out;

  if (connector == NULL)
    {
      api_answer_not_found (request, "queue", name);
      return;
    }
  out = json_out_new ();
  if (put_queue (api, out, connector, &error))
    {
      api_answer_json (request, out);
      return;
    }
  g_string_free (out, TRUE);
  api_answer_error (request, error);
}

void
api_peek_messages (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  Store *store = api->setup.store;
  g_autofree char *name = NULL;
  g_auto (QueueRules) rules = { 0 };
  g_autoptr (GPtrArray) messages = NULL;
  g_autoptr (GError) error = NULL;
  guint limit = API_DEFAULT_LIMIT;
  gint64 after = 0;
  ConfigQueue queue;
  Problem *problem;
  JsonOut *out;

  if (!find_queue (request, api, &name, &queue, &rules))
    return;
  problem = api_limit (request, &limit);
  if (problem == NULL)
    problem = api_number (request, "after", 0, G_MAXINT64, &after);
  if (problem != NULL)
    {
      answer_problem (request, problem);
      return;
    }
  if (!store->engine->find_messages (store, name, &after, limit, &messages, &error))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  queue_json_put_seen (out, messages, api->setup.clock);
  if (messages->len == limit)
    json_out_int (out, "next", after);
  else
    json_out_null (out, "next");
  json_out_end_object (out);
  api_answer_json (request, out);
}
