/* utf8.h: the little of UTF-8 and UTF-16 that the language needs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the character at the first of these bytes, 0 when it is not well formed (RFC 3629). */
size_t utf8_character (const char *bytes, size_t length);

/* The code point of the well-formed character at bytes. */
uint32_t utf8_decode (const char *bytes, size_t character_length);

/* Writes 1 to 4 bytes, returns how many. */
size_t utf8_encode (uint32_t code_point, char *out);

/* How many UTF-16 units these bytes make.  Bytes that are not UTF-8 count one each. */
size_t utf8_units (const char *bytes, size_t length);
