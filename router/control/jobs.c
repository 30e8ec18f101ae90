/* The thread that works on jobs.
 *
 * A job belongs to the thread while it is `busy`; who pauses or cancels it meanwhile leaves a wish.
 * A step of work is: look at what became of what was sent, decide, send the next chunk. */
#include "control/jobs.h"

#include "base/error.h"
#include "base/log.h"
#include "control/replay.h"
#include "store/delivery-filter.h"

#define CHUNK 256
#define COUNT_PAGE 1000
/* Between two looks at what became of what was sent. */
#define LOOK_US (200 * 1000)
/* What was missed of its rate for longer than this is not caught up with. */
#define MAX_LAG_US G_USEC_PER_SEC
/* A job that has sent everything waits so long for the last results. */
#define LAST_LOOKS 50
/* Fewer results than this say nothing about the rest. */
#define MIN_RESULTS 20
/* A job with a rate sends at least so often. */
#define MIN_SENDS_PER_S 10
/* Records are read in pages of so many. */
#define RECORD_PAGE 1000

typedef struct
{
  Job *job;
  gboolean is_busy;
  gboolean has_wish;
  JobState wish;
  double wished_rate; /* less than 0: none */
  gint64 next_us;     /* monotonic */
  guint n_looks;      /* since the last was sent */
} Entry;

struct Jobs
{
  Control *control;
  GThread *thread;
  GMutex lock; /* guards what follows, and entries that are not busy */
  GCond moved;
  gboolean stopping;
  GPtrArray *entries; /* Entry: unfinished jobs */
  gint64 newest_id;
};

static void
entry_free (Entry *entry)
{
  job_free (entry->job);
  g_free (entry);
}

/* ---- Keeping ---- */

static RecordChange *
record_of (const Job *job)
{
  g_autofree char *value = job_to_json (job);
  RecordChange *change = record_change_new (RECORD_JOB, job->id, NULL, value);

  change->record.counts[0] = job->applied;
  change->record.counts[1] = job->skipped;
  return change;
}

static void
note_id (const BatchItem *item, gpointer result, gpointer user_data)
{
  const RecordChange *change = g_ptr_array_index (item->records, 0);

  *(gint64 *) result = change->out_id;
}

/* Of the new job's kind of records, so many that none of an unfinished one goes.  Jobs that are
 * made at the same time take no more numbers than there may be unfinished ones. */
static guint
n_kept (Jobs *jobs)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (jobs->control->setup.snapshots);
  const ConfigRouter *limits = &snapshot->configuration->router;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&jobs->lock);
  gint64 wanted = limits->keep_jobs;

  for (guint i = 0; i < jobs->entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (jobs->entries, i);

      wanted = MAX (wanted, jobs->newest_id - entry->job->id + 1 + limits->unfinished_jobs);
    }
  return (guint) MIN (wanted, G_MAXUINT);
}

static gboolean
keep (Jobs *jobs, Job *job, GError **error)
{
  Control *control = jobs->control;
  RecordChange *change;

  job->changed_us = clock_wall_us (control->setup.clock);
  change = record_of (job);
  if (job->id == 0)
    change->keep_newest = n_kept (jobs);
  return submitter_submit (control->submitter, batch_item_new_record (change), note_id, control,
                           &job->id, sizeof job->id, error);
}

static void
set_note (Job *job, char *note)
{
  g_free (job->note);
  job->note = note;
}

/* ---- What is chosen ---- */

/* The filter's texts are root's. */
static gboolean
read_query (const Job *job, DeliveryQuery *query, JsonNode **out_root, GError **error)
{
  g_autoptr (JsonNode) root = json_from_string (job->filter, error);

  *query = (DeliveryQuery){ 0 };
  if (root == NULL || !delivery_filter_read (json_node_get_object (root), query, error))
    return FALSE;
  if (!control_narrow_states (job->kind, query, error))
    return FALSE;
  query->order = DELIVERY_ORDER_NEWEST;
  if (query->to_us == 0 || query->to_us > job->cutoff_us)
    query->to_us = job->cutoff_us;
  *out_root = g_steal_pointer (&root);
  return TRUE;
}

static gboolean
is_stopping (Jobs *jobs)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&jobs->lock);

  return jobs->stopping;
}

static gboolean
count_all (Jobs *jobs, Job *job, GError **error)
{
  Store *store = jobs->control->setup.store;
  g_autoptr (JsonNode) root = NULL;
  StoreCursor cursor = { 0 };
  DeliveryQuery query;
  gint64 total = 0;
  guint found;

  if (!read_query (job, &query, &root, error))
    return FALSE;
  do
    {
      g_autoptr (GPtrArray) page = NULL;

      if (!store->engine->find_deliveries (store, &query, &cursor, COUNT_PAGE, &page, error))
        return FALSE;
      found = page->len;
      total += found;
    }
  while (found == COUNT_PAGE && !is_stopping (jobs));
  job->total = total;
  job->is_counted = found < COUNT_PAGE;
  return TRUE;
}

/* ---- What became of it ---- */

typedef enum
{
  RESULT_NONE,
  RESULT_SUCCEEDED,
  RESULT_FAILED,
  RESULT_GONE,
} Result;

static Result
result_of (Store *store, DeliveryKey key)
{
  g_autoptr (StoredDelivery) delivery = NULL;

  if (!store->engine->load_delivery (store, key, &delivery, NULL, NULL))
    return RESULT_GONE;
  if (delivery->state == DELIVERY_DONE)
    return RESULT_SUCCEEDED;
  if (delivery->state == DELIVERY_DISCARDED)
    return RESULT_GONE;
  return delivery->state == DELIVERY_DEAD || delivery->round_attempts > 0 ? RESULT_FAILED
                                                                          : RESULT_NONE;
}

/* Events that were routed anew are watched by their deliveries. */
static void
watch_made (Store *store, Job *job)
{
  for (guint i = 0; i < job->made->len; i++)
    {
      g_autoptr (GPtrArray) deliveries = NULL;

      if (!store->engine->load_deliveries (store, job->made->pdata[i], &deliveries, NULL))
        continue;
      for (guint k = 0; k < deliveries->len; k++)
        g_array_append_val (job->watched, ((StoredDelivery *) deliveries->pdata[k])->key);
    }
  g_ptr_array_set_size (job->made, 0);
}

static void
look (Jobs *jobs, Job *job)
{
  watch_made (jobs->control->setup.store, job);
  for (guint i = job->watched->len; i > 0; i--)
    {
      Result result = result_of (jobs->control->setup.store,
                                 g_array_index (job->watched, DeliveryKey, i - 1));

      if (result == RESULT_NONE)
        continue;
      job->succeeded += result == RESULT_SUCCEEDED;
      job->failed += result == RESULT_FAILED;
      job->step_succeeded += result == RESULT_SUCCEEDED;
      job->step_failed += result == RESULT_FAILED;
      g_array_remove_index (job->watched, i - 1);
    }
}

static gboolean
fails_too_often (const Job *job)
{
  guint n = job->step_succeeded + job->step_failed;

  return job->max_failed_percent > 0 && job->step_failed * 100 > job->max_failed_percent * n &&
         (job->step < JOB_N_STEPS || n >= MIN_RESULTS);
}

/* ---- Sending ---- */

static guint
chunk_of (const Job *job)
{
  guint chunk = CHUNK;

  if (job->rate > 0)
    chunk = (guint) CLAMP (job->rate / MIN_SENDS_PER_S, 1, CHUNK);
  if (job->max_failed_percent > 0 && job->step < JOB_N_STEPS)
    chunk = MIN (chunk, job_steps[job->step] - job->step_sent);
  return chunk;
}

typedef struct
{
  gint64 applied, skipped;
} Counted;

/* Writer thread. */
static void
count_and_announce (const BatchItem *item, gpointer result, gpointer user_data)
{
  Counted *counted = result;

  for (guint i = 0; i < item->operate.n_actions; i++)
    {
      const OperatorAction *action = &item->operate.actions[i];

      if (action->out_applied)
        counted->applied++;
      else
        counted->skipped++;
      control_announce (user_data, action);
    }
}

static BatchItem *
make_plain (Jobs *jobs, const Job *job, GPtrArray *page)
{
  BatchItem *item = batch_item_new_operate (page->len);
  Clock *clock = jobs->control->setup.clock;
  gint64 now_us = clock_wall_us (clock);
  gint64 due_us = job->kind == JOURNAL_POSTPONE ? clock_steady_from_wall (clock, job->until_us)
                                                : clock_steady_us (clock);

  for (guint i = 0; i < page->len; i++)
    {
      const StoredDelivery *delivery = page->pdata[i];
      JournalEntry *entry = g_new0 (JournalEntry, 1);

      entry->kind = job->kind;
      entry->at_us = now_us;
      entry->actor = g_strdup (job->actor);
      entry->reason = g_strdup (job->reason);
      item->operate.actions[i] = (OperatorAction){ .key = delivery->key,
                                                   .entry = entry,
                                                   .due_us = due_us,
                                                   .operation = job->operation };
    }
  return item;
}

static gboolean
is_plain (const Job *job)
{
  return job->kind != JOURNAL_REPLAY ||
         (job->how.rules == CONTROL_RULES_THEN && !job->how.skips_succeeded);
}

/* NULL with error.  What is left out is counted here, what is not applied by the store. */
static BatchItem *
make_item (Jobs *jobs, Job *job, Replay *replay, GPtrArray *page, GError **error)
{
  g_auto (ReplayItem) made = { 0 };

  if (is_plain (job))
    return make_plain (jobs, job, page);
  if (!replay_make_item (replay, page, &made, error))
    return NULL;
  job->left_succeeded += made.succeeded;
  job->left_nowhere += made.nowhere;
  job->skipped += made.succeeded + made.nowhere;
  g_ptr_array_extend_and_steal (job->made, g_steal_pointer (&made.made));
  return g_steal_pointer (&made.item);
}

/* What becomes of them is a result of the job. */
static void
watch (Job *job, const BatchItem *item)
{
  for (guint i = 0; i < item->operate.n_actions; i++)
    if (item->operate.actions[i].entry->kind == JOURNAL_REPLAY)
      g_array_append_val (job->watched, item->operate.actions[i].key);
  if (job->watched->len > JOB_MAX_WATCHED)
    g_array_remove_range (job->watched, 0, job->watched->len - JOB_MAX_WATCHED);
  if (job->made->len > JOB_MAX_WATCHED)
    g_ptr_array_remove_range (job->made, 0, job->made->len - JOB_MAX_WATCHED);
}

/* The place and what is watched are kept with the actions, whose number the store adds by itself.
 */
static gboolean
try_page (Jobs *jobs, Job *job, GPtrArray *page, GError **error)
{
  Control *control = jobs->control;
  const ReplayOrder order = { .how = job->how,
                              .actor = job->actor,
                              .reason = job->reason,
                              .operation = job->operation };
  g_autoptr (Replay) replay = replay_new (control, &order);
  BatchItem *item = make_item (jobs, job, replay, page, error);
  RecordChange *change;
  Counted counted;

  if (item == NULL)
    return FALSE;
  watch (job, item);
  job->step_sent += item->operate.n_actions;
  job->changed_us = clock_wall_us (control->setup.clock);
  change = record_of (job);
  change->adds_actions = TRUE;
  batch_item_add_record (item, change);
  if (!submitter_submit (control->submitter, item, count_and_announce, control, &counted,
                         sizeof counted, error))
    return FALSE;
  job->applied += counted.applied;
  job->skipped += counted.skipped;
  return TRUE;
}

/* A page that was not sent is not done with: the job, once it is resumed, begins with it again. */
static gboolean
send_page (Jobs *jobs, Job *job, const StoreCursor *next, GPtrArray *page, GError **error)
{
  const Job before = *job;
  g_autoptr (GArray) watched = g_array_copy (job->watched);

  job->cursor = *next;
  if (try_page (jobs, job, page, error))
    return TRUE;
  job->cursor = before.cursor;
  job->is_exhausted = FALSE;
  job->step_sent = before.step_sent;
  job->skipped = before.skipped;
  job->left_succeeded = before.left_succeeded;
  job->left_nowhere = before.left_nowhere;
  g_array_set_size (job->watched, 0);
  g_array_append_vals (job->watched, watched->data, watched->len);
  return FALSE;
}

static gboolean
send_chunk (Jobs *jobs, Job *job, guint *out_sent, GError **error)
{
  Store *store = jobs->control->setup.store;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GPtrArray) page = NULL;
  guint limit = chunk_of (job);
  StoreCursor next = job->cursor;
  DeliveryQuery query;

  *out_sent = 0;
  if (!read_query (job, &query, &root, error) ||
      !store->engine->find_deliveries (store, &query, &next, limit, &page, error))
    return FALSE;
  job->is_exhausted = page->len < limit;
  if (page->len > 0 && !send_page (jobs, job, &next, page, error))
    return FALSE;
  *out_sent = page->len;
  return TRUE;
}

/* ---- One step ---- */

static void
stop_itself (Job *job)
{
  job->state = JOB_STOPPED;
  set_note (job, g_strdup_printf ("%u of the last %u that were tried failed, more than %u %%; what "
                                  "was not sent is where it was",
                                  job->step_failed, job->step_failed + job->step_succeeded,
                                  job->max_failed_percent));
}

static void
end_canary_step (Job *job)
{
  g_autofree char *note = g_strdup_printf ("%u of %u succeeded; resume it to go on",
                                           job->step_succeeded,
                                           job->step_succeeded + job->step_failed);

  job->step++;
  job->step_sent = job->step_succeeded = job->step_failed = 0;
  if (!job->confirms || job->is_exhausted)
    return;
  job->state = JOB_PAUSED;
  set_note (job, g_steal_pointer (&note));
}

/* TRUE: nothing is to be sent now. */
static gboolean
waits_for_results (Entry *entry)
{
  Job *job = entry->job;
  gboolean in_canary = job->max_failed_percent > 0 && job->step < JOB_N_STEPS;

  if (job->is_exhausted)
    {
      if (job->watched->len == 0 || entry->n_looks >= LAST_LOOKS)
        job->state = JOB_DONE;
      return TRUE;
    }
  if (!in_canary || job->step_sent < job_steps[job->step])
    return FALSE;
  if (job->watched->len == 0)
    end_canary_step (job);
  return job->watched->len > 0 || job->state != JOB_RUNNING;
}

static gint64
pause_after (const Job *job, guint sent)
{
  if (sent == 0)
    return LOOK_US;
  return job->rate > 0 ? (gint64) (sent / job->rate * G_USEC_PER_SEC) : 0;
}

/* Without the lock.  How long until the next one. */
static gint64
work (Jobs *jobs, Entry *entry, GError **error)
{
  Job *job = entry->job;
  guint sent = 0;

  if (!job->is_counted && !count_all (jobs, job, error))
    return 0;
  look (jobs, job);
  if (fails_too_often (job))
    stop_itself (job);
  else if (!waits_for_results (entry))
    {
      if (!send_chunk (jobs, job, &sent, error))
        return 0;
      entry->n_looks = 0;
    }
  if (sent == 0)
    entry->n_looks++;
  if (job->state != JOB_RUNNING && !keep (jobs, job, error))
    return 0;
  return job->is_exhausted ? LOOK_US : pause_after (job, sent);
}

/* ---- The thread ---- */

/* With the lock.  Wishes of people go before what the step came to, unless it ended the job. */
static void
grant_wish (Jobs *jobs, Entry *entry)
{
  Job *job = entry->job;
  gboolean must_be_kept = entry->has_wish || entry->wished_rate >= 0;

  if (entry->wished_rate >= 0)
    job->rate = entry->wished_rate;
  if (entry->has_wish && !job_is_finished (job))
    {
      job->state = entry->wish;
      set_note (job, g_strdup (""));
    }
  entry->has_wish = FALSE;
  entry->wished_rate = -1;
  if (!must_be_kept)
    return;
  g_mutex_unlock (&jobs->lock);
  {
    g_autoptr (GError) error = NULL;

    if (!keep (jobs, job, &error))
      log_message (LOG_WARNING, "jobs", "Job %" G_GINT64_FORMAT " could not be kept: %s", job->id,
                   error->message);
  }
  g_mutex_lock (&jobs->lock);
}

static void
fail_job (Jobs *jobs, Job *job, const GError *error)
{
  g_autoptr (GError) ignored = NULL;

  if (is_stopping (jobs))
    return;
  log_message (LOG_WARNING, "jobs", "Job %" G_GINT64_FORMAT " is paused: %s", job->id,
               error->message);
  job->state = JOB_PAUSED;
  set_note (job, g_strdup (error->message));
  if (!keep (jobs, job, &ignored))
    log_message (LOG_WARNING, "jobs", "and that cannot be kept: %s", ignored->message);
}

/* With the lock, which is given up meanwhile. */
static void
run (Jobs *jobs, Entry *entry)
{
  g_autoptr (GError) error = NULL;
  gint64 begun_us = g_get_monotonic_time (), pause_us;

  entry->is_busy = TRUE;
  g_mutex_unlock (&jobs->lock);
  pause_us = work (jobs, entry, &error);
  if (error != NULL)
    fail_job (jobs, entry->job, error);
  g_mutex_lock (&jobs->lock);
  grant_wish (jobs, entry);
  /* From when it should have begun, or the rate would be missed by what each step takes. */
  if (begun_us - entry->next_us > MAX_LAG_US)
    entry->next_us = begun_us;
  entry->next_us += pause_us;
  entry->is_busy = FALSE;
  g_cond_broadcast (&jobs->moved);
  if (job_is_finished (entry->job))
    {
      log_message (LOG_INFO, "jobs", "Job %" G_GINT64_FORMAT " is %s: %" G_GINT64_FORMAT " done",
                   entry->job->id, job_state_name (entry->job->state), entry->job->applied);
      g_ptr_array_remove (jobs->entries, entry);
    }
}

/* With the lock. */
static Entry *
next_entry (Jobs *jobs)
{
  Entry *next = NULL;

  for (guint i = 0; i < jobs->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (jobs->entries, i);

      if (entry->job->state == JOB_RUNNING && !entry->is_busy &&
          (next == NULL || entry->next_us < next->next_us))
        next = entry;
    }
  return next;
}

static gpointer
work_in_thread (gpointer data)
{
  Jobs *jobs = data;

  g_mutex_lock (&jobs->lock);
  while (!jobs->stopping)
    {
      Entry *entry = next_entry (jobs);

      if (entry == NULL)
        g_cond_wait (&jobs->moved, &jobs->lock);
      else if (entry->next_us > g_get_monotonic_time ())
        g_cond_wait_until (&jobs->moved, &jobs->lock, entry->next_us);
      else
        run (jobs, entry);
    }
  g_mutex_unlock (&jobs->lock);
  return NULL;
}

/* ---- Public ---- */

static Entry *
add (Jobs *jobs, Job *job)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->job = job;
  entry->wished_rate = -1;
  g_ptr_array_add (jobs->entries, entry);
  return entry;
}

/* The newest first, as the records come. */
static void
load_page (Jobs *jobs, const GPtrArray *records)
{
  for (guint i = 0; i < records->len; i++)
    {
      const StoredRecord *record = records->pdata[i];
      g_autoptr (Job) job = job_from_record (record);

      jobs->newest_id = MAX (jobs->newest_id, record->id);
      if (job != NULL && !job_is_finished (job))
        add (jobs, g_steal_pointer (&job));
    }
}

static gint
by_id (gconstpointer a, gconstpointer b)
{
  const Entry *one = *(const Entry *const *) a, *other = *(const Entry *const *) b;

  return (one->job->id > other->job->id) - (one->job->id < other->job->id);
}

static void
load (Jobs *jobs)
{
  Store *store = jobs->control->setup.store;
  gint64 before = 0;
  guint found;

  do
    {
      g_autoptr (GPtrArray) records = NULL;
      g_autoptr (GError) error = NULL;

      if (!store->engine->find_records (store, RECORD_JOB, NULL, before, RECORD_PAGE, &records,
                                        &error))
        {
          log_message (LOG_WARNING, "jobs", "Jobs cannot be read: %s", error->message);
          break;
        }
      load_page (jobs, records);
      found = records->len;
      if (found > 0)
        before = ((const StoredRecord *) records->pdata[found - 1])->id;
    }
  while (found == RECORD_PAGE);
  g_ptr_array_sort (jobs->entries, by_id);
}

Jobs *
jobs_new (Control *control)
{
  Jobs *jobs = g_new0 (Jobs, 1);

  jobs->control = control;
  g_mutex_init (&jobs->lock);
  g_cond_init (&jobs->moved);
  jobs->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  load (jobs);
  jobs->thread = g_thread_new ("jobs", work_in_thread, jobs);
  return jobs;
}

void
jobs_stop (Jobs *jobs)
{
  g_mutex_lock (&jobs->lock);
  jobs->stopping = TRUE;
  g_cond_broadcast (&jobs->moved);
  g_mutex_unlock (&jobs->lock);
}

void
jobs_free (Jobs *jobs)
{
  jobs_stop (jobs);
  g_thread_join (jobs->thread);
  g_ptr_array_unref (jobs->entries);
  g_cond_clear (&jobs->moved);
  g_mutex_clear (&jobs->lock);
  g_free (jobs);
}

static gboolean
has_room (Jobs *jobs, GError **error)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (jobs->control->setup.snapshots);
  guint most = snapshot->configuration->router.unfinished_jobs;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&jobs->lock);

  if (jobs->entries->len < most)
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT,
               "There are %u jobs that are not finished, and Limits.UnfinishedJobs is %u; cancel "
               "one, or raise it in router.json",
               jobs->entries->len, most);
  return FALSE;
}

gboolean
jobs_create (Jobs *jobs, const ControlJob *wanted, gint64 *out_id, GError **error)
{
  gint64 now_us = clock_wall_us (jobs->control->setup.clock);
  g_autoptr (Job) job = job_new ();
  g_autoptr (JsonNode) root = NULL;
  DeliveryQuery bound = { 0 }, wanted_query;

  job->kind = wanted->kind;
  job->until_us = wanted->until_us;
  job->filter = g_strdup (wanted->filter);
  if (wanted->kind == JOURNAL_REPLAY)
    job->how = wanted->how;
  job->actor = g_strdup (wanted->actor);
  job->reason = g_strdup (wanted->reason);
  job->rate = wanted->rate;
  job->max_failed_percent = wanted->kind == JOURNAL_REPLAY ? wanted->max_failed_percent : 0;
  job->confirms = job->max_failed_percent > 0 && wanted->confirms;
  job->operation = control_next_operation (jobs->control);
  job->created_us = now_us;
  bound.states = control_states_for (job->kind);
  if (!read_query (job, &wanted_query, &root, error) || !has_room (jobs, error) ||
      !control_bound_changes (jobs->control, &bound, error))
    return FALSE;
  job->cutoff_us = bound.to_us;
  if (!keep (jobs, job, error))
    return FALSE;
  *out_id = job->id;
  g_mutex_lock (&jobs->lock);
  jobs->newest_id = MAX (jobs->newest_id, job->id);
  add (jobs, g_steal_pointer (&job));
  g_cond_broadcast (&jobs->moved);
  g_mutex_unlock (&jobs->lock);
  return TRUE;
}

/* With the lock. */
static Entry *
find (Jobs *jobs, gint64 id)
{
  for (guint i = 0; i < jobs->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (jobs->entries, i);

      if (entry->job->id == id)
        return entry;
    }
  return NULL;
}

/* With the lock, which is given up meanwhile.  Whoever has the job grants the wish when he gives it
 * back; else it is granted here. */
static void
await_wish (Jobs *jobs, gint64 id)
{
  Entry *entry;

  while ((entry = find (jobs, id)) != NULL && entry->is_busy)
    g_cond_wait (&jobs->moved, &jobs->lock);
  if (entry == NULL || (!entry->has_wish && entry->wished_rate < 0))
    return;
  entry->is_busy = TRUE;
  grant_wish (jobs, entry);
  entry->is_busy = FALSE;
  entry->next_us = 0;
  if (job_is_finished (entry->job))
    g_ptr_array_remove (jobs->entries, entry);
  g_cond_broadcast (&jobs->moved);
}

/* With the lock.  Beside what somebody else wishes who waits as well: a rate takes back no pause,
 * and nothing a cancelling. */
static void
add_wish (Entry *entry, ControlJobAction action, double rate)
{
  if (action == CONTROL_JOB_RATE)
    entry->wished_rate = rate;
  else if (!entry->has_wish || entry->wish != JOB_CANCELLED)
    {
      entry->has_wish = TRUE;
      entry->wish = action == CONTROL_JOB_PAUSE    ? JOB_PAUSED
                    : action == CONTROL_JOB_CANCEL ? JOB_CANCELLED
                                                   : JOB_RUNNING;
    }
}

gboolean
jobs_act (Jobs *jobs, gint64 id, ControlJobAction action, double rate, GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&jobs->lock);
  Entry *entry = find (jobs, id);

  if (entry == NULL)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND,
                   "There is no unfinished job %" G_GINT64_FORMAT, id);
      return FALSE;
    }
  add_wish (entry, action, rate);
  await_wish (jobs, id);
  return TRUE;
}
