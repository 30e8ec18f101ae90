/* Trials: asked for by any thread, made by the delivery thread, waited for.
 *
 * A Trial is shared by who waits and who makes it, as either may give up first.  What must stay
 * true: its outcome is set once, under its lock. */
#include "deliver/trial.h"

#include "base/error.h"
#include "base/id.h"
#include "config/queue.h"
#include "connector/wakeup.h"
#include "deliver/enqueue.h"

#include <string.h>

struct Trials
{
  const DeliverSetup *setup;
  GMutex lock;
  GQueue waiting;  /* Trial; guarded by lock */
  GSource *wakeup; /* guarded by lock; NULL: not open */
  gboolean is_closed;

  /* The delivery thread's. */
  Instances *instances;
  GPtrArray *under_way; /* Trial */
};

typedef struct
{
  gatomicrefcount n_refs;
  Trials *trials;
  char *connector;
  gboolean is_probe;
  Event *event;
  char *delivery_id;
  char *event_time;
  GBytes *payload;
  Instance *instance;
  gint64 begun_us;

  GMutex lock;
  GCond ended;
  gboolean has_ended; /* guarded by lock, as the rest */
  Outcome outcome;
  gint64 duration_us;
  GError *error;
} Trial;

static void
trial_unref (Trial *trial)
{
  if (!g_atomic_ref_count_dec (&trial->n_refs))
    return;
  g_free (trial->connector);
  g_clear_pointer (&trial->event, event_unref);
  g_free (trial->delivery_id);
  g_free (trial->event_time);
  g_clear_pointer (&trial->payload, g_bytes_unref);
  outcome_clear (&trial->outcome);
  g_clear_error (&trial->error);
  g_mutex_clear (&trial->lock);
  g_cond_clear (&trial->ended);
  g_free (trial);
}

static Event *
event_of (const DeliverSetup *setup, const DeliverTrial *trial)
{
  g_autofree char *detail = trial->detail != NULL
                                ? g_strdup (trial->detail)
                                : g_strdup_printf ("{\"message\":\"A test of %s\"}",
                                                   trial->connector);
  g_autoptr (GBytes) body = g_bytes_new (detail, strlen (detail));
  char id[ID_LENGTH + 1];
  Event fields = {
    .id = id,
    .bus = (char *) "default",
    .ingress = (char *) "api",
    .source = (char *) (trial->source != NULL ? trial->source : "signalbox"),
    .detail_type = (char *) (trial->detail_type != NULL ? trial->detail_type : "Connector Test"),
    .time_us = clock_wall_us (setup->clock),
    .received_us = clock_wall_us (setup->clock),
    .resources = (char *) "[]",
    .content_type = (char *) "application/json",
    .body = body,
  };

  id_new (setup->clock, setup->random, id);
  return event_new (&fields);
}

static Trial *
trial_new (Trials *trials, const DeliverTrial *asked)
{
  Trial *trial = g_new0 (Trial, 1);

  g_atomic_ref_count_init (&trial->n_refs);
  g_mutex_init (&trial->lock);
  g_cond_init (&trial->ended);
  trial->trials = trials;
  trial->connector = g_strdup (asked->connector);
  trial->is_probe = asked->is_probe;
  trial->event = event_of (trials->setup, asked);
  trial->delivery_id = delivery_id_new (trial->event->id, 1);
  trial->event_time = clock_format_seconds (trial->event->time_us);
  trial->payload = g_string_free_to_bytes (event_envelope (trial->event));
  return trial;
}

/* Whatever thread.  Takes the error. */
static void
end (Trial *trial, const Outcome *outcome, GError *error)
{
  g_mutex_lock (&trial->lock);
  trial->has_ended = TRUE;
  trial->duration_us = clock_monotonic_us (trial->trials->setup->clock) - trial->begun_us;
  if (outcome != NULL)
    outcome_copy (outcome, &trial->outcome);
  trial->error = error;
  g_cond_signal (&trial->ended);
  g_mutex_unlock (&trial->lock);
}

/* ---- On the delivery thread ---------------------------------------------------------------- */

static void
done_cb (const Outcome *outcome, gpointer user_data)
{
  Trial *trial = user_data;

  instance_release (g_steal_pointer (&trial->instance));
  end (trial, outcome, NULL);
  g_ptr_array_remove_fast (trial->trials->under_way, trial);
}

static void
send (Trial *trial)
{
  const Event *event = trial->event;
  ConnectorRequest request = {
    .delivery_id = trial->delivery_id,
    .event_id = event->id,
    .bus = event->bus,
    .rule = "default/test",
    .source = event->source,
    .detail_type = event->detail_type,
    .event_time = trial->event_time,
    .attempt = 1,
    .content_type = "application/json",
    .payload = trial->payload,
    .event = event,
  };

  instance_send (trial->instance, &request, done_cb, trial);
}

static const Outcome delivered = { .kind = OUTCOME_DELIVERED,
                                   .retry_after_us = -1,
                                   .note = (char *) "" };

/* Writer thread. */
static void
queued_cb (const BatchItem *item, const GError *error, gpointer user_data)
{
  Trial *trial = user_data;

  end (trial, error == NULL ? &delivered : NULL, error != NULL ? g_error_copy (error) : NULL);
  trial_unref (trial);
}

static void
enqueue (Trial *trial, const ConfigConnector *queue)
{
  const DeliverSetup *setup = trial->trials->setup;
  BatchItem *item = batch_item_new_queue (
      enqueue_trial (setup, queue, trial->delivery_id, trial->payload));
  GError *error = NULL;

  g_atomic_ref_count_inc (&trial->n_refs);
  if (writer_submit (setup->writer, item, queued_cb, trial, &error))
    return;
  end (trial, NULL, error);
  trial_unref (trial);
}

/* The queue's own kind of trial; any other goes through an open connector. */
static void
begin (Trials *trials, Trial *trial)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (trials->setup->snapshots);
  const ConfigConnector *config = g_hash_table_lookup (snapshot->configuration->connectors,
                                                       trial->connector);
  const ConnectorKind *kind = config != NULL ? connector_kind_by_name (config->kind) : NULL;
  GError *error = NULL;

  trial->begun_us = clock_monotonic_us (trials->setup->clock);
  if (kind == NULL)
    end (trial, NULL,
         g_error_new (ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND, "There is no connector %s",
                      trial->connector));
  else if (kind->is_stored && !trial->is_probe)
    enqueue (trial, config);
  else if (kind->is_stored || (trial->is_probe && kind->probe == NULL))
    end (trial, &delivered, NULL);
  else if ((trial->instance = instances_use (trials->instances, config, &error)) == NULL)
    {
      end (trial,
           &(Outcome){ .kind = OUTCOME_MISCONFIGURED,
                       .error_code = ERROR_CODE_INVALID_PARAMETER,
                       .retry_after_us = -1,
                       .note = error->message },
           NULL);
      g_error_free (error);
    }
  else
    {
      g_atomic_ref_count_inc (&trial->n_refs);
      g_ptr_array_add (trials->under_way, trial);
      if (trial->is_probe)
        instance_probe (trial->instance, done_cb, trial);
      else
        send (trial);
    }
}

static gboolean
take_cb (gpointer data)
{
  Trials *trials = data;
  GQueue waiting;
  Trial *trial;

  g_mutex_lock (&trials->lock);
  waiting = trials->waiting;
  g_queue_init (&trials->waiting);
  g_mutex_unlock (&trials->lock);
  while ((trial = g_queue_pop_head (&waiting)) != NULL)
    {
      begin (trials, trial);
      trial_unref (trial);
    }
  return G_SOURCE_CONTINUE;
}

void
trials_open (Trials *trials, GMainContext *context, Instances *instances)
{
  trials->instances = instances;
  trials->under_way = g_ptr_array_new_with_free_func ((GDestroyNotify) trial_unref);
  g_mutex_lock (&trials->lock);
  trials->wakeup = wakeup_new ("trials", context, take_cb, trials);
  wakeup_now (trials->wakeup);
  g_mutex_unlock (&trials->lock);
}

static GError *
stopping (void)
{
  return g_error_new_literal (ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE, "The router is stopping");
}

/* After the connectors are closed: their done is not called any more. */
void
trials_close (Trials *trials)
{
  Trial *trial;

  g_mutex_lock (&trials->lock);
  trials->is_closed = TRUE;
  g_clear_pointer (&trials->wakeup, wakeup_free);
  g_mutex_unlock (&trials->lock);
  while ((trial = g_queue_pop_head (&trials->waiting)) != NULL)
    {
      end (trial, NULL, stopping ());
      trial_unref (trial);
    }
  for (guint i = 0; trials->under_way != NULL && i < trials->under_way->len; i++)
    end (trials->under_way->pdata[i], NULL, stopping ());
  g_clear_pointer (&trials->under_way, g_ptr_array_unref);
}

/* ---- Any thread ---------------------------------------------------------------------------- */

Trials *
trials_new (const DeliverSetup *setup)
{
  Trials *trials = g_new0 (Trials, 1);

  trials->setup = setup;
  g_mutex_init (&trials->lock);
  return trials;
}

void
trials_free (Trials *trials)
{
  g_mutex_clear (&trials->lock);
  g_free (trials);
}

static gboolean
ask (Trials *trials, Trial *trial)
{
  gboolean is_open;

  g_mutex_lock (&trials->lock);
  is_open = !trials->is_closed;
  if (is_open)
    {
      g_atomic_ref_count_inc (&trial->n_refs);
      g_queue_push_tail (&trials->waiting, trial);
      if (trials->wakeup != NULL)
        wakeup_now (trials->wakeup);
    }
  g_mutex_unlock (&trials->lock);
  return is_open;
}

static gboolean
wait_for (Trial *trial, gint64 wait_us, DeliverTried *out_tried, GError **error)
{
  gint64 until_us = g_get_monotonic_time () + wait_us;
  gboolean has_ended;

  g_mutex_lock (&trial->lock);
  while (!trial->has_ended && g_cond_wait_until (&trial->ended, &trial->lock, until_us))
    ;
  has_ended = trial->has_ended;
  if (has_ended && trial->error == NULL)
    {
      outcome_copy (&trial->outcome, &out_tried->outcome);
      out_tried->duration_us = trial->duration_us;
      out_tried->event_id = g_strdup (trial->event->id);
    }
  else if (has_ended)
    g_propagate_error (error, g_steal_pointer (&trial->error));
  else
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE,
                 "%s has not answered within %" G_GINT64_FORMAT
                 " s; what was begun goes on until its own time-out",
                 trial->connector, wait_us / G_USEC_PER_SEC);
  g_mutex_unlock (&trial->lock);
  return has_ended && (error == NULL || *error == NULL);
}

gboolean
trials_run (Trials *trials,
            const DeliverTrial *asked,
            gint64 wait_us,
            DeliverTried *out_tried,
            GError **error)
{
  Trial *trial = trial_new (trials, asked);
  gboolean is_told = FALSE;

  if (ask (trials, trial))
    is_told = wait_for (trial, wait_us, out_tried, error);
  else
    g_propagate_error (error, stopping ());
  trial_unref (trial);
  return is_told;
}
