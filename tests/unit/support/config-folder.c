/* config-folder.c: what the tests of config/ share. */
#include "config-folder.h"

#include "config/document.h"

#include <glib/gstdio.h>

#include <string.h>

static const char *const methods[] = { "POST", "PUT", NULL };

static const ConfigSetting webhook_settings[] = {
  { .name = "Url",
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED | SETTING_URL,
    .help = "Where events are posted to." },
  { .name = "Method",
    .type = SETTING_STRING,
    .default_json = "\"POST\"",
    .choices = methods,
    .help = "The request's method." },
  { .name = "Headers",
    .type = SETTING_STRING_MAP,
    .default_json = "{}",
    .max = 3,
    .help = "Headers of each request." },
  { .name = "TimeoutSeconds",
    .type = SETTING_NUMBER,
    .default_json = "30",
    .min = 0.1,
    .max = 600,
    .unit = "s",
    .help = "How long an answer is waited for." },
  { NULL },
};

static const ConfigSchema webhook_schema = {
  .kind = "webhook",
  .title = "Webhook",
  .settings = webhook_settings,
};

static const ConfigSetting file_settings[] = {
  { .name = "Path",
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED | SETTING_NONEMPTY | SETTING_EXCLUSIVE,
    .help = "The file that events are appended to." },
  { NULL },
};

static const ConfigSchema file_schema = {
  .kind = "file",
  .title = "File",
  .settings = file_settings,
};

const ConfigSchema *const test_connector_schemas[] = { &webhook_schema, &file_schema, NULL };

char *
test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("signalbox-config-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
delete_tree (const char *path)
{
  GDir *directory;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_chmod (path, 0700);
      directory = g_dir_open (path, 0, NULL);
      g_assert_nonnull (directory);
      while ((name = g_dir_read_name (directory)))
        {
          g_autofree char *inner = g_build_filename (path, name, NULL);

          delete_tree (inner);
        }
      g_dir_close (directory);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

void
test_folder_free (char *folder)
{
  delete_tree (folder);
  g_free (folder);
}

void
test_folder_put (const char *folder, const char *relative, const char *text)
{
  g_autofree char *path = g_build_filename (folder, relative, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

gboolean
test_folder_has (const char *folder, const char *relative)
{
  g_autofree char *path = g_build_filename (folder, relative, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

ConfigFile *
test_file_new (const char *path, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  guint n_parts = g_strv_length (parts);
  g_autofree char *base = g_path_get_basename (path);
  g_autoptr (GPtrArray) problems = test_problems_new ();
  ConfigFile *file = g_new0 (ConfigFile, 1);
  ConfigReport report;

  file->schema = config_schema_by_kind (n_parts > 1 ? parts[0] : "router", test_connector_schemas);
  g_assert_nonnull (file->schema);
  file->path = g_strdup (path);
  file->bus = n_parts == 3 ? g_strdup (parts[1]) : NULL;
  file->name = g_strndup (base, strlen (base) - strlen (".json"));
  file->text = g_strdup (text);
  file->length = strlen (text);
  config_report_init (&report, file, problems);
  if (!config_file_parse (file, &report))
    g_error ("%s is not an object: %s", path, text);
  config_report_clear (&report);
  return file;
}

GPtrArray *
test_problems_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) config_problem_free);
}

void
test_problems_are (const char *what, GPtrArray *problems, const char *const *expected)
{
  gboolean same = TRUE;
  guint n = 0;

  for (; expected[n]; n++)
    if (n < problems->len)
      {
        g_autofree char *text = config_problem_format (problems->pdata[n]);

        same = same && g_pattern_match_simple (expected[n], text);
      }
  if (same && n == problems->len)
    return;
  g_test_message ("%s: expected", what);
  for (guint i = 0; i < n; i++)
    g_test_message ("  %s", expected[i]);
  g_test_message ("but there is");
  for (guint i = 0; i < problems->len; i++)
    {
      g_autofree char *text = config_problem_format (problems->pdata[i]);

      g_test_message ("  %s", text);
    }
  g_test_fail ();
}
