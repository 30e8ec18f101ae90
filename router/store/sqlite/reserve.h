/* reserve.h: room kept for settlements.
 *
 * A file of zeros beside the store.  When the disk is full it is given up, so that what was
 * delivered can still be recorded; new events are not taken before it could be made again.  Writer
 * thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define RESERVE_BYTES (8 * 1024 * 1024)

typedef struct
{
  char *path;
  gboolean is_held;
  gboolean was_given_up; /* and could not be made again */
} Reserve;

/* Makes the file if there is room for it many times over; without it everything works but this. */
void reserve_init (Reserve *reserve, const char *folder);
void reserve_clear (Reserve *reserve);

/* The disk is full. */
void reserve_give_up (Reserve *reserve);
/* TRUE: it is held, or was never needed; nothing stands in the way of new events. */
gboolean reserve_restore (Reserve *reserve);

G_END_DECLS
