#include "config.h"

#include "sb-fields.h"

#include <string.h>

#define MAX_FIELDS 1000 /* what is more is not proposed */
#define MAX_VALUES 8    /* of a field */
#define MAX_LENGTH 80   /* of a value */

struct _SbFields
{
  GObject parent_instance;

  GHashTable *values; /* path -> GPtrArray of JSON texts; of objects empty */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbFields, sb_fields, G_TYPE_OBJECT)

static void
add_value (GPtrArray *values, JsonNode *node)
{
  g_autofree char *text = json_to_string (node, FALSE);

  if (values->len < MAX_VALUES && strlen (text) <= MAX_LENGTH &&
      !g_ptr_array_find_with_equal_func (values, text, g_str_equal, NULL))
    g_ptr_array_add (values, g_steal_pointer (&text));
}

static void add_object (SbFields *self, const char *path, JsonObject *object);

static void
add_node (SbFields *self, const char *path, JsonNode *node)
{
  GPtrArray *values = g_hash_table_lookup (self->values, path);

  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < MIN (json_array_get_length (array), MAX_VALUES); i++)
        add_node (self, path, json_array_get_element (array, i));
      return;
    }
  if (values == NULL)
    {
      if (g_hash_table_size (self->values) >= MAX_FIELDS)
        return;
      values = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (self->values, g_strdup (path), values);
    }
  if (JSON_NODE_HOLDS_OBJECT (node))
    add_object (self, path, json_node_get_object (node));
  else
    add_value (values, node);
}

static void
add_object (SbFields *self, const char *path, JsonObject *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *below = *path != '\0' ? g_strdup_printf ("%s.%s", path, name)
                                             : g_strdup (name);

      add_node (self, below, node);
    }
}

void
sb_fields_add (SbFields *self, JsonObject *event)
{
  static const char *const members[] = { "source", "detail-type", "resources", "detail",
                                         "metadata" };

  g_return_if_fail (SB_IS_FIELDS (self));

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (json_object_has_member (event, members[i]))
      add_node (self, members[i], json_object_get_member (event, members[i]));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_fields_finalize (GObject *object)
{
  g_hash_table_unref (SB_FIELDS (object)->values);

  G_OBJECT_CLASS (sb_fields_parent_class)->finalize (object);
}

static void
sb_fields_class_init (SbFieldsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sb_fields_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SB_TYPE_FIELDS, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
sb_fields_init (SbFields *self)
{
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) g_ptr_array_unref);
}

SbFields *
sb_fields_new (void)
{
  return g_object_new (SB_TYPE_FIELDS, NULL);
}

/* ---- Asking ---------------------------------------------------------------------------------- */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static char **
end_sorted (GPtrArray *names)
{
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

char **
sb_fields_dup_paths (SbFields *self)
{
  GPtrArray *paths = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer path, values;

  g_return_val_if_fail (SB_IS_FIELDS (self), NULL);

  g_hash_table_iter_init (&iter, self->values);
  while (g_hash_table_iter_next (&iter, &path, &values))
    if (((GPtrArray *) values)->len > 0)
      g_ptr_array_add (paths, g_strdup (path));
  return end_sorted (paths);
}

char **
sb_fields_dup_names (SbFields *self, const char *path)
{
  GPtrArray *names = g_ptr_array_new ();
  gsize length = strlen (path);
  GHashTableIter iter;
  gpointer key;

  g_return_val_if_fail (SB_IS_FIELDS (self), NULL);

  g_hash_table_iter_init (&iter, self->values);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const char *rest = key;

      if (length > 0 && (!g_str_has_prefix (key, path) || rest[length] != '.'))
        continue;
      rest += length > 0 ? length + 1 : 0;
      if (strchr (rest, '.') == NULL)
        g_ptr_array_add (names, g_strdup (rest));
    }
  return end_sorted (names);
}

char **
sb_fields_dup_values (SbFields *self, const char *path)
{
  GPtrArray *copy = g_ptr_array_new ();
  GPtrArray *values;

  g_return_val_if_fail (SB_IS_FIELDS (self), NULL);

  values = g_hash_table_lookup (self->values, path);
  for (guint i = 0; values != NULL && i < values->len; i++)
    g_ptr_array_add (copy, g_strdup (values->pdata[i]));
  return end_sorted (copy);
}
