/* The delivery thread: a main loop on which everything is an event - a message from another thread,
 * a due time, a socket, a finished write.
 *
 * What must stay true: a delivery is in the schedule, or under way with one Attempt, or neither,
 * but never in two places; a place in a connector's window is taken from schedule_take() until the
 * settlement is written, so that a slow store slows deliveries down instead of piling them up. */
#include "deliver/deliver.h"

#include "base/limits.h"
#include "base/log.h"
#include "connector/wakeup.h"
#include "deliver/attempt.h"
#include "deliver/fresh.h"
#include "deliver/inbox.h"
#include "deliver/instances.h"
#include "deliver/timekeeper.h"
#include "deliver/trial.h"
#include "schedule/schedule.h"
#include "store/mark.h"

#include <pthread.h>
#include <signal.h>

/* Of all connectors together: what bounds memory and sockets. */
#define MAX_UNDER_WAY 1024
#define MAX_BYTES_UNDER_WAY ((gsize) 64 * 1024 * 1024)

/* Of what was just accepted and need not be read again. */
#define MAX_FRESH_BYTES ((gsize) 16 * 1024 * 1024)

/* Deliveries that are begun before sockets have their turn again, and pages that are claimed. */
#define MAX_PER_TURN 64
#define MAX_CLAIMS_PER_TURN 4

/* Of deliveries whose connector is no longer configured. */
#define DEFAULT_WINDOW 16

/* What cannot be read is tried again after the first of these, then twice as much, up to the last.
 */
#define UNREADABLE_US (5 * G_TIME_SPAN_SECOND)
#define UNREADABLE_CAP_US G_TIME_SPAN_HOUR

/* A connector that fails now and then says so no oftener. */
#define FALTER_LOG_US G_TIME_SPAN_MINUTE

/* Sleeping is by the monotonic clock, which stands still while the machine sleeps, due times are
 * not: no longer than this is slept on after that, and a jump of the wall clock is noticed. */
#define MAX_SLEEP_US G_TIME_SPAN_MINUTE

struct Deliver
{
  DeliverSetup setup;
  Inbox *inbox;
  Fresh *fresh;
  Trials *trials;
  GThread *thread; /* NULL unless it runs */

  gint n_queued, n_under_way; /* atomic, for deliver_stats() */

  /* How deliver_start() learns that the thread is ready. */
  GMutex lock;
  GCond ready;
  gboolean is_ready; /* guarded by lock */
  GError *error;     /* guarded by lock */

  /* The rest is the delivery thread's. */
  ConnectorHost connector_host;
  AttemptHost attempt_host;
  GMainLoop *loop;
  Schedule *schedule;
  Instances *instances;
  GHashTable *attempts;   /* DeliveryKey in the attempt -> Attempt */
  GHashTable *unreadable; /* DeliveryKey -> how often, as a pointer */
  GHashTable *faltered;   /* interned connector -> gint64 *: when it was said last */
  Timekeeper timekeeper;
  GSource *alarm;     /* the next due time */
  GSource *deadline;  /* of stopping, NULL before */
  gboolean is_halted; /* stopping, or the store takes nothing */
};

/* ---- Taking what is due -------------------------------------------------------------------- */

static gboolean
has_room (Deliver *deliver)
{
  return !deliver->is_halted && schedule_has_room (deliver->schedule);
}

static gint64
now (Deliver *deliver)
{
  return clock_steady_us (deliver->setup.clock);
}

/* When to try again what could not be read. */
static gint64
unreadable_again_us (Deliver *deliver, DeliveryKey key, gint64 at_us)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (deliver->unreadable, &key));

  g_hash_table_insert (deliver->unreadable, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (n + 1));
  return at_us + MIN (UNREADABLE_CAP_US, UNREADABLE_US << MIN (n, 16));
}

static void
schedule_again (Deliver *deliver, const ScheduleTicket *ticket, const AttemptAgain *again)
{
  StoreDue due = { ticket->key, again->connector, again->due_us, ticket->priority };

  if (again->is_set)
    schedule_add (deliver->schedule, &due, now (deliver));
}

static void
begin (Deliver *deliver, const ScheduleTicket *ticket)
{
  AttemptAgain again;
  Attempt *attempt = attempt_begin (&deliver->attempt_host, ticket, &again);

  if (again.is_unreadable)
    again.due_us = unreadable_again_us (deliver, ticket->key, again.due_us);
  else
    g_hash_table_remove (deliver->unreadable, &ticket->key);
  if (attempt != NULL)
    {
      g_hash_table_insert (deliver->attempts, (gpointer) &attempt_ticket (attempt)->key, attempt);
      schedule_charge (deliver->schedule, ticket, attempt_bytes (attempt));
      return;
    }
  schedule_release (deliver->schedule, ticket, BREAKER_NOTHING, -1, now (deliver));
  schedule_again (deliver, ticket, &again);
}

static void
set_alarm (Deliver *deliver)
{
  gint64 now_us = now (deliver);
  gint64 next_us = has_room (deliver) ? schedule_next_us (deliver->schedule, now_us) : G_MAXINT64;

  if (next_us == G_MAXINT64)
    wakeup_never (deliver->alarm);
  else
    wakeup_in (deliver->alarm, CLAMP (next_us - now_us, 0, MAX_SLEEP_US));
}

/* Asks the store for more where the schedule runs low. */
static void
claim (Deliver *deliver, gint64 now_us)
{
  Store *store = deliver->setup.store;
  const char *connector;
  guint limit;

  for (guint n = 0;
       n < MAX_CLAIMS_PER_TURN && schedule_wants (deliver->schedule, now_us, &connector, &limit);
       n++)
    {
      g_autoptr (GArray) due = g_array_new (FALSE, FALSE, sizeof (StoreDue));
      StoreClaim claimed = { .due = due };
      g_autoptr (GError) error = NULL;

      if (store->engine->claim (store, connector, now_us, limit, &claimed, &error))
        schedule_fill (deliver->schedule, connector, &claimed, now_us);
      else
        {
          log_message (LOG_WARNING, "deliver",
                       "Cannot read what is due for %s, it is tried again soon: %s", connector,
                       error->message);
          schedule_fail_fill (deliver->schedule, connector, now_us);
        }
    }
}

static void
work_off (Deliver *deliver)
{
  gint64 now_us = now (deliver);
  ScheduleTicket ticket;

  timekeeper_check (&deliver->timekeeper);

  if (has_room (deliver))
    claim (deliver, now_us);
  for (guint n = 0;
       n < MAX_PER_TURN && has_room (deliver) && schedule_take (deliver->schedule, now_us, &ticket);
       n++)
    begin (deliver, &ticket);

  /* What is due and was not taken for want of a turn makes the alarm go off at once. */
  set_alarm (deliver);
  g_atomic_int_set (&deliver->n_queued, (gint) schedule_n_queued (deliver->schedule));
  g_atomic_int_set (&deliver->n_under_way, (gint) g_hash_table_size (deliver->attempts));
}

static gboolean
alarm_cb (gpointer data)
{
  work_off (data);
  return G_SOURCE_CONTINUE;
}

/* ---- Connectors that take nothing ---------------------------------------------------------- */

/* Writer thread.  A hold that could not be written is in force until the router stops. */
static void
hold_written (const BatchItem *item, const GError *error, gpointer user_data)
{
  if (error != NULL)
    log_message (LOG_WARNING, "deliver", "It could not be recorded that %s takes %s: %s",
                 item->hold.connector, item->hold.since_us != 0 ? "nothing" : "deliveries again",
                 error->message);
}

static void
submit_hold (Deliver *deliver, BatchItem *item)
{
  g_autoptr (GError) error = NULL;

  /* What the writer does not take it has said why, and stopped. */
  writer_submit (deliver->setup.writer, item, hold_written, NULL, &error);
}

static void
mark_hold (Deliver *deliver, BatchItem *item, MarkKind kind)
{
  batch_item_add_record (item, mark_to_record (&(const Mark){
                                   .kind = kind,
                                   .at_us = clock_wall_us (deliver->setup.clock),
                                   .connector = item->hold.connector,
                                   .actor = "router",
                                   .reason = item->hold.reason,
                               }));
}

static void
pause_connector (const char *connector, const char *reason, gpointer user_data)
{
  Deliver *deliver = user_data;
  BatchItem *item = batch_item_new_hold (HOLD_PAUSE, connector);

  log_message (LOG_WARNING, "deliver",
               "%s is paused: %s; its deliveries are held until it is resumed", connector, reason);
  schedule_set_paused (deliver->schedule, connector, TRUE, now (deliver));
  item->hold.since_us = clock_wall_us (deliver->setup.clock);
  item->hold.actor = g_strdup ("router");
  item->hold.reason = g_strdup (reason);
  mark_hold (deliver, item, MARK_PAUSED);
  submit_hold (deliver, item);
}

static void
note_shut (Deliver *deliver, const char *connector, const char *reason)
{
  const Breaker *breaker = schedule_get_breaker (deliver->schedule, connector);
  BatchItem *item = batch_item_new_hold (HOLD_SHUT, connector);
  gint64 until_us = clock_wall_from_steady (deliver->setup.clock, breaker->until_us);
  g_autofree char *until = clock_format_seconds (until_us);

  if (breaker->n_probes == 0)
    log_message (LOG_WARNING, "deliver",
                 "%s fails too often: %s; its deliveries are held, it is tried again at %s",
                 connector, reason, until);
  item->hold.since_us = clock_wall_from_steady (deliver->setup.clock, breaker->since_us);
  item->hold.until_us = until_us;
  item->hold.n_probes = breaker->n_probes;
  item->hold.reason = g_strdup (reason);
  if (breaker->n_probes == 0)
    mark_hold (deliver, item, MARK_SHUT);
  submit_hold (deliver, item);
}

static void
note_open (Deliver *deliver, const char *connector)
{
  BatchItem *item = batch_item_new_hold (HOLD_SHUT, connector);

  log_message (LOG_INFO, "deliver", "%s takes deliveries again", connector);
  mark_hold (deliver, item, MARK_OPENED);
  submit_hold (deliver, item);
}

static void
note_falter (Deliver *deliver, const char *connector, const char *reason)
{
  gint64 *said_us = g_hash_table_lookup (deliver->faltered, connector);
  gint64 now_us = now (deliver);

  if (said_us != NULL && now_us >= *said_us && now_us - *said_us < FALTER_LOG_US)
    return;
  g_hash_table_insert (deliver->faltered, (gpointer) connector, g_memdup2 (&now_us, sizeof now_us));
  log_message (LOG_WARNING, "deliver", "A delivery to %s failed: %s", connector, reason);
}

static void
note_change (Deliver *deliver, const Attempt *attempt, ScheduleChange change)
{
  const char *connector = attempt_ticket (attempt)->connector;
  gint64 *said_us = g_hash_table_lookup (deliver->faltered, connector);

  if ((change & SCHEDULE_FALTERS) != 0)
    note_falter (deliver, connector, attempt_note (attempt));
  if ((change & SCHEDULE_SHUTS) != 0)
    note_shut (deliver, connector, attempt_note (attempt));
  if ((change & SCHEDULE_OPENS) != 0)
    note_open (deliver, connector);
  else if ((change & SCHEDULE_RECOVERS) != 0 && said_us != NULL)
    log_message (LOG_INFO, "deliver", "%s took a delivery again", connector);
}

/* ---- Messages ------------------------------------------------------------------------------ */

static void
add (Deliver *deliver, const InboxMessage *message)
{
  Attempt *attempt = g_hash_table_lookup (deliver->attempts, &message->key);

  /* Replayed right after it died, and the message about its death is still on the way: what is
   * under way ends first.  The store then knows whether anything is left to do. */
  if (attempt != NULL)
    attempt_remember (attempt, message->connector, message->due_us);
  else
    schedule_add (
        deliver->schedule,
        &(StoreDue){ message->key, message->connector, message->due_us, message->priority },
        now (deliver));
}

static void
halt (Deliver *deliver)
{
  if (deliver->is_halted)
    return;
  deliver->is_halted = TRUE;
  /* What cannot be recorded must not be sent, or it would be sent again and again. */
  log_message (LOG_ERROR, "deliver",
               "The store does not take what became of a delivery; nothing is delivered until "
               "the router is started again");
}

/* It was claimed from the store after its commit and before it was remembered: what is remembered
 * is older than its attempt. */
static void
forget_stale (Deliver *deliver, const Attempt *attempt)
{
  if (!attempt_was_fresh (attempt))
    deliver_forget (deliver, attempt_ticket (attempt)->key);
}

static void
end (Deliver *deliver, const InboxMessage *message)
{
  g_autoptr (Attempt) attempt = g_hash_table_lookup (deliver->attempts, &message->key);
  const ScheduleTicket *ticket;
  AttemptAgain again;

  g_assert (attempt != NULL);
  ticket = attempt_ticket (attempt);
  again = attempt_next (attempt);
  g_hash_table_steal (deliver->attempts, &message->key);
  forget_stale (deliver, attempt);
  note_change (deliver, attempt,
               schedule_release (deliver->schedule, ticket, attempt_sign (attempt),
                                 attempt_wait_us (attempt), now (deliver)));
  if (message->failed)
    halt (deliver);
  else
    schedule_again (deliver, ticket, &again);
}

static QueueSettings
queue_settings (const ConfigConnector *connector)
{
  const ConfigBreaker *breaker = &connector->breaker;

  return (QueueSettings){
    .window = connector->window,
    .rate = connector->rate,
    .burst = connector->burst,
    .breaker = { .window_us = breaker->window_us,
                 .min_failures = breaker->min_failures,
                 .ratio = breaker->ratio,
                 .probe_us = breaker->probe_us,
                 .factor = breaker->factor,
                 .cap_us = breaker->cap_us },
  };
}

static void
reconfigure (Deliver *deliver)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (deliver->setup.snapshots);
  GHashTableIter iter;
  gpointer connector;

  g_hash_table_iter_init (&iter, snapshot->configuration->connectors);
  while (g_hash_table_iter_next (&iter, NULL, &connector))
    {
      QueueSettings settings = queue_settings (connector);

      schedule_configure (deliver->schedule, ((ConfigConnector *) connector)->ref, &settings,
                          now (deliver));
    }
  schedule_set_capacity (deliver->schedule, snapshot->configuration->router.deliveries_in_memory,
                         now (deliver));
  deliver->connector_host.max_response_bytes = snapshot->configuration->router.response_bytes;
  instances_reconfigure (deliver->instances, snapshot->configuration);
}

static void
set_paused (Deliver *deliver, const InboxMessage *message)
{
  schedule_set_paused (deliver->schedule, message->connector, message->paused, now (deliver));
  if (!message->paused)
    schedule_probe (deliver->schedule, message->connector, now (deliver));
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static void
begin_stopping (Deliver *deliver, guint grace_ms)
{
  if (deliver->deadline != NULL)
    return;
  deliver->is_halted = TRUE;
  deliver->deadline = wakeup_new ("delivery deadline", deliver->connector_host.context, quit_cb,
                                  deliver->loop);
  wakeup_in (deliver->deadline, grace_ms * (gint64) 1000);
}

static void
handle (Deliver *deliver, const InboxMessage *message)
{
  switch (message->kind)
    {
    case INBOX_ADD:
      add (deliver, message);
      break;
    case INBOX_SETTLED:
      end (deliver, message);
      break;
    case INBOX_RECONFIGURE:
      reconfigure (deliver);
      break;
    case INBOX_PAUSE:
      set_paused (deliver, message);
      break;
    case INBOX_STOP:
      begin_stopping (deliver, message->grace_ms);
      break;
    }
}

static void
handle_messages (GArray *messages, gpointer user_data)
{
  Deliver *deliver = user_data;

  for (guint i = 0; i < messages->len; i++)
    handle (deliver, &g_array_index (messages, InboxMessage, i));
  work_off (deliver);
  if (deliver->deadline != NULL && g_hash_table_size (deliver->attempts) == 0)
    g_main_loop_quit (deliver->loop);
}

/* ---- The thread ---------------------------------------------------------------------------- */

static gboolean
restore_holds (Deliver *deliver, GError **error)
{
  Store *store = deliver->setup.store;
  g_autoptr (GPtrArray) holds = NULL;

  if (!store->engine->holds (store, &holds, error))
    return FALSE;
  for (guint i = 0; i < holds->len; i++)
    {
      StoredHold *hold = g_ptr_array_index (holds, i);

      hold->shut_until_us = clock_steady_from_wall (deliver->setup.clock, hold->shut_until_us);
      if (hold->paused_us != 0)
        schedule_set_paused (deliver->schedule, hold->connector, TRUE, now (deliver));
      if (hold->shut_us != 0)
        schedule_set_shut (deliver->schedule, hold, now (deliver));
    }
  return TRUE;
}

static gboolean
is_work (const StoreCount *count)
{
  return count->kind == COUNT_STATE && store_is_unsettled (count->state);
}

static gboolean
has_work (const GPtrArray *counts)
{
  for (guint i = 0; i < counts->len; i++)
    if (is_work (counts->pdata[i]))
      return TRUE;
  return FALSE;
}

/* The counters say for whom there is work; what it is, is claimed when it is needed. */
static gboolean
restore (Deliver *deliver, GError **error)
{
  const DeliverSetup *setup = &deliver->setup;
  g_autoptr (GPtrArray) counts = NULL;

  if (!setup->store->engine->counts (setup->store, &counts, error) ||
      !timekeeper_start (&deliver->timekeeper, setup->clock, setup->store, setup->writer,
                         has_work (counts), error) ||
      !restore_holds (deliver, error))
    return FALSE;
  for (guint i = 0; i < counts->len; i++)
    if (is_work (counts->pdata[i]))
      schedule_expect (deliver->schedule, ((StoreCount *) counts->pdata[i])->connector,
                       now (deliver));
  return TRUE;
}

static void
set_up (Deliver *deliver)
{
  GMainContext *context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  deliver->connector_host = (ConnectorHost){
    .context = context,
    .clock = deliver->setup.clock,
    .random = deliver->setup.random,
    .secrets = deliver->setup.secrets,
    .state_dir = deliver->setup.state_dir,
    .forward = deliver->setup.forward,
    .forward_data = deliver->setup.forward_data,
  };
  deliver->loop = g_main_loop_new (context, FALSE);
  deliver->schedule = schedule_new (LIMIT_DELIVERIES_IN_MEMORY,
                                    &(QueueSettings){ .window = DEFAULT_WINDOW, .burst = 1 },
                                    deliver->setup.random);
  schedule_set_budget (deliver->schedule, MAX_UNDER_WAY, MAX_BYTES_UNDER_WAY);
  deliver->unreadable = g_hash_table_new_full (delivery_key_hash, delivery_key_equal, g_free, NULL);
  deliver->faltered = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  deliver->attempts = g_hash_table_new_full (delivery_key_hash, delivery_key_equal, NULL,
                                             (GDestroyNotify) attempt_free);
  deliver->instances = instances_new (&deliver->connector_host);
  deliver->attempt_host = (AttemptHost){
    .setup = &deliver->setup,
    .fresh = deliver->fresh,
    .instances = deliver->instances,
    .inbox = deliver->inbox,
    .pause = pause_connector,
    .user_data = deliver,
  };
  deliver->alarm = wakeup_new ("delivery alarm", context, alarm_cb, deliver);
  reconfigure (deliver);
}

/* Connectors first: they know the attempts, not the other way round. */
static void
tear_down (Deliver *deliver)
{
  inbox_close (deliver->inbox);
  g_clear_pointer (&deliver->instances, instances_free);
  trials_close (deliver->trials);
  g_clear_pointer (&deliver->attempts, g_hash_table_unref);
  g_clear_pointer (&deliver->schedule, schedule_free);
  g_clear_pointer (&deliver->unreadable, g_hash_table_unref);
  g_clear_pointer (&deliver->faltered, g_hash_table_unref);
  g_clear_pointer (&deliver->alarm, wakeup_free);
  g_clear_pointer (&deliver->deadline, wakeup_free);
  g_clear_pointer (&deliver->loop, g_main_loop_unref);
  g_main_context_pop_thread_default (deliver->connector_host.context);
  g_main_context_unref (deliver->connector_host.context);
  g_atomic_int_set (&deliver->n_queued, 0);
  g_atomic_int_set (&deliver->n_under_way, 0);
}

static void
report_ready (Deliver *deliver, GError *error)
{
  g_mutex_lock (&deliver->lock);
  deliver->is_ready = TRUE;
  deliver->error = error;
  g_cond_signal (&deliver->ready);
  g_mutex_unlock (&deliver->lock);
}

static gpointer
deliver_in_thread (gpointer data)
{
  Deliver *deliver = data;
  GError *error = NULL;
  sigset_t broken_pipe;

  /* OpenSSL writes to sockets without MSG_NOSIGNAL: a peer that is gone must not end the router. */
  sigemptyset (&broken_pipe);
  sigaddset (&broken_pipe, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &broken_pipe, NULL);

  set_up (deliver);
  if (restore (deliver, &error))
    {
      inbox_open (deliver->inbox, deliver->connector_host.context, handle_messages, deliver);
      trials_open (deliver->trials, deliver->connector_host.context, deliver->instances);
      report_ready (deliver, NULL);
      work_off (deliver);
      g_main_loop_run (deliver->loop);
      tear_down (deliver);
    }
  else
    {
      tear_down (deliver);
      report_ready (deliver, error);
    }
  return NULL;
}

/* ---- Public -------------------------------------------------------------------------------- */

Deliver *
deliver_new (const DeliverSetup *setup)
{
  Deliver *deliver = g_new0 (Deliver, 1);

  deliver->setup = *setup;
  deliver->inbox = inbox_new ();
  deliver->fresh = fresh_new (setup->clock, MAX_FRESH_BYTES);
  deliver->trials = trials_new (&deliver->setup);
  g_mutex_init (&deliver->lock);
  g_cond_init (&deliver->ready);
  return deliver;
}

gboolean
deliver_start (Deliver *deliver, GError **error)
{
  g_assert (deliver->thread == NULL);

  deliver->thread = g_thread_new ("deliver", deliver_in_thread, deliver);
  g_mutex_lock (&deliver->lock);
  while (!deliver->is_ready)
    g_cond_wait (&deliver->ready, &deliver->lock);
  g_mutex_unlock (&deliver->lock);

  if (deliver->error == NULL)
    return TRUE;
  g_thread_join (g_steal_pointer (&deliver->thread));
  g_propagate_error (error, g_steal_pointer (&deliver->error));
  return FALSE;
}

void
deliver_add (Deliver *deliver, const StoreDue *due)
{
  inbox_put (deliver->inbox, &(InboxMessage){
                                 .kind = INBOX_ADD,
                                 .key = due->key,
                                 .connector = g_intern_string (due->connector),
                                 .due_us = due->due_us,
                                 .priority = due->priority,
                             });
}

void
deliver_remember (Deliver *deliver, const AppendEvent *append)
{
  fresh_put (deliver->fresh, append);
}

void
deliver_forget (Deliver *deliver, DeliveryKey key)
{
  g_autoptr (StoredDelivery) delivery = NULL;
  Event *event = NULL;

  if (fresh_take (deliver->fresh, key, &delivery, &event))
    event_unref (event);
}

void
deliver_set_paused (Deliver *deliver, const char *connector, gboolean paused)
{
  inbox_put (deliver->inbox, &(InboxMessage){
                                 .kind = INBOX_PAUSE,
                                 .connector = g_intern_string (connector),
                                 .paused = paused,
                             });
}

void
deliver_reconfigure (Deliver *deliver)
{
  inbox_put (deliver->inbox, &(InboxMessage){ .kind = INBOX_RECONFIGURE });
}

gboolean
deliver_try (Deliver *deliver,
             const DeliverTrial *trial,
             gint64 wait_us,
             DeliverTried *out_tried,
             GError **error)
{
  return trials_run (deliver->trials, trial, wait_us, out_tried, error);
}

void
deliver_stats (Deliver *deliver, DeliverStats *out_stats)
{
  out_stats->queued = (guint) g_atomic_int_get (&deliver->n_queued);
  out_stats->under_way = (guint) g_atomic_int_get (&deliver->n_under_way);
}

void
deliver_stop (Deliver *deliver, guint grace_ms)
{
  if (deliver->thread == NULL)
    return;
  inbox_put (deliver->inbox, &(InboxMessage){ .kind = INBOX_STOP, .grace_ms = grace_ms });
  g_thread_join (g_steal_pointer (&deliver->thread));
}

void
deliver_free (Deliver *deliver)
{
  deliver_stop (deliver, 0);
  inbox_unref (deliver->inbox);
  fresh_free (deliver->fresh);
  trials_free (deliver->trials);
  g_cond_clear (&deliver->ready);
  g_mutex_clear (&deliver->lock);
  g_free (deliver);
}
