/* When what is done.
 *
 * Expiring is cut into steps so short that a commit which comes meanwhile hardly notices; the
 * number of rows of one follows how long the last ones took.  Half of a quiet time is left free, so
 * that whatever else the machine does goes on. */
#include "store/upkeep.h"

/* This long without work is an idle moment. */
#define IDLE_AFTER_US (5 * 1000)

#define STEP_US 500
#define MIN_STEP_ROWS 4
#define MAX_STEP_ROWS 256
#define FIRST_STEP_ROWS 16

/* Commits that follow each other closely leave one part in SHARE of the time. */
#define SHARE 10

/* While commits come in there is something new to look for, but not at each of them. */
#define LOOK_AFTER_US (10 * G_USEC_PER_SEC)

/* The wall clock may be set: what it said is not trusted for longer. */
#define TRUST_US (3600 * (gint64) G_USEC_PER_SEC)

void
upkeep_init (Upkeep *upkeep, Store *store, Clock *clock)
{
  *upkeep = (Upkeep){ .store = store,
                      .clock = clock,
                      .idle_at_us = G_MAXINT64,
                      .expire_at_us = G_MAXINT64,
                      .limit = FIRST_STEP_ROWS };
}

static gboolean
keeps_everything (const StoreRetention *retention)
{
  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    if (retention->age_us[state] > 0)
      return FALSE;
  return retention->max_bytes == 0;
}

void
upkeep_set_retention (Upkeep *upkeep, const StoreRetention *retention)
{
  upkeep->retention = *retention;
  upkeep->expire_at_us = keeps_everything (retention) ? G_MAXINT64
                                                      : clock_monotonic_us (upkeep->clock);
}

void
upkeep_note_commit (Upkeep *upkeep)
{
  gint64 now_us = clock_monotonic_us (upkeep->clock);

  upkeep->idle_at_us = now_us + IDLE_AFTER_US;
  if (!keeps_everything (&upkeep->retention))
    upkeep->expire_at_us = MIN (upkeep->expire_at_us, now_us + LOOK_AFTER_US);
}

gint64
upkeep_next_us (const Upkeep *upkeep)
{
  return MIN (upkeep->idle_at_us, upkeep->expire_at_us);
}

/* Wall clock to monotonic. */
static gint64
when (gint64 next_wall_us, gint64 now_wall_us, gint64 now_us)
{
  if (next_wall_us == G_MAXINT64)
    return G_MAXINT64;
  return now_us + MIN (next_wall_us - now_wall_us, TRUST_US);
}

static void
adapt (Upkeep *upkeep, gint64 duration_us)
{
  if (duration_us > STEP_US)
    upkeep->limit = MAX (upkeep->limit / 2, MIN_STEP_ROWS);
  else if (duration_us < STEP_US / 2)
    upkeep->limit = MIN (upkeep->limit + upkeep->limit / 4, MAX_STEP_ROWS);
}

static void
expire (Upkeep *upkeep)
{
  gint64 start_us = clock_monotonic_us (upkeep->clock);
  gint64 wall_us = clock_wall_us (upkeep->clock);
  gint64 next_us = upkeep->store->engine->expire (upkeep->store, &upkeep->retention, wall_us,
                                                  upkeep->limit);
  gint64 end_us = clock_monotonic_us (upkeep->clock);
  gint64 duration_us = end_us - start_us;

  upkeep->share_at_us = end_us + SHARE * duration_us;
  if (next_us > wall_us)
    {
      upkeep->expire_at_us = when (next_us, wall_us, end_us);
      return;
    }
  upkeep->n_steps++;
  adapt (upkeep, duration_us);
  upkeep->expire_at_us = end_us + duration_us;
  upkeep->idle_at_us = MIN (upkeep->idle_at_us, end_us + IDLE_AFTER_US);
}

void
upkeep_run (Upkeep *upkeep)
{
  gint64 now_us = clock_monotonic_us (upkeep->clock);

  if (now_us >= upkeep->idle_at_us)
    {
      upkeep->idle_at_us = G_MAXINT64;
      upkeep->store->engine->idle (upkeep->store);
    }
  else if (now_us >= upkeep->expire_at_us)
    expire (upkeep);
}

void
upkeep_run_share (Upkeep *upkeep)
{
  gint64 now_us = clock_monotonic_us (upkeep->clock);

  if (now_us >= upkeep->expire_at_us && now_us >= upkeep->share_at_us)
    expire (upkeep);
}
