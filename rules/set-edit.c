/* set-edit.c: a set that differs from another by a few rules.
 *
 * The rules that have changed since the large part was compiled are few; they are compiled anew at
 * each edit, all together.  When they are no longer few, everything is.
 */
#include "set.h"

/* More changes than this and all is built again: a thousandth of a second or so for the few. */
#define MOST_CHANGES 256u

/* The rules of a set that is being made: those that have changed, by ascending id. */
typedef struct
{
  const RulesSet *old;
  const RulesEdit *edits;
  size_t n_edits;
  uint32_t *order; /* the edits that count, by ascending id */
  size_t n_order;
  uint32_t *ids; /* of the rules in sources */
  RulesSource *sources;
  uint32_t *origins; /* the edit that a source is of, or UINT32_MAX */
  size_t n_sources;
} Editing;

/* Of two edits of one id the later one comes later. */
static bool
comes_before (const Editing *self, uint32_t a, uint32_t b)
{
  uint32_t x = self->edits[a].id, y = self->edits[b].id;

  return x < y || (x == y && a < b);
}

static void
sift (const Editing *self, size_t root, size_t count)
{
  uint32_t *heap = self->order;

  for (size_t child; (child = 2 * root + 1) < count; root = child)
    {
      uint32_t swap = heap[root];

      if (child + 1 < count && comes_before (self, heap[child], heap[child + 1]))
        child++;
      if (!comes_before (self, heap[root], heap[child]))
        return;
      heap[root] = heap[child];
      heap[child] = swap;
    }
}

/* A heap sort: qsort() may allocate behind our back. */
static bool
sort_edits (Editing *self)
{
  size_t n = 0;

  self->order = memory_resize (self->old->alloc, NULL, (self->n_edits + 1) * sizeof *self->order);
  if (!self->order)
    return false;
  for (size_t i = 0; i < self->n_edits; i++)
    self->order[i] = (uint32_t) i;
  for (size_t i = self->n_edits / 2; i-- > 0;)
    sift (self, i, self->n_edits);
  for (size_t left = self->n_edits; left-- > 1;)
    {
      uint32_t last = self->order[0];

      self->order[0] = self->order[left];
      self->order[left] = last;
      sift (self, 0, left);
    }
  for (size_t i = 0; i < self->n_edits; i++)
    {
      uint32_t edit = self->order[i];

      if (n > 0 && self->edits[self->order[n - 1]].id == self->edits[edit].id)
        n--;
      self->order[n++] = edit;
    }
  self->n_order = n;
  return true;
}

static void
add_source (Editing *self, uint32_t id, RulesSource source, uint32_t origin)
{
  if (!source.pattern)
    return;
  self->ids[self->n_sources] = id;
  self->origins[self->n_sources] = origin;
  self->sources[self->n_sources++] = source;
}

static bool
reserve_sources (Editing *self, size_t count)
{
  const RulesAlloc *alloc = self->old->alloc;

  self->ids = memory_resize (alloc, NULL, (count + 1) * sizeof *self->ids);
  self->origins = memory_resize (alloc, NULL, (count + 1) * sizeof *self->origins);
  self->sources = memory_resize (alloc, NULL, (count + 1) * sizeof *self->sources);
  return self->ids && self->origins && self->sources;
}

/* What has changed before, and what changes now. */
static bool
gather_changes (Editing *self)
{
  const RulesSet *old = self->old;
  size_t from = 0;

  if (!reserve_sources (self, old->n_changes + self->n_order))
    return false;
  for (size_t i = 0; i < self->n_order; i++)
    {
      const RulesEdit *edit = &self->edits[self->order[i]];

      for (; from < old->n_changes && old->change_ids[from] < edit->id; from++)
        add_source (self, old->change_ids[from], set_source (old, old->change_ids[from]),
                    UINT32_MAX);
      if (from < old->n_changes && old->change_ids[from] == edit->id)
        from++;
      add_source (self, edit->id, edit->source, self->order[i]);
    }
  for (; from < old->n_changes; from++)
    add_source (self, old->change_ids[from], set_source (old, old->change_ids[from]), UINT32_MAX);
  return true;
}

/* Every rule that there is to be. */
static bool
gather_all (Editing *self, size_t n_ids)
{
  size_t next = 0;

  if (!reserve_sources (self, n_ids))
    return false;
  for (size_t id = 0; id < n_ids; id++)
    {
      RulesSource source = id < self->old->n_ids ? set_source (self->old, id) : (RulesSource){ 0 };
      uint32_t origin = UINT32_MAX;

      if (next < self->n_order && self->edits[self->order[next]].id == id)
        {
          origin = self->order[next++];
          source = self->edits[origin].source;
        }
      self->ids[id] = (uint32_t) id;
      self->origins[id] = origin;
      self->sources[id] = source;
    }
  self->n_sources = n_ids;
  return true;
}

static SetPart *
compile_sources (const Editing *self, RulesError *error)
{
  SetPart *part = set_part_new (self->sources, self->n_sources, &self->old->limits,
                                self->old->alloc, error);

  if (!part && error && error->code != RULES_ERROR_NO_MEMORY &&
      self->origins[error->rule] != UINT32_MAX)
    error->rule = self->origins[error->rule];
  return part;
}

/* ---- The new set ----------------------------------------------------------------------------- */

static void
mark_void (RulesSet *set, size_t id)
{
  if (id >= set->base->engine.n_rules || set_is_void (set, id))
    return;
  set->voids[id / 64] |= UINT64_C (1) << (id % 64);
  set->n_voids++;
}

/* The large part of the old set, and a new small one. */
static bool
lay_over (Editing *self, RulesSet *set, RulesError *error)
{
  const RulesSet *old = self->old;
  size_t words = old->base->engine.n_rules / 64 + 1;

  set->base = set_part_hold (old->base);
  set->voids = memory_resize (set->alloc, NULL, words * sizeof *set->voids);
  if (!set->voids || !gather_changes (self))
    return error_no_memory (error);
  if (old->voids)
    memcpy (set->voids, old->voids, words * sizeof *set->voids);
  else
    memset (set->voids, 0, words * sizeof *set->voids);
  set->n_voids = old->n_voids;
  for (size_t i = 0; i < self->n_order; i++)
    mark_void (set, self->edits[self->order[i]].id);
  if (self->n_sources == 0)
    return true;
  set->changes = compile_sources (self, error);
  set->change_ids = self->ids;
  set->n_changes = self->n_sources;
  self->ids = NULL;
  return set->changes != NULL;
}

static bool
build_whole (Editing *self, RulesSet *set, RulesError *error)
{
  if (!gather_all (self, set->n_ids))
    return error_no_memory (error);
  set->base = compile_sources (self, error);
  return set->base != NULL;
}

static bool
edit (Editing *self, RulesSet *set, RulesError *error)
{
  const RulesSet *old = self->old;

  if (self->n_edits >= UINT32_MAX || !sort_edits (self))
    return error_no_memory (error);
  set->n_ids = old->n_ids;
  if (self->n_order > 0 && self->edits[self->order[self->n_order - 1]].id >= set->n_ids)
    set->n_ids = (size_t) self->edits[self->order[self->n_order - 1]].id + 1;
  if (old->n_changes + self->n_order > MOST_CHANGES ||
      old->n_voids + self->n_order > old->base->engine.n_rules / 2 + 1)
    return build_whole (self, set, error);
  return lay_over (self, set, error);
}

bool
rules_set_edit (const RulesSet *set,
                const RulesEdit *edits,
                size_t count,
                RulesSet **out_set,
                RulesError *error)
{
  Editing self = { .old = set, .edits = edits, .n_edits = count };
  RulesSet *made = set_new (&set->limits, set->alloc, error);
  bool ok = made && edit (&self, made, error);

  memory_resize (set->alloc, self.order, 0);
  memory_resize (set->alloc, self.ids, 0);
  memory_resize (set->alloc, self.origins, 0);
  memory_resize (set->alloc, self.sources, 0);
  if (!ok)
    {
      rules_set_free (made);
      return false;
    }
  *out_set = made;
  return true;
}
