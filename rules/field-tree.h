/* field-tree.h: the names that rules look at, as a tree that guides the way through an event.
 *
 * A node stands for a path, a step for the text between two dots.  So a name that has dots in it
 * leads as many nodes down as it has parts, which is how EventBridge takes it.
 */
#pragma once

#include "vector.h"

#define FIELD_NONE UINT32_MAX

typedef struct
{
  uint64_t head; /* first eight bytes of the name, or all of it and zeros */
  uint32_t name, n_name;
  uint32_t node;
} FieldStep;

typedef struct
{
  uint32_t path;    /* its number among the paths that rules name, or FIELD_NONE */
  uint32_t first;   /* the node's steps are steps[first, first + n_steps) */
  uint32_t n_steps; /* more than FIELD_FEW_STEPS: found by hash */
  uint32_t table;   /* with a hash: where the node's part of tables begins */
  uint32_t mask;
  uint64_t lengths; /* bit n is set when a name has n bytes, modulo 64 */
  uint64_t all;     /* a bit for each step; 0 when there are more than 64 */
  bool dotted;      /* some step leads on, so that a name with dots may be meant */
} FieldNode;

#define FIELD_FEW_STEPS 8u

typedef struct
{
  uint32_t name, n_name; /* the whole path, in names */
} FieldPath;

typedef struct
{
  FieldNode *nodes;
  size_t n_nodes, nodes_capacity;
  FieldStep *steps;
  size_t n_steps, steps_capacity;
  uint32_t *tables;
  size_t n_tables, tables_capacity;
  char *names;
  size_t n_names, names_capacity;
  FieldPath *paths;
  size_t n_paths, paths_capacity;
  uint32_t *rank; /* of each path in the order of path_compare() */
  uint64_t seed;

  HashTable building; /* (node, name) -> step */
  uint32_t *owner;    /* of each step while building */
  size_t owner_capacity;
} FieldTree;

bool field_tree_init (FieldTree *tree, const RulesAlloc *alloc, uint64_t seed);
void field_tree_clear (FieldTree *tree, const RulesAlloc *alloc);

/* The number of a path, which is added when it is new.  False: no memory. */
bool field_tree_add (FieldTree *tree,
                     const RulesAlloc *alloc,
                     const char *path,
                     size_t length,
                     uint32_t *out_path);

/* When all are added. */
bool field_tree_finish (FieldTree *tree, const RulesAlloc *alloc);

/* One of many steps by hash; the step's number in steps, or FIELD_NONE. */
uint32_t
field_tree_hashed (const FieldTree *tree, const FieldNode *node, const char *name, size_t length);

/* The node that a name with dots leads to, or FIELD_NONE. */
uint32_t field_tree_dotted (const FieldTree *tree, uint32_t node, const char *name, size_t length);

static inline uint64_t
field_head (const char *name, size_t length)
{
  uint64_t head = 0;

  memcpy (&head, name, length < 8 ? length : 8);
  return head;
}

/* The step with this name, which has no dots; its number in steps, or FIELD_NONE.  head: as
 * field_head() gives it. */
static inline uint32_t
field_tree_step (const FieldTree *tree,
                 const FieldNode *node,
                 const char *name,
                 size_t length,
                 uint64_t head)
{
  const FieldStep *steps;

  if (!(node->lengths >> (length & 63) & 1))
    return FIELD_NONE;
  if (node->n_steps > FIELD_FEW_STEPS)
    return field_tree_hashed (tree, node, name, length);
  steps = tree->steps + node->first;
  for (uint32_t i = 0; i < node->n_steps; i++)
    if (steps[i].head == head && steps[i].n_name == length &&
        (length <= 8 || memcmp (tree->names + steps[i].name + 8, name + 8, length - 8) == 0))
      return node->first + i;
  return FIELD_NONE;
}
