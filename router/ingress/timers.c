/* Sources with a schedule.
 *
 * All but the lock's fields belong to the thread that steps. */
#include "ingress/timers.h"

#include "ingress/own.h"

#include "base/error.h"
#include "base/log.h"
#include "config/settings.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define PAGE 1000
#define MISSED_US (60 * G_USEC_PER_SEC)
#define LOOK_US G_USEC_PER_SEC

/* How far a schedule has come. */
typedef struct
{
  gint64 record;    /* its number; 0: not kept yet */
  char *definition; /* expression and zone; "": switched off */
  gint64 began_us;  /* what a rate counts from */
  gint64 last_us;   /* the last time that was made an event of, or passed over */
} Progress;

struct Timers
{
  TimersSetup setup;
  GHashTable *progress; /* source -> Progress */
  GThread *thread;
  GMutex lock; /* guards what follows */
  GCond moved;
  gboolean is_stopping, is_reconfigured;
};

static void
progress_free (Progress *progress)
{
  g_free (progress->definition);
  g_free (progress);
}

/* ---- Records ---- */

static Progress *
read_progress (const StoredRecord *record)
{
  g_autoptr (JsonNode) root = json_from_string (record->value, NULL);
  JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root)
                                                                     : NULL;
  const char *definition = config_settings_string (object, "definition");
  Progress *progress = g_new0 (Progress, 1);

  progress->record = record->id;
  progress->definition = g_strdup (definition != NULL ? definition : "");
  progress->began_us = config_settings_integer (object, "began_us");
  progress->last_us = config_settings_integer (object, "last_us");
  return progress;
}

static gboolean
read_all (Timers *self, GError **error)
{
  const Store *store = self->setup.store;
  gint64 before = 0;
  guint n_found = PAGE;

  while (n_found == PAGE)
    {
      g_autoptr (GPtrArray) records = NULL;

      if (!store->engine->find_records (self->setup.store, RECORD_SCHEDULE, NULL, before, PAGE,
                                        &records, error))
        return FALSE;
      n_found = records->len;
      for (guint i = 0; i < n_found; i++)
        {
          const StoredRecord *record = records->pdata[i];

          g_hash_table_insert (self->progress, g_strdup (record->key), read_progress (record));
          before = record->id;
        }
    }
  return TRUE;
}

static RecordChange *
record_of (const char *source, const Progress *progress)
{
  g_autoptr (GString) value = g_string_new ("{\"definition\":");

  event_append_json_string (value, progress->definition, -1);
  g_string_append_printf (value,
                          ",\"began_us\":%" G_GINT64_FORMAT ",\"last_us\":%" G_GINT64_FORMAT "}",
                          progress->began_us, progress->last_us);
  return record_change_new (RECORD_SCHEDULE, progress->record, source, value->str);
}

/* ---- Commits that are waited for ---- */

typedef struct
{
  GMutex lock;
  GCond moved;
  gboolean is_done;
  gint64 record;
  guint status; /* 0: it is kept */
  char *why;    /* else */
} Wait;

static void
wait_init (Wait *wait)
{
  *wait = (Wait){ .is_done = FALSE };
  g_mutex_init (&wait->lock);
  g_cond_init (&wait->moved);
}

static void
wait_clear (Wait *wait)
{
  g_mutex_clear (&wait->lock);
  g_cond_clear (&wait->moved);
  g_free (wait->why);
}

static void
wait_finish (Wait *wait, gint64 record, const Problem *problem)
{
  g_mutex_lock (&wait->lock);
  wait->record = record;
  wait->status = problem != NULL ? problem->status : 0;
  wait->why = g_strdup (problem != NULL ? problem->detail : NULL);
  wait->is_done = TRUE;
  g_cond_signal (&wait->moved);
  g_mutex_unlock (&wait->lock);
}

static void
wait_for (Wait *wait)
{
  g_mutex_lock (&wait->lock);
  while (!wait->is_done)
    g_cond_wait (&wait->moved, &wait->lock);
  g_mutex_unlock (&wait->lock);
}

static void
on_recorded (const BatchItem *item, const GError *error, gpointer user_data)
{
  const RecordChange *change = g_ptr_array_index (item->records, 0);
  g_autoptr (Problem) problem = error != NULL ? problem_from_error (error) : NULL;

  wait_finish (user_data, change->out_id, problem);
}

static void
log_unkept (const char *source, const char *why)
{
  log_message (LOG_WARNING, "ingress", "source/%s: the schedule's event was not kept: %s", source,
               why);
}

/* FALSE: it was not kept. */
static gboolean
keep_progress (Timers *self, const char *source, Progress *progress)
{
  g_autoptr (GError) error = NULL;
  gboolean is_kept;
  Wait wait;

  wait_init (&wait);
  is_kept = writer_submit (self->setup.writer, batch_item_new_record (record_of (source, progress)),
                           on_recorded, &wait, &error);
  if (is_kept)
    wait_for (&wait);
  if (is_kept && wait.status != 0)
    {
      log_unkept (source, wait.why);
      is_kept = FALSE;
    }
  else if (is_kept)
    progress->record = wait.record;
  else
    log_unkept (source, error->message);
  wait_clear (&wait);
  return is_kept;
}

/* ---- One event ---- */

static Draft
make_draft (const ConfigSource *source, gint64 at_us)
{
  g_autofree char *time = clock_format_seconds (at_us);
  g_autofree char *name = g_strconcat ("source/", source->name, NULL);
  g_autoptr (GString) resources = g_string_new ("[");

  event_append_json_string (resources, name, -1);
  g_string_append_c (resources, ']');
  return (Draft){ .bus = g_strdup (source->bus),
                  .source = g_strdup (source->source.text),
                  .detail_type = g_strdup (source->detail_type.text),
                  .time_us = at_us,
                  .resources = g_strdup (resources->str),
                  .content_type = g_strdup ("application/json"),
                  .metadata = g_strdup_printf ("{\"id\":\"%s\"}", time),
                  .detail = g_bytes_ref (source->schedule->detail) };
}

/* FALSE: not now. */
static gboolean
fire (Timers *self,
      Snapshot *snapshot,
      const ConfigSource *source,
      Progress *progress,
      gint64 at_us)
{
  const Progress then = { progress->record, progress->definition, progress->began_us, at_us };
  g_autoptr (GArray) drafts = g_array_new (FALSE, TRUE, sizeof (Draft));
  const Draft draft = make_draft (source, at_us);
  const OwnEvents own = { .snapshot = snapshot,
                          .source = source,
                          .drafts = drafts,
                          .record = record_of (source->name, &then) };
  g_autofree char *why = NULL;
  guint status;

  g_array_set_clear_func (drafts, (GDestroyNotify) draft_clear);
  g_array_append_val (drafts, draft);
  status = ingress_keep_own_and_wait (self->setup.ingress, &own, &why);
  if (status != 0)
    log_unkept (source->name, why);
  if (status != 0 && own_may_pass (status))
    return FALSE;
  progress->last_us = at_us;
  return status == 0 || keep_progress (self, source->name, progress);
}

/* ---- What is due ---- */

static gboolean
is_stopping (Timers *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  return self->is_stopping;
}

static gboolean
pass_over (Timers *self, const ConfigSource *source, Progress *progress, gint64 to_us)
{
  progress->last_us = to_us;
  return keep_progress (self, source->name, progress);
}

/* One at most, whatever was missed. */
static gboolean
catch_up (Timers *self,
          Snapshot *snapshot,
          const ConfigSource *source,
          Progress *progress,
          gint64 now_us)
{
  const ConfigSchedule *schedule = source->schedule;
  gint64 last_us = timetable_last (schedule->timetable, progress->began_us, progress->last_us,
                                   now_us);

  if (last_us == TIMETABLE_NEVER_US)
    return TRUE;
  if (schedule->catch_up == CONFIG_CATCH_UP_NONE && last_us < now_us - MISSED_US)
    return pass_over (self, source, progress, last_us);
  return fire (self, snapshot, source, progress, last_us);
}

/* The latest that are due, the earliest of them first. */
static GArray *
collect (const ConfigSource *source, const Progress *progress, gint64 now_us, guint *out_n_left_out)
{
  const ConfigSchedule *schedule = source->schedule;
  g_autoptr (GArray) ring = g_array_new (FALSE, FALSE, sizeof (gint64));
  GArray *due = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 at_us = timetable_next (schedule->timetable, progress->began_us, progress->last_us);
  guint n = 0;

  for (; at_us <= now_us;
       at_us = timetable_next (schedule->timetable, progress->began_us, at_us), n++)
    {
      if (ring->len < schedule->max_catch_up)
        g_array_append_val (ring, at_us);
      else
        g_array_index (ring, gint64, n % ring->len) = at_us;
    }
  for (guint i = 0; i < ring->len; i++)
    g_array_append_val (due, g_array_index (ring, gint64, (n + i) % ring->len));
  *out_n_left_out = n - ring->len;
  return due;
}

static gboolean
catch_up_all (Timers *self,
              Snapshot *snapshot,
              const ConfigSource *source,
              Progress *progress,
              gint64 now_us)
{
  guint n_left_out;
  g_autoptr (GArray) due = collect (source, progress, now_us, &n_left_out);

  if (n_left_out > 0)
    log_message (
        LOG_WARNING, "ingress",
        "source/%s: %u times that passed are left out; CatchUpEvents of the schedule is %u",
        source->name, n_left_out, source->schedule->max_catch_up);
  for (guint i = 0; i < due->len; i++)
    if (is_stopping (self) ||
        !fire (self, snapshot, source, progress, g_array_index (due, gint64, i)))
      return FALSE;
  return TRUE;
}

/* Returns when the source is due next. */
static gint64
step_source (Timers *self, Snapshot *snapshot, const ConfigSource *source, Progress *progress)
{
  const ConfigSchedule *schedule = source->schedule;
  gint64 now_us = clock_wall_us (self->setup.clock);
  gint64 next_us = timetable_next (schedule->timetable, progress->began_us, progress->last_us);
  gboolean is_done = TRUE;

  if (next_us > now_us)
    return next_us;
  if (schedule->catch_up == CONFIG_CATCH_UP_ALL)
    is_done = catch_up_all (self, snapshot, source, progress, now_us);
  else
    is_done = catch_up (self, snapshot, source, progress, now_us);
  if (!is_done)
    return now_us;
  return timetable_next (schedule->timetable, progress->began_us, progress->last_us);
}

/* ---- The configuration ---- */

static char *
define (const ConfigSchedule *schedule)
{
  return g_strdup_printf ("%s %s", schedule->expression,
                          schedule->zone != NULL ? schedule->zone : "UTC");
}

/* NULL: it is not known yet how far it has come, as that could not be kept. */
static Progress *
begin (Timers *self, const ConfigSource *source)
{
  Progress *progress = g_hash_table_lookup (self->progress, source->name);
  g_autofree char *definition = define (source->schedule);
  gint64 now_us = clock_wall_us (self->setup.clock);

  if (progress != NULL && strcmp (progress->definition, definition) == 0)
    return progress;
  if (progress == NULL)
    {
      progress = g_new0 (Progress, 1);
      g_hash_table_insert (self->progress, g_strdup (source->name), progress);
    }
  g_free (progress->definition);
  progress->definition = g_steal_pointer (&definition);
  progress->began_us = now_us;
  progress->last_us = now_us;
  if (keep_progress (self, source->name, progress))
    return progress;
  g_free (progress->definition);
  progress->definition = g_strdup ("");
  return NULL;
}

/* A source that comes back has missed nothing. */
static void
end_others (Timers *self, const Configuration *configuration)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, self->progress);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const ConfigSource *source = g_hash_table_lookup (configuration->sources, name);
      Progress *progress = value;
      char *definition = progress->definition;

      if (*definition == '\0' || (source != NULL && source->enabled && source->schedule != NULL))
        continue;
      progress->definition = g_strdup ("");
      if (keep_progress (self, name, progress))
        g_free (definition);
      else
        {
          g_free (progress->definition);
          progress->definition = definition;
        }
    }
}

gint64
timers_step (Timers *timers)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (timers->setup.snapshots);
  gint64 next_us = TIMETABLE_NEVER_US;
  GHashTableIter iter;
  gpointer value;

  end_others (timers, snapshot->configuration);
  g_hash_table_iter_init (&iter, snapshot->configuration->sources);
  while (g_hash_table_iter_next (&iter, NULL, &value) && !is_stopping (timers))
    {
      const ConfigSource *source = value;
      Progress *progress;

      if (source->schedule == NULL || !source->enabled)
        continue;
      progress = begin (timers, source);
      next_us = MIN (next_us, progress != NULL ? step_source (timers, snapshot, source, progress)
                                               : clock_wall_us (timers->setup.clock));
    }
  return next_us;
}

/* ---- The thread ---- */

/* FALSE: it shall end.  *next_us is 0 afterwards when there is another configuration. */
static gboolean
rest (Timers *self, gint64 *next_us)
{
  gint64 wait_us = *next_us - clock_wall_us (self->setup.clock);
  /* What was not kept is tried again, but not without a pause. */
  gint64 end_us = g_get_monotonic_time () + (wait_us <= 0 ? LOOK_US : MIN (wait_us, LOOK_US));
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  while (!self->is_stopping && !self->is_reconfigured)
    {
      if (*next_us == TIMETABLE_NEVER_US)
        g_cond_wait (&self->moved, &self->lock);
      else if (!g_cond_wait_until (&self->moved, &self->lock, end_us))
        break;
    }
  if (self->is_reconfigured)
    *next_us = 0;
  self->is_reconfigured = FALSE;
  return !self->is_stopping;
}

static gpointer
run (gpointer data)
{
  Timers *self = data;
  gint64 next_us = 0;

  do
    if (next_us <= clock_wall_us (self->setup.clock))
      next_us = timers_step (self);
  while (rest (self, &next_us));
  return NULL;
}

Timers *
timers_new (const TimersSetup *setup, GError **error)
{
  Timers *self = g_new0 (Timers, 1);

  self->setup = *setup;
  self->progress = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) progress_free);
  g_mutex_init (&self->lock);
  g_cond_init (&self->moved);
  if (read_all (self, error))
    return self;
  timers_free (self);
  return NULL;
}

void
timers_start (Timers *timers)
{
  timers->thread = g_thread_new ("timers", run, timers);
}

void
timers_reconfigure (Timers *timers)
{
  g_mutex_lock (&timers->lock);
  timers->is_reconfigured = TRUE;
  g_cond_signal (&timers->moved);
  g_mutex_unlock (&timers->lock);
}

void
timers_stop (Timers *timers)
{
  g_mutex_lock (&timers->lock);
  timers->is_stopping = TRUE;
  g_cond_signal (&timers->moved);
  g_mutex_unlock (&timers->lock);
  g_clear_pointer (&timers->thread, g_thread_join);
}

void
timers_free (Timers *timers)
{
  timers_stop (timers);
  g_hash_table_unref (timers->progress);
  g_mutex_clear (&timers->lock);
  g_cond_clear (&timers->moved);
  g_free (timers);
}
