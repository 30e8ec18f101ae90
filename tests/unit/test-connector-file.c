/* The file connector: lines that are whole, files that are whole, and a disk that says no. */
#include "support/sender.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define STEM "20261121T091400Z-01934b1c-0000-7000-8000-000000000001-2"

static void
deliver (Sender *sender, const char *json)
{
  Outcome outcome;

  sender_send_text (sender, json, &outcome);
  g_assert_cmpstr (outcome.note, ==, "");
  g_assert_cmpint (outcome.kind, ==, OUTCOME_DELIVERED);
  g_assert_null (outcome.error_code);
  outcome_clear (&outcome);
}

static void
assert_file (Sender *sender, const char *relative, const char *expected)
{
  g_autofree char *text = sender_read (sender, relative);

  g_assert_cmpstr (text, ==, expected);
}

static gboolean
exists (Sender *sender, const char *relative)
{
  g_autofree char *path = sender_path (sender, relative);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
write_file (Sender *sender, const char *relative, const char *text)
{
  g_autofree char *path = sender_path (sender, relative);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* ---- Lines --------------------------------------------------------------------------------- */

static void
test_lines (void)
{
  g_autoptr (Sender) sender = sender_new ("file", "{\"Path\":\"a/b/log.jsonl\"}");
  g_autoptr (GBytes) payload = g_bytes_new_static ("\"one\"\n\"two\"", 11);
  ConnectorRequest request = sender_request (payload);
  Outcome outcome;

  deliver (sender, "{\"a\":1}");
  deliver (sender, "{\n  \"b\": \"x\\ny\"\r\n}");
  request.content_type = "text/plain; charset=utf-8";
  sender_send (sender, &request, &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_DELIVERED);
  outcome_clear (&outcome);
  assert_file (sender, "a/b/log.jsonl", "{\"a\":1}\n{   \"b\": \"x\\ny\"  }\n\"one\\ntwo\"\n");
}

static void
test_appends_to_what_is_there (void)
{
  g_autoptr (Sender) sender = sender_new ("file", "{\"Path\":\"log\"}");

  write_file (sender, "log", "1\n");
  deliver (sender, "2");
  sender_reopen (sender);
  deliver (sender, "3");
  assert_file (sender, "log", "1\n2\n3\n");
}

static void
test_torn_line_is_ended (void)
{
  g_autoptr (Sender) sender = sender_new ("file", "{\"Path\":\"log\"}");

  write_file (sender, "log", "{\"whole\":1}\n{\"tor");
  deliver (sender, "2");
  assert_file (sender, "log", "{\"whole\":1}\n{\"tor\n2\n");
}

static void
test_file_moved_away (void)
{
  g_autoptr (Sender) sender = sender_new ("file", "{\"Path\":\"sub/log\"}");
  g_autofree char *from = sender_path (sender, "sub/log");
  g_autofree char *to = sender_path (sender, "sub/old");

  deliver (sender, "1");
  g_assert_cmpint (g_rename (from, to), ==, 0);
  deliver (sender, "2");
  assert_file (sender, "sub/old", "1\n");
  assert_file (sender, "sub/log", "2\n");
}

static void
test_folder_deleted (void)
{
  g_autoptr (Sender) sender = sender_new ("file", "{\"Path\":\"sub/log\"}");
  g_autofree char *file = sender_path (sender, "sub/log");
  g_autofree char *folder = sender_path (sender, "sub");

  deliver (sender, "1");
  g_assert_cmpint (g_remove (file), ==, 0);
  g_assert_cmpint (g_remove (folder), ==, 0);
  deliver (sender, "2");
  assert_file (sender, "sub/log", "2\n");
}

/* Files of 4096 bytes take four lines of 1000 each; three full ones are kept. */
static void
test_turning_over (void)
{
  g_autoptr (Sender) sender = sender_new ("file",
                                          "{\"Path\":\"log\",\"MaxBytes\":4096,\"Keep\":3}");

  for (guint i = 0; i < 22; i++)
    {
      g_autofree char *json = g_strdup_printf ("\"%0*u\"", 997, i);

      deliver (sender, json);
    }

  for (guint n = 0; n <= 3; n++)
    {
      g_autofree char *name = n == 0 ? g_strdup ("log") : g_strdup_printf ("log.%u", n);
      g_autofree char *text = sender_read (sender, name);
      guint first = 20 - 4 * n;

      g_assert_cmpuint (strlen (text), ==, n == 0 ? 2000 : 4000);
      g_assert_cmpuint ((guint) g_ascii_strtoull (text + 1, NULL, 10), ==, first);
    }
  g_assert_false (exists (sender, "log.4"));
}

static void
test_line_larger_than_a_file (void)
{
  g_autoptr (Sender) sender = sender_new ("file",
                                          "{\"Path\":\"log\",\"MaxBytes\":4096,\"Keep\":2}");
  g_autofree char *json = g_strdup_printf ("\"%06000u\"", 7);
  g_autofree char *expected = g_strconcat (json, "\n", NULL);

  deliver (sender, "1");
  deliver (sender, json);
  deliver (sender, "2");
  assert_file (sender, "log", "2\n");
  assert_file (sender, "log.1", expected);
  assert_file (sender, "log.2", "1\n");
}

typedef struct
{
  guint n_done;
  guint order[500];
} Count;

typedef struct
{
  Count *count;
  guint i;
} Numbered;

static void
note_done (const Outcome *outcome, gpointer user_data)
{
  g_autofree Numbered *numbered = user_data;

  g_assert_cmpint (outcome->kind, ==, OUTCOME_DELIVERED);
  numbered->count->order[numbered->count->n_done++] = numbered->i;
}

/* All that come while the disk is busy are taken together; turning over comes in between. */
static void
test_many (void)
{
  g_autoptr (Sender) sender = sender_new ("file",
                                          "{\"Path\":\"log\",\"MaxBytes\":4096,\"Keep\":100}");
  Count count = { 0 };
  guint next = 0;

  for (guint i = 0; i < G_N_ELEMENTS (count.order); i++)
    {
      g_autofree char *json = g_strdup_printf ("\"%0*u\"", 97, i);
      g_autoptr (GBytes) payload = g_bytes_new (json, strlen (json));
      ConnectorRequest request = sender_request (payload);
      Numbered *numbered = g_new (Numbered, 1);

      *numbered = (Numbered){ &count, i };
      sender->kind->send (sender->connector, &request, note_done, numbered);
    }
  while (count.n_done < G_N_ELEMENTS (count.order))
    g_main_context_iteration (sender->context, TRUE);

  /* 40 lines of 100 bytes a file: 12 full ones and the rest. */
  for (int n = 12; n >= 0; n--)
    {
      g_autofree char *name = n == 0 ? g_strdup ("log") : g_strdup_printf ("log.%d", n);
      g_autofree char *text = sender_read (sender, name);

      for (const char *p = text; *p != '\0'; p += 100)
        {
          g_assert_cmpuint (count.order[next], ==, next);
          g_assert_cmpuint ((guint) g_ascii_strtoull (p + 1, NULL, 10), ==, next++);
        }
    }
  g_assert_cmpuint (next, ==, G_N_ELEMENTS (count.order));
}

/* ---- Folder -------------------------------------------------------------------------------- */

static guint
n_files (Sender *sender, const char *relative)
{
  g_autofree char *path = sender_path (sender, relative);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint n = 0;

  g_assert_nonnull (folder);
  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static void
test_folder (void)
{
  g_autoptr (Sender) sender = sender_new ("file", "{\"Path\":\"events/in\",\"Form\":\"folder\"}");

  deliver (sender, "{ \"a\":\n1}");
  assert_file (sender, "events/in/" STEM ".json", "{ \"a\":\n1}");
  /* The same delivery again: its file is replaced, nothing is left over. */
  deliver (sender, "2");
  assert_file (sender, "events/in/" STEM ".json", "2");
  g_assert_cmpuint (n_files (sender, "events/in"), ==, 1);
}

static void
test_folder_names_are_safe (void)
{
  g_autoptr (Sender) sender = sender_new ("file", "{\"Path\":\"out\",\"Form\":\"folder\"}");
  g_autoptr (GBytes) payload = g_bytes_new_static ("1", 1);
  ConnectorRequest request = sender_request (payload);
  Outcome outcome;

  request.delivery_id = "../../x/y";
  request.event_time = "2026-11-21T09:14:00.5/../Z";
  sender_send (sender, &request, &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_DELIVERED);
  assert_file (sender, "out/20261121T0914005Z-.._.._x_y.json", "1");
  outcome_clear (&outcome);
}

static void
test_half_written_file_of_a_crash (void)
{
  g_autoptr (Sender) sender = sender_new ("file", "{\"Path\":\"out\",\"Form\":\"folder\"}");
  g_autofree char *folder = sender_path (sender, "out");

  g_assert_cmpint (g_mkdir (folder, 0750), ==, 0);
  write_file (sender, "out/.new-" STEM ".json", "half of someth");
  deliver (sender, "1");
  assert_file (sender, "out/" STEM ".json", "1");
  g_assert_cmpuint (n_files (sender, "out"), ==, 1);
}

/* ---- A disk that says no ------------------------------------------------------------------- */

static void
assert_fails (Sender *sender, OutcomeKind kind, const char *error_code, const char *note)
{
  Outcome outcome;

  sender_send_text (sender, "1", &outcome);
  g_test_message ("%s", outcome.note);
  g_assert_cmpint (outcome.kind, ==, kind);
  g_assert_cmpstr (outcome.error_code, ==, error_code);
  g_assert_true (g_pattern_match_simple (note, outcome.note));
  outcome_clear (&outcome);
}

static void
test_disk_full (void)
{
  g_autoptr (Sender) sender = sender_new ("file", "{\"Path\":\"/dev/full\"}");

  assert_fails (sender, OUTCOME_RETRY, ERROR_CODE_ERROR_FROM_TARGET,
                "file/test cannot write /dev/full: No space left on device");
}

static void
test_file_in_the_way (void)
{
  g_autoptr (Sender) lines = sender_new ("file", "{\"Path\":\"x/log\"}");
  g_autoptr (Sender) folder = sender_new ("file", "{\"Path\":\"x/y\",\"Form\":\"folder\"}");

  write_file (lines, "x", "a file");
  assert_fails (lines, OUTCOME_MISCONFIGURED, ERROR_CODE_INVALID_PARAMETER,
                "file/test cannot write */x/log: Not a directory");
  write_file (folder, "x", "a file");
  assert_fails (folder, OUTCOME_MISCONFIGURED, ERROR_CODE_INVALID_PARAMETER,
                "file/test cannot write */x/y/" STEM ".json: Not a directory");
}

static void
test_folder_in_the_way (void)
{
  g_autoptr (Sender) sender = sender_new ("file", "{\"Path\":\"log\"}");
  g_autofree char *path = sender_path (sender, "log");

  g_assert_cmpint (g_mkdir (path, 0750), ==, 0);
  assert_fails (sender, OUTCOME_MISCONFIGURED, ERROR_CODE_INVALID_PARAMETER, "*Is a directory");
  /* It works again when the cause is gone. */
  g_assert_cmpint (g_remove (path), ==, 0);
  deliver (sender, "1");
  assert_file (sender, "log", "1\n");
}

/* What was staged for it does not stay. */
static void
test_folder_in_the_way_of_a_file (void)
{
  g_autoptr (Sender) sender = sender_new ("file", "{\"Path\":\"out\",\"Form\":\"folder\"}");
  g_autofree char *path = sender_path (sender, "out/" STEM ".json");

  g_assert_cmpint (g_mkdir_with_parents (path, 0750), ==, 0);
  assert_fails (sender, OUTCOME_MISCONFIGURED, ERROR_CODE_INVALID_PARAMETER, "*Is a directory");
  g_assert_cmpuint (n_files (sender, "out"), ==, 1);
}

/* A pipe without a reader must not keep the thread. */
static void
test_pipe_in_the_way (void)
{
  g_autoptr (Sender) sender = sender_new ("file", "{\"Path\":\"pipe\"}");
  g_autofree char *path = sender_path (sender, "pipe");

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  assert_fails (sender, OUTCOME_MISCONFIGURED, ERROR_CODE_INVALID_PARAMETER, "*");
}

static void
test_wrong_paths (void)
{
  static const char *const wrong[] = { "..", "../x", "a/../b", "/a/..", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *settings = g_strdup_printf ("{\"Path\":\"%s\"}", wrong[i]);
      g_autoptr (Sender) sender = sender_new ("file", settings);

      g_assert_null (sender->connector);
      g_assert_true (g_str_has_prefix (sender->error->message, "file/test: Path: The path "));
    }
}

/* Lines cannot go to what can only be a folder; files can. */
static void
test_paths_of_folders (void)
{
  static const char *const paths[] = { "out/", ".", "out/." };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *lines = g_strdup_printf ("{\"Path\":\"%s\"}", paths[i]);
      g_autofree char *folder = g_strdup_printf ("{\"Path\":\"%s\",\"Form\":\"folder\"}", paths[i]);
      g_autoptr (Sender) refused = sender_new ("file", lines);
      g_autoptr (Sender) taken = sender_new ("file", folder);

      g_assert_null (refused->connector);
      g_assert_nonnull (strstr (refused->error->message, "is a folder"));
      g_assert_nonnull (taken->connector);
    }
}

static void
never_done (const Outcome *outcome, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
test_close_with_work_under_way (void)
{
  g_autoptr (Sender) sender = sender_new ("file", "{\"Path\":\"log\"}");
  g_autoptr (GBytes) payload = g_bytes_new_static ("1", 1);
  ConnectorRequest request = sender_request (payload);

  for (guint i = 0; i < 100; i++)
    sender->kind->send (sender->connector, &request, never_done, NULL);
  g_clear_pointer (&sender->connector, sender->kind->close);
  while (g_main_context_iteration (sender->context, FALSE))
    ;
}

static void
test_describe (void)
{
  g_autoptr (Sender) lines = sender_new ("file", "{\"Path\":\"a/log\"}");
  g_autoptr (Sender) folder = sender_new ("file", "{\"Path\":\"/b\",\"Form\":\"folder\"}");
  g_autofree char *of_lines = lines->kind->describe ("test", lines->settings, "/state");
  g_autofree char *of_folder = folder->kind->describe ("test", folder->settings, "/state");

  g_assert_cmpstr (of_lines, ==, "file /state/a/log");
  g_assert_cmpstr (of_folder, ==, "folder /b");
}

/* ---- Ages and names ------------------------------------------------------------------------ */

static void
test_turns_over_by_age (void)
{
  g_autoptr (Sender) sender = sender_new ("file",
                                          "{\"Path\":\"log\",\"MaxAgeSeconds\":3600,\"Keep\":1}");

  deliver (sender, "1");
  clock_manual_advance (sender->clock, 3600 * G_TIME_SPAN_SECOND);
  deliver (sender, "2");
  assert_file (sender, "log", "1\n2\n");
  clock_manual_advance (sender->clock, G_TIME_SPAN_SECOND);
  deliver (sender, "3");
  assert_file (sender, "log", "3\n");
  assert_file (sender, "log.1", "1\n2\n");
  /* It counts from the first line of each. */
  clock_manual_advance (sender->clock, 3600 * G_TIME_SPAN_SECOND);
  deliver (sender, "4");
  assert_file (sender, "log", "3\n4\n");
  clock_manual_advance (sender->clock, 2 * G_TIME_SPAN_SECOND);
  deliver (sender, "5");
  assert_file (sender, "log.1", "3\n4\n");
  g_assert_false (exists (sender, "log.2"));
}

/* Whatever an event says, it is one file of the folder. */
static void
test_names (void)
{
  static const struct
  {
    const char *name, *file;
  } cases[] = {
    { "order-<$.detail.id>.json", "order-17.json" },
    { "<$.detail.path>", "a_.._b" },
    { "<$.detail.dots>", "_." },
    { "<$.detail.dots>/<$.detail.path>", "_._a_.._b" },
    { "<$.detail.nasty>", "x__Evil__1" },
    { "/etc/<source>", "_etc_shop" },
    { "<$.detail.nothing>", "_" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *settings = g_strdup_printf (
          "{\"Path\":\"box\",\"Form\":\"folder\",\"Name\":\"%s\"}", cases[i].name);
      g_autoptr (Sender) sender = sender_new ("file", settings);
      g_autofree char *path = g_strconcat ("box/", cases[i].file, NULL);
      g_autofree char *folder = sender_path (sender, "box");
      g_autoptr (GDir) dir = NULL;

      g_test_message ("%s", cases[i].name);
      deliver (sender, "{}");
      deliver (sender, "{\"a\":1}");
      assert_file (sender, path, "{\"a\":1}");
      dir = g_dir_open (folder, 0, NULL);
      g_assert_cmpstr (g_dir_read_name (dir), ==, cases[i].file);
      g_assert_null (g_dir_read_name (dir));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/file/lines", test_lines);
  g_test_add_func ("/connector/file/appends-to-what-is-there", test_appends_to_what_is_there);
  g_test_add_func ("/connector/file/torn-line-is-ended", test_torn_line_is_ended);
  g_test_add_func ("/connector/file/file-moved-away", test_file_moved_away);
  g_test_add_func ("/connector/file/folder-deleted", test_folder_deleted);
  g_test_add_func ("/connector/file/turning-over", test_turning_over);
  g_test_add_func ("/connector/file/line-larger-than-a-file", test_line_larger_than_a_file);
  g_test_add_func ("/connector/file/many", test_many);
  g_test_add_func ("/connector/file/folder", test_folder);
  g_test_add_func ("/connector/file/folder-names-are-safe", test_folder_names_are_safe);
  g_test_add_func ("/connector/file/half-written-file-of-a-crash",
                   test_half_written_file_of_a_crash);
  g_test_add_func ("/connector/file/disk-full", test_disk_full);
  g_test_add_func ("/connector/file/file-in-the-way", test_file_in_the_way);
  g_test_add_func ("/connector/file/folder-in-the-way", test_folder_in_the_way);
  g_test_add_func ("/connector/file/folder-in-the-way-of-a-file", test_folder_in_the_way_of_a_file);
  g_test_add_func ("/connector/file/pipe-in-the-way", test_pipe_in_the_way);
  g_test_add_func ("/connector/file/wrong-paths", test_wrong_paths);
  g_test_add_func ("/connector/file/paths-of-folders", test_paths_of_folders);
  g_test_add_func ("/connector/file/close-with-work-under-way", test_close_with_work_under_way);
  g_test_add_func ("/connector/file/describe", test_describe);

  g_test_add_func ("/connector/file/turns-over-by-age", test_turns_over_by_age);
  g_test_add_func ("/connector/file/names", test_names);

  return g_test_run ();
}
