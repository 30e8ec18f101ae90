/* field-tree.c: building the tree of names, and the ways through it that are taken seldom. */
#include "field-tree.h"

#include "pattern.h"
#include "text-hash.h"

bool
field_tree_init (FieldTree *tree, const RulesAlloc *alloc, uint64_t seed)
{
  memset (tree, 0, sizeof *tree);
  tree->seed = seed;
  if (!vector_reserve (alloc, &tree->nodes, &tree->nodes_capacity, 1, sizeof *tree->nodes))
    return false;
  tree->nodes[tree->n_nodes++] = (FieldNode){ .path = FIELD_NONE };
  return true;
}

void
field_tree_clear (FieldTree *tree, const RulesAlloc *alloc)
{
  memory_resize (alloc, tree->nodes, 0);
  memory_resize (alloc, tree->steps, 0);
  memory_resize (alloc, tree->tables, 0);
  memory_resize (alloc, tree->names, 0);
  memory_resize (alloc, tree->paths, 0);
  memory_resize (alloc, tree->rank, 0);
  memory_resize (alloc, tree->owner, 0);
  hash_table_clear (&tree->building, alloc);
}

static uint32_t
step_hash (const FieldTree *tree, uint32_t node, const char *name, size_t length)
{
  return (uint32_t) (text_hash (text_hash_begin (tree->seed, node, 0), name, length) >> 32);
}

static bool
add_name (FieldTree *tree,
          const RulesAlloc *alloc,
          const char *name,
          size_t length,
          uint32_t *out_name)
{
  if (tree->n_names + length > UINT32_MAX ||
      !vector_reserve (alloc, &tree->names, &tree->names_capacity, tree->n_names + length + 8, 1))
    return false;
  if (length > 0)
    memcpy (tree->names + tree->n_names, name, length);
  *out_name = (uint32_t) tree->n_names;
  tree->n_names += length;
  return true;
}

/* The node behind a step that is made if need be. */
static bool
build_step (FieldTree *tree,
            const RulesAlloc *alloc,
            uint32_t *node,
            const char *name,
            size_t length)
{
  uint32_t hash = step_hash (tree, *node, name, length);
  FieldStep step = { .head = field_head (name, length), .n_name = (uint32_t) length };

  if (tree->building.mask)
    for (size_t i = hash & tree->building.mask; tree->building.entries[i].number;
         i = (i + 1) & tree->building.mask)
      {
        uint32_t number = tree->building.entries[i].number - 1;
        const FieldStep *there = &tree->steps[number];

        if (tree->building.entries[i].hash == hash && tree->owner[number] == *node &&
            there->n_name == length && memcmp (tree->names + there->name, name, length) == 0)
          {
            *node = there->node;
            return true;
          }
      }
  step.node = (uint32_t) tree->n_nodes;
  if (!add_name (tree, alloc, name, length, &step.name) ||
      !vector_reserve (alloc, &tree->nodes, &tree->nodes_capacity, tree->n_nodes + 1,
                       sizeof *tree->nodes) ||
      !vector_reserve (alloc, &tree->steps, &tree->steps_capacity, tree->n_steps + 1,
                       sizeof *tree->steps) ||
      !vector_reserve (alloc, &tree->owner, &tree->owner_capacity, tree->n_steps + 1,
                       sizeof *tree->owner) ||
      !hash_table_add (&tree->building, alloc, hash, (uint32_t) tree->n_steps + 1))
    return false;
  tree->nodes[tree->n_nodes++] = (FieldNode){ .path = FIELD_NONE };
  tree->owner[tree->n_steps] = *node;
  tree->steps[tree->n_steps++] = step;
  tree->nodes[*node].n_steps++;
  *node = step.node;
  return true;
}

bool
field_tree_add (FieldTree *tree,
                const RulesAlloc *alloc,
                const char *path,
                size_t length,
                uint32_t *out_path)
{
  uint32_t node = 0;

  for (size_t start = 0; start <= length;)
    {
      const char *dot = start < length ? memchr (path + start, '.', length - start) : NULL;
      size_t part = dot ? (size_t) (dot - path) - start : length - start;

      if (!build_step (tree, alloc, &node, path + start, part))
        return false;
      start += part + 1;
    }
  if (tree->nodes[node].path == FIELD_NONE)
    {
      FieldPath whole = { .n_name = (uint32_t) length };

      if (!add_name (tree, alloc, path, length, &whole.name) ||
          !vector_reserve (alloc, &tree->paths, &tree->paths_capacity, tree->n_paths + 1,
                           sizeof *tree->paths))
        return false;
      tree->nodes[node].path = (uint32_t) tree->n_paths;
      tree->paths[tree->n_paths++] = whole;
    }
  *out_path = tree->nodes[node].path;
  return true;
}

/* ---- Finishing ------------------------------------------------------------------------------- */

/* Puts the steps of one node side by side. */
static bool
sort_steps (FieldTree *tree, const RulesAlloc *alloc)
{
  FieldStep *sorted;
  uint32_t first = 0;

  if (tree->n_steps == 0)
    return true;
  sorted = memory_resize (alloc, NULL, tree->n_steps * sizeof *sorted);
  if (!sorted)
    return false;
  for (size_t i = 0; i < tree->n_nodes; i++)
    {
      tree->nodes[i].first = first;
      first += tree->nodes[i].n_steps;
      tree->nodes[i].n_steps = 0;
    }
  for (size_t i = 0; i < tree->n_steps; i++)
    {
      FieldNode *node = &tree->nodes[tree->owner[i]];
      const FieldStep *step = &tree->steps[i];

      sorted[node->first + node->n_steps++] = *step;
      node->lengths |= UINT64_C (1) << (step->n_name & 63);
    }
  memory_resize (alloc, tree->steps, 0);
  tree->steps = sorted;
  tree->steps_capacity = tree->n_steps;
  return true;
}

static bool
hash_steps (FieldTree *tree, const RulesAlloc *alloc, FieldNode *node)
{
  size_t size = 16;

  while (size < (size_t) node->n_steps * 2)
    size *= 2;
  if (!vector_reserve (alloc, &tree->tables, &tree->tables_capacity, tree->n_tables + size,
                       sizeof *tree->tables))
    return false;
  node->table = (uint32_t) tree->n_tables;
  node->mask = (uint32_t) size - 1;
  tree->n_tables += size;
  for (size_t i = 0; i < size; i++)
    tree->tables[node->table + i] = FIELD_NONE;
  for (uint32_t i = node->first; i < node->first + node->n_steps; i++)
    {
      const FieldStep *step = &tree->steps[i];
      uint32_t at = step_hash (tree, (uint32_t) (node - tree->nodes), tree->names + step->name,
                               step->n_name) &
                    node->mask;

      while (tree->tables[node->table + at] != FIELD_NONE)
        at = (at + 1) & node->mask;
      tree->tables[node->table + at] = i;
    }
  return true;
}

static int
compare_ranks (const FieldTree *tree, uint32_t a, uint32_t b)
{
  const FieldPath *x = &tree->paths[a], *y = &tree->paths[b];

  return path_compare (tree->names + x->name, x->n_name, tree->names + y->name, y->n_name);
}

static void
sift_down (const FieldTree *tree, uint32_t *heap, size_t root, size_t count)
{
  for (size_t child; (child = 2 * root + 1) < count; root = child)
    {
      uint32_t swap = heap[root];

      if (child + 1 < count && compare_ranks (tree, heap[child], heap[child + 1]) < 0)
        child++;
      if (compare_ranks (tree, heap[root], heap[child]) >= 0)
        return;
      heap[root] = heap[child];
      heap[child] = swap;
    }
}

/* A heap sort: qsort() may allocate behind our back. */
static bool
rank_paths (FieldTree *tree, const RulesAlloc *alloc)
{
  size_t count = tree->n_paths;
  uint32_t *heap = memory_resize (alloc, NULL, (count + 1) * sizeof *heap);

  tree->rank = memory_resize (alloc, NULL, (count + 1) * sizeof *tree->rank);
  if (!heap || !tree->rank)
    {
      memory_resize (alloc, heap, 0);
      return false;
    }
  for (size_t i = 0; i < count; i++)
    heap[i] = (uint32_t) i;
  for (size_t i = count / 2; i-- > 0;)
    sift_down (tree, heap, i, count);
  for (size_t left = count; left-- > 0;)
    {
      tree->rank[heap[0]] = (uint32_t) left;
      heap[0] = heap[left];
      sift_down (tree, heap, 0, left);
    }
  memory_resize (alloc, heap, 0);
  return true;
}

bool
field_tree_finish (FieldTree *tree, const RulesAlloc *alloc)
{
  if (!sort_steps (tree, alloc) || !rank_paths (tree, alloc))
    return false;
  for (size_t i = 0; i < tree->n_nodes; i++)
    {
      FieldNode *node = &tree->nodes[i];

      for (uint32_t k = 0; k < node->n_steps; k++)
        if (tree->nodes[tree->steps[node->first + k].node].n_steps > 0)
          node->dotted = true;
      if (node->n_steps > 0 && node->n_steps <= 64)
        node->all = UINT64_MAX >> (64 - node->n_steps);
      if (node->n_steps > FIELD_FEW_STEPS && !hash_steps (tree, alloc, node))
        return false;
    }
  hash_table_clear (&tree->building, alloc);
  memory_resize (alloc, tree->owner, 0);
  tree->owner = NULL;
  vector_trim (alloc, &tree->nodes, &tree->nodes_capacity, tree->n_nodes, sizeof *tree->nodes);
  vector_trim (alloc, &tree->names, &tree->names_capacity, tree->n_names, 1);
  vector_trim (alloc, &tree->paths, &tree->paths_capacity, tree->n_paths, sizeof *tree->paths);
  return true;
}

/* ---- Finding --------------------------------------------------------------------------------- */

uint32_t
field_tree_hashed (const FieldTree *tree, const FieldNode *node, const char *name, size_t length)
{
  uint32_t at = step_hash (tree, (uint32_t) (node - tree->nodes), name, length) & node->mask;

  for (; tree->tables[node->table + at] != FIELD_NONE; at = (at + 1) & node->mask)
    {
      uint32_t number = tree->tables[node->table + at];
      const FieldStep *step = &tree->steps[number];

      if (step->n_name == length && memcmp (tree->names + step->name, name, length) == 0)
        return number;
    }
  return FIELD_NONE;
}

uint32_t
field_tree_dotted (const FieldTree *tree, uint32_t node, const char *name, size_t length)
{
  for (size_t start = 0; start <= length;)
    {
      const char *dot = start < length ? memchr (name + start, '.', length - start) : NULL;
      size_t part = dot ? (size_t) (dot - name) - start : length - start;
      uint32_t step = field_tree_step (tree, &tree->nodes[node], name + start, part,
                                       field_head (name + start, part));

      if (step == FIELD_NONE)
        return FIELD_NONE;
      node = tree->steps[step].node;
      start += part + 1;
    }
  return node;
}
