/* expire.h: removing what is not to be kept, in small steps.  Writer thread. */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/* The walks along which removable events are found. */
typedef enum
{
  EXPIRY_DONE,      /* deliveries by their last change */
  EXPIRY_DEAD,      /* the same */
  EXPIRY_DISCARDED, /* the same */
  EXPIRY_RECEIVED,  /* events by age: those without deliveries */
} ExpiryWalk;

#define EXPIRY_N_WALKS 4

typedef struct
{
  gint64 time_us, id; /* of the last row that was looked at */
} ExpiryPlace;

/* Where the walks have come to.  A row that was passed cannot become removable by itself: what kept
 * its event was another delivery, and that one comes by later in its own walk, since every change
 * of a delivery dates it anew.  So a walk never has to begin again, save where time or the settings
 * were changed; to be sure it does once a day. */
typedef struct
{
  ExpiryPlace places[EXPIRY_N_WALKS];
  ExpiryWalk next; /* under want of space the walks take turns */
  StoreRetention retention;
  gint64 began_us, last_us; /* wall clock: the walks' beginning, and the last step */
} Expiry;

gint64 sqlite_expire (Store *base, const StoreRetention *retention, gint64 now_us, guint limit);

G_END_DECLS
