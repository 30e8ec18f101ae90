/* writer.h: the one thread that writes, with group commit.
 *
 * It commits as soon as there is work and takes along what queued meanwhile; it never sleeps to
 * fill a batch.  Where the engine can, the next batch is written while the last one is synced.  A
 * failed commit means *unknown* to every waiter: the writer then stops for good and reports it, so
 * that the daemon can exit for a clean restart.  Only ROUTER_ERROR_FULL and ROUTER_ERROR_BLOCKED
 * (nothing was written) are survived: settlements and moves stay queued and are tried again;
 * whoever submitted anything else is told and can try again himself, so that nobody waits for room
 * that may never come.
 *
 * What completions are told: NULL, durable; ROUTER_ERROR_FULL or BLOCKED, nothing was written (for
 * settlements only when the writer is stopped while the disk is full); ROUTER_ERROR_STORAGE,
 * unknown; ROUTER_ERROR_UNAVAILABLE, never tried because the store had failed before. */
#pragma once

#include "base/metric.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct Writer Writer;

/* A thread of the writer's, one call at a time, in order: must not block.  error is NULL when the
 * item is durable.  The item's out_ fields are valid; the item is freed afterwards. */
typedef void (*WriterDone) (const BatchItem *item, const GError *error, gpointer user_data);

/* Writer thread, once, after all completions: the store failed for good.  Must not stop the writer
 * itself. */
typedef void (*WriterFailed) (const GError *error, gpointer user_data);

typedef struct
{
  /* Appended events that are not yet durable; a request that would exceed it is refused, unless it
   * is the only one. */
  guint max_queued_events;
  /* Of one commit, where every event of an append and every operator action counts as one; a single
   * larger item is committed by itself. */
  guint max_batch_items;
  guint full_retry_ms; /* pause before trying again on a full disk */
  Metrics *metrics;    /* outlives the writer; NULL: none */
} WriterSettings;

/* The store must outlive the writer. */
Writer *
writer_new (Store *store, const WriterSettings *settings, WriterFailed failed, gpointer user_data);

/* Writer thread, after a commit: there may be something to receive from this queue; NULL: from any.
 * Must not block.  Set before anything is submitted that sends to queues; NULL ends it, once the
 * writer is stopped. */
typedef void (*WriterQueueSent) (const char *queue, gpointer user_data);
void writer_watch_queues (Writer *writer, WriterQueueSent sent, gpointer user_data);

/* A thread of the writer's, when a commit is durable and before the completions of its items, whose
 * out_ fields are filled; with no items, and then perhaps beside another call, after a step that
 * removed what had expired.  Must not block.  The same
 * rules as above. */
typedef void (*WriterCommitted) (const Batch *batch, gpointer user_data);
void writer_watch_commits (Writer *writer, WriterCommitted committed, gpointer user_data);

/* Any thread.  Takes the item (always, also on failure).  FALSE: nothing was queued and done is not
 * called: ROUTER_ERROR_FULL (too many events queued) or ROUTER_ERROR_UNAVAILABLE (stopping or
 * failed). Only appends and operations on queues are ever refused as FULL. */
gboolean writer_submit (Writer *writer,
                        BatchItem *item,
                        WriterDone done,
                        gpointer user_data,
                        GError **error);

/* Submits and waits; not on the writer thread, nor on one that must not block. */
gboolean writer_submit_and_wait (Writer *writer, BatchItem *item, GError **error);

/* Any thread, at little cost: FALSE when an append would be turned away, with the error that it
 * would be told.  While the disk is full one caller in full_retry_ms is let through, so that it is
 * found out when there is room again. */
gboolean writer_takes_events (Writer *writer, GError **error);

typedef struct
{
  guint64 commits, items, events;
  guint64 tidied;        /* steps that removed what had expired */
  guint queued_events;   /* now */
  gint64 last_commit_us; /* how long the last commit took */
  gboolean disk_full;    /* the last commit was refused for want of room */
  gboolean disk_blocked; /* or because the disk takes nothing: read-only, failing */
} WriterStats;

void writer_stats (Writer *writer, WriterStats *out_stats);

/* Any thread: for how long the writer has had something to do and got nothing done; 0: it has
 * nothing to do.  A disk that refuses writes is no reason: it is tried again and again. */
gint64 writer_stuck_us (Writer *writer);

/* Any thread.  What is not to be kept any longer is removed while nothing else is to be written;
 * before the first call everything is kept. */
void writer_set_retention (Writer *writer, const StoreRetention *retention);

/* Refuses new items, commits what is queued, ends the thread.  Idempotent. */
void writer_stop (Writer *writer);
void writer_free (Writer *writer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Writer, writer_free)

G_END_DECLS
