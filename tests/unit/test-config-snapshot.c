/* The configuration in force, switched under the eyes of its readers. */
#include "support/config-folder.h"

#include "config/snapshot.h"

static Configuration *
empty_configuration (void)
{
  char *folder = test_folder_new ();
  Configuration *configuration = config_load (folder, NULL, NULL, NULL);

  test_folder_free (folder);
  g_assert_nonnull (configuration);
  return configuration;
}

static void
test_ownership (void)
{
  Configuration *configuration = empty_configuration ();
  Snapshot *first = snapshot_new (1, configuration);
  SnapshotHolder *holder = snapshot_holder_new (first);
  Snapshot *second = snapshot_new (2, configuration);
  Snapshot *held;

  /* Everybody has a reference of their own: the order of giving up does not matter. */
  configuration_unref (configuration);
  snapshot_unref (first);
  held = snapshot_current (holder);
  g_assert_true (held == first);
  snapshot_publish (holder, second);
  snapshot_unref (second);
  g_assert_cmpuint (held->generation, ==, 1);
  g_assert_cmpuint (g_hash_table_size (held->configuration->buses), ==, 1);
  snapshot_unref (held);
  held = snapshot_current (holder);
  g_assert_cmpuint (held->generation, ==, 2);
  snapshot_holder_free (holder);
  g_assert_cmpuint (held->generation, ==, 2);
  snapshot_unref (held);
  snapshot_holder_free (NULL);
}

static void
test_publish_the_current_one (void)
{
  g_autoptr (Configuration) configuration = empty_configuration ();
  g_autoptr (Snapshot) only = snapshot_new (1, configuration);
  g_autoptr (SnapshotHolder) holder = snapshot_holder_new (only);
  g_autoptr (Snapshot) current = NULL;

  snapshot_publish (holder, only);
  current = snapshot_current (holder);
  g_assert_true (current == only);
}

#define N_PUBLISHED 2000

typedef struct
{
  SnapshotHolder *holder;
  Configuration *configuration;
  int next; /* atomic: the generation that is published next */
  int done; /* atomic: publishers that have finished */
} Race;

static gpointer
publish_in_thread (gpointer data)
{
  Race *race = data;
  int generation;

  while ((generation = g_atomic_int_add (&race->next, 1)) < N_PUBLISHED)
    {
      g_autoptr (Snapshot) next = snapshot_new ((guint64) generation, race->configuration);

      snapshot_publish (race->holder, next);
    }
  g_atomic_int_inc (&race->done);
  return NULL;
}

/* Returns how many snapshots were not whole. */
static gpointer
read_in_thread (gpointer data)
{
  Race *race = data;
  gsize n_broken = 0;

  while (g_atomic_int_get (&race->done) < 2)
    {
      g_autoptr (Snapshot) current = snapshot_current (race->holder);

      if (current->generation >= N_PUBLISHED || current->configuration != race->configuration)
        n_broken++;
    }
  return GSIZE_TO_POINTER (n_broken);
}

static void
test_threads (void)
{
  g_autoptr (Configuration) configuration = empty_configuration ();
  g_autoptr (Snapshot) first = snapshot_new (0, configuration);
  g_autoptr (SnapshotHolder) holder = snapshot_holder_new (first);
  Race race = { holder, configuration, 1, 0 };
  GThread *threads[5];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("race", i < 2 ? publish_in_thread : read_in_thread, &race);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpuint (GPOINTER_TO_SIZE (g_thread_join (threads[i])), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-snapshot/ownership", test_ownership);
  g_test_add_func ("/config-snapshot/publish-the-current-one", test_publish_the_current_one);
  g_test_add_func ("/config-snapshot/threads", test_threads);
  return g_test_run ();
}
