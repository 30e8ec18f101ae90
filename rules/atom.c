/* atom.c: collecting the atoms of a set. */
#include "atom.h"

#include "text-hash.h"

/* So many texts or numbers are as soon compared one after the other. */
#define FEW_EXCLUDED 6u

void
atom_table_init (AtomTable *table, const RulesAlloc *alloc, uint64_t seed)
{
  memset (table, 0, sizeof *table);
  table->alloc = alloc;
  table->seed = seed;
  arena_init (&table->arena, alloc);
}

static void
forget_spelling (AtomTable *table)
{
  hash_table_clear (&table->known, table->alloc);
  memory_resize (table->alloc, table->spelling, 0);
  table->spelling = NULL;
  table->n_spelling = table->spelling_capacity = 0;
}

void
atom_table_clear (AtomTable *table)
{
  forget_spelling (table);
  memory_resize (table->alloc, table->atoms, 0);
  memory_resize (table->alloc, table->pool, 0);
  memory_resize (table->alloc, table->others, 0);
  arena_clear (&table->arena);
}

void
atom_table_finish (AtomTable *table)
{
  for (size_t i = 0; i < table->n_atoms; i++)
    if (table->atoms[i].kind == ATOM_OTHER)
      table->atoms[i].bytes = table->atoms[i].n_bytes = 0;
  forget_spelling (table);
  if (table->n_atoms < table->capacity)
    vector_trim (table->alloc, &table->atoms, &table->capacity, table->n_atoms + 1,
                 sizeof *table->atoms);
}

static bool
append (AtomTable *table,
        char **buffer,
        size_t *length,
        size_t *capacity,
        const void *bytes,
        size_t n_bytes)
{
  if (*length + n_bytes > UINT32_MAX ||
      !vector_reserve (table->alloc, buffer, capacity, *length + n_bytes + 1, 1))
    return false;
  if (n_bytes > 0)
    memcpy (*buffer + *length, bytes, n_bytes);
  *length += n_bytes;
  return true;
}

bool
atom_table_store (AtomTable *table, const void *bytes, size_t length, uint32_t *out_offset)
{
  *out_offset = (uint32_t) table->n_pool;
  return append (table, &table->pool, &table->n_pool, &table->pool_capacity, bytes, length);
}

/* ---- Writing predicates down ----------------------------------------------------------------- */

static bool
spell (AtomTable *table, const void *bytes, size_t length)
{
  return append (table, &table->spelling, &table->n_spelling, &table->spelling_capacity, bytes,
                 length);
}

static bool
spell_bound (AtomTable *table, const Bound *bound)
{
  NumberKey key = number_key (&bound->number);
  char flags[2] = { (char) bound->present, (char) bound->included };

  return spell (table, flags, sizeof flags) && spell (table, &key, sizeof key);
}

static bool
spell_units (AtomTable *table, const Predicate *predicate)
{
  char flags[2] = { predicate->gaps != NULL, (char) predicate->backward };

  if (!spell (table, flags, sizeof flags))
    return false;
  for (size_t i = 0; i < predicate->n_units; i++)
    {
      const CasedUnit *unit = &predicate->units[i];

      if (!spell (table, &unit->n_lower, 1) || !spell (table, unit->lower, unit->n_lower) ||
          !spell (table, &unit->n_upper, 1) || !spell (table, unit->upper, unit->n_upper))
        return false;
    }
  for (size_t i = 0; predicate->gaps && i <= predicate->n_units; i++)
    {
      char gap = (char) predicate->gaps[i];

      if (!spell (table, &gap, 1))
        return false;
    }
  return true;
}

static bool
spell_own (AtomTable *table, const Predicate *predicate)
{
  char flags[4] = { (char) predicate->type, (char) predicate->literal, (char) predicate->comparable,
                    (char) predicate->no_numbers };

  return spell (table, flags, sizeof flags) &&
         spell (table, &predicate->n_bytes, sizeof predicate->n_bytes) &&
         spell (table, predicate->bytes, predicate->n_bytes) &&
         spell_bound (table, &predicate->bottom) && spell_bound (table, &predicate->top) &&
         spell (table, predicate->block.low.digits, predicate->block.low.n_digits) &&
         spell (table, predicate->block.high.digits, predicate->block.high.n_digits) &&
         spell (table, &predicate->n_units, sizeof predicate->n_units) &&
         spell_units (table, predicate);
}

static bool
spell_predicate (AtomTable *table, const Predicate *predicate)
{
  if (!spell_own (table, predicate))
    return false;
  for (const Predicate *each = predicate->excluded; each; each = each->next)
    if (!spell_own (table, each))
      return false;
  return true;
}

/* ---- Copies ---------------------------------------------------------------------------------- */

static bool
copy_glob (Glob *glob, Arena *arena)
{
  Glob copy = { .n_pieces = glob->n_pieces };

  copy.pieces = ARENA_ARRAY (arena, const char *, glob->n_pieces);
  copy.lengths = ARENA_ARRAY (arena, size_t, glob->n_pieces);
  if (!copy.pieces || !copy.lengths)
    return false;
  for (size_t i = 0; i < glob->n_pieces; i++)
    {
      copy.pieces[i] = arena_copy (arena, glob->pieces[i], glob->lengths[i]);
      copy.lengths[i] = glob->lengths[i];
      if (!copy.pieces[i])
        return false;
    }
  *glob = copy;
  return true;
}

static bool
copy_array (Arena *arena, const void *from, size_t bytes, void **out)
{
  *out = arena_take (arena, bytes);
  if (*out && bytes > 0)
    memcpy (*out, from, bytes);
  return *out != NULL;
}

static void
sift_excluded (const Predicate **heap, size_t root, size_t count)
{
  for (size_t child; (child = 2 * root + 1) < count; root = child)
    {
      const Predicate *swap = heap[root];

      if (child + 1 < count && predicate_order (heap[child], heap[child + 1]) < 0)
        child++;
      if (predicate_order (heap[root], heap[child]) >= 0)
        return;
      heap[root] = heap[child];
      heap[child] = swap;
    }
}

/* Long lists are searched, not walked through. */
static bool
sort_excluded (Predicate *predicate, Arena *arena)
{
  const Predicate **sorted;
  size_t n = 0;

  for (const Predicate *each = predicate->excluded; each; each = each->next)
    n++;
  if (n < FEW_EXCLUDED || !predicate_can_sort (predicate))
    return true;
  predicate->sorted = sorted = ARENA_ARRAY (arena, const Predicate *, n);
  if (!sorted)
    return false;
  predicate->n_sorted = n;
  n = 0;
  for (const Predicate *each = predicate->excluded; each; each = each->next)
    sorted[n++] = each;
  for (size_t i = n / 2; i-- > 0;)
    sift_excluded (sorted, i, n);
  for (size_t left = n; left-- > 1;)
    {
      const Predicate *greatest = sorted[0];

      sorted[0] = sorted[left];
      sorted[left] = greatest;
      sift_excluded (sorted, 0, left);
    }
  return true;
}

static Predicate *
copy_predicate (const Predicate *predicate, Arena *arena)
{
  Predicate *copy = ARENA_NEW (arena, Predicate);
  Predicate **tail;
  void *array;

  if (!copy)
    return NULL;
  *copy = *predicate;
  copy->next = copy->excluded = NULL;
  copy->operator_ = NULL;
  if (predicate->bytes && !(copy->bytes = arena_copy (arena, predicate->bytes, predicate->n_bytes)))
    return NULL;
  if (predicate->type == PREDICATE_WILDCARD && !copy_glob (&copy->glob, arena))
    return NULL;
  if (predicate->units)
    {
      if (!copy_array (arena, predicate->units, predicate->n_units * sizeof (CasedUnit), &array))
        return NULL;
      copy->units = array;
    }
  if (predicate->gaps)
    {
      if (!copy_array (arena, predicate->gaps, (predicate->n_units + 1) * sizeof (Gap), &array))
        return NULL;
      copy->gaps = array;
    }
  tail = &copy->excluded;
  for (const Predicate *each = predicate->excluded; each; each = each->next)
    {
      if (!(*tail = copy_predicate (each, arena)))
        return NULL;
      tail = &(*tail)->next;
    }
  return sort_excluded (copy, arena) ? copy : NULL;
}

/* ---- Adding ---------------------------------------------------------------------------------- */

static void
note_needs (Atom *atom, const Predicate *predicate)
{
  switch (predicate->type)
    {
    case PREDICATE_ADDRESS:
      atom->needs_address = true;
      atom->needs_number = true;
      break;
    case PREDICATE_RANGE:
    case PREDICATE_NUMBER:
      atom->needs_number = true;
      break;
    default:
      break;
    }
  for (const Predicate *each = predicate->excluded; each; each = each->next)
    note_needs (atom, each);
}

/* One number, written as a range. */
static bool
is_equality (const Predicate *predicate)
{
  return predicate->type == PREDICATE_RANGE && predicate->bottom.present &&
         predicate->top.present && predicate->bottom.included && predicate->top.included &&
         number_compare (&predicate->bottom.number, &predicate->top.number) == 0;
}

/* The kind, and the bytes of a plain one. */
static AtomKind
classify (const Predicate *predicate, NumberKey *number, const void **out_bytes, size_t *out_length)
{
  *out_bytes = predicate->bytes;
  *out_length = predicate->n_bytes;
  if ((predicate->type == PREDICATE_NUMBER && predicate->comparable) || is_equality (predicate))
    {
      *number = number_key (&predicate->bottom.number);
      *out_bytes = number;
      *out_length = sizeof *number;
      return ATOM_NUMBER;
    }
  switch (predicate->type)
    {
    case PREDICATE_STRING:
      return ATOM_STRING;
    case PREDICATE_NUMBER:
      return ATOM_NUMBER_TEXT;
    case PREDICATE_PREFIX:
      return ATOM_PREFIX;
    case PREDICATE_SUFFIX:
      return ATOM_SUFFIX;
    case PREDICATE_LITERAL:
      number->sign = predicate->literal;
      *out_bytes = &number->sign;
      *out_length = sizeof number->sign;
      return ATOM_LITERAL;
    case PREDICATE_EXISTS:
      *out_length = 0;
      return ATOM_EXISTS;
    case PREDICATE_ABSENT:
      *out_length = 0;
      return ATOM_ABSENT;
    default:
      return ATOM_OTHER;
    }
}

/* The number of an atom that is there already, or ATOM_NONE. */
static uint32_t
find (const AtomTable *table, uint32_t hash, const Atom *like, const void *bytes)
{
  if (table->known.mask == 0)
    return ATOM_NONE;
  for (size_t i = hash & table->known.mask; table->known.entries[i].number;
       i = (i + 1) & table->known.mask)
    {
      uint32_t number = table->known.entries[i].number - 1;
      const Atom *atom = &table->atoms[number];
      const char *own = (atom->kind == ATOM_OTHER ? table->spelling : table->pool) + atom->bytes;

      if (table->known.entries[i].hash == hash && atom->path == like->path &&
          atom->kind == like->kind && atom->n_bytes == like->n_bytes &&
          memcmp (own, bytes, like->n_bytes) == 0)
        return number;
    }
  return ATOM_NONE;
}

bool
atom_table_add (AtomTable *table, uint32_t path, const Predicate *predicate, uint32_t *out)
{
  NumberKey number = { 0 };
  const void *bytes;
  size_t length, spelt = table->n_spelling;
  Atom atom = { .path = path, .next = ATOM_NONE };
  uint32_t hash;

  atom.kind = (uint8_t) classify (predicate, &number, &bytes, &length);
  if (atom.kind == ATOM_OTHER)
    {
      if (!spell_predicate (table, predicate))
        return false;
      bytes = table->spelling + spelt;
      length = table->n_spelling - spelt;
    }
  atom.n_bytes = (uint32_t) length;
  hash = (uint32_t) (text_hash (text_hash_begin (table->seed, path, atom.kind),
                                length > 0 ? bytes : "", length) >>
                     32);
  *out = find (table, hash, &atom, length > 0 ? bytes : "");
  if (*out != ATOM_NONE)
    {
      table->n_spelling = spelt;
      return true;
    }
  if (atom.kind == ATOM_OTHER)
    {
      atom.bytes = (uint32_t) spelt;
      note_needs (&atom, predicate);
      if (!vector_reserve (table->alloc, &table->others, &table->others_capacity,
                           table->n_others + 1, sizeof *table->others))
        return false;
      table->others[table->n_others] = copy_predicate (predicate, &table->arena);
      if (!table->others[table->n_others])
        return false;
      atom.other = (uint32_t) table->n_others++;
    }
  else if (!atom_table_store (table, bytes, length, &atom.bytes))
    return false;
  if (!vector_reserve (table->alloc, &table->atoms, &table->capacity, table->n_atoms + 1,
                       sizeof *table->atoms) ||
      !hash_table_add (&table->known, table->alloc, hash, (uint32_t) table->n_atoms + 1))
    return false;
  *out = (uint32_t) table->n_atoms;
  table->atoms[table->n_atoms++] = atom;
  return true;
}
