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
  gint64 n, first_us, last_us;
  DeliveryKey sample;
} DeadGroup;

typedef struct
{
  GPtrArray *stored; /* StoredDeadGroup */
  GPtrArray *groups; /* DeadGroup, the largest first */
  gint64 total;
} DeadGroups;

gboolean dead_groups_load (DeadGroups *groups, Store *store, GError **error);
void dead_groups_clear (DeadGroups *groups);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DeadGroups, dead_groups_clear)

G_END_DECLS
