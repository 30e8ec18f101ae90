/* Expressions of schedules.
 *
 * A cron expression is sets of numbers, one a field.  The next time is found by going through the
 * days of the calendar that its sets allow, which is quick enough even for one that never comes:
 * the last year is 2199. */
#include "base/timetable.h"

#include "base/error.h"

#include <string.h>

#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define FIRST_YEAR 1970
#define LAST_YEAR 2199
#define N_YEARS (LAST_YEAR - FIRST_YEAR + 1)
#define MAX_ITEMS 64

typedef enum
{
  KIND_RATE,
  KIND_CRON,
  KIND_AT,
} Kind;

typedef struct
{
  guint64 minutes; /* bit n: n */
  guint32 hours, days, months;
  guint8 weekdays; /* bit n: n, 1 is Sunday */
  gboolean years[N_YEARS];
  gboolean any_day, any_weekday; /* "?" */
  gboolean last_day;             /* L */
  gboolean last_workday;         /* LW */
  guint32 near_days;             /* nW */
  guint8 last_weekdays;          /* nL */
  guint nth_weekday, nth;        /* n#m; 0: none */
} Cron;

struct Timetable
{
  Kind kind;
  GTimeZone *zone;
  gint64 period_us; /* of a rate */
  gint64 at_us;
  Cron cron;
};

/* ---- Local time ---- */

static gint64
offset_at (GTimeZone *zone, gint64 utc_s)
{
  int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, utc_s);

  return interval >= 0 ? g_time_zone_get_offset (zone, interval) : 0;
}

/* The moment at which the offset changes, between two that differ in it. */
static gint64
find_change (GTimeZone *zone, gint64 before_s, gint64 after_s)
{
  gint64 offset = offset_at (zone, before_s);

  while (after_s - before_s > 1)
    {
      gint64 middle_s = before_s + (after_s - before_s) / 2;

      if (offset_at (zone, middle_s) == offset)
        before_s = middle_s;
      else
        after_s = middle_s;
    }
  return after_s;
}

/* local_s: what the clock on the wall shows, counted as if it were UTC. */
static gint64
utc_of_local (GTimeZone *zone, gint64 local_s)
{
  gint64 before = offset_at (zone, local_s - 86400);
  gint64 after = offset_at (zone, local_s + 86400);
  gint64 first_s = local_s - MAX (before, after);
  gint64 second_s = local_s - MIN (before, after);

  if (offset_at (zone, first_s) == local_s - first_s)
    return first_s;
  if (offset_at (zone, second_s) == local_s - second_s)
    return second_s;
  return find_change (zone, first_s, second_s);
}

/* Days since 1970-01-01 of the Gregorian calendar. */
static gint64
day_number (int year, int month, int day)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  return (gint64) g_date_get_julian (&date) - 719163; /* of 1970-01-01 */
}

/* ---- Reading ---- */

static gboolean fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, text);
  return FALSE;
}

static gboolean
read_rate (Timetable *self, const char *text, GError **error)
{
  static const struct
  {
    const char *one, *many;
    gint64 us;
  } units[] = {
    { "minute", "minutes", MINUTE_US },
    { "hour", "hours", 60 * MINUTE_US },
    { "day", "days", 24 * 60 * MINUTE_US },
  };
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint64 n;

  if (g_strv_length (words) != 2 ||
      !g_ascii_string_to_unsigned (words[0], 10, 1, 1000000, &n, NULL))
    return fail (error, "“rate(%.40s)” is not like rate(5 minutes)", text);
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_equal (words[1], n == 1 ? units[i].one : units[i].many))
      {
        self->period_us = (gint64) n * units[i].us;
        return TRUE;
      }
  return fail (error, "“%.40s” is no unit for %" G_GUINT64_FORMAT "; there are %s", words[1], n,
               n == 1 ? "minute, hour and day" : "minutes, hours and days");
}

static gboolean
read_at (Timetable *self, const char *text, GError **error)
{
  static const char form[] = "0000-00-00T00:00:00";
  int year, month, day, hour, minute, second;

  for (guint i = 0; i < sizeof form; i++)
    if (form[i] == '0' ? !g_ascii_isdigit (text[i]) : text[i] != form[i])
      return fail (error, "“at(%.40s)” is not like at(2026-11-21T09:14:00)", text);
  year = (int) g_ascii_strtoull (text, NULL, 10);
  month = (int) g_ascii_strtoull (text + 5, NULL, 10);
  day = (int) g_ascii_strtoull (text + 8, NULL, 10);
  hour = (int) g_ascii_strtoull (text + 11, NULL, 10);
  minute = (int) g_ascii_strtoull (text + 14, NULL, 10);
  second = (int) g_ascii_strtoull (text + 17, NULL, 10);
  if (year < FIRST_YEAR ||
      !g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year) || hour > 23 ||
      minute > 59 || second > 59)
    return fail (error, "“at(%s)” is no date and time", text);
  self->at_us = utc_of_local (self->zone, day_number (year, month, day) * 86400 + hour * 3600 +
                                              minute * 60 + second) *
                G_USEC_PER_SEC;
  return TRUE;
}

typedef struct
{
  const char *name;
  int min, max;
  const char *const *words; /* of the values from min on, or NULL */
} Field;

static gboolean
read_number (const Field *field, const char *text, int *out)
{
  guint64 n;

  for (guint i = 0; field->words != NULL && field->words[i] != NULL; i++)
    if (g_str_equal (text, field->words[i]))
      {
        *out = field->min + (int) i;
        return TRUE;
      }
  if (!g_ascii_string_to_unsigned (text, 10, (guint64) field->min, (guint64) field->max, &n, NULL))
    return FALSE;
  *out = (int) n;
  return TRUE;
}

/* "*", "5", "5-10", "20-2" (wraps), each with "/n" behind it.  has: one flag a value from min on.
 */
static gboolean
read_item (const Field *field, const char *item, gboolean *has)
{
  g_auto (GStrv) parts = g_strsplit (item, "/", -1);
  g_auto (GStrv) ends = NULL;
  int n_values = field->max - field->min + 1;
  int first = field->min, last = field->max, n;
  guint64 step = 1;

  if (parts[0] == NULL || g_strv_length (parts) > 2 || *parts[0] == '\0' ||
      (parts[1] != NULL &&
       !g_ascii_string_to_unsigned (parts[1], 10, 1, (guint64) n_values, &step, NULL)))
    return FALSE;
  ends = g_strsplit (parts[0], "-", -1);
  if (!g_str_equal (parts[0], "*"))
    {
      if (g_strv_length (ends) > 2 || !read_number (field, ends[0], &first) ||
          (ends[1] != NULL && !read_number (field, ends[1], &last)))
        return FALSE;
      if (ends[1] == NULL && parts[1] == NULL)
        last = first;
    }
  n = (last - first + n_values) % n_values;
  for (int i = 0; i <= n; i += (int) step)
    has[(first - field->min + i) % n_values] = TRUE;
  return TRUE;
}

static gboolean
read_list (const Field *field, char *const *items, gboolean *has, GError **error)
{
  for (; *items != NULL; items++)
    if (!read_item (field, *items, has))
      return fail (error, "“%.40s” is no value for the %s", *items, field->name);
  return TRUE;
}

static guint64
bits_of (const Field *field, const gboolean *has)
{
  guint64 bits = 0;

  for (int i = field->min; i <= field->max; i++)
    if (has[i - field->min])
      bits |= G_GUINT64_CONSTANT (1) << i;
  return bits;
}

/* Takes what only days of the month have out of the list. */
static gboolean
take_day_item (Cron *cron, const char *item)
{
  gsize length = strlen (item);
  g_autofree char *number = length > 1 ? g_strndup (item, length - 1) : NULL;
  guint64 day;

  if (g_str_equal (item, "L"))
    cron->last_day = TRUE;
  else if (g_str_equal (item, "LW"))
    cron->last_workday = TRUE;
  else if (number != NULL && item[length - 1] == 'W' &&
           g_ascii_string_to_unsigned (number, 10, 1, 31, &day, NULL))
    cron->near_days |= 1u << day;
  else
    return FALSE;
  return TRUE;
}

static gboolean
take_weekday_item (const Field *field, Cron *cron, const char *item, gboolean *out_is_nth)
{
  gsize length = strlen (item);
  g_autofree char *number = length > 1 ? g_strndup (item, length - 1) : NULL;
  const char *hash = strchr (item, '#');
  g_autofree char *before = hash != NULL ? g_strndup (item, (gsize) (hash - item)) : NULL;
  guint64 nth;
  int day;

  if (g_str_equal (item, "L"))
    cron->weekdays |= 1u << 7;
  else if (number != NULL && item[length - 1] == 'L' && read_number (field, number, &day))
    cron->last_weekdays |= (guint8) (1u << day);
  else if (before != NULL && read_number (field, before, &day) &&
           g_ascii_string_to_unsigned (hash + 1, 10, 1, 5, &nth, NULL))
    {
      cron->nth_weekday = (guint) day;
      cron->nth = (guint) nth;
      *out_is_nth = TRUE;
    }
  else
    return FALSE;
  return TRUE;
}

static const char *const month_words[] = { "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL",
                                           "AUG", "SEP", "OCT", "NOV", "DEC", NULL };
static const char *const weekday_words[] = {
  "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", NULL
};
static const Field minute_field = { "minutes", 0, 59, NULL };
static const Field hour_field = { "hours", 0, 23, NULL };
static const Field day_field = { "day of the month", 1, 31, NULL };
static const Field month_field = { "month", 1, 12, month_words };
static const Field weekday_field = { "day of the week", 1, 7, weekday_words };
static const Field year_field = { "year", FIRST_YEAR, LAST_YEAR, NULL };

static gboolean
read_days (Cron *cron, const char *text, GError **error)
{
  g_auto (GStrv) items = g_strsplit (text, ",", MAX_ITEMS);
  g_autoptr (GPtrArray) plain = g_ptr_array_new ();
  gboolean has[31] = { FALSE };

  for (char **item = items; *item != NULL; item++)
    if (!take_day_item (cron, *item))
      g_ptr_array_add (plain, *item);
  g_ptr_array_add (plain, NULL);
  if (!read_list (&day_field, (char *const *) plain->pdata, has, error))
    return FALSE;
  cron->days = (guint32) bits_of (&day_field, has);
  return TRUE;
}

static gboolean
read_weekdays (Cron *cron, const char *text, GError **error)
{
  g_auto (GStrv) items = g_strsplit (text, ",", MAX_ITEMS);
  g_autoptr (GPtrArray) plain = g_ptr_array_new ();
  gboolean has[7] = { FALSE };
  gboolean is_nth = FALSE;

  for (char **item = items; *item != NULL; item++)
    if (!take_weekday_item (&weekday_field, cron, *item, &is_nth))
      g_ptr_array_add (plain, *item);
  g_ptr_array_add (plain, NULL);
  if (is_nth && g_strv_length (items) > 1)
    return fail (error, "a “#” must be the only day of the week, not one of “%.40s”", text);
  if (!read_list (&weekday_field, (char *const *) plain->pdata, has, error))
    return FALSE;
  cron->weekdays |= (guint8) bits_of (&weekday_field, has);
  return TRUE;
}

static gboolean
read_bits (const Field *field, const char *text, guint64 *out_bits, GError **error)
{
  g_auto (GStrv) items = g_strsplit (text, ",", MAX_ITEMS);
  gboolean has[60] = { FALSE };

  if (!read_list (field, items, has, error))
    return FALSE;
  *out_bits = bits_of (field, has);
  return TRUE;
}

static gboolean
read_cron (Timetable *self, const char *text, GError **error)
{
  g_auto (GStrv) fields = g_strsplit (text, " ", -1);
  g_auto (GStrv) years = NULL;
  Cron *cron = &self->cron;
  guint64 hours, months;

  if (g_strv_length (fields) != 6)
    return fail (error,
                 "“cron(%.80s)” has %u fields; six are wanted: minutes, hours, day of the "
                 "month, month, day of the week and year",
                 text, g_strv_length (fields));
  cron->any_day = g_str_equal (fields[2], "?");
  cron->any_weekday = g_str_equal (fields[4], "?");
  if (cron->any_day == cron->any_weekday)
    return fail (error, "exactly one of the day of the month and the day of the week must be “?”");
  years = g_strsplit (fields[5], ",", MAX_ITEMS);
  if (!read_bits (&minute_field, fields[0], &cron->minutes, error) ||
      !read_bits (&hour_field, fields[1], &hours, error) ||
      (!cron->any_day && !read_days (cron, fields[2], error)) ||
      !read_bits (&month_field, fields[3], &months, error) ||
      (!cron->any_weekday && !read_weekdays (cron, fields[4], error)) ||
      !read_list (&year_field, years, cron->years, error))
    return FALSE;
  cron->hours = (guint32) hours;
  cron->months = (guint32) months;
  return TRUE;
}

/* The text between "kind(" and ")"; NULL when it is another kind. */
static char *
inside (const char *expression, const char *kind)
{
  gsize length = strlen (expression), prefix = strlen (kind);

  if (!g_str_has_prefix (expression, kind) || length < prefix + 2 || expression[prefix] != '(' ||
      expression[length - 1] != ')')
    return NULL;
  return g_strndup (expression + prefix + 1, length - prefix - 2);
}

static gboolean
read_expression (Timetable *self, const char *expression, GError **error)
{
  g_autofree char *rate = inside (expression, "rate");
  g_autofree char *cron = inside (expression, "cron");
  g_autofree char *at = inside (expression, "at");

  self->kind = rate != NULL ? KIND_RATE : cron != NULL ? KIND_CRON : KIND_AT;
  if (rate != NULL)
    return read_rate (self, rate, error);
  if (cron != NULL)
    return read_cron (self, cron, error);
  if (at != NULL)
    return read_at (self, at, error);
  return fail (error, "“%.80s” is none of rate(…), cron(…) and at(…)", expression);
}

Timetable *
timetable_new (const char *expression, const char *zone, gboolean *out_is_zone, GError **error)
{
  Timetable *self = g_new0 (Timetable, 1);

  *out_is_zone = FALSE;
  self->zone = zone != NULL ? g_time_zone_new_identifier (zone) : g_time_zone_new_utc ();
  if (self->zone == NULL)
    {
      *out_is_zone = TRUE;
      fail (error, "there is no time zone “%.64s”", zone);
    }
  if (self->zone != NULL && read_expression (self, expression, error))
    return self;
  timetable_free (self);
  return NULL;
}

void
timetable_free (Timetable *timetable)
{
  g_clear_pointer (&timetable->zone, g_time_zone_unref);
  g_free (timetable);
}

/* ---- The next time ---- */

/* 1: Sunday, for any day of the month. */
static int
weekday_of (const GDate *date)
{
  return g_date_get_weekday (date) % 7 + 1;
}

static int
weekday_of_day (const GDate *date, int day)
{
  return ((weekday_of (date) - 1 + day - (int) g_date_get_day (date)) % 7 + 7) % 7 + 1;
}

/* The workday nearest to a day, never in another month. */
static int
nearest_workday (const GDate *date, int day, int n_days)
{
  switch (weekday_of_day (date, day))
    {
    case 7:
      return day > 1 ? day - 1 : day + 2;
    case 1:
      return day < n_days ? day + 1 : day - 2;
    default:
      return day;
    }
}

static int
last_workday (const GDate *date, int n_days)
{
  int weekday = weekday_of_day (date, n_days);

  return weekday == 7 ? n_days - 1 : weekday == 1 ? n_days - 2 : n_days;
}

static gboolean
is_day_of_month (const Cron *cron, const GDate *date, int n_days)
{
  int day = g_date_get_day (date);

  if ((cron->days >> day & 1) != 0 || (cron->last_day && day == n_days) ||
      (cron->last_workday && day == last_workday (date, n_days)))
    return TRUE;
  for (int near = 1; near <= n_days; near++)
    if ((cron->near_days >> near & 1) != 0 && nearest_workday (date, near, n_days) == day)
      return TRUE;
  return FALSE;
}

static gboolean
is_weekday (const Cron *cron, const GDate *date, int n_days)
{
  int day = g_date_get_day (date);
  guint weekday = (guint) weekday_of (date);

  return (cron->weekdays >> weekday & 1) != 0 ||
         ((cron->last_weekdays >> weekday & 1) != 0 && day + 7 > n_days) ||
         (cron->nth == (guint) (day - 1) / 7 + 1 && cron->nth_weekday == weekday);
}

static gboolean
is_day (const Cron *cron, const GDate *date)
{
  int n_days = g_date_get_days_in_month (g_date_get_month (date), g_date_get_year (date));

  return cron->any_day ? is_weekday (cron, date, n_days) : is_day_of_month (cron, date, n_days);
}

/* The first time of a day that is after after_s, or -1. */
static gint64
first_of_day (const Timetable *self, gint64 day_s, gint64 after_s)
{
  const Cron *cron = &self->cron;

  for (int hour = 0; hour < 24; hour++)
    for (int minute = 0; (cron->hours >> hour & 1) != 0 && minute < 60; minute++)
      if ((cron->minutes >> minute & 1) != 0)
        {
          gint64 utc_s = utc_of_local (self->zone, day_s + hour * 3600 + minute * 60);

          if (utc_s > after_s)
            return utc_s;
        }
  return -1;
}

static void
skip_to_next_month (GDate *date)
{
  g_date_set_day (date, 1);
  g_date_add_months (date, 1);
}

static gint64
next_of_cron (const Timetable *self, gint64 after_us)
{
  const Cron *cron = &self->cron;
  gint64 after_s = after_us >= 0 ? after_us / G_USEC_PER_SEC : -1;
  GDate date;

  g_date_clear (&date, 1);
  /* A day before: wherever the zone is, its date is not earlier. */
  g_date_set_julian (&date, (guint32) (MAX (after_s / 86400 - 1, 0) + 719163));
  while (g_date_get_year (&date) <= LAST_YEAR)
    {
      gint64 found_s;

      if (!cron->years[g_date_get_year (&date) - FIRST_YEAR] ||
          (cron->months >> g_date_get_month (&date) & 1) == 0)
        {
          skip_to_next_month (&date);
          continue;
        }
      found_s = is_day (cron, &date)
                    ? first_of_day (self, ((gint64) g_date_get_julian (&date) - 719163) * 86400,
                                    after_s)
                    : -1;
      if (found_s >= 0)
        return found_s * G_USEC_PER_SEC;
      g_date_add_days (&date, 1);
    }
  return TIMETABLE_NEVER_US;
}

gint64
timetable_next (const Timetable *timetable, gint64 began_us, gint64 after_us)
{
  switch (timetable->kind)
    {
    case KIND_RATE:
      if (after_us < began_us)
        return began_us + timetable->period_us;
      return began_us + ((after_us - began_us) / timetable->period_us + 1) * timetable->period_us;
    case KIND_CRON:
      return next_of_cron (timetable, after_us);
    case KIND_AT:
      break;
    }
  return timetable->at_us > after_us ? timetable->at_us : TIMETABLE_NEVER_US;
}

gint64
timetable_last (const Timetable *timetable, gint64 began_us, gint64 after_us, gint64 at_us)
{
  gint64 step_us = 24 * 60 * MINUTE_US;
  gint64 from_us = at_us, last_us = TIMETABLE_NEVER_US;

  /* Farther and farther back until there is one, which is not the last yet. */
  while (last_us == TIMETABLE_NEVER_US && from_us > after_us)
    {
      gint64 next_us;

      from_us = MAX (from_us - step_us, after_us);
      step_us *= 2;
      next_us = timetable_next (timetable, began_us, from_us);
      if (next_us <= at_us)
        last_us = next_us;
    }
  if (last_us == TIMETABLE_NEVER_US)
    return last_us;
  for (gint64 next_us = last_us; next_us <= at_us;
       next_us = timetable_next (timetable, began_us, next_us))
    last_us = next_us;
  return last_us;
}
