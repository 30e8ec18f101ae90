/* A disk that is really full: a small tmpfs of the test's own.
 *
 * Events are turned away, what was delivered is recorded all the same out of the reserve, and when
 * there is room everything goes on by itself. */
#include "base/error.h"
#include "store/writer.h"
#include "support/store-samples.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DISK_BYTES "48m"
#define N_EVENTS 200
#define DEADLINE_US (20 * G_USEC_PER_SEC)

/* Before there is any thread.  NULL: fine, else what the machine does not allow. */
static char *
own_mounts (void)
{
  if (unshare (CLONE_NEWNS) != 0 && unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0)
    return g_strdup_printf ("cannot have mounts of its own: %s", g_strerror (errno));
  if (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    return g_strdup_printf ("cannot make its mounts private: %s", g_strerror (errno));
  return NULL;
}

/* Takes what room there is, to the last byte. */
static void
fill_disk (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "ballast", NULL);
  g_autofree char *block = g_malloc0 (65536);
  int fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  for (gsize bytes = 65536; bytes > 0;)
    if (write (fd, block, bytes) < 0)
      {
        g_assert_cmpint (errno, ==, ENOSPC);
        bytes /= 2;
      }
  close (fd);
}

static void
free_disk (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "ballast", NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
never (const GError *error, gpointer user_data)
{
  g_error ("The writer gave up: %s", error->message);
}

static gint64
count_done (Store *store)
{
  g_autoptr (GError) error = NULL;
  StoreLedger ledger;

  store->engine->ledger (store, FALSE, &ledger, &error);
  g_assert_no_error (error);
  return ledger.by_state[DELIVERY_DONE];
}

static gboolean
try_append (Writer *writer, guint64 number)
{
  g_autoptr (GError) error = NULL;

  if (writer_submit_and_wait (writer, sample_append (number, SAMPLE_TIME_US, 1), &error))
    return TRUE;
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_FULL);
  return FALSE;
}

/* While the disk is full, one in every pause is let through to find out; the others are not. */
static void
assert_refuses (Writer *writer)
{
  gint64 end_us = g_get_monotonic_time () + DEADLINE_US;
  g_autoptr (GError) error = NULL;

  while (writer_takes_events (writer, &error))
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_FULL);
}

static void
play (const char *folder)
{
  const WriterSettings settings = { .max_queued_events = 1000,
                                    .max_batch_items = 10,
                                    .full_retry_ms = 10 };
  g_autoptr (GError) error = NULL;
  Store *store = store_engine_sqlite.open (folder, &error);
  Writer *writer;
  guint64 number = 1;
  gint64 end_us;

  g_assert_no_error (error);
  writer = writer_new (store, &settings, never, NULL);
  for (; number <= N_EVENTS; number++)
    g_assert_true (try_append (writer, number));
  g_assert_true (writer_takes_events (writer, &error));

  fill_disk (folder);
  while (try_append (writer, number))
    number++;
  assert_refuses (writer);
  for (guint i = 1; i <= N_EVENTS; i++)
    {
      g_autoptr (GError) settle_error = NULL;

      writer_submit_and_wait (
          writer, sample_settle ((DeliveryKey){ i, 1 }, 1, SAMPLE_TIME_US, DELIVERY_DONE),
          &settle_error);
      g_assert_no_error (settle_error);
    }
  g_assert_cmpint (count_done (store), ==, N_EVENTS);
  g_assert_false (try_append (writer, number));

  free_disk (folder);
  end_us = g_get_monotonic_time () + DEADLINE_US;
  while (!writer_takes_events (writer, NULL))
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
  g_assert_true (try_append (writer, number));
  g_assert_true (writer_takes_events (writer, &error));
  writer_free (writer);
  sample_assert_ledger (store);
  store_close (store);
}

static void
test_disk_full (gconstpointer data)
{
  const char *missing = data;
  char *folder;

  if (missing != NULL)
    {
      g_test_skip_printf ("This needs a mount: the test %s", missing);
      return;
    }
  folder = sample_folder_new ();
  g_assert_cmpint (mount ("tmpfs", folder, "tmpfs", 0, "size=" DISK_BYTES), ==, 0);
  play (folder);
  g_assert_cmpint (umount2 (folder, MNT_DETACH), ==, 0);
  g_rmdir (folder);
  g_free (folder);
}

int
main (int argc, char *argv[])
{
  g_autofree char *missing = own_mounts ();

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/store/sqlite/reserve/disk-full", missing, test_disk_full);
  return g_test_run ();
}
