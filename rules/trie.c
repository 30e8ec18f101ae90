/* trie.c: building the trie.  See trie-score.c for what is counted in it.
 *
 * Which nodes a text shares with earlier ones follows EventBridge's rules: a node that only one
 * text leads to can be shared, one behind a star or a letter of either case only if that cannot be
 * noticed; but letters of an ignore-case text are not looked at that carefully.
 */
#include "trie.h"

#include "utf8.h"

#include <string.h>

void
trie_init (Trie *trie, Arena *arena)
{
  memset (trie, 0, sizeof *trie);
  trie->arena = arena;
}

/* ---- Texts as steps -------------------------------------------------------------------------- */

static Step
byte_step (char byte)
{
  Step step = { .kind = STEP_BYTE, .unit = { .n_lower = 1, .n_upper = 1 } };

  step.unit.lower[0] = step.unit.upper[0] = byte;
  return step;
}

static bool
is_cased (const CasedUnit *unit)
{
  return unit->n_lower != unit->n_upper || memcmp (unit->lower, unit->upper, unit->n_lower) != 0;
}

/* Whether the character that begins here has two cases.  Of the characters outside the Basic
 * Multilingual Plane EventBridge looks at three bytes only, which have none. */
static bool
begins_cased (const char *text, size_t length)
{
  size_t n = utf8_character (text, length);
  CasedUnit unit;

  if (n == 0 || n == 4)
    return false;
  casing_of (utf8_decode (text, n), &unit);
  return is_cased (&unit);
}

/* The steps of a wildcard that has been checked. */
static Step *
wildcard_steps (Arena *arena, const char *text, size_t length, size_t *out_count)
{
  Step *steps = ARENA_ARRAY (arena, Step, length + 2);
  size_t n = 0;

  if (!steps)
    return NULL;
  steps[n++] = byte_step ('"');
  for (size_t i = 0; i < length; i++)
    {
      bool star = text[i] == '*';

      i += text[i] == '\\';
      steps[n] = byte_step (text[i]);
      steps[n].cased = begins_cased (text + i, length - i);
      if (star)
        steps[n].kind = STEP_STAR;
      n++;
    }
  steps[n++] = byte_step ('"');
  *out_count = n;
  return steps;
}

static void
reverse (char *bytes, size_t count)
{
  for (size_t i = 0; i < count / 2; i++)
    {
      char swap = bytes[i];

      bytes[i] = bytes[count - 1 - i];
      bytes[count - 1 - i] = swap;
    }
}

/* A unit that has but one case is its bytes. */
static size_t
put_unit (Step *steps, CasedUnit unit, bool backward)
{
  if (backward)
    {
      reverse (unit.lower, unit.n_lower);
      reverse (unit.upper, unit.n_upper);
    }
  if (is_cased (&unit))
    {
      steps[0] = (Step){ .kind = STEP_UNIT, .unit = unit };
      return 1;
    }
  for (size_t i = 0; i < unit.n_lower; i++)
    steps[i] = byte_step (unit.lower[i]);
  return unit.n_lower;
}

static Step *
ignore_case_steps (Arena *arena, const Predicate *predicate, size_t *out_count)
{
  bool backward = predicate->type == PREDICATE_SUFFIX_IGNORE_CASE;
  Step *steps = ARENA_ARRAY (arena, Step, predicate->n_units * CASING_MAX_BYTES + 2);
  size_t n = 0;

  if (!steps)
    return NULL;
  steps[n++] = byte_step ('"');
  for (size_t i = 0; i < predicate->n_units; i++)
    {
      size_t at = backward ? predicate->n_units - 1 - i : i;

      n += put_unit (steps + n, predicate->units[at], backward);
    }
  if (predicate->type == PREDICATE_IGNORE_CASE)
    steps[n++] = byte_step ('"');
  *out_count = n;
  return steps;
}

/* ---- Nodes ----------------------------------------------------------------------------------- */

static bool
same_step (const Step *a, const Step *b)
{
  return a->kind == b->kind && a->unit.n_lower == b->unit.n_lower &&
         a->unit.n_upper == b->unit.n_upper &&
         memcmp (a->unit.lower, b->unit.lower, a->unit.n_lower) == 0 &&
         memcmp (a->unit.upper, b->unit.upper, a->unit.n_upper) == 0;
}

static TrieNode *
find_child (const TrieNode *node, const Step *step)
{
  for (TrieNode *child = node->child; child; child = child->next)
    if (!child->final &&
        (step->kind == STEP_STAR ? child->step.kind == STEP_STAR : same_step (&child->step, step)))
      return child;
  return NULL;
}

static TrieNode *
find_star (const TrieNode *node)
{
  static const Step star = { .kind = STEP_STAR };

  return find_child (node, &star);
}

/* The node that a text can share for its next step, or NULL. */
static TrieNode *
find_shared (const TrieNode *node, const Step *step)
{
  TrieNode *child = find_child (node, step);
  bool continuation = ((unsigned char) step->unit.lower[0] & 0xC0) == 0x80;

  switch (step->kind)
    {
    case STEP_STAR:
      return child;
    case STEP_UNIT:
      /* Here a letter can end up in a star. */
      return child ? child : find_star (node);
    default:
      if (!child || !child->uncertain || continuation)
        return child;
      return step->cased || find_star (node) ? NULL : child;
    }
}

static TrieNode *
add_child (Trie *trie, TrieNode *parent, const Step *step, bool after_star)
{
  TrieNode *node = ARENA_NEW (trie->arena, TrieNode);

  if (!node)
    return NULL;
  node->parent = parent;
  node->step = *step;
  node->after_star = after_star;
  node->uncertain = step->kind != STEP_BYTE || parent->uncertain;
  node->star = parent->star ? parent->star : step->kind == STEP_STAR ? node : NULL;
  node->next = parent->child;
  parent->child = node;
  if (trie->last)
    trie->last->later = node;
  else
    trie->root.later = node;
  trie->last = node;
  return node;
}

/* The last step is never shared: it is where EventBridge notes the match. */
static TrieNode *
add_steps (Trie *trie, const Step *steps, size_t count, const void *pattern)
{
  TrieNode *node = &trie->root;
  bool sharing = true;

  for (size_t i = 0; i < count && node; i++)
    {
      TrieNode *shared = sharing && i + 1 < count ? find_shared (node, &steps[i]) : NULL;
      bool after_star = pattern && i > 0 && steps[i - 1].kind == STEP_STAR;

      sharing = shared != NULL;
      node = shared ? shared : add_child (trie, node, &steps[i], after_star);
      if (node && pattern && node->counted != pattern)
        {
          node->counted = pattern;
          node->weight++;
        }
    }
  if (node)
    node->final = true;
  return node;
}

bool
trie_add_wildcard (Trie *trie, const char *text, size_t length, const void *pattern)
{
  size_t count;
  Step *steps = wildcard_steps (trie->arena, text, length, &count);

  return steps && add_steps (trie, steps, count, pattern);
}

/* ---- Ignore-case texts ----------------------------------------------------------------------- */

/* What leads from the root to a node, as units and the gaps before them. */
static bool
spell_out (Trie *trie, const TrieNode *last, Predicate *predicate)
{
  size_t n = 0, at;
  CasedUnit *units;
  Gap *gaps;

  for (const TrieNode *node = last; node->parent; node = node->parent)
    n += node->step.kind != STEP_STAR;
  units = ARENA_ARRAY (trie->arena, CasedUnit, n);
  gaps = ARENA_ARRAY (trie->arena, Gap, n + 1);
  if (!units || !gaps)
    return false;
  at = n;
  for (const TrieNode *node = last; node->parent; node = node->parent)
    {
      if (node->step.kind == STEP_STAR)
        continue;
      units[--at] = node->step.unit;
      if (node->parent->step.kind == STEP_STAR)
        gaps[at] = node->after_star ? GAP_ANY : GAP_SOME;
    }
  /* The quotes are the value's ends, and not in it. */
  predicate->backward = predicate->type == PREDICATE_SUFFIX_IGNORE_CASE;
  predicate->units = units + 1;
  predicate->gaps = gaps + 1;
  predicate->n_units = n - 1 - (predicate->type == PREDICATE_IGNORE_CASE);
  return true;
}

bool
trie_add_ignore_case (Trie *trie, Predicate *predicate)
{
  size_t count;
  Step *steps = ignore_case_steps (trie->arena, predicate, &count);
  const TrieNode *last = steps ? add_steps (trie, steps, count, NULL) : NULL;

  if (!last)
    return false;
  for (const TrieNode *node = last; node->parent; node = node->parent)
    if (node->step.kind == STEP_STAR)
      return spell_out (trie, last, predicate);
  return true;
}
