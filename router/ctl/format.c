/* format.c: see format.h. */
#include "config.h"

#include "format.h"

#include "base/clock.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

#define MS ((gint64) 1000)
#define S ((gint64) G_USEC_PER_SEC)
#define MINUTE (60 * S)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

char *
format_time (gint64 wall_us, gint64 now_us, GTimeZone *zone)
{
  g_autoptr (GTimeZone) here = zone != NULL ? g_time_zone_ref (zone) : g_time_zone_new_local ();
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (wall_us / S);
  g_autoptr (GDateTime) utc_now = g_date_time_new_from_unix_utc (now_us / S);
  g_autoptr (GDateTime) then = NULL;
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *seconds = NULL;

  if (utc == NULL || utc_now == NULL)
    return g_strdup_printf ("%" G_GINT64_FORMAT " µs", wall_us);
  then = g_date_time_to_timezone (utc, here);
  now = g_date_time_to_timezone (utc_now, here);
  if (g_date_time_get_year (then) != g_date_time_get_year (now) ||
      g_date_time_get_day_of_year (then) != g_date_time_get_day_of_year (now))
    return g_date_time_format (then, "%Y-%m-%d %H:%M:%S");
  seconds = g_date_time_format (then, "%H:%M:%S");
  return g_strdup_printf ("%s.%03d", seconds, (int) (wall_us % S / MS));
}

char *
format_rfc3339 (const char *text, gint64 now_us)
{
  gint64 wall_us;

  if (text == NULL)
    return g_strdup ("");
  if (!clock_parse (text, &wall_us))
    return g_strdup (text);
  return format_time (wall_us, now_us, NULL);
}

static char *
two_units (gint64 whole, const char *unit, gint64 part, const char *part_unit)
{
  if (part == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT " %s", whole, unit);
  return g_strdup_printf ("%" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT " %s", whole, unit, part,
                          part_unit);
}

char *
format_duration (gint64 us)
{
  if (us < 0)
    us = 0;
  if (us < MS)
    return g_strdup_printf ("%d µs", (int) us);
  if (us < 100 * MS)
    return g_strdup_printf ("%.1f ms", (double) us / (double) MS);
  if (us < S)
    return g_strdup_printf ("%d ms", (int) (us / MS));
  if (us < MINUTE)
    return g_strdup_printf ("%.1f s", floor ((double) us / (double) (S / 10)) / 10.0);
  if (us < HOUR)
    return two_units (us / MINUTE, "min", us % MINUTE / S, "s");
  if (us < DAY)
    return two_units (us / HOUR, "h", us % HOUR / MINUTE, "min");
  return two_units (us / DAY, "d", us % DAY / HOUR, "h");
}

char *
format_relative (gint64 wall_us, gint64 now_us)
{
  g_autofree char *duration = format_duration (ABS (wall_us - now_us));

  if (ABS (wall_us - now_us) < MS)
    return g_strdup ("now");
  return wall_us > now_us ? g_strdup_printf ("in %s", duration)
                          : g_strdup_printf ("%s ago", duration);
}

char *
format_bytes (guint64 n_bytes)
{
  static const char *const units[] = { "KB", "MB", "GB", "TB" };
  double value = (double) n_bytes;
  guint unit = 0;

  if (n_bytes < 1000)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " byte%s", n_bytes, n_bytes == 1 ? "" : "s");
  for (value /= 1000; value >= 999.95 && unit + 1 < G_N_ELEMENTS (units); unit++)
    value /= 1000;
  return g_strdup_printf ("%.1f %s", value, units[unit]);
}

char *
format_count (guint64 n, const char *one, const char *many)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT " %s", n, n == 1 ? one : many);
}

static gint64
unit_us (const char *unit, gint64 default_unit_us)
{
  static const struct
  {
    const char *name;
    gint64 us;
  } units[] = {
    { "us", 1 },       { "µs", 1 },     { "ms", MS },  { "s", S },   { "sec", S },
    { "min", MINUTE }, { "m", MINUTE }, { "h", HOUR }, { "d", DAY },
  };

  if (*unit == '\0')
    return default_unit_us;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_strcmp0 (unit, units[i].name) == 0)
      return units[i].us;
  return 0;
}

gboolean
parse_duration (const char *text, gint64 default_unit_us, gint64 *out_us, GError **error)
{
  char *end = NULL;
  double number = g_ascii_strtod (text, &end);
  gint64 unit = 0;

  if (end != text && g_ascii_isdigit (*text))
    unit = unit_us (end + strspn (end, " "), default_unit_us);
  if (unit == 0 || !isfinite (number) || number * (double) unit > (double) (G_MAXINT64 / 4))
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                   "“%s” is not a duration; write a number and a unit: 500ms, 2s, 5min, 3h, 2d",
                   text);
      return FALSE;
    }
  *out_us = (gint64) (number * (double) unit);
  return TRUE;
}

gboolean
parse_moment (const char *text, gint64 now_us, gint64 *out_us, GError **error)
{
  gint64 ago_us;

  if (clock_parse (text, out_us))
    return TRUE;
  if (parse_duration (text, 0, &ago_us, NULL))
    {
      *out_us = now_us - ago_us;
      return TRUE;
    }
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
               "“%s” is not a time; write 2026-11-21T09:14:00Z, or how long ago: 10min, 2h, 3d",
               text);
  return FALSE;
}
