/* match-arrays.c: fields whose values lie in arrays, brought before the search of arrays.c. */
#include "matching.h"

/* The values at a path side by side, as the search wants them. */
static const LeafList *
list_leaves (Matching *self, uint32_t number)
{
  static const LeafList none = { 0 };
  MatchPath *path = &self->room->paths[number];

  if (path->generation != self->room->generation)
    return &none;
  if (path->listed)
    return &path->list;
  path->list = (LeafList){ .leaves = arena_take (&self->room->arena, path->count * sizeof (Leaf)) };
  if (!path->list.leaves)
    return NULL;
  for (uint32_t i = path->first; i != UINT32_MAX; i = self->room->leaves[i].next)
    path->list.leaves[path->list.n_leaves++] = self->room->leaves[i].leaf;
  path->listed = true;
  return &path->list;
}

static bool
fill_slot (Matching *self, const uint32_t *field, ArraySlot *slot)
{
  uint32_t n_atoms, path = field_path (self, field);
  const uint32_t *atoms = field_atoms (self, field, &n_atoms);
  const Atom *all = self->engine->table.atoms;
  size_t at = 0;

  slot->all = list_leaves (self, path);
  if (!slot->all)
    return false;
  slot->candidates = ARENA_ARRAY (&self->room->arena, const Leaf *, slot->all->n_leaves);
  if (!slot->candidates)
    return false;
  for (uint32_t k = 0; k < n_atoms; k++)
    slot->absence = slot->absence || all[atoms[k]].kind == ATOM_ABSENT;
  if (slot->all->n_leaves == 0)
    return true;
  for (uint32_t i = self->room->paths[path].first; i != UINT32_MAX;
       i = self->room->leaves[i].next, at++)
    for (uint32_t k = 0; k < n_atoms; k++)
      if (match_accepts (self, &all[atoms[k]], &self->room->leaves[i]))
        {
          slot->candidates[slot->n_candidates++] = &slot->all->leaves[at];
          break;
        }
  return true;
}

/* The fields in the order of their paths. */
static void
sort_fields (const Matching *self, uint32_t *fields, uint32_t count)
{
  const uint32_t *rank = self->engine->tree.rank;

  for (uint32_t i = 1; i < count; i++)
    {
      uint32_t field = fields[i], at = i;

      for (; at > 0 && rank[field_path (self, &fields[at - 1])] > rank[field_path (self, &field)];
           at--)
        fields[at] = fields[at - 1];
      fields[at] = field;
    }
}

static ArraysResult
search_arrays (Matching *self, const uint32_t *fields, uint32_t count)
{
  Arena *arena = &self->room->arena;
  ArraySlot *slots = ARENA_ARRAY (arena, ArraySlot, count);
  uint32_t *sorted = arena_take (arena, count * sizeof *sorted);

  if (!slots || !sorted)
    return ARRAYS_NO_MEMORY;
  memcpy (sorted, fields, count * sizeof *sorted);
  sort_fields (self, sorted, count);
  for (uint32_t i = 0; i < count; i++)
    {
      if (!fill_slot (self, &sorted[i], &slots[i]))
        return ARRAYS_NO_MEMORY;
      if (slots[i].n_candidates == 0 && !slots[i].absence)
        return ARRAYS_FAIL;
    }
  return arrays_search (slots, count, self->n_arrays, arena, NULL);
}

bool
match_needs_search (const Matching *self, const uint32_t *fields, uint32_t count)
{
  uint32_t n = 0;

  for (uint32_t i = 0; i < count && n < 2; i++)
    {
      const MatchPath *path = path_of (self, field_path (self, &fields[i]));

      n += path && path->trails;
    }
  return n > 1;
}

ArraysResult
match_search (Matching *self, const uint32_t *fields, uint32_t count)
{
  Arena *arena = &self->room->arena;
  ArraysResult result;
  ArenaMark mark;

  /* Rules that say the same often stand side by side. */
  if (self->n_searched == count && memcmp (self->searched, fields, count * sizeof *fields) == 0)
    return self->found;

  /* The lists stay until the next event; the rest is of this search alone. */
  for (uint32_t i = 0; i < count; i++)
    if (!list_leaves (self, field_path (self, &fields[i])))
      return ARRAYS_NO_MEMORY;
  mark = arena_mark (arena);
  result = search_arrays (self, fields, count);
  arena_release (arena, mark);
  self->searched = fields;
  self->n_searched = count;
  self->found = result;
  return result;
}
