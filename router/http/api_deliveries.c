/* Deliveries: lists, one with its history, what its target is sent. */
#include "http/api-private.h"

#include "base/error.h"
#include "config/rule.h"
#include "config/target.h"
#include "store/dead-letter.h"
#include "store/mark.h"

#include <string.h>

/* ---- As JSON ---- */

static const char *
text_or_null (const char *text)
{
  return text != NULL && *text != '\0' ? text : NULL;
}

static void
put_last (JsonOut *out, const StoredDelivery *delivery)
{
  if (delivery->last_outcome == 0)
    {
      json_out_null (out, "last");
      return;
    }
  json_out_object (out, "last");
  json_out_string (out, "outcome", outcome_kind_name (delivery->last_outcome));
  json_out_int (out, "status", delivery->last_status);
  json_out_string (out, "error_code", text_or_null (delivery->last_error_code));
  json_out_string (out, "note", delivery->last_note != NULL ? delivery->last_note : "");
  json_out_end_object (out);
}

static void
put_fingerprint (JsonOut *out, const StoredDelivery *delivery)
{
  g_autofree char *fingerprint = stored_delivery_fingerprint (delivery);

  json_out_string (out, "fingerprint", fingerprint);
}

static void
put_members (Api *api, JsonOut *out, const StoredDelivery *delivery)
{
  gboolean unsettled = (DELIVERY_STATE_BIT (delivery->state) & DELIVERY_UNSETTLED) != 0;
  gboolean has_due = unsettled && delivery->due_us != DELIVERY_NEVER_US;
  gboolean dead = delivery->dead != DEAD_NOT;
  Clock *clock = api->setup.clock;

  json_out_string (out, "id", delivery->id);
  json_out_string (out, "event", delivery->event_id);
  json_out_string (out, "source", delivery->source);
  json_out_string (out, "detail-type", delivery->detail_type);
  json_out_string (out, "rule", delivery->rule);
  json_out_string (out, "target", delivery->target);
  json_out_string (out, "connector", delivery->connector);
  json_out_string (out, "state", delivery_state_name (delivery->state));
  json_out_time (out, "created", delivery->created_us);
  json_out_time (out, "changed", delivery->changed_us);
  json_out_time (out, "due", has_due ? clock_wall_from_steady (clock, delivery->due_us) : 0);
  json_out_int (out, "attempts", delivery->attempts);
  json_out_string (out, "dead_reason", dead ? dead_reason_name (delivery->dead) : NULL);
  json_out_string (out, "dead_sentence", dead ? dead_reason_sentence (delivery->dead) : NULL);
  put_last (out, delivery);
  put_fingerprint (out, delivery);
  json_out_int (out, "replays", delivery->n_replays);
  if (delivery->operation != 0)
    json_out_int (out, "operation", delivery->operation);
  else
    json_out_null (out, "operation");
}

void
api_put_delivery (Api *api, JsonOut *out, const StoredDelivery *delivery)
{
  json_out_object (out, NULL);
  put_members (api, out, delivery);
  json_out_end_object (out);
}

static void
put_response (JsonOut *out, GBytes *response)
{
  gsize length;
  const char *data;
  g_autofree char *text = NULL;

  if (response == NULL)
    {
      json_out_null (out, "response");
      return;
    }
  data = g_bytes_get_data (response, &length);
  text = g_utf8_make_valid (length > 0 ? data : "", (gssize) length);
  json_out_string (out, "response", text);
}

static void
put_attempt (JsonOut *out, const JournalEntry *entry)
{
  const Outcome *outcome = &entry->outcome;

  json_out_int (out, "attempt", entry->attempt);
  json_out_int (out, "duration_us", entry->duration_us);
  json_out_string (out, "outcome", outcome_kind_name (outcome->kind));
  json_out_int (out, "status", outcome->status);
  json_out_string (out, "error_code", outcome->error_code);
  json_out_string (out, "note", outcome->note != NULL ? outcome->note : "");
  put_response (out, outcome->response);
}

static void
put_nothing_tried (JsonOut *out)
{
  json_out_int (out, "attempt", 0);
  json_out_int (out, "duration_us", 0);
  json_out_null (out, "outcome");
  json_out_int (out, "status", 0);
  json_out_null (out, "error_code");
  json_out_string (out, "note", "");
  json_out_null (out, "response");
}

static void
put_entry (JsonOut *out, const JournalEntry *entry)
{
  json_out_object (out, NULL);
  json_out_int (out, "n", entry->n);
  json_out_string (out, "kind", journal_kind_name (entry->kind));
  json_out_time (out, "at", entry->at_us);
  if (entry->kind == JOURNAL_ATTEMPT)
    put_attempt (out, entry);
  else
    put_nothing_tried (out);
  json_out_string (out, "actor", entry->actor != NULL ? entry->actor : "");
  json_out_string (out, "reason", entry->reason != NULL ? entry->reason : "");
  json_out_end_object (out);
}

static void
put_attribute (const char *name, const char *value, gpointer out)
{
  json_out_string (out, name, value);
}

static void
put_dead_letter (JsonOut *out, const StoredDelivery *delivery)
{
  const DeadLetter letter = {
    .rule = delivery->rule,
    .connector = delivery->connector,
    .dead = delivery->dead,
    .round_attempts = delivery->round_attempts,
    .error_code = delivery->last_error_code,
    .error_message = delivery->last_note,
  };

  if (delivery->dead == DEAD_NOT)
    {
      json_out_null (out, "dead_letter");
      return;
    }
  json_out_object (out, "dead_letter");
  dead_letter_foreach (&letter, put_attribute, out);
  json_out_end_object (out);
}

gboolean
api_put_delivery_full (Api *api, JsonOut *out, const StoredDelivery *delivery, GError **error)
{
  Store *store = api->setup.store;
  g_autoptr (GPtrArray) journal = NULL;

  if (!store->engine->load_journal (store, delivery->key, &journal, error))
    return FALSE;
  json_out_object (out, NULL);
  put_members (api, out, delivery);
  json_out_array (out, "history");
  for (guint i = 0; i < journal->len; i++)
    put_entry (out, journal->pdata[i]);
  json_out_end_array (out);
  put_dead_letter (out, delivery);
  json_out_end_object (out);
  return TRUE;
}

/* ---- Lists ---- */

Problem *
api_states (HttpRequest *request, guint *out_states)
{
  const char *text = http_request_parameter (request, "state");
  g_auto (GStrv) names = NULL;

  if (text == NULL)
    return NULL;
  /* An empty text has no parts at all, but is no state either. */
  names = g_strsplit (*text != '\0' ? text : "?", ",", -1);
  for (char **name = names; *name != NULL; name++)
    {
      DeliveryState state;

      if (!delivery_state_parse (*name, &state))
        return api_refuse_parameter (
            "state", text,
            "one or several of ready, waiting, held, done, dead, discarded, separated by commas");
      *out_states |= DELIVERY_STATE_BIT (state);
    }
  return NULL;
}

static Problem *
read_order (HttpRequest *request, DeliveryOrder *out_order)
{
  const char *text = http_request_parameter (request, "order");

  if (text == NULL)
    return NULL;
  if (strcmp (text, "due") != 0 && strcmp (text, "newest") != 0)
    return api_refuse_parameter ("order", text, "due or newest");
  *out_order = strcmp (text, "due") == 0 ? DELIVERY_ORDER_DUE : DELIVERY_ORDER_NEWEST;
  return NULL;
}

Problem *
api_cause (HttpRequest *request, DeadReason *out_dead)
{
  const char *text = http_request_parameter (request, "cause");

  return text == NULL || dead_reason_by_name (text, out_dead)
             ? NULL
             : api_refuse_parameter ("cause", text, "a cause of /v1/dead-letters/groups");
}

static Problem *
read_replayed (HttpRequest *request, int *out_replayed)
{
  gboolean flag = FALSE;
  Problem *problem = NULL;

  if (http_request_parameter (request, "replayed") == NULL)
    return NULL;
  problem = api_flag (request, "replayed", &flag);
  *out_replayed = flag ? 1 : -1;
  return problem;
}

/* As of a search for events. */
#define SEARCH_BUDGET_US (60 * 1000)

static Problem *
read_query (HttpRequest *request, DeliveryQuery *query)
{
  Problem *problem;

  *query = (DeliveryQuery){
    .connector = http_request_parameter (request, "connector"),
    .rule = http_request_parameter (request, "rule"),
    .target = http_request_parameter (request, "target"),
    .source = http_request_parameter (request, "source"),
    .detail_type = http_request_parameter (request, "detail-type"),
    .error_code = http_request_parameter (request, "error-code"),
    .fingerprint = http_request_parameter (request, "fingerprint"),
    .order = DELIVERY_ORDER_NEWEST,
    .budget_us = SEARCH_BUDGET_US,
  };
  problem = api_states (request, &query->states);
  if (problem == NULL)
    problem = read_order (request, &query->order);
  if (problem == NULL)
    problem = api_status (request, &query->status);
  if (problem == NULL)
    problem = api_cause (request, &query->dead);
  if (problem == NULL)
    problem = read_replayed (request, &query->replayed);
  if (problem == NULL)
    problem = api_number (request, "operation", 1, G_MAXINT64, &query->operation);
  if (problem == NULL)
    problem = api_time (request, "from", &query->from_us);
  if (problem == NULL)
    problem = api_time (request, "to", &query->to_us);
  return problem;
}

static void
answer_list (HttpRequest *request,
             Api *api,
             const DeliveryQuery *query,
             StoreCursor *cursor,
             guint limit)
{
  Store *store = api->setup.store;
  g_autoptr (GPtrArray) deliveries = NULL;
  g_autoptr (GError) error = NULL;
  JsonOut *out;

  if (!store->engine->find_deliveries (store, query, cursor, limit, &deliveries, &error))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_array (out, "deliveries");
  for (guint i = 0; i < deliveries->len; i++)
    api_put_delivery (api, out, deliveries->pdata[i]);
  json_out_end_array (out);
  api_put_next (out, cursor, deliveries->len, limit);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_list_deliveries (HttpRequest *request, gpointer api)
{
  DeliveryQuery query;
  StoreCursor cursor = { 0 };
  guint limit = API_DEFAULT_LIMIT;
  g_autoptr (Problem) problem = read_query (request, &query);

  if (problem == NULL)
    problem = api_limit (request, &limit);
  if (problem == NULL)
    problem = api_after (request, &cursor);
  if (problem != NULL)
    http_answer_problem (request, problem);
  else
    answer_list (request, api, &query, &cursor, limit);
}

/* ---- One ---- */

/* FALSE: answered already. */
static gboolean
load (HttpRequest *request, Api *api, StoredDelivery **out_delivery, Event **out_event)
{
  Store *store = api->setup.store;
  const char *id = http_request_segment (request, "id");
  g_autoptr (GError) error = NULL;
  DeliveryKey key;

  if (id == NULL)
    {
      api_answer_not_found (request, "delivery", id);
      return FALSE;
    }
  if (store_find_key (store, id, &key, &error) &&
      store->engine->load_delivery (store, key, out_delivery, out_event, &error))
    return TRUE;
  if (g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_INVALID))
    api_answer_not_found (request, "delivery", id);
  else
    api_answer_error (request, error);
  return FALSE;
}

void
api_get_delivery (HttpRequest *request, gpointer api)
{
  g_autoptr (StoredDelivery) delivery = NULL;
  g_autoptr (GError) error = NULL;
  JsonOut *out;

  if (!load (request, api, &delivery, NULL))
    return;
  out = json_out_new ();
  if (api_put_delivery_full (api, out, delivery, &error))
    {
      api_answer_json (request, out);
      return;
    }
  g_string_free (out, TRUE);
  api_answer_error (request, error);
}

/* ---- What the target is sent ---- */

static void
answer_payload (HttpRequest *request,
                const Event *event,
                const ConfigRule *rule,
                const ConfigTarget *target)
{
  g_autoptr (GString) envelope = event_envelope (event);
  RulesBuffer payload = { 0 };
  RulesError error;

  if (config_target_render (target, rule, envelope->str, envelope->len, event->received_us,
                            &payload, &error))
    http_answer (request, 200, config_target_content_type (target), payload.data,
                 (gssize) payload.length, NULL);
  else
    {
      g_autoptr (Problem) problem = problem_new (
          422, "invalid-input", "The input cannot be rendered", "Rule %s, target %s: %s", rule->ref,
          target->id, error.reason);

      if (error.hint[0] != '\0')
        problem_set_remedy (problem, "%s", error.hint);
      http_answer_problem (request, problem);
    }
  rules_buffer_clear (&payload);
}

void
api_get_payload (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  g_autoptr (StoredDelivery) delivery = NULL;
  g_autoptr (Event) event = NULL;
  const ConfigRule *rule;
  const ConfigTarget *target;

  if (!load (request, api, &delivery, &event))
    return;
  rule = g_hash_table_lookup (snapshot->configuration->rules, delivery->rule);
  target = rule != NULL ? config_rule_find_target (rule, delivery->target) : NULL;
  if (target != NULL)
    answer_payload (request, event, rule, target);
  else
    {
      g_autoptr (Problem) problem = problem_new (
          404, "no-target", "The target is no longer configured",
          "The configuration in force has no target “%s” of rule %s", delivery->target,
          delivery->rule);

      http_answer_problem (request, problem);
    }
}
