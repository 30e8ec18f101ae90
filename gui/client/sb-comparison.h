/* sb-comparison.h: a delivery that failed beside the last one of its type that the same target
 * took: what is different in what they carry? */
#pragma once

#include "sb-client.h"
#include "sb-delivery.h"
#include "sb-json-diff.h"

G_BEGIN_DECLS

#define SB_TYPE_COMPARISON (sb_comparison_get_type ())
G_DECLARE_FINAL_TYPE (SbComparison, sb_comparison, SB, COMPARISON, GObject)

SbComparison *sb_comparison_new (SbClient *client);

/* NULL: nothing is compared. */
void sb_comparison_set_delivery (SbComparison *self, SbDelivery *delivery);

/* GPtrArray of SbJsonChange from the one that was taken to this one, or NULL: nothing is known yet,
 * or there is none to compare with.  out_n_all: how many there are in all. */
GPtrArray *sb_comparison_get_changes (SbComparison *self, guint *out_n_all);

/* The event that it is compared with; "" when there is none. */
const char *sb_comparison_get_event (SbComparison *self);
gint64 sb_comparison_get_at_us (SbComparison *self); /* when it was delivered */

/* Signals:
 *   changed ()  something else is known */

G_END_DECLS
