/* upkeep.h: when the writer does for the store what nobody waits for: bringing the log home and
 * removing what has expired.
 *
 * Knows times only; the writer asks when something is due and runs it without its lock.  Writer
 * thread. */
#pragma once

#include "base/clock.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct
{
  Store *store;
  Clock *clock;
  StoreRetention retention;

  /* Monotonic; G_MAXINT64: nothing to do. */
  gint64 idle_at_us;
  gint64 expire_at_us;
  gint64 share_at_us; /* not before this between two commits that follow each other closely */
  guint64 n_steps;    /* of expiring that found something */
  guint limit;        /* of one step of expiring, so that it takes about STEP_US */
} Upkeep;

/* The first look for something to expire is due at once. */
void upkeep_init (Upkeep *upkeep, Store *store, Clock *clock);
void upkeep_set_retention (Upkeep *upkeep, const StoreRetention *retention);

/* Something was committed. */
void upkeep_note_commit (Upkeep *upkeep);

/* When there may be something to do in a quiet moment; monotonic, G_MAXINT64: nothing. */
gint64 upkeep_next_us (const Upkeep *upkeep);
/* What is due now; takes about a millisecond, or a checkpoint. */
void upkeep_run (Upkeep *upkeep);

/* Between two commits, when there are no quiet moments: what is overdue gets a small share of the
 * time all the same, or the store would grow for ever. */
void upkeep_run_share (Upkeep *upkeep);

G_END_DECLS
