/* What is wrong now, one line a cause: connectors that fail, and dead letters by what they died of.
 *
 * Nothing of it is stored but who has seen a problem: the rest is read from counters whenever it is
 * asked for, so that a problem is gone when its cause is.  One that comes back after that is open
 * again. */
#include "http/api-private.h"
#include "http/dead-groups.h"

#include <string.h>

#define MAX_PROBLEMS 200
#define MAX_REASON_BYTES 1024u
/* Acknowledgements that are remembered, of whatever problems. */
#define KEPT_ACKNOWLEDGEMENTS 1000
/* What still grows has grown within this time. */
#define TREND_MINUTES 5

typedef struct
{
  char *fingerprint;
  const char *kind;             /* "connector" or "dead-letters" */
  const char *connector, *rule; /* rule NULL: any */
  const char *cause, *trend;
  int status;
  char *error_code, *message, *sentence;
  gint64 n, first_us, last_us;
  DeliveryKey sample; /* event_seq 0: none */
} Trouble;

/* Of one moment; the names in the list point into it. */
typedef struct
{
  Api *api;
  Snapshot *snapshot;
  DeadGroups groups;
  GPtrArray *holds;
  GPtrArray *seen; /* StoredRecord: acknowledgements, the newest first */
  GPtrArray *list; /* Trouble */
} Troubles;

static void
trouble_free (gpointer data)
{
  Trouble *trouble = data;

  g_free (trouble->fingerprint);
  g_free (trouble->error_code);
  g_free (trouble->message);
  g_free (trouble->sentence);
  g_free (trouble);
}

static void
troubles_clear (Troubles *troubles)
{
  g_clear_pointer (&troubles->list, g_ptr_array_unref);
  g_clear_pointer (&troubles->seen, g_ptr_array_unref);
  g_clear_pointer (&troubles->holds, g_ptr_array_unref);
  dead_groups_clear (&troubles->groups);
  g_clear_pointer (&troubles->snapshot, snapshot_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Troubles, troubles_clear)

/* ---- Dead letters ---- */

static char *
dead_sentence (const DeadGroup *group)
{
  const StoredDeadGroup *stored = group->first;
  g_autofree char *last = clock_format_seconds (group->last_us);

  return g_strdup_printf ("%" G_GINT64_FORMAT " %s of rule %s to %s, the last at %s: %s%s%s",
                          group->n, group->n == 1 ? "dead letter" : "dead letters", stored->rule,
                          stored->connector, last, dead_reason_sentence (stored->dead),
                          *group->message != '\0' ? ": " : "", group->message);
}

static void
add_dead (Troubles *troubles, const DeadGroup *group, gint64 now_us)
{
  const StoredDeadGroup *stored = group->first;
  Trouble *trouble = g_new0 (Trouble, 1);

  *trouble = (Trouble){
    .fingerprint = g_strdup (group->fingerprint),
    .kind = "dead-letters",
    .connector = stored->connector,
    .rule = stored->rule,
    .cause = dead_reason_name (stored->dead),
    .trend = now_us - group->last_us < TREND_MINUTES * G_TIME_SPAN_MINUTE ? "growing" : "steady",
    .status = stored->status,
    .error_code = g_strdup (stored->error_code),
    .message = g_strdup (group->message),
    .sentence = dead_sentence (group),
    .n = group->n,
    .first_us = group->first_us,
    .last_us = group->last_us,
    .sample = group->sample,
  };
  g_ptr_array_add (troubles->list, trouble);
}

/* ---- Connectors ---- */

static const StoredHold *
find_hold (const Troubles *troubles, const char *connector)
{
  for (guint i = 0; i < troubles->holds->len; i++)
    if (strcmp (((const StoredHold *) troubles->holds->pdata[i])->connector, connector) == 0)
      return troubles->holds->pdata[i];
  return NULL;
}

static char *
failing_sentence (const char *connector, const PulseState *pulse, gint64 since_us, gint64 n)
{
  g_autofree char *since = clock_format_seconds (since_us);
  g_autofree char *worked = pulse->worked_us != 0 ? clock_format_seconds (pulse->worked_us) : NULL;
  g_autofree char *what = pulse->status != 0 ? g_strdup_printf ("answers %d", pulse->status)
                                             : g_strdup ("fails");

  return g_strdup_printf ("%s %s since %s; %" G_GINT64_FORMAT " %s; %s%s%s%s", connector, what,
                          since, n, n == 1 ? "delivery waits" : "deliveries wait",
                          worked != NULL ? "it last worked at " : "it is not known to have worked",
                          worked != NULL ? worked : "", *pulse->note != '\0' ? ": " : "",
                          pulse->note);
}

static const char *
trend_of (Series *series, const char *connector)
{
  guint64 lately = series_sum (series, SERIES_CONNECTOR, connector, SERIES_FAILED, SERIES_MINUTES,
                               TREND_MINUTES);
  guint64 both = series_sum (series, SERIES_CONNECTOR, connector, SERIES_FAILED, SERIES_MINUTES,
                             2 * TREND_MINUTES);

  return lately > both - lately ? "growing" : lately < both - lately ? "falling" : "steady";
}

/* A connector has one problem at a time: what it last failed with. */
static void
add_connector (Troubles *troubles, const char *connector, gint64 pending, Series *series)
{
  const StoredHold *hold = find_hold (troubles, connector);
  gboolean is_shut = hold != NULL && hold->shut_us != 0;
  g_auto (PulseState) pulse = { 0 };
  g_autofree char *key = NULL, *digest = NULL;
  gint64 first_us;
  Trouble *trouble;

  pulse_get (troubles->api->setup.pulse, connector, &pulse);
  if (!is_shut && (pulse.failing_us == 0 || pending == 0))
    return;
  first_us = pulse.failing_us != 0 ? pulse.failing_us : hold->shut_us;
  key = g_strdup_printf ("connector\n%s\n%d\n%s", connector, pulse.status, pulse.code);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);
  trouble = g_new0 (Trouble, 1);
  *trouble = (Trouble){
    .fingerprint = g_strndup (digest, 16),
    .kind = "connector",
    .connector = connector,
    .cause = is_shut ? "shut" : "failing",
    .trend = trend_of (series, connector),
    .status = pulse.status,
    .error_code = g_strdup (pulse.code),
    .message = g_strdup (is_shut && *pulse.note == '\0' ? hold->shut_reason : pulse.note),
    .sentence = failing_sentence (connector, &pulse, first_us, pending),
    .n = pending,
    .first_us = first_us,
    .last_us = MAX (pulse.failed_us, first_us),
  };
  g_ptr_array_add (troubles->list, trouble);
}

static gint64
pending_of (const gint64 *counts)
{
  gint64 pending = 0;

  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    if (store_is_unsettled ((DeliveryState) state))
      pending += counts[state];
  return pending;
}

static gboolean
add_connectors (Troubles *troubles, GError **error)
{
  Api *api = troubles->api;
  g_auto (ApiCounts) counted = { 0 };
  GHashTableIter iter;
  gpointer name;
  Series *series;

  if (!api_counts_load (&counted, api->setup.store, error) ||
      !sampler_lock (api->sampler, &series, error))
    return FALSE;
  g_hash_table_iter_init (&iter, troubles->snapshot->configuration->connectors);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    add_connector (troubles, name, pending_of (api_counts_get (counted.by_connector, name)),
                   series);
  sampler_unlock (api->sampler);
  return TRUE;
}

/* ---- All ---- */

/* What fails now before what has failed, then the larger one. */
static int
compare_troubles (gconstpointer a, gconstpointer b)
{
  const Trouble *first = *(const Trouble *const *) a, *second = *(const Trouble *const *) b;
  int order = strcmp (first->kind, second->kind);

  if (order == 0 && first->n != second->n)
    order = first->n > second->n ? -1 : 1;
  return order != 0 ? order : strcmp (first->fingerprint, second->fingerprint);
}

static gboolean
troubles_take (Troubles *troubles, Api *api, GError **error)
{
  Store *store = api->setup.store;
  gint64 now_us = clock_wall_us (api->setup.clock);

  troubles->api = api;
  troubles->snapshot = snapshot_current (api->setup.snapshots);
  troubles->list = g_ptr_array_new_with_free_func (trouble_free);
  if (!dead_groups_load (&troubles->groups, store, NULL, error) ||
      !store->engine->holds (store, &troubles->holds, error) ||
      !store->engine->find_records (store, RECORD_PROBLEM, NULL, 0, KEPT_ACKNOWLEDGEMENTS,
                                    &troubles->seen, error) ||
      !add_connectors (troubles, error))
    return FALSE;
  for (guint i = 0; i < MIN (troubles->groups.groups->len, MAX_PROBLEMS); i++)
    add_dead (troubles, troubles->groups.groups->pdata[i], now_us);
  g_ptr_array_sort (troubles->list, compare_troubles);
  return TRUE;
}

/* The newest word on it counts, unless it was spoken before the problem began anew. */
static JsonObject *
find_acknowledgement (const Troubles *troubles, const Trouble *trouble, JsonNode **out_root)
{
  for (guint i = 0; i < troubles->seen->len; i++)
    {
      const StoredRecord *record = troubles->seen->pdata[i];
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
put_acknowledgement (const Troubles *troubles, const Trouble *trouble, JsonOut *out)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *seen = find_acknowledgement (troubles, trouble, &root);

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
put_trouble (const Troubles *troubles, const Trouble *trouble, JsonOut *out)
{
  json_out_object (out, NULL);
  json_out_string (out, "fingerprint", trouble->fingerprint);
  json_out_string (out, "kind", trouble->kind);
  json_out_string (out, "connector", trouble->connector);
  json_out_string (out, "rule", trouble->rule);
  json_out_string (out, "cause", trouble->cause);
  json_out_int (out, "status", trouble->status);
  json_out_string (out, "error_code", *trouble->error_code != '\0' ? trouble->error_code : NULL);
  json_out_string (out, "message", trouble->message);
  json_out_string (out, "sentence", trouble->sentence);
  json_out_int (out, "count", trouble->n);
  json_out_time (out, "first", trouble->first_us);
  json_out_time (out, "last", trouble->last_us);
  json_out_string (out, "trend", trouble->trend);
  put_acknowledgement (troubles, trouble, out);
  put_sample (troubles, trouble, out);
  json_out_end_object (out);
}

void
api_list_problems (HttpRequest *request, gpointer user_data)
{
  g_auto (Troubles) troubles = { 0 };
  g_autoptr (GError) error = NULL;
  JsonOut *out;

  if (!troubles_take (&troubles, user_data, &error))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_array (out, "problems");
  for (guint i = 0; i < troubles.list->len; i++)
    put_trouble (&troubles, troubles.list->pdata[i], out);
  json_out_end_array (out);
  json_out_end_object (out);
  api_answer_json (request, out);
}

/* ---- Acknowledging ---- */

static const Trouble *
find_trouble (const Troubles *troubles, const char *fingerprint)
{
  for (guint i = 0; fingerprint != NULL && i < troubles->list->len; i++)
    if (strcmp (((const Trouble *) troubles->list->pdata[i])->fingerprint, fingerprint) == 0)
      return troubles->list->pdata[i];
  return NULL;
}

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
  if (!troubles_take (&troubles, api, &error))
    {
      api_answer_error (request, error);
      return;
    }
  trouble = find_trouble (&troubles, fingerprint);
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
