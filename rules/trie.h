/* trie.h: the trie that EventBridge makes of the texts of one field, as far as it can be noticed.
 *
 * EventBridge puts all alternatives of a field into one automaton.  That shows in two places:
 *
 * - Its limit on wildcards counts how many prefixes of wildcards one value could fit at once.
 * - When an ignore-case text comes after a wildcard and a letter of it stands where the wildcard
 * has its star, then that letter is taken for part of the star: after "*z" the text "bc" means "one
 * byte or more, then c".  EventBridge's users see that, so it is part of the language here.
 *
 * Texts have their quotes here, as EventBridge's values have.
 */
#pragma once

#include "predicate.h"

typedef enum
{
  STEP_BYTE, /* one byte, unit.lower[0] */
  STEP_UNIT, /* one unit in either case */
  STEP_STAR,
} StepKind;

typedef struct
{
  StepKind kind;
  bool cased; /* STEP_BYTE: the first byte of a character that has two cases */
  CasedUnit unit;
} Step;

typedef struct TrieNode TrieNode;

struct TrieNode
{
  TrieNode *parent;
  TrieNode *child, *next; /* first child; sibling */
  TrieNode *later;        /* all nodes, parents before children */
  Step step;              /* that leads here */
  bool after_star;        /* of a wildcard: the star before can be empty */
  bool uncertain;         /* more than one text leads here */
  bool final;             /* the end of a text; never shared */
  unsigned weight;        /* how many wildcards have this prefix */
  const void *counted;    /* the last one of them */
  const TrieNode *star;   /* the first one on the way here, this node included; or NULL */
  size_t number, mark;    /* used while scoring */
};

typedef struct
{
  Arena *arena;
  TrieNode root;
  TrieNode *last; /* in the chain of later */
} Trie;

void trie_init (Trie *trie, Arena *arena);

/* The texts of "wildcard" and of its exclusion.  Texts that belong to the same pattern count once
 * where they share a prefix.  False when there is no memory, as with all of these. */
bool trie_add_wildcard (Trie *trie, const char *text, size_t length, const void *pattern);

/* An ignore-case text.  Where it has become something else than its own units, changes units,
 * n_units, gaps and backward of the predicate. */
bool trie_add_ignore_case (Trie *trie, Predicate *predicate);

/* The greatest number of prefixes of wildcards that one value can fit at once.  Stops counting when
 * it is above limit. */
bool trie_score (Trie *trie, unsigned limit, unsigned *out_score);
