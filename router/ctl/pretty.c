/* pretty.c: see pretty.h.  What is laid out has been checked as strict JSON before, so that the
 * walk over the tokens needs no errors of its own. */
#include "config.h"

#include "pretty.h"

#include "rules/rules.h"

#include <string.h>

#define STEP 2
#define EXCERPT_COLUMNS 100 /* when the output is no terminal */

typedef struct
{
  Output *output;
  const char *text;
  gsize length, at;
  guint indent, depth;
} Walk;

static gsize
skip_space (const Walk *walk, gsize at)
{
  while (at < walk->length && strchr (" \t\r\n", walk->text[at]) != NULL)
    at++;
  return at;
}

static gsize
token_end (const Walk *walk)
{
  gsize at = walk->at;

  if (walk->text[at] == '"')
    {
      for (at++; walk->text[at] != '"'; at++)
        if (walk->text[at] == '\\')
          at++;
      return at + 1;
    }
  while (at < walk->length && strchr (" \t\r\n,:]}", walk->text[at]) == NULL)
    at++;
  return at;
}

static void
put (Walk *walk, OutputStyle style, gsize length)
{
  g_autofree char *token = g_strndup (walk->text + walk->at, length);

  output_put (walk->output, style, token);
  walk->at += length;
}

static void
new_line (Walk *walk)
{
  output_newline (walk->output);
  output_spaces (walk->output, walk->indent + walk->depth * STEP);
}

static void
open_container (Walk *walk)
{
  gsize next = skip_space (walk, walk->at + 1);

  put (walk, STYLE_PLAIN, 1);
  if (walk->text[next] == '}' || walk->text[next] == ']')
    {
      walk->at = next;
      put (walk, STYLE_PLAIN, 1);
      return;
    }
  walk->depth++;
  new_line (walk);
}

static void
scalar (Walk *walk)
{
  gsize end = token_end (walk);
  gsize next = skip_space (walk, end);
  OutputStyle style = STYLE_NOTICE;

  if (walk->text[walk->at] == '"')
    style = next < walk->length && walk->text[next] == ':' ? STYLE_NAME : STYLE_GOOD;
  put (walk, style, end - walk->at);
}

static void
token (Walk *walk)
{
  switch (walk->text[walk->at])
    {
    case '{':
    case '[':
      open_container (walk);
      return;
    case '}':
    case ']':
      walk->depth--;
      new_line (walk);
      put (walk, STYLE_PLAIN, 1);
      return;
    case ',':
      put (walk, STYLE_PLAIN, 1);
      new_line (walk);
      return;
    case ':':
      put (walk, STYLE_PLAIN, 1);
      output_spaces (walk->output, 1);
      return;
    default:
      scalar (walk);
    }
}

void
pretty_print (Output *output, const char *text, gsize length, guint indent)
{
  const RulesJsonLimits lenient = { .max_depth = 1000, .allow_duplicates = true };
  Walk walk = { .output = output, .text = text, .length = length, .indent = indent };

  if (rules_check_json (text, length, &lenient, NULL))
    {
      for (walk.at = skip_space (&walk, 0); walk.at < length; walk.at = skip_space (&walk, walk.at))
        token (&walk);
    }
  else
    {
      g_autofree char *escaped = output_escape (text, (gssize) length, TRUE);
      g_auto (GStrv) lines = g_strsplit (g_strchomp (escaped), "\n", -1);

      for (guint i = 0; lines[i] != NULL; i++)
        {
          if (i > 0)
            new_line (&walk);
          output_put (output, STYLE_PLAIN, lines[i]);
        }
    }
  output_newline (output);
}

static const char *
find_line (const char *text, gsize length, guint line, gsize *out_length)
{
  const char *at = text;
  const char *end = text + length;
  const char *newline;

  for (guint i = 1; i < line; i++)
    {
      newline = memchr (at, '\n', (gsize) (end - at));
      if (newline == NULL)
        return NULL;
      at = newline + 1;
    }
  newline = memchr (at, '\n', (gsize) (end - at));
  *out_length = (gsize) ((newline != NULL ? newline : end) - at);
  if (*out_length > 0 && at[*out_length - 1] == '\r')
    (*out_length)--;
  return at;
}

/* Tabs become one space each, so that the caret's column can be counted. */
static char *
visible (const char *text, gsize length)
{
  g_autofree char *copy = g_strndup (text, length);

  return output_escape (g_strdelimit (copy, "\t", ' '), -1, FALSE);
}

/* The last columns of the text, with an ellipsis for what is left out. */
static char *
keep_end (const char *text, guint columns)
{
  guint width = output_width (text);

  if (width <= columns)
    return g_strdup (text);
  while (width > columns - 1)
    {
      g_autofree char *first = g_strndup (text, (gsize) (g_utf8_next_char (text) - text));

      width -= output_width (first);
      text = g_utf8_next_char (text);
    }
  return g_strconcat ("…", text, NULL);
}

void
pretty_excerpt (Output *output, const char *text, gsize length, guint line, guint column)
{
  guint columns = output_get_width (output) > 40 ? output_get_width (output) - 10 : EXCERPT_COLUMNS;
  g_autofree char *number = g_strdup_printf ("%5u", line);
  g_autofree char *before = NULL;
  g_autofree char *shown_before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *shown_after = NULL;
  const char *start;
  gsize line_length = 0, split;

  start = line > 0 ? find_line (text, length, line, &line_length) : NULL;
  if (start == NULL)
    return;
  split = column > 0 ? MIN (column - 1, line_length) : 0;
  before = visible (start, split);
  after = visible (start + split, line_length - split);
  shown_before = keep_end (before, columns * 2 / 3);
  shown_after = output_cut (after, columns - output_width (shown_before));

  output_put (output, STYLE_FAINT, number);
  output_put (output, STYLE_FAINT, " | ");
  output_put (output, STYLE_PLAIN, shown_before);
  output_put (output, STYLE_PLAIN, shown_after);
  output_newline (output);
  if (column == 0)
    return;
  output_put (output, STYLE_FAINT, "      | ");
  output_spaces (output, output_width (shown_before));
  output_put (output, STYLE_BAD, "^");
  output_newline (output);
}
