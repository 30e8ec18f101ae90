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

/* "2h" before now; FALSE when it cannot be read. */
static gboolean
add_since (GString *query, const char *value, gint64 now_us)
{
  char *end;
  guint64 n = g_ascii_strtoull (value, &end, 10);
  gint64 unit_s = *end == 's' ? 1 : *end == 'm' ? 60 : *end == 'h' ? 3600 : *end == 'd' ? 86400 : 0;
  g_autofree char *from = NULL;

  if (end == value || unit_s == 0 || end[1] != '\0' || n > 100000)
    return FALSE;
  from = sb_json_format_time (MAX (now_us - (gint64) n * unit_s * G_USEC_PER_SEC, 0));
  add (query, "from", from);
  return TRUE;
}

static gboolean
add_choice (GString *query, const char *word, gint64 now_us, char **out_problem)
{
  static const char *const names[][2] = {
    { "source:", "source" }, { "type:", "detail-type" }, { "rule:", "rule" }, { "bus:", "bus" },
    { "by:", "ingress" },    { "after:", "from" },       { "before:", "to" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_has_prefix (word, names[i][0]))
      {
        const char *value = word + strlen (names[i][0]);

        if (*value != '\0')
          add (query, names[i][1], value);
        return TRUE;
      }
  if (!g_str_has_prefix (word, "since:"))
    return FALSE;
  if (!add_since (query, word + strlen ("since:"), now_us))
    *out_problem = g_strdup (_ ("“since:” takes a number and s, m, h or d, such as since:2h"));
  return TRUE;
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
