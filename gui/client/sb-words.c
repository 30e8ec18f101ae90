#include "config.h"

#include "sb-words.h"

#include <glib/gi18n.h>
#include <libsoup/soup.h>
#include <string.h>

char *
sb_words_count (gint64 n)
{
  return g_strdup_printf ("%'" G_GINT64_FORMAT, n);
}

char *
sb_words_short_count (gint64 n)
{
  static const struct
  {
    gint64 unit;
    const char *letter;
  } scales[] = { { 1000000000, "G" }, { 1000000, "M" }, { 1000, "k" } };

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    if (n >= scales[i].unit)
      {
        /* Cut, not rounded: 999 999 must not become 1000k. */
        gint64 tenths = n / (scales[i].unit / 10);

        if (tenths < 100)
          return g_strdup_printf ("%.1f%s", (double) tenths / 10, scales[i].letter);
        return g_strdup_printf ("%" G_GINT64_FORMAT "%s", tenths / 10, scales[i].letter);
      }
  return g_strdup_printf ("%" G_GINT64_FORMAT, n);
}

/* A span in its largest sensible unit. */
typedef enum
{
  UNIT_SECONDS,
  UNIT_MINUTES,
  UNIT_HOURS,
  UNIT_DAYS,
} Unit;

static Unit
split (gint64 span_us, gulong *out_n)
{
  gint64 seconds = (span_us + G_USEC_PER_SEC / 2) / G_USEC_PER_SEC;
  Unit unit = UNIT_SECONDS;

  if (seconds >= 2 * 86400)
    {
      unit = UNIT_DAYS;
      seconds /= 86400;
    }
  else if (seconds >= 2 * 3600)
    {
      unit = UNIT_HOURS;
      seconds /= 3600;
    }
  else if (seconds >= 2 * 60)
    {
      unit = UNIT_MINUTES;
      seconds /= 60;
    }
  *out_n = (gulong) seconds;
  return unit;
}

char *
sb_words_countdown (gint64 due_us, gint64 now_us)
{
  gulong n = 0;

  if (due_us - now_us < G_USEC_PER_SEC / 2)
    return g_strdup (_ ("now"));
  switch (split (due_us - now_us, &n))
    {
    case UNIT_SECONDS:
      return g_strdup_printf (ngettext ("in %lu s", "in %lu s", n), n);
    case UNIT_MINUTES:
      return g_strdup_printf (ngettext ("in %lu min", "in %lu min", n), n);
    case UNIT_HOURS:
      return g_strdup_printf (ngettext ("in %lu h", "in %lu h", n), n);
    case UNIT_DAYS:
    default:
      return g_strdup_printf (ngettext ("in %lu day", "in %lu days", n), n);
    }
}

char *
sb_words_ago (gint64 at_us, gint64 now_us)
{
  gulong n = 0;

  if (now_us - at_us < 2 * G_USEC_PER_SEC)
    return g_strdup (_ ("just now"));
  switch (split (now_us - at_us, &n))
    {
    case UNIT_SECONDS:
      return g_strdup_printf (ngettext ("%lu s ago", "%lu s ago", n), n);
    case UNIT_MINUTES:
      return g_strdup_printf (ngettext ("%lu min ago", "%lu min ago", n), n);
    case UNIT_HOURS:
      return g_strdup_printf (ngettext ("%lu h ago", "%lu h ago", n), n);
    case UNIT_DAYS:
    default:
      return g_strdup_printf (ngettext ("%lu day ago", "%lu days ago", n), n);
    }
}

static GDateTime *
local_time (gint64 at_us)
{
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_local (at_us / G_USEC_PER_SEC);

  return seconds != NULL ? g_date_time_add (seconds, at_us % G_USEC_PER_SEC) : NULL;
}

char *
sb_words_time (gint64 at_us, gint64 now_us)
{
  g_autoptr (GDateTime) at = local_time (at_us);
  g_autoptr (GDateTime) now = local_time (now_us);

  if (at == NULL || now == NULL)
    return g_strdup ("");
  if (g_date_time_get_year (at) == g_date_time_get_year (now) &&
      g_date_time_get_day_of_year (at) == g_date_time_get_day_of_year (now))
    return g_date_time_format (at, "%H:%M:%S");
  /* Translators: a date and a time of day; see g_date_time_format() */
  return g_date_time_format (at, _ ("%-d %b %Y, %H:%M:%S"));
}

char *
sb_words_exact_time (gint64 at_us)
{
  g_autoptr (GDateTime) at = local_time (at_us);
  g_autoptr (GDateTime) utc = at != NULL ? g_date_time_to_utc (at) : NULL;
  g_autofree char *local_text = NULL;
  g_autofree char *utc_text = NULL;

  if (utc == NULL)
    return g_strdup ("");
  local_text = g_date_time_format (at, "%Y-%m-%d %H:%M:%S.%f %:z");
  utc_text = g_date_time_format (utc, "%Y-%m-%d %H:%M:%S.%f UTC");
  return g_strdup_printf ("%s\n%s", local_text, utc_text);
}

char *
sb_words_duration (gint64 duration_us)
{
  gulong n = 0;

  if (duration_us < 1000)
    return g_strdup_printf (_ ("%d µs"), (int) duration_us);
  if (duration_us < G_USEC_PER_SEC)
    return g_strdup_printf (_ ("%d ms"), (int) (duration_us / 1000));
  if (duration_us < 60 * G_USEC_PER_SEC)
    return g_strdup_printf (_ ("%.1f s"), (double) duration_us / G_USEC_PER_SEC);
  if (split (duration_us, &n) == UNIT_SECONDS)
    return g_strdup_printf (_ ("%lu s"), n);
  return g_strdup_printf (_ ("%lu min"), (gulong) (duration_us / G_USEC_PER_SEC / 60));
}

char *
sb_words_bytes (gint64 bytes)
{
  return g_format_size ((guint64) MAX (bytes, 0));
}

static const char *
look_up (const char *const (*table)[2], const char *key)
{
  for (; (*table)[0] != NULL; table++)
    if (strcmp ((*table)[0], key) == 0)
      return _ ((*table)[1]);
  return NULL;
}

char *
sb_words_answer (const char *connector, const char *outcome, int status, const char *error_code)
{
  static const char *const codes[][2] = {
    { "CONNECTION_FAILURE", N_ ("No connection") },
      { "TIMEOUT", N_ ("No answer in time") },
        { "THROTTLING", N_ ("Asked to slow down") },
          { "INVALID_JSON", N_ ("The transformed input is not valid JSON") },
            { "INVALID_PARAMETER", N_ ("The target does not take such input") },
              { "NO_RESOURCE", N_ ("There is no such target") },
                { "NO_PERMISSIONS", N_ ("Permission denied") },
                  { "SDK_CLIENT_ERROR", N_ ("The target’s address is not known") },
                    { "INTERNAL_ERROR", N_ ("The connector failed") },
                      { "ADDRESS_REFUSED", N_ ("Its address is not allowed") },
                        { "ANSWER_TOO_LONG", N_ ("The answer is too long") },
                          { "PROTOCOL_ERROR", N_ ("The answer is not understood") },
                            { "ERROR_FROM_TARGET", N_ ("The target reported an error") },
                              { NULL, NULL },
                          };
  const char *phrase;

  if (status != 0 && g_str_has_prefix (connector, "exec/"))
    return g_strdup_printf (_ ("Ended with status %d"), status);
  if (status != 0 && g_str_has_prefix (connector, "email/"))
    return g_strdup_printf (_ ("The mail server answered %d"), status);
  if (status >= 100 && status < 600)
    return g_strdup_printf ("%d %s", status, soup_status_get_phrase ((guint) status));

  phrase = look_up (codes, error_code);
  return g_strdup (phrase != NULL ? phrase : sb_words_outcome (outcome));
}

const char *
sb_words_outcome (const char *outcome)
{
  static const char *const outcomes[][2] = {
    { "delivered", N_ ("Delivered") },
      { "retry", N_ ("Failed, tried again later") },
        { "refused", N_ ("Refused") },
          { "down", N_ ("Target is down") },
            { "misconfigured", N_ ("Connector is misconfigured") }, { NULL, NULL },
          };
  const char *words = look_up (outcomes, outcome);

  return words != NULL ? words : outcome;
}
