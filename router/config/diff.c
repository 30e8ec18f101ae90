/* diff.c: what one configuration says that another does not, in the words of the settings. */
#include "config/diff.h"

#include "base/json-text.h"

#include <string.h>

#define SHOWN_CHARACTERS 60

typedef struct
{
  GPtrArray *changes;
  const char *file, *object;
} Diff;

void
config_change_free (ConfigChange *change)
{
  g_free (change->file);
  g_free (change->object);
  g_free (change->setting);
  g_free (change->before);
  g_free (change->after);
  g_free (change);
}

const char *
config_change_kind_name (ChangeKind kind)
{
  static const char *const names[] = {
    [CHANGE_ADDED] = "added",
    [CHANGE_REMOVED] = "removed",
    [CHANGE_CHANGED] = "changed",
    [CHANGE_LAYOUT] = "layout",
  };

  return names[kind];
}

char *
config_change_format (const ConfigChange *change)
{
  static const char marks[] = {
    [CHANGE_ADDED] = '+',
    [CHANGE_REMOVED] = '-',
    [CHANGE_CHANGED] = '~',
    [CHANGE_LAYOUT] = '=',
  };
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%c %s", marks[change->kind], change->object);
  if (change->kind == CHANGE_LAYOUT)
    g_string_append (text, ": only the layout");
  if (*change->setting)
    g_string_append_printf (text, ": %s", change->setting);
  if (*change->setting && change->kind == CHANGE_CHANGED)
    g_string_append_printf (text, " %s -> %s (%s)", change->before ? change->before : "not set",
                            change->after ? change->after : "not set",
                            config_effect_name (change->effect));
  return g_string_free (text, FALSE);
}

/* ---- Values ---------------------------------------------------------------------------------- */

static char *
shorten (const char *text)
{
  g_autofree char *head = NULL;

  if (g_utf8_strlen (text, -1) <= SHOWN_CHARACTERS)
    return g_strdup (text);
  head = g_utf8_substring (text, 0, SHOWN_CHARACTERS);
  return g_strconcat (head, "…", NULL);
}

/* Without user, password, query and fragment, which may be secrets. */
static char *
public_url (const char *url)
{
  const char *scheme = strstr (url, "://");
  const char *host = scheme ? scheme + 3 : url;
  gsize authority = strcspn (host, "/?#");
  g_autofree char *place = g_strndup (host, authority);
  const char *at = strrchr (place, '@');
  gsize path = strcspn (host + authority, "?#");
  g_autofree char *start = g_strndup (url, (gsize) (host - url));
  g_autofree char *rest = g_strndup (host + authority, path);

  return g_strconcat ("\"", start, at ? "…" : "", at ? at : place, rest,
                      host[authority + path] ? "?…" : "", "\"", NULL);
}

/* A value as it is shown; NULL when there is none. */
static char *
show (const ConfigSetting *setting, JsonNode *node)
{
  g_autofree char *text = NULL;

  if (!node && setting && setting->default_json && !setting->nested)
    return g_strdup_printf ("%s by default", setting->default_json);
  if (!node)
    return NULL;
  if (setting && (setting->flags & SETTING_PRIVATE))
    return g_strdup ("(not shown)");
  if (setting && (setting->flags & SETTING_URL) && json_node_get_value_type (node) == G_TYPE_STRING)
    return public_url (json_node_get_string (node));
  text = json_to_string (node, FALSE);
  return shorten (text);
}

/* ---- Objects --------------------------------------------------------------------------------- */

static void
add (Diff *diff, ChangeKind kind, const char *setting, char *before, char *after, int effect)
{
  ConfigChange *change = g_new0 (ConfigChange, 1);

  *change = (ConfigChange){
    .kind = kind,
    .file = g_strdup (diff->file),
    .object = g_strdup (diff->object),
    .setting = g_strdup (setting),
    .before = before,
    .after = after,
    .effect = (SettingEffect) effect,
  };
  g_ptr_array_add (diff->changes, change);
}

static void compare_objects (Diff *diff,
                             const ConfigSchema *schema,
                             const ConfigSchema *common,
                             JsonObject *before,
                             JsonObject *after,
                             const char *prefix);

static const char *
id_of (JsonNode *node)
{
  JsonObject *object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  return object ? json_object_get_string_member_with_default (object, "Id", NULL) : NULL;
}

static JsonNode *
find_by_id (JsonArray *array, const char *id)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (g_strcmp0 (id_of (element), id) == 0)
        return element;
    }
  return NULL;
}

/* Does each element have an Id? */
static gboolean
has_ids (JsonArray *array)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!id_of (json_array_get_element (array, i)))
      return FALSE;
  return TRUE;
}

/* Targets are told apart by their Id, wherever they stand. */
static void
compare_by_id (Diff *diff, const ConfigSetting *setting, JsonArray *before, JsonArray *after)
{
  for (guint i = 0; i < json_array_get_length (before); i++)
    {
      JsonNode *old = json_array_get_element (before, i);
      JsonNode *new = find_by_id (after, id_of (old));
      g_autofree char *name = g_strdup_printf ("target %s", id_of (old));
      g_autofree char *prefix = g_strconcat (name, ": ", NULL);

      if (new)
        compare_objects (diff, setting->nested, NULL, json_node_get_object (old),
                         json_node_get_object (new), prefix);
      else
        add (diff, CHANGE_REMOVED, name, NULL, NULL, EFFECT_NEW_EVENTS);
    }
  for (guint i = 0; i < json_array_get_length (after); i++)
    {
      const char *id = id_of (json_array_get_element (after, i));
      g_autofree char *name = g_strdup_printf ("target %s", id);

      if (!find_by_id (before, id))
        add (diff, CHANGE_ADDED, name, NULL, NULL, EFFECT_NEW_EVENTS);
    }
}

/* Saying what holds anyway is no change. */
static gboolean
is_default (const ConfigSetting *setting, JsonNode *node)
{
  g_autoptr (JsonNode) fallback = setting && setting->default_json
                                      ? json_from_string (setting->default_json, NULL)
                                      : NULL;

  return fallback && json_node_equal (fallback, node);
}

static void
compare_members (Diff *diff,
                 const ConfigSetting *setting,
                 const char *name,
                 JsonNode *before,
                 JsonNode *after)
{
  gboolean both = before && after;

  if ((both && json_node_equal (before, after)) ||
      (!both && is_default (setting, before ? before : after)))
    return;
  if (setting && setting->nested && setting->type == SETTING_OBJECT &&
      (!before || JSON_NODE_HOLDS_OBJECT (before)) && (!after || JSON_NODE_HOLDS_OBJECT (after)))
    {
      g_autoptr (JsonObject) nothing = json_object_new ();
      g_autofree char *prefix = g_strconcat (name, ".", NULL);

      compare_objects (diff, setting->nested, NULL,
                       before ? json_node_get_object (before) : nothing,
                       after ? json_node_get_object (after) : nothing, prefix);
    }
  else if (both && setting && setting->nested && JSON_NODE_HOLDS_ARRAY (before) &&
           JSON_NODE_HOLDS_ARRAY (after) && has_ids (json_node_get_array (before)) &&
           has_ids (json_node_get_array (after)))
    compare_by_id (diff, setting, json_node_get_array (before), json_node_get_array (after));
  else
    add (diff, CHANGE_CHANGED, name, show (setting, before), show (setting, after),
         setting ? setting->effect : EFFECT_AT_ONCE);
}

static void
compare_objects (Diff *diff,
                 const ConfigSchema *schema,
                 const ConfigSchema *common,
                 JsonObject *before,
                 JsonObject *after,
                 const char *prefix)
{
  JsonObject *const sides[] = { before, after };

  for (guint side = 0; side < G_N_ELEMENTS (sides); side++)
    {
      JsonObjectIter iter;
      const char *name;

      json_object_iter_init_ordered (&iter, sides[side]);
      while (json_object_iter_next_ordered (&iter, &name, NULL))
        {
          const ConfigSetting *setting = config_schema_find (schema, name);
          g_autofree char *path = g_strconcat (prefix, name, NULL);

          if (!setting && common)
            setting = config_schema_find (common, name);
          /* What both have was seen on the first side. */
          if (strcmp (name, CONFIG_SCHEMA_KEY) != 0 &&
              (side == 0 || !json_object_has_member (before, name)))
            compare_members (diff, setting, path, json_object_get_member (before, name),
                             json_object_get_member (after, name));
        }
    }
}

/* ---- Files ----------------------------------------------------------------------------------- */

/* "rule default/paid-orders", "connector webhook/billing", "source github", "router" */
static char *
object_name (const char *path, const ConfigSchema *schema)
{
  gsize length = strlen (path) - (g_str_has_suffix (path, ".json") ? strlen (".json") : 0);
  g_autofree char *stem = g_strndup (path, length);
  const char *slash = strchr (stem, '/');

  if (!slash)
    return g_strdup (stem);
  if (schema && config_schema_is_connector (schema))
    return g_strconcat ("connector ", stem, NULL);
  return g_strdup_printf ("%.*s %s", (int) (slash - stem), stem, slash + 1);
}

static const ConfigSchema *
schema_of (const char *path, const ConfigSchema *const *connector_schemas)
{
  g_autofree char *kind = g_strndup (path, strcspn (path, "/."));

  return config_schema_by_kind (kind, connector_schemas);
}

static JsonNode *
parse_object (const char *text)
{
  g_autoptr (JsonNode) node = NULL;

  if (json_text_find_bad_escape (text, strlen (text)))
    return NULL;
  node = json_from_string (text, NULL);
  return node && JSON_NODE_HOLDS_OBJECT (node) ? g_steal_pointer (&node) : NULL;
}

static void
compare_texts (Diff *diff, const ConfigSchema *schema, const char *before, const char *after)
{
  g_autoptr (JsonNode) old = parse_object (before);
  g_autoptr (JsonNode) new = parse_object (after);
  guint n_before = diff->changes->len;

  if (strcmp (before, after) == 0)
    return;
  if (!old || !new || !schema)
    {
      add (diff, CHANGE_CHANGED, "", NULL, NULL, EFFECT_AT_ONCE);
      return;
    }
  compare_objects (diff, schema,
                   config_schema_is_connector (schema) ? &config_schema_connector : NULL,
                   json_node_get_object (old), json_node_get_object (new), "");
  if (diff->changes->len == n_before)
    add (diff, CHANGE_LAYOUT, "", NULL, NULL, EFFECT_AT_ONCE);
}

static void
compare_file (Diff *diff,
              const char *path,
              const char *before,
              const char *after,
              const ConfigSchema *const *connector_schemas)
{
  const ConfigSchema *schema = schema_of (path, connector_schemas);
  g_autofree char *object = object_name (path, schema);

  diff->file = path;
  diff->object = object;
  if (before && after)
    compare_texts (diff, schema, before, after);
  else
    add (diff, before ? CHANGE_REMOVED : CHANGE_ADDED, "", NULL, NULL, EFFECT_AT_ONCE);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
config_diff (GHashTable *before, GHashTable *after, const ConfigSchema *const *connector_schemas)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  Diff diff = { .changes = g_ptr_array_new_with_free_func ((GDestroyNotify) config_change_free) };
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    g_ptr_array_add (paths, path);
  g_hash_table_iter_init (&iter, after);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (!g_hash_table_contains (before, path))
      g_ptr_array_add (paths, path);
  g_ptr_array_sort (paths, compare_paths);
  for (guint i = 0; i < paths->len; i++)
    compare_file (&diff, paths->pdata[i], g_hash_table_lookup (before, paths->pdata[i]),
                  g_hash_table_lookup (after, paths->pdata[i]), connector_schemas);
  return diff.changes;
}

GHashTable *
config_content_parse (const char *content)
{
  g_autoptr (JsonNode) root = content ? json_from_string (content, NULL) : NULL;
  g_autoptr (GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  JsonObjectIter iter;
  const char *path;
  JsonNode *node;

  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &path, &node))
    {
      if (json_node_get_value_type (node) != G_TYPE_STRING)
        return NULL;
      g_hash_table_insert (files, g_strdup (path), json_node_dup_string (node));
    }
  return g_steal_pointer (&files);
}
