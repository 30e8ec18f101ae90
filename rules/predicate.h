/* predicate.h: one alternative of a field, and whether a value of an event satisfies it.
 *
 * A predicate never changes once made; its memory belongs to the arena of its set.
 */
#pragma once

#include "address.h"
#include "casing.h"
#include "glob.h"
#include "number.h"
#include "rules.h"

typedef enum
{
  PREDICATE_STRING,  /* this string */
  PREDICATE_NUMBER,  /* this number in any spelling, or this very text */
  PREDICATE_LITERAL, /* null, true or false */
  PREDICATE_ADDRESS, /* a string that is an address, or a block of addresses */
  PREDICATE_PREFIX,
  PREDICATE_SUFFIX,
  PREDICATE_WILDCARD,
  PREDICATE_IGNORE_CASE, /* this string, whatever its case */
  PREDICATE_PREFIX_IGNORE_CASE,
  PREDICATE_SUFFIX_IGNORE_CASE,
  PREDICATE_RANGE, /* a number between two others */
  PREDICATE_EXISTS,
  PREDICATE_ABSENT,       /* holds for no value, but where there is none */
  PREDICATE_ANYTHING_BUT, /* none of the excluded ones holds */
} PredicateType;

/* One side of a range. */
typedef struct
{
  bool present; /* or unbounded */
  bool included;
  Number number;
} Bound;

/* What may stand before a unit of an ignore-case text; see trie.h. */
typedef enum
{
  GAP_NONE,
  GAP_ANY,  /* any bytes */
  GAP_SOME, /* any bytes, at least one */
} Gap;

typedef struct Predicate Predicate;

struct Predicate
{
  PredicateType type;
  Predicate *next;       /* the alternative, or the excluded one, behind this one */
  size_t start, length;  /* its own text in the pattern */
  const char *operator_; /* as the pattern writes it; NULL for a plain value */

  const char *bytes; /* text as decoded; of a number as written */
  size_t n_bytes;
  RulesJsonType literal;  /* PREDICATE_LITERAL */
  bool comparable;        /* PREDICATE_NUMBER: bottom.number holds its value */
  Bound bottom, top;      /* PREDICATE_RANGE */
  AddressBlock block;     /* PREDICATE_ADDRESS */
  bool no_numbers;        /* PREDICATE_ADDRESS: comparable numbers are not taken for addresses */
  Glob glob;              /* PREDICATE_WILDCARD */
  const CasedUnit *units; /* …_IGNORE_CASE */
  size_t n_units;
  const Gap *gaps;     /* NULL, or one before each unit and one behind the last */
  bool backward;       /* with gaps: the units go from the end of the value to its start */
  Predicate *excluded; /* PREDICATE_ANYTHING_BUT */
  /* NULL, or the excluded ones in the order of predicate_order(): all are texts, or all numbers. */
  const Predicate **sorted;
  size_t n_sorted;
};

/* A value of an event that is neither object nor array. */
typedef struct
{
  RulesJsonType type;
  const char *bytes; /* of a string what it means, of anything else its text */
  size_t n_bytes;
  bool comparable; /* a number, and number is set */
  Number number;
  Address address; /* n_digits is 0 when the value is no string that is an address */
} Value;

/* Whether those that an anything-but excludes can be put in an order: all plain texts, or all
 * numbers. */
bool predicate_can_sort (const Predicate *predicate);

/* Less than, equal to or greater than 0, of two such. */
int predicate_order (const Predicate *a, const Predicate *b);

/* Everything but PREDICATE_ABSENT, which no value satisfies. */
bool predicate_holds (const Predicate *predicate, const Value *value);

/* Whether two predicates mean the same because they are written with the same words. */
bool predicate_equal (const Predicate *a, const Predicate *b);
