#include "config.h"

#include "sb-filter.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-json.h"

static void
add (GString *query, const char *name, const char *value)
{
  g_string_append_printf (query, "%s%s=", query->len > 0 ? "&" : "", name);
  g_string_append_uri_escaped (query, value, NULL, FALSE);
}

/* The next word; quotes keep spaces together.  FALSE: there is none. */
static gboolean
take_word (const char **at, GString *word)
{
  gboolean quoted = FALSE, any = FALSE;

  g_string_truncate (word, 0);
  while (g_ascii_isspace (**at))
    (*at)++;
  for (; **at != '\0' && (quoted || !g_ascii_isspace (**at)); (*at)++)
    {
      any = TRUE;
      if (**at == '"')
        quoted = !quoted;
      else
        g_string_append_c (word, **at);
    }
  return any;
}

/* "2h": that long before now; or a time as in RFC 3339.  FALSE when it is neither. */
static gboolean
add_time (GString *query, const char *name, const char *value, gint64 now_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (value, NULL);
  char *end;
  guint64 n = g_ascii_strtoull (value, &end, 10);
  gint64 unit_s = *end == 's' ? 1 : *end == 'm' ? 60 : *end == 'h' ? 3600 : *end == 'd' ? 86400 : 0;
  g_autofree char *text = NULL;

  if (time != NULL)
    {
      add (query, name, value);
      return TRUE;
    }
  if (end == value || unit_s == 0 || end[1] != '\0' || n > 100000)
    return FALSE;
  text = sb_json_format_time (MAX (now_us - (gint64) n * unit_s * G_USEC_PER_SEC, 0));
  add (query, name, text);
  return TRUE;
}

/* The words that take a time, and the router's name for it. */
static const char *const times[][2] = { { "since:", "from" },
                                        { "until:", "to" },
                                        { "after:", "from" },
                                        { "before:", "to" } };

static gboolean
take_time (GString *query, const char *word, gint64 now_us, char **out_problem)
{
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    if (g_str_has_prefix (word, times[i][0]))
      {
        const char *value = word + strlen (times[i][0]);

        if (!add_time (query, times[i][1], value, now_us))
          *out_problem = g_strdup_printf (
              _ ("“%s” takes a number and s, m, h or d, such as %s2h, or a time such as "
                 "2026-11-21T09:14:00Z"),
                 times[i][0], times[i][0]);
        return TRUE;
      }
  return FALSE;
}

static gboolean
take_matched (GString *query, const char *word, char **out_problem)
{
  const char *value = word + strlen ("matched:");

  if (!g_str_has_prefix (word, "matched:"))
    return FALSE;
  if (g_str_equal (value, "yes") || g_str_equal (value, "no"))
    add (query, "matched", g_str_equal (value, "yes") ? "true" : "false");
  else if (*value != '\0')
    *out_problem = g_strdup (_ ("“matched:” takes yes or no"));
  return TRUE;
}

static gboolean
are_states (const char *value)
{
  static const char *const known[] = {
    "ready", "waiting", "held", "done", "dead", "discarded", NULL
  };
  g_auto (GStrv) states = g_strsplit (value, ",", -1);

  for (char **state = states; *state != NULL; state++)
    if (!g_strv_contains (known, *state))
      return FALSE;
  return TRUE;
}

/* "503", or "5xx" for all that begin so. */
static gboolean
is_status (const char *text)
{
  return g_ascii_string_to_unsigned (text, 10, 1, 999, NULL, NULL) ||
         (*text >= '1' && *text <= '9' && g_str_equal (text + 1, "xx"));
}

/* Of a delivery of the event. */
static gboolean
take_delivery (GString *query, const char *word, char **out_problem)
{
  const char *value = strchr (word, ':');

  if (value == NULL)
    return FALSE;
  value++;
  if (g_str_has_prefix (word, "state:"))
    {
      if (!are_states (value))
        *out_problem = g_strdup_printf (_ ("“%s” takes one or several of %s, with commas"),
                                           "state:", "ready, waiting, held, done, dead, discarded");
      else if (*value != '\0')
        add (query, "state", value);
      return TRUE;
    }
  if (g_str_has_prefix (word, "status:"))
    {
      if (*value != '\0' && !is_status (value))
        *out_problem = g_strdup_printf (_ ("“%s” takes a number such as %s"),
                                           "status:", "503, 5xx");
      else if (*value != '\0')
        add (query, "status", value);
      return TRUE;
    }
  return FALSE;
}

/* What no event can be asked for: to look for it in bodies would find nothing and say so of the
 * wrong thing. */
static gboolean
refuse_deliveries (const char *word, char **out_problem)
{
  static const char name[] = "error-code:";

  if (!g_str_has_prefix (word, name))
    return FALSE;
  *out_problem = g_strdup_printf (
      _ ("“%s” is of deliveries, not of events: see Dead Letters and Retrying"), name);
  return TRUE;
}

static gboolean
add_choice (GString *query, const char *word, gint64 now_us, char **out_problem)
{
  static const char *const names[][2] = {
    { "source:", "source" }, { "type:", "detail-type" }, { "rule:", "rule" },
    { "bus:", "bus" },       { "by:", "ingress" },       { "connector:", "connector" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_has_prefix (word, names[i][0]))
      {
        const char *value = word + strlen (names[i][0]);

        if (*value != '\0')
          add (query, names[i][1], value);
        return TRUE;
      }
  return take_time (query, word, now_us, out_problem) || take_matched (query, word, out_problem) ||
         take_delivery (query, word, out_problem) || refuse_deliveries (word, out_problem);
}

char *
sb_filter_dup_query (const char *text, gint64 now_us, char **out_problem)
{
  g_autoptr (GString) query = g_string_new (NULL);
  g_autoptr (GString) words = g_string_new (NULL);
  g_autoptr (GString) word = g_string_new (NULL);
  g_autofree char *problem = NULL;
  gboolean compared = FALSE;

  while (problem == NULL && take_word (&text, word))
    {
      if (word->str[0] == '$' && compared)
        problem = g_strdup (_ ("Only one value can be compared at a time"));
      else if (word->str[0] == '$' && strpbrk (word->str, "=<>") == NULL)
        problem = g_strdup_printf (
            _ ("“%s” needs something to compare with, such as $.detail.total>100"), word->str);
      else if (word->str[0] == '$')
        {
          add (query, "where", word->str);
          compared = TRUE;
        }
      else if (!add_choice (query, word->str, now_us, &problem))
        g_string_append_printf (words, "%s%s", words->len > 0 ? " " : "", word->str);
    }
  if (problem != NULL)
    {
      *out_problem = g_steal_pointer (&problem);
      return NULL;
    }
  if (words->len > 0)
    add (query, "text", words->str);
  return g_string_free (g_steal_pointer (&query), FALSE);
}

static gboolean
is_time (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    if (g_str_has_prefix (word, times[i][0]))
      return TRUE;
  return FALSE;
}

/* Words stand as they were typed, quotes included. */
static void
append_other_words (GString *into, const char *text)
{
  g_autoptr (GString) word = g_string_new (NULL);

  while (*text != '\0')
    {
      const char *start;

      while (g_ascii_isspace (*text))
        text++;
      start = text;
      if (!take_word (&text, word))
        break;
      if (!is_time (word->str))
        g_string_append_printf (into, "%s%.*s", into->len > 0 ? " " : "", (int) (text - start),
                                start);
    }
}

char *
sb_filter_dup_with_span (const char *text, gint64 from_us, gint64 to_us)
{
  g_autoptr (GString) filter = g_string_new (NULL);

  append_other_words (filter, text);
  if (from_us > 0)
    {
      g_autoptr (GDateTime) from = g_date_time_new_from_unix_utc (from_us / G_USEC_PER_SEC);
      g_autoptr (GDateTime) to = g_date_time_new_from_unix_utc (to_us / G_USEC_PER_SEC);
      g_autofree char *since = g_date_time_format (from, "since:%Y-%m-%dT%H:%M:%SZ");
      g_autofree char *until = g_date_time_format (to, "until:%Y-%m-%dT%H:%M:%SZ");

      g_string_append_printf (filter, "%s%s %s", filter->len > 0 ? " " : "", since, until);
    }
  return g_string_free (g_steal_pointer (&filter), FALSE);
}
