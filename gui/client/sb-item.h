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

  const char *list;  /* the API's name for many of them: "deliveries" */
  const char *path;  /* where they are asked for, when not at that name */
  const char *id;    /* the member that says which one it is; NULL: "id" */
  gboolean is_whole; /* the list comes as a whole, not in pages */

  /* Takes everything but the id from the router's object. */
  void (*read) (SbItem *self, JsonObject *object);
};

/* Which one an object is about; "" when it does not say. */
char *sb_item_dup_id (GType type, JsonObject *object);

/* NULL when the object has no id. */
SbItem *sb_item_new (GType type, JsonObject *object);

const char *sb_item_get_id (SbItem *self);

/* What the router says now; emits "changed" when that differs from before. */
void sb_item_update (SbItem *self, JsonObject *object);

G_END_DECLS
