/* scope.c: finding the alternatives that are looked at together, and changing those that it matters
 * to.
 *
 * The branches of a plan are laid into a tree of states: a state has a scope for each path that a
 * field of it looks at, and behind each field of a scope is the next state.  Fields that are
 * written the same are one.
 */
#include "scope.h"

#include "trie.h"

#include <string.h>

typedef struct State State;
typedef struct Scope Scope;
typedef struct Member Member;
typedef struct Use Use;

/* Where a field stands in a branch. */
struct Use
{
  Use *next;
  Field **place;
};

struct Member
{
  Member *next;
  Field *field;
  Use *uses;
  State *behind;
};

struct Scope
{
  Scope *next;
  Member *first, **tail;
};

struct State
{
  Scope *scopes;
};

typedef struct
{
  Arena *arena;
  unsigned limit, score;
  const Field *worst;
} Settling;

/* ---- Laying out the branches ----------------------------------------------------------------- */

static bool
same_alternatives (const Field *a, const Field *b)
{
  const Predicate *x = a->alternatives, *y = b->alternatives;

  if (a == b)
    return true;
  for (; x && y && predicate_equal (x, y); x = x->next)
    y = y->next;
  return !x && !y;
}

static Scope *
find_scope (State *state, const Field *field, Arena *arena)
{
  Scope *scope;

  for (scope = state->scopes; scope; scope = scope->next)
    {
      const Field *other = scope->first->field;

      if (other->n_path == field->n_path && memcmp (other->path, field->path, field->n_path) == 0)
        return scope;
    }
  scope = ARENA_NEW (arena, Scope);
  if (!scope)
    return NULL;
  scope->tail = &scope->first;
  scope->next = state->scopes;
  state->scopes = scope;
  return scope;
}

static Member *
find_member (Scope *scope, Field *field, Arena *arena)
{
  Member *member;

  for (member = scope->first; member; member = member->next)
    if (same_alternatives (member->field, field))
      return member;
  member = ARENA_NEW (arena, Member);
  if (!member)
    return NULL;
  member->field = field;
  member->behind = ARENA_NEW (arena, State);
  *scope->tail = member;
  scope->tail = &member->next;
  return member->behind ? member : NULL;
}

static bool
lay_out (State *state, const Branch *branch, Arena *arena)
{
  for (size_t i = 0; i < branch->n_fields; i++)
    {
      Scope *scope = find_scope (state, branch->fields[i], arena);
      Member *member = scope ? find_member (scope, branch->fields[i], arena) : NULL;
      Use *use = member ? ARENA_NEW (arena, Use) : NULL;

      if (!use)
        return false;
      use->place = &branch->fields[i];
      use->next = member->uses;
      member->uses = use;
      state = member->behind;
    }
  return true;
}

/* ---- One scope ------------------------------------------------------------------------------- */

static bool
is_ignore_case (const Predicate *predicate)
{
  return predicate->type == PREDICATE_IGNORE_CASE ||
         predicate->type == PREDICATE_PREFIX_IGNORE_CASE ||
         predicate->type == PREDICATE_SUFFIX_IGNORE_CASE;
}

static bool
is_numeric (const Predicate *predicate)
{
  if (predicate->type == PREDICATE_ANYTHING_BUT)
    return predicate->excluded->type == PREDICATE_NUMBER;
  return predicate->type == PREDICATE_RANGE ||
         (predicate->type == PREDICATE_NUMBER && predicate->comparable);
}

/* What a scope has in it. */
typedef struct
{
  bool numbers, addresses, wildcards, ignore_case;
} Contents;

static void
look_at (const Predicate *predicate, Contents *contents)
{
  if (is_numeric (predicate))
    contents->numbers = true;
  if (predicate->type == PREDICATE_ADDRESS)
    contents->addresses = true;
  if (predicate->type == PREDICATE_WILDCARD)
    contents->wildcards = true;
  if (is_ignore_case (predicate))
    contents->ignore_case = true;
}

static Contents
look_into (const Scope *scope)
{
  Contents contents = { 0 };

  for (const Member *member = scope->first; member; member = member->next)
    for (const Predicate *each = member->field->alternatives; each; each = each->next)
      {
        look_at (each, &contents);
        for (const Predicate *excluded = each->excluded; excluded; excluded = excluded->next)
          look_at (excluded, &contents);
      }
  return contents;
}

static Predicate *
copy_predicates (const Predicate *first, Arena *arena)
{
  Predicate *copies = NULL, **tail = &copies;

  for (; first; first = first->next)
    {
      Predicate *copy = ARENA_NEW (arena, Predicate);

      if (!copy)
        return NULL;
      *copy = *first;
      copy->next = NULL;
      if (first->excluded && !(copy->excluded = copy_predicates (first->excluded, arena)))
        return NULL;
      *tail = copy;
      tail = &copy->next;
    }
  return copies;
}

/* Gives the scope fields of its own, which can be changed: another scope may share the present
 * ones. */
static bool
detach (Scope *scope, Arena *arena)
{
  for (Member *member = scope->first; member; member = member->next)
    {
      Field *field = ARENA_NEW (arena, Field);

      if (!field)
        return false;
      *field = *member->field;
      field->alternatives = copy_predicates (member->field->alternatives, arena);
      if (!field->alternatives)
        return false;
      member->field = field;
      for (const Use *use = member->uses; use; use = use->next)
        *use->place = field;
    }
  return true;
}

static void
separate_numbers (const Scope *scope)
{
  for (const Member *member = scope->first; member; member = member->next)
    for (Predicate *each = member->field->alternatives; each; each = each->next)
      each->no_numbers = true;
}

/* The same wildcard a second time counts for nothing. */
static bool
is_repeated (const Scope *scope, const Predicate *predicate)
{
  for (const Member *member = scope->first; member; member = member->next)
    for (const Predicate *each = member->field->alternatives; each; each = each->next)
      {
        if (each == predicate)
          return false;
        if (each->type == predicate->type && predicate_equal (each, predicate))
          return true;
      }
  return false;
}

static bool
add_predicate (Trie *trie, const Scope *scope, Predicate *predicate, const void *pattern)
{
  for (Predicate *excluded = predicate->excluded; excluded; excluded = excluded->next)
    if (!add_predicate (trie, scope, excluded, predicate))
      return false;
  if (is_ignore_case (predicate))
    return trie_add_ignore_case (trie, predicate);
  if (predicate->type == PREDICATE_WILDCARD)
    return trie_add_wildcard (trie, predicate->bytes, predicate->n_bytes, pattern);
  return true;
}

static bool
settle_texts (Settling *self, const Scope *scope)
{
  unsigned score;
  Trie trie;

  trie_init (&trie, self->arena);
  for (const Member *member = scope->first; member; member = member->next)
    for (Predicate *each = member->field->alternatives; each; each = each->next)
      {
        bool wildcard = each->type == PREDICATE_WILDCARD ||
                        (each->excluded && each->excluded->type == PREDICATE_WILDCARD);

        if (wildcard && is_repeated (scope, each))
          continue;
        if (!add_predicate (&trie, scope, each, each))
          return false;
      }
  if (!trie_score (&trie, self->limit, &score))
    return false;
  if (score > self->score)
    {
      self->score = score;
      self->worst = scope->first->field;
    }
  return true;
}

static bool
settle_scope (Settling *self, Scope *scope)
{
  Contents contents = look_into (scope);
  bool separate = contents.numbers && contents.addresses;

  if (separate || (contents.wildcards && contents.ignore_case))
    if (!detach (scope, self->arena))
      return false;
  if (separate)
    separate_numbers (scope);
  return !contents.wildcards || settle_texts (self, scope);
}

/* ---- All scopes ------------------------------------------------------------------------------ */

/* Depth first, without recursion: the states to come are a stack. */
static bool
settle_states (Settling *self, State *first)
{
  State **stack = NULL;
  size_t n = 0, capacity = 0;

  if (!arena_grow (self->arena, &stack, n, &capacity, sizeof *stack))
    return false;
  stack[n++] = first;
  while (n > 0)
    {
      State *state = stack[--n];

      for (Scope *scope = state->scopes; scope; scope = scope->next)
        {
          if (!settle_scope (self, scope))
            return false;
          for (const Member *member = scope->first; member; member = member->next)
            {
              if (!arena_grow (self->arena, &stack, n, &capacity, sizeof *stack))
                return false;
              stack[n++] = member->behind;
            }
        }
    }
  return true;
}

bool
scope_settle (Plan *plan,
              Arena *arena,
              unsigned limit,
              unsigned *out_score,
              const Field **out_field)
{
  Settling settling = { .arena = arena, .limit = limit };
  State first = { 0 };

  for (size_t i = 0; i < plan->n_branches; i++)
    if (!lay_out (&first, &plan->branches[i], arena))
      return false;
  if (!settle_states (&settling, &first))
    return false;
  *out_score = settling.score;
  *out_field = settling.worst;
  return true;
}
