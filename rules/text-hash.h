/* text-hash.h: hashes of texts, seeded, so that nobody who writes events or rules can make them
 * collide.
 *
 * A text is taken in words of eight bytes.  The state after each word is that of the prefix which
 * ends there, so that one pass over a value gives the hashes of all its prefixes; and the same from
 * the other end for suffixes.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define TEXT_HASH_A UINT64_C (0x9E3779B97F4A7C15)
#define TEXT_HASH_B UINT64_C (0xD6E8FEB86659FD93)

static inline uint64_t
text_hash_mix (uint64_t a, uint64_t b)
{
  unsigned __int128 product = (unsigned __int128) a * b;

  return (uint64_t) product ^ (uint64_t) (product >> 64);
}

static inline uint64_t
text_hash_word (const char *bytes)
{
  uint64_t word;

  memcpy (&word, bytes, sizeof word);
  return word;
}

/* Up to seven bytes, packed. */
static inline uint64_t
text_hash_tail (const char *bytes, size_t length)
{
  if (length >= 4)
    {
      uint32_t low, high;

      memcpy (&low, bytes, sizeof low);
      memcpy (&high, bytes + length - 4, sizeof high);
      return low | (uint64_t) high << (8 * (length - 4));
    }
  if (length == 0)
    return 0;
  return (uint64_t) (unsigned char) bytes[0] |
         (uint64_t) (unsigned char) bytes[length / 2] << (8 * (length / 2)) |
         (uint64_t) (unsigned char) bytes[length - 1] << (8 * (length - 1));
}

/* What a hash begins with: texts of different kinds or places do not meet. */
static inline uint64_t
text_hash_begin (uint64_t seed, uint32_t place, uint32_t kind)
{
  return text_hash_mix (seed ^ ((uint64_t) place << 8 | kind), TEXT_HASH_B);
}

static inline uint64_t
text_hash_step (uint64_t state, uint64_t word)
{
  return text_hash_mix (state ^ word, TEXT_HASH_A);
}

static inline uint64_t
text_hash_end (uint64_t state, uint64_t tail, size_t length)
{
  return text_hash_mix (state ^ tail ^ TEXT_HASH_A, TEXT_HASH_B ^ length);
}

static inline uint64_t
text_hash (uint64_t state, const char *bytes, size_t length)
{
  size_t at = 0;

  for (; length - at >= 8; at += 8)
    state = text_hash_step (state, text_hash_word (bytes + at));
  return text_hash_end (state, text_hash_tail (bytes + at, length - at), length);
}

/* The same text taken from its end. */
static inline uint64_t
text_hash_backward (uint64_t state, const char *bytes, size_t length)
{
  size_t left = length;

  for (; left >= 8; left -= 8)
    state = text_hash_step (state, text_hash_word (bytes + left - 8));
  return text_hash_end (state, text_hash_tail (bytes, left), length);
}
