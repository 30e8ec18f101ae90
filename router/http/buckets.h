/* buckets.h: a time divided into equal steps, for histograms.
 *
 * Steps are round ones that begin on the clock (every five minutes, every hour), so that the same
 * question a moment later has the same bars.  Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 start_us; /* wall clock: when the first begins */
  gint64 step_us;  /* whole minutes */
  guint n;
} Buckets;

#define BUCKETS_MAX 1440

/* The finest steps by which [from_us, to_us) takes at most max (up to BUCKETS_MAX) of them. */
void buckets_choose (Buckets *buckets, gint64 from_us, gint64 to_us, guint max);

/* FALSE: outside. */
gboolean buckets_find (const Buckets *buckets, gint64 at_us, guint *out_place);

G_END_DECLS
