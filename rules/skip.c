/* skip.c: finding the end of an array or object, 64 bytes at a time where the machine can.
 *
 * In each block the quotes that are not escaped are paired, which tells the brackets inside strings
 * from the others.  A block with fewer closing brackets than are open cannot have the end in it.
 */
#include "skip.h"

const char *
skip_container_plain (const char *at, const char *end)
{
  size_t depth = 1;
  bool escaped;

  while (at < end)
    switch (*at++)
      {
      case '"':
        at = skip_to_quote (at, end, &escaped);
        if (at < end)
          at++;
        break;
      case '{':
      case '[':
        depth++;
        break;
      case '}':
      case ']':
        if (--depth == 0)
          return at;
        break;
      default:
        break;
      }
  return NULL;
}

/* What is carried from block to block. */
typedef struct
{
  size_t depth;
  uint64_t in_string; /* all ones inside a string */
  uint64_t escaped;   /* 1 when the first byte of the next block is */
} SkipState;

typedef struct
{
  uint64_t quotes, backslashes, openers, closers;
} SkipBlock;

/* The place of the end within the block, or 64. */
static inline unsigned
find_end (SkipState *state, const SkipBlock *block, uint64_t strings)
{
  uint64_t openers = block->openers & ~strings, closers = block->closers & ~strings;
  unsigned n_closers = (unsigned) __builtin_popcountll (closers);

  if (n_closers < state->depth)
    {
      state->depth += (unsigned) __builtin_popcountll (openers);
      state->depth -= n_closers;
      return 64;
    }
  for (; closers; closers &= closers - 1)
    {
      uint64_t upto = closers ^ (closers - 1);

      state->depth += (unsigned) __builtin_popcountll (openers & upto);
      openers &= ~upto;
      if (--state->depth == 0)
        return (unsigned) __builtin_ctzll (closers);
    }
  state->depth += (unsigned) __builtin_popcountll (openers);
  return 64;
}

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define SKIP_AVX2 __attribute__ ((target ("avx2,pclmul,popcnt,bmi")))

SKIP_AVX2 static inline uint64_t
bits_equal (__m256i low, __m256i high, char byte)
{
  __m256i wanted = _mm256_set1_epi8 (byte);
  uint32_t a = (uint32_t) _mm256_movemask_epi8 (_mm256_cmpeq_epi8 (low, wanted));
  uint32_t b = (uint32_t) _mm256_movemask_epi8 (_mm256_cmpeq_epi8 (high, wanted));

  return a | (uint64_t) b << 32;
}

SKIP_AVX2 static inline unsigned
skip_block_avx2 (const char *at, SkipState *state)
{
  __m256i low = _mm256_loadu_si256 ((const __m256i *) (const void *) at);
  __m256i high = _mm256_loadu_si256 ((const __m256i *) (const void *) (at + 32));
  __m256i bit = _mm256_set1_epi8 (0x20);
  __m256i low_brackets = _mm256_or_si256 (low, bit), high_brackets = _mm256_or_si256 (high, bit);
  SkipBlock block;
  __m128i pairs;
  uint64_t strings;

  block.quotes = bits_equal (low, high, '"');
  block.backslashes = bits_equal (low, high, '\\');
  block.openers = bits_equal (low_brackets, high_brackets, '{');
  block.closers = bits_equal (low_brackets, high_brackets, '}');
  block.quotes &= ~skip_find_escaped (block.backslashes, &state->escaped);
  pairs = _mm_clmulepi64_si128 (_mm_set_epi64x (0, (long long) block.quotes), _mm_set1_epi8 (-1),
                                0);
  strings = (uint64_t) _mm_cvtsi128_si64 (pairs) ^ state->in_string;
  state->in_string = (uint64_t) ((int64_t) strings >> 63);
  return find_end (state, &block, strings);
}

SKIP_AVX2 static const char *
skip_container_avx2 (const char *at, const char *end)
{
  SkipState state = { .depth = 1 };
  char last[64];
  unsigned place;

  for (; end - at >= 64; at += 64)
    if ((place = skip_block_avx2 (at, &state)) < 64)
      return at + place + 1;
  memset (last, ' ', sizeof last);
  memcpy (last, at, (size_t) (end - at));
  place = skip_block_avx2 (last, &state);
  return place < 64 ? at + place + 1 : NULL;
}

#endif

#if defined(__SSE2__)

/* Each bit becomes the parity of those up to it. */
static inline uint64_t
pair_quotes (uint64_t quotes)
{
  for (unsigned shift = 1; shift < 64; shift *= 2)
    quotes ^= quotes << shift;
  return quotes;
}

static inline unsigned
skip_block_sse2 (const char *at, SkipState *state)
{
  SkipBlock block = { 0 };
  uint64_t strings;

  for (unsigned i = 0; i < 4; i++)
    {
      __m128i bytes = _mm_loadu_si128 ((const __m128i *) (const void *) (at + 16 * i));
      __m128i brackets = _mm_or_si128 (bytes, _mm_set1_epi8 (0x20));
      unsigned shift = 16 * i;

#define BITS(vector, byte)                                                                         \
  ((uint64_t) (unsigned) _mm_movemask_epi8 (_mm_cmpeq_epi8 ((vector), _mm_set1_epi8 (byte)))       \
   << shift)
      block.quotes |= BITS (bytes, '"');
      block.backslashes |= BITS (bytes, '\\');
      block.openers |= BITS (brackets, '{');
      block.closers |= BITS (brackets, '}');
#undef BITS
    }
  block.quotes &= ~skip_find_escaped (block.backslashes, &state->escaped);
  strings = pair_quotes (block.quotes) ^ state->in_string;
  state->in_string = (uint64_t) ((int64_t) strings >> 63);
  return find_end (state, &block, strings);
}

static const char *
skip_container_sse2 (const char *at, const char *end)
{
  SkipState state = { .depth = 1 };
  char last[64];
  unsigned place;

  for (; end - at >= 64; at += 64)
    if ((place = skip_block_sse2 (at, &state)) < 64)
      return at + place + 1;
  memset (last, ' ', sizeof last);
  memcpy (last, at, (size_t) (end - at));
  place = skip_block_sse2 (last, &state);
  return place < 64 ? at + place + 1 : NULL;
}

#endif

SkipContainer
skip_container_choose (void)
{
#if defined(__x86_64__) && defined(__GNUC__)
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("pclmul"))
    return skip_container_avx2;
#endif
#if defined(__SSE2__)
  return skip_container_sse2;
#else
  return skip_container_plain;
#endif
}
