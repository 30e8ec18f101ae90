/* event.c: from a document tree to the values that rules look at.
 *
 * Going down, the paths that can still be meant are a range of the sorted table, so that nothing is
 * spent on what no rule names and no path is ever written out.
 */
#include "event.h"

#include "error.h"
#include "pattern.h"

#include <string.h>

/* The paths [low, high) of the table, which agree in their first `depth` bytes. */
typedef struct
{
  size_t low, high, depth;
} PathRange;

/* A container on the way down. */
typedef struct
{
  const JsonNode *container;
  const JsonNode *child; /* to be visited next */
  PathRange range;       /* of the container's own path */
  const Trail *trail;    /* of the container itself */
  size_t array;          /* its number, if it is one */
} Frame;

typedef struct
{
  const char *text;
  size_t length;
  const PathTable *table;
  Arena *arena;
  RulesError *error;
  size_t n_values, max_values;
  Event event;
  Frame *frames;
  size_t n_frames, capacity;
} Walk;

/* ---- Paths ----------------------------------------------------------------------------------- */

/* The first of [low, high) whose bytes from depth on are not less than these; with `past`, the
 * first that is greater and does not begin with them. */
static size_t
bound (const PathTable *table, PathRange range, const char *bytes, size_t length, bool past)
{
  while (range.low < range.high)
    {
      size_t middle = range.low + (range.high - range.low) / 2;
      const Path *path = &table->paths[middle];
      size_t rest = path->length - range.depth;
      int order = path_compare (path->bytes + range.depth, rest < length ? rest : length, bytes,
                                length);

      if (order < 0 || (past && order == 0))
        range.low = middle + 1;
      else
        range.high = middle;
    }
  return range.low;
}

static PathRange
descend (const PathTable *table, PathRange range, const char *bytes, size_t length)
{
  PathRange next;

  next.low = bound (table, range, bytes, length, false);
  next.high = bound (table, range, bytes, length, true);
  next.depth = range.depth + length;
  return next;
}

size_t
path_table_find (const PathTable *table, const char *path, size_t length)
{
  return bound (table, (PathRange){ 0, table->n_paths, 0 }, path, length, false);
}

/* ---- Values ---------------------------------------------------------------------------------- */

static void
set_value (Value *value, const JsonNode *node)
{
  value->type = node->type;
  value->bytes = node->bytes;
  value->n_bytes = node->n_bytes;
  if (node->type == RULES_JSON_NUMBER)
    value->comparable = number_parse (node->bytes, node->n_bytes, &value->number);
  else if (node->type == RULES_JSON_STRING &&
           address_parse (node->bytes, node->n_bytes, &value->address) != ADDRESS_OK)
    value->address.n_digits = 0;
}

static bool
add_leaf (Walk *walk, const JsonNode *node, PathRange range, const Trail *trail)
{
  LeafList *list = &walk->event.lists[range.low];
  Leaf *leaf;

  /* Of the paths in the range only the first can be as long as they agree. */
  if (range.low == range.high || walk->table->paths[range.low].length != range.depth)
    return true;
  if (walk->n_values++ >= walk->max_values)
    return error_at (walk->error, RULES_ERROR_LIMIT, walk->text, walk->length, node->start,
                     "Send smaller events, or raise the limit on values.",
                     "more than %zu values at the paths that rules look at", walk->max_values);
  if (!arena_grow (walk->arena, &list->leaves, list->n_leaves, &list->capacity, sizeof *leaf))
    return error_no_memory (walk->error);
  leaf = &list->leaves[list->n_leaves++];
  memset (leaf, 0, sizeof *leaf);
  set_value (&leaf->value, node);
  leaf->start = node->start;
  leaf->length = node->length;
  leaf->trail = trail;
  return true;
}

/* ---- The way down ---------------------------------------------------------------------------- */

static bool
enter (Walk *walk, const JsonNode *container, PathRange range, const Trail *trail)
{
  if (!container->child || range.low == range.high)
    return true;
  if (!arena_grow (walk->arena, &walk->frames, walk->n_frames, &walk->capacity, sizeof (Frame)))
    return error_no_memory (walk->error);
  walk->frames[walk->n_frames++] = (Frame){
    .container = container,
    .child = container->child,
    .range = range,
    .trail = trail,
    .array = container->type == RULES_JSON_ARRAY ? walk->event.n_arrays++ : 0,
  };
  return true;
}

static bool
is_container (const JsonNode *node)
{
  return node->type == RULES_JSON_OBJECT || node->type == RULES_JSON_ARRAY;
}

static bool
visit_member (Walk *walk, const Frame *frame, const JsonNode *member)
{
  PathRange range = frame->range;

  if (frame->container->parent)
    range = descend (walk->table, range, ".", 1);
  range = descend (walk->table, range, member->name, member->n_name);
  if (is_container (member))
    return enter (walk, member, range, frame->trail);
  return add_leaf (walk, member, range, frame->trail);
}

static bool
visit_element (Walk *walk, const Frame *frame, const JsonNode *element)
{
  Trail *trail;

  if (!is_container (element))
    return add_leaf (walk, element, frame->range, frame->trail);
  if (!element->child)
    return true;
  trail = ARENA_NEW (walk->arena, Trail);
  if (!trail)
    return error_no_memory (walk->error);
  trail->outer = frame->trail;
  trail->array = frame->array;
  trail->array_end = frame->container->start + frame->container->length;
  trail->start = element->start;
  return enter (walk, element, frame->range, trail);
}

static bool
walk_tree (Walk *walk, const JsonNode *root)
{
  if (!enter (walk, root, (PathRange){ 0, walk->table->n_paths, 0 }, NULL))
    return false;
  while (walk->n_frames > 0)
    {
      Frame *frame = &walk->frames[walk->n_frames - 1];
      Frame now = *frame;
      bool ok;

      if (!now.child)
        {
          walk->n_frames--;
          continue;
        }
      frame->child = now.child->next;
      if (now.container->type == RULES_JSON_OBJECT)
        ok = visit_member (walk, &now, now.child);
      else
        ok = visit_element (walk, &now, now.child);
      if (!ok)
        return false;
    }
  return true;
}

bool
event_read (const char *text,
            size_t length,
            const PathTable *table,
            size_t max_values,
            Arena *arena,
            Event *out,
            RulesError *error)
{
  static const RulesJsonLimits limits = { .max_depth = JSON_MAX_DEPTH, .allow_duplicates = true };
  Walk walk = { .text = text, .length = length, .table = table, .arena = arena, .error = error };
  const JsonNode *root;

  walk.max_values = max_values;
  if (!json_parse_prefix (text, length, &limits, arena, &root, error))
    return false;
  if (root->type != RULES_JSON_OBJECT)
    return error_at (error, RULES_ERROR_JSON, text, length, root->start, "Send a JSON object.",
                     "an event must be a JSON object");
  walk.event.lists = ARENA_ARRAY (arena, LeafList, table->n_paths);
  if (!walk.event.lists)
    return error_no_memory (error);
  if (!walk_tree (&walk, root))
    return false;
  *out = walk.event;
  return true;
}
