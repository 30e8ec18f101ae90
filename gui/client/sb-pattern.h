/* sb-pattern.h: an event pattern as rows of field, operator and values.
 *
 * A row is a field's array in the pattern.  What rows cannot say, such as $or or several operators
 * in one array, is a row too, with its JSON for value: nothing is lost on the way from text to rows
 * and back. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  SB_OPERATOR_IS, /* one of the values */
  SB_OPERATOR_IS_NOT,
  SB_OPERATOR_BEGINS,
  SB_OPERATOR_ENDS,
  SB_OPERATOR_LIKE, /* with * */
  SB_OPERATOR_IS_IGNORING_CASE,
  SB_OPERATOR_NUMBER,  /* comparisons: "> 100, <= 200" */
  SB_OPERATOR_ADDRESS, /* in a block: "10.0.0.0/8" */
  SB_OPERATOR_EXISTS,
  SB_OPERATOR_ABSENT,
  SB_OPERATOR_JSON, /* anything else, as it is */
  SB_N_OPERATORS,
} SbOperator;

typedef struct
{
  char *field;   /* "detail.order.total"; names with dots in them stand as they are */
  char *pointer; /* of its value in the pattern: "/detail/order/total" */
  SbOperator op;
  char *values; /* as one writes them: paid, "5", 5 */
} SbPatternRow;

void sb_pattern_row_free (SbPatternRow *row);

/* pattern: NULL or anything but an object has no rows.  GPtrArray of SbPatternRow, in order. */
GPtrArray *sb_pattern_rows (JsonNode *pattern);

/* The value of a field; NULL when the values cannot be read as the operator wants them. */
JsonNode *sb_pattern_value (SbOperator op, const char *values);

/* "detail.order.total" as a pointer. */
char *sb_pattern_pointer (const char *field);

/* "is one of", "begins with" … */
const char *sb_operator_words (SbOperator op);
/* What to write for it: "paid, sent", "> 100"; "" when it takes nothing. */
const char *sb_operator_example (SbOperator op);

G_END_DECLS
