/* sb-item.h: a row of a paged list: something with an id that the router can say more about later.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SB_TYPE_ITEM (sb_item_get_type ())
G_DECLARE_DERIVABLE_TYPE (SbItem, sb_item, SB, ITEM, GObject)

struct _SbItemClass
{
  GObjectClass parent_class;

  const char *list; /* the API's name for many of them: "deliveries" */

  /* Takes everything but the id from the router's object. */
  void (*read) (SbItem *self, JsonObject *object);
};

/* NULL when the object has no id. */
SbItem *sb_item_new (GType type, JsonObject *object);

const char *sb_item_get_id (SbItem *self);

/* What the router says now; emits "changed" when that differs from before. */
void sb_item_update (SbItem *self, JsonObject *object);

G_END_DECLS
