/* Files in a folder: taken whole, once, in order; what cannot be read stays to be seen. */
#include "ingress/folders.h"

#include "support/config-folder.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define NOW_US G_GINT64_CONSTANT (1795252440000000)

typedef struct
{
  char *folder, *state;
  Clock *clock;
  Random *random;
  Store *store;
  Writer *writer;
  SnapshotHolder *snapshots;
  Ingress *ingress;
  Folders *folders;
} World;

static void
on_due (const StoreDue *due, gpointer user_data)
{
}

static void
start (World *world)
{
  const WriterSettings limits = { 1000, 512, 10 };
  IngressSetup ingress = {
    world->clock, world->random, NULL, world->snapshots, NULL, on_due, world
  };
  FoldersSetup folders = { world->clock, NULL, world->snapshots, world->state };

  world->writer = writer_new (world->store, &limits, NULL, NULL);
  ingress.writer = world->writer;
  world->ingress = ingress_new (&ingress);
  folders.ingress = world->ingress;
  world->folders = folders_new (&folders);
}

static void
stop (World *world)
{
  folders_free (world->folders);
  writer_stop (world->writer);
  ingress_free (world->ingress);
  writer_free (world->writer);
}

static void
set_up (World *world, gconstpointer settings)
{
  g_autofree char *text = g_strdelimit (g_strdup (settings), "'", '"');
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (Configuration) configuration = NULL;
  g_autoptr (Snapshot) snapshot = NULL;
  g_autoptr (GError) error = NULL;

  world->folder = test_folder_new ();
  world->state = g_dir_make_tmp ("signalbox-folders-XXXXXX", &error);
  g_assert_no_error (error);
  test_folder_put (world->folder, "router.json",
                   "{\"Limits\":{\"EventsPerRequest\":2,\"EventBytes\":1024}}");
  test_folder_put (world->folder, "source/in.json", text);
  configuration = config_load (world->folder, test_connector_schemas, NULL, &problems);
  for (guint i = 0; problems != NULL && i < problems->len; i++)
    {
      g_autofree char *problem = config_problem_format (problems->pdata[i]);

      g_test_message ("%s", problem);
    }
  g_assert_nonnull (configuration);
  snapshot = snapshot_new (1, configuration);
  world->snapshots = snapshot_holder_new (snapshot);
  world->clock = clock_manual_new (NOW_US);
  world->random = random_seeded_new (1);
  world->store = store_engine_memory.open ("", &error);
  g_assert_no_error (error);
  start (world);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      if (g_file_test (inner, G_FILE_TEST_IS_DIR) && !g_file_test (inner, G_FILE_TEST_IS_SYMLINK))
        remove_all (inner);
      else
        g_unlink (inner);
    }
  g_rmdir (path);
}

static void
tear_down (World *world, gconstpointer settings)
{
  stop (world);
  store_close (world->store);
  snapshot_holder_free (world->snapshots);
  random_free (world->random);
  clock_free (world->clock);
  test_folder_free (world->folder);
  remove_all (world->state);
  g_free (world->state);
}

static char *
path_of (World *world, const char *name)
{
  return g_build_filename (world->state, "in", name, NULL);
}

static void
put (World *world, const char *name, const char *text)
{
  g_autofree char *path = path_of (world, name);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *json = g_strdelimit (g_strdup (text), "'", '"');
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0700);
  g_file_set_contents (path, json, -1, &error);
  g_assert_no_error (error);
}

static gboolean
is_there (World *world, const char *name)
{
  g_autofree char *path = path_of (world, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
assert_reason (World *world, const char *name, const char *pattern)
{
  g_autofree char *path = path_of (world, name);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%s", text);
  g_assert_true (g_pattern_match_simple (pattern, text));
}

/* "detail-type metadata;" of all events, oldest first. */
static void
assert_events (World *world, const char *expected)
{
  const EventQuery query = { .matched = -1 };
  StoreCursor cursor = { 0 };
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autofree char *wanted = g_strdelimit (g_strdup (expected), "'", '"');
  g_autoptr (GError) error = NULL;

  world->store->engine->find_events (world->store, &query, &cursor, 1000, &events, &error);
  g_assert_no_error (error);
  for (guint i = events->len; i > 0; i--)
    {
      const Event *event = ((StoredEvent *) events->pdata[i - 1])->event;

      g_string_append_printf (seen, "%s %s;", event->detail_type, event->metadata);
    }
  g_assert_cmpstr (seen->str, ==, wanted);
}

#define PLAIN "{'Folder':{'Path':'in','SettleSeconds':0}}"
#define MAPPED                                                                                     \
  "{'Folder':{'Path':'in','SettleSeconds':0,'KeepDone':false},'DetailType':{'Path':'$.kind'},"     \
  "'Id':{'Path':'$.id'}}"
#define SETTLING "{'Folder':{'Path':'in','SettleSeconds':3600}}"
#define SMALL "{'Folder':{'Path':'in','SettleSeconds':0,'FileBytes':10}}"

static void
test_done (World *world, gconstpointer data)
{
  put (world, "b.json", "{'n': 1}\n");
  put (world, "a.ndjson", "{'n': 2}\n\n  {'n': 3}\r\n[]");
  put (world, ".hidden.json", "{}");
  put (world, "notes.txt", "{}");
  g_assert_cmpuint (folders_step (world->folders), ==, 2);
  assert_events (world, "file {'id':'a.ndjson:1'};file {'id':'a.ndjson:3'};"
                        "file {'id':'a.ndjson:4'};file {'id':'b.json'};");
  g_assert_true (is_there (world, "done/a.ndjson"));
  g_assert_true (is_there (world, "done/b.json"));
  g_assert_false (is_there (world, "b.json"));
  g_assert_true (is_there (world, ".hidden.json"));
  g_assert_true (is_there (world, "notes.txt"));
  g_assert_cmpuint (folders_step (world->folders), ==, 0);
  /* Another file of that name. */
  put (world, "b.json", "{'n': 1}\n");
  g_assert_cmpuint (folders_step (world->folders), ==, 1);
  g_assert_true (is_there (world, "done/2-b.json"));
}

static void
test_mapped (World *world, gconstpointer data)
{
  put (world, "a.json", "{'kind':'paid','id':17}");
  folders_step (world->folders);
  assert_events (world, "paid {'id':'17'};");
  g_assert_false (is_there (world, "done/a.json"));
  g_assert_false (is_there (world, "claimed/a.json"));
}

static void
test_failed (World *world, gconstpointer data)
{
  g_autofree char *link = path_of (world, "link.json");
  g_autofree char *large = g_strnfill (2000, ' ');

  put (world, "bad.json", "{'n': 1,}");
  put (world, "lines.jsonl", "{'n': 1}\n{'n': 2}\n{'n': 3}\nnope\n");
  put (world, "empty.json", "");
  put (world, "large.json", large);
  g_assert_cmpint (symlink ("/etc/hostname", link), ==, 0);
  g_assert_cmpuint (folders_step (world->folders), ==, 5);
  assert_events (world, "");
  assert_reason (world, "failed/bad.json.reason", "line 1, column *");
  assert_reason (world, "failed/lines.jsonl.reason", "line 4: *");
  assert_reason (world, "failed/empty.json.reason", "*");
  assert_reason (world, "failed/large.json.reason", "*2000 bytes*");
  assert_reason (world, "failed/link.json.reason", "it is a symbolic link\n");
  /* An empty file of lines has nothing to keep, and nothing that is wrong. */
  put (world, "none.jsonl", "");
  g_assert_cmpuint (folders_step (world->folders), ==, 1);
  g_assert_true (is_there (world, "done/none.jsonl"));
}

static void
test_too_large (World *world, gconstpointer data)
{
  put (world, "a.json", "[1,2,3,4,5,6]");
  folders_step (world->folders);
  assert_reason (world, "failed/a.json.reason", "it has 13 bytes; FileBytes *");
}

static void
test_settling (World *world, gconstpointer data)
{
  put (world, "a.json", "{}");
  g_assert_cmpuint (folders_step (world->folders), ==, 0);
  g_assert_true (is_there (world, "a.json"));
}

/* Killed after the commit and before the file was moved: it lies in claimed/ as it did. */
static void
test_killed_after_commit (World *world, gconstpointer data)
{
  g_autofree char *done = path_of (world, "done/a.ndjson");
  g_autofree char *claimed = path_of (world, "claimed/a.ndjson");

  put (world, "a.ndjson", "1\n2\n3\n");
  folders_step (world->folders);
  g_assert_cmpint (g_rename (done, claimed), ==, 0);
  stop (world);
  start (world);
  g_assert_cmpuint (folders_step (world->folders), ==, 1);
  assert_events (world,
                 "file {'id':'a.ndjson:1'};file {'id':'a.ndjson:2'};file {'id':'a.ndjson:3'};");
  g_assert_true (is_there (world, "done/a.ndjson"));
}

/* Killed after it was claimed and before anything was kept. */
static void
test_killed_before_commit (World *world, gconstpointer data)
{
  put (world, "claimed/a.json", "1");
  g_assert_cmpuint (folders_step (world->folders), ==, 1);
  assert_events (world, "file {'id':'a.json'};");
  g_assert_true (is_there (world, "done/a.json"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, settings, test)                                                                  \
  g_test_add ("/ingress/folders/" name, World, settings, set_up, test, tear_down)
  ADD ("done", PLAIN, test_done);
  ADD ("mapped", MAPPED, test_mapped);
  ADD ("failed", PLAIN, test_failed);
  ADD ("too-large", SMALL, test_too_large);
  ADD ("settling", SETTLING, test_settling);
  ADD ("killed-after-commit", PLAIN, test_killed_after_commit);
  ADD ("killed-before-commit", PLAIN, test_killed_before_commit);
  return g_test_run ();
}
