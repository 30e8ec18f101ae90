/* One try of one delivery: load, find what it is for, render, send, judge, settle.
 *
 * The store says what is to be done, not the ticket: a ticket may be older than what has become of
 * its delivery.  What must stay true: whoever got an Attempt gets exactly one INBOX_SETTLED for it,
 * unless the connector is closed first; nothing is sent that is settled already, not yet due again,
 * or too old. */
#include "deliver/attempt.h"

#include "base/error.h"
#include "base/log.h"
#include "config/names.h"
#include "config/plan.h"
#include "config/rule.h"
#include "config/target.h"
#include "deliver/enqueue.h"
#include "schedule/policy.h"

#include <string.h>

/* A connector that cannot be opened while its last one is still being closed. */
#define BUSY_AGAIN_US (100 * G_TIME_SPAN_MILLISECOND)

/* What would be dead for its attempts, had its last one not been a probe. */
#define PROBED_AGAIN_US (30 * G_TIME_SPAN_SECOND)

struct Attempt
{
  const AttemptHost *host;
  ScheduleTicket ticket;
  Snapshot *snapshot; /* what it was begun with decides to its end */
  gboolean was_fresh;
  StoredDelivery *stored;
  const ConfigTarget *target; /* in the snapshot, once it is known */
  Event *event;     /* until it is sent, or settled when it may become a dead letter in a queue */
  char *event_time; /* for the request */
  GBytes *payload;  /* until it is sent */
  gsize bytes;

  QueueOp *send;      /* to a queue, with the settlement */
  Instance *instance; /* while it is being sent */
  Policy policy;
  gint64 begun_us;        /* wall clock */
  gint64 begun_steady_us; /* what is due is compared with */
  gint64 begun_monotonic_us;

  BreakerSign sign;
  char *note;
  gint64 wait_us;
  AttemptAgain next; /* by the verdict */
  AttemptAgain remembered;
};

typedef struct
{
  Inbox *inbox;
  DeliveryKey key;
} Receipt;

/* ---- Settling ------------------------------------------------------------------------------ */

static void
report_settled (Inbox *inbox, DeliveryKey key, gboolean failed)
{
  inbox_put (inbox, &(InboxMessage){ .kind = INBOX_SETTLED, .key = key, .failed = failed });
}

/* Writer thread. */
static void
settled_in_writer (const BatchItem *item, const GError *error, gpointer user_data)
{
  g_autofree Receipt *receipt = user_data;

  if (error == NULL && item->kind == BATCH_SETTLE && item->settlement.out_next.connector != NULL)
    inbox_put (receipt->inbox, &(InboxMessage){ .kind = INBOX_ADD,
                                                .key = item->settlement.out_next.key,
                                                .connector = item->settlement.out_next.connector,
                                                .due_us = item->settlement.out_next.due_us,
                                                .priority = item->settlement.out_next.priority });
  report_settled (receipt->inbox, receipt->key, error != NULL);
  inbox_unref (receipt->inbox);
}

/* What is put into a queue together with the settlement, or NULL. */
static QueueOp *
message_of (Attempt *attempt, guint number, const Outcome *outcome, const Verdict *verdict)
{
  if (verdict->state != DELIVERY_DEAD || attempt->target == NULL)
    return g_steal_pointer (&attempt->send);
  return enqueue_dead_letter (attempt->host->setup, attempt->snapshot->configuration,
                              attempt->target, attempt->stored, attempt->event, outcome,
                              verdict->dead,
                              attempt->stored->round_attempts + (number > 0 ? 1 : 0));
}

static void
submit (Attempt *attempt, BatchItem *item)
{
  Receipt *receipt = g_new (Receipt, 1);
  g_autoptr (GError) error = NULL;

  *receipt = (Receipt){ inbox_ref (attempt->host->inbox), attempt->ticket.key };
  if (writer_submit (attempt->host->setup->writer, item, settled_in_writer, receipt, &error))
    return;
  g_free (receipt);
  report_settled (attempt->host->inbox, attempt->ticket.key, TRUE);
  inbox_unref (attempt->host->inbox);
}

/* number: which attempt ever, 0 when none was made. */
static void
settle (Attempt *attempt, guint number, const Outcome *outcome, const Verdict *verdict)
{
  const DeliverSetup *setup = attempt->host->setup;
  BatchItem *item = batch_item_new_settle ();
  JournalEntry *entry = g_new0 (JournalEntry, 1);

  entry->kind = JOURNAL_ATTEMPT;
  entry->attempt = number;
  entry->at_us = attempt->begun_us;
  entry->duration_us = MAX (0, clock_monotonic_us (setup->clock) - attempt->begun_monotonic_us);
  outcome_copy (outcome, &entry->outcome);
  entry->actor = g_strdup ("");
  entry->reason = g_strdup ("");
  item->settlement = (Settlement){
    .key = attempt->ticket.key,
    .entry = entry,
    .state = verdict->state,
    .due_us = verdict->state == DELIVERY_WAITING ? verdict->due_us : clock_steady_us (setup->clock),
    .dead = verdict->dead,
    .send = message_of (attempt, number, outcome, verdict),
    .is_probe = attempt->ticket.is_probe && attempt->sign == BREAKER_FAILS,
  };

  attempt->next = (AttemptAgain){
    .is_set = verdict->state == DELIVERY_WAITING,
    .connector = attempt->ticket.connector,
    .due_us = verdict->due_us,
  };
  if (verdict->state == DELIVERY_DEAD)
    log_message (LOG_INFO, "deliver", "A delivery is dead: %s delivery=%s note=\"%s\"",
                 dead_reason_name (verdict->dead), attempt->stored->id, outcome->note);

  submit (attempt, item);
}

/* Without an attempt, as there is nothing that could be sent. */
static void
settle_dead (Attempt *attempt, DeadReason reason, const Outcome *outcome)
{
  Verdict verdict = { .state = DELIVERY_DEAD, .dead = reason };

  settle (attempt, 0, outcome, &verdict);
}

/* Of the connector, not of the delivery. */
static BreakerSign
sign_of (const Outcome *outcome)
{
  switch (outcome->kind)
    {
    case OUTCOME_DELIVERED:
    case OUTCOME_REFUSED:
      return BREAKER_WORKS;
    case OUTCOME_RETRY:
    case OUTCOME_DOWN:
      return BREAKER_FAILS;
    case OUTCOME_MISCONFIGURED:
      break;
    }
  return BREAKER_NOTHING;
}

static void
note_sign (Attempt *attempt, const Outcome *outcome)
{
  attempt->sign = sign_of (outcome);
  attempt->note = g_strdup (outcome->note);
  attempt->wait_us = outcome->retry_after_us;
}

static DeliveryFacts
facts_of (const Attempt *attempt, guint made_now)
{
  return (DeliveryFacts){
    .attempts = attempt->stored->round_attempts + made_now,
    .since_us = attempt->stored->since_us,
  };
}

/* A probe that failed costs the delivery nothing: it was made for the connector's sake. */
static Verdict
judge (Attempt *attempt, guint made_now, const Outcome *outcome)
{
  const DeliverSetup *setup = attempt->host->setup;
  gboolean is_free = attempt->ticket.is_probe && attempt->sign == BREAKER_FAILS;
  DeliveryFacts facts = facts_of (attempt, is_free ? 0 : made_now);
  gint64 now_us = clock_steady_us (setup->clock);
  Verdict verdict;

  if (is_free)
    facts.attempts = MAX (1, facts.attempts);
  verdict = policy_next (&attempt->policy, &facts, outcome, now_us, setup->random);
  if (is_free && verdict.state == DELIVERY_DEAD && verdict.dead == DEAD_ATTEMPTS)
    {
      verdict.state = DELIVERY_WAITING;
      verdict.dead = DEAD_NOT;
      verdict.due_us = now_us + PROBED_AGAIN_US;
    }
  return verdict;
}

static void
settle_by_policy (Attempt *attempt, guint made_now, const Outcome *outcome)
{
  Verdict verdict = judge (attempt, made_now, outcome);

  if (verdict.pauses)
    attempt->host->pause (attempt->ticket.connector, outcome->note, attempt->host->user_data);
  settle (attempt, made_now > 0 ? attempt->stored->attempts + made_now : 0, outcome, &verdict);
}

/* ---- Reasons not to send ------------------------------------------------------------------- */

static void settle_no_target (Attempt *attempt, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
settle_no_target (Attempt *attempt, const char *format, ...)
{
  Outcome outcome = {
    .kind = OUTCOME_REFUSED,
    .error_code = ERROR_CODE_NO_RESOURCE,
    .retry_after_us = -1,
  };
  va_list args;

  va_start (args, format);
  outcome.note = g_strdup_vprintf (format, args);
  va_end (args);
  settle_dead (attempt, DEAD_NO_TARGET, &outcome);
  outcome_clear (&outcome);
}

/* What its last attempt came to stays in view; without one it is the router that was away. */
static void
settle_expired (Attempt *attempt)
{
  const char *last_code = error_code_intern (attempt->stored->last_error_code);
  Outcome outcome = {
    .kind = OUTCOME_RETRY,
    .status = attempt->stored->last_status,
    .error_code = last_code != NULL ? last_code : ERROR_CODE_INTERNAL_ERROR,
    .retry_after_us = -1,
  };

  outcome.note = g_strdup_printf ("Not tried again: it is older than the %" G_GINT64_FORMAT
                                  " seconds of MaximumEventAgeInSeconds",
                                  attempt->policy.max_age_us / G_USEC_PER_SEC);
  settle_dead (attempt, DEAD_AGE, &outcome);
  outcome_clear (&outcome);
}

static void
settle_unrendered (Attempt *attempt, const RulesError *error)
{
  Outcome outcome = { .retry_after_us = -1 };

  outcome.note = g_strdup_printf ("%s%s%s", error->reason, *error->hint != '\0' ? ": " : "",
                                  error->hint);
  if (error->code == RULES_ERROR_NO_MEMORY)
    {
      outcome.kind = OUTCOME_RETRY;
      outcome.error_code = ERROR_CODE_INTERNAL_ERROR;
      settle_by_policy (attempt, 0, &outcome);
    }
  else
    {
      outcome.kind = OUTCOME_REFUSED;
      outcome.error_code = ERROR_CODE_INVALID_JSON;
      settle_dead (attempt, DEAD_INPUT, &outcome);
    }
  outcome_clear (&outcome);
}

static void
settle_unopened (Attempt *attempt, const GError *error)
{
  Outcome outcome = {
    .kind = OUTCOME_MISCONFIGURED,
    .error_code = ERROR_CODE_INVALID_PARAMETER,
    .retry_after_us = -1,
    .note = error->message,
  };

  settle_by_policy (attempt, 0, &outcome);
}

/* What goes round without end must end somewhere, and be seen there. */
static gboolean
is_over_hops (const Attempt *attempt, const ConfigConnector *connector)
{
  return config_bus_of_reference (connector->ref) != NULL &&
         event_n_hops (attempt->event) >= attempt->snapshot->configuration->router.bus_hops;
}

static void
settle_over_hops (Attempt *attempt, const ConfigConnector *connector)
{
  Outcome outcome = {
    .kind = OUTCOME_REFUSED,
    .error_code = ERROR_CODE_TOO_MANY_HOPS,
    .retry_after_us = -1,
  };

  outcome.note = g_strdup_printf ("%s is the bus after %u others (%s), and Limits.BusHops is %u",
                                  connector->ref, event_n_hops (attempt->event) + 1,
                                  attempt->event->ingress,
                                  attempt->snapshot->configuration->router.bus_hops);
  settle_dead (attempt, DEAD_HOPS, &outcome);
  outcome_clear (&outcome);
}

/* Delivering it at once would be to guess, and at the worst time. */
static void
settle_untimed (Attempt *attempt, const ConfigTarget *target, const char *found)
{
  Outcome outcome = {
    .kind = OUTCOME_REFUSED,
    .error_code = ERROR_CODE_INVALID_PARAMETER,
    .retry_after_us = -1,
  };
  g_autofree char *shown = g_utf8_make_valid (found, -1);

  outcome.note = g_strdup_printf ("DeliverAt: %s is %s; expected a time like "
                                  "\"2026-11-21T09:14:00Z\" or seconds since 1970",
                                  target->deliver_at, shown);
  settle_dead (attempt, DEAD_TIME, &outcome);
  outcome_clear (&outcome);
}

/* What stands where the time should; NULL: nothing is wrong.  To be freed. */
static char *
find_bad_time (const Attempt *attempt, const ConfigTarget *target)
{
  g_autoptr (GString) envelope = NULL;
  char *found = NULL;

  if (target->deliver_at == NULL)
    return NULL;
  envelope = event_envelope (attempt->event);
  config_target_check_time (target, envelope->str, envelope->len, &found);
  return found;
}

/* ---- Sending ------------------------------------------------------------------------------- */

static gboolean
render (Attempt *attempt, const ConfigRule *rule, const ConfigTarget *target, RulesError *error)
{
  g_autoptr (GString) envelope = event_envelope (attempt->event);
  RulesBuffer buffer = { 0 };

  if (!config_target_render (target, rule, envelope->str, envelope->len,
                             attempt->event->received_us, &buffer, error))
    {
      rules_buffer_clear (&buffer);
      return FALSE;
    }
  /* The buffer has no allocator of its own, so its bytes are malloc's. */
  attempt->payload = g_bytes_new_with_free_func (buffer.data, buffer.length, free, buffer.data);
  attempt->bytes = g_bytes_get_size (attempt->event->body) + buffer.length;
  return TRUE;
}

static void
count (const Attempt *attempt, const Outcome *outcome)
{
  const DeliverSetup *setup = attempt->host->setup;
  const char *connector = attempt->ticket.connector;

  metrics_count (setup->metrics, METRIC_DELIVERY_ATTEMPTS, connector,
                 outcome_kind_name (outcome->kind));
  metrics_observe (setup->metrics, METRIC_DELIVERY_TIME, connector,
                   clock_monotonic_us (setup->clock) - attempt->begun_monotonic_us);
  if (outcome->kind == OUTCOME_DELIVERED)
    pulse_note_worked (setup->pulse, connector, clock_wall_us (setup->clock));
  else
    pulse_note_failed (setup->pulse, connector, clock_wall_us (setup->clock), outcome->status,
                       outcome->error_code, outcome->note);
}

static void
sent_cb (const Outcome *outcome, gpointer user_data)
{
  Attempt *attempt = user_data;

  count (attempt, outcome);
  instance_release (g_steal_pointer (&attempt->instance));
  g_clear_pointer (&attempt->payload, g_bytes_unref);
  if (attempt->target->dead_letter_queue == NULL)
    g_clear_pointer (&attempt->event, event_unref);
  note_sign (attempt, outcome);
  settle_by_policy (attempt, 1, outcome);
}

static void
send_request (Attempt *attempt, const ConfigTarget *target)
{
  ConnectorRequest request = {
    .delivery_id = attempt->stored->id,
    .event_id = attempt->stored->event_id,
    .bus = attempt->event->bus,
    .rule = attempt->stored->rule,
    .source = attempt->event->source,
    .detail_type = attempt->event->detail_type,
    .event_time = attempt->event_time,
    .attempt = attempt->stored->attempts + 1,
    .content_type = config_target_content_type (target),
    .is_envelope = !target->has_input,
    .payload = attempt->payload,
    .event = attempt->event,
    .http = target->http,
  };

  instance_send (attempt->instance, &request, sent_cb, attempt);
}

/* Nothing can go wrong on the way to a queue that would not stop the settlement too. */
static void
send_to_queue (Attempt *attempt, const ConfigTarget *target, const ConfigConnector *queue)
{
  Outcome outcome = { .kind = OUTCOME_DELIVERED, .retry_after_us = -1 };

  attempt->send = enqueue_payload (attempt->host->setup, queue, target, attempt->stored,
                                   attempt->payload, &outcome);
  count (attempt, &outcome);
  settle_by_policy (attempt, 1, &outcome);
  outcome_clear (&outcome);
}

static gboolean
is_stored (const ConfigConnector *connector)
{
  const ConnectorKind *kind = connector_kind_by_name (connector->kind);

  return kind != NULL && kind->is_stored;
}

/* ---- Beginning ----------------------------------------------------------------------------- */

static Policy
policy_of (const ConfigRetry *retry)
{
  return (Policy){
    .max_retries = retry->max_retries,
    .max_age_us = retry->max_age_us,
    .waits_us = retry->waits_us,
    .n_waits = retry->n_waits,
    .base_us = retry->base_us,
    .factor = retry->factor,
    .cap_us = retry->cap_us,
    .jitter = retry->jitter,
  };
}

/* The target is there, and this is the connector that it names.  FALSE: not now. */
static gboolean
begin_sending (Attempt *attempt,
               const ConfigRule *rule,
               const ConfigTarget *target,
               const ConfigConnector *connector,
               AttemptAgain *out_again)
{
  DeliveryFacts facts = facts_of (attempt, 0);
  g_autofree char *bad_time = find_bad_time (attempt, target);
  g_autoptr (GError) error = NULL;
  RulesError rules_error = { 0 };

  attempt->target = target;
  attempt->policy = policy_of (&target->retry);
  if (policy_is_expired (&attempt->policy, &facts, attempt->begun_steady_us))
    settle_expired (attempt);
  else if (is_over_hops (attempt, connector))
    settle_over_hops (attempt, connector);
  else if (bad_time != NULL)
    settle_untimed (attempt, target, bad_time);
  else if (!render (attempt, rule, target, &rules_error))
    settle_unrendered (attempt, &rules_error);
  else if (is_stored (connector))
    send_to_queue (attempt, target, connector);
  else if ((attempt->instance = instances_use (attempt->host->instances, connector, &error)) !=
           NULL)
    send_request (attempt, target);
  else if (g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE))
    {
      *out_again = (AttemptAgain){ .is_set = TRUE,
                                   .connector = attempt->ticket.connector,
                                   .due_us = attempt->begun_steady_us + BUSY_AGAIN_US };
      return FALSE;
    }
  else
    settle_unopened (attempt, error);
  return TRUE;
}

/* Its rule sends it to another connector by now: the store is told, and then it waits its turn
 * there. */
static gboolean
move_on (Attempt *attempt, const char *connector, AttemptAgain *out_again)
{
  AttemptAgain there = { .is_set = TRUE,
                         .connector = g_intern_string (connector),
                         .due_us = attempt->begun_steady_us };

  if (g_str_equal (attempt->stored->connector, connector))
    {
      *out_again = there;
      return FALSE;
    }
  attempt->next = there;
  submit (attempt, batch_item_new_move (attempt->ticket.key, connector));
  return TRUE;
}

/* Finds what the delivery is for in the configuration of this moment.  FALSE: nothing to be done
 * now.
 */
static gboolean
begin_with_target (Attempt *attempt, AttemptAgain *out_again)
{
  const Configuration *configuration = attempt->snapshot->configuration;
  const StoredDelivery *stored = attempt->stored;
  const ConfigRule *rule = g_hash_table_lookup (configuration->rules, stored->rule);
  const ConfigTarget *target = rule != NULL ? config_rule_find_target (rule, stored->target) : NULL;
  const ConfigConnector *connector = target != NULL
                                         ? g_hash_table_lookup (configuration->connectors,
                                                                target->connector)
                                         : NULL;

  if (rule == NULL)
    settle_no_target (attempt, "The rule %s is no longer there", stored->rule);
  else if (target == NULL)
    settle_no_target (attempt, "The rule %s has no target “%s” any more", stored->rule,
                      stored->target);
  else if (connector == NULL)
    settle_no_target (attempt, "The connector %s is no longer there", target->connector);
  else if (!g_str_equal (target->connector, attempt->ticket.connector))
    return move_on (attempt, target->connector, out_again);
  else
    return begin_sending (attempt, rule, target, connector, out_again);
  return TRUE;
}

static gboolean
load (Attempt *attempt, AttemptAgain *out_again)
{
  Store *store = attempt->host->setup->store;
  DeliveryKey key = attempt->ticket.key;
  g_autoptr (GError) error = NULL;

  attempt->was_fresh = fresh_take (attempt->host->fresh, key, &attempt->stored, &attempt->event);
  if (attempt->was_fresh ||
      store->engine->load_delivery (store, key, &attempt->stored, &attempt->event, &error))
    {
      gboolean is_unsettled = (DELIVERY_STATE_BIT (attempt->stored->state) & DELIVERY_UNSETTLED) !=
                              0;

      if (!is_unsettled || attempt->stored->due_us <= attempt->begun_steady_us)
        return is_unsettled;
      *out_again = (AttemptAgain){ .is_set = attempt->stored->due_us != DELIVERY_NEVER_US,
                                   .connector = attempt->ticket.connector,
                                   .due_us = attempt->stored->due_us };
      return FALSE;
    }

  if (g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND))
    return FALSE;
  log_message (LOG_WARNING, "deliver", "Cannot load a delivery of %s, it is tried again later: %s",
               attempt->ticket.connector, error->message);
  *out_again = (AttemptAgain){ .is_set = TRUE,
                               .is_unreadable = TRUE,
                               .connector = attempt->ticket.connector,
                               .due_us = attempt->begun_steady_us };
  return FALSE;
}

Attempt *
attempt_begin (const AttemptHost *host, const ScheduleTicket *ticket, AttemptAgain *out_again)
{
  g_autoptr (Attempt) attempt = g_new0 (Attempt, 1);

  attempt->host = host;
  attempt->ticket = *ticket;
  attempt->wait_us = -1;
  attempt->begun_us = clock_wall_us (host->setup->clock);
  attempt->begun_steady_us = clock_steady_us (host->setup->clock);
  attempt->begun_monotonic_us = clock_monotonic_us (host->setup->clock);
  *out_again = (AttemptAgain){ 0 };
  if (!load (attempt, out_again))
    return NULL;

  attempt->snapshot = snapshot_current (host->setup->snapshots);
  attempt->event_time = clock_format_seconds (attempt->event->time_us);
  if (!begin_with_target (attempt, out_again))
    return NULL;
  return g_steal_pointer (&attempt);
}

void
attempt_free (Attempt *attempt)
{
  g_clear_pointer (&attempt->snapshot, snapshot_unref);
  g_clear_pointer (&attempt->stored, stored_delivery_free);
  g_clear_pointer (&attempt->event, event_unref);
  g_clear_pointer (&attempt->payload, g_bytes_unref);
  g_clear_pointer (&attempt->send, queue_op_free);
  g_free (attempt->event_time);
  g_free (attempt->note);
  g_free (attempt);
}

const ScheduleTicket *
attempt_ticket (const Attempt *attempt)
{
  return &attempt->ticket;
}

gboolean
attempt_was_fresh (const Attempt *attempt)
{
  return attempt->was_fresh;
}

gsize
attempt_bytes (const Attempt *attempt)
{
  return attempt->bytes;
}

void
attempt_remember (Attempt *attempt, const char *connector, gint64 due_us)
{
  attempt->remembered = (AttemptAgain){ .is_set = TRUE, .connector = connector, .due_us = due_us };
}

BreakerSign
attempt_sign (const Attempt *attempt)
{
  return attempt->sign;
}

const char *
attempt_note (const Attempt *attempt)
{
  return attempt->note != NULL ? attempt->note : "";
}

gint64
attempt_wait_us (const Attempt *attempt)
{
  return attempt->wait_us;
}

AttemptAgain
attempt_next (const Attempt *attempt)
{
  return attempt->next.is_set ? attempt->next : attempt->remembered;
}
