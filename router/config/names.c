/* names.c: which buses and connectors there are, for what refers to them. */
#include "config/names.h"

#include "config/configuration.h"
#include "config/suggest.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_BUS "default"

static int
compare_path (gconstpointer path, gconstpointer element)
{
  const ConfigFile *file = *(const ConfigFile *const *) element;

  return strcmp (path, file->path);
}

const ConfigFile *
config_names_find (const ConfigNames *names, const char *kind, const char *name)
{
  g_autofree char *path = g_strconcat (kind, "/", name, ".json", NULL);
  ConfigFile **found = names->files->len > 0
                           ? bsearch (path, names->files->pdata, names->files->len,
                                      sizeof (gpointer), compare_path)
                           : NULL;

  return found ? *found : NULL;
}

static gboolean
has_file (const ConfigNames *names, const char *kind, const char *name)
{
  return config_names_find (names, kind, name) != NULL;
}

const char *
config_bus_of_reference (const char *ref)
{
  return g_str_has_prefix (ref, "bus/") ? ref + strlen ("bus/") : NULL;
}

gboolean
config_names_has_bus (const ConfigNames *names, const char *bus)
{
  return strcmp (bus, DEFAULT_BUS) == 0 || has_file (names, "bus", bus);
}

/* "webhook" of "webhook/billing" when there is such a kind, else NULL. */
static const ConfigSchema *
kind_of (const ConfigNames *names, const char *ref)
{
  const char *slash = strchr (ref, '/');
  g_autofree char *kind = slash ? g_strndup (ref, (gsize) (slash - ref)) : g_strdup (ref);
  const ConfigSchema *schema = config_schema_by_kind (kind, names->connector_schemas);

  return schema && config_schema_is_connector (schema) ? schema : NULL;
}

gboolean
config_names_has_connector (const ConfigNames *names, const char *ref)
{
  const ConfigSchema *schema = kind_of (names, ref);
  const char *slash = strchr (ref, '/');
  const char *bus = config_bus_of_reference (ref);

  if (bus)
    return config_names_has_bus (names, bus);
  return schema && slash && has_file (names, schema->kind, slash + 1);
}

char *
config_names_bus_hint (const ConfigNames *names, const char *bus)
{
  Suggestion suggestion;
  const char *closest;

  suggestion_init (&suggestion, bus);
  suggestion_offer (&suggestion, DEFAULT_BUS);
  for (guint i = 0; i < names->files->len; i++)
    {
      const ConfigFile *file = names->files->pdata[i];

      if (file->schema == &config_schema_bus)
        suggestion_offer (&suggestion, file->name);
    }
  closest = suggestion_get (&suggestion);
  if (closest)
    return g_strdup_printf ("Did you mean “%s”?", closest);
  if (config_name_is_valid (bus))
    return g_strdup_printf ("Make the file bus/%s.json; {} is enough.", bus);
  return g_strdup ("A bus is named by its file, bus/<name>.json.");
}

static char *
closest_connector (const ConfigNames *names, const char *ref)
{
  g_autofree char *best = NULL;

  for (guint i = 0; i < names->files->len; i++)
    {
      const ConfigFile *file = names->files->pdata[i];
      g_autofree char *candidate = g_strconcat (file->schema->kind, "/", file->name, NULL);
      Suggestion suggestion;

      if (!config_schema_is_connector (file->schema) && file->schema != &config_schema_bus)
        continue;
      suggestion_init (&suggestion, ref);
      if (best)
        suggestion_offer (&suggestion, best);
      suggestion_offer (&suggestion, candidate);
      if (suggestion_get (&suggestion) == candidate)
        {
          g_free (best);
          best = g_steal_pointer (&candidate);
        }
    }
  return g_steal_pointer (&best);
}

static char *
list_kinds (const ConfigNames *names)
{
  g_autoptr (GPtrArray) kinds = g_ptr_array_new ();

  for (guint i = 0; names->connector_schemas && names->connector_schemas[i]; i++)
    g_ptr_array_add (kinds, (gpointer) names->connector_schemas[i]->kind);
  g_ptr_array_add (kinds, (gpointer) config_schema_bus.kind);
  g_ptr_array_add (kinds, NULL);
  return g_strjoinv (", ", (char **) kinds->pdata);
}

/* A kind that does not exist. */
static char *
kind_hint (const ConfigNames *names, const char *ref)
{
  g_autofree char *kind = g_strndup (ref, strcspn (ref, "/"));
  g_autofree char *kinds = list_kinds (names);
  Suggestion suggestion;

  suggestion_init (&suggestion, kind);
  for (guint i = 0; names->connector_schemas && names->connector_schemas[i]; i++)
    suggestion_offer (&suggestion, names->connector_schemas[i]->kind);
  if (suggestion_get (&suggestion))
    return g_strdup_printf ("Did you mean the kind “%s”?", suggestion_get (&suggestion));
  return g_strdup_printf ("A connector is named kind/name, and the kinds are %s.", kinds);
}

char *
config_names_connector_hint (const ConfigNames *names, const char *ref)
{
  g_autofree char *closest = closest_connector (names, ref);
  const ConfigSchema *schema = kind_of (names, ref);
  const char *slash = strchr (ref, '/');

  if (closest)
    return g_strdup_printf ("Did you mean “%s”?", closest);
  if (slash && config_bus_of_reference (ref) && config_name_is_valid (slash + 1))
    return g_strdup_printf ("Make the file %s.json; {} is enough.", ref);
  if (schema && slash && config_name_is_valid (slash + 1))
    return g_strdup_printf ("Make the file %s.json.", ref);
  if (schema)
    return g_strdup_printf ("A connector is named kind/name, as in “%s/<name>”.", schema->kind);
  return kind_hint (names, ref);
}
