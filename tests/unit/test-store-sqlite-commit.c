/* Accepted means kept: what a commit acknowledged is there after a kill and after a power cut, and
 * on a full disk a refused commit leaves nothing behind. */
#include "base/error.h"
#include "store/sqlite/sqlite-store.h"
#include "support/power-cut.h"
#include "support/store-samples.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = sample_folder_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sample_folder_free (fixture->folder);
}

static Store *
open_store (const char *folder)
{
  g_autoptr (GError) error = NULL;
  Store *store = store_engine_sqlite.open (folder, &error);

  g_assert_no_error (error);
  return store;
}

/* ---- A child that writes until it is stopped ---- */

/* Event number i has i % 3 deliveries; of the event before, the first delivery is settled. */
static BatchItem *
settle_before (Store *store, guint i)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = sample_event_id (i - 1);
  g_autofree char *delivery_id = g_strconcat (id, "-1", NULL);
  DeliveryKey key;

  if (!store_find_key (store, delivery_id, &key, &error))
    return NULL;
  return sample_settle (key, 1, SAMPLE_TIME_US + i, DELIVERY_DONE);
}

/* An idle moment with a log that is long enough. */
static void
checkpoint (Store *store)
{
  ((SqliteStore *) store)->log_frames = 100000;
  ((SqliteStore *) store)->log_frames_tried = 0;
  store->engine->idle (store);
}

/* Like the daemon: what there was no room for may be tried again; any other failure ends it. */
static G_GNUC_NORETURN void
write_and_tell (Store *store, guint begin, guint n, int tell)
{
  for (guint i = begin; i < begin + n; i++)
    {
      g_autoptr (GError) error = NULL;

      while (!sample_commit (store, &error, sample_append (i, SAMPLE_TIME_US + i, i % 3),
                             settle_before (store, i), NULL))
        {
          if (!router_error_is_passing (error))
            _exit (0);
          g_clear_error (&error);
        }
      if (write (tell, &i, sizeof i) != sizeof i)
        _exit (1);
      if (i % 5 == 0)
        checkpoint (store);
    }
  _exit (0);
}

/* Reads what the child acknowledges until the pipe ends, killing it after kill_after (0: never). */
static guint
listen_to (pid_t child, int pipe_end, guint begin, guint kill_after)
{
  guint next = begin, told;
  int status;

  while (read (pipe_end, &told, sizeof told) == sizeof told)
    {
      g_assert_cmpuint (told, ==, next);
      next++;
      if (kill_after > 0 && next - begin == kill_after)
        kill (child, SIGKILL);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) || WEXITSTATUS (status) == 0);
  return next;
}

/* The events before next are there, whole; one more may be, which was durable but not yet told.
 * Returns the number of the first that is missing. */
static guint
find_missing (Store *store, guint next)
{
  for (guint i = 0; i < next; i++)
    {
      g_autofree char *id = sample_event_id (i);
      g_autoptr (StoredEvent) event = NULL;
      g_autoptr (GError) error = NULL;

      if (!store->engine->load_event (store, id, &event, &error))
        {
          g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
          return i;
        }
      g_assert_cmpuint (event->n_deliveries, ==, i % 3);
      if (i > 0 && i < next - 1 && i % 3 > 0)
        g_assert_cmpuint (event->n_by_state[DELIVERY_DONE], ==, 1);
    }
  return next;
}

static void
assert_sound (Store *store)
{
  Database *database = ((SqliteStore *) store)->writer;
  g_autoptr (GError) error = NULL;
  g_autoptr (Statement) check = database_prepare (database, "PRAGMA integrity_check", &error);
  gboolean has_row;

  g_assert_no_error (error);
  g_assert_true (statement_step (check, &has_row, "check", &error));
  g_assert_cmpstr (statement_read_text (check), ==, "ok");
  sample_assert_ledger (store);
}

static guint
count_events (Store *store)
{
  g_autoptr (GError) error = NULL;
  StoreLedger ledger;

  store->engine->ledger (store, TRUE, &ledger, &error);
  g_assert_no_error (error);
  return (guint) ledger.events;
}

/* ---- Killed ---- */

static void
test_kill (Fixture *fixture, gconstpointer data)
{
  guint next = 0;

  for (guint round = 0; round < 8; round++)
    {
      guint kill_after = (guint) g_test_rand_int_range (1, 60);
      int ends[2];
      pid_t child;
      Store *store;

      g_assert_cmpint (pipe (ends), ==, 0);
      child = fork ();
      g_assert_cmpint (child, >=, 0);
      if (child == 0)
        {
          close (ends[0]);
          write_and_tell (open_store (fixture->folder), next, 100000, ends[1]);
        }
      close (ends[1]);
      next = listen_to (child, ends[0], next, kill_after);
      close (ends[0]);
      store = open_store (fixture->folder);
      g_assert_cmpuint (find_missing (store, next), ==, next);
      g_assert_cmpuint (count_events (store), <=, next + 1);
      next = count_events (store);
      assert_sound (store);
      store_close (store);
    }
}

/* ---- Power cut ---- */

typedef struct
{
  guint n_rounds;
  guint max_told; /* after a refused write a life goes on, but not for ever */
  int failure; /* 0: the power is cut; else an operation fails so, and what was not synced is lost
                * when the process ends of it */
  gboolean sweep;    /* every operation from the first on, else some at random */
  gboolean unsynced; /* the store leaves syncing out: the test must notice */
} PowerCut;

/* In a process that ends soon. */
static gboolean
leave_out_syncs (Store *store)
{
  StoreEngine *engine = g_memdup2 (store->engine, sizeof *engine);

  engine->commit = engine->commit_ahead;
  store->engine = engine;
  return database_execute (((SqliteStore *) store)->writer, "PRAGMA synchronous = OFF", NULL);
}

/* One life of a store that ends at the n-th write or sync, which may be while it is first made;
 * returns how many events were acknowledged. */
static guint
cut_once (const char *folder, guint at_operation, guint32 seed, const PowerCut *how)
{
  int ends[2];
  pid_t child;
  guint told;

  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      Store *store;

      close (ends[0]);
      power_cut_start (at_operation, seed);
      power_cut_fail_instead (how->failure);
      store = store_engine_sqlite.open (folder, NULL);
      if (store == NULL)
        _exit (0);
      if (how->unsynced && !leave_out_syncs (store))
        _exit (1);
      write_and_tell (store, 0, how->max_told, ends[1]);
    }
  close (ends[1]);
  told = listen_to (child, ends[0], 0, 0);
  close (ends[0]);
  return told;
}

/* TRUE when everything acknowledged is there. */
static gboolean
check_after_cut (const char *folder, guint told, gboolean unsynced)
{
  g_autoptr (GError) error = NULL;
  Store *store = store_engine_sqlite.open (folder, &error);
  gboolean all;

  if (!unsynced)
    g_assert_no_error (error);
  if (store == NULL)
    return FALSE;
  all = find_missing (store, told) == told;
  if (!unsynced)
    {
      g_assert_cmpuint (count_events (store), <=, told + 1);
      assert_sound (store);
    }
  store_close (store);
  return all;
}

static void
test_power_cut (gconstpointer data)
{
  const PowerCut *how = data;
  guint n_lossy = 0, n_told = 0, n_whole = 0;

  for (guint round = 0; round < how->n_rounds; round++)
    {
      char *folder = sample_folder_new ();
      guint32 seed = (guint32) g_test_rand_int ();
      guint at = how->sweep ? round + 1 : (guint) g_test_rand_int_range (1, 900);
      guint told = cut_once (folder, at, seed, how);

      g_test_message ("at %u: %u told", at, told);
      n_whole += told == how->max_told;
      /* A failed sync ends the store's life, whatever it says; a refused write does not, if it was
       * open by then. */
      if (how->failure == SQLITE_FULL)
        g_assert_true (told == how->max_told || told == 0);
      else if (how->failure == SQLITE_IOERR_FSYNC)
        g_assert_cmpuint (told, <, how->max_told);
      if (!check_after_cut (folder, told, how->unsynced))
        {
          g_test_message ("at %u, seed %u: of %u acknowledged some are gone", at, seed, told);
          n_lossy++;
        }
      n_told += told;
      sample_folder_free (folder);
    }
  g_test_message ("%u rounds, %u events acknowledged, loss in %u", how->n_rounds, n_told, n_lossy);
  g_assert_cmpuint (n_told, >, 0);
  if (how->failure == SQLITE_IOERR_WRITE)
    g_assert_cmpuint (n_whole, >, 0);
  if (how->unsynced)
    g_assert_cmpuint (n_lossy, >, 0);
  else
    g_assert_cmpuint (n_lossy, ==, 0);
}

/* ---- A full disk ---- */

static BatchItem *
large_append (guint number, gsize n_bytes)
{
  BatchItem *item = sample_append (number, SAMPLE_TIME_US, 1);
  AppendEvent *append = &item->append.events[0];
  g_autofree char *text = g_strnfill (n_bytes, 'x');
  g_autoptr (GBytes) body = g_bytes_new (text, n_bytes);
  g_autoptr (Event) old = g_steal_pointer (&append->event);
  Event fields = *old;

  fields.body = body;
  append->event = event_new (&fields);
  g_free (append->deliveries[0].connector);
  append->deliveries[0].connector = g_strdup_printf ("webhook/%u", number);
  return item;
}

/* Appends until there is no room; returns the number of the first that was refused. */
static guint
fill_up (Store *store, guint number)
{
  while (TRUE)
    {
      g_autoptr (GError) error = NULL;

      if (!sample_commit (store, &error, large_append (number, 30000), NULL))
        {
          g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_FULL);
          return number;
        }
      number++;
      g_assert_cmpuint (number, <, 10000);
    }
}

static void
set_max_pages (Store *store, guint n)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA max_page_count = %u", n);
  g_autoptr (GError) error = NULL;

  database_execute (((SqliteStore *) store)->writer, sql, &error);
  g_assert_no_error (error);
}

/* The store may only grow so far. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  Store *store = open_store (fixture->folder);
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  guint number;

  set_max_pages (store, 200);
  number = fill_up (store, 0);
  g_assert_cmpuint (number, >, 5);
  g_assert_cmpuint (count_events (store), ==, number);
  before = sample_dump (store, 20);

  /* Refused as a whole, again and again. */
  for (guint i = 0; i < 3; i++)
    {
      g_assert_false (sample_commit (
          store, &error, sample_settle ((DeliveryKey){ 1, 1 }, 1, SAMPLE_TIME_US, DELIVERY_DONE),
          sample_generation (1, SAMPLE_TIME_US), large_append (number + i, 60000), NULL));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_FULL);
      g_clear_error (&error);
    }
  after = sample_dump (store, 20);
  g_assert_cmpstr (after, ==, before);

  set_max_pages (store, 1000000);
  sample_commit_one (store, large_append (number, 60000));
  g_assert_cmpuint (count_events (store), ==, number + 1);
  assert_sound (store);
  store_close (store);
}

static void
write_file (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (write (fd, text, strlen (text)) < 0)
    g_test_message ("%s: %s", path, g_strerror (errno));
  close (fd);
}

/* A disk of two megabytes that only this process sees.  FALSE: this system does not let us. */
static gboolean
mount_small_disk (const char *folder)
{
  g_autofree char *uid_map = g_strdup_printf ("0 %d 1", (int) getuid ());
  g_autofree char *gid_map = g_strdup_printf ("0 %d 1", (int) getgid ());

  if (unshare (getuid () == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0)
    return FALSE;
  if (getuid () != 0)
    {
      write_file ("/proc/self/setgroups", "deny");
      write_file ("/proc/self/uid_map", uid_map);
      write_file ("/proc/self/gid_map", gid_map);
    }
  return mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount ("tmpfs", folder, "tmpfs", 0, "size=2m,mode=0700") == 0;
}

/* In a process of its own: fills a real disk, frees some room, goes on. */
static void
fill_small_disk (const char *folder)
{
  g_autofree char *filler = g_build_filename (folder, "filler", NULL);
  g_autofree char *zeros = g_malloc0 (600 * 1024);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  Store *store;
  guint number, more;

  g_assert_true (g_file_set_contents (filler, zeros, 600 * 1024, NULL));
  store = open_store (folder);
  number = fill_up (store, 0);
  g_assert_cmpuint (number, >, 5);
  g_assert_cmpuint (count_events (store), ==, number);
  before = sample_dump (store, 20);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (fill_up (store, number), ==, number);
      /* A checkpoint finds no room either, and that is no failure. */
      store->engine->idle (store);
    }
  after = sample_dump (store, 20);
  g_assert_cmpstr (after, ==, before);

  g_assert_cmpint (g_remove (filler), ==, 0);
  more = fill_up (store, number);
  g_assert_cmpuint (more, >, number);
  g_assert_cmpuint (count_events (store), ==, more);
  assert_sound (store);
  store_close (store);
  store = open_store (folder);
  g_assert_cmpuint (count_events (store), ==, more);
  assert_sound (store);
  store_close (store);
}

/* Runs in a child, which alone sees the disk.  The folder is where the child mounts it. */
static int
run_in_child (const char *folder, void (*run) (const char *folder))
{
  pid_t child = fork ();
  int status;

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      if (!mount_small_disk (folder))
        _exit (77);
      if (run != NULL)
        run (folder);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

static void
test_small_disk (Fixture *fixture, gconstpointer data)
{
  if (run_in_child (fixture->folder, NULL) == 77)
    {
      g_test_skip ("this system does not let us mount a small disk: a full disk was only "
                   "simulated (/store/sqlite/commit/full)");
      return;
    }
  g_assert_cmpint (run_in_child (fixture->folder, fill_small_disk), ==, 0);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    PowerCut how;
  } cuts[] = {
    { "power-cut/any", { 20, 60, 0, FALSE, FALSE } },
    { "power-cut/first", { 200, 6, 0, TRUE, FALSE } },
    { "power-cut/unsynced", { 10, 60, 0, FALSE, TRUE } },
    { "write-fails/any", { 12, 60, SQLITE_IOERR_WRITE, FALSE, FALSE } },
    { "write-fails/first", { 200, 6, SQLITE_IOERR_WRITE, TRUE, FALSE } },
    { "sync-fails/any", { 12, 60, SQLITE_IOERR_FSYNC, FALSE, FALSE } },
    { "no-room/any", { 12, 60, SQLITE_FULL, FALSE, FALSE } },
    { "no-room/first", { 200, 6, SQLITE_FULL, TRUE, FALSE } },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/sqlite/commit/kill", Fixture, NULL, set_up, test_kill, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/store/sqlite/commit/%s", cuts[i].path);

      g_test_add_data_func (path, &cuts[i].how, test_power_cut);
    }
  g_test_add ("/store/sqlite/commit/full", Fixture, NULL, set_up, test_full, tear_down);
  g_test_add ("/store/sqlite/commit/small-disk", Fixture, NULL, set_up, test_small_disk, tear_down);
  return g_test_run ();
}
