#include "config.h"

#include "sb-json-diff.h"

#include "sb-text.h"

#define MAX_VALUE_BYTES 200
#define MAX_DEPTH                                                                                  \
  100 /* of what is compared member by member; below it values are compared whole                  \
       */

typedef struct
{
  GPtrArray *changes;
  GString *path;
  guint max, n_all, depth;
} Diff;

void
sb_json_change_free (SbJsonChange *change)
{
  g_free (change->path);
  g_free (change->before);
  g_free (change->after);
  g_free (change);
}

static char *
value_text (JsonNode *node)
{
  g_autofree char *text = node != NULL ? json_to_string (node, FALSE) : NULL;
  gsize length = text != NULL ? strlen (text) : 0;
  gsize shown = text != NULL ? sb_text_cut (text, length, MAX_VALUE_BYTES) : 0;

  if (shown == length)
    return g_steal_pointer (&text);
  return g_strdup_printf ("%.*s…", (int) shown, text);
}

static void
add_change (Diff *diff, JsonNode *before, JsonNode *after)
{
  SbJsonChange *change;

  if (diff->n_all++ >= diff->max)
    return;
  change = g_new0 (SbJsonChange, 1);
  change->path = g_strdup (diff->path->str);
  change->before = value_text (before);
  change->after = value_text (after);
  g_ptr_array_add (diff->changes, change);
}

/* Names that a path can have without quotes. */
static gboolean
is_plain_name (const char *name)
{
  if (!g_ascii_isalpha (*name) && *name != '_')
    return FALSE;
  for (; *name != '\0'; name++)
    if (!g_ascii_isalnum (*name) && *name != '_' && *name != '-')
      return FALSE;
  return TRUE;
}

static void compare (Diff *diff, JsonNode *before, JsonNode *after);

static void
compare_member (Diff *diff, const char *name, JsonNode *before, JsonNode *after)
{
  gsize length = diff->path->len;

  g_string_append_printf (diff->path, is_plain_name (name) ? ".%s" : "['%s']", name);
  compare (diff, before, after);
  g_string_truncate (diff->path, length);
}

static void
compare_objects (Diff *diff, JsonObject *before, JsonObject *after)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, before);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    compare_member (diff, name, node, json_object_get_member (after, name));
  json_object_iter_init_ordered (&iter, after);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (!json_object_has_member (before, name))
      compare_member (diff, name, NULL, node);
}

static void
compare_arrays (Diff *diff, JsonArray *before, JsonArray *after)
{
  guint n_before = json_array_get_length (before), n_after = json_array_get_length (after);

  for (guint i = 0; i < MAX (n_before, n_after); i++)
    {
      gsize length = diff->path->len;

      g_string_append_printf (diff->path, "[%u]", i);
      compare (diff, i < n_before ? json_array_get_element (before, i) : NULL,
               i < n_after ? json_array_get_element (after, i) : NULL);
      g_string_truncate (diff->path, length);
    }
}

static void
compare (Diff *diff, JsonNode *before, JsonNode *after)
{
  if (before == NULL || after == NULL || JSON_NODE_TYPE (before) != JSON_NODE_TYPE (after) ||
      JSON_NODE_HOLDS_VALUE (before) || diff->depth >= MAX_DEPTH)
    {
      if (before == NULL || after == NULL || !json_node_equal (before, after))
        add_change (diff, before, after);
      return;
    }
  diff->depth++;
  if (JSON_NODE_HOLDS_OBJECT (before))
    compare_objects (diff, json_node_get_object (before), json_node_get_object (after));
  else if (JSON_NODE_HOLDS_ARRAY (before))
    compare_arrays (diff, json_node_get_array (before), json_node_get_array (after));
  diff->depth--;
}

GPtrArray *
sb_json_diff (const char *before, const char *after, const char *root, guint max, guint *out_n_all)
{
  g_autoptr (JsonNode) a = json_from_string (before, NULL);
  g_autoptr (JsonNode) b = json_from_string (after, NULL);
  g_autoptr (GString) path = g_string_new (root);
  Diff diff = { NULL, path, max, 0, 0 };

  if (a == NULL || b == NULL)
    return NULL;
  diff.changes = g_ptr_array_new_with_free_func ((GDestroyNotify) sb_json_change_free);
  compare (&diff, a, b);
  if (out_n_all != NULL)
    *out_n_all = diff.n_all;
  return diff.changes;
}
