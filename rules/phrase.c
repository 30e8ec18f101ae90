/* phrase.c: predicates and values in plain words. */
#include "phrase.h"

#include "error.h"

#include <stdio.h>
#include <string.h>

#define MAX_JSON_BYTES 100u
#define MAX_LISTED 12u

void
sentence_add_bytes (Sentence *sentence, const char *bytes, size_t length)
{
  if (!sentence->failed && !buffer_append (&sentence->buffer, bytes, length))
    sentence->failed = true;
}

void
sentence_add (Sentence *sentence, const char *string)
{
  sentence_add_bytes (sentence, string, strlen (string));
}

void
sentence_add_number (Sentence *sentence, size_t number)
{
  char digits[24];

  sentence_add_bytes (sentence, digits, (size_t) snprintf (digits, sizeof digits, "%zu", number));
}

void
sentence_add_json (Sentence *sentence, const char *text, size_t length)
{
  size_t shown = error_cut_utf8 (text, length, MAX_JSON_BYTES);

  sentence_add_bytes (sentence, text, shown);
  if (shown < length)
    sentence_add (sentence, "…");
}

const char *
sentence_end (Sentence *sentence, Arena *arena)
{
  const char *copy = NULL;

  if (!sentence->failed)
    copy = arena_copy (arena, sentence->buffer.data, sentence->buffer.length);
  sentence->buffer.length = 0;
  return copy;
}

/* ---- Predicates ------------------------------------------------------------------------------ */

/* The text of an operator, as a JSON string. */
static void
add_text (Sentence *sentence, const Predicate *predicate)
{
  RulesBuffer *buffer = &sentence->buffer;

  if (!sentence->failed &&
      !buffer_append_json_string (
          buffer, predicate->bytes,
          error_cut_utf8 (predicate->bytes, predicate->n_bytes, MAX_JSON_BYTES)))
    sentence->failed = true;
}

/* "a", "b" or "c" */
static void
add_excluded (Sentence *sentence, const Predicate *predicate)
{
  size_t n = 0;

  for (const Predicate *each = predicate->excluded; each; each = each->next, n++)
    {
      if (n > 0)
        sentence_add (sentence, each->next ? ", " : " or ");
      if (each->type == PREDICATE_NUMBER)
        sentence_add_json (sentence, each->bytes, each->n_bytes);
      else
        add_text (sentence, each);
    }
}

static void
add_anything_but (Sentence *sentence, const Predicate *predicate)
{
  switch (predicate->excluded->type)
    {
    case PREDICATE_PREFIX:
      sentence_add (sentence, "anything that does not begin with ");
      break;
    case PREDICATE_SUFFIX:
      sentence_add (sentence, "anything that does not end with ");
      break;
    case PREDICATE_WILDCARD:
      sentence_add (sentence, "anything that is not like ");
      break;
    default:
      sentence_add (sentence, "anything but ");
    }
  add_excluded (sentence, predicate);
  if (predicate->excluded->type == PREDICATE_IGNORE_CASE)
    sentence_add (sentence, " in any case");
}

/* The numbers of a range stand in the pattern behind their operators. */
static void
add_range (Sentence *sentence, const Predicate *predicate, const char *pattern)
{
  const char *text = memchr (pattern + predicate->start, '[', predicate->length);
  const char *end = pattern + predicate->start + predicate->length;
  bool first = true;

  sentence_add (sentence, "a number ");
  while (text < end && *text != ']')
    {
      size_t length = strspn (text, "0123456789+-.eE");

      if (*text == '"')
        {
          const char *close = memchr (text + 1, '"', (size_t) (end - text - 1));

          sentence_add (sentence, first ? "" : " and ");
          sentence_add_bytes (sentence, text + 1, (size_t) (close - text - 1));
          sentence_add (sentence, " ");
          first = false;
          text = close + 1;
        }
      else if (length > 0)
        {
          sentence_add_json (sentence, text, length);
          text += length;
        }
      else
        text++;
    }
}

void
sentence_add_predicate (Sentence *sentence, const Predicate *predicate, const char *pattern)
{
  static const char *const before[] = {
    [PREDICATE_STRING] = "",
    [PREDICATE_ADDRESS] = "an address in ",
    [PREDICATE_PREFIX] = "a string that begins with ",
    [PREDICATE_SUFFIX] = "a string that ends with ",
    [PREDICATE_WILDCARD] = "a string like ",
    [PREDICATE_IGNORE_CASE] = "",
    [PREDICATE_PREFIX_IGNORE_CASE] = "a string that begins with ",
    [PREDICATE_SUFFIX_IGNORE_CASE] = "a string that ends with ",
  };

  if (!predicate->operator_)
    {
      sentence_add_json (sentence, pattern + predicate->start, predicate->length);
      return;
    }
  switch (predicate->type)
    {
    case PREDICATE_RANGE:
      add_range (sentence, predicate, pattern);
      break;
    case PREDICATE_EXISTS:
      sentence_add (sentence, "any value");
      break;
    case PREDICATE_ABSENT:
      sentence_add (sentence, "no value");
      break;
    case PREDICATE_ANYTHING_BUT:
      add_anything_but (sentence, predicate);
      break;
    default:
      sentence_add (sentence, before[predicate->type]);
      add_text (sentence, predicate);
      if (predicate->units)
        sentence_add (sentence, " in any case");
    }
}

void
sentence_add_alternatives (Sentence *sentence, const Field *field, const char *pattern)
{
  size_t n = 0;

  if (field->alternatives->next)
    sentence_add (sentence, "one of ");
  for (const Predicate *each = field->alternatives; each; each = each->next)
    if (n++ < MAX_LISTED)
      {
        sentence_add (sentence, n > 1 ? ", " : "");
        sentence_add_predicate (sentence, each, pattern);
      }
  if (n > MAX_LISTED)
    {
      sentence_add (sentence, " and ");
      sentence_add_number (sentence, n - MAX_LISTED);
      sentence_add (sentence, " more");
    }
}
