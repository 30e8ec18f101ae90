/* pattern.c: objects, fields and $or of a pattern.
 *
 * Each $or multiplies the branches read so far by its members; a field is put into every branch,
 * where it replaces what has the same path.  Recursion is as deep as the pattern nests, which the
 * reader limits to JSON_MAX_DEPTH.
 *
 * A pattern that does not make sense with $or is read once more with $or as an ordinary name, and
 * only if that fails as well it is refused, with the reason of the first reading.
 */
#include "pattern.h"

#include "error.h"
#include "json.h"
#include "pattern-reader.h"
#include "plan.h"
#include "scope.h"

#include <limits.h>
#include <string.h>

typedef struct
{
  PatternReader base;
  Plan plan;
  unsigned max_combinations;
  bool or_is_name; /* second reading */
  char *path;      /* of the object being read; has room for the whole pattern */
  size_t n_path;
} PatternParser;

static const char or_name[] = "$or";

/* ---- Objects and fields ---------------------------------------------------------------------- */

static bool read_object (PatternParser *self, bool in_or);

/* Adds a name to the path of the object.  A dot only where there is something before it:
 * EventBridge loses the one behind an empty first name. */
static size_t
enter_path (PatternParser *self, const char *name, size_t length)
{
  size_t before = self->n_path;

  if (self->n_path > 0)
    self->path[self->n_path++] = '.';
  memcpy (self->path + self->n_path, name, length);
  self->n_path += length;
  return before;
}

static bool
read_field (PatternParser *self)
{
  PatternReader *base = &self->base;
  Field *field = ARENA_NEW (base->arena, Field);

  if (!field)
    return pattern_no_memory (base);
  field->start = base->reader.start;
  field->n_path = self->n_path;
  field->path = arena_copy (base->arena, self->path, self->n_path);
  if (!field->path)
    return pattern_no_memory (base);
  if (!operator_read_alternatives (base, &field->alternatives))
    return false;
  field->length = base->reader.end - field->start;
  return plan_put (&self->plan, base->arena, field) || pattern_no_memory (base);
}

/* A value that is neither object nor array: show the same one in an array. */
static bool
refuse_scalar (PatternParser *self, const char *name, size_t length)
{
  PatternReader *base = &self->base;
  JsonReader value = base->reader;

  pattern_refuse (base, "", "\"%.*s\" must be an object or an array", (int) length, name);
  if (json_reader_finish (&value))
    error_hint (base->error, "Write \"%.*s\": [%.*s]", (int) error_cut_utf8 (name, length, 80),
                name, (int) error_cut_utf8 (value.text + value.start, value.end - value.start, 120),
                value.text + value.start);
  return false;
}

static bool
read_member_value (PatternParser *self, const char *name, size_t length, bool in_or)
{
  PatternReader *base = &self->base;
  JsonToken token;
  size_t before;
  bool ok;

  if (!pattern_next (base, &token))
    return false;
  if (token != JSON_TOKEN_OBJECT && token != JSON_TOKEN_ARRAY)
    return refuse_scalar (self, name, length);
  before = enter_path (self, name, length);
  ok = token == JSON_TOKEN_OBJECT ? read_object (self, in_or) : read_field (self);
  self->n_path = before;
  return ok;
}

/* ---- $or ------------------------------------------------------------------------------------- */

static bool
is_reserved (const char *name, size_t length)
{
  static const char *const reserved[] = {
    "exactly",
    "equals-ignore-case",
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "wildcard",
    "numeric",
    "cidr",
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
  };

  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
    if (strlen (reserved[i]) == length && memcmp (reserved[i], name, length) == 0)
      return true;
  return false;
}

static bool
too_many_combinations (PatternParser *self, size_t or_start)
{
  const JsonReader *reader = &self->base.reader;

  error_at (self->base.error, RULES_ERROR_LIMIT, reader->text, reader->length, or_start,
            "Use fewer $or side by side, or fewer members in each: their numbers multiply.",
            "this $or makes more than %u combinations", self->max_combinations);
  if (self->base.error)
    pattern_set_pointer (&self->base);
  return false;
}

/* One member of $or: what was read before, and what the member adds. */
static bool
read_or_member (PatternParser *self, const Plan *before, Plan *all, size_t or_start)
{
  PatternReader *base = &self->base;

  if (!plan_copy (before, base->arena, &self->plan))
    return pattern_no_memory (base);
  if (!read_object (self, true))
    return false;
  if (!plan_append (all, base->arena, &self->plan))
    return pattern_no_memory (base);
  if (all->n_branches > self->max_combinations)
    return too_many_combinations (self, or_start);
  return true;
}

static bool
read_or (PatternParser *self)
{
  PatternReader *base = &self->base;
  size_t or_start = base->reader.start;
  Plan before = self->plan, all = { 0 };
  Place place = { .above = base->place };
  JsonToken token;
  size_t members = 0;

  if (!pattern_next (base, &token))
    return false;
  if (token != JSON_TOKEN_ARRAY)
    return pattern_refuse (base, "Write \"$or\": [{…}, {…}]",
                           "It must be an Array followed with $or.");
  base->place = &place;
  for (;;)
    {
      if (!pattern_next (base, &token))
        return false;
      if (token == JSON_TOKEN_ARRAY_END)
        break;
      place.index = members++;
      if (token != JSON_TOKEN_OBJECT)
        return pattern_refuse (base, "Write each member of $or as an object of fields.",
                               "Only JSON object is allowed in array of $or relationship.");
      if (!read_or_member (self, &before, &all, or_start))
        return false;
    }
  base->place = place.above;
  if (members < 2)
    return pattern_refuse (base, "Add a second object, or write the fields without $or.",
                           "There must have at least 2 Objects in $or relationship.");
  self->plan = all;
  return true;
}

/* ---- The pattern ----------------------------------------------------------------------------- */

static bool
read_member (PatternParser *self, bool in_or)
{
  PatternReader *base = &self->base;
  Place place = { .above = base->place };
  bool ok;

  if (!pattern_text (base, &place.name, &place.n_name))
    return false;
  base->place = &place;
  if (!self->or_is_name && place.n_name == strlen (or_name) &&
      memcmp (place.name, or_name, place.n_name) == 0)
    ok = read_or (self);
  else if (in_or && is_reserved (place.name, place.n_name))
    ok = pattern_refuse (base, "Rename the field, or test it outside of $or.",
                         "%.*s is Ruler reserved fieldName which cannot be used inside $or.",
                         (int) place.n_name, place.name);
  else
    ok = read_member_value (self, place.name, place.n_name, in_or);
  if (ok)
    base->place = place.above;
  return ok;
}

static bool
read_object (PatternParser *self, bool in_or)
{
  JsonToken token;
  bool empty = true;

  for (;; empty = false)
    {
      if (!pattern_next (&self->base, &token))
        return false;
      if (token == JSON_TOKEN_OBJECT_END)
        break;
      if (!read_member (self, in_or))
        return false;
    }
  if (empty)
    return pattern_refuse (&self->base, "Name at least one field.",
                           "Empty objects are not allowed");
  return true;
}

static bool
read_pattern (PatternParser *self)
{
  JsonToken token;

  if (!pattern_next (&self->base, &token))
    return false;
  if (token != JSON_TOKEN_OBJECT)
    return pattern_refuse (&self->base, "Write an object, for example {\"source\": [\"shop\"]}",
                           "Filter is not an object");
  return read_object (self, false);
}

static bool
parse_once (const char *text,
            size_t length,
            const RulesLimits *limits,
            bool or_is_name,
            Arena *arena,
            Plan *out,
            RulesError *error)
{
  PatternParser parser = { .base.arena = arena, .base.error = error, .or_is_name = or_is_name };

  parser.max_combinations = limits && limits->max_combinations ? limits->max_combinations : 1000;
  parser.path = arena_take (arena, length + 1);
  if (!parser.path)
    return error_no_memory (error);
  json_reader_init (&parser.base.reader, text, length, JSON_MAX_DEPTH);
  if (!read_pattern (&parser))
    return false;
  *out = parser.plan;
  return true;
}

/* The JSON pointer to the value that begins at an offset. */
static bool
point_to (RulesError *error, const char *text, size_t length, size_t offset, Arena *arena)
{
  static const RulesJsonLimits limits = { .max_depth = JSON_MAX_DEPTH, .allow_duplicates = true };
  const JsonNode *node;

  if (!json_parse_prefix (text, length, &limits, arena, &node, error))
    return false;
  while (node->start != offset)
    {
      const JsonNode *child = node->child;

      while (child->next && child->next->start <= offset)
        child = child->next;
      node = child;
    }
  json_error_point_to (error, node);
  return true;
}

static bool
check_score (const char *text,
             size_t length,
             const RulesLimits *limits,
             Arena *arena,
             Plan *plan,
             RulesError *error)
{
  unsigned limit = limits && limits->max_wildcard_score ? limits->max_wildcard_score : 10;
  const Field *worst;
  unsigned score;

  if (!scope_settle (plan, arena, limit, &score, &worst))
    return error_no_memory (error);
  if (score <= limit)
    return true;
  error_at (
      error, RULES_ERROR_LIMIT, text, length, worst->start,
      "Give this field fewer stars, or longer texts between them that do not repeat.",
      "Rule is too complex - try using fewer wildcard characters or fewer repeating character "
      "sequences after a wildcard character");
  if (error)
    point_to (error, text, length, worst->start, arena);
  return false;
}

static bool
parse_either_way (const char *text,
                  size_t length,
                  const RulesLimits *limits,
                  Arena *arena,
                  Plan *out,
                  RulesError *error)
{
  ArenaMark mark = arena_mark (arena);
  RulesError again;

  if (parse_once (text, length, limits, false, arena, out, error))
    return true;
  arena_release (arena, mark);
  if (parse_once (text, length, limits, true, arena, out, &again))
    return true;
  return again.code == RULES_ERROR_NO_MEMORY ? error_no_memory (error) : false;
}

bool
pattern_parse (const char *text,
               size_t length,
               const RulesLimits *limits,
               Arena *arena,
               Plan *out,
               RulesError *error)
{
  size_t max_bytes = limits && limits->max_pattern_bytes ? limits->max_pattern_bytes : 4096;
  Plan plan;

  if (length > max_bytes)
    return error_at (error, RULES_ERROR_LIMIT, text, length, max_bytes,
                     "Make several rules of it, or raise the limit on patterns.",
                     "the pattern has %zu bytes, at most %zu are accepted", length, max_bytes);
  if (!parse_either_way (text, length, limits, arena, &plan, error) ||
      !check_score (text, length, limits, arena, &plan, error))
    return false;
  *out = plan;
  return true;
}

bool
rules_wildcard_score (const char *pattern, size_t length, unsigned *out_score, RulesError *error)
{
  const Field *worst;
  Arena arena;
  Plan plan;
  bool ok;

  arena_init (&arena, NULL);
  ok = parse_either_way (pattern, length, NULL, &arena, &plan, error);
  if (ok && !scope_settle (&plan, &arena, UINT_MAX, out_score, &worst))
    ok = error_no_memory (error);
  arena_clear (&arena);
  return ok;
}
