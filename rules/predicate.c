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
    return !(predicate->no_numbers && value->comparable) &&
           address_block_matches (&predicate->block, value->bytes, value->n_bytes);
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

/* ---- Ignore-case texts with gaps ------------------------------------------------------------- */

/* The i-th byte from the side on which the predicate begins. */
static char
byte_at (const Predicate *predicate, const Value *value, size_t i)
{
  return value->bytes[predicate->backward ? value->n_bytes - 1 - i : i];
}

static bool
case_at (const Predicate *predicate,
         const Value *value,
         size_t at,
         const char *bytes,
         size_t length)
{
  if (value->n_bytes - at < length)
    return false;
  for (size_t i = 0; i < length; i++)
    if (byte_at (predicate, value, at + i) != bytes[i])
      return false;
  return true;
}

/* Where the units [first, last) end when they begin at this place; SIZE_MAX when they do not. */
static size_t
piece_at (const Predicate *predicate, size_t first, size_t last, const Value *value, size_t at)
{
  for (size_t i = first; i < last; i++)
    {
      const CasedUnit *unit = &predicate->units[i];

      if (case_at (predicate, value, at, unit->lower, unit->n_lower))
        at += unit->n_lower;
      else if (case_at (predicate, value, at, unit->upper, unit->n_upper))
        at += unit->n_upper;
      else
        return SIZE_MAX;
    }
  return at;
}

static bool
gaps_hold (const Predicate *predicate, const Value *value)
{
  bool to_end = predicate->type == PREDICATE_IGNORE_CASE;
  size_t n = predicate->n_units, at = 0;

  for (size_t first = 0, last; first < n; first = last)
    {
      size_t start = at + (predicate->gaps[first] == GAP_SOME);
      bool fixed;

      for (last = first + 1; last < n && predicate->gaps[last] == GAP_NONE; last++)
        ;
      fixed = to_end && last == n && predicate->gaps[n] == GAP_NONE;
      for (at = SIZE_MAX; start <= value->n_bytes; start++)
        {
          at = piece_at (predicate, first, last, value, start);
          if (predicate->gaps[first] == GAP_NONE || (at != SIZE_MAX && !fixed) ||
              at == value->n_bytes)
            break;
        }
      if (start > value->n_bytes || at == SIZE_MAX)
        return false;
    }
  if (predicate->gaps[n] != GAP_NONE)
    return at + (predicate->gaps[n] == GAP_SOME) <= value->n_bytes;
  return !to_end || at == value->n_bytes;
}

static bool
string_holds (const Predicate *predicate, const Value *value)
{
  size_t rest = 0;

  if (value->type != RULES_JSON_STRING)
    return false;
  if (predicate->gaps)
    return gaps_hold (predicate, value);
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

bool
predicate_can_sort (const Predicate *predicate)
{
  const Predicate *first = predicate->excluded;

  if (!first || (first->type != PREDICATE_STRING && first->type != PREDICATE_NUMBER))
    return false;
  for (const Predicate *each = first; each; each = each->next)
    if (each->type != first->type || each->gaps ||
        (each->type == PREDICATE_NUMBER && !each->comparable))
      return false;
  return true;
}

static int
order_texts (const char *a, size_t n_a, const char *b, size_t n_b)
{
  if (n_a != n_b)
    return n_a < n_b ? -1 : 1;
  return n_a > 0 ? memcmp (a, b, n_a) : 0;
}

int
predicate_order (const Predicate *a, const Predicate *b)
{
  if (a->type == PREDICATE_NUMBER)
    return number_compare (&a->bottom.number, &b->bottom.number);
  return order_texts (a->bytes, a->n_bytes, b->bytes, b->n_bytes);
}

static bool
sorted_has (const Predicate *predicate, const Value *value)
{
  bool numbers = predicate->excluded->type == PREDICATE_NUMBER;
  size_t low = 0, high = predicate->n_sorted;

  if (value->type != (numbers ? RULES_JSON_NUMBER : RULES_JSON_STRING) ||
      (numbers && !value->comparable))
    return false;
  while (low < high)
    {
      size_t middle = low + (high - low) / 2;
      const Predicate *one = predicate->sorted[middle];
      int order = numbers ? number_compare (&one->bottom.number, &value->number)
                          : order_texts (one->bytes, one->n_bytes, value->bytes, value->n_bytes);

      if (order == 0)
        return true;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return false;
}

static bool
anything_but_holds (const Predicate *predicate, const Value *value)
{
  if (predicate->sorted)
    return !sorted_has (predicate, value);
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

static bool
same_bound (const Bound *a, const Bound *b)
{
  return a->present == b->present && a->included == b->included &&
         number_compare (&a->number, &b->number) == 0;
}

static bool
same_own (const Predicate *a, const Predicate *b)
{
  return a->type == b->type && a->literal == b->literal && a->n_bytes == b->n_bytes &&
         (a->n_bytes == 0 || memcmp (a->bytes, b->bytes, a->n_bytes) == 0) &&
         same_bound (&a->bottom, &b->bottom) && same_bound (&a->top, &b->top);
}

bool
predicate_equal (const Predicate *a, const Predicate *b)
{
  const Predicate *x = a->excluded, *y = b->excluded;

  if (!same_own (a, b))
    return false;
  for (; x && y && same_own (x, y); x = x->next)
    y = y->next;
  return !x && !y;
}
