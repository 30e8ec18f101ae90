/* attempt.h: one try of one delivery, from the load to the settlement.  Delivery thread. */
#pragma once

#include "deliver/deliver.h"
#include "deliver/fresh.h"
#include "deliver/inbox.h"
#include "deliver/instances.h"
#include "schedule/schedule.h"

G_BEGIN_DECLS

typedef struct Attempt Attempt;

/* What an attempt works with; it outlives the attempt. */
typedef struct
{
  const DeliverSetup *setup;
  Fresh *fresh;
  Instances *instances;
  Inbox *inbox; /* gets INBOX_SETTLED when the settlement is written, or never will be */
  /* The policy's verdict pauses the connector; reason is a sentence. */
  void (*pause) (const char *connector, const char *reason, gpointer user_data);
  gpointer user_data;
} AttemptHost;

/* When the delivery is due again, and for which connector. */
typedef struct
{
  gboolean is_set;
  gboolean is_unreadable; /* the store could not be read: not a time, but as often as that */
  const char *connector;  /* interned */
  gint64 due_us;
} AttemptAgain;

/* Loads the delivery, from the store unless it is fresh, and sends it, or settles it without.  NULL
 * when there is nothing to be done now: out_again then says when there is, if ever. */
Attempt *
attempt_begin (const AttemptHost *host, const ScheduleTicket *ticket, AttemptAgain *out_again);

/* After INBOX_SETTLED, or when the connector that has it was closed. */
void attempt_free (Attempt *attempt);

const ScheduleTicket *attempt_ticket (const Attempt *attempt);
/* What it works on was remembered from the commit, not read from the store. */
gboolean attempt_was_fresh (const Attempt *attempt);
gsize attempt_bytes (const Attempt *attempt); /* of bodies in memory */

/* It was asked to be scheduled while it is under way: that comes after it. */
void attempt_remember (Attempt *attempt, const char *connector, gint64 due_us);

/* When it is settled: what it showed of the connector, in words too, and how long the target asked
 * to be left alone (or -1). */
BreakerSign attempt_sign (const Attempt *attempt);
const char *attempt_note (const Attempt *attempt);
gint64 attempt_wait_us (const Attempt *attempt);

/* When it is settled: what is to be scheduled then. */
AttemptAgain attempt_next (const Attempt *attempt);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempt, attempt_free)

G_END_DECLS
