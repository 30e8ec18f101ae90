/* pattern-reader.h: what the two halves of the pattern's parser share: pattern.c reads objects,
 * fields and $or, operator.c reads the alternatives of a field.  Private to these two.
 */
#pragma once

#include "error.h"
#include "json-reader.h"
#include "pattern.h"

/* Where in the pattern the reader is, for error pointers: a name, or an index when name is NULL. */
typedef struct Place Place;

struct Place
{
  const Place *above;
  const char *name;
  size_t n_name;
  size_t index;
};

typedef struct
{
  JsonReader reader;
  Arena *arena;
  RulesError *error;
  const Place *place;
  bool in_list; /* of anything-but: EventBridge says the position twice */
} PatternReader;

/* The next token; a mistake in the JSON is reported. */
bool pattern_next (PatternReader *self, JsonToken *out_token);

/* Refuses the pattern because of the current token. */
bool pattern_refuse (PatternReader *self, const char *hint, const char *format, ...)
    RULES_PRINTF (3, 4);

/* The same without a position in EventBridge's message. */
bool pattern_refuse_plainly (PatternReader *self, const char *hint, const char *format, ...)
    RULES_PRINTF (3, 4);

bool pattern_no_memory (PatternReader *self);

/* Sets the pointer of the error, which must not be NULL, to where the reader is. */
void pattern_set_pointer (PatternReader *self);

/* What the current string or name means.  Finishes the string. */
bool pattern_text (PatternReader *self, const char **out_bytes, size_t *out_length);

/* Reads the alternatives of a field, from behind the [ up to and with the ]. */
bool operator_read_alternatives (PatternReader *self, Predicate **out_first);

/* The text of the current token, as Jackson's getText() gives it. */
bool pattern_token_text (PatternReader *self,
                         JsonToken token,
                         const char **out_bytes,
                         size_t *out_length);

/* Reads the next token, which must close the match expression; reason is said when it does not. */
bool pattern_expect_end (PatternReader *self, const char *reason);

/* NULL when there is no memory, which is reported. */
Predicate *pattern_new_predicate (PatternReader *self, PredicateType type);

bool pattern_equals (const char *bytes, size_t length, const char *string);

/* ---- Between the files of the operators ------------------------------------------------------ */

#define TOO_MANY_ELEMENTS "Too many elements in numeric expression"

/* From behind the operator's name to the end of its expression. */
bool operator_read_numeric (PatternReader *self, Predicate *predicate);
bool operator_read_anything_but (PatternReader *self, Predicate *predicate);

/* Makes of a predicate's bytes what its type compares with. */
bool operator_prepare_text (PatternReader *self, Predicate *predicate);

/* Refuses a number that cannot be compared. */
bool operator_refuse_number (PatternReader *self, const char *text, size_t length);
