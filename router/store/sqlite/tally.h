/* tally.h: what a transaction adds to the counters.
 *
 * Collected in memory while items are applied and written once, before the commit: a batch of a
 * thousand events touches each counter once.  Writer thread only. */
#pragma once

#include "store/sqlite/database.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct Tally Tally;

Tally *tally_new (Database *database);
void tally_free (Tally *tally);

/* subject: the number of a name, or with COUNT_STATE of a route; 0 where there is only one count.
 */
void tally_add (Tally *tally, StoreCountKind kind, gint64 subject, DeliveryState state, gint64 n);

/* Events that were received at a time. */
void tally_add_received (Tally *tally, gint64 received_us, gint64 n);

/* In the open transaction. */
gboolean tally_write (Tally *tally, GError **error);
/* Whether it was written or is to be forgotten. */
void tally_clear (Tally *tally);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tally, tally_free)

G_END_DECLS
