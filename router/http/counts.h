/* counts.h: the store's counters, by what they are asked for.  One thread. */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/* States begin at 1: the place before them is free for what has been removed. */
#define API_COUNTS_EXPIRED 0

typedef struct
{
  GHashTable *by_ingress; /* "source/github" -> gint64* */
  GHashTable *by_rule;    /* "bus/name" -> gint64* */
  GHashTable
      *by_target; /* api_counts_target_key() -> gint64[DELIVERY_N_STATES]; API_COUNTS_EXPIRED */
  GHashTable *by_connector; /* "kind/name" -> the same */
} ApiCounts;

gboolean api_counts_load (ApiCounts *counted, Store *store, GError **error);
void api_counts_clear (ApiCounts *counted);

/* All zero when there are none. */
const gint64 *api_counts_get (GHashTable *table, const char *key);
/* "bus/name target"; to be freed. */
char *api_counts_target_key (const char *rule, const char *target);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ApiCounts, api_counts_clear)

G_END_DECLS
