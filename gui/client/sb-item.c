#include "config.h"

#include "sb-item.h"

#include "sb-json.h"

/* Keeps a hash of the text that it was read from: comparing it is the cheapest way to know that
 * nothing changed, and most rows of most refreshes have not.  The text itself would be the larger
 * part of a list of a hundred thousand. */
typedef struct
{
  char *id;
  guint64 hash;
} SbItemPrivate;

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SbItem, sb_item, G_TYPE_OBJECT)

/* FNV-1a of 64 bits. */
static guint64
hash_of (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autofree char *text = NULL;
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  json_node_init_object (node, object);
  text = json_to_string (node, FALSE);
  for (const char *at = text; *at != '\0'; at++)
    hash = (hash ^ (guchar) *at) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash;
}

static void
sb_item_finalize (GObject *object)
{
  SbItemPrivate *priv = sb_item_get_instance_private (SB_ITEM (object));

  g_free (priv->id);

  G_OBJECT_CLASS (sb_item_parent_class)->finalize (object);
}

static void
sb_item_class_init (SbItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sb_item_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SB_TYPE_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 0);
}

static void
sb_item_init (SbItem *self)
{
}

char *
sb_item_dup_id (GType type, JsonObject *object)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (type);
  const char *member = ((SbItemClass *) klass)->id;

  return sb_json_dup_text (object, member != NULL ? member : "id");
}

SbItem *
sb_item_new (GType type, JsonObject *object)
{
  g_autofree char *id = NULL;
  SbItemPrivate *priv;
  SbItem *self;

  g_return_val_if_fail (g_type_is_a (type, SB_TYPE_ITEM), NULL);

  id = sb_item_dup_id (type, object);
  if (*id == '\0')
    return NULL;
  self = g_object_new (type, NULL);
  priv = sb_item_get_instance_private (self);
  priv->id = g_steal_pointer (&id);
  priv->hash = hash_of (object);
  SB_ITEM_GET_CLASS (self)->read (self, object);
  return self;
}

const char *
sb_item_get_id (SbItem *self)
{
  SbItemPrivate *priv = sb_item_get_instance_private (self);

  g_return_val_if_fail (SB_IS_ITEM (self), NULL);

  return priv->id;
}

void
sb_item_update (SbItem *self, JsonObject *object)
{
  SbItemPrivate *priv = sb_item_get_instance_private (self);
  guint64 hash;

  g_return_if_fail (SB_IS_ITEM (self));

  hash = hash_of (object);
  if (hash == priv->hash)
    return;
  priv->hash = hash;
  SB_ITEM_GET_CLASS (self)->read (self, object);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}
