/* match-atom.c: whether a value satisfies an atom, and whether any does.
 *
 * The truth of an atom is found out once an event, whoever asks.
 */
#include "matching.h"

static void
need_address (MatchLeaf *leaf)
{
  Value *value = &leaf->leaf.value;

  if (leaf->has_address)
    return;
  leaf->has_address = true;
  if (address_parse (value->bytes, value->n_bytes, &value->address) != ADDRESS_OK)
    value->address.n_digits = 0;
}

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
  for (uint32_t i = path->first; i != UINT32_MAX; i = self->room->leaves[i].next)
    if (match_accepts (self, atom, &self->room->leaves[i]))
      {
        *truth |= 1;
        return true;
      }
  return false;
}
