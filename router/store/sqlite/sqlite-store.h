/* sqlite-store.h: what the files of the SQLite engine share. */
#pragma once

#include "store/sqlite/ahead.h"
#include "store/sqlite/catalog.h"
#include "store/sqlite/expire.h"
#include "store/sqlite/reader.h"
#include "store/sqlite/reserve.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/tally.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct
{
  Store base;
  int lock; /* on the folder */

  /* Writer thread. */
  Database *writer;
  Catalog *catalog;
  Tally *tally;
  gint64 last_seq;        /* of the newest event */
  gint64 now_us;          /* wall clock: when the newest request came in */
  guint n_new_repeats;    /* keys added in the open transaction */
  guint log_frames;       /* pages in the write-ahead log after the last commit */
  guint log_frames_tried; /* of these, there when it was last tried to bring them home */
  GError *idle_failure;   /* of what was done in an idle moment; the next commit reports it */
  Expiry expiry;
  Reserve reserve;

  /* Events with a greater seq may not be claimed yet: who gets a delivery before its event is sure
   * to be kept may get one of which the router knows nothing any more.  Any thread. */
  _Atomic gint64 written_seq; /* committed */
  _Atomic gint64 durable_seq; /* and synced */
  Ahead ahead;                /* the same of deliveries that have a new time */

  gint no_backups; /* atomic: copies end */

  /* Any thread.  Apart, so that a delivery never waits for people's searches. */
  ReaderPool *lookups;
  ReaderPool *searches;
} SqliteStore;

/* A delivery's number in the file; FALSE: there can be no such delivery. */
gboolean sqlite_delivery_id (DeliveryKey key, gint64 *out_id);
DeliveryKey sqlite_delivery_key (gint64 id);

/* What a change needs to know of a delivery as it stands. */
typedef struct
{
  gint64 id;
  gint64 route;
  DeliveryState state;
  gint64 n_journal;
  gint64 due_us;
  guint priority;
  gint64 order_key;
} SqliteStanding;

/* write.c */
gboolean sqlite_read_standing (SqliteStore *store,
                               DeliveryKey key,
                               gboolean *out_exists,
                               SqliteStanding *out_standing,
                               GError **error);
gboolean sqlite_write_journal (SqliteStore *store,
                               const SqliteStanding *standing,
                               JournalEntry *entry,
                               GError **error);
void sqlite_tally_move (SqliteStore *store, const SqliteStanding *standing, DeliveryState state);

/* write.c: applies one item within the open transaction. */
gboolean sqlite_append (SqliteStore *store, AppendEvent *append, GError **error);
gboolean sqlite_settle (SqliteStore *store, Settlement *settlement, GError **error);
gboolean sqlite_generation (SqliteStore *store, const NewGeneration *generation, GError **error);

/* What is counted by time is counted by the minute. */
#define SQLITE_MINUTE_US ((gint64) 60 * G_USEC_PER_SEC)

/* dead.c: a delivery has become a dead letter; one is about to be none any more, or to go. */
gboolean sqlite_dead_enter (SqliteStore *store, gint64 id, GError **error);
gboolean sqlite_dead_leave (SqliteStore *store, gint64 id, GError **error);
/* The groups (gint64) in which all is what the query asks for, but for its sources, times and
 * replays; *out_groups NULL: it is not about groups, or about too many of them. */
gboolean sqlite_dead_choose (Reader *reader,
                             const DeliveryQuery *query,
                             GArray **out_groups,
                             GError **error);

/* repeat.c: fills the verdict; keeps the key unless it is a repeat. */
gboolean sqlite_repeat (SqliteStore *store, Repeat *repeat, GError **error);
/* In the open transaction: forgets expired keys, twice as many as it added. */
gboolean sqlite_repeat_make_room (SqliteStore *store, GError **error);
/* A step of forgetting, in a transaction of its own. */
gboolean sqlite_repeat_idle (SqliteStore *store, GError **error);

/* queue.c: the same for one operation on a queue. */
gboolean sqlite_queue (SqliteStore *store, QueueOp *op, GError **error);

/* record.c: the records of an item, after it. */
gboolean sqlite_put_records (SqliteStore *store, const BatchItem *item, GError **error);
gboolean sqlite_find_records (Store *base,
                              RecordKind kind,
                              const char *key,
                              gint64 before,
                              guint limit,
                              GPtrArray **out_records,
                              GError **error);

/* operate.c: the same for an operator's action. */
gboolean sqlite_operate (SqliteStore *store, OperatorAction *action, GError **error);

/* order.c: one order key's turns.  A delivery that others wait for is not due before its turn. */
gboolean
sqlite_due_in_order (SqliteStore *store, gint64 order_key, gint64 *inout_due_us, GError **error);
gboolean sqlite_follow_in_order (SqliteStore *store,
                                 gint64 order_key,
                                 gint64 now_us,
                                 StoreDue *out_next,
                                 GError **error);

/* hold.c */
gboolean sqlite_move (SqliteStore *store, const DeliveryMove *move, GError **error);
gboolean sqlite_hold (SqliteStore *store, HoldChange *change, GError **error);

/* steady.c */
gboolean sqlite_clock (SqliteStore *store, const StoredClock *clock, GError **error);
gboolean sqlite_last_clock (Store *base, StoredClock *out_clock, GError **error);

gboolean sqlite_commit (Store *base, Batch *batch, GError **error);
gboolean sqlite_commit_ahead (Store *base, Batch *batch, GError **error);
gboolean sqlite_sync (Store *base, GError **error);

/* commit.c: apply within a transaction, all or nothing.  Errors are those of commit. */
typedef gboolean (*SqliteApply) (SqliteStore *store, gpointer data, GError **error);
gboolean sqlite_transaction (SqliteStore *store, SqliteApply apply, gpointer data, GError **error);

/* checkpoint.c: writer thread. */
#define SQLITE_LOG_LIMIT_BYTES (32 * 1024 * 1024)
void sqlite_checkpoint_watch (SqliteStore *store);
gboolean sqlite_checkpoint_at_ceiling (SqliteStore *store, GError **error);
void sqlite_idle (Store *base);

/* row.c: the rows of a question, read from left to right. */
#define SQLITE_EVENT_COLUMNS                                                                       \
  "e.seq, e.id, e.bus, e.ingress, e.source, e.detail_type, e.time_us, e.received_us,"              \
  " e.resources, e.content_type, e.metadata, e.generation"
/* A delivery's state as it is seen.  Whatever a held connector has unsettled is held, so that a
 * hold changes one row and not a million. */
#define SQLITE_STATE                                                                               \
  "CASE WHEN d.state <= 2 AND EXISTS"                                                              \
  " (SELECT 1 FROM hold h WHERE h.connector = d.connector) THEN 3 ELSE d.state END"
#define SQLITE_HELD_ROUTES                                                                         \
  "(SELECT r.id FROM hold h CROSS JOIN route r ON r.connector = h.connector)"
#define SQLITE_DELIVERY_COLUMNS                                                                    \
  "d.id, d.route, " SQLITE_STATE ", d.dead, d.since_us, d.due_us, d.changed_us, d.attempts,"       \
  " d.round_attempts, d.priority, d.order_key,"                                                    \
  " d.replays, d.operation, d.last_outcome, d.last_status, d.last_note, d.last_error_code,"        \
  " e.id, e.received_us, e.source, e.detail_type"

/* SQLITE_EVENT_COLUMNS; body may be NULL. */
gboolean sqlite_read_event (Reader *reader,
                            Statement *row,
                            GBytes *body,
                            gint64 *out_seq,
                            Event **out_event,
                            GError **error);
/* SQLITE_EVENT_COLUMNS, e.body_bytes, e.matched. */
gboolean sqlite_read_stored_event (Reader *reader,
                                   Statement *row,
                                   GBytes *body,
                                   StoredEvent **out_event,
                                   GError **error);
/* SQLITE_DELIVERY_COLUMNS. */
gboolean sqlite_read_delivery (Reader *reader,
                               Statement *row,
                               StoredDelivery **out_delivery,
                               GError **error);
gboolean sqlite_read_body (Reader *reader, gint64 seq, GBytes **out_body, GError **error);

/* claim.c, load.c, find.c, totals.c: the engine's table. */
gboolean sqlite_claim (Store *base,
                       const char *connector,
                       gint64 now_us,
                       guint limit,
                       StoreClaim *claim,
                       GError **error);
gboolean sqlite_holds (Store *base, GPtrArray **out_holds, GError **error);
gboolean
sqlite_load_event (Store *base, const char *event_id, StoredEvent **out_event, GError **error);
gboolean sqlite_load_delivery (Store *base,
                               DeliveryKey key,
                               StoredDelivery **out_delivery,
                               Event **out_event,
                               GError **error);
gboolean sqlite_load_deliveries (Store *base,
                                 const char *event_id,
                                 GPtrArray **out_deliveries,
                                 GError **error);
gboolean
sqlite_load_journal (Store *base, DeliveryKey key, GPtrArray **out_entries, GError **error);
gboolean sqlite_dead_groups (Store *base, GPtrArray **out_groups, GError **error);
gboolean sqlite_event_minutes (Store *base,
                               gint64 from_us,
                               gint64 to_us,
                               GArray **out_minutes,
                               GError **error);
gboolean sqlite_dead_minutes (Store *base,
                              gint64 from_us,
                              gint64 to_us,
                              GPtrArray **out_groups,
                              GArray **out_minutes,
                              GError **error);
gboolean sqlite_oldest_pending (Store *base, GPtrArray **out_oldest, GError **error);
gboolean sqlite_find_events (Store *base,
                             const EventQuery *query,
                             StoreCursor *cursor,
                             guint limit,
                             GPtrArray **out_events,
                             GError **error);
gboolean sqlite_find_deliveries (Store *base,
                                 const DeliveryQuery *query,
                                 StoreCursor *cursor,
                                 guint limit,
                                 GPtrArray **out_deliveries,
                                 GError **error);
gboolean sqlite_counts (Store *base, GPtrArray **out_counts, GError **error);
gboolean sqlite_ledger (Store *base, gboolean recount, StoreLedger *out_ledger, GError **error);
gboolean sqlite_find_messages (Store *base,
                               const char *queue,
                               gint64 *after,
                               guint limit,
                               GPtrArray **out_messages,
                               GError **error);
gboolean sqlite_queue_depth (Store *base,
                             const char *queue,
                             gint64 now_us,
                             QueueDepth *out_depth,
                             GError **error);
gboolean sqlite_backup (Store *base,
                        const char *path,
                        gint64 bytes_per_s,
                        StoreBackup *out_backup,
                        GError **error);
void sqlite_stop_backups (Store *base);
gboolean sqlite_last_generation (Store *base, StoredGeneration **out_generation, GError **error);
gboolean sqlite_load_generation (Store *base,
                                 guint64 number,
                                 StoredGeneration **out_generation,
                                 GError **error);
gboolean sqlite_find_generations (Store *base,
                                  guint64 before,
                                  guint limit,
                                  GPtrArray **out_generations,
                                  GError **error);

G_END_DECLS
