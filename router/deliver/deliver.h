/* deliver.h: the delivery thread: due -> load -> transform -> connector -> outcome -> settlement.
 *
 * It owns the schedule and the open connectors.  It is told of new work by deliver_add(), and
 * claims from the store what was there before or what the schedule had no room for. */
#pragma once

#include "base/metric.h"
#include "base/pulse.h"
#include "config/snapshot.h"
#include "connector/connector.h"
#include "store/writer.h"

G_BEGIN_DECLS

typedef struct Deliver Deliver;

/* All of it outlives the Deliver. */
typedef struct
{
  Clock *clock;
  Random *random;
  Store *store;
  Writer *writer;
  SnapshotHolder *snapshots;
  const char *state_dir;
  Secrets *secrets;
  Metrics *metrics; /* NULL: none */
  Pulse *pulse;     /* NULL: none */
  /* As ConnectorHost's; NULL: no target is a bus. */
  void (*forward) (const ConnectorRequest *request,
                   const char *bus,
                   ConnectorForwarded done,
                   gpointer user_data,
                   gpointer forward_data);
  gpointer forward_data;
} DeliverSetup;

Deliver *deliver_new (const DeliverSetup *setup);

/* Starts the thread; returns when it is known for which connectors there is work. */
gboolean deliver_start (Deliver *deliver, GError **error);

/* Any thread: this delivery is due then.  Called after the commit, only.  The connector's name need
 * not live longer than the call. */
void deliver_add (Deliver *deliver, const StoreDue *due);

/* Any thread, after the commit and before its deliveries are added: spares the first attempts from
 * reading the event back, as far as there is room. */
void deliver_remember (Deliver *deliver, const AppendEvent *append);
/* Any thread: an operator paused a connector or resumed it, and that is durable.  One that is
 * resumed is tried at once, if its breaker has shut it. */
/* Any thread: what was remembered of a delivery is no longer so. */
void deliver_forget (Deliver *deliver, DeliveryKey key);

void deliver_set_paused (Deliver *deliver, const char *connector, gboolean paused);

/* Any thread: a new snapshot was published; connectors whose settings changed are reopened. */
void deliver_reconfigure (Deliver *deliver);

/* An event for one connector, outside of all deliveries.  Texts may be NULL. */
typedef struct
{
  const char *connector;                     /* "webhook/chat" */
  gboolean is_probe;                         /* nothing is sent: can it be reached? */
  const char *source, *detail_type, *detail; /* of the event; detail is JSON */
} DeliverTrial;

typedef struct
{
  Outcome outcome;
  gint64 duration_us;
  char *event_id;
} DeliverTried;

/* Any thread but the delivery thread.  Waits for the outcome, at most wait_us; what is then under
 * way goes on.  Nothing of it is stored, except where the connector is a queue or a bus.  FALSE:
 * ROUTER_ERROR_NOT_FOUND, or UNAVAILABLE when it took too long or the router stops. */
gboolean deliver_try (Deliver *deliver,
                      const DeliverTrial *trial,
                      gint64 wait_us,
                      DeliverTried *out_tried,
                      GError **error);

typedef struct
{
  guint queued;    /* in the schedule, not counting what is only in the store */
  guint under_way; /* being sent, or sent and not yet settled */
} DeliverStats;

void deliver_stats (Deliver *deliver, DeliverStats *out_stats);

/* Takes no new work, lets what is under way end for at most grace_ms, ends the thread.  What did
 * not end is due again at the next start. */
void deliver_stop (Deliver *deliver, guint grace_ms);
void deliver_free (Deliver *deliver);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Deliver, deliver_free)

G_END_DECLS
