/* predicate.c: does this value satisfy that predicate?  No memory, no state. */
#include "predicate.h"

#include <string.h>

static bool
same_bytes (const Predicate *predicate, const Value *value)
{
  return predicate->n_bytes == value->n_bytes &&
         memcmp (predicate->bytes, value->bytes, value->n_bytes) == 0;
}

static bool
number_holds (const Predicate *predicate, const Value *value)
{
  if (value->type != RULES_JSON_NUMBER)
    return false;
  if (predicate->comparable && value->comparable)
    return number_compare (&predicate->bottom.number, &value->number) == 0;
  return same_bytes (predicate, value);
}

static bool
range_holds (const Predicate *predicate, const Value *value)
{
  const Bound *bottom = &predicate->bottom, *top = &predicate->top;
  int order;

  if (!value->comparable)
    return false;
  if (bottom->present)
    {
      order = number_compare (&value->number, &bottom->number);
      if (order < 0 || (order == 0 && !bottom->included))
        return false;
    }
  if (top->present)
    {
      order = number_compare (&value->number, &top->number);
      if (order > 0 || (order == 0 && !top->included))
        return false;
    }
  return true;
}

static bool
address_holds (const Predicate *predicate, const Value *value)
{
  if (value->type == RULES_JSON_NUMBER)
    return address_block_matches (&predicate->block, value->bytes, value->n_bytes);
  return value->address.n_digits > 0 &&
         address_block_matches (&predicate->block, value->address.digits, value->address.n_digits);
}

static bool
prefix_holds (const Predicate *predicate, const Value *value)
{
  return value->n_bytes >= predicate->n_bytes &&
         memcmp (value->bytes, predicate->bytes, predicate->n_bytes) == 0;
}

static bool
suffix_holds (const Predicate *predicate, const Value *value)
{
  return value->n_bytes >= predicate->n_bytes &&
         memcmp (value->bytes + value->n_bytes - predicate->n_bytes, predicate->bytes,
                 predicate->n_bytes) == 0;
}

/* How many bytes at the beginning of text are this unit in either case, 0 for none.  No unit's one
 * case begins or ends with its other, so that there is never a choice. */
static size_t
unit_at_start (const CasedUnit *unit, const char *text, size_t length)
{
  if (unit->n_lower <= length && memcmp (text, unit->lower, unit->n_lower) == 0)
    return unit->n_lower;
  if (unit->n_upper <= length && memcmp (text, unit->upper, unit->n_upper) == 0)
    return unit->n_upper;
  return 0;
}

static size_t
unit_at_end (const CasedUnit *unit, const char *text, size_t length)
{
  if (unit->n_lower <= length &&
      memcmp (text + length - unit->n_lower, unit->lower, unit->n_lower) == 0)
    return unit->n_lower;
  if (unit->n_upper <= length &&
      memcmp (text + length - unit->n_upper, unit->upper, unit->n_upper) == 0)
    return unit->n_upper;
  return 0;
}

/* Takes the predicate's units off the beginning; the rest of the value is what remains. */
static bool
take_units (const Predicate *predicate, const Value *value, size_t *out_rest)
{
  const char *at = value->bytes;
  size_t rest = value->n_bytes;

  for (size_t i = 0; i < predicate->n_units; i++)
    {
      size_t taken = unit_at_start (predicate->units + i, at, rest);

      if (taken == 0)
        return false;
      at += taken;
      rest -= taken;
    }
  *out_rest = rest;
  return true;
}

static bool
suffix_ignore_case_holds (const Predicate *predicate, const Value *value)
{
  size_t rest = value->n_bytes;

  for (size_t i = predicate->n_units; i > 0; i--)
    {
      size_t taken = unit_at_end (predicate->units + i - 1, value->bytes, rest);

      if (taken == 0)
        return false;
      rest -= taken;
    }
  return true;
}

static bool
string_holds (const Predicate *predicate, const Value *value)
{
  size_t rest = 0;

  if (value->type != RULES_JSON_STRING)
    return false;
  switch (predicate->type)
    {
    case PREDICATE_STRING:
      return same_bytes (predicate, value);
    case PREDICATE_PREFIX:
      return prefix_holds (predicate, value);
    case PREDICATE_SUFFIX:
      return suffix_holds (predicate, value);
    case PREDICATE_WILDCARD:
      return glob_matches (&predicate->glob, value->bytes, value->n_bytes);
    case PREDICATE_IGNORE_CASE:
      return take_units (predicate, value, &rest) && rest == 0;
    case PREDICATE_PREFIX_IGNORE_CASE:
      return take_units (predicate, value, &rest);
    case PREDICATE_SUFFIX_IGNORE_CASE:
      return suffix_ignore_case_holds (predicate, value);
    default:
      return false;
    }
}

static bool
anything_but_holds (const Predicate *predicate, const Value *value)
{
  for (const Predicate *excluded = predicate->excluded; excluded; excluded = excluded->next)
    if (predicate_holds (excluded, value))
      return false;
  return true;
}

bool
predicate_holds (const Predicate *predicate, const Value *value)
{
  switch (predicate->type)
    {
    case PREDICATE_NUMBER:
      return number_holds (predicate, value);
    case PREDICATE_LITERAL:
      return value->type == predicate->literal;
    case PREDICATE_ADDRESS:
      return address_holds (predicate, value);
    case PREDICATE_RANGE:
      return range_holds (predicate, value);
    case PREDICATE_EXISTS:
      return true;
    case PREDICATE_ABSENT:
      return false;
    case PREDICATE_ANYTHING_BUT:
      return anything_but_holds (predicate, value);
    default:
      return string_holds (predicate, value);
    }
}
