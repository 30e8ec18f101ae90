/* replay.h: what becomes of dead letters that are replayed: by which rules, and which are left out.
 *
 * By the rules in force an event is matched anew.  Where its dead letter's rule still has that
 * target for it, the delivery goes again; what it is owed besides becomes an event of its own, made
 * of the first as an edited one is (ingress/edited.h), in the commit that replays or settles the
 * dead letter.  A dead letter whose target is no longer owed anything is discarded when its event
 * goes elsewhere instead, and stays what it is when it would go nowhere. */
#pragma once

#include "control/control.h"

G_BEGIN_DECLS

/* Of one operation; one thread at a time. */
typedef struct Replay Replay;

typedef struct
{
  ControlReplay how;
  const char *actor, *reason; /* as long as the Replay */
  gint64 operation;
  gboolean only_looks; /* nothing is made: without the lock */
} ReplayOrder;

/* Holds the lock under which events are routed anew until it is freed: so that no event is twice,
 * nothing may come between looking at what was made of it and the commit.  Nobody is kept waiting
 * where nothing is routed. */
Replay *replay_new (Control *control, const ReplayOrder *order);
void replay_free (Replay *replay);

/* Counts what would become of a dead letter. */
gboolean replay_judge (Replay *replay,
                       const StoredDelivery *delivery,
                       ControlPreview *preview,
                       GError **error);

typedef struct
{
  BatchItem *item;  /* without actions when all were left out; the caller's */
  gint64 succeeded; /* left out: they arrived meanwhile */
  gint64 nowhere;   /* left out: by the rules in force they go nowhere */
  GPtrArray *made;  /* char*: ids of the events that are made; the caller's */
} ReplayItem;

void replay_item_clear (ReplayItem *made);

/* deliveries: StoredDelivery. */
gboolean
replay_make_item (Replay *replay, GPtrArray *deliveries, ReplayItem *out_made, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Replay, replay_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ReplayItem, replay_item_clear)

G_END_DECLS
