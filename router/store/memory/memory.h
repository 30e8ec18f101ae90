/* memory.h: what the files of the memory engine share.
 *
 * The oracle: every event and delivery is a plain struct, found by id or by place; nothing else is
 * indexed, nothing is counted ahead of time.  It is what the other engines are compared with, so it
 * prefers the obvious way over the fast one. */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

typedef struct
{
  StoredDelivery stored; /* its strings are owned here */
  GPtrArray *journal;    /* JournalEntry, oldest first */
} MemoryDelivery;

typedef struct
{
  gint64 seq; /* its place in events, from 1 */
  Event *event;
  char **matched;
  GPtrArray *deliveries; /* MemoryDelivery by index, from 1 */
} MemoryEvent;

typedef struct
{
  guint8 fingerprint[REPEAT_FINGERPRINT_BYTES];
  gint64 expires_us;
  char *answer;
} MemoryRepeat;

typedef struct
{
  Store base;
  GMutex lock;            /* held by every call: readers see whole commits */
  GPtrArray *events;      /* MemoryEvent by seq, from 1; NULL: expired */
  GPtrArray *past;        /* StoreCount of what expired */
  gint64 body_bytes;      /* of all events */
  GHashTable *by_id;      /* event id -> MemoryEvent */
  GPtrArray *holds;       /* StoredHold, by connector */
  GPtrArray *generations; /* StoredGeneration, in order of arrival */
  GHashTable *repeats;    /* "scope key" -> MemoryRepeat */
  StoredClock clock;
  gint64 now_us; /* wall clock: when the newest request came in */

  GPtrArray *messages; /* QueueMessage of all queues, by number */
  GPtrArray *dedups;   /* what was sent with a deduplication id */
  gint64 last_message_id;

  GPtrArray *records; /* StoredRecord, in no order */
} MemoryStore;

void memory_delivery_free (MemoryDelivery *delivery);
void memory_event_free (MemoryEvent *event);
void memory_repeat_free (MemoryRepeat *repeat);

/* NULL when there is none; with the lock held. */
MemoryEvent *memory_find_event (MemoryStore *store, const char *event_id);
MemoryDelivery *memory_find_delivery (MemoryStore *store, DeliveryKey key);
JournalEntry *memory_journal_entry_copy (const JournalEntry *entry);

/* Adds what one event counts for; as an expired one, its deliveries count as that. */
void memory_count_event (MemoryStore *store,
                         GPtrArray *counts,
                         const MemoryEvent *event,
                         gboolean expired);
gint64 memory_expire (Store *base, const StoreRetention *retention, gint64 now_us, guint limit);

/* queue.c; with the lock held. */
void memory_queue (MemoryStore *store, QueueOp *op);
void memory_dedup_free (gpointer data);

gboolean memory_commit (Store *base, Batch *batch, GError **error);

/* NULL when nothing holds the connector. */
StoredHold *memory_find_hold (MemoryStore *store, const char *connector);
/* As it is seen: held, or as it is kept. */
DeliveryState memory_state (MemoryStore *store, const StoredDelivery *delivery);

gboolean memory_claim (Store *base,
                       const char *connector,
                       gint64 now_us,
                       guint limit,
                       StoreClaim *claim,
                       GError **error);
gboolean memory_holds (Store *base, GPtrArray **out_holds, GError **error);
gboolean
memory_load_event (Store *base, const char *event_id, StoredEvent **out_event, GError **error);
gboolean memory_load_delivery (Store *base,
                               DeliveryKey key,
                               StoredDelivery **out_delivery,
                               Event **out_event,
                               GError **error);
gboolean memory_load_deliveries (Store *base,
                                 const char *event_id,
                                 GPtrArray **out_deliveries,
                                 GError **error);
gboolean
memory_load_journal (Store *base, DeliveryKey key, GPtrArray **out_entries, GError **error);
gboolean memory_find_events (Store *base,
                             const EventQuery *query,
                             StoreCursor *cursor,
                             guint limit,
                             GPtrArray **out_events,
                             GError **error);
gboolean memory_find_deliveries (Store *base,
                                 const DeliveryQuery *query,
                                 StoreCursor *cursor,
                                 guint limit,
                                 GPtrArray **out_deliveries,
                                 GError **error);
gboolean memory_dead_groups (Store *base, GPtrArray **out_groups, GError **error);
gboolean memory_event_minutes (Store *base,
                               gint64 from_us,
                               gint64 to_us,
                               GArray **out_minutes,
                               GError **error);
gboolean memory_dead_minutes (Store *base,
                              gint64 from_us,
                              gint64 to_us,
                              GPtrArray **out_groups,
                              GArray **out_minutes,
                              GError **error);
gboolean memory_oldest_pending (Store *base, GPtrArray **out_oldest, GError **error);
gboolean memory_counts (Store *base, GPtrArray **out_counts, GError **error);
gboolean memory_ledger (Store *base, gboolean recount, StoreLedger *out_ledger, GError **error);
gboolean memory_find_messages (Store *base,
                               const char *queue,
                               gint64 *after,
                               guint limit,
                               GPtrArray **out_messages,
                               GError **error);
gboolean memory_queue_depth (Store *base,
                             const char *queue,
                             gint64 now_us,
                             QueueDepth *out_depth,
                             GError **error);
gboolean memory_last_clock (Store *base, StoredClock *out_clock, GError **error);
gboolean memory_find_records (Store *base,
                              RecordKind kind,
                              const char *key,
                              gint64 before,
                              guint limit,
                              GPtrArray **out_records,
                              GError **error);
/* With the lock held, after the item. */
void memory_put_records (MemoryStore *store, const BatchItem *item);
gboolean memory_last_generation (Store *base, StoredGeneration **out_generation, GError **error);
gboolean memory_load_generation (Store *base,
                                 guint64 number,
                                 StoredGeneration **out_generation,
                                 GError **error);
gboolean memory_find_generations (Store *base,
                                  guint64 before,
                                  guint limit,
                                  GPtrArray **out_generations,
                                  GError **error);

G_END_DECLS
