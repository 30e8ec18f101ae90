/* match-atom.c: whether a value satisfies an atom, and whether any does.
 *
 * The truth of an atom is found out once an event, whoever asks.
 */
#include "match-distinct.h"
#include "match-exclude.h"
#include "matching.h"

static bool
same_number (const Matching *self, const Atom *atom, MatchLeaf *leaf)
{
  NumberKey key;

  need_number (leaf);
  if (!leaf->leaf.value.comparable)
    return false;
  key = number_key (&leaf->leaf.value.number);
  return memcmp (self->engine->table.pool + atom->bytes, &key, sizeof key) == 0;
}

bool
match_accepts_other (const Matching *self, const Atom *atom, MatchLeaf *leaf)
{
  if (atom->needs_number && leaf->leaf.value.type == RULES_JSON_NUMBER)
    need_number (leaf);
  if (atom->needs_address && leaf->leaf.value.type == RULES_JSON_STRING)
    need_address (leaf);
  return predicate_holds (self->engine->table.others[atom->other], &leaf->leaf.value);
}

bool
match_accepts (const Matching *self, const Atom *atom, MatchLeaf *leaf)
{
  /* A table whose atoms all are of other kinds has no pool. */
  const char *bytes = atom->n_bytes > 0 ? self->engine->table.pool + atom->bytes : "";
  const Value *value = &leaf->leaf.value;
  int32_t type = (int32_t) value->type;

  switch ((AtomKind) atom->kind)
    {
    case ATOM_STRING:
      return value->type == RULES_JSON_STRING && value->n_bytes == atom->n_bytes &&
             memcmp (value->bytes, bytes, atom->n_bytes) == 0;
    case ATOM_NUMBER:
      return value->type == RULES_JSON_NUMBER && same_number (self, atom, leaf);
    case ATOM_NUMBER_TEXT:
      return value->type == RULES_JSON_NUMBER && value->n_bytes == atom->n_bytes &&
             memcmp (value->bytes, bytes, atom->n_bytes) == 0;
    case ATOM_LITERAL:
      return memcmp (bytes, &type, sizeof type) == 0;
    case ATOM_PREFIX:
      return value->type == RULES_JSON_STRING && value->n_bytes >= atom->n_bytes &&
             memcmp (value->bytes, bytes, atom->n_bytes) == 0;
    case ATOM_SUFFIX:
      return value->type == RULES_JSON_STRING && value->n_bytes >= atom->n_bytes &&
             memcmp (value->bytes + value->n_bytes - atom->n_bytes, bytes, atom->n_bytes) == 0;
    case ATOM_EXISTS:
      return true;
    case ATOM_ABSENT:
      return false;
    case ATOM_OTHER:
      return match_accepts_other (self, atom, leaf);
    }
  return false;
}

/* One that excluded the last value often excludes the next. */
static bool
is_excluded_again (const Matching *self,
                   const Atom *atom,
                   const Value *value,
                   const Predicate **last)
{
  const Predicate *predicate = self->engine->table.others[atom->other];

  if (*last && predicate_holds (*last, value))
    return true;
  for (*last = predicate->excluded; *last; *last = (*last)->next)
    if (predicate_holds (*last, value))
      return true;
  return false;
}

/* The same as trying each value, for paths of very many. */
static bool
some_value_holds (const Matching *self, const Atom *atom)
{
  bool excludes = atom->kind == ATOM_OTHER &&
                  self->engine->table.others[atom->other]->type == PREDICATE_ANYTHING_BUT &&
                  !self->engine->table.others[atom->other]->sorted;
  const Predicate *last = NULL;
  uint32_t count;
  const uint32_t *leaves = match_distinct (self->room, self->engine->seed, atom->path, &count);

  if (leaves && excludes && match_can_exclude (self->engine->table.others[atom->other]))
    {
      bool known;
      bool over = match_leaves_over (self, self->engine->table.others[atom->other], atom->path,
                                     leaves, count, &known);

      if (known)
        return over;
    }
  if (!leaves)
    count = 0;
  for (uint32_t i = 0; i < count; i++)
    {
      MatchLeaf *leaf = &self->room->leaves[leaves[i]];

      if (excludes && leaf->leaf.value.type == RULES_JSON_STRING && !atom->needs_address)
        {
          if (!is_excluded_again (self, atom, &leaf->leaf.value, &last))
            return true;
        }
      else if (match_accepts (self, atom, leaf))
        return true;
    }
  if (!leaves)
    for (uint32_t i = self->room->paths[atom->path].first; i != UINT32_MAX;
         i = self->room->leaves[i].next)
      if (match_accepts (self, atom, &self->room->leaves[i]))
        return true;
  return false;
}

bool
match_holds (const Matching *self, uint32_t number)
{
  const Atom *atom = &self->engine->table.atoms[number];
  const MatchPath *path = path_of (self, atom->path);
  uint32_t *truth = &self->room->truths[number];

  if (atom->kind == ATOM_ABSENT)
    return !path;
  if (*truth >> 1 == self->room->generation)
    return *truth & 1;
  if (!path || atom->key != KEY_NONE)
    return false;
  *truth = self->room->generation << 1;
  if (path->count > DISTINCT_MANY)
    {
      *truth |= some_value_holds (self, atom);
      return *truth & 1;
    }
  for (uint32_t i = path->first; i != UINT32_MAX; i = self->room->leaves[i].next)
    if (match_accepts (self, atom, &self->room->leaves[i]))
      {
        *truth |= 1;
        return true;
      }
  return false;
}
