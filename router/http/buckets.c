/* Round steps. */
#include "http/buckets.h"

#define MINUTE_US ((gint64) 60 * G_USEC_PER_SEC)

/* Later times than people can write. */
#define MAX_US ((gint64) 1 << 58)

static const gint64 step_minutes[] = { 1,   2,   5,   10,   15,   30,   60,    120,
                                       180, 360, 720, 1440, 2880, 7200, 10080, 43200 };

/* Beyond the last one they double: a time of some thousand years is long before the end. */
static gint64
step_of (guint i)
{
  const guint last = G_N_ELEMENTS (step_minutes) - 1;

  return (i <= last ? step_minutes[i] : step_minutes[last] << (i - last)) * MINUTE_US;
}

void
buckets_choose (Buckets *buckets, gint64 from_us, gint64 to_us, guint max)
{
  gint64 last_us;

  from_us = CLAMP (from_us, 0, MAX_US);
  last_us = MAX (CLAMP (to_us, 0, MAX_US) - 1, from_us);
  max = CLAMP (max, 1, BUCKETS_MAX);
  for (guint i = 0;; i++)
    {
      gint64 step_us = step_of (i), first = from_us / step_us, last = last_us / step_us;

      if (last - first >= max)
        continue;
      *buckets = (Buckets){ first * step_us, step_us, (guint) (last - first + 1) };
      return;
    }
}

gboolean
buckets_find (const Buckets *buckets, gint64 at_us, guint *out_place)
{
  gint64 place;

  if (at_us < buckets->start_us)
    return FALSE;
  place = (at_us - buckets->start_us) / buckets->step_us;
  if (place >= buckets->n)
    return FALSE;
  *out_place = (guint) place;
  return TRUE;
}
