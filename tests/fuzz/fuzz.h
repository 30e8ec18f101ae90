/* fuzz.h: what the fuzz targets share.  Needs libc only, as the rules library does.
 *
 * A target is one file with LLVMFuzzerTestOneInput().  Linked with libFuzzer it is a fuzzer, linked
 * with replay.c it runs its corpus once, in every ordinary test run.
 *
 * An input of several texts has a line "%%" between them, so that a corpus can be read and written
 * by hand. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Stays in release builds: what it says is what the target is for. */
#define FUZZ_CHECK(condition)                                                                      \
  do                                                                                               \
    if (!(condition))                                                                              \
      {                                                                                            \
        fprintf (stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);                 \
        abort ();                                                                                  \
      }                                                                                            \
  while (0)

typedef struct
{
  const char *text;
  size_t length;
} FuzzPart;

/* Cuts at the lines "%%" into at most max parts; the last keeps the rest.  Returns how many. */
static inline size_t
fuzz_split (const uint8_t *data, size_t size, FuzzPart *parts, size_t max)
{
  static const char line[] = "\n%%\n";
  const char *text = (const char *) data;
  const char *cut;
  size_t count = 0;

  for (; count + 1 < max && (cut = memmem (text, size, line, sizeof line - 1)) != NULL; count++)
    {
      parts[count] = (FuzzPart){ text, (size_t) (cut - text) };
      size -= parts[count].length + sizeof line - 1;
      text = cut + sizeof line - 1;
    }
  parts[count] = (FuzzPart){ text, size };
  return count + 1;
}

/* A copy that ends in NUL, up to the first NUL of the part; the caller's to free. */
static inline char *
fuzz_string (FuzzPart part)
{
  char *copy = strndup (part.text, part.length);

  FUZZ_CHECK (copy != NULL);
  return copy;
}
