/* Presets, out of the program itself. */
#include "config/preset.h"

#include "config-presets.h"

#include <stdlib.h>
#include <string.h>

static const char *const folders[] = {
  [PRESET_SIGNATURE] = "/org/signalbox/presets/signatures/",
  [PRESET_PROVIDER] = "/org/signalbox/presets/providers/",
  [PRESET_SMS] = "/org/signalbox/presets/sms/",
};

JsonObject *
config_preset_get (PresetKind kind, const char *name)
{
  g_autofree char *path = g_strconcat (folders[kind], name, ".json", NULL);
  GResource *resource = config_presets_get_resource ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  if (strchr (name, '/') == NULL)
    bytes = g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (bytes == NULL)
    return NULL;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  root = json_from_string (text, NULL);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_dup_object (root) : NULL;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
config_preset_names (PresetKind kind)
{
  char **names = g_resource_enumerate_children (config_presets_get_resource (), folders[kind],
                                                G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  for (char **name = names; name != NULL && *name != NULL; name++)
    (*name)[strlen (*name) - strlen (".json")] = '\0';
  if (names == NULL)
    return g_new0 (char *, 1);
  qsort (names, g_strv_length (names), sizeof *names, compare);
  return names;
}

static void
put_members (JsonObject *out, JsonObject *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    json_object_set_member (out, name, json_node_copy (node));
}

/* {"Header": …}, {"Path": …} and {"Query": …} are one value, not settings of their own. */
static gboolean
is_value (JsonObject *object)
{
  return json_object_has_member (object, "Header") || json_object_has_member (object, "Path") ||
         json_object_has_member (object, "Query");
}

static gboolean
are_both_settings (JsonNode *below, JsonNode *above)
{
  return below != NULL && JSON_NODE_HOLDS_OBJECT (below) && JSON_NODE_HOLDS_OBJECT (above) &&
         !is_value (json_node_get_object (below)) && !is_value (json_node_get_object (above));
}

JsonObject *
config_preset_merge (JsonObject *preset, JsonObject *file)
{
  JsonObject *merged = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  put_members (merged, preset);
  json_object_iter_init_ordered (&iter, file);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      JsonNode *below = json_object_get_member (merged, name);
      JsonObject *both;

      if (!are_both_settings (below, node))
        {
          json_object_set_member (merged, name, json_node_copy (node));
          continue;
        }
      both = json_object_new ();
      put_members (both, json_node_get_object (below));
      put_members (both, json_node_get_object (node));
      json_object_set_object_member (merged, name, both);
    }
  return merged;
}
