/* pattern-reader.c: tokens, texts and refusals of a pattern. */
#include "pattern-reader.h"

#include "jackson.h"
#include "json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char one_key_hint[] = "Write one object for each operator: [{…}, {…}]";

void
pattern_set_pointer (PatternReader *self)
{
  const Place *places[64]; /* a longer pointer does not fit anyway */
  RulesError *error = self->error;
  size_t n = 0, skipped = 0;

  for (const Place *at = self->place; at; at = at->above)
    skipped++;
  for (const Place *at = self->place; at; at = at->above)
    if (--skipped < sizeof places / sizeof *places)
      places[n++] = at;
  while (n-- > 0)
    if (places[n]->name)
      error_pointer_append (error, places[n]->name, places[n]->n_name);
    else
      {
        char index[24];

        error_pointer_append (error, index,
                              (size_t) snprintf (index, sizeof index, "%zu", places[n]->index));
      }
}

bool
pattern_next (PatternReader *self, JsonToken *out_token)
{
  if (json_reader_next (&self->reader, out_token))
    return true;
  jackson_error (&self->reader, self->error);
  if (self->error && self->in_list)
    self->error->jackson_repeats = 2;
  return false;
}

static void
fill_error (PatternReader *self, const char *hint, const char *format, va_list arguments)
    RULES_PRINTF (3, 0);

static void
fill_error (PatternReader *self, const char *hint, const char *format, va_list arguments)
{
  const JsonReader *reader = &self->reader;
  char reason[sizeof self->error->reason];

  vsnprintf (reason, sizeof reason, format, arguments);
  error_at (self->error, RULES_ERROR_PATTERN, reader->text, reader->length, reader->start, hint,
            "%s", reason);
  pattern_set_pointer (self);
}

bool
pattern_refuse (PatternReader *self, const char *hint, const char *format, ...)
{
  va_list arguments;

  if (!self->error)
    return false;
  va_start (arguments, format);
  fill_error (self, hint, format, arguments);
  va_end (arguments);
  self->error->jackson_repeats = self->in_list ? 2 : 1;
  jackson_position (self->reader.text, self->reader.length, self->reader.position,
                    &self->error->jackson_line, &self->error->jackson_column);
  return false;
}

bool
pattern_refuse_plainly (PatternReader *self, const char *hint, const char *format, ...)
{
  va_list arguments;

  if (!self->error)
    return false;
  va_start (arguments, format);
  fill_error (self, hint, format, arguments);
  va_end (arguments);
  return false;
}

bool
pattern_no_memory (PatternReader *self)
{
  return error_no_memory (self->error);
}

bool
pattern_text (PatternReader *self, const char **out_bytes, size_t *out_length)
{
  JsonReader *reader = &self->reader;
  char *bytes;

  if (!json_reader_finish (reader))
    {
      jackson_error (reader, self->error);
      if (self->error && self->in_list)
        self->error->jackson_repeats = 2;
      return false;
    }
  bytes = arena_take (self->arena, reader->end - reader->start);
  if (!bytes)
    return pattern_no_memory (self);
  *out_length = json_decode (reader->text + reader->start + 1, reader->end - reader->start - 2,
                             bytes);
  *out_bytes = bytes;
  return true;
}

/* The text of the current token, as Jackson's getText() gives it. */
bool
pattern_token_text (PatternReader *self,
                    JsonToken token,
                    const char **out_bytes,
                    size_t *out_length)
{
  if (token == JSON_TOKEN_STRING)
    return pattern_text (self, out_bytes, out_length);
  *out_bytes = self->reader.text + self->reader.start;
  *out_length = self->reader.end - self->reader.start;
  return true;
}

bool
pattern_equals (const char *bytes, size_t length, const char *string)
{
  return strlen (string) == length && memcmp (bytes, string, length) == 0;
}

Predicate *
pattern_new_predicate (PatternReader *self, PredicateType type)
{
  Predicate *predicate = ARENA_NEW (self->arena, Predicate);

  if (predicate)
    predicate->type = type;
  else
    pattern_no_memory (self);
  return predicate;
}

/* Reads the next token, which must close the match expression. */
bool
pattern_expect_end (PatternReader *self, const char *reason)
{
  JsonToken token;

  if (!pattern_next (self, &token))
    return false;
  if (token != JSON_TOKEN_OBJECT_END)
    return pattern_refuse (self, one_key_hint, "%s", reason);
  return true;
}
