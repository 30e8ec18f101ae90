/* simulate: a router's whole life in made-up time, by chance, the same for the same seed.
 *
 * Usage: simulate [--world] [--repeat] [--log] [STEPS [SEED]]
 *
 * The real parts (store, writer, ingress, schedule, deliver, policy, control) run with threads that
 * take turns, clocks that are moved, targets that follow a script (healthy, slow, busy, flapping,
 * resetting, lying, refusing, away) and a disk in memory that fails, fills up and loses its power.
 * Senders post, also the same again with its key, operators replay, discard, edit, pause and
 * resume; targets have orders, priorities, delays and a queue for dead letters; the router is
 * killed and started again; the wall clock jumps by hours.  A step is one turn of a thread, or one
 * such thing.
 *
 * STEPS (1000000) are divided into worlds of some thousand steps, each with a seed of its own, and
 * a process, from SEED (1) on.  At the end of a world all targets are well, and everything must
 * come to its end; then L1 to L6 are checked, that no retry policy was exceeded, that a key was one
 * event, that an order was kept, and that the queue has every dead letter as often as it died.  A
 * failing world prints how to see it again: simulate --world STEPS SEED runs that one alone.  With
 * --repeat each world runs twice and must go the same way. */
#include "support/disk.h"
#include "support/targets.h"
#include "support/turns.h"
#include "support/world.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define START_US G_GINT64_CONSTANT (1795251600000000)
#define STEPS_A_WORLD 5000
#define STEPS_A_POST 18
#define N_RULES 6
#define N_WORDS 10
#define N_ORDERS 5
#define DEAD_QUEUE "dead"

/* Of every target here; base waits are at least a second. */
#define MAX_RETRIES 6
#define STORM_WITHIN_US (700 * 1000)
#define STORM_ATTEMPTS 5

#define MAX_SHOWN 5

/* Longer than any policy here, and the waits that targets ask for. */
#define DRAIN_US (30 * G_TIME_SPAN_DAY)

typedef struct
{
  guint64 n_steps, n_asked;
  guint n_events, n_acknowledged, n_refused;
  guint n_crashes, n_restarts, n_failures, n_jumps, n_operations;
  guint n_repeated, n_pauses, n_ordered, n_dead_letters;
  guint n_found;
  gint64 time_us;
  char digest[65];
} Result;

typedef struct
{
  World *world;
  GRand *rand;
  Result *result;
  guint32 seed;
  guint n_steps;
  GChecksum *digest;
  GHashTable
      *last; /* delivery id -> gint64[STORM_ATTEMPTS], monotonic times of its last attempts */
  GHashTable *heads;    /* order key -> DeliveryKey of the last one that was tried */
  guint trouble_until;  /* step at which the disk is well again */
  guint n_keys;         /* of senders, so far */
  char *key, *key_body; /* the last one; NULL: none */
  gint64 key_us;        /* monotonic */
} Run;

static gboolean one_world, repeat, with_log;

static const GOptionEntry options[] = {
  { "world", 0, 0, G_OPTION_ARG_NONE, &one_world, "one world of STEPS steps", NULL },
  { "log", 0, 0, G_OPTION_ARG_NONE, &with_log, "with the router's own log", NULL },
  { "repeat", 0, 0, G_OPTION_ARG_NONE, &repeat, "each world twice, which must be the same", NULL },
  { NULL },
};

static guint
below (Run *run, guint limit)
{
  return (guint) g_rand_int_range (run->rand, 0, (gint32) limit);
}

/* ---- What is watched on the way ---- */

static void found (Run *run, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
found (Run *run, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (run->world->found, g_strdup_vprintf (format, args));
  va_end (args);
}

/* What was replayed waits for its turn once more. */
static gboolean
has_turn (Store *store, DeliveryKey key)
{
  StoredDelivery *delivery = NULL;
  gboolean has;

  if (!store->engine->load_delivery (store, key, &delivery, NULL, NULL))
    return FALSE; /* A disk that fails tells nothing. */
  has = store_is_unsettled (delivery->state) && delivery->due_us != DELIVERY_NEVER_US;
  stored_delivery_free (delivery);
  return has;
}

/* Of an order key nobody goes before the one that had its turn is settled. */
static void
check_order (Run *run, const char *delivery_id)
{
  Store *store = run->world->store;
  g_autoptr (StoredDelivery) delivery = NULL;
  const DeliveryKey *head;
  DeliveryKey key, before;

  if (store == NULL || !store_find_key (store, delivery_id, &key, NULL) ||
      !store->engine->load_delivery (store, key, &delivery, NULL, NULL) || delivery->order_key == 0)
    return;
  run->result->n_ordered++;
  head = g_hash_table_lookup (run->heads, &delivery->order_key);
  before = head != NULL ? *head : key;
  if (!delivery_key_equal (&before, &key) && has_turn (store, before))
    found (run, "order: %s was tried while another one with its order key is unsettled",
           delivery_id);
  g_hash_table_replace (run->heads, g_memdup2 (&delivery->order_key, sizeof (gint64)),
                        g_memdup2 (&key, sizeof key));
}

/* Each attempt is part of the way that a repetition must go; many at the same time are a storm. */
static void
asked (const char *delivery_id, guint attempt, guint status, gpointer user_data)
{
  Run *run = user_data;
  gint64 now_us = turns_now_us (), *last;
  g_autofree char *line = g_strdup_printf ("%s %u %u %" G_GINT64_FORMAT "\n", delivery_id, attempt,
                                           status, now_us);

  g_checksum_update (run->digest, (const guchar *) line, -1);
  /* Others may have their turn meanwhile. */
  check_order (run, delivery_id);
  last = g_hash_table_lookup (run->last, delivery_id);
  if (last == NULL)
    {
      last = g_new (gint64, STORM_ATTEMPTS);
      for (guint i = 0; i < STORM_ATTEMPTS; i++)
        last[i] = G_MININT64 / 2;
      g_hash_table_insert (run->last, g_strdup (delivery_id), last);
    }
  memmove (last, last + 1, (STORM_ATTEMPTS - 1) * sizeof *last);
  last[STORM_ATTEMPTS - 1] = now_us;
  if (now_us - last[0] < STORM_WITHIN_US)
    found (run, "storm: %s was tried %d times within %" G_GINT64_FORMAT " us", delivery_id,
           STORM_ATTEMPTS, now_us - last[0]);
}

/* ---- Configuration ---- */

/* Order keys and delays change nothing of what is owed. */
static void
add_plan (Run *run, GString *text)
{
  if (below (run, 3) == 0)
    g_string_append (text, ",\"OrderKey\":\"$.detail.order\"");
  if (below (run, 4) == 0)
    g_string_append_printf (text, ",\"Priority\":%u", below (run, 10));
  else if (below (run, 4) == 0)
    g_string_append (text, ",\"Priority\":\"$.detail.word\"");
  if (below (run, 6) == 0)
    g_string_append_printf (text, ",\"DelaySeconds\":%u", 1 + below (run, 900));
}

static char *
rule_text (Run *run)
{
  g_autoptr (GString) text = g_string_new ("{\"EventPattern\":{\"detail\":{\"word\":[");
  guint n_words = 1 + below (run, 4), n_targets = 1 + below (run, 3);

  for (guint i = 0; i < n_words; i++)
    g_string_append_printf (text, "%s%u", i > 0 ? "," : "", below (run, N_WORDS));
  g_string_append (text, "]}},\"Targets\":[");
  for (guint i = 0; i < n_targets; i++)
    {
      g_string_append_printf (
          text,
          "%s{\"Id\":\"t%u\",\"Arn\":\"webhook/%s-1\",\"RetryPolicy\":{"
          "\"MaximumRetryAttempts\":%u,\"MaximumEventAgeInSeconds\":%u,"
          "\"Backoff\":{\"BaseSeconds\":%u,\"Factor\":2,\"CapSeconds\":600,\"Jitter\":0.2}},"
          "\"DeadLetterConfig\":{\"Arn\":\"queue/" DEAD_QUEUE "\"}",
          i > 0 ? "," : "", i, target_name ((TargetKind) below (run, N_TARGETS)), MAX_RETRIES,
          below (run, 2) == 0 ? 3600 : 86400, 1 + below (run, 5));
      add_plan (run, text);
      g_string_append_c (text, '}');
    }
  g_string_append (text, "]}");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
configure (Run *run)
{
  world_config (run->world, "source/shop.json", "{}");
  world_config (run->world, "queue/" DEAD_QUEUE ".json", "{'MessageRetentionPeriod':1209600}");
  for (guint i = 0; i < N_TARGETS; i++)
    {
      g_autofree char *ref = g_strdup_printf ("webhook/%s-1", target_name ((TargetKind) i));
      g_autofree char *path = g_strconcat (ref, ".json", NULL);

      evidence_watch (run->world->evidence, ref);
      world_config (run->world, path, "{'Url':'http://127.0.0.1:9/','Concurrency':%u}",
                    1 + below (run, 8));
    }
  for (guint i = 0; i < N_RULES; i++)
    {
      g_autofree char *path = g_strdup_printf ("rule/default/r%u.json", i);
      g_autofree char *text = rule_text (run);

      world_config (run->world, path, "%s", text);
    }
}

/* ---- Things that happen ---- */

static char *
body_text (Run *run)
{
  g_autofree char *filling = g_strnfill (below (run, 20) == 0 ? 6000 : below (run, 200), 'x');

  return g_strdup_printf ("{\"word\": %u,  \"number\":%u,\"order\":%u,\"filling\":\"%s\"}",
                          below (run, N_WORDS), run->world->n_posted, below (run, N_ORDERS),
                          filling);
}

static void
post (Run *run)
{
  g_autofree char *body = body_text (run);

  world_post (run->world, body);
}

/* With a key; more often than not the one before once more, whose fate may be unknown. */
static void
post_keyed (Run *run)
{
  gboolean is_known = run->key != NULL && turns_now_us () - run->key_us < G_TIME_SPAN_HOUR;

  if (!is_known || below (run, 3) == 0)
    {
      g_free (run->key);
      g_free (run->key_body);
      run->key = g_strdup_printf ("\"key-%u\"", ++run->n_keys);
      run->key_body = body_text (run);
      run->key_us = turns_now_us ();
    }
  world_post_keyed (run->world, run->key, run->key_body);
}

static void
post_several (Run *run)
{
  g_autoptr (GPtrArray) bodies = g_ptr_array_new_with_free_func (g_free);
  guint n = 1 + below (run, 6);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (bodies, body_text (run));
  world_post_several (run->world, (const char *const *) bodies->pdata, n);
}

/* A batch of dead ones; which, chance decides. */
static void
operate (Run *run)
{
  JournalKind kind = below (run, 4) > 0 ? JOURNAL_REPLAY : JOURNAL_DISCARD;
  g_autofree char *connector = g_strdup_printf ("webhook/%s-1",
                                                target_name ((TargetKind) below (run, N_TARGETS)));
  DeliveryQuery query = { .states = DELIVERY_STATE_BIT (DELIVERY_DEAD), .connector = connector };
  OperateResult result;

  run->result->n_operations++;
  if (control_operate_query (run->world->control, kind, NULL, 0, &query, "operator", "by chance",
                             &result, NULL) &&
      result.applied > 0)
    g_hash_table_remove_all (run->last); /* what an operator asks for is no storm */
}

static void
set_paused (Run *run, TargetKind kind, gboolean paused)
{
  g_autofree char *connector = g_strdup_printf ("webhook/%s-1", target_name (kind));

  world_set_paused (run->world, connector, paused);
}

/* Resumed more often than paused, and all of them at the end. */
static void
pause_or_resume (Run *run)
{
  run->result->n_pauses++;
  set_paused (run, (TargetKind) below (run, N_TARGETS), below (run, 5) < 2);
}

static void
edit (Run *run)
{
  g_autofree char *path = g_strdup_printf ("rule/default/r%u.json", below (run, N_RULES));
  g_autofree char *text = below (run, 10) > 0 ? rule_text (run) : NULL;
  g_autofree char *file = g_build_filename (run->world->config_dir, path, NULL);

  if (text != NULL || g_file_test (file, G_FILE_TEST_EXISTS))
    world_edit (run->world, path, text);
}

static void
end_trouble (Run *run)
{
  run->trouble_until = 0;
  if (run->world->disk == NULL)
    return;
  disk_fail (run->world->disk, DISK_FAIL_WRITE, 0, FALSE);
  disk_set_room (run->world->disk, 0);
}

static void
crash_and_start (Run *run)
{
  end_trouble (run);
  world_crash (run->world, below (run, DISK_N_LOSSES), g_rand_int (run->rand));
  world_start (run->world);
  g_hash_table_remove_all (run->last); /* what was under way is rightly tried again at once */
}

static void
restart (Run *run)
{
  end_trouble (run);
  world_stop (run->world);
  world_start (run->world);
  g_hash_table_remove_all (run->last);
}

static void
begin_trouble (Run *run)
{
  static const DiskFailure failures[] = { DISK_FAIL_WRITE, DISK_FAIL_SYNC, DISK_FAIL_NO_ROOM,
                                          DISK_FAIL_SHORT };
  Disk *disk = run->world->disk;

  run->trouble_until = run->n_steps + 20 + below (run, 300);
  if (below (run, 2) == 0)
    disk_set_room (disk, disk_used (disk) + below (run, 100000));
  else
    disk_fail (disk, failures[below (run, G_N_ELEMENTS (failures))], 1 + below (run, 40), FALSE);
}

static void
jump (Run *run)
{
  gint64 hours = 1 + below (run, 12);

  run->result->n_jumps++;
  turns_jump ((below (run, 2) == 0 ? -hours : hours) * G_TIME_SPAN_HOUR);
  /* Keys are remembered by the wall clock. */
  world_forget_keys (run->world);
  g_clear_pointer (&run->key, g_free);
}

/* Sometimes less far than to the next thing that waits for its time. */
static void
pass_time (Run *run)
{
  gint64 next_us = turns_next_us ();
  gint64 now_us = turns_now_us ();

  if (next_us == G_MAXINT64)
    next_us = now_us + G_USEC_PER_SEC;
  if (next_us > now_us && below (run, 4) == 0)
    next_us = now_us + (gint64) (g_rand_double (run->rand) * (double) (next_us - now_us));
  turns_advance_to (next_us);
}

static void
happen (Run *run)
{
  guint dice = below (run, 1000);
  gboolean on_disk = run->world->disk != NULL;

  if (dice < 400)
    {
      if (run->world->n_posted * STEPS_A_POST > run->n_steps)
        pass_time (run);
      else if (dice < 280)
        post (run);
      else if (dice < 350)
        post_keyed (run);
      else
        post_several (run);
    }
  else if (dice < 420)
    operate (run);
  else if (dice < 426)
    edit (run);
  else if (dice < 431 && on_disk)
    crash_and_start (run);
  else if (dice < 433)
    restart (run);
  else if (dice < 438 && on_disk)
    begin_trouble (run);
  else if (dice < 440)
    jump (run);
  else if (dice < 455)
    pause_or_resume (run);
  else
    pass_time (run);
}

static void
recover (Run *run)
{
  if (run->world->has_failed)
    {
      run->result->n_failures++;
      crash_and_start (run);
    }
  if (run->trouble_until != 0 && run->n_steps >= run->trouble_until)
    end_trouble (run);
}

/* ---- The end ---- */

static guint64
count_unsettled (World *world)
{
  g_autoptr (GError) error = NULL;
  StoreLedger ledger;

  if (!world->store->engine->ledger (world->store, FALSE, &ledger, &error))
    g_error ("The ledger cannot be read: %s", error->message);
  return (guint64) (ledger.by_state[DELIVERY_READY] + ledger.by_state[DELIVERY_WAITING] +
                    ledger.by_state[DELIVERY_HELD]);
}

/* Everything comes to its end when all targets are well. */
static void
drain (Run *run)
{
  gint64 end_us = turns_now_us () + DRAIN_US;

  end_trouble (run);
  recover (run);
  targets_heal (TRUE);
  /* Until the writer has found out that there is room, an operator is turned away. */
  turns_run_all ();
  turns_advance_to (turns_now_us () + G_TIME_SPAN_MINUTE);
  turns_run_all ();
  recover (run);
  for (guint i = 0; i < N_TARGETS; i++)
    set_paused (run, (TargetKind) i, FALSE);
  for (;;)
    {
      gint64 next_us;

      turns_run_all ();
      recover (run);
      if (count_unsettled (run->world) == 0 && targets_n_open () == 0)
        return;
      next_us = turns_next_us ();
      if (next_us == G_MAXINT64 || next_us > end_us)
        {
          found (run, "stuck: %" G_GUINT64_FORMAT " deliveries are unsettled, and nothing %s",
                 count_unsettled (run->world),
                 next_us == G_MAXINT64 ? "will ever happen" : "comes of waiting");
          return;
        }
      turns_advance_to (next_us);
    }
}

/* Of one delivery: an operator's replay gives it a new round.  A breaker's probe that fails costs
 * the delivery nothing. */
static void
check_rounds (Run *run, const StoredDelivery *delivery)
{
  if (delivery->round_attempts > MAX_RETRIES + 1)
    found (run, "policy: %s was tried %u times in one round", delivery->id,
           delivery->round_attempts);
}

/* How often it died, by its history: it did at the end, or before it was replayed or discarded. */
static guint
count_deaths (Store *store, const StoredDelivery *delivery)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;
  gboolean was_discarded = FALSE;
  guint n = delivery->state == DELIVERY_DEAD;

  if (!store->engine->load_journal (store, delivery->key, &entries, &error))
    g_error ("A history cannot be read: %s", error->message);
  for (guint i = 0; i < entries->len; i++)
    {
      JournalKind kind = ((JournalEntry *) entries->pdata[i])->kind;

      if (kind != JOURNAL_ATTEMPT && !was_discarded)
        n++;
      was_discarded = kind == JOURNAL_DISCARD;
    }
  return n;
}

/* origin of a message -> how many */
static GHashTable *
count_letters (Run *run, Store *store)
{
  GHashTable *letters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gint64 after = 0;
  guint n;

  do
    {
      g_autoptr (GPtrArray) page = NULL;
      g_autoptr (GError) error = NULL;

      if (!store->engine->find_messages (store, DEAD_QUEUE, &after, 500, &page, &error))
        g_error ("Messages cannot be listed: %s", error->message);
      n = page->len;
      run->result->n_dead_letters += n;
      for (guint i = 0; i < n; i++)
        {
          const char *origin = ((QueueMessage *) page->pdata[i])->origin;
          guint before = GPOINTER_TO_UINT (g_hash_table_lookup (letters, origin));

          g_hash_table_insert (letters, g_strdup (origin), GUINT_TO_POINTER (before + 1));
        }
    }
  while (n == 500);
  return letters;
}

/* A target that is no longer there has no queue either; of what was replayed nobody knows why it
 * had died. */
static void
check_letters (Run *run, Store *store, GHashTable *letters, const StoredDelivery *delivery)
{
  g_autofree char *origin = g_strconcat ("delivery/", delivery->id, NULL);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (letters, origin));
  guint n_deaths = count_deaths (store, delivery);

  if (n > n_deaths)
    found (run, "queue: %s died %u times and is there %u times", delivery->id, n_deaths, n);
  else if (n == 0 && delivery->dead != DEAD_NOT && delivery->dead != DEAD_NO_TARGET)
    found (run, "queue: %s died and is not there", delivery->id);
}

static void
check_policy (Run *run, Store *store)
{
  static const DeliveryQuery all = { .order = DELIVERY_ORDER_NEWEST };
  g_autoptr (GHashTable) letters = count_letters (run, store);
  StoreCursor cursor = { 0 };
  guint n;

  do
    {
      g_autoptr (GPtrArray) page = NULL;
      g_autoptr (GError) error = NULL;

      if (!store->engine->find_deliveries (store, &all, &cursor, 500, &page, &error))
        g_error ("Deliveries cannot be listed: %s", error->message);
      n = page->len;
      for (guint i = 0; i < n; i++)
        {
          check_rounds (run, page->pdata[i]);
          check_letters (run, store, letters, page->pdata[i]);
        }
    }
  while (n == 500);
}

static void
check (Run *run)
{
  World *world = run->world;
  g_autoptr (GPtrArray) broken = NULL;
  g_autoptr (GError) error = NULL;
  Store *store = world->store;

  if (store == NULL)
    store = store_engine_sqlite.open (world->state_dir, &error);
  if (store == NULL)
    g_error ("The store cannot be opened at the end: %s", error->message);
  broken = evidence_check (world->evidence, store, TRUE);
  for (guint i = 0; i < broken->len; i++)
    found (run, "%s", (char *) broken->pdata[i]);
  check_policy (run, store);
  store_close (store);
  world->store = NULL;
}

static void
sum_up (Run *run)
{
  World *world = run->world;

  run->result->n_steps = run->n_steps + turns_count ();
  run->result->n_asked = targets_n_asked ();
  run->result->n_events = world->n_posted;
  run->result->n_acknowledged = world->n_acknowledged;
  run->result->n_refused = world->n_refused;
  run->result->n_repeated = world->n_repeated;
  run->result->n_crashes = world->n_crashes;
  run->result->n_restarts = world->n_restarts;
  run->result->time_us = turns_now_us ();
  run->result->n_found = world->found->len;
  g_strlcpy (run->result->digest, g_checksum_get_string (run->digest), sizeof run->result->digest);
  for (guint i = 0; i < MIN (world->found->len, MAX_SHOWN); i++)
    printf ("  %s\n", (char *) world->found->pdata[i]);
}

/* In a process of its own. */
static void
live (guint32 seed, guint n_steps, Result *result)
{
  Run run = { .result = result, .seed = seed, .rand = g_rand_new_with_seed (seed) };

  turns_begin (seed, START_US);
  run.digest = g_checksum_new (G_CHECKSUM_SHA256);
  run.last = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  run.heads = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  run.world = world_new (seed, seed % 4 == 0);
  world_show_log (with_log);
  targets_begin (run.world->evidence, seed);
  targets_watch (asked, &run);
  configure (&run);
  world_start (run.world);
  while (run.n_steps + turns_count () < n_steps)
    {
      if (below (&run, 10) >= 7 || !turns_run_one ())
        {
          run.n_steps++;
          happen (&run);
        }
      recover (&run);
    }
  drain (&run);
  world_stop (run.world);
  check (&run);
  sum_up (&run);
  world_free (run.world);
  g_hash_table_unref (run.last);
  g_hash_table_unref (run.heads);
  g_free (run.key);
  g_free (run.key_body);
  g_checksum_free (run.digest);
  g_rand_free (run.rand);
}

/* ---- Worlds ---- */

/* FALSE: it did not come to its end. */
static gboolean
run_in_child (guint32 seed, guint n_steps, Result *out_result)
{
  int ends[2];
  pid_t child;
  int status;
  gboolean whole;

  fflush (NULL);
  if (pipe (ends) != 0)
    g_error ("There is no pipe");
  child = fork ();
  if (child < 0)
    g_error ("There is no process");
  if (child == 0)
    {
      Result result = { 0 };

      close (ends[0]);
      live (seed, n_steps, &result);
      fflush (NULL);
      _exit (write (ends[1], &result, sizeof result) == sizeof result ? 0 : 1);
    }
  close (ends[1]);
  whole = read (ends[0], out_result, sizeof *out_result) == sizeof *out_result;
  close (ends[0]);
  waitpid (child, &status, 0);
  if (!whole && WIFSIGNALED (status))
    printf ("  it ended with signal %d\n", WTERMSIG (status));
  return whole;
}

static gboolean
goes_the_same_way (guint32 seed, guint n_steps, const Result *first)
{
  Result second;

  if (!run_in_child (seed, n_steps, &second))
    return FALSE;
  if (g_str_equal (first->digest, second.digest))
    return TRUE;
  printf ("  it goes another way the second time\n");
  return FALSE;
}

static void
add (Result *sum, const Result *result)
{
  sum->n_steps += result->n_steps;
  sum->n_asked += result->n_asked;
  sum->n_events += result->n_events;
  sum->n_acknowledged += result->n_acknowledged;
  sum->n_refused += result->n_refused;
  sum->n_crashes += result->n_crashes;
  sum->n_restarts += result->n_restarts;
  sum->n_failures += result->n_failures;
  sum->n_jumps += result->n_jumps;
  sum->n_operations += result->n_operations;
  sum->n_repeated += result->n_repeated;
  sum->n_pauses += result->n_pauses;
  sum->n_ordered += result->n_ordered;
  sum->n_dead_letters += result->n_dead_letters;
  sum->time_us += result->time_us;
}

static gint64
real_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * (gint64) 1000 + now.tv_nsec / 1000000;
}

static void
print_sum (guint n_worlds, guint n_bad, const Result *sum, gint64 took_ms)
{
  printf ("%" G_GUINT64_FORMAT " steps in %u worlds: %u requests posted, %u events acknowledged, "
          "%u requests refused, %" G_GUINT64_FORMAT
          " attempts, %u crashes, %u restarts, %u failing "
          "disks, %u clock jumps, %u operations, %u pauses, %u repeats, %u attempts in an order, "
          "%u dead letters in the queue; %.1f days in %.1f s\n%u worlds went wrong\n",
          sum->n_steps, n_worlds, sum->n_events, sum->n_acknowledged, sum->n_refused, sum->n_asked,
          sum->n_crashes, sum->n_restarts, sum->n_failures, sum->n_jumps, sum->n_operations,
          sum->n_pauses, sum->n_repeated, sum->n_ordered, sum->n_dead_letters,
          (double) sum->time_us / (double) G_TIME_SPAN_DAY, (double) took_ms / 1000, n_bad);
}

static int
simulate (guint64 n_steps, guint32 seed)
{
  guint steps_a_world = one_world ? (guint) n_steps : STEPS_A_WORLD;
  gint64 begin_ms = real_ms ();
  Result sum = { 0 };
  guint n_worlds = 0, n_bad = 0;

  while (sum.n_steps < n_steps && n_bad < 10)
    {
      guint32 own = seed + n_worlds++;
      Result result = { 0 };
      gboolean well = run_in_child (own, steps_a_world, &result) && result.n_found == 0;

      if (well && repeat)
        well = goes_the_same_way (own, steps_a_world, &result);
      if (!well)
        {
          n_bad++;
          printf ("world %u went wrong; again: tests/fault/simulate --world %u %u\n", own,
                  steps_a_world, own);
        }
      add (&sum, &result);
      if (one_world)
        break;
    }
  print_sum (n_worlds, n_bad, &sum, real_ms () - begin_ms);
  return n_bad > 0 ? 1 : 0;
}

/* Tables by address are gone through in an order that addresses decide: they must be the same each
 * time.  And threads that take turns gain nothing from two processors. */
static void
settle_down (char **argv)
{
  cpu_set_t one;
  int before = personality (0xffffffff);

  if (before >= 0 && (before & ADDR_NO_RANDOMIZE) == 0 &&
      personality ((unsigned long) before | ADDR_NO_RANDOMIZE) >= 0)
    execv ("/proc/self/exe", argv);
  CPU_ZERO (&one);
  CPU_SET (sched_getcpu (), &one);
  sched_setaffinity (0, sizeof one, &one);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("[STEPS [SEED]]");
  g_autoptr (GError) error = NULL;

  settle_down (argv);
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 64;
    }
  return simulate (argc > 1 ? strtoull (argv[1], NULL, 10) : 1000000,
                   argc > 2 ? (guint32) strtoul (argv[2], NULL, 10) : 1);
}
