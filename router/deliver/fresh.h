/* fresh.h: what was just accepted, kept in memory until its first attempt, which then needs not be
 * read from the store.
 *
 * Bounded: what finds no room is read from the store like everything else.  Put on the writer
 * thread, taken on the delivery thread. */
#pragma once

#include "base/clock.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct Fresh Fresh;

/* The clock outlives it. */
Fresh *fresh_new (Clock *clock, gsize max_bytes);
void fresh_free (Fresh *fresh);

/* After the commit, before anybody is told that its deliveries are due.  Deliveries that are due
 * later only are not kept. */
void fresh_put (Fresh *fresh, const AppendEvent *append);

/* The delivery as the commit left it and its event, once: it is for the first attempt, after which
 * only the store knows.  FALSE: ask the store. */
gboolean
fresh_take (Fresh *fresh, DeliveryKey key, StoredDelivery **out_delivery, Event **out_event);

gsize fresh_bytes (Fresh *fresh);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fresh, fresh_free)

G_END_DECLS
