/* The file connector's settings table, and what the table alone cannot check.  Pure; any thread. */
#include "connector/file/file.h"

#include "base/error.h"
#include "connector/disk.h"
#include "connector/template.h"

#include <string.h>

static const char *const forms[] = { "lines", "folder", NULL };

static const ConfigSetting settings_table[] = {
  {
      .name = "Path",
      .type = SETTING_STRING,
      .flags = SETTING_REQUIRED | SETTING_NONEMPTY | SETTING_EXCLUSIVE,
      .min = 1,
      .max = 1024,
      .help = "The file or folder to write to; a relative path begins in the state folder. No "
              "other connector may write to the same one.",
  },
  {
      .name = "Form",
      .type = SETTING_STRING,
      .default_json = "\"lines\"",
      .choices = forms,
      .help = "lines: one file with one line of JSON an event; folder: one file an event.",
  },
  {
      .name = "MaxBytes",
      .type = SETTING_INTEGER,
      .default_json = "67108864",
      .min = 4096,
      .max = 1099511627776.0,
      .unit = "bytes",
      .help = "A file of lines that would grow beyond this is renamed to name.1 and begun anew.",
  },
  {
      .name = "MaxAgeSeconds",
      .type = SETTING_INTEGER,
      .default_json = "0",
      .min = 0,
      .max = 315360000,
      .unit = "s",
      .help = "So is one that was begun longer ago than this, by the next line; 0: never for that.",
  },
  {
      .name = "Keep",
      .type = SETTING_INTEGER,
      .default_json = "10",
      .min = 1,
      .max = 1000,
      .help = "How many full files of lines are kept; the oldest is deleted.",
  },
  {
      .name = "Name",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 500,
      .help = "What the file of an event is called in a folder, by default time and delivery; "
              "<$.detail.id> and others stand for what the event says. Anything but letters, "
              "digits, “.”, “-” and “_” becomes “_”. A "
              "file that is there is replaced.",
  },
  { 0 },
};

gboolean
file_settings_is_folder (JsonObject *settings)
{
  return g_str_equal (json_object_get_string_member (settings, "Form"), "folder");
}

/* By its look alone: whether there is one shows at the first line. */
static gboolean
names_a_folder (const char *path)
{
  const char *slash = strrchr (path, '/');
  const char *last = slash != NULL ? slash + 1 : path;

  return *last == '\0' || strcmp (last, ".") == 0;
}

static gboolean
check_path (JsonObject *settings, GError **error)
{
  const char *path = json_object_get_string_member (settings, "Path");

  if (!disk_check_path (path, error))
    return FALSE;
  if (file_settings_is_folder (settings) || !names_a_folder (path))
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
               "“%s” is a folder, and lines go to a file; name a file in it, or set Form to folder",
               path);
  return FALSE;
}

static gboolean
check_settings (JsonObject *settings, char **out_pointer, GError **error)
{
  const char *text = json_object_get_string_member_with_default (settings, "Name", NULL);
  g_autoptr (Template) name = NULL;

  if (!check_path (settings, error))
    {
      *out_pointer = g_strdup ("/Path");
      return FALSE;
    }
  name = text != NULL ? template_new (text, error) : NULL;
  if (text == NULL || name != NULL)
    return TRUE;
  *out_pointer = g_strdup ("/Name");
  return FALSE;
}

const ConfigSchema connector_schema_file = {
  .kind = "file",
  .title = "File connector",
  .settings = settings_table,
  .check = check_settings,
};
