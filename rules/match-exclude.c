/* match-exclude.c: anything-but over very many values.
 *
 * One value is taken, and what excludes it; all others that this excludes go with it; and so on
 * until a value is left that nothing excludes, or none.  That compares values with what excludes
 * something, and not every one with all.  The first and last eight bytes of the values lie side by
 * side, once for all rules, so that to compare one takes no more than a few instructions.
 */
#include "match-exclude.h"

struct MatchColumns
{
  uint32_t count; /* of texts */
  bool others;    /* there are values besides that are no texts */
  uint64_t *heads, *tails;
  uint32_t *lengths, *leaves, *left;
};

#define HEAD_BYTES 8u

/* The first bytes, in their order in memory, and zeros. */
static uint64_t
head_of (const char *bytes, size_t length)
{
  uint64_t head = 0;

  memcpy (&head, bytes, length < HEAD_BYTES ? length : HEAD_BYTES);
  return head;
}

/* The last bytes, behind zeros. */
static uint64_t
tail_of (const char *bytes, size_t length)
{
  uint64_t tail = 0;
  size_t n = length < HEAD_BYTES ? length : HEAD_BYTES;

  memcpy ((char *) &tail + HEAD_BYTES - n, bytes + length - n, n);
  return tail;
}

/* All ones in the first, the last bytes. */
static uint64_t
mask_of (size_t length, bool last)
{
  uint64_t mask = 0;
  size_t n = length < HEAD_BYTES ? length : HEAD_BYTES;

  memset ((char *) &mask + (last ? HEAD_BYTES - n : 0), 0xFF, n);
  return mask;
}

static MatchColumns *
make_columns (const Matching *self, const uint32_t *leaves, uint32_t count)
{
  Arena *arena = &self->room->arena;
  MatchColumns *columns = ARENA_NEW (arena, MatchColumns);
  uint64_t *words = arena_take (arena, 2 * (size_t) count * sizeof *words);
  uint32_t *numbers = arena_take (arena, 3 * (size_t) count * sizeof *numbers);

  if (!columns || !words || !numbers)
    return NULL;
  *columns = (MatchColumns){ .heads = words,
                             .tails = words + count,
                             .lengths = numbers,
                             .leaves = numbers + count,
                             .left = numbers + 2 * (size_t) count };
  for (uint32_t i = 0; i < count; i++)
    {
      const Value *value = &self->room->leaves[leaves[i]].leaf.value;
      uint32_t n = columns->count;

      if (value->type != RULES_JSON_STRING)
        {
          columns->others = true;
          continue;
        }
      columns->heads[n] = head_of (value->bytes, value->n_bytes);
      columns->tails[n] = tail_of (value->bytes, value->n_bytes);
      columns->lengths[n] = (uint32_t) value->n_bytes;
      columns->leaves[n] = leaves[i];
      columns->count++;
    }
  return columns;
}

/* What the columns say about an excluded text. */
typedef struct
{
  uint64_t head, head_mask, tail, tail_mask;
  uint32_t least; /* bytes */
  bool enough;    /* what fits is excluded; otherwise it must be looked at */
} Filter;

static Filter
make_filter (const Predicate *predicate)
{
  Filter filter = { 0 };
  const char *head = NULL, *tail = NULL;
  size_t n_head = 0, n_tail = 0, n_pieces = 2;

  if (predicate->type == PREDICATE_PREFIX)
    {
      head = predicate->bytes;
      n_head = predicate->n_bytes;
    }
  else if (predicate->type == PREDICATE_SUFFIX)
    {
      tail = predicate->bytes;
      n_tail = predicate->n_bytes;
    }
  else
    {
      const Glob *glob = &predicate->glob;

      n_pieces = glob->n_pieces;
      head = glob->pieces[0];
      n_head = glob->lengths[0];
      tail = glob->pieces[n_pieces - 1];
      n_tail = glob->lengths[n_pieces - 1];
    }
  if (n_head > 0)
    filter.head = head_of (head, n_head);
  filter.head_mask = mask_of (n_head, false);
  if (n_tail > 0)
    filter.tail = tail_of (tail, n_tail);
  filter.tail_mask = mask_of (n_tail, true);
  filter.least = (uint32_t) (n_head > n_tail ? n_head : n_tail);
  if (n_pieces > 1)
    filter.least = (uint32_t) (n_head + n_tail);
  filter.enough = n_pieces == 2 && n_head <= HEAD_BYTES && n_tail <= HEAD_BYTES;
  return filter;
}

/* Takes those that are excluded out of the ones left. */
static uint32_t
take_out (const Matching *self,
          const MatchColumns *columns,
          const Predicate *predicate,
          uint32_t n_left)
{
  Filter filter = make_filter (predicate);
  uint32_t *left = columns->left, n = 0;

  for (uint32_t i = 0; i < n_left; i++)
    {
      uint32_t at = left[i];
      bool fits = ((((columns->heads[at] ^ filter.head) & filter.head_mask) |
                    ((columns->tails[at] ^ filter.tail) & filter.tail_mask)) == 0) &
                  (columns->lengths[at] >= filter.least);

      if (!filter.enough && fits)
        fits = predicate_holds (predicate, &self->room->leaves[columns->leaves[at]].leaf.value);
      left[n] = at;
      n += !fits;
    }
  return n;
}

bool
match_can_exclude (const Predicate *predicate)
{
  for (const Predicate *each = predicate->excluded; each; each = each->next)
    if (each->type != PREDICATE_PREFIX && each->type != PREDICATE_SUFFIX &&
        each->type != PREDICATE_WILDCARD)
      return false;
  return true;
}

bool
match_leaves_over (const Matching *self,
                   const Predicate *predicate,
                   uint32_t path,
                   const uint32_t *leaves,
                   uint32_t count,
                   bool *out_known)
{
  MatchColumns **kept = &self->room->paths[path].columns;
  MatchColumns *columns = *kept ? *kept : make_columns (self, leaves, count);
  uint32_t n;

  *kept = columns;
  *out_known = columns != NULL;
  if (!columns || columns->others)
    return true;
  n = columns->count;
  for (uint32_t i = 0; i < n; i++)
    columns->left[i] = i;
  while (n > 0)
    {
      const Value *value = &self->room->leaves[columns->leaves[columns->left[0]]].leaf.value;
      const Predicate *each = predicate->excluded;

      while (each && !predicate_holds (each, value))
        each = each->next;
      if (!each)
        return true;
      n = take_out (self, columns, each, n);
    }
  return false;
}
