/* unique-names.h: says of most JSON texts quickly that no object has a name twice. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The text must be valid JSON, nested at most UNIQUE_NAMES_DEPTH deep.  True: no object has a name
 * twice.  False says nothing: names with escapes and very large objects are left to others. */
bool unique_names (const char *text, size_t length);

/* String by string: what unique_names() must agree with. */
bool unique_names_plain (const char *text, size_t length);

#define UNIQUE_NAMES_DEPTH 64u
