/* crash-images: the power is cut at every operation of a store's life.
 *
 * Usage: crash-images [--break=sync|early] [--expect-loss] [IMAGES [SEED]]
 *
 * Runs a store through the real writer on a disk that records what it is asked to do, and then
 * looks at IMAGES (10000) disks as they may be found after a cut before any of these operations:
 * what was not synced is lost, kept, torn or kept out of order.  The real engine opens each.  The
 * file must be sound, everything promised by then must be there, every delivery must be as its own
 * history says, the ledger must balance, and the next event must be taken.
 *
 * --break=sync leaves out syncing, --break=early promises before the commit: both must be found to
 * lose data, which --expect-loss makes the condition for success. */
#include "support/disk.h"
#include "support/workload.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Enough operations that a few images are taken at each, few enough that each is read quickly. */
#define N_EVENTS 60
#define MAX_SHOWN 3

static gboolean expect_loss;
static char *broken;

static const GOptionEntry options[] = {
  { "break", 0, 0, G_OPTION_ARG_STRING, &broken, "break the promise on purpose: sync or early",
    "HOW" },
  { "expect-loss", 0, 0, G_OPTION_ARG_NONE, &expect_loss, "succeed when data are lost", NULL },
  { NULL },
};

static void
promised (guint n, gpointer user_data)
{
  disk_note (user_data, n);
}

typedef struct
{
  guint n_images, n_bad;
  guint by_loss[DISK_N_LOSSES], bad_by_loss[DISK_N_LOSSES];
  guint n_syncs;
} Result;

static void
look (Workload *workload,
      Evidence *evidence,
      Disk *disk,
      const char *folder,
      guint at,
      DiskLoss loss,
      guint32 seed,
      Result *result)
{
  g_autoptr (Disk) image = disk_image (disk, at, loss, seed);
  g_autofree char *wrong = NULL;
  guint n = disk_greatest_note (disk, at);

  disk_mount (folder, image);
  wrong = workload_check_folder (workload, evidence, folder, n);
  disk_mount (folder, NULL);
  result->n_images++;
  result->by_loss[loss]++;
  if (wrong == NULL)
    return;
  result->bad_by_loss[loss]++;
  if (result->n_bad++ < MAX_SHOWN)
    printf ("cut before operation %u, %s, seed %u, %u promises:\n  %s\n", at, disk_loss_name (loss),
            seed, n, wrong);
}

/* Ascending, so that the record is done again only once.  With as many images as operations, each
 * has its own; every other image of few is just before or just after a sync. */
static guint
place (Disk *disk, guint i, guint n_images, GRand *rand)
{
  guint n = disk_n_operations (disk);
  guint first = (guint) ((guint64) i * n / n_images);
  guint end = (guint) ((guint64) (i + 1) * n / n_images);

  if (end <= first + 1)
    return first + 1;
  if (i % 2 == 0)
    for (guint at = first; at < end; at++)
      if (disk_operation_kind (disk, at) == DISK_SYNC)
        return at + (guint) g_rand_int_range (rand, 0, 2);
  return (guint) g_rand_int_range (rand, (gint32) first + 1, (gint32) end + 1);
}

static void
look_at_all (Workload *workload,
             Disk *disk,
             const char *folder,
             guint n,
             GRand *rand,
             Result *result)
{
  g_autoptr (Evidence) evidence = evidence_new ();
  guint last = 0;

  for (guint i = 0; i < disk_n_operations (disk); i++)
    result->n_syncs += disk_operation_kind (disk, i) == DISK_SYNC;
  for (guint i = 0; i < n; i++)
    {
      last = MAX (last, place (disk, i, n, rand));
      look (workload, evidence, disk, folder, last, (DiskLoss) (i % DISK_N_LOSSES),
            (guint32) g_rand_int (rand), result);
    }
}

static void
print_result (Disk *disk, const Result *result)
{
  printf ("%u images of %u operations, %u of them syncs:", result->n_images,
          disk_n_operations (disk), result->n_syncs);
  for (guint i = 0; i < DISK_N_LOSSES; i++)
    printf ("%s %s %u", i > 0 ? "," : "", disk_loss_name ((DiskLoss) i), result->by_loss[i]);
  printf ("\n%u images show loss:", result->n_bad);
  for (guint i = 0; i < DISK_N_LOSSES; i++)
    printf ("%s %s %u", i > 0 ? "," : "", disk_loss_name ((DiskLoss) i), result->bad_by_loss[i]);
  printf ("\n");
}

static int
run (guint n, guint32 seed)
{
  g_autoptr (Disk) disk = disk_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  WorkloadSettings settings = { .n_events = N_EVENTS,
                                .seed = seed,
                                .unsynced = g_strcmp0 (broken, "sync") == 0,
                                .early = g_strcmp0 (broken, "early") == 0,
                                .promised = promised,
                                .user_data = disk };
  g_autoptr (Workload) workload = workload_new (&settings);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("signalbox-crash-XXXXXX", &error);
  g_autofree char *lock = NULL;
  g_autofree char *file = NULL;
  Result result = { 0 };

  g_assert_no_error (error);
  lock = g_build_filename (folder, "lock", NULL);
  file = g_build_filename (folder, "signalbox.db", NULL);
  disk_record (disk);
  disk_mount (folder, disk);
  if (!workload_run (workload, folder, &error))
    g_error ("The store fails on a disk that does not: %s", error->message);
  disk_mount (folder, NULL);
  look_at_all (workload, disk, folder, n, rand, &result);
  print_result (disk, &result);
  g_remove (lock);
  g_remove (file);
  g_rmdir (folder);
  if (expect_loss)
    return result.n_bad > 0 ? 0 : 1;
  return result.n_bad > 0 ? 1 : 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("[IMAGES [SEED]]");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 64;
    }
  if (broken != NULL && !g_str_equal (broken, "sync") && !g_str_equal (broken, "early"))
    {
      g_printerr ("--break is sync or early, not %s\n", broken);
      return 64;
    }
  return run (argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 10000,
              argc > 2 ? (guint32) strtoul (argv[2], NULL, 10) : 1);
}
