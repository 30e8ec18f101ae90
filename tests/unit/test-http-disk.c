/* When a disk is full. */
#include "http/disk.h"

#include <errno.h>
#include <glib/gstdio.h>

#define START G_GINT64_CONSTANT (1795252440000000)
#define HOUR G_TIME_SPAN_HOUR

static void
test_forecast (void)
{
  /* A quarter in an hour: three more. */
  g_assert_cmpint (disk_full_at (START, 4000, START + HOUR, 3000), ==, START + 4 * HOUR);
  g_assert_cmpint (disk_full_at (START, 4000, START + HOUR, 0), ==, START + HOUR);
  /* Nothing is taken, or given back, or no time has passed. */
  g_assert_cmpint (disk_full_at (START, 4000, START + HOUR, 4000), ==, 0);
  g_assert_cmpint (disk_full_at (START, 4000, START + HOUR, 5000), ==, 0);
  g_assert_cmpint (disk_full_at (START, 4000, START, 3000), ==, 0);
  /* Hundreds of years. */
  g_assert_cmpint (disk_full_at (START, G_GINT64_CONSTANT (4000000000000), START + HOUR,
                                 G_GINT64_CONSTANT (3999999999999)),
                   ==, 0);
}

static void
test_measure (void)
{
  g_autofree char *folder = g_dir_make_tmp ("disk-XXXXXX", NULL);
  g_autofree char *store = g_build_filename (folder, "a.db", NULL);
  g_autofree char *other = g_build_filename (folder, "series", NULL);
  DiskUsage usage;

  g_assert_true (g_file_set_contents (store, "12345", 5, NULL));
  g_assert_true (g_file_set_contents (other, "12", 2, NULL));
  g_assert_true (disk_measure (folder, &usage));
  g_assert_cmpint (usage.bytes[DISK_EVENTS], ==, 5);
  g_assert_cmpint (usage.bytes[DISK_LOG], ==, 0);
  g_assert_cmpint (usage.bytes[DISK_OTHER], ==, 2);
  g_assert_cmpint (usage.disk_bytes, >=, usage.free_bytes);
  g_remove (store);
  g_remove (other);
  g_rmdir (folder);
  g_assert_false (disk_measure (folder, &usage));
  g_assert_cmpint (errno, ==, ENOENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/disk/forecast", test_forecast);
  g_test_add_func ("/http/disk/measure", test_measure);
  return g_test_run ();
}
