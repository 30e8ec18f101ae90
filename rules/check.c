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
