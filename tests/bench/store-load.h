/* store-load.h: events for the benchmarks of the store, one delivery each.
 *
 * Delivery number n is for rule "default/r<i>", target "t" and connector "webhook/c<i>", where i is
 * n modulo the number of connectors. */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

#define LOAD_BODY_BYTES 1024

GBytes *load_body_new (gsize bytes); /* at least 2 */

typedef struct
{
  GBytes *body;
  guint n_connectors; /* at least 1 */
} LoadKind;

/* Event number n; its seq in a new store is n + 1. */
BatchItem *load_append (const LoadKind *kind, guint64 number, gint64 received_us);
/* Delivered, at once. */
BatchItem *load_settle (gint64 seq, gint64 at_us);

/* Appends the events from number first on, settled when asked for, in large commits; one a
 * millisecond from start_us on. */
void load_fill (Store *store,
                const LoadKind *kind,
                guint64 first,
                guint64 n_events,
                gint64 start_us,
                gboolean settled);

/* A folder under the working directory's file system of temporary files, and its end. */
char *load_folder_new (void);
void load_folder_free (char *folder);

void load_fail_on (const GError *error);

/* The q-th of n sorted numbers, 0 <= q <= 1. */
gint64 load_quantile (GArray *sorted, double q);
int load_compare (gconstpointer a, gconstpointer b);

G_END_DECLS
