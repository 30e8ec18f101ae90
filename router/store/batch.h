/* batch.h: everything that one durable commit will do.
 *
 * Items are made by the submitter, owned by the writer once submitted, and freed by it after the
 * completion was called.  Texts that are missing (NULL) are stored as "".  An item may refer only
 * to what an earlier commit made durable. */
#pragma once

#include "base/delivery.h"
#include "base/event.h"
#include "base/outcome.h"
#include "store/queue.h"
#include "store/record.h"

G_BEGIN_DECLS

/* What is to be scheduled: ids and times, never bodies. */
typedef struct
{
  DeliveryKey key;
  const char *connector; /* interned (g_intern_string): do not free */
  gint64 due_us;         /* steady time (base/clock.h) */
  guint priority;        /* 0 to DELIVERY_MAX_PRIORITY */
} StoreDue;

/* Of the unsettled deliveries with one order key (other than 0) only one is ever due.  The others
 * are DELIVERY_NEVER_US until it is settled; then the one with the lowest key follows, in the same
 * commit, but not before its own time. */
typedef struct
{
  char *rule;        /* "bus/name" */
  char *target;      /* the target's Id */
  char *connector;   /* "webhook/billing" */
  gint64 due_us;     /* steady time */
  gint64 since_us;   /* steady time: its age counts from here; 0: from when it is due, or was
                        received if that is later */
  guint priority;    /* 0 to DELIVERY_MAX_PRIORITY */
  gint64 order_key;  /* 0: in no order */
  gint64 out_due_us; /* filled by commit: due_us, or DELIVERY_NEVER_US */
} NewDelivery;

#define BATCH_MAX_DELIVERIES 65535 /* of one event */

/* One event and all that it owes.  Its id must be new, or the whole commit fails. */
typedef struct
{
  Event *event;
  char **matched;          /* rules "bus/name", NULL-terminated */
  NewDelivery *deliveries; /* delivery i has index i + 1 */
  guint n_deliveries;      /* at most BATCH_MAX_DELIVERIES */
  gint64 out_seq;          /* filled by commit */
} AppendEvent;

/* What a key was found to be when the batch was committed. */
typedef enum
{
  REPEAT_FIRST, /* not known, or forgotten by then: the events were appended, the key is kept */
  REPEAT_SAME,  /* known with this fingerprint: nothing was appended */
  REPEAT_OTHER, /* known with another fingerprint: nothing was appended */
} RepeatVerdict;

#define REPEAT_FINGERPRINT_BYTES 32

/* A request that may come again.  Its key is kept in the transaction that appends its events, so
 * that there is no moment in which one is there without the other. */
typedef struct
{
  char *scope; /* whose key it is: "source/shop" or "api" */
  char *key;
  guint8 fingerprint[REPEAT_FINGERPRINT_BYTES]; /* of what was asked */
  gint64 at_us;                                 /* wall clock: a key that expires by then counts as
                                                   forgotten */
  gint64 expires_us;
  char *answer;              /* what the first is told, kept for those that follow */
  RepeatVerdict out_verdict; /* filled by commit */
  char *out_answer;          /* with REPEAT_SAME: the first one's */
} Repeat;

void repeat_free (Repeat *repeat);

/* History is appended, never overwritten.  The numbers are stored. */
typedef enum
{
  JOURNAL_ATTEMPT = 1,
  JOURNAL_REPLAY = 2,
  JOURNAL_DISCARD = 3,
  JOURNAL_RESTORE = 4, /* the undoing of a discard */
  JOURNAL_RETRY = 5,
  JOURNAL_POSTPONE = 6,
  JOURNAL_GIVE_UP = 7,
  JOURNAL_N_KINDS, /* not stored */
} JournalKind;

typedef struct
{
  JournalKind kind;
  guint n;            /* position in the delivery's history, from 1; filled by the engine */
  guint attempt;      /* which attempt ever, from 1; 0 when none was made */
  gint64 at_us;       /* wall clock: when it began */
  gint64 duration_us; /* of an attempt */
  Outcome outcome;    /* of an attempt; zero otherwise */
  char *actor;        /* who replayed or discarded, "" for attempts */
  char *reason;       /* why, as the actor said, or "" */
} JournalEntry;

void journal_entry_free (JournalEntry *entry);

/* An attempt was made: its record, and what becomes of the delivery.  The change is dated at_us +
 * duration_us.
 *
 * An entry with attempt 0 records a decision without an attempt (too old, no target): it counts as
 * none. The delivery's last_ fields follow the outcome unless its kind is 0.
 *
 * Only an unsettled delivery changes its state.  For one that was settled meanwhile the entry (and
 * the attempt) is recorded and nothing else; of one that has expired there is nothing left to
 * record it with; one that never existed is ROUTER_ERROR_STORAGE. */
typedef struct
{
  DeliveryKey key;
  JournalEntry *entry;
  DeliveryState state; /* waiting, held, done or dead */
  /* Steady time.  When waiting or held: of its next attempt.  Otherwise now: what follows by its
   * order key is due from then; 0: from when the change is dated. */
  gint64 due_us;
  DeadReason dead; /* when dead */
  QueueOp *send;   /* a QUEUE_SEND that is done when the state changes, or NULL */
  /* The attempt was to learn whether the connector works: it does not count in the round. */
  gboolean is_probe;
  StoreDue out_next; /* filled by commit: what follows by its order key; connector NULL: nothing */
} Settlement;

/* An operator acts on a delivery.  Of one that is settled: replay: dead or discarded -> ready, due
 * at once, attempts and age count anew; discard: dead -> discarded; restore: discarded -> dead.  Of
 * one that is not: retry: due at once; postpone: due at due_us; give up: -> dead.  Retrying and
 * postponing leave its state and changed_us alone, and do nothing to one that waits for another by
 * its order key.  All are dated at_us.  A delivery in another state, or one that does not exist, is
 * left as it is, without an entry (out_applied FALSE). */
typedef struct
{
  DeliveryKey key;
  JournalEntry *entry; /* kind says what is done */
  /* Steady time.  Of a replay and a retry: now; of a postponed one: when; of one that is given up:
   * from when what follows it is due.  0: when it is dated. */
  gint64 due_us;
  /* What the operator did as one, so that it can be asked for and taken back as one; 0: unknown. */
  gint64 operation;
  /* Appended with it when it is applied, or NULL: what the event goes to besides, or instead.
   * Owned. */
  AppendEvent *append;
  guint of_action; /* only when this one of the item, from 1 and before it, is applied: what it
                      relies on is appended there; 0: in any case */
  gboolean out_applied;
  /* What is due by it: the delivery, or what follows one that was given up by its order key;
   * connector NULL: nothing. */
  StoreDue out_due;
} OperatorAction;

/* An unsettled delivery is another connector's by now: its target names that one.  Anything else is
 * left as it is.  Not part of its history. */
typedef struct
{
  DeliveryKey key;
  char *connector;
} DeliveryMove;

typedef enum
{
  HOLD_PAUSE, /* by an operator, or by what the target answered */
  HOLD_SHUT,  /* by the breaker */
} HoldKind;

/* A connector takes nothing, or takes something again.  While it has a hold of either kind its
 * unsettled deliveries are DELIVERY_HELD, whatever else they were; nothing else of them changes.
 * A pause of what is paused already is left as it is, and so is the end of none. */
typedef struct
{
  HoldKind kind;
  char *connector;
  gint64 since_us; /* 0: the hold ends, the rest is ignored */
  gint64 until_us; /* shut: when it is tried */
  guint n_probes;  /* shut: that failed in a row */
  char *actor;     /* paused: by whom */
  char *reason;
  gboolean out_applied;
} HoldChange;

/* What the clocks said at one moment, so that the next process knows what steady time is. */
typedef struct
{
  char boot[48]; /* clock_boot_id(); "": there is no record */
  gint64 boot_us;
  gint64 steady_us;
  gint64 wall_us;
} StoredClock;

/* A number that is recorded already makes the whole commit fail. */
typedef struct
{
  guint64 generation;
  gint64 at_us;
  char *author;
  char *digest;
  char *content;
  char *reason; /* why, in the author's words; NULL: not said */
} NewGeneration;

typedef enum
{
  BATCH_APPEND, /* some events, all of one request: all or none */
  BATCH_SETTLE,
  BATCH_OPERATE, /* some operator actions */
  BATCH_GENERATION,
  BATCH_QUEUE, /* some operations on queues, in order */
  BATCH_MOVE,
  BATCH_HOLD,
  BATCH_CLOCK,  /* takes the place of the last one */
  BATCH_RECORD, /* its records alone */
} BatchItemKind;

typedef struct
{
  BatchItemKind kind;
  GPtrArray *records; /* RecordChange: done with it, after it; NULL: none */
  union
  {
    struct
    {
      AppendEvent *events;
      guint n_events;
      Repeat *repeat; /* NULL: the request is one of a kind */
    } append;
    Settlement settlement;
    struct
    {
      OperatorAction *actions;
      guint n_actions;
    } operate;
    NewGeneration generation;
    struct
    {
      QueueOp **ops; /* owned */
      guint n_ops;
    } queue;
    DeliveryMove move;
    HoldChange hold;
    StoredClock clock;
  };
} BatchItem;

/* The constructors zero the item and, for append and operate, its array of n elements. */
BatchItem *batch_item_new_append (guint n_events);
BatchItem *batch_item_new_settle (void);
BatchItem *batch_item_new_operate (guint n_actions);
BatchItem *batch_item_new_generation (void);
BatchItem *batch_item_new_queue (QueueOp *op); /* takes it */
BatchItem *batch_item_new_move (DeliveryKey key, const char *connector);
/* The end of a hold, until more is filled in. */
BatchItem *batch_item_new_hold (HoldKind kind, const char *connector);
BatchItem *batch_item_new_clock (const StoredClock *clock);

/* Of an item of actions: zeroed, to be filled in. */
AppendEvent *batch_item_append_with (BatchItem *item, guint action);

/* From when what follows by its order key is due. */
gint64 settlement_follow_us (const Settlement *settlement);
gint64 operator_action_due_us (const OperatorAction *action);

BatchItem *batch_item_new_record (RecordChange *change); /* takes it */
/* Takes it. */
void batch_item_add_record (BatchItem *item, RecordChange *change);
void batch_item_free (BatchItem *item);

/* For engines, once its actions are applied: adds their numbers to counts if the change says so. */
void batch_item_count_actions (const BatchItem *item, const RecordChange *change, gint64 *counts);

/* For engines, once the actions before it are applied: is this one, from 0, to be? */
gboolean batch_item_wants_action (const BatchItem *item, guint action);

/* For engines, once the item is applied: is the change to be made? */
gboolean batch_item_wants_record (const BatchItem *item, const RecordChange *change);

/* After the commit: were its events appended, or was it a repeat? */
gboolean batch_item_was_appended (const BatchItem *item);

/* What is known of deliveries and nobody could tell a second time: on a full disk it waits for
 * room, which it needs little of, instead of being turned away. */
gboolean batch_item_is_patient (const BatchItem *item);

typedef struct
{
  GPtrArray *items; /* BatchItem, in order of submission; not owned */
} Batch;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BatchItem, batch_item_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JournalEntry, journal_entry_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Repeat, repeat_free)

G_END_DECLS
