/* store-samples.h: what the tests of the store have in common: a store in a folder of its own,
 * items made in one line, and answers as text, so that two engines' answers are compared as two
 * texts. */
#pragma once

#include "base/random.h"
#include "store/store.h"

G_BEGIN_DECLS

/* 2026-11-21T09:00:00Z: the time at which samples begin. */
#define SAMPLE_TIME_US G_GINT64_CONSTANT (1795251600000000)

/* ---- A folder that goes away with the test ---- */

char *sample_folder_new (void);
void sample_folder_free (char *folder);

/* ---- Items ---- */

/* "00000000-0000-7000-8000-<number in 12 digits>" */
char *sample_event_id (guint64 number);

/* One event with a body of JSON, received at the time, which matched one rule for each delivery.
 * Everything may be changed before it is submitted. */
BatchItem *sample_append (guint64 number, gint64 received_us, guint n_deliveries);
/* The same for a request with a key, of "source/shop", that expires after the time. */
BatchItem *sample_append_repeat (guint64 number,
                                 gint64 received_us,
                                 const char *key,
                                 char fingerprint,
                                 gint64 expires_us);
void sample_append_fill (AppendEvent *append,
                         guint64 number,
                         gint64 received_us,
                         const char *const *connectors /* NULL-terminated: one delivery each */);

BatchItem *sample_settle (DeliveryKey key, guint attempt, gint64 at_us, DeliveryState state);
BatchItem *sample_operate (DeliveryKey key, JournalKind kind, gint64 at_us);
/* since_us 0: its end. */
BatchItem *sample_hold (HoldKind kind, const char *connector, gint64 since_us);
BatchItem *sample_generation (guint64 generation, gint64 at_us);

/* Commits items up to NULL as one batch, and frees them. */
gboolean sample_commit (Store *store, GError **error, ...) G_GNUC_NULL_TERMINATED;
/* One item, which must succeed. */
void sample_commit_one (Store *store, BatchItem *item);

/* ---- Answers as text ---- */

char *sample_delivery_text (const StoredDelivery *delivery);
char *sample_claim_text (Store *store, const char *connector, gint64 now_us, guint limit);
char *sample_event_text (const StoredEvent *event);
char *sample_journal_text (GPtrArray *entries);
/* One line a count, sorted. */
char *sample_counts_text (GPtrArray *counts);
void sample_expire (Store *store, const StoreRetention *retention, gint64 now_us, guint limit);
char *sample_ledger_text (const StoreLedger *ledger);

/* Everything that a store can be asked, as one text: all events with their bodies, deliveries and
 * histories, what is due, the counters, both ledgers and the last generation.  Pages are of the
 * given size.  Must succeed. */
char *sample_dump (Store *store, guint limit);

/* The ledger balances, and counting anew gives the counters. */
void sample_assert_ledger (Store *store);

G_END_DECLS
