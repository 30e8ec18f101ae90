#include <glib/gstdio.h>
#include <string.h>

#include "sb-export.h"
#include "sb-json.h"
#include "support.h"

typedef struct
{
  World world;
  char *path;
  SbExport *export;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) file = NULL;

  world_set_up (&fixture->world, data);
  fixture->path = g_build_filename (fixture->world.folder, "letters.jsonl", NULL);
  file = g_file_new_for_path (fixture->path);
  fixture->export = sb_export_new (fixture->world.client, "state=dead&order=newest", file);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->export);
  g_unlink (fixture->path);
  g_free (fixture->path);
  world_tear_down (&fixture->world, data);
}

static gboolean
run (Fixture *fixture, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sb_export_run_async (fixture->export, cancellable, take_result_cb, &result);
  wait_until (result != NULL);
  return sb_export_finish (fixture->export, result, error);
}

static void
test_all (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (run (fixture, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sb_export_get_n_written (fixture->export), ==, 8);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", 0);
  g_assert_cmpuint (g_strv_length (lines), ==, 9);
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (JsonObject) line = parse_json (lines[i]);
      JsonObject *delivery = sb_json_object (line, "delivery");

      g_assert_cmpstr (sb_json_string (delivery, "state"), ==, "dead");
      g_assert_cmpstr (sb_json_string (sb_json_object (line, "event"), "id"), ==,
                       sb_json_string (delivery, "event"));
    }
}

/* A file that was there before stays as it was. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *part = g_strconcat (fixture->path, ".part", NULL);

  g_assert_true (g_file_set_contents (fixture->path, "before", -1, NULL));
  g_signal_connect_swapped (fixture->export, "progress", G_CALLBACK (g_cancellable_cancel),
                            cancellable);
  g_assert_false (run (fixture, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "before");
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
}

static void
test_away (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fake_router_die (fixture->world.router);
  g_assert_false (run (fixture, NULL, &error));
  g_assert_nonnull (error);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  fake_router_listen (fixture->world.router, fixture->world.socket);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/export/all", Fixture, NULL, set_up, test_all, tear_down);
  g_test_add ("/export/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/export/away", Fixture, NULL, set_up, test_away, tear_down);
  return g_test_run ();
}
