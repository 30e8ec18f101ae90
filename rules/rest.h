/* rest.h: whether the rest of an event can be left unread although names may occur twice.
 *
 * When every path that rules name has been seen, more values can only come of members that are
 * called the same again.  That they are not there is found out faster than by reading.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* At most so many names, each of 1 to REST_NAME_BYTES bytes. */
#define REST_NAMES 8u
#define REST_NAME_BYTES 64u

typedef struct
{
  const char *name;
  size_t length;
} RestName;

/* True: between at and end there is no string that is one of the names or begins with one and a
 * dot.  False says nothing; a backslash makes it false too, because a name may be spelt in many
 * ways with those.  Reads nothing outside the text. */
typedef bool (*RestIsFree) (const char *at, const char *end, const RestName *names, size_t count);

/* The best one for this machine. */
RestIsFree rest_is_free_choose (void);

/* Byte by byte: what the others must agree with. */
bool rest_is_free_plain (const char *at, const char *end, const RestName *names, size_t count);
