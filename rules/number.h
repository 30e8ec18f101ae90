/* number.h: decimal numbers, compared by value and without loss.
 *
 * EventBridge compares two numbers only where both are comparable: the number is the shortest
 * decimal form of some finite double.  0.1 is, 9007199254740993 and 1e400 are not.  A comparable
 * number has at most 17 significant digits, so that it is kept as these digits and never becomes a
 * double.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct
{
  int sign;        /* -1, 0, 1 */
  int exponent;    /* the value is d.dddd × 10^exponent; 0 for zero */
  uint64_t digits; /* d.dddd without the point, always 17 digits; 0 for zero */
} Number;

/* Reads the text of a JSON number of any length.  False when it is not comparable; out is then
 * untouched. */
bool number_parse (const char *text, size_t length, Number *out);

/* Less than, equal to or greater than 0. */
int number_compare (const Number *a, const Number *b);

/* Sorts, smallest first, in time that grows with their count only.  spare: room for as many. */
void number_sort (Number *numbers, Number *spare, size_t count);
