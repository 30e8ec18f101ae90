/* What is wrong now, one line a cause, what was until lately, and who has seen it.
 *
 * An acknowledgement ends with its problem: one that comes back after that is open again. */
#include "http/trouble-log.h"

#include <string.h>

#define MAX_REASON_BYTES 1024u
/* Acknowledgements that are remembered, of whatever problems. */
#define KEPT_ACKNOWLEDGEMENTS 1000

/* The newest word on it counts, unless it was spoken before the problem began anew. */
static JsonObject *
find_acknowledgement (GPtrArray *seen, const Trouble *trouble, JsonNode **out_root)
{
  for (guint i = 0; i < seen->len; i++)
    {
      const StoredRecord *record = seen->pdata[i];
      JsonObject *object;

      if (strcmp (record->key, trouble->fingerprint) != 0)
        continue;
      *out_root = json_from_string (record->value, NULL);
      object = json_node_get_object (*out_root);
      return json_object_get_boolean_member_with_default (object, "acknowledged", FALSE) &&
                     json_object_get_int_member_with_default (object, "at_us", 0) >=
                         trouble->first_us
                 ? object
                 : NULL;
    }
  return NULL;
}

static void
put_acknowledgement (GPtrArray *records, const Trouble *trouble, JsonOut *out)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *seen = find_acknowledgement (records, trouble, &root);

  json_out_string (out, "state", seen != NULL ? "acknowledged" : "open");
  if (seen == NULL)
    {
      json_out_null (out, "acknowledged");
      return;
    }
  json_out_object (out, "acknowledged");
  json_out_time (out, "at", json_object_get_int_member_with_default (seen, "at_us", 0));
  json_out_string (out, "by", json_object_get_string_member_with_default (seen, "by", ""));
  json_out_string (out, "reason", json_object_get_string_member_with_default (seen, "reason", ""));
  json_out_end_object (out);
}

static void
put_sample (const Troubles *troubles, const Trouble *trouble, JsonOut *out)
{
  Store *store = troubles->api->setup.store;
  g_autoptr (StoredDelivery) delivery = NULL;

  if (trouble->sample.event_seq != 0 &&
      store->engine->load_delivery (store, trouble->sample, &delivery, NULL, NULL))
    json_out_string (out, "sample", delivery->id);
  else
    json_out_null (out, "sample");
}

static void
put_open (GPtrArray *seen, const Troubles *troubles, const Trouble *trouble, JsonOut *out)
{
  TroubleLog *log = troubles->api->troubles;

  json_out_object (out, NULL);
  trouble_put (trouble, trouble_log_first_us (log, trouble), out);
  json_out_int (out, "count", trouble->n);
  json_out_string (out, "trend", trouble->trend);
  put_acknowledgement (seen, trouble, out);
  put_sample (troubles, trouble, out);
  trouble_log_put_open (log, trouble, out);
  json_out_end_object (out);
}

static void
answer_problems (HttpRequest *request, Api *api, gboolean with_resolved)
{
  Store *store = api->setup.store;
  g_auto (Troubles) troubles = { 0 };
  g_autoptr (GPtrArray) seen = NULL; /* StoredRecord, the newest first */
  g_autoptr (GError) error = NULL;
  JsonOut *out;

  if (!trouble_log_take (api->troubles, &troubles, &error) ||
      !store->engine->find_records (store, RECORD_PROBLEM, NULL, 0, KEPT_ACKNOWLEDGEMENTS, &seen,
                                    &error))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_array (out, "problems");
  for (guint i = 0; i < troubles.list->len; i++)
    put_open (seen, &troubles, troubles.list->pdata[i], out);
  if (with_resolved)
    trouble_log_put_resolved (api->troubles, out);
  json_out_end_array (out);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_list_problems (HttpRequest *request, gpointer user_data)
{
  gboolean with_resolved = FALSE;
  g_autoptr (Problem) problem = api_flag (request, "resolved", &with_resolved);

  if (problem != NULL)
    http_answer_problem (request, problem);
  else
    answer_problems (request, user_data, with_resolved);
}

/* ---- Acknowledging ---- */

static Problem *
read_reason (JsonNode *root, const char **out_reason)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &name, &member))
    {
      if (strcmp (name, "reason") != 0)
        return problem_new (400, "invalid-request", "The request is not valid",
                            "The body has a member “%s”; known is reason", name);
      if (!JSON_NODE_HOLDS_VALUE (member) || json_node_get_value_type (member) != G_TYPE_STRING ||
          strlen (json_node_get_string (member)) > MAX_REASON_BYTES)
        return problem_new (400, "invalid-request", "The request is not valid",
                            "“reason” must be a string of at most %u bytes", MAX_REASON_BYTES);
      *out_reason = json_node_get_string (member);
    }
  return NULL;
}

static gboolean
note_seen (HttpRequest *request,
           Api *api,
           const Trouble *trouble,
           gboolean acknowledged,
           const char *reason,
           GError **error)
{
  g_autoptr (GString) value = json_out_new ();
  RecordChange *change;

  json_out_object (value, NULL);
  json_out_bool (value, "acknowledged", acknowledged);
  json_out_int (value, "at_us", clock_wall_us (api->setup.clock));
  json_out_string (value, "by", http_request_peer (request));
  json_out_string (value, "reason", reason);
  json_out_end_object (value);
  change = record_change_new (RECORD_PROBLEM, 0, trouble->fingerprint, value->str);
  change->keep_newest = KEPT_ACKNOWLEDGEMENTS;
  return writer_submit_and_wait (api->setup.writer, batch_item_new_record (change), error);
}

static void
set_acknowledged (HttpRequest *request, Api *api, gboolean acknowledged)
{
  const char *fingerprint = http_request_segment (request, "fingerprint"), *reason = "";
  g_auto (Troubles) troubles = { 0 };
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (Problem) problem = api_body_object (request, &root);
  g_autoptr (GError) error = NULL;
  const Trouble *trouble;
  JsonOut *out;

  if (problem == NULL)
    problem = read_reason (root, &reason);
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  if (!trouble_log_take (api->troubles, &troubles, &error))
    {
      api_answer_error (request, error);
      return;
    }
  trouble = troubles_find (&troubles, fingerprint);
  if (trouble == NULL)
    {
      api_answer_not_found (request, "problem now with the fingerprint", fingerprint);
      return;
    }
  if (!note_seen (request, api, trouble, acknowledged, reason, &error))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_string (out, "fingerprint", fingerprint);
  json_out_string (out, "state", acknowledged ? "acknowledged" : "open");
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_acknowledge_problem (HttpRequest *request, gpointer api)
{
  set_acknowledged (request, api, TRUE);
}

void
api_reopen_problem (HttpRequest *request, gpointer api)
{
  set_acknowledged (request, api, FALSE);
}
