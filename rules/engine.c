/* engine.c: from the plans of rules to the form in which events are matched. */
#include "engine.h"

#include "text-hash.h"

/* How much an atom is to be avoided as what a combination hangs on, beside how often it is used. */
static const uint32_t key_weights[] = {
  [ATOM_STRING] = 1, [ATOM_NUMBER] = 1, [ATOM_NUMBER_TEXT] = 1, [ATOM_LITERAL] = 50,
  [ATOM_PREFIX] = 2, [ATOM_SUFFIX] = 2, [ATOM_EXISTS] = 5000,
};

void
engine_init (Engine *engine, const RulesAlloc *alloc, uint64_t seed)
{
  memset (engine, 0, sizeof *engine);
  engine->alloc = alloc;
  engine->seed = seed;
  engine->skip = skip_container_choose ();
  engine->rest = rest_is_free_choose ();
  atom_table_init (&engine->table, alloc, seed);
}

void
engine_clear (Engine *engine)
{
  field_tree_clear (&engine->tree, engine->alloc);
  atom_table_clear (&engine->table);
  finder_clear (&engine->finder, engine->alloc);
  memory_resize (engine->alloc, engine->lists, 0);
  memory_resize (engine->alloc, engine->combinations, 0);
  memory_resize (engine->alloc, engine->postings, 0);
  memory_resize (engine->alloc, engine->always, 0);
}

size_t
engine_bytes (const Engine *engine)
{
  return engine->tree.nodes_capacity * sizeof (FieldNode) +
         engine->tree.steps_capacity * sizeof (FieldStep) + engine->tree.names_capacity +
         engine->table.capacity * sizeof (Atom) + engine->table.pool_capacity +
         (engine->lists_capacity + engine->combinations_capacity + engine->n_postings +
          engine->n_always) *
             sizeof (uint32_t) +
         (engine->finder.keys.mask + 1) * sizeof (NumberedHash) +
         engine->finder.n_paths * sizeof (FinderPath) +
         engine->table.n_others * (sizeof (Predicate) + 64);
}

/* ---- Adding ---------------------------------------------------------------------------------- */

static bool
push_word (Engine *engine, uint32_t **words, size_t *count, size_t *capacity, uint32_t word)
{
  if (*count >= FIELD_IS_LIST ||
      !vector_reserve (engine->alloc, words, capacity, *count + 1, sizeof **words))
    return false;
  (*words)[(*count)++] = word;
  return true;
}

static uint32_t
hash_list (const Engine *engine, const uint32_t *list)
{
  return (uint32_t) (text_hash (engine->seed, (const char *) list,
                                ((size_t) list[0] + 1) * sizeof *list) >>
                     32);
}

/* The list at the end of lists becomes the one that is there already, if there is one. */
static bool
intern_list (Engine *engine, HashTable *known, size_t start, uint32_t *out_field)
{
  const uint32_t *list = engine->lists + start;
  size_t bytes = ((size_t) list[0] + 1) * sizeof *list;
  uint32_t hash = hash_list (engine, list);

  if (known->mask)
    for (size_t i = hash & known->mask; known->entries[i].number; i = (i + 1) & known->mask)
      {
        uint32_t other = known->entries[i].number - 1;

        if (known->entries[i].hash == hash && engine->lists[other] == list[0] &&
            memcmp (engine->lists + other, list, bytes) == 0)
          {
            engine->n_lists = start;
            *out_field = FIELD_IS_LIST | other;
            return true;
          }
      }
  *out_field = FIELD_IS_LIST | (uint32_t) start;
  return hash_table_add (known, engine->alloc, hash, (uint32_t) start + 1);
}

static bool
add_list (Engine *engine, HashTable *known, uint32_t path, const Field *field, uint32_t *out_field)
{
  size_t start = engine->n_lists;

  if (!push_word (engine, &engine->lists, &engine->n_lists, &engine->lists_capacity, 0))
    return false;
  for (const Predicate *each = field->alternatives; each; each = each->next)
    {
      uint32_t atom;
      bool repeated = false;

      if (!atom_table_add (&engine->table, path, each, &atom))
        return false;
      for (size_t i = start + 1; i < engine->n_lists && engine->n_lists - start < 64; i++)
        repeated = repeated || engine->lists[i] == atom;
      if (!repeated &&
          !push_word (engine, &engine->lists, &engine->n_lists, &engine->lists_capacity, atom))
        return false;
    }
  engine->lists[start] = (uint32_t) (engine->n_lists - start - 1);
  if (engine->lists[start] == 1)
    {
      *out_field = engine->lists[start + 1];
      engine->n_lists = start;
      return true;
    }
  return intern_list (engine, known, start, out_field);
}

/* The atoms of a field; returns how many. */
static size_t
atoms_of (const Engine *engine, const uint32_t *field, const uint32_t **out_atoms)
{
  const uint32_t *list;

  if (!(*field & FIELD_IS_LIST))
    {
      *out_atoms = field;
      return 1;
    }
  list = engine->lists + (*field & ~FIELD_IS_LIST);
  *out_atoms = list + 1;
  return list[0];
}

static bool
add_branch (Engine *engine, uint32_t rule, const Branch *branch, HashTable *known)
{
  size_t start = engine->n_combinations;
  size_t wanted = start + COMBINATION_HEAD + branch->n_fields;

  if (wanted >= UINT32_MAX ||
      !vector_reserve (engine->alloc, &engine->combinations, &engine->combinations_capacity, wanted,
                       sizeof *engine->combinations))
    return false;
  engine->combinations[start] = rule;
  engine->combinations[start + 1] = (uint32_t) branch->n_fields;
  engine->n_combinations = wanted;
  for (size_t i = 0; i < branch->n_fields; i++)
    {
      const Field *field = branch->fields[i];
      uint32_t *place = &engine->combinations[start + COMBINATION_HEAD + i];
      const uint32_t *atoms;
      uint32_t path;
      size_t n;

      if (!field_tree_add (&engine->tree, engine->alloc, field->path, field->n_path, &path) ||
          !add_list (engine, known, path, field, place))
        return false;
      n = atoms_of (engine, place, &atoms);
      for (size_t k = 0; k < n; k++)
        engine->table.atoms[atoms[k]].uses++;
    }
  return true;
}

bool
engine_add (Engine *engine, const Plan *plan, HashTable *known_lists)
{
  if (engine->tree.n_nodes == 0 && !field_tree_init (&engine->tree, engine->alloc, engine->seed))
    return false;
  for (size_t i = 0; i < plan->n_branches; i++)
    if (!add_branch (engine, (uint32_t) engine->n_rules, &plan->branches[i], known_lists))
      return false;
  engine->n_rules++;
  return true;
}

/* ---- What combinations hang on --------------------------------------------------------------- */

static uint32_t
other_weight (const Predicate *predicate)
{
  switch (predicate->type)
    {
    case PREDICATE_ANYTHING_BUT:
      return UINT32_MAX;
    case PREDICATE_WILDCARD:
      return 4;
    case PREDICATE_ADDRESS:
      return 300;
    case PREDICATE_RANGE:
      return 1000;
    default:
      return 3;
    }
}

/* UINT64_MAX when a combination cannot hang on it. */
static uint64_t
field_cost (const Engine *engine, const uint32_t *field)
{
  const uint32_t *atoms;
  size_t n = atoms_of (engine, field, &atoms);
  uint64_t cost = 0;

  for (size_t i = 0; i < n; i++)
    {
      const Atom *atom = &engine->table.atoms[atoms[i]];
      uint32_t weight;

      if (atom->kind == ATOM_ABSENT)
        return UINT64_MAX;
      weight = atom->kind == ATOM_OTHER ? other_weight (engine->table.others[atom->other])
                                        : key_weights[atom->kind];
      if (weight == UINT32_MAX)
        return UINT64_MAX;
      cost += (uint64_t) weight * atom->uses;
    }
  return cost;
}

/* Puts the cheapest field first; false when none will do. */
static bool
choose_access (const Engine *engine, uint32_t *combination)
{
  uint32_t *fields = combination + COMBINATION_HEAD, n = combination[1], best = 0, swap;
  uint64_t least = UINT64_MAX;

  for (uint32_t i = 0; i < n; i++)
    {
      uint64_t cost = field_cost (engine, &fields[i]);

      if (cost < least)
        {
          least = cost;
          best = i;
        }
    }
  swap = fields[0];
  fields[0] = fields[best];
  fields[best] = swap;
  return least != UINT64_MAX;
}

static size_t
next_combination (const Engine *engine, size_t at)
{
  return at + COMBINATION_HEAD + engine->combinations[at + 1];
}

/* Chooses; counts what hangs on each atom in its uses, and what is in always. */
static void
choose_all (Engine *engine, bool *wanted, bool *hangs)
{
  size_t n = 0;

  for (size_t at = 0; at < engine->n_combinations; at = next_combination (engine, at))
    hangs[n++] = choose_access (engine, &engine->combinations[at]);
  for (size_t i = 0; i < engine->table.n_atoms; i++)
    engine->table.atoms[i].uses = 0;
  n = 0;
  for (size_t at = 0; at < engine->n_combinations; at = next_combination (engine, at))
    {
      const uint32_t *atoms;
      size_t n_atoms;

      if (!hangs[n++])
        {
          engine->n_always++;
          continue;
        }
      n_atoms = atoms_of (engine, &engine->combinations[at + COMBINATION_HEAD], &atoms);
      engine->n_postings += n_atoms;
      for (size_t i = 0; i < n_atoms; i++)
        {
          wanted[atoms[i]] = true;
          engine->table.atoms[atoms[i]].uses++;
        }
    }
}

/* The postings of each atom side by side: uses becomes where they begin. */
static bool
hang_all (Engine *engine, const bool *hangs)
{
  Atom *atoms = engine->table.atoms;
  size_t n = 0, n_always = 0;
  uint32_t end = 0;

  engine->postings = memory_resize (engine->alloc, NULL,
                                    (engine->n_postings + 1) * sizeof *engine->postings);
  engine->always = memory_resize (engine->alloc, NULL,
                                  (engine->n_always + 1) * sizeof *engine->always);
  if (!engine->postings || !engine->always)
    return false;
  for (size_t i = 0; i < engine->table.n_atoms; i++)
    {
      end += atoms[i].uses;
      atoms[i].uses = end;
    }
  /* From the back, so that each atom's begin is what is left. */
  for (size_t at = 0; at < engine->n_combinations; at = next_combination (engine, at))
    {
      const uint32_t *own;
      size_t n_own;

      if (!hangs[n++])
        {
          engine->always[n_always++] = (uint32_t) at;
          continue;
        }
      n_own = atoms_of (engine, &engine->combinations[at + COMBINATION_HEAD], &own);
      for (size_t i = 0; i < n_own; i++)
        engine->postings[--atoms[own[i]].uses] = (uint32_t) at;
    }
  return true;
}

static size_t
count_combinations (const Engine *engine)
{
  size_t n = 0;

  for (size_t at = 0; at < engine->n_combinations; at = next_combination (engine, at))
    n++;
  return n;
}

static bool
add_end_atom (Engine *engine)
{
  AtomTable *table = &engine->table;

  if (!vector_reserve (engine->alloc, &table->atoms, &table->capacity, table->n_atoms + 1,
                       sizeof *table->atoms))
    return false;
  table->atoms[table->n_atoms] = (Atom){ .uses = (uint32_t) engine->n_postings };
  return true;
}

/* ---- What may be decided early --------------------------------------------------------------- */

static uint32_t
path_of_field (const Engine *engine, const uint32_t *field)
{
  const uint32_t *atoms;

  atoms_of (engine, field, &atoms);
  return engine->table.atoms[*atoms].path;
}

/* False: the set is not one of these. */
static bool
collect_uses (const Engine *engine, Decide *decide, size_t *out_count)
{
  size_t n = 0, n_combinations = 0;
  bool several = false;

  for (size_t at = 0; at < engine->n_combinations; at = next_combination (engine, at))
    {
      uint32_t n_fields = engine->combinations[at + 1];

      if (n_combinations == DECIDE_COMBINATIONS || n_fields > DECIDE_FIELDS - n)
        return false;
      several = several || n_fields > 1;
      for (uint32_t i = 0; i < n_fields; i++)
        decide->uses[n++] = (DecideUse){
          .field = (uint32_t) at + COMBINATION_HEAD + i,
          .combination = (uint8_t) n_combinations,
          .bit = (uint8_t) i,
        };
      if (n_fields == 1)
        decide->single |= (uint16_t) (1u << n_combinations);
      decide->fields[n_combinations++] = UINT64_MAX >> (64 - n_fields);
      decide->combinations = (uint16_t) (decide->combinations << 1 | 1);
    }
  *out_count = n;
  return several;
}

/* When the fields are in their order. */
static void
build_decide (Engine *engine)
{
  Decide built = { 0 };
  size_t n, at = 0;

  engine->decide = built;
  if (engine->tree.n_paths > DECIDE_FIELDS || !collect_uses (engine, &built, &n))
    return;
  engine->decide.combinations = built.combinations;
  engine->decide.single = built.single;
  memcpy (engine->decide.fields, built.fields, sizeof built.fields);
  for (uint32_t path = 0; path < engine->tree.n_paths; path++)
    {
      engine->decide.starts[path] = (uint8_t) at;
      for (size_t i = 0; i < n; i++)
        if (path_of_field (engine, &engine->combinations[built.uses[i].field]) == path)
          engine->decide.uses[at++] = built.uses[i];
    }
  engine->decide.starts[engine->tree.n_paths] = (uint8_t) at;
}

bool
engine_finish (Engine *engine, HashTable *known_lists)
{
  size_t n_atoms = engine->table.n_atoms;
  bool *wanted = memory_resize (engine->alloc, NULL, n_atoms + 1);
  bool *hangs = memory_resize (engine->alloc, NULL, count_combinations (engine) + 1);
  bool ok = wanted && hangs;

  hash_table_clear (known_lists, engine->alloc);
  if (engine->tree.n_nodes == 0)
    ok = ok && field_tree_init (&engine->tree, engine->alloc, engine->seed);
  if (ok)
    {
      memset (wanted, 0, n_atoms + 1);
      choose_all (engine, wanted, hangs);
      atom_table_finish (&engine->table);
      ok = engine->n_postings < UINT32_MAX && hang_all (engine, hangs) && add_end_atom (engine) &&
           field_tree_finish (&engine->tree, engine->alloc) &&
           finder_build (&engine->finder, &engine->table, engine->tree.n_paths, wanted,
                         engine->seed);
    }
  if (ok)
    build_decide (engine);
  memory_resize (engine->alloc, wanted, 0);
  memory_resize (engine->alloc, hangs, 0);
  vector_trim (engine->alloc, &engine->combinations, &engine->combinations_capacity,
               engine->n_combinations, sizeof *engine->combinations);
  vector_trim (engine->alloc, &engine->lists, &engine->lists_capacity, engine->n_lists,
               sizeof *engine->lists);
  return ok;
}
