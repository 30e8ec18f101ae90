/* ahead.h: which deliveries have their turn by a commit that is not durable yet.
 *
 * A commit is seen by readers before it is synced.  Whoever got a delivery from such a commit could
 * send it, lose power, and find the delivery before it, or itself, as it was: sent out of its
 * order, or sent and still a dead letter.  So these are not claimed; who waits for them is told
 * when their commit is durable. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GMutex lock;
  GHashTable *commits; /* of a delivery's number: the commit's, both as gint64 */
  gint64 n_committed;
} Ahead;

void ahead_init (Ahead *ahead);
void ahead_clear (Ahead *ahead);

/* Writer thread, before the open transaction is committed; and it is, or is taken back. */
void ahead_add (Ahead *ahead, gint64 delivery);
void ahead_committed (Ahead *ahead);
void ahead_taken_back (Ahead *ahead);

/* Any thread.  The number of the newest commit; and everything up to it is durable. */
gint64 ahead_newest (Ahead *ahead);
void ahead_synced (Ahead *ahead, gint64 newest);

/* Any thread, of a delivery that a reader has seen.  out_open: its transaction was open, so that it
 * may be taken back, and nobody is told. */
gboolean ahead_has (Ahead *ahead, gint64 delivery, gboolean *out_open);

G_END_DECLS
