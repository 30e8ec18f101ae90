/* casing.c: lower and upper case from a table, since the C library's depends on the locale. */
#include "casing.h"

#include "utf8.h"

#include <string.h>

typedef struct
{
  uint16_t first, last;
  uint16_t stride;
  int32_t delta;
} CasingRange;

typedef struct
{
  uint16_t code;
  uint16_t to[3]; /* 0 ends it early */
} CasingSpecial;

#include "casing-table.h"

#define LENGTH(array) (sizeof (array) / sizeof *(array))

static uint32_t
move (const CasingRange *ranges, size_t count, uint32_t code)
{
  size_t low = 0, high = count;

  while (low < high)
    {
      size_t middle = low + (high - low) / 2;

      if (ranges[middle].last < code)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == count || code < ranges[low].first ||
      (code - ranges[low].first) % ranges[low].stride != 0)
    return code;
  return (uint32_t) ((int32_t) code + ranges[low].delta);
}

static const CasingSpecial *
find_special (const CasingSpecial *specials, size_t count, uint32_t code)
{
  for (size_t i = 0; i < count; i++)
    if (specials[i].code == code)
      return specials + i;
  return NULL;
}

static unsigned char
write_case (uint32_t code,
            const CasingRange *ranges,
            size_t n_ranges,
            const CasingSpecial *specials,
            size_t n_specials,
            char *out)
{
  const CasingSpecial *special = find_special (specials, n_specials, code);
  size_t length = 0;

  if (!special)
    return (unsigned char) utf8_encode (move (ranges, n_ranges, code), out);
  for (size_t i = 0; i < LENGTH (special->to) && special->to[i]; i++)
    length += utf8_encode (special->to[i], out + length);
  return (unsigned char) length;
}

void
casing_of (uint32_t code_point, CasedUnit *out)
{
  out->n_lower = write_case (code_point, lower_ranges, LENGTH (lower_ranges), lower_specials,
                             LENGTH (lower_specials), out->lower);
  out->n_upper = write_case (code_point, upper_ranges, LENGTH (upper_ranges), upper_specials,
                             LENGTH (upper_specials), out->upper);
}

void
casing_of_text (const char *bytes, size_t length, CasedUnit *out)
{
  for (size_t i = 0; i < length;)
    {
      size_t n = utf8_character (bytes + i, length - i);

      if (n == 4)
        casing_of ('?', out++);
      casing_of (n == 4 ? '?' : utf8_decode (bytes + i, n), out++);
      i += n;
    }
}
