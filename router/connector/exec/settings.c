/* The program's settings table, and what the table alone cannot check.  Pure; any thread. */
#include "connector/exec/exec.h"

#include "base/error.h"
#include "base/secret.h"
#include "config/settings.h"
#include "connector/template.h"

#include <string.h>

static const ConfigSetting settings_table[] = {
  {
      .name = "Command",
      .effect = EFFECT_NEXT_ATTEMPT,
      .type = SETTING_ARRAY,
      .flags = SETTING_REQUIRED | SETTING_NONEMPTY,
      .min = 1,
      .max = 100,
      .help = "The program, as an absolute path, and its arguments.  There is no shell.  An "
              "argument may have places such as <$.detail.id>, and stays one argument.",
  },
  {
      .name = "Folder",
      .effect = EFFECT_NEXT_ATTEMPT,
      .type = SETTING_STRING,
      .min = 1,
      .max = 4096,
      .help = "Where it runs; a relative path begins in the state folder, which it is without it.",
  },
  {
      .name = "Environment",
      .effect = EFFECT_NEXT_ATTEMPT,
      .type = SETTING_STRING_MAP,
      .flags = SETTING_PRIVATE,
      .max = 100,
      .help = "What its environment has besides PATH, LANG and SIGNALBOX_*; nothing is inherited.",
  },
  {
      .name = "Secrets",
      .effect = EFFECT_NEXT_ATTEMPT,
      .type = SETTING_STRING_MAP,
      .max = 20,
      .help = "Variables of its environment, each with the name of the secret that it holds.",
  },
  {
      .name = "TimeoutSeconds",
      .effect = EFFECT_NEXT_ATTEMPT,
      .type = SETTING_INTEGER,
      .default_json = "30",
      .min = 1,
      .max = 86400,
      .unit = "s",
      .help = "A program that is not done within this time is ended, and tried again later.",
  },
  {
      .name = "MaxOutputBytes",
      .effect = EFFECT_NEXT_ATTEMPT,
      .type = SETTING_INTEGER,
      .default_json = "1048576",
      .min = 0,
      .max = 1073741824,
      .unit = "bytes",
      .help = "A program that writes more is ended.",
  },
  {
      .name = "DeliveredOn",
      .effect = EFFECT_NEXT_ATTEMPT,
      .type = SETTING_NUMBERS,
      .default_json = "[0]",
      .min = 0,
      .max = 255,
      .help = "Exit statuses that mean: delivered.",
  },
  {
      .name = "RefusedOn",
      .effect = EFFECT_NEXT_ATTEMPT,
      .type = SETTING_NUMBERS,
      .default_json = "[64, 65]",
      .min = 0,
      .max = 255,
      .help = "Exit statuses that mean: never.  After any other, and after a signal, it is tried "
              "again.",
  },
  { 0 },
};

static gboolean
check_command (JsonObject *settings, char **out_pointer, GError **error)
{
  g_auto (GStrv) command = config_settings_strings (settings, "Command");

  if (!g_path_is_absolute (command[0]))
    {
      *out_pointer = g_strdup ("/Command/0");
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                   "“%.64s” is no absolute path of a program", command[0]);
      return FALSE;
    }
  for (guint i = 1; command[i] != NULL; i++)
    {
      Template *template_ = template_new (command[i], error);

      if (template_ == NULL)
        {
          *out_pointer = g_strdup_printf ("/Command/%u", i);
          return FALSE;
        }
      template_free (template_);
    }
  return TRUE;
}

static gboolean
is_variable (const char *name)
{
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '_')
      return FALSE;
  return *name != '\0' && !g_ascii_isdigit (*name);
}

static gboolean
check_variables (JsonObject *settings, const char *key, char **out_pointer, GError **error)
{
  JsonObject *map = config_settings_object (settings, key);
  JsonObjectIter iter;
  const char *name;

  if (map == NULL)
    return TRUE;
  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    if (!is_variable (name) || g_str_has_prefix (name, "SIGNALBOX_"))
      {
        *out_pointer = g_strconcat ("/", key, NULL);
        g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                     "“%.64s” is no name of a variable that can be set", name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_secrets (JsonObject *settings, char **out_pointer, GError **error)
{
  JsonObject *map = config_settings_object (settings, "Secrets");
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (map == NULL)
    return TRUE;
  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (!secret_name_is_valid (json_node_get_string (node)))
      {
        *out_pointer = g_strconcat ("/Secrets/", name, NULL);
        g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                     "expected the name of a secret: 1 to 64 of letters, digits, “.”, “-” and “_”");
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_settings (JsonObject *settings, char **out_pointer, GError **error)
{
  return check_command (settings, out_pointer, error) &&
         check_variables (settings, "Environment", out_pointer, error) &&
         check_variables (settings, "Secrets", out_pointer, error) &&
         check_secrets (settings, out_pointer, error);
}

const ConfigSchema connector_schema_exec = {
  .kind = "exec",
  .title = "Program connector",
  .settings = settings_table,
  .check = check_settings,
};
