/* check.c: the public functions about plain JSON.
 *
 * What the quick check does not accept is read into a tree, which is dropped again.  Where no
 * allocator is given the memory is malloc's.
 */
#include "error.h"
#include "json.h"
#include "quick-check.h"
#include "unique-names.h"

#include <string.h>

bool
rules_check_json (const char *text, size_t length, const RulesJsonLimits *limits, RulesError *error)
{
  QuickCheck quick = quick_check_choose (0);
  const JsonNode *root;
  Arena arena;
  bool ok;

  if (quick && length > 0 && (!limits || limits->max_bytes == 0 || length <= limits->max_bytes) &&
      (!limits || limits->max_depth == 0 || limits->max_depth >= QUICK_CHECK_DEPTH) &&
      quick (text, length) && ((limits && limits->allow_duplicates) || unique_names (text, length)))
    return true;
  arena_init (&arena, NULL);
  ok = json_parse (text, length, limits, &arena, &root, error);
  arena_clear (&arena);
  return ok;
}

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

bool
rules_json_each (const char *text,
                 size_t length,
                 const RulesJsonLimits *limits,
                 bool (*visit) (void *user, const char *element, size_t element_length),
                 void *user,
                 RulesError *error)
{
  const JsonNode *root;
  Arena arena;
  bool ok;

  arena_init (&arena, NULL);
  ok = json_parse (text, length, limits, &arena, &root, error);
  if (ok && root->type != RULES_JSON_ARRAY)
    ok = error_at (error, RULES_ERROR_JSON, text, length, root->start, "Send an array: [{…}, {…}]",
                   "not an array");
  if (ok)
    for (const JsonNode *element = root->child; element; element = element->next)
      if (!visit (user, text + element->start, element->length))
        break;
  arena_clear (&arena);
  return ok;
}
