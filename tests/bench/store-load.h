/* store-load.h: events for the benchmarks of the store: 1 KB each, one delivery each. */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

#define LOAD_BODY_BYTES 1024

GBytes *load_body_new (void);

/* Event number n; its seq in a new store is n + 1. */
BatchItem *load_append (GBytes *body, guint64 number, gint64 received_us);
/* Delivered, at once. */
BatchItem *load_settle (gint64 seq, gint64 at_us);

/* Appends the events from number first on, settled when asked for, in commits of 512; one a
 * millisecond from start_us on. */
void load_fill (Store *store,
                GBytes *body,
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
