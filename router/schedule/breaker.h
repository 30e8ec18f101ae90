/* breaker.h: whether a connector works, judged by what became of its latest attempts.
 *
 * open -> shut (until) -> probing -> open, with a slow start: one delivery may be under way after a
 * probe that worked, one more after each that follows, and half as many after one that fails.  A
 * probe that fails shuts it for longer, and so does a failure when but one may be under way.
 * A value; belongs to whichever thread owns it.  Times are of one clock that never goes back. */
#pragma once

#include "base/random.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 window_us;   /* what came to pass longer ago does not count */
  guint min_failures; /* in the window, before it shuts; 0: it never does */
  double ratio;       /* of failures to attempts in the window, at least */
  gint64 probe_us;    /* how long it is shut at first */
  double factor;      /* each further time so much longer */
  gint64 cap_us;      /* at most */
} BreakerSettings;

typedef enum
{
  BREAKER_OPEN, /* deliveries go out */
  BREAKER_SHUT,
  BREAKER_PROBING, /* one delivery is under way to see whether it works again */
} BreakerState;

/* What an attempt showed. */
typedef enum
{
  BREAKER_NOTHING, /* none was made, or it says nothing of the connector */
  BREAKER_WORKS,
  BREAKER_FAILS,
} BreakerSign;

typedef enum
{
  BREAKER_STAYS,
  BREAKER_SHUTS, /* or stays so for longer */
  BREAKER_OPENS,
} BreakerChange;

#define BREAKER_SLOTS 10

/* Zeroed: open, knowing nothing. */
typedef struct
{
  BreakerState state;
  gint64 since_us;  /* shut */
  gint64 until_us;  /* shut */
  guint n_probes;   /* that failed since it was shut */
  guint slow_start; /* how many may be under way; 0: as many as the window has */
  struct
  {
    gint64 number;
    guint works, fails;
  } slots[BREAKER_SLOTS];
} Breaker;

/* How many may be under way at now_us, of a window of so many. */
guint breaker_allowance (const Breaker *breaker, guint window, gint64 now_us);

/* One is taken while it is shut and until_us has come: that is the probe. */
gboolean breaker_begin (Breaker *breaker, gint64 now_us);

/* wait_us: what the target asked for, or less than 0. */
BreakerChange breaker_note (Breaker *breaker,
                            const BreakerSettings *settings,
                            guint window,
                            gboolean is_probe,
                            BreakerSign sign,
                            gint64 wait_us,
                            gint64 now_us,
                            Random *random);

G_END_DECLS
