/* delivery-world.h: a Deliver over a configuration folder, a store in memory, a writer and a clock
 * that the test sets.
 *
 * What the test waits for is a commit: a condition, with a deadline. */
#pragma once

#include "deliver/deliver.h"
#include "support/receiver.h"

G_BEGIN_DECLS

typedef struct
{
  char *folder, *state_dir;
  Clock *clock;
  Random *random;
  StoreEngine engine; /* memory's, but every commit is noticed */
  Store *store;
  Writer *writer;
  SnapshotHolder *snapshots;
  guint64 generation;
  Deliver *deliver; /* NULL while it does not run */
  guint64 n_events;
  gint64 due_in_us; /* of the deliveries that are appended */
  gint64 order_key; /* likewise */

  GMutex lock;
  GCond committed;
  gint fail_commits; /* atomic: commits fail for good */
  gint fail_loads;   /* atomic: so many loads fail */
  gint fail_claims;  /* atomic */
} DeliveryWorld;

/* clock: taken; a manual one stands at 2026-11-21T09:14:00Z. */
DeliveryWorld *delivery_world_new (Clock *clock);
void delivery_world_free (DeliveryWorld *world);
Clock *delivery_world_clock (void);

/* A file of the configuration, NULL to delete it; in force after apply. */
void delivery_world_put (DeliveryWorld *world, const char *relative, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void delivery_world_delete (DeliveryWorld *world, const char *relative);
void delivery_world_apply (DeliveryWorld *world);

/* webhook/<name>.json that goes to the receiver; more: further members, each ended by a comma. */
void delivery_world_put_webhook (DeliveryWorld *world,
                                 const char *name,
                                 Receiver *receiver,
                                 const char *more);
/* rule/default/<name>.json with the target "t"; more: further members of the target, each with a
 * comma before it. */
void delivery_world_put_rule (DeliveryWorld *world,
                              const char *name,
                              const char *connector,
                              const char *more);

/* For a Deliver of the test's own. */
DeliverSetup delivery_world_setup (DeliveryWorld *world);
void delivery_world_start (DeliveryWorld *world);
/* Stops and frees the Deliver. */
void delivery_world_stop (DeliveryWorld *world, guint grace_ms);

/* Commits an event that owes one delivery for the rule's target "t", and says so to the Deliver. */
DeliveryKey delivery_world_append (DeliveryWorld *world,
                                   const char *rule,
                                   const char *connector,
                                   const char *detail);
/* Only commits it. */
DeliveryKey delivery_world_append_quietly (DeliveryWorld *world,
                                           const char *rule,
                                           const char *connector,
                                           const char *detail);
/* Hands the Deliver, which must run, the event of that key as the writer tells of a commit. */
void delivery_world_remember (DeliveryWorld *world,
                              DeliveryKey key,
                              const char *rule,
                              const char *connector,
                              const char *detail);
void delivery_world_replay (DeliveryWorld *world, DeliveryKey key);

/* Moves a manual clock, and wakes the Deliver. */
void delivery_world_advance (DeliveryWorld *world, gint64 by_us);

/* Waits until the delivery is in the state. */
StoredDelivery *delivery_world_wait (DeliveryWorld *world, DeliveryKey key, DeliveryState state);
/* … and has had so many attempts. */
StoredDelivery *delivery_world_wait_attempts (DeliveryWorld *world,
                                              DeliveryKey key,
                                              DeliveryState state,
                                              guint attempts);
StoredDelivery *delivery_world_load (DeliveryWorld *world, DeliveryKey key);
/* JournalEntry. */
GPtrArray *delivery_world_journal (DeliveryWorld *world, DeliveryKey key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DeliveryWorld, delivery_world_free)

G_END_DECLS
