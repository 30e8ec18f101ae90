/* Reading Retry-After and HTTP dates.  Anything that is not exactly one of the forms is ignored, as
 * waiting by our own back-off is always right. */
#include "connector/webhook/retry-after.h"

#include <stdio.h>
#include <string.h>

#define MAX_SECONDS G_MAXINT32

static const char *const days[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
                                    "Thursday", "Friday", "Saturday" };
static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

typedef struct
{
  int year, month, day, hour, minute, second;
} DateParts;

/* Takes text off *p. */
static gboolean
take (const char **p, const char *text)
{
  gsize length = strlen (text);

  if (strncmp (*p, text, length) != 0)
    return FALSE;
  *p += length;
  return TRUE;
}

static gboolean
take_digits (const char **p, guint n, int *out_value)
{
  int value = 0;

  for (guint i = 0; i < n; i++)
    {
      if (!g_ascii_isdigit ((*p)[i]))
        return FALSE;
      value = value * 10 + ((*p)[i] - '0');
    }
  *p += n;
  *out_value = value;
  return TRUE;
}

static gboolean
take_month (const char **p, int *out_month)
{
  for (guint i = 0; i < G_N_ELEMENTS (months); i++)
    if (take (p, months[i]))
      {
        *out_month = (int) i + 1;
        return TRUE;
      }
  return FALSE;
}

/* The name of a day, all of it or its first three letters. */
static gboolean
take_day_name (const char **p, gboolean whole)
{
  for (guint i = 0; i < G_N_ELEMENTS (days); i++)
    {
      char name[16];

      g_strlcpy (name, days[i], whole ? sizeof name : 4);
      if (take (p, name))
        return TRUE;
    }
  return FALSE;
}

static gboolean
take_time (const char **p, DateParts *parts)
{
  return take_digits (p, 2, &parts->hour) && take (p, ":") && take_digits (p, 2, &parts->minute) &&
         take (p, ":") && take_digits (p, 2, &parts->second);
}

static gboolean
parse_imf_fixdate (const char *p, DateParts *parts)
{
  return take_day_name (&p, FALSE) && take (&p, ", ") && take_digits (&p, 2, &parts->day) &&
         take (&p, " ") && take_month (&p, &parts->month) && take (&p, " ") &&
         take_digits (&p, 4, &parts->year) && take (&p, " ") && take_time (&p, parts) &&
         take (&p, " GMT") && *p == '\0';
}

static gboolean
parse_rfc850 (const char *p, DateParts *parts, int this_year)
{
  if (!(take_day_name (&p, TRUE) && take (&p, ", ") && take_digits (&p, 2, &parts->day) &&
        take (&p, "-") && take_month (&p, &parts->month) && take (&p, "-") &&
        take_digits (&p, 2, &parts->year) && take (&p, " ") && take_time (&p, parts) &&
        take (&p, " GMT") && *p == '\0'))
    return FALSE;

  parts->year += this_year / 100 * 100;
  if (parts->year > this_year + 50)
    parts->year -= 100;
  return TRUE;
}

static gboolean
parse_asctime (const char *p, DateParts *parts)
{
  return take_day_name (&p, FALSE) && take (&p, " ") && take_month (&p, &parts->month) &&
         take (&p, " ") &&
         (take (&p, " ") ? take_digits (&p, 1, &parts->day) : take_digits (&p, 2, &parts->day)) &&
         take (&p, " ") && take_time (&p, parts) && take (&p, " ") &&
         take_digits (&p, 4, &parts->year) && *p == '\0';
}

gboolean
http_date_parse (const char *text, gint64 now_us, gint64 *out_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) date = NULL;
  DateParts parts;

  if (now == NULL ||
      (!parse_imf_fixdate (text, &parts) &&
       !parse_rfc850 (text, &parts, g_date_time_get_year (now)) && !parse_asctime (text, &parts)))
    return FALSE;

  /* A leap second is the last one of its minute here; NULL is for what no calendar has. */
  date = g_date_time_new_utc (parts.year, parts.month, parts.day, parts.hour, parts.minute,
                              parts.second == 60 ? 59 : parts.second);
  if (date == NULL)
    return FALSE;
  *out_us = g_date_time_to_unix (date) * G_USEC_PER_SEC;
  return TRUE;
}

/* "120", "1.5": FALSE when it is something else. */
static gboolean
parse_seconds (const char *text, gint64 *out_seconds)
{
  gsize whole = strspn (text, "0123456789");
  gsize fraction = text[whole] == '.' ? strspn (text + whole + 1, "0123456789") : 0;
  gint64 seconds = 0;

  if (whole == 0 || (text[whole] == '.' && fraction == 0) ||
      text[whole + (fraction > 0 ? fraction + 1 : 0)] != '\0')
    return FALSE;

  for (gsize i = 0; i < whole; i++)
    seconds = MIN (seconds * 10 + (text[i] - '0'), MAX_SECONDS);
  if (fraction > 0 && strspn (text + whole + 1, "0") < fraction)
    seconds = MIN (seconds + 1, MAX_SECONDS);
  *out_seconds = seconds;
  return TRUE;
}

gint64
retry_after_parse (const char *value, const char *date, gint64 now_us)
{
  g_autofree char *text = g_strstrip (g_strdup (value));
  gint64 seconds, until_us, from_us = now_us;

  if (parse_seconds (text, &seconds))
    return seconds * G_USEC_PER_SEC;
  if (*text == '-' && parse_seconds (text + 1, &seconds))
    return seconds > 0 ? RETRY_AFTER_NEVER : 0;
  if (!http_date_parse (text, now_us, &until_us))
    return -1;

  if (date != NULL)
    {
      g_autofree char *sent = g_strstrip (g_strdup (date));

      if (!http_date_parse (sent, now_us, &from_us))
        from_us = now_us;
    }
  return CLAMP (until_us - from_us, 0, (gint64) MAX_SECONDS * G_USEC_PER_SEC);
}
