/* store.h: the durable store behind one table of functions.
 *
 * Everything written goes through one call, commit (batch), on the writer thread only.  Work is
 * handed out by claim.  Everything asked goes through find and load, which may be called from any
 * thread at any time and see whole commits only.
 *
 * No SQL and no notion of one engine leaks through here: the table must be implementable on a
 * distributed engine.  memory/ is the oracle; one conformance suite runs against every engine. */
#pragma once

#include "base/delivery.h"
#include "base/event.h"
#include "base/outcome.h"
#include "store/batch.h"
#include "store/event-match.h"

G_BEGIN_DECLS

typedef struct Store Store;

typedef enum
{
  STORE_SHARED = 1 << 0,      /* several daemons may claim from it */
  STORE_OWNS_TIMERS = 1 << 1, /* the engine redelivers by itself */
  STORE_QUERY = 1 << 2,       /* find takes every filter */
  STORE_DURABLE = 1 << 3,     /* survives a power cut once commit has returned TRUE */
} StoreCapabilities;

/* A delivery as it stands. */
typedef struct
{
  DeliveryKey key;
  char *id; /* "<event id>-<index>" */
  char *event_id;
  char *rule;          /* "bus/name" */
  char *target;        /* the target's Id */
  char *connector;     /* "webhook/billing" */
  DeliveryState state; /* held while its connector is paused or shut */
  DeadReason dead;     /* when state is dead, or was before it was discarded */
  gint64 created_us;   /* wall clock: its event was received */
  /* Steady time (base/clock.h): accepted (or first due, when that was later) or last replayed: ages
   * and attempts of the policy count from here. */
  gint64 since_us;
  gint64 due_us;        /* steady time: of the next attempt, while unsettled; else 0 */
  gint64 changed_us;    /* last settled, replayed or discarded; created_us before */
  guint attempts;       /* ever made */
  guint round_attempts; /* made since since_us; probes not */
  guint n_replays;
  gint64 operation; /* that acted on it last; 0: none did */
  guint priority;
  gint64 order_key;
  /* Of the last attempt, for lists; zero or "" before the first. */
  OutcomeKind last_outcome;
  int last_status;
  char *last_note;
  char *last_error_code;
  /* Of its event, for lists. */
  char *source;
  char *detail_type;
} StoredDelivery;

/* dead_letter_fingerprint() of a dead letter, discarded or not; NULL of another delivery. */
char *stored_delivery_fingerprint (const StoredDelivery *delivery);
/* wanted NULL: any delivery will do. */
gboolean stored_delivery_has_fingerprint (const StoredDelivery *delivery, const char *wanted);

void stored_delivery_free (StoredDelivery *delivery);

/* An event in lists; the body is loaded by load_event. */
typedef struct
{
  gint64 seq;
  Event *event; /* body may be NULL in lists */
  gsize body_bytes;
  char **matched; /* rules "bus/name", NULL-terminated, may be empty */
  guint n_deliveries;
  guint n_by_state[DELIVERY_N_STATES];
} StoredEvent;

void stored_event_free (StoredEvent *event);

typedef struct
{
  GArray *due; /* StoreDue are appended */
  /* Of what was due not all was handed out. */
  gboolean has_more_due;
  /* The earliest time at which something is due that was neither due nor handed out;
   * DELIVERY_NEVER_US: never. */
  gint64 next_us;
} StoreClaim;

/* Why a connector's deliveries are held; one that takes what is due has none. */
typedef struct
{
  char *connector;
  gint64 paused_us; /* since when; 0: it is not paused */
  char *paused_by;
  char *pause_reason;
  gint64 shut_us; /* since when; 0: its breaker has not shut it */
  gint64 shut_until_us;
  guint n_probes; /* that failed since */
  char *shut_reason;
} StoredHold;

void stored_hold_free (StoredHold *hold);

/* Keyset paging: a page begins after this place.  All zero: the beginning.  Events are ordered by
 * (received_us, seq), deliveries by (changed_us or due_us, seq, index).  An empty page leaves it.
 */
typedef struct
{
  gint64 time_us;
  gint64 seq;
  guint32 index;
  gboolean is_cut; /* the page ended for want of time: the search goes on from here */
} StoreCursor;

/* "time.seq.index" in text, for URLs. */
char *store_cursor_format (const StoreCursor *cursor);
gboolean store_cursor_parse (const char *text, StoreCursor *out_cursor);

typedef struct
{
  const char *source; /* exact, or NULL */
  const char *bus;
  const char *ingress;
  const char *detail_type;
  const char *rule;      /* matched it */
  int matched;           /* 1: matched a rule, 0: matched none, -1: either */
  gint64 from_us, to_us; /* received in [from, to); 0: open */
  /* Of one and the same delivery of it. */
  guint states;          /* DELIVERY_STATE_BIT …; 0: any */
  const char *connector; /* exact, or NULL */
  int status;            /* of the last attempt, as store_status_fits() has it */
  /* In the body; NULL: any.  With one of these the order is that of their numbers. */
  const char *text;
  const EventWhere *where;
  gint64 budget_us; /* about how long to search for a page that is not full; 0: to the end */
} EventQuery;

typedef enum
{
  DELIVERY_ORDER_DUE,    /* earliest due first; only unsettled ones, whatever states says */
  DELIVERY_ORDER_NEWEST, /* latest change first */
} DeliveryOrder;

typedef struct
{
  guint states;          /* DELIVERY_STATE_BIT …; 0: any */
  const char *connector; /* exact, or NULL */
  const char *rule;
  const char *target;
  const char *source;
  const char *detail_type;
  const char *error_code;  /* of the last attempt */
  int status;              /* of the last attempt, as store_status_fits() has it */
  DeadReason dead;         /* what it died of; DEAD_NOT: any */
  const char *fingerprint; /* of a dead letter, discarded or not: dead_letter_fingerprint() */
  int replayed;            /* 1: it was replayed before, -1: never, 0: either */
  gint64 operation;        /* that acted on it last; 0: any */
  gint64 from_us, to_us;   /* changed in [from, to); 0: open */
  DeliveryOrder order;
  /* Newest first: about how long to search for a page that is not full; 0: to the end. */
  gint64 budget_us;
} DeliveryQuery;

/* Counters, kept in the transaction that changes them.  The numbers are stored. */
typedef enum
{
  COUNT_EVENTS = 1,            /* name: "": all events ever accepted */
  COUNT_UNMATCHED = 2,         /* name: "": events that matched no rule */
  COUNT_INGRESS = 3,           /* name: "source/github" or "api": events by entrance */
  COUNT_RULE = 4,              /* name: "bus/name": events that matched it */
  COUNT_CREATED = 5,           /* name: "": deliveries ever created */
  COUNT_STATE = 6,             /* name, target, connector, state: deliveries now in that state */
  COUNT_EXPIRED = 7,           /* the same: deliveries that were removed in that state */
  COUNT_EXPIRED_EVENTS = 8,    /* name: "": events that were removed */
  COUNT_EXPIRED_UNMATCHED = 9, /* name: "": of these, the ones that matched no rule */
} StoreCountKind;

typedef struct
{
  StoreCountKind kind;
  char *name;          /* of COUNT_STATE and COUNT_EXPIRED: the rule */
  char *target;        /* of these two, else "" */
  char *connector;     /* of these two, else "" */
  DeliveryState state; /* of these two, else 0 */
  gint64 n;
} StoreCount;

void store_count_free (StoreCount *count);

/* Dead letters that died of the same; a message without its numbers and ids (store/dead-letter.h),
 * except of what died before that was counted. */
typedef struct
{
  char *rule, *target, *connector;
  DeadReason dead;
  char *error_code;
  int status;
  char *message;
  char *detail_type;
  gint64 n;
  gint64 n_replayed;        /* of these, once replayed in vain */
  gint64 first_us, last_us; /* changed */
  DeliveryKey sample;       /* the last */
} StoredDeadGroup;

void stored_dead_group_free (StoredDeadGroup *group);

typedef struct
{
  gint64 at_us; /* wall clock: when the minute began in which so many events were received */
  gint64 n;
} StoredMinute;

typedef struct
{
  guint group;  /* its place among the groups */
  gint64 at_us; /* wall clock: when the minute began in which so many of it died */
  gint64 n;
} StoredDeadMinute;

/* The oldest that a connector is still owed. */
typedef struct
{
  char *connector;
  gint64 since_us; /* steady time, as of StoredDelivery; may be yet to come */
} StoredOldest;

void stored_oldest_free (StoredOldest *oldest);

/* The ledger: created must equal the sum of by_state and expired.  events, unmatched and created
 * count what ever was; of these the expired ones have been removed. */
typedef struct
{
  gint64 events, unmatched, created;
  gint64 by_state[DELIVERY_N_STATES];
  gint64 expired_events, expired_unmatched;
  gint64 expired; /* deliveries */
} StoreLedger;

gint64 store_ledger_difference (const StoreLedger *ledger); /* 0 when it balances */
void store_ledger_add (StoreLedger *ledger, const StoreCount *count);

typedef struct
{
  guint64 generation;
  gint64 at_us;
  char *author;
  char *digest;  /* SHA-256 of the folder's canonical text */
  char *content; /* JSON object: path -> text of every file; NULL in a list */
  char *reason;  /* "" when none was given */
} StoredGeneration;

void stored_generation_free (StoredGeneration *generation);

/* How long is kept what nothing is owed of any more.  An event goes as a whole, with its body, its
 * deliveries and their history, and only when each of its deliveries may go; one without deliveries
 * goes as if all were done. */
typedef struct
{
  /* By the delivery's state, since its last change; 0: for ever, as is what is unsettled. */
  gint64 age_us[DELIVERY_N_STATES];
  /* Above this the oldest done events go before their time; 0: as large as it gets.  Bytes of the
   * engine's own counting. */
  gint64 max_bytes;
} StoreRetention;

typedef struct
{
  gint64 bytes, events, deliveries;
} StoreBackup;

/* What max_bytes does not touch, however large the store is: somebody may still be looking at it,
 * and an attempt that was given up may still report. */
#define STORE_MIN_AGE_US (60 * G_USEC_PER_SEC)

/* Deliveries in this state that changed before this time are not kept; G_MININT64: all are. */
gint64 store_expiry_cutoff (const StoreRetention *retention, DeliveryState state, gint64 now_us);

typedef struct
{
  const char *name;
  StoreCapabilities capabilities;

  /* path: a folder that exists; ignored by memory.  Applies migrations; a store from a newer
   * version is refused with ROUTER_ERROR_STORAGE, a folder that another process has open with
   * ROUTER_ERROR_CONFLICT. */
  Store *(*open) (const char *path, GError **error);
  void (*close) (Store *store);

  /* Writer thread only.  All or nothing, and durable when TRUE.  Fills the out_ fields of the
   * items. FALSE with ROUTER_ERROR_FULL or BLOCKED: nothing was written and it may be tried again;
   * with any other error the fate is unknown. */
  gboolean (*commit) (Store *store, Batch *batch, GError **error);

  /* commit in two parts, of which the second may run beside the first part of the next one; both
   * NULL when the engine gains nothing by it.  After the first part others see the batch, except
   * that new deliveries are not claimed.  It is durable when sync() was called after it and
   * returned TRUE: on any thread, but one at a time.  When sync() fails the fate of everything
   * since the last one is unknown. */
  gboolean (*commit_ahead) (Store *store, Batch *batch, GError **error);
  gboolean (*sync) (Store *store, GError **error);

  /* Unsettled deliveries of a connector, at most limit: those due at now_us (steady time) by
   * (priority descending, due, seq, index); then, when there is room, the others by (due, seq,
   * index), but never those that wait for another one.  A hold makes no difference. */
  gboolean (*claim) (Store *store,
                     const char *connector,
                     gint64 now_us,
                     guint limit,
                     StoreClaim *claim,
                     GError **error);

  /* GPtrArray of StoredHold, by connector. */
  gboolean (*holds) (Store *store, GPtrArray **out_holds, GError **error);

  /* ROUTER_ERROR_NOT_FOUND when there is none. */
  gboolean (*load_event) (Store *store,
                          const char *event_id,
                          StoredEvent **out_event,
                          GError **error);
  gboolean (*load_delivery) (Store *store,
                             DeliveryKey key,
                             StoredDelivery **out_delivery,
                             Event **out_event, /* may be NULL */
                             GError **error);
  /* The deliveries of one event by index: GPtrArray of StoredDelivery. */
  gboolean (*load_deliveries) (Store *store,
                               const char *event_id,
                               GPtrArray **out_deliveries,
                               GError **error);
  /* History of one delivery, oldest first: GPtrArray of JournalEntry. */
  gboolean (*load_journal) (Store *store, DeliveryKey key, GPtrArray **out_entries, GError **error);

  /* Newest first.  GPtrArray of StoredEvent without bodies; the next page begins after the cursor.
   * A filter other than matched, from_us and to_us looks at every event from the newest on until
   * the page is full.
   */
  gboolean (*find_events) (Store *store,
                           const EventQuery *query,
                           StoreCursor *cursor,
                           guint limit,
                           GPtrArray **out_events,
                           GError **error);
  /* GPtrArray of StoredDelivery. */
  gboolean (*find_deliveries) (Store *store,
                               const DeliveryQuery *query,
                               StoreCursor *cursor,
                               guint limit,
                               GPtrArray **out_deliveries,
                               GError **error);

  /* How many of the events that are there were received in each minute that begins in [from_us,
   * to_us), 0: open: GArray of StoredMinute, by time; from counters. */
  gboolean (*event_minutes) (Store *store,
                             gint64 from_us,
                             gint64 to_us,
                             GArray **out_minutes,
                             GError **error);

  /* Dead letters by what they died of: GPtrArray of StoredDeadGroup, in no order; from counters,
   * however many there are. */
  gboolean (*dead_groups) (Store *store, GPtrArray **out_groups, GError **error);

  /* The same, and how many that are dead letters now died in each minute that begins in [from_us,
   * to_us), 0: open: GArray of StoredDeadMinute, by group and time. */
  gboolean (*dead_minutes) (Store *store,
                            gint64 from_us,
                            gint64 to_us,
                            GPtrArray **out_groups,
                            GArray **out_minutes,
                            GError **error);

  /* GPtrArray of StoredOldest, one of each connector that is owed something, in no order; quick
   * however much that is. */
  gboolean (*oldest_pending) (Store *store, GPtrArray **out_oldest, GError **error);

  /* GPtrArray of StoreCount with n != 0. */
  gboolean (*counts) (Store *store, GPtrArray **out_counts, GError **error);
  /* From the counters (fast), or counted anew from the rows (slow), which must give the same. */
  gboolean (*ledger) (Store *store, gboolean recount, StoreLedger *out_ledger, GError **error);

  /* Messages of a queue in the order of their numbers, beginning after *after, which is moved on;
   * expired ones too.  GPtrArray of QueueMessage. */
  gboolean (*find_messages) (Store *store,
                             const char *queue,
                             gint64 *after,
                             guint limit,
                             GPtrArray **out_messages,
                             GError **error);
  /* How many there are; all zero for a queue that nothing was ever sent to. */
  gboolean (*queue_depth) (Store *store,
                           const char *queue,
                           gint64 now_us,
                           QueueDepth *out_depth,
                           GError **error);

  /* Records of a kind, and with key of that key only, the newest first: GPtrArray of StoredRecord.
   * before: only those with smaller numbers; 0: all. */
  gboolean (*find_records) (Store *store,
                            RecordKind kind,
                            const char *key,
                            gint64 before,
                            guint limit,
                            GPtrArray **out_records,
                            GError **error);

  /* The newest configuration generation; NOT_FOUND when there is none. */
  gboolean (*last_generation) (Store *store, StoredGeneration **out_generation, GError **error);
  /* The one of this number; NOT_FOUND when it was never recorded. */
  gboolean (*load_generation) (Store *store,
                               guint64 number,
                               StoredGeneration **out_generation,
                               GError **error);
  /* Those below before, 0: all, newest first, at most limit of them, without their content: a
   * GPtrArray of StoredGeneration. */
  gboolean (*find_generations) (Store *store,
                                guint64 before,
                                guint limit,
                                GPtrArray **out_generations,
                                GError **error);

  /* All zero when there is none. */
  gboolean (*last_clock) (Store *store, StoredClock *out_clock, GError **error);

  /* Idle moments on the writer thread: checkpoints, forgetting expired keys of requests.  May do
   * nothing.  What fails here is reported
   * by the next commit. */
  void (*idle) (Store *store);

  /* Writer thread, when nothing else waits: one small step of removing what retention does not
   * keep, looking at no more than limit events.  A commit of its own, which need not be durable:
   * what comes back after a power cut is removed again.  Returns when the next step may find
   * something (wall clock): not after now_us, at once; G_MAXINT64, not before something else is
   * committed. What fails here is reported by the next commit. */
  gint64 (*expire) (Store *store, const StoreRetention *retention, gint64 now_us, guint limit);

  /* Any thread, beside everything else: a copy of what is committed now, in one file that is there
   * whole and synced or not at all, written at no more than bytes_per_s.  Blocks.  NULL: the engine
   * cannot.  ROUTER_ERROR_CONFLICT: there is such a file; ROUTER_ERROR_FULL: no room for it;
   * ROUTER_ERROR_INVALID: it cannot be written. */
  gboolean (*backup) (Store *store,
                      const char *path,
                      gint64 bytes_per_s,
                      StoreBackup *out_backup,
                      GError **error);

  /* Any thread, before the end: copies under way and all later ones fail soon with
   * ROUTER_ERROR_UNAVAILABLE.  NULL where backup is. */
  void (*stop_backups) (Store *store);
} StoreEngine;

/* Every engine's Store begins with this. */
struct Store
{
  const StoreEngine *engine;
};

extern const StoreEngine store_engine_memory;
extern const StoreEngine store_engine_sqlite;

const StoreEngine *store_engine_by_name (const char *name); /* NULL when unknown */

/* DeliveryKey of "<event id>-<index>"; NOT_FOUND when there is none. */
gboolean
store_find_key (Store *store, const char *delivery_id, DeliveryKey *out_key, GError **error);

/* For engines, so that all of them say the same.  They set ROUTER_ERROR_NOT_FOUND and return FALSE.
 */
gboolean store_no_event (const char *event_id, GError **error);
gboolean store_no_delivery (DeliveryKey key, GError **error);
gboolean store_no_generation (GError **error);
StoredGeneration *
stored_generation_copy (const StoredGeneration *generation, gboolean with_content);
/* A settlement of a delivery that does not exist: ROUTER_ERROR_STORAGE. */
gboolean store_no_delivery_to_settle (DeliveryKey key, GError **error);

/* wanted: a status from 1, a class of them from -1 to -9 (-5: 500 to 599), or 0: any. */
static inline gboolean
store_status_fits (int wanted, int status)
{
  return wanted == 0 || (wanted > 0 ? status == wanted : status / 100 == -wanted);
}

/* "503" or "5xx" as store_status_fits() has it. */
gboolean store_status_parse (const char *text, int *out_wanted);

static inline gboolean
store_is_unsettled (DeliveryState state)
{
  return (DELIVERY_STATE_BIT (state) & DELIVERY_UNSETTLED) != 0;
}

static inline void
store_close (Store *store)
{
  store->engine->close (store);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Store, store_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoredDelivery, stored_delivery_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoredEvent, stored_event_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoredHold, stored_hold_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoredGeneration, stored_generation_free)

G_END_DECLS
