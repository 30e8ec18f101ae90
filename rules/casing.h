/* casing.h: lower and upper case of one character, as "equals-ignore-case" needs them.
 *
 * Characters are UTF-16 units, because EventBridge's are: a character outside the Basic
 * Multilingual Plane is two units, and each of those, being no character, becomes '?'.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Three characters of three bytes. */
#define CASING_MAX_BYTES 9

/* One unit in both cases, as UTF-8.  Both are the same where there is but one. */
typedef struct
{
  unsigned char n_lower, n_upper;
  char lower[CASING_MAX_BYTES], upper[CASING_MAX_BYTES];
} CasedUnit;

/* Both cases of a character of the Basic Multilingual Plane, in no language in particular. */
void casing_of (uint32_t code_point, CasedUnit *out);

/* The units of well-formed UTF-8.  out has room for utf8_units() of them. */
void casing_of_text (const char *bytes, size_t length, CasedUnit *out);
