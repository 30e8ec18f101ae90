/* When a connector is shut, tried and opened again.  Pure: no clock and no chance of its own.
 *
 * What must stay true: while it is shut or probing only the probe's result counts; attempts that
 * were under way when it was shut change nothing. */
#include "schedule/breaker.h"

#include <math.h>
#include <string.h>

/* So that routers that lost one target do not come back to it together. */
#define JITTER 0.2

guint
breaker_allowance (const Breaker *breaker, guint window, gint64 now_us)
{
  switch (breaker->state)
    {
    case BREAKER_SHUT:
      return breaker->until_us <= now_us ? 1 : 0;
    case BREAKER_PROBING:
      return 0;
    case BREAKER_OPEN:
      break;
    }
  return breaker->slow_start > 0 ? MIN (breaker->slow_start, window) : window;
}

gboolean
breaker_begin (Breaker *breaker, gint64 now_us)
{
  if (breaker->state != BREAKER_SHUT || breaker->until_us > now_us)
    return FALSE;
  breaker->state = BREAKER_PROBING;
  return TRUE;
}

/* How long it is shut: probe * factor^n, at most cap, and as the target wished. */
static gint64
shut_for_us (const Breaker *breaker,
             const BreakerSettings *settings,
             gint64 wait_us,
             Random *random)
{
  double shut_us = (double) settings->probe_us * pow (MAX (1, settings->factor), breaker->n_probes);

  shut_us = MIN (MAX (shut_us, (double) wait_us), (double) settings->cap_us);
  return (gint64) (shut_us * (1 + JITTER * (2 * random_unit (random) - 1)));
}

static BreakerChange
shut (Breaker *breaker,
      const BreakerSettings *settings,
      gint64 wait_us,
      gint64 now_us,
      Random *random)
{
  if (breaker->state == BREAKER_OPEN)
    breaker->since_us = now_us;
  breaker->state = BREAKER_SHUT;
  breaker->until_us = now_us + shut_for_us (breaker, settings, wait_us, random);
  breaker->slow_start = 0;
  memset (breaker->slots, 0, sizeof breaker->slots);
  return BREAKER_SHUTS;
}

static void
count (Breaker *breaker, const BreakerSettings *settings, gboolean works, gint64 now_us)
{
  gint64 number = now_us / MAX (1, settings->window_us / BREAKER_SLOTS);
  guint place = (guint) (ABS (number) % BREAKER_SLOTS);

  if (breaker->slots[place].number != number)
    {
      breaker->slots[place].number = number;
      breaker->slots[place].works = 0;
      breaker->slots[place].fails = 0;
    }
  if (works)
    breaker->slots[place].works++;
  else
    breaker->slots[place].fails++;
}

static gboolean
is_failing (const Breaker *breaker, const BreakerSettings *settings, gint64 now_us)
{
  gint64 number = now_us / MAX (1, settings->window_us / BREAKER_SLOTS);
  guint works = 0, fails = 0;

  for (guint i = 0; i < BREAKER_SLOTS; i++)
    if (breaker->slots[i].number <= number && breaker->slots[i].number > number - BREAKER_SLOTS)
      {
        works += breaker->slots[i].works;
        fails += breaker->slots[i].fails;
      }
  return settings->min_failures > 0 && fails >= settings->min_failures &&
         fails >= settings->ratio * (works + fails);
}

static BreakerChange
note_probe (Breaker *breaker,
            const BreakerSettings *settings,
            BreakerSign sign,
            gint64 wait_us,
            gint64 now_us,
            Random *random)
{
  switch (sign)
    {
    case BREAKER_FAILS:
      breaker->n_probes++;
      return shut (breaker, settings, wait_us, now_us, random);
    case BREAKER_NOTHING:
      /* Another one may tell. */
      breaker->state = BREAKER_SHUT;
      breaker->until_us = now_us;
      return BREAKER_STAYS;
    case BREAKER_WORKS:
      break;
    }
  breaker->state = BREAKER_OPEN;
  breaker->slow_start = 1;
  return BREAKER_OPENS;
}

BreakerChange
breaker_note (Breaker *breaker,
              const BreakerSettings *settings,
              guint window,
              gboolean is_probe,
              BreakerSign sign,
              gint64 wait_us,
              gint64 now_us,
              Random *random)
{
  if (is_probe && breaker->state == BREAKER_PROBING)
    return note_probe (breaker, settings, sign, wait_us, now_us, random);
  if (breaker->state != BREAKER_OPEN || sign == BREAKER_NOTHING)
    return BREAKER_STAYS;

  count (breaker, settings, sign == BREAKER_WORKS, now_us);
  if (sign == BREAKER_WORKS)
    {
      if (breaker->slow_start > 0 && ++breaker->slow_start >= window)
        {
          breaker->slow_start = 0;
          breaker->n_probes = 0;
        }
      return BREAKER_STAYS;
    }
  if (breaker->slow_start == 1)
    {
      /* It was too early. */
      breaker->n_probes++;
      return shut (breaker, settings, wait_us, now_us, random);
    }
  /* One failure among many that worked is no relapse yet. */
  breaker->slow_start /= 2;
  if (is_failing (breaker, settings, now_us))
    return shut (breaker, settings, wait_us, now_us, random);
  return BREAKER_STAYS;
}
