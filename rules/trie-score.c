/* trie-score.c: how many prefixes of wildcards one value can fit at once.
 *
 * A prefix before the first star, a head, fits only the value that is just as long.  Behind a star
 * a prefix fits every value that ends with what follows the star, and the star itself fits for ever
 * once it is reached.  So there are two kinds of values to look at, for each head that no other
 * continues:
 *
 * - The beginnings of that head.
 * - Any longer value.  It can have reached all stars behind this head, since a star does not mind
 * what else stands in the value; what counts beyond them is only how it ends.  The best ending is
 * among the prefixes themselves, and an automaton after Aho and Corasick knows for each how many
 * others it ends with.
 */
#include "trie.h"

typedef struct
{
  TrieNode **nodes; /* that the value fits, each once */
  size_t count;
  size_t bytes; /* of the value, and 1 */
} Fit;

/* A node of the second automaton: a text that stands behind stars. */
typedef struct Ending Ending;

struct Ending
{
  Ending *child, *next;
  Ending *later;   /* breadth first */
  Ending *shorter; /* the longest other ending that this one ends with */
  char byte;
  unsigned weight, total;
};

/* ---- Beginnings of a head -------------------------------------------------------------------- */

static void
fit_add (Fit *fit, TrieNode *node)
{
  if (node->weight == 0 || node->mark == fit->bytes)
    return;
  node->mark = fit->bytes;
  fit->nodes[fit->count++] = node;
  for (TrieNode *child = node->child; child; child = child->next)
    if (child->step.kind == STEP_STAR && child->mark != fit->bytes)
      {
        child->mark = fit->bytes;
        fit->nodes[fit->count++] = child;
      }
}

/* What the value fits with one more byte.  Stars stay. */
static void
fit_step (const Fit *from, char byte, Fit *to)
{
  to->count = 0;
  to->bytes = from->bytes + 1;
  for (size_t i = 0; i < from->count; i++)
    {
      TrieNode *node = from->nodes[i];

      if (node->step.kind == STEP_STAR)
        fit_add (to, node);
      for (TrieNode *child = node->child; child; child = child->next)
        if (child->step.kind == STEP_BYTE && child->step.unit.lower[0] == byte)
          fit_add (to, child);
    }
}

static unsigned
fit_weight (const Fit *fit)
{
  unsigned weight = 0;

  for (size_t i = 0; i < fit->count; i++)
    weight += fit->nodes[i]->weight;
  return weight;
}

static size_t
count_nodes (const Trie *trie)
{
  size_t count = 1;

  for (const TrieNode *node = trie->root.later; node; node = node->later)
    count++;
  return count;
}

/* The bytes from the root down to this node; returns how many. */
static size_t
spell_head (const TrieNode *head, char *bytes)
{
  size_t length = 0, at;

  for (const TrieNode *node = head; node->parent; node = node->parent)
    length++;
  at = length;
  for (const TrieNode *node = head; node->parent; node = node->parent)
    bytes[--at] = node->step.unit.lower[0];
  return length;
}

static bool
score_beginnings (Trie *trie, const TrieNode *head, size_t n_nodes, unsigned limit, unsigned *score)
{
  char *bytes = arena_take (trie->arena, n_nodes);
  Fit fit = { ARENA_ARRAY (trie->arena, TrieNode *, n_nodes), 0, 1 };
  Fit next = { ARENA_ARRAY (trie->arena, TrieNode *, n_nodes), 0, 1 };
  size_t length;

  if (!bytes || !fit.nodes || !next.nodes)
    return false;
  for (TrieNode *node = trie->root.later; node; node = node->later)
    node->mark = 0;
  fit.nodes[fit.count++] = &trie->root;
  length = spell_head (head, bytes);
  for (size_t i = 0; i < length && *score <= limit; i++)
    {
      Fit swap = fit;
      unsigned weight;

      fit_step (&fit, bytes[i], &next);
      fit = next;
      next = swap;
      weight = fit_weight (&fit);
      if (weight > *score)
        *score = weight;
    }
  return true;
}

/* ---- Endings --------------------------------------------------------------------------------- */

static Ending *
find_ending (const Ending *from, char byte)
{
  for (Ending *child = from->child; child; child = child->next)
    if (child->byte == byte)
      return child;
  return NULL;
}

static Ending *
add_ending (Arena *arena, Ending *from, char byte)
{
  Ending *ending = find_ending (from, byte);

  if (ending)
    return ending;
  ending = ARENA_NEW (arena, Ending);
  if (!ending)
    return NULL;
  ending->byte = byte;
  ending->next = from->child;
  from->child = ending;
  return ending;
}

/* The other nodes of the automaton, breadth first. */
static unsigned
total_endings (Ending *root)
{
  Ending *last = root;
  unsigned best = 0;

  for (Ending *from = root; from; from = from->later)
    for (Ending *ending = from->child; ending; ending = ending->next)
      {
        Ending *shorter = from->shorter;

        while (shorter && !find_ending (shorter, ending->byte))
          shorter = shorter->shorter;
        ending->shorter = shorter ? find_ending (shorter, ending->byte) : root;
        ending->total = ending->weight + ending->shorter->total;
        if (ending->total > best)
          best = ending->total;
        last->later = ending;
        last = ending;
      }
  return best;
}

static bool
score_longer (Trie *trie, TrieNode *head, size_t n_nodes, unsigned *score)
{
  Ending **endings = ARENA_ARRAY (trie->arena, Ending *, n_nodes);
  Ending root = { 0 };
  unsigned stars = 0, best;
  size_t number = 0;

  if (!endings)
    return false;
  for (TrieNode *node = trie->root.later; node; node = node->later)
    node->mark = 0;
  for (TrieNode *node = head; node->parent; node = node->parent)
    node->mark = 1;
  for (TrieNode *node = trie->root.later; node; node = node->later)
    {
      node->number = number++;
      if (node->weight == 0 || !node->star || node->star->parent->mark == 0)
        continue;
      if (node->step.kind == STEP_STAR)
        {
          stars += node->weight;
          endings[node->number] = &root;
          continue;
        }
      endings[node->number] = add_ending (trie->arena, endings[node->parent->number],
                                          node->step.unit.lower[0]);
      if (!endings[node->number])
        return false;
      endings[node->number]->weight += node->weight;
    }
  best = stars + total_endings (&root);
  if (best > *score)
    *score = best;
  return true;
}

/* ---- Heads ----------------------------------------------------------------------------------- */

/* A head that no other head continues. */
static bool
is_last_head (const TrieNode *node)
{
  if (node->weight == 0 || node->star)
    return false;
  for (const TrieNode *child = node->child; child; child = child->next)
    if (child->weight > 0 && child->step.kind != STEP_STAR)
      return false;
  return true;
}

bool
trie_score (Trie *trie, unsigned limit, unsigned *out_score)
{
  size_t n_nodes = count_nodes (trie);
  unsigned score = 0;

  for (TrieNode *node = trie->root.later; node && score <= limit; node = node->later)
    {
      ArenaMark mark = arena_mark (trie->arena);

      if (!is_last_head (node))
        continue;
      if (!score_beginnings (trie, node, n_nodes, limit, &score) ||
          !score_longer (trie, node, n_nodes, &score))
        return false;
      arena_release (trie->arena, mark);
    }
  *out_score = score;
  return true;
}
