/* rest.c: looking for names in text that is not read.
 *
 * A place is looked at when a quote stands there and the first byte of a name behind it.
 */
#include "rest.h"

#include <stdint.h>
#include <string.h>

/* at: a quote. */
static bool
is_name (const char *at, const char *end, const RestName *names, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      const char *behind = at + 1 + names[i].length;

      if ((size_t) (end - at) > names[i].length + 1 && (*behind == '"' || *behind == '.') &&
          memcmp (at + 1, names[i].name, names[i].length) == 0)
        return true;
    }
  return false;
}

bool
rest_is_free_plain (const char *at, const char *end, const RestName *names, size_t count)
{
  for (; at < end; at++)
    if (*at == '\\' || (*at == '"' && is_name (at, end, names, count)))
      return false;
  return true;
}

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

/* starts: the bytes behind quotes that are the first of a name. */
static bool
are_names (const char *at, uint64_t starts, const char *end, const RestName *names, size_t count)
{
  for (; starts; starts &= starts - 1)
    if (is_name (at + __builtin_ctzll (starts) - 1, end, names, count))
      return true;
  return false;
}

#define REST_AVX2 __attribute__ ((target ("avx2,bmi")))

REST_AVX2 static bool
rest_is_free_avx2 (const char *at, const char *end, const RestName *names, size_t count)
{
  const __m256i quote = _mm256_set1_epi8 ('"'), backslash = _mm256_set1_epi8 ('\\');
  __m256i first[REST_NAMES];
  uint64_t carry = 0;

  for (size_t i = 0; i < count; i++)
    first[i] = _mm256_set1_epi8 (names[i].name[0]);
  for (; end - at >= 32; at += 32)
    {
      __m256i bytes = _mm256_loadu_si256 ((const __m256i *) (const void *) at);
      __m256i firsts = _mm256_setzero_si256 ();
      uint64_t quotes = (uint32_t) _mm256_movemask_epi8 (_mm256_cmpeq_epi8 (bytes, quote));

      if (_mm256_movemask_epi8 (_mm256_cmpeq_epi8 (bytes, backslash)))
        return false;
      for (size_t i = 0; i < count; i++)
        firsts = _mm256_or_si256 (firsts, _mm256_cmpeq_epi8 (bytes, first[i]));
      if (are_names (at, (quotes << 1 | carry) & (uint32_t) _mm256_movemask_epi8 (firsts), end,
                     names, count))
        return false;
      carry = quotes >> 31;
    }
  return rest_is_free_plain (at - carry, end, names, count);
}

#define REST_AVX512 __attribute__ ((target ("avx512f,avx512bw,bmi")))

REST_AVX512 static bool
rest_is_free_avx512 (const char *at, const char *end, const RestName *names, size_t count)
{
  const __m512i quote = _mm512_set1_epi8 ('"'), backslash = _mm512_set1_epi8 ('\\');
  __m512i first[REST_NAMES];
  uint64_t carry = 0;

  for (size_t i = 0; i < count; i++)
    first[i] = _mm512_set1_epi8 (names[i].name[0]);
  for (bool last = at == end; !last; at += last ? 0 : 64)
    {
      size_t left = (size_t) (end - at);
      __mmask64 there = left >= 64 ? ~UINT64_C (0) : (UINT64_C (1) << left) - 1;
      __m512i bytes = _mm512_maskz_loadu_epi8 (there, at);
      uint64_t quotes = _mm512_cmpeq_epi8_mask (bytes, quote), firsts = 0;

      if (_mm512_cmpeq_epi8_mask (bytes, backslash))
        return false;
      for (size_t i = 0; i < count; i++)
        firsts |= _mm512_cmpeq_epi8_mask (bytes, first[i]);
      if (are_names (at, (quotes << 1 | carry) & firsts, end, names, count))
        return false;
      carry = quotes >> 63;
      last = left <= 64;
    }
  return true;
}

RestIsFree
rest_is_free_choose (void)
{
  if (__builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("bmi"))
    return rest_is_free_avx512;
  return __builtin_cpu_supports ("avx2") ? rest_is_free_avx2 : rest_is_free_plain;
}

#else

RestIsFree
rest_is_free_choose (void)
{
  return rest_is_free_plain;
}

#endif
