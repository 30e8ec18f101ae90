/* The system's clock and one for tests.  The only file that asks the system for the time. */
#include "base/clock.h"

#include <string.h>
#include <time.h>

struct Clock
{
  gboolean manual;
  GMutex lock; /* guards both times of a manual clock */
  gint64 wall_us;
  gint64 monotonic_us;
};

Clock *
clock_system_new (void)
{
  Clock *clock = g_new0 (Clock, 1);

  g_mutex_init (&clock->lock);
  return clock;
}

Clock *
clock_manual_new (gint64 wall_us)
{
  Clock *clock = clock_system_new ();

  clock->manual = TRUE;
  clock->wall_us = wall_us;
  return clock;
}

void
clock_manual_advance (Clock *clock, gint64 by_us)
{
  g_assert (clock->manual);

  g_mutex_lock (&clock->lock);
  clock->wall_us += by_us;
  clock->monotonic_us += by_us;
  g_mutex_unlock (&clock->lock);
}

void
clock_free (Clock *clock)
{
  g_mutex_clear (&clock->lock);
  g_free (clock);
}

static gint64
clock_read (Clock *clock, const gint64 *time)
{
  gint64 value;

  g_mutex_lock (&clock->lock);
  value = *time;
  g_mutex_unlock (&clock->lock);
  return value;
}

gint64
clock_wall_us (Clock *clock)
{
  return clock->manual ? clock_read (clock, &clock->wall_us) : g_get_real_time ();
}

gint64
clock_monotonic_us (Clock *clock)
{
  return clock->manual ? clock_read (clock, &clock->monotonic_us) : g_get_monotonic_time ();
}

/* Rounds towards the past, so that times before 1970 are right too. */
static void
split (gint64 wall_us, time_t *out_seconds, int *out_us)
{
  gint64 us = wall_us % G_USEC_PER_SEC;

  if (us < 0)
    us += G_USEC_PER_SEC;
  *out_us = (int) us;
  *out_seconds = (time_t) ((wall_us - us) / G_USEC_PER_SEC);
}

char *
clock_format_seconds (gint64 wall_us)
{
  time_t seconds;
  int us;
  struct tm tm;

  split (wall_us, &seconds, &us);
  gmtime_r (&seconds, &tm);
  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                          tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

char *
clock_format_us (gint64 wall_us)
{
  time_t seconds;
  int us;
  struct tm tm;

  split (wall_us, &seconds, &us);
  gmtime_r (&seconds, &tm);
  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                          tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, us);
}

/* RFC 3339 wants a zone; g_date_time_new_from_iso8601() takes much more than RFC 3339, so the shape
 * is checked first. */
gboolean
clock_parse (const char *text, gint64 *out_wall_us)
{
  static const char shape[] = "dddd-dd-ddTdd:dd:dd";
  g_autoptr (GDateTime) time = NULL;
  const char *rest;

  for (gsize i = 0; shape[i] != '\0'; i++)
    {
      gboolean ok = shape[i] == 'd' ? g_ascii_isdigit (text[i])
                                    : shape[i] == g_ascii_toupper (text[i]);
      if (!ok)
        return FALSE;
    }
  rest = text + sizeof shape - 1;
  if (*rest == '.')
    {
      rest++;
      if (!g_ascii_isdigit (*rest))
        return FALSE;
      while (g_ascii_isdigit (*rest))
        rest++;
    }
  if (g_ascii_toupper (*rest) == 'Z')
    {
      if (rest[1] != '\0')
        return FALSE;
    }
  else if (!((*rest == '+' || *rest == '-') && strlen (rest) == 6 && g_ascii_isdigit (rest[1]) &&
             g_ascii_isdigit (rest[2]) && rest[3] == ':' && g_ascii_isdigit (rest[4]) &&
             g_ascii_isdigit (rest[5])))
    return FALSE;

  g_autofree char *upper = g_ascii_strup (text, -1);
  time = g_date_time_new_from_iso8601 (upper, NULL);
  if (time == NULL)
    return FALSE;
  *out_wall_us = g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
  return TRUE;
}
