/* What ends a sleep, and what does not. */
#include "ingress/notice.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define LONG_US (60 * G_USEC_PER_SEC)
#define SHORT_US 20000

typedef struct
{
  Notice *notice;
  char *folder, *file, *other;
} World;

static void
set_up (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  world->notice = notice_new ();
  world->folder = g_dir_make_tmp ("sb-notice-XXXXXX", &error);
  g_assert_no_error (error);
  world->file = g_build_filename (world->folder, "a.json", NULL);
  world->other = g_build_filename (world->folder, "other", NULL);
}

static void
tear_down (World *world, gconstpointer data)
{
  g_unlink (world->file);
  g_unlink (world->other);
  g_rmdir (world->other);
  g_rmdir (world->folder);
  g_free (world->file);
  g_free (world->other);
  g_free (world->folder);
  notice_free (world->notice);
}

static void
watch (World *world, const char *path)
{
  notice_begin (world->notice);
  if (path != NULL)
    g_assert_true (notice_watch (world->notice, path));
  notice_end (world->notice);
}

/* Does a wait end before its time? */
static gboolean
is_noticed (World *world, gint64 timeout_us)
{
  gint64 begun_us = g_get_monotonic_time ();

  notice_wait (world->notice, timeout_us);
  return g_get_monotonic_time () - begun_us < timeout_us;
}

static void
write_file (const char *path)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, "{}", -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static void
test_files (World *world, gconstpointer data)
{
  g_autofree char *elsewhere = g_strconcat (world->folder, "-elsewhere", NULL);

  watch (world, world->folder);
  g_assert_false (is_noticed (world, SHORT_US));
  write_file (world->file);
  g_assert_true (is_noticed (world, LONG_US));
  g_assert_false (is_noticed (world, SHORT_US));

  g_assert_cmpint (g_rename (world->file, elsewhere), ==, 0);
  g_assert_false (is_noticed (world, SHORT_US));
  g_assert_cmpint (g_rename (elsewhere, world->file), ==, 0);
  g_assert_true (is_noticed (world, LONG_US));
  g_assert_cmpint (link (world->file, world->other), ==, 0);
  g_assert_true (is_noticed (world, LONG_US));
}

/* The path is what counts, not the folder that once had it. */
static void
test_folder (World *world, gconstpointer data)
{
  watch (world, world->folder);
  g_assert_cmpint (g_rmdir (world->folder), ==, 0);
  g_assert_true (is_noticed (world, LONG_US));
  notice_begin (world->notice);
  g_assert_false (notice_watch (world->notice, world->folder));
  notice_end (world->notice);

  g_assert_cmpint (g_mkdir (world->folder, 0700), ==, 0);
  watch (world, world->folder);
  g_assert_false (is_noticed (world, SHORT_US));
  write_file (world->file);
  g_assert_true (is_noticed (world, LONG_US));
}

static void
test_forgotten (World *world, gconstpointer data)
{
  watch (world, world->folder);
  watch (world, world->folder);
  watch (world, NULL);
  g_assert_true (is_noticed (world, LONG_US)); /* the end of the watch itself */
  write_file (world->file);
  g_assert_false (is_noticed (world, SHORT_US));
}

static gpointer
wake_in_thread (gpointer notice)
{
  notice_wake (notice);
  return NULL;
}

static void
test_wake (World *world, gconstpointer data)
{
  GThread *thread = g_thread_new ("wake", wake_in_thread, world->notice);

  notice_wait (world->notice, -1);
  g_thread_join (thread);
  g_assert_false (is_noticed (world, SHORT_US));
  notice_wake (world->notice);
  notice_wake (world->notice);
  notice_wait (world->notice, -1);
  g_assert_false (is_noticed (world, SHORT_US));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, World, NULL, set_up, func, tear_down)
  ADD ("/ingress/notice/files", test_files);
  ADD ("/ingress/notice/folder", test_folder);
  ADD ("/ingress/notice/forgotten", test_forgotten);
  ADD ("/ingress/notice/wake", test_wake);
  return g_test_run ();
}
