/* The system's clock and one for tests.  The only file that asks the system for the time. */
#include "base/clock.h"

#include <string.h>
#include <time.h>

#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"

struct Clock
{
  gboolean manual;
  GMutex lock; /* guards both times of a manual clock */
  gint64 wall_us;
  gint64 monotonic_us;

  gint64 steady_ahead_us; /* atomic: of boot time */
};

Clock *
clock_system_new (void)
{
  Clock *clock = g_new0 (Clock, 1);

  g_mutex_init (&clock->lock);
  clock_set_steady (clock, clock_wall_us (clock));
  return clock;
}

Clock *
clock_manual_new (gint64 wall_us)
{
  Clock *clock = g_new0 (Clock, 1);

  g_mutex_init (&clock->lock);
  clock->manual = TRUE;
  clock->wall_us = wall_us;
  clock_set_steady (clock, wall_us);
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
clock_manual_set (Clock *clock, gint64 wall_us)
{
  g_assert (clock->manual);

  g_mutex_lock (&clock->lock);
  clock->wall_us = wall_us;
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

gint64
clock_boot_us (Clock *clock)
{
  struct timespec now;

  if (clock->manual)
    return clock_read (clock, &clock->monotonic_us);
  clock_gettime (CLOCK_BOOTTIME, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

char *
clock_boot_id (Clock *clock)
{
  char *id = NULL;

  if (clock->manual || !g_file_get_contents (BOOT_ID_FILE, &id, NULL, NULL))
    return g_strdup (clock->manual ? "manual" : "");
  return g_strstrip (id);
}

/* ---- Steady time ---- */

gint64
clock_steady_us (Clock *clock)
{
  return clock_boot_us (clock) + __atomic_load_n (&clock->steady_ahead_us, __ATOMIC_RELAXED);
}

void
clock_set_steady (Clock *clock, gint64 steady_us)
{
  __atomic_store_n (&clock->steady_ahead_us, steady_us - clock_boot_us (clock), __ATOMIC_RELAXED);
}

static gint64
move (gint64 time_us, gint64 by_us)
{
  gint64 moved_us;

  if (time_us == G_MAXINT64 || time_us == G_MININT64)
    return time_us;
  if (__builtin_add_overflow (time_us, by_us, &moved_us))
    return by_us > 0 ? G_MAXINT64 : G_MININT64;
  return moved_us;
}

gint64
clock_wall_from_steady (Clock *clock, gint64 steady_us)
{
  return move (steady_us, clock_wall_us (clock) - clock_steady_us (clock));
}

gint64
clock_steady_from_wall (Clock *clock, gint64 wall_us)
{
  return move (wall_us, clock_steady_us (clock) - clock_wall_us (clock));
}

/* ---- As text ---- */

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

/* Every event has its time written once on its way in and once on its way out; printf would be most
 * of the cost of its envelope. */
static char *
put_digits (char *out, int value, int n_digits)
{
  for (int i = n_digits - 1; i >= 0; i--, value /= 10)
    out[i] = (char) ('0' + value % 10);
  return out + n_digits;
}

char *
clock_format_seconds (gint64 wall_us)
{
  static const char shape[] = "YYYY-MM-DDTHH:MM:SSZ";
  time_t seconds;
  int us;
  struct tm tm;
  char *text, *end;

  split (wall_us, &seconds, &us);
  gmtime_r (&seconds, &tm);
  /* What has no four digits of a year is nobody's time, but must not be written over the end. */
  if (tm.tm_year < -1900 || tm.tm_year > 9999 - 1900)
    return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                            tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
  text = g_malloc (sizeof shape);
  memcpy (text, shape, sizeof shape);
  end = put_digits (text, tm.tm_year + 1900, 4);
  end = put_digits (end + 1, tm.tm_mon + 1, 2);
  end = put_digits (end + 1, tm.tm_mday, 2);
  end = put_digits (end + 1, tm.tm_hour, 2);
  end = put_digits (end + 1, tm.tm_min, 2);
  put_digits (end + 1, tm.tm_sec, 2);
  return text;
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
