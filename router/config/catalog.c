/* catalog.c: every setting of every kind, by its path. */
#include "config/catalog.h"

#include "config/suggest.h"

#include <string.h>

static void
entry_free (gpointer data)
{
  CatalogEntry *entry = data;

  g_free (entry->path);
  g_free (entry);
}

static void
add_settings (GPtrArray *catalog,
              const ConfigSchema *kind,
              const ConfigSchema *schema,
              const char *prefix)
{
  for (const ConfigSetting *setting = schema->settings; setting->name; setting++)
    {
      CatalogEntry *entry;

      if (setting->flags & SETTING_UNSUPPORTED)
        continue;
      entry = g_new0 (CatalogEntry, 1);
      entry->path = g_strconcat (prefix, ".", setting->name, NULL);
      entry->kind = kind;
      entry->parent = schema;
      entry->setting = setting;
      entry->is_common = kind == &config_schema_connector;
      g_ptr_array_add (catalog, entry);
      if (setting->nested)
        add_settings (catalog, kind, setting->nested, entry->path);
    }
}

GPtrArray *
config_catalog_new (const ConfigSchema *const *connector_schemas)
{
  static const ConfigSchema *const own[] = { &config_schema_router,   &config_schema_bus,
                                             &config_schema_source,   &config_schema_signature,
                                             &config_schema_rule,     &config_schema_tests,
                                             &config_schema_connector };
  GPtrArray *catalog = g_ptr_array_new_with_free_func (entry_free);

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    add_settings (catalog, own[i], own[i], own[i]->kind);
  for (guint i = 0; connector_schemas && connector_schemas[i]; i++)
    add_settings (catalog, connector_schemas[i], connector_schemas[i], connector_schemas[i]->kind);
  return catalog;
}

/* Is it the path, or the path from one of its names on? */
static gboolean
ends_with (const char *path, const char *name)
{
  gsize path_length = strlen (path), length = strlen (name);

  if (length > path_length || g_ascii_strcasecmp (path + path_length - length, name) != 0)
    return FALSE;
  return length == path_length || path[path_length - length - 1] == '.';
}

GPtrArray *
config_catalog_find (GPtrArray *catalog, const char *name)
{
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; i < catalog->len; i++)
    {
      const CatalogEntry *entry = catalog->pdata[i];

      if (ends_with (entry->path, name) || g_ascii_strcasecmp (entry->kind->kind, name) == 0)
        g_ptr_array_add (found, catalog->pdata[i]);
    }
  return found;
}

const char *
config_catalog_suggest (GPtrArray *catalog, const char *name)
{
  Suggestion suggestion;

  suggestion_init (&suggestion, name);
  for (guint i = 0; i < catalog->len; i++)
    {
      const CatalogEntry *entry = catalog->pdata[i];

      suggestion_offer (&suggestion, entry->setting->name);
      suggestion_offer (&suggestion, entry->path);
      suggestion_offer (&suggestion, entry->kind->kind);
    }
  return suggestion_get (&suggestion);
}

char *
config_catalog_file (const ConfigSchema *kind)
{
  if (kind == &config_schema_router)
    return g_strdup ("router.json");
  if (kind == &config_schema_rule)
    return g_strdup ("rule/<bus>/<name>.json");
  if (kind == &config_schema_connector)
    return g_strdup ("<connector>/<name>.json");
  return g_strdup_printf ("%s/<name>.json", kind->kind);
}

static const char *
plain_type (const ConfigSetting *setting)
{
  switch (setting->type)
    {
    case SETTING_STRING:
      if (setting->flags & SETTING_URL)
        return "http or https URL";
      if (setting->flags & SETTING_QUEUE)
        return "queue, as queue/<name>";
      if (setting->flags & SETTING_REFERENCE)
        return "connector, as <kind>/<name>";
      return setting->flags & SETTING_BUS ? "name of a bus" : "string";
    case SETTING_INTEGER:
      return "whole number";
    case SETTING_NUMBER:
      return "number";
    case SETTING_BOOLEAN:
      return "true or false";
    case SETTING_OBJECT:
      return "object";
    case SETTING_ARRAY:
      return setting->nested ? "array of objects" : "array of strings";
    case SETTING_NUMBERS:
      return "array of numbers";
    case SETTING_STRING_MAP:
      return "object of strings";
    case SETTING_VALUE:
      return "string, {\"Header\": …} or {\"Path\": …}";
    case SETTING_ANY:
      break;
    }
  return "JSON";
}

/* What the bounds count. */
static const char *
counted (const ConfigSetting *setting)
{
  switch (setting->type)
    {
    case SETTING_STRING:
    case SETTING_VALUE:
      return "characters";
    case SETTING_ARRAY:
    case SETTING_STRING_MAP:
      return "entries";
    default:
      return setting->unit;
    }
}

char *
config_setting_type_text (const ConfigSetting *setting)
{
  const char *unit = counted (setting);
  GString *text;

  if (setting->choices)
    {
      g_autofree char *choices = g_strjoinv (", ", (char **) setting->choices);

      return g_strconcat ("one of ", choices, NULL);
    }
  text = g_string_new (plain_type (setting));
  if (setting->min != 0 || setting->max != 0)
    g_string_append_printf (text, ", %.15g to %.15g%s%s", setting->min, setting->max,
                            unit ? " " : "", unit ? unit : "");
  else if (setting->flags & SETTING_NONEMPTY)
    g_string_append (text, ", not empty");
  return g_string_free (text, FALSE);
}
