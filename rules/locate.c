/* locate.c: where the value at a JSON pointer stands in a text.
 *
 * Text that may be anything is read into a tree first; of text that is known to be JSON only the
 * containers on the way are looked into, and the rest is skipped. */
#include "json.h"
#include "memory.h"
#include "skim.h"
#include "skip.h"

#include <limits.h>
#include <string.h>

/* Names with escapes that are longer are decoded in memory of their own. */
#define NAME_ROOM 256u

/* The index that a reference token means: digits without a leading zero. */
static bool
parse_index (const char *token, size_t length, size_t *out_index)
{
  size_t index = 0;

  if (length == 0 || length > 18 || (length > 1 && token[0] == '0'))
    return false;
  for (size_t i = 0; i < length; i++)
    {
      if (token[i] < '0' || token[i] > '9')
        return false;
      index = index * 10 + (size_t) (token[i] - '0');
    }
  *out_index = index;
  return true;
}

/* Undoes ~1 and ~0; false when a ~ stands for nothing.  The result is never longer. */
static bool
unescape (const char *token, size_t length, char *out, size_t *out_length)
{
  size_t n = 0;

  for (size_t i = 0; i < length; i++)
    {
      out[n] = token[i];
      if (token[i] == '~')
        {
          if (++i == length || (token[i] != '0' && token[i] != '1'))
            return false;
          out[n] = token[i] == '0' ? '~' : '/';
        }
      n++;
    }
  *out_length = n;
  return true;
}

/* ---- In a tree ------------------------------------------------------------------------------- */

static const JsonNode *
step (const JsonNode *node, const char *token, size_t length, char *scratch)
{
  size_t index, n;

  if (node->type == RULES_JSON_ARRAY)
    return parse_index (token, length, &index) ? json_element (node, index) : NULL;
  if (!unescape (token, length, scratch, &n))
    return NULL;
  return json_member (node, scratch, n);
}

static const JsonNode *
follow (const JsonNode *node, const char *pointer, Arena *arena)
{
  char *scratch = arena_take (arena, strlen (pointer));

  while (node && scratch && *pointer != '\0')
    {
      size_t length = strcspn (pointer + 1, "/");

      if (*pointer != '/')
        return NULL;
      node = step (node, pointer + 1, length, scratch);
      pointer += 1 + length;
    }
  return scratch ? node : NULL;
}

bool
rules_json_locate (const char *text, size_t length, const char *pointer, RulesJsonSpan *out_span)
{
  static const RulesJsonLimits limits = { .max_depth = JSON_MAX_DEPTH, .allow_duplicates = true };
  const JsonNode *node = NULL;
  Arena arena;

  arena_init (&arena, NULL);
  if (json_parse (text, length, &limits, &arena, &node, NULL))
    node = follow (node, pointer, &arena);
  if (node)
    *out_span = (RulesJsonSpan){
      .type = node->type,
      .start = node->start,
      .length = node->length,
      .name_start = node->name_start,
      .name_length = node->name_length,
    };
  arena_clear (&arena);
  return node != NULL;
}

/* ---- In text that is JSON -------------------------------------------------------------------- */

typedef struct
{
  const char *text, *end;
  SkipContainer skip;
} Locating;

/* Behind the value, or NULL. */
static const char *
skip_value (const Locating *self, const char *at)
{
  bool escaped;

  if (at >= self->end)
    return NULL;
  if (*at == '{' || *at == '[')
    return self->skip (at + 1, self->end);
  if (*at != '"')
    return skip_scalar (at, self->end);
  at = skip_to_quote (at + 1, self->end, &escaped);
  return at < self->end ? at + 1 : NULL;
}

static bool
is_decoded (const char *name, size_t length, const char *wanted, size_t wanted_length)
{
  char room[NAME_ROOM];
  char *decoded = length <= NAME_ROOM ? room : memory_resize (NULL, NULL, length);
  bool same = decoded && json_decode (name, length, decoded) == wanted_length &&
              memcmp (decoded, wanted, wanted_length) == 0;

  if (decoded != room)
    memory_resize (NULL, decoded, 0);
  return same;
}

/* Of the name whose opening quote is at `at`, and its closing one at `quote`. */
static bool
is_name (const Locating *self,
         const char *at,
         const char *quote,
         bool escaped,
         const char *wanted,
         size_t wanted_length)
{
  size_t length = (size_t) (quote - at - 1);

  if (!escaped)
    return length == wanted_length && memcmp (at + 1, wanted, length) == 0;
  return length > wanted_length &&
         skim_string (self->text, (size_t) (quote + 1 - self->text), (size_t) (at - self->text)) !=
             SKIM_BROKEN &&
         is_decoded (at + 1, length, wanted, wanted_length);
}

static void
set_span (const Locating *self, const char *begin, const char *end, RulesJsonSpan *span)
{
  static const RulesJsonType types[UCHAR_MAX + 1] = {
    ['n'] = RULES_JSON_NULL,   ['f'] = RULES_JSON_FALSE, ['t'] = RULES_JSON_TRUE,
    ['"'] = RULES_JSON_STRING, ['['] = RULES_JSON_ARRAY, ['{'] = RULES_JSON_OBJECT,
  };
  bool is_number = *begin == '-' || (*begin >= '0' && *begin <= '9');

  span->type = is_number ? RULES_JSON_NUMBER : types[(unsigned char) *begin];
  span->start = (size_t) (begin - self->text);
  span->length = (size_t) (end - begin);
}

/* The last member of that name; span is that of the object, and then the member's. */
static bool
find_member (const Locating *self, const char *name, size_t length, RulesJsonSpan *span)
{
  const char *at = self->text + span->start + 1, *begin, *quote;
  bool found = false, escaped;

  for (;;)
    {
      at = skip_blanks (at, self->end);
      if (at >= self->end || *at != '"')
        return found;
      begin = at;
      quote = skip_to_quote (at + 1, self->end, &escaped);
      at = skip_blanks (quote < self->end ? quote + 1 : quote, self->end);
      if (at >= self->end || *at != ':')
        return false;
      at = skip_blanks (at + 1, self->end);
      if (is_name (self, begin, quote, escaped, name, length))
        {
          const char *value = at;

          at = skip_value (self, at);
          if (!at)
            return false;
          set_span (self, value, at, span);
          span->name_start = (size_t) (begin - self->text);
          span->name_length = (size_t) (quote + 1 - begin);
          found = true;
        }
      else if (!(at = skip_value (self, at)))
        return false;
      at = skip_blanks (at, self->end);
      at += at < self->end && *at == ',';
    }
}

static bool
find_element (const Locating *self, size_t index, RulesJsonSpan *span)
{
  const char *at = self->text + span->start + 1;

  for (;; index--)
    {
      const char *value = at = skip_blanks (at, self->end);

      if (at >= self->end || *at == ']' || !(at = skip_value (self, at)))
        return false;
      if (index == 0)
        {
          set_span (self, value, at, span);
          span->name_start = span->name_length = 0;
          return true;
        }
      at = skip_blanks (at, self->end);
      at += at < self->end && *at == ',';
    }
}

bool
rules_json_locate_valid (const char *text,
                         size_t length,
                         const char *pointer,
                         RulesJsonSpan *out_span)
{
  Locating self = { text, text + length, skip_container_choose () };
  const char *begin = skip_blanks (text, self.end), *end = skip_value (&self, begin);
  const char *whole = pointer;
  char token[NAME_ROOM];
  RulesJsonSpan span = { 0 };

  if (!end)
    return false;
  set_span (&self, begin, end, &span);
  for (size_t n, index; *pointer == '/'; pointer += 1 + n)
    {
      size_t token_length;

      n = strcspn (pointer + 1, "/");
      if (n > NAME_ROOM)
        return rules_json_locate (text, length, whole, out_span);
      if (span.type == RULES_JSON_OBJECT)
        {
          if (!unescape (pointer + 1, n, token, &token_length) ||
              !find_member (&self, token, token_length, &span))
            return false;
        }
      else if (span.type != RULES_JSON_ARRAY || !parse_index (pointer + 1, n, &index) ||
               !find_element (&self, index, &span))
        return false;
    }
  *out_span = span;
  return *pointer == '\0';
}
