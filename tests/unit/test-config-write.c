/* Putting one file in place, whole or not at all. */
#include "support/config-folder.h"

#include "base/error.h"

#include <glib/gstdio.h>

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = test_folder_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_folder_free (fixture->folder);
}

static void
write_text (Fixture *fixture, const char *relative, const char *text)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = config_write_file (fixture->folder, relative, text, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
text_is (Fixture *fixture, const char *relative, const char *expected)
{
  g_autofree char *path = g_build_filename (fixture->folder, relative, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* "a.json b.json", hidden files too. */
static void
listing_is (Fixture *fixture, const char *relative, const char *expected)
{
  g_autofree char *path = g_build_filename (fixture->folder, relative, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = NULL;
  GDir *directory = g_dir_open (path, 0, NULL);
  const char *name;

  g_assert_nonnull (directory);
  while ((name = g_dir_read_name (directory)))
    g_ptr_array_add (names, g_strdup (name));
  g_dir_close (directory);
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  text = g_strjoinv (" ", (char **) names->pdata);
  g_assert_cmpstr (text, ==, expected);
}

static guint
mode_of (Fixture *fixture, const char *relative)
{
  g_autofree char *path = g_build_filename (fixture->folder, relative, NULL);
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  return status.st_mode & 07777;
}

static void
test_new (Fixture *fixture, gconstpointer data)
{
  mode_t before = umask (027);

  write_text (fixture, "router.json", "{}");
  write_text (fixture, "rule/shop/paid.json", "{ \"a\": 1 }\n");
  write_text (fixture, "rule/shop/other.json", "");
  umask (before);
  text_is (fixture, "router.json", "{}");
  text_is (fixture, "rule/shop/paid.json", "{ \"a\": 1 }\n");
  text_is (fixture, "rule/shop/other.json", "");
  listing_is (fixture, "", "router.json rule");
  listing_is (fixture, "rule/shop", "other.json paid.json");
  g_assert_cmpuint (mode_of (fixture, "router.json"), ==, 0640);
}

static void
test_replaced (Fixture *fixture, gconstpointer data)
{
  static const guint modes[] = { 0600, 0644, 0640, 0664 };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, "bus", "a.json", NULL);

      test_folder_put (fixture->folder, "bus/a.json", "old and longer");
      g_assert_cmpint (g_chmod (path, (int) modes[i]), ==, 0);
      write_text (fixture, "bus/a.json", "new");
      text_is (fixture, "bus/a.json", "new");
      listing_is (fixture, "bus", "a.json");
      g_assert_cmpuint (mode_of (fixture, "bus/a.json"), ==, modes[i]);
    }
}

/* Whoever has the old file open goes on reading the old text. */
static void
test_old_text_stays_whole (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "bus", "a.json", NULL);
  char text[8] = { 0 };
  FILE *file;

  test_folder_put (fixture->folder, "bus/a.json", "old");
  file = g_fopen (path, "re");
  g_assert_nonnull (file);
  write_text (fixture, "bus/a.json", "new");
  g_assert_cmpuint (fread (text, 1, sizeof text - 1, file), ==, 3);
  g_assert_cmpstr (text, ==, "old");
  fclose (file);
}

static void
test_link (Fixture *fixture, gconstpointer data)
{
  g_autofree char *link = g_build_filename (fixture->folder, "router.json", NULL);

  test_folder_put (fixture->folder, "elsewhere/real.json", "old");
  g_assert_cmpint (symlink ("elsewhere/real.json", link), ==, 0);
  write_text (fixture, "router.json", "new");
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  text_is (fixture, "elsewhere/real.json", "new");
  listing_is (fixture, "", "elsewhere router.json");
  listing_is (fixture, "elsewhere", "real.json");
}

static void
test_deleted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  test_folder_put (fixture->folder, "bus/a.json", "{}");
  write_text (fixture, "bus/a.json", NULL);
  listing_is (fixture, "bus", "");
  g_assert_false (config_write_file (fixture->folder, "bus/a.json", NULL, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (config_write_file (fixture->folder, "no/such.json", NULL, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
}

/* Never through a link over what is no file of ours. */
static void
test_in_the_way (Fixture *fixture, gconstpointer data)
{
  g_autofree char *link = g_build_filename (fixture->folder, "router.json", NULL);
  g_autofree char *pipe = g_build_filename (fixture->folder, "pipe", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (symlink ("pipe", link), ==, 0);
  g_assert_false (config_write_file (fixture->folder, "router.json", "{}", &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT);
  listing_is (fixture, "", "pipe router.json");
}

static void
test_bad_paths (Fixture *fixture, gconstpointer data)
{
  static const char *const paths[] = {
    "",
    ".json",
    "../a.json",
    "/a.json",
    "bus/../../a.json",
    "bus//a.json",
    "bus/.a.json",
    "bus/a.txt",
    "bus/a",
    "rule/a/b/c.json",
    "./a.json",
    "bus/a b.json",
    ".git/a.json",
    "bus/a.json/",
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("“%s”", paths[i]);
      g_assert_false (config_write_file (fixture->folder, paths[i], "{}", &error));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
      g_clear_error (&error);
      g_assert_false (config_write_file (fixture->folder, paths[i], NULL, &error));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
    }
  listing_is (fixture, "", "");
}

/* Each step that can fail leaves what was there, and nothing else. */
static void
test_failures (Fixture *fixture, gconstpointer data)
{
  g_autofree char *missing = g_build_filename (fixture->folder, "missing", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (config_write_file (missing, "router.json", "{}", &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  g_clear_error (&error);
  g_assert_false (config_write_file (missing, "bus/a.json", "{}", &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  g_clear_error (&error);

  /* A file where a folder must be. */
  test_folder_put (fixture->folder, "bus", "file");
  g_assert_false (config_write_file (fixture->folder, "bus/a.json", "{}", &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  g_clear_error (&error);

  /* A folder where the file must be. */
  test_folder_put (fixture->folder, "rule/shop/a.json/inner", "kept");
  g_assert_false (config_write_file (fixture->folder, "rule/shop/a.json", "{}", &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (config_write_file (fixture->folder, "rule/shop/a.json", NULL, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  text_is (fixture, "rule/shop/a.json/inner", "kept");
  text_is (fixture, "bus", "file");
  listing_is (fixture, "", "bus rule");
  listing_is (fixture, "rule/shop", "a.json");
}

/* The text does not fit: as on a full disk, the write itself fails. */
static void
test_does_not_fit (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (5000, ' ');
  g_autoptr (GError) error = NULL;
  struct rlimit before, limit;
  gboolean ok;

  test_folder_put (fixture->folder, "bus/a.json", "old");
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = 4096;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  ok = config_write_file (fixture->folder, "bus/a.json", text, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_false (ok);
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE);
  text_is (fixture, "bus/a.json", "old");
  listing_is (fixture, "bus", "a.json");
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/config-write/new", test_new);
  ADD ("/config-write/replaced", test_replaced);
  ADD ("/config-write/old-text-stays-whole", test_old_text_stays_whole);
  ADD ("/config-write/link", test_link);
  ADD ("/config-write/deleted", test_deleted);
  ADD ("/config-write/in-the-way", test_in_the_way);
  ADD ("/config-write/bad-paths", test_bad_paths);
  ADD ("/config-write/failures", test_failures);
  ADD ("/config-write/does-not-fit", test_does_not_fit);
  return g_test_run ();
}
