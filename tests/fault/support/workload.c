/* The plan is made first, from the seed; running it and checking it both go by the plan. */
#include "workload.h"

#include "base/error.h"
#include "store/sqlite/sqlite-store.h"
#include "store/writer.h"

#include <string.h>

#define START_US G_GINT64_CONSTANT (1795251600000000)
#define GENERATION 1
#define MAX_OWED 2
#define MAX_BURST 9

/* Of what is wrong with one store; the rest is counted. */
#define MAX_TOLD 3

typedef enum
{
  STEP_APPEND,
  STEP_SETTLE,
  STEP_OPERATE,
} StepKind;

/* One item for the writer; step i is promise i + 1. */
typedef struct
{
  StepKind kind;
  guint event;    /* number */
  guint32 index;  /* of the delivery */
  guint position; /* in the delivery's history, from 1 */
  guint attempt;
  DeliveryState state; /* after it */
  JournalKind action;  /* of an operator */
} Step;

typedef struct
{
  guint owes;
  guint append_step;
  gint64 seq;
  /* Of each delivery, what has been planned. */
  GArray *steps[MAX_OWED + 1]; /* guint: indexes of steps, in order */
  DeliveryState state[MAX_OWED + 1];
  guint attempts[MAX_OWED + 1];
} PlannedEvent;

struct Workload
{
  WorkloadSettings settings;
  GArray *steps;
  GArray *bursts; /* guint: how many steps are under way together */
  GPtrArray *events;

  GMutex lock;
  GCond changed;
  guint n_completed; /* guarded by lock */
  guint n_promised;  /* guarded by lock */
  GError *failure;   /* guarded by lock; the first */
  StoreEngine engine;
  guint n_commits;

  guint n_told;
};

/* ---- The plan ---- */

static void
planned_event_free (gpointer data)
{
  PlannedEvent *event = data;

  for (guint i = 1; i <= MAX_OWED; i++)
    g_array_unref (event->steps[i]);
  g_free (event);
}

static void
plan_append (Workload *workload, GRand *rand)
{
  PlannedEvent *event = g_new0 (PlannedEvent, 1);
  Step step = { .kind = STEP_APPEND, .event = workload->events->len };

  event->owes = (guint) g_rand_int_range (rand, 0, MAX_OWED + 1);
  event->append_step = workload->steps->len;
  for (guint i = 1; i <= MAX_OWED; i++)
    {
      event->steps[i] = g_array_new (FALSE, FALSE, sizeof (guint));
      event->state[i] = DELIVERY_READY;
    }
  g_ptr_array_add (workload->events, event);
  g_array_append_val (workload->steps, step);
}

/* Dead ones are for operators, unsettled ones for attempts, done ones are left alone. */
static void
plan_change (Workload *workload, guint number, guint32 index, GRand *rand)
{
  static const DeliveryState outcomes[] = { DELIVERY_DONE, DELIVERY_DONE, DELIVERY_WAITING,
                                            DELIVERY_DEAD };
  PlannedEvent *event = workload->events->pdata[number];
  Step step = { .event = number, .index = index, .position = event->steps[index]->len + 1 };
  guint i = workload->steps->len;

  if (event->state[index] == DELIVERY_DONE || event->state[index] == DELIVERY_DISCARDED)
    return;
  if (event->state[index] == DELIVERY_DEAD)
    {
      step.kind = STEP_OPERATE;
      step.action = g_rand_boolean (rand) ? JOURNAL_REPLAY : JOURNAL_DISCARD;
      step.state = step.action == JOURNAL_REPLAY ? DELIVERY_READY : DELIVERY_DISCARDED;
    }
  else
    {
      step.kind = STEP_SETTLE;
      step.attempt = ++event->attempts[index];
      step.state = outcomes[g_rand_int_range (rand, 0, G_N_ELEMENTS (outcomes))];
    }
  event->state[index] = step.state;
  g_array_append_val (event->steps[index], i);
  g_array_append_val (workload->steps, step);
}

/* Events of this burst, and changes to deliveries of those before. */
static void
plan_burst (Workload *workload, GRand *rand)
{
  guint n_before = workload->events->len, begin = workload->steps->len;
  guint n_new = (guint) g_rand_int_range (rand, 1, MAX_BURST);
  guint n;

  for (guint number = n_before > 12 ? n_before - 12 : 0; number < n_before; number++)
    {
      const PlannedEvent *event = workload->events->pdata[number];

      for (guint32 index = 1; index <= event->owes; index++)
        if (g_rand_int_range (rand, 0, 3) == 0)
          plan_change (workload, number, index, rand);
    }
  for (guint i = 0; i < n_new; i++)
    plan_append (workload, rand);
  n = workload->steps->len - begin;
  g_array_append_val (workload->bursts, n);
}

Workload *
workload_new (const WorkloadSettings *settings)
{
  Workload *workload = g_new0 (Workload, 1);
  g_autoptr (GRand) rand = g_rand_new_with_seed (settings->seed);

  workload->settings = *settings;
  workload->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  workload->bursts = g_array_new (FALSE, FALSE, sizeof (guint));
  workload->events = g_ptr_array_new_with_free_func (planned_event_free);
  g_mutex_init (&workload->lock);
  g_cond_init (&workload->changed);
  while (workload->events->len < settings->n_events)
    plan_burst (workload, rand);
  return workload;
}

void
workload_free (Workload *workload)
{
  g_array_unref (workload->steps);
  g_array_unref (workload->bursts);
  g_ptr_array_unref (workload->events);
  g_clear_error (&workload->failure);
  g_mutex_clear (&workload->lock);
  g_cond_clear (&workload->changed);
  g_free (workload);
}

/* ---- Items ---- */

static const char content[] =
    "{\"webhook/1.json\":\"{\\\"Url\\\":\\\"http://127.0.0.1:9/1\\\"}\","
    "\"webhook/2.json\":\"{\\\"Url\\\":\\\"http://127.0.0.1:9/2\\\"}\","
    "\"rule/default/r1.json\":\"{\\\"EventPattern\\\":{\\\"detail\\\":{\\\"owes\\\":[1,2]}},"
    "\\\"Targets\\\":[{\\\"Id\\\":\\\"t\\\",\\\"Arn\\\":\\\"webhook/1\\\"}]}\","
    "\"rule/default/r2.json\":\"{\\\"EventPattern\\\":{\\\"detail\\\":{\\\"owes\\\":[2]}},"
    "\\\"Targets\\\":[{\\\"Id\\\":\\\"t\\\",\\\"Arn\\\":\\\"webhook/2\\\"}]}\"}";

static char *
event_id (guint number)
{
  return g_strdup_printf ("00000000-0000-7000-8000-%012u", number);
}

/* Some fill several pages. */
static char *
body_text (const Workload *workload, guint number)
{
  const PlannedEvent *event = workload->events->pdata[number];
  g_autofree char *filling = g_strnfill (number % 11 == 0 ? 9000 : number % 7 * 100, 'x');

  return g_strdup_printf ("{\"number\":%u, \"owes\":%u, \"filling\":\"%s\"}", number, event->owes,
                          filling);
}

static void
fill_append (Workload *workload, AppendEvent *append, guint number)
{
  const PlannedEvent *event = workload->events->pdata[number];
  char *text = body_text (workload, number);
  g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));
  g_autofree char *id = event_id (number);

  append->event = event_new (&(Event){ .id = id,
                                       .bus = (char *) "default",
                                       .ingress = (char *) "api",
                                       .source = (char *) "shop",
                                       .detail_type = (char *) "Order",
                                       .time_us = START_US,
                                       .received_us = START_US + number,
                                       .resources = (char *) "[]",
                                       .content_type = (char *) "application/json",
                                       .body = body,
                                       .generation = GENERATION });
  append->matched = g_new0 (char *, event->owes + 1);
  append->n_deliveries = event->owes;
  append->deliveries = g_new0 (NewDelivery, MAX (event->owes, 1));
  for (guint i = 0; i < event->owes; i++)
    {
      append->matched[i] = g_strdup_printf ("default/r%u", i + 1);
      append->deliveries[i] = (NewDelivery){ g_strdup (append->matched[i]), g_strdup ("t"),
                                             g_strdup_printf ("webhook/%u", i + 1), START_US };
    }
}

static JournalEntry *
make_entry (const Step *step, JournalKind kind)
{
  JournalEntry *entry = g_new0 (JournalEntry, 1);

  entry->kind = kind;
  entry->at_us = START_US + step->event + step->position;
  entry->actor = g_strdup ("");
  entry->reason = g_strdup ("");
  entry->outcome.retry_after_us = -1;
  entry->outcome.note = g_strdup ("");
  if (kind != JOURNAL_ATTEMPT)
    return entry;
  entry->attempt = step->attempt;
  entry->outcome.kind = step->state == DELIVERY_DONE      ? OUTCOME_DELIVERED
                        : step->state == DELIVERY_WAITING ? OUTCOME_RETRY
                                                          : OUTCOME_REFUSED;
  entry->outcome.status = step->state == DELIVERY_DONE ? 200 : 503;
  if (step->state != DELIVERY_DONE)
    entry->outcome.error_code = ERROR_CODE_ERROR_FROM_TARGET;
  return entry;
}

static BatchItem *
make_item (Workload *workload, const Step *step)
{
  const PlannedEvent *event = workload->events->pdata[step->event];
  DeliveryKey key = { event->seq, step->index };
  BatchItem *item;

  switch (step->kind)
    {
    case STEP_APPEND:
      item = batch_item_new_append (1);
      fill_append (workload, &item->append.events[0], step->event);
      return item;
    case STEP_SETTLE:
      item = batch_item_new_settle ();
      item->settlement = (Settlement){ .key = key,
                                       .entry = make_entry (step, JOURNAL_ATTEMPT),
                                       .state = step->state,
                                       .due_us = START_US + G_USEC_PER_SEC,
                                       .dead = step->state == DELIVERY_DEAD ? DEAD_REFUSED
                                                                            : DEAD_NOT };
      return item;
    case STEP_OPERATE:
      item = batch_item_new_operate (1);
      item->operate.actions[0].key = key;
      item->operate.actions[0].entry = make_entry (step, step->action);
      return item;
    }
  g_assert_not_reached ();
}

static BatchItem *
make_generation (void)
{
  BatchItem *item = batch_item_new_generation ();

  item->generation = (NewGeneration){ GENERATION, START_US, g_strdup ("start"), g_strdup ("digest"),
                                      g_strdup (content) };
  return item;
}

/* ---- Running ---- */

static Workload *
workload_of (Store *store)
{
  return (Workload *) ((char *) store->engine - G_STRUCT_OFFSET (Workload, engine));
}

/* Now and then the log is brought into the file, as in an idle moment with a log that is long
 * enough. */
static gboolean
commit_ahead (Store *store, Batch *batch, GError **error)
{
  Workload *workload = workload_of (store);

  if (!store_engine_sqlite.commit_ahead (store, batch, error))
    return FALSE;
  if (++workload->n_commits % 6 == 0)
    {
      ((SqliteStore *) store)->log_frames = 100000;
      ((SqliteStore *) store)->log_frames_tried = 0;
      store_engine_sqlite.idle (store);
    }
  return TRUE;
}

/* Broken on purpose. */
static gboolean
sync_nothing (Store *store, GError **error)
{
  return TRUE;
}

static void
promise (Workload *workload)
{
  guint n = ++workload->n_promised;

  if (workload->settings.promised != NULL)
    workload->settings.promised (n, workload->settings.user_data);
}

/* Writer thread; the writer completes in the order of submission. */
static void
completed (const BatchItem *item, const GError *error, gpointer user_data)
{
  Workload *workload = user_data;

  g_mutex_lock (&workload->lock);
  if (error != NULL && workload->failure == NULL)
    workload->failure = g_error_copy (error);
  if (item->kind == BATCH_APPEND && error == NULL)
    {
      guint number = (guint) (item->append.events[0].event->received_us - START_US);

      ((PlannedEvent *) workload->events->pdata[number])->seq = item->append.events[0].out_seq;
    }
  workload->n_completed++;
  if (workload->failure == NULL && !workload->settings.early)
    promise (workload);
  g_cond_signal (&workload->changed);
  g_mutex_unlock (&workload->lock);
}

static gboolean
has_failed (Workload *workload)
{
  gboolean failed;

  g_mutex_lock (&workload->lock);
  failed = workload->failure != NULL;
  g_mutex_unlock (&workload->lock);
  return failed;
}

static void
submit (Workload *workload, Writer *writer, guint step)
{
  BatchItem *item = make_item (workload, &g_array_index (workload->steps, Step, step));
  g_autoptr (GError) error = NULL;

  if (workload->settings.early)
    promise (workload);
  if (writer_submit (writer, item, completed, workload, &error))
    return;
  g_mutex_lock (&workload->lock);
  workload->n_completed++;
  if (workload->failure == NULL)
    workload->failure = g_steal_pointer (&error);
  g_mutex_unlock (&workload->lock);
}

/* Submits a burst and waits for all of it. */
static void
run_burst (Workload *workload, Writer *writer, guint begin, guint n)
{
  for (guint i = 0; i < n; i++)
    submit (workload, writer, begin + i);
  g_mutex_lock (&workload->lock);
  while (workload->n_completed < begin + n)
    g_cond_wait (&workload->changed, &workload->lock);
  g_mutex_unlock (&workload->lock);
}

static void
run_plan (Workload *workload, Writer *writer)
{
  guint begin = 0;

  for (guint i = 0; i < workload->bursts->len && !has_failed (workload); i++)
    {
      guint n = g_array_index (workload->bursts, guint, i);

      run_burst (workload, writer, begin, n);
      begin += n;
    }
}

gboolean
workload_run (Workload *workload, const char *folder, GError **out_error)
{
  static const WriterSettings settings = { .max_queued_events = 1000,
                                           .max_batch_items = 6,
                                           .full_retry_ms = 1 };
  Store *store = store_engine_sqlite.open (folder, out_error);
  Writer *writer;
  gboolean ok;

  if (store == NULL)
    return FALSE;
  workload->engine = store_engine_sqlite;
  workload->engine.commit_ahead = commit_ahead;
  store->engine = &workload->engine;
  if (workload->settings.unsynced)
    {
      workload->engine.sync = sync_nothing;
      database_execute (((SqliteStore *) store)->writer, "PRAGMA synchronous = OFF", NULL);
    }
  writer = writer_new (store, &settings, NULL, NULL);
  ok = writer_submit_and_wait (writer, make_generation (), out_error);
  if (ok)
    run_plan (workload, writer);
  writer_free (writer);
  store_close (store);
  if (ok && workload->failure != NULL)
    {
      g_propagate_error (out_error, g_error_copy (workload->failure));
      return FALSE;
    }
  return ok;
}

guint
workload_n_promised (Workload *workload)
{
  return workload->n_promised;
}

/* ---- Checking ---- */

void
workload_tell (Workload *workload, Evidence *evidence, guint n)
{
  if (workload->n_told == 0)
    evidence_generation (evidence, GENERATION, content);
  while (workload->n_told < n)
    {
      const Step *step = &g_array_index (workload->steps, Step, workload->n_told);

      workload->n_told++;
      if (step->kind == STEP_APPEND)
        {
          g_autofree char *id = event_id (step->event);
          g_autofree char *body = body_text (workload, step->event);

          evidence_acknowledged (evidence, id, body, strlen (body));
        }
    }
}

static void report (GPtrArray *found, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
report (GPtrArray *found, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (found, g_strdup_vprintf (format, args));
  va_end (args);
}

static DeliveryState
state_after (const Workload *workload, const GArray *steps, guint n)
{
  if (n == 0)
    return DELIVERY_READY;
  return g_array_index (workload->steps, Step, g_array_index (steps, guint, n - 1)).state;
}

static void
check_delivery (Workload *workload,
                Store *store,
                const StoredDelivery *delivery,
                const GArray *steps,
                guint n,
                GPtrArray *found)
{
  g_autoptr (GPtrArray) journal = NULL;
  g_autoptr (GError) error = NULL;
  guint n_promised = 0;

  if (!store->engine->load_journal (store, delivery->key, &journal, &error))
    {
      report (found, "the history of %s cannot be read: %s", delivery->id, error->message);
      return;
    }
  while (n_promised < steps->len && g_array_index (steps, guint, n_promised) < n)
    n_promised++;
  if (journal->len < n_promised || journal->len > steps->len)
    report (found, "%s has %u entries in its history, %u were promised and %u planned",
            delivery->id, journal->len, n_promised, steps->len);
  else if (delivery->state != state_after (workload, steps, journal->len))
    report (found, "%s is %s, which its %u entries do not lead to", delivery->id,
            delivery_state_name (delivery->state), journal->len);
}

void
workload_check (Workload *workload, Store *store, guint n, GPtrArray *found)
{
  for (guint number = 0; number < workload->events->len; number++)
    {
      const PlannedEvent *event = workload->events->pdata[number];
      g_autofree char *id = event_id (number);
      g_autoptr (GPtrArray) deliveries = NULL;
      g_autoptr (GError) error = NULL;

      if (!store->engine->load_deliveries (store, id, &deliveries, &error))
        {
          if (event->append_step < n)
            report (found, "event %u was promised and is lost: %s", number, error->message);
          continue;
        }
      for (guint i = 0; i < deliveries->len; i++)
        check_delivery (workload, store, deliveries->pdata[i], event->steps[i + 1], n, found);
    }
}

static void
check_file (Store *store, GPtrArray *found)
{
  Database *database = ((SqliteStore *) store)->writer;
  g_autoptr (GError) error = NULL;
  g_autoptr (Statement) check = database_prepare (database, "PRAGMA integrity_check", &error);
  gboolean has_row;

  if (check == NULL || !statement_step (check, &has_row, "check", &error))
    report (found, "the file cannot be checked: %s", error->message);
  else if (!g_str_equal (statement_read_text (check), "ok"))
    report (found, "the file is damaged: %s", statement_read_text (check));
}

/* A store that was crashed takes and keeps the next event. */
static void
check_life (Workload *workload, Store *store, GPtrArray *found)
{
  g_autoptr (BatchItem) item = batch_item_new_append (1);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  AppendEvent *append = &item->append.events[0];
  Batch batch = { items };
  Event fields;
  g_autoptr (Event) like = NULL;

  fill_append (workload, append, 0);
  like = g_steal_pointer (&append->event);
  fields = *like;
  fields.id = (char *) "00000000-0000-7000-8000-0000000fffff";
  append->event = event_new (&fields);
  g_ptr_array_add (items, item);
  if (!store->engine->commit (store, &batch, &error))
    report (found, "the next event is not taken: %s", error->message);
}

char *
workload_check_folder (Workload *workload, Evidence *evidence, const char *folder, guint n)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) broken = NULL;
  g_autoptr (GError) error = NULL;
  Store *store = store_engine_sqlite.open (folder, &error);

  if (store == NULL)
    return g_strdup_printf ("the store cannot be opened: %s", error->message);
  workload_tell (workload, evidence, n);
  check_file (store, found);
  workload_check (workload, store, n, found);
  broken = evidence_check (evidence, store, FALSE);
  for (guint i = 0; i < broken->len; i++)
    g_ptr_array_add (found, g_strdup (broken->pdata[i]));
  check_life (workload, store, found);
  store_close (store);
  if (found->len == 0)
    return NULL;
  if (found->len > MAX_TOLD)
    {
      guint n_more = found->len - MAX_TOLD;

      g_ptr_array_set_size (found, MAX_TOLD);
      g_ptr_array_add (found, g_strdup_printf ("and %u more", n_more));
    }
  g_ptr_array_add (found, NULL);
  return g_strjoinv ("\n  ", (char **) found->pdata);
}
