/* Finds where a value is in the text and puts another one in its place. */
#include "config/patch.h"

#include "base/error.h"
#include "rules/rules.h"

#include <string.h>

/* Of what is written where there was nothing to go by. */
#define INDENT "  "

static gboolean
locate (const char *text, const char *pointer, RulesJsonSpan *out_span)
{
  return rules_json_locate (text, strlen (text), pointer, out_span);
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static gsize
skip_space (const char *text, gsize at)
{
  while (is_space (text[at]))
    at++;
  return at;
}

/* The end of what comes before the white space in front of this place. */
static gsize
skip_space_back (const char *text, gsize at)
{
  while (at > 0 && is_space (text[at - 1]))
    at--;
  return at;
}

static char *
splice (const char *text, gsize start, gsize end, const char *between)
{
  GString *result = g_string_new_len (text, (gssize) start);

  g_string_append (result, between);
  g_string_append (result, text + end);
  return g_string_free (result, FALSE);
}

/* The white space at the beginning of the line that a place is in. */
static char *
indent_of_line (const char *text, gsize at)
{
  gsize begin = at, end;

  while (begin > 0 && text[begin - 1] != '\n')
    begin--;
  for (end = begin; text[end] == ' ' || text[end] == '\t'; end++)
    ;
  return g_strndup (text + begin, end - begin);
}

/* A value of several lines stands as deep as what it is put into. */
static char *
indented (const char *value, const char *indent)
{
  g_auto (GStrv) lines = g_strsplit (value, "\n", -1);
  g_autofree char *between = g_strconcat ("\n", indent, NULL);

  return g_strjoinv (between, lines);
}

/* ---- Adding ---- */

/* What stands between the container's bracket and its first value is put before the new one too. */
static char *
add_behind (const char *text, const RulesJsonSpan *span, const char *entry)
{
  gsize first = skip_space (text, span->start + 1);
  gsize close = span->start + span->length - 1;
  g_autofree char *before = g_strndup (text + span->start + 1, first - span->start - 1);
  g_autofree char *indent = NULL, *deep = NULL, *whole = NULL;
  gsize last;

  if (first == close)
    {
      g_autofree char *outer = indent_of_line (text, span->start);

      deep = g_strconcat (outer, INDENT, NULL);
      indent = indented (entry, deep);
      whole = g_strconcat ("\n", deep, indent, "\n", outer, NULL);
      return splice (text, span->start + 1, close, whole);
    }
  last = skip_space_back (text, close);
  indent = strchr (before, '\n') != NULL ? indent_of_line (text, first) : g_strdup ("");
  deep = indented (entry, indent);
  if (*before == '\0')
    whole = g_strconcat (", ", deep, NULL);
  else
    whole = g_strconcat (",", before, deep, NULL);
  return splice (text, last, last, whole);
}

/* "~1" is "/", "~0" is "~". */
static char *
unescape (const char *token)
{
  g_autoptr (GString) name = g_string_new (token);

  g_string_replace (name, "~1", "/", 0);
  g_string_replace (name, "~0", "~", 0);
  return g_strdup (name->str);
}

static char *
quote (const char *name)
{
  GString *text = g_string_new ("\"");

  for (const char *at = name; *at != '\0'; at++)
    if (*at == '"' || *at == '\\')
      g_string_append_printf (text, "\\%c", *at);
    else if ((guchar) *at < 0x20)
      g_string_append_printf (text, "\\u%04x", (guint) *at);
    else
      g_string_append_c (text, *at);
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}

static char *
add (const char *text, const char *pointer, const char *value, GError **error)
{
  const char *token = strrchr (pointer, '/');
  g_autofree char *parent = token != NULL ? g_strndup (pointer, (gsize) (token - pointer)) : NULL;
  RulesJsonSpan span;

  if (parent != NULL && locate (text, parent, &span))
    {
      if (span.type == RULES_JSON_OBJECT)
        {
          g_autofree char *name = unescape (token + 1);
          g_autofree char *quoted = quote (name);
          g_autofree char *entry = g_strconcat (quoted, ": ", value, NULL);

          return add_behind (text, &span, entry);
        }
      if (span.type == RULES_JSON_ARRAY && strcmp (token, "/-") == 0)
        return add_behind (text, &span, value);
    }
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
               "The pointer “%s” leads nowhere: what it is to be put into is not there", pointer);
  return NULL;
}

/* ---- Removing ---- */

static char *
remove_entry (const char *text, const RulesJsonSpan *span)
{
  gsize start = span->name_length > 0 ? span->name_start : span->start;
  gsize end = span->start + span->length;
  gsize before = skip_space_back (text, start), behind = skip_space (text, end);

  if (text[behind] == ',')
    return splice (text, start, skip_space (text, behind + 1), "");
  if (before > 0 && text[before - 1] == ',')
    return splice (text, before - 1, end, "");
  return splice (text, before, behind, "");
}

/* ---- All ---- */

static gboolean
check_json (const char *text, const char *what, GError **error)
{
  RulesError problem;

  if (rules_check_json (text, strlen (text), NULL, &problem))
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "%s is not valid JSON: %s", what,
               problem.reason);
  return FALSE;
}

char *
config_patch_text (const char *text, const char *pointer, const char *value, GError **error)
{
  g_autofree char *result = NULL;
  RulesJsonSpan span;
  gboolean is_there;

  if (*pointer != '/')
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                   "“%s” is no JSON pointer to a setting; expected one like “/State”", pointer);
      return NULL;
    }
  if (!check_json (text, "The file", error) ||
      (value != NULL && !check_json (value, "The value", error)))
    return NULL;
  is_there = locate (text, pointer, &span);
  if (value == NULL && !is_there)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND, "There is nothing at “%s”",
                   pointer);
      return NULL;
    }
  if (!is_there)
    result = add (text, pointer, value, error);
  else if (value == NULL)
    result = remove_entry (text, &span);
  else
    {
      g_autofree char *indent = indent_of_line (text, span.start);
      g_autofree char *shown = indented (value, indent);

      result = splice (text, span.start, span.start + span.length, shown);
    }
  return result != NULL && check_json (result, "The changed file", error)
             ? g_steal_pointer (&result)
             : NULL;
}
