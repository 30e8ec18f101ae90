/* dead-groups.h: dead letters by what they died of, as people see it.
 *
 * The store counts them by every detail; here those are put together that have the connector, the
 * rule, the cause, the status, the error code and the message (without its numbers) in common: that
 * is a fingerprint.  One thread. */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

typedef struct
{
  char *fingerprint;
  char *message;
  const StoredDeadGroup *first; /* one of those put together: they differ in nothing else */
  gint64 n, n_replayed, first_us, last_us;
  DeliveryKey sample;
} DeadGroup;

typedef struct
{
  GPtrArray *stored; /* StoredDeadGroup */
  GPtrArray *groups; /* DeadGroup, the largest first */
  gint64 total;
} DeadGroups;

/* By what they can be told apart. */
typedef enum
{
  DEAD_FACET_CONNECTOR,
  DEAD_FACET_RULE,
  DEAD_FACET_CAUSE,
  DEAD_FACET_STATUS,
  DEAD_FACET_ERROR_CODE,
  DEAD_FACET_TYPE,
  DEAD_FACET_FINGERPRINT,
  DEAD_N_FACETS,
} DeadFacet;

/* As the API calls it, in parameters too. */
const char *dead_facet_name (DeadFacet facet);
/* To be freed. */
char *dead_facet_value (DeadFacet facet, const StoredDeadGroup *stored);

/* Does it pass what the query asks of its facets and its target?  all_but: a facet that is left
 * out; DEAD_N_FACETS: none. */
gboolean
dead_group_fits (const StoredDeadGroup *stored, const DeliveryQuery *query, DeadFacet all_but);

/* Those that fit; query NULL: all.  stored are all in any case. */
gboolean
dead_groups_load (DeadGroups *groups, Store *store, const DeliveryQuery *query, GError **error);
void dead_groups_clear (DeadGroups *groups);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DeadGroups, dead_groups_clear)

G_END_DECLS
