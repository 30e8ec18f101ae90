/* skip.h: over what no rule looks at, as fast as the machine allows.
 *
 * The text must be valid JSON for the places found to be right.  Whatever it is, nothing outside
 * [at, end) is read.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* From behind an opening bracket to behind the bracket that closes it; NULL when there is none. */
typedef const char *(*SkipContainer) (const char *at, const char *end);

/* The best one for this machine. */
SkipContainer skip_container_choose (void);

/* Byte by byte: what the others must agree with. */
const char *skip_container_plain (const char *at, const char *end);

static inline const char *
skip_blanks (const char *at, const char *end)
{
  while (at < end && (unsigned char) *at <= ' ')
    at++;
  return at;
}

/* From behind an opening quote to the closing one, or end. */
static inline const char *
skip_to_quote (const char *at, const char *end, bool *out_escaped)
{
  *out_escaped = false;
#if defined(__SSE2__)
  while (end - at >= 16)
    {
      __m128i bytes = _mm_loadu_si128 ((const __m128i *) (const void *) at);
      __m128i hits = _mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('"')),
                                   _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('\\')));
      unsigned mask = (unsigned) _mm_movemask_epi8 (hits);

      if (!mask)
        {
          at += 16;
          continue;
        }
      at += __builtin_ctz (mask);
      if (*at == '"')
        return at;
      *out_escaped = true;
      if (end - at < 2)
        return end;
      at += 2;
    }
#endif
  while (at < end && *at != '"')
    {
      if (*at == '\\')
        {
          *out_escaped = true;
          if (end - at < 2)
            return end;
          at++;
        }
      at++;
    }
  return at;
}

/* Behind a number, true, false or null. */
static inline const char *
skip_scalar (const char *at, const char *end)
{
#if defined(__SSE2__)
  while (end - at >= 16)
    {
      __m128i bytes = _mm_loadu_si128 ((const __m128i *) (const void *) at);
      __m128i blank = _mm_set1_epi8 (' ');
      __m128i closer = _mm_cmpeq_epi8 (_mm_or_si128 (bytes, blank), _mm_set1_epi8 ('}'));
      __m128i comma = _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 (','));
      __m128i space = _mm_cmpeq_epi8 (_mm_min_epu8 (bytes, blank), bytes);
      unsigned mask = (unsigned) _mm_movemask_epi8 (
          _mm_or_si128 (_mm_or_si128 (closer, comma), space));

      if (mask)
        return at + __builtin_ctz (mask);
      at += 16;
    }
#endif
  while (at < end && *at != ',' && *at != '}' && *at != ']' && (unsigned char) *at > ' ')
    at++;
  return at;
}

/* Of 64 bytes: those that a backslash before them escapes.  carry: 1 when the first one is escaped
 * from before; afterwards for the next 64. */
static inline uint64_t
skip_find_escaped (uint64_t backslashes, uint64_t *carry)
{
  const uint64_t even = UINT64_C (0x5555555555555555);
  uint64_t follows, odd_starts, ends;
  uint64_t overflow;

  if (!backslashes)
    {
      uint64_t escaped = *carry;

      *carry = 0;
      return escaped;
    }
  backslashes &= ~*carry;
  follows = backslashes << 1 | *carry;
  odd_starts = backslashes & ~even & ~follows;
  ends = odd_starts + backslashes;
  overflow = ends < odd_starts;
  *carry = overflow;
  return (even ^ ends << 1) & follows;
}
