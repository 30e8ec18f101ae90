/* unique-names.c: comparing the names of each object by their first bytes and lengths.
 *
 * The names of all objects that are open lie in one array, those of the innermost at its end. A
 * name is compared with those before it in its object only when one of them falls into the same of
 * 64 classes; objects with very many names are not for this file.
 */
#include "unique-names.h"

#include "skip.h"

#define MAX_OPEN_NAMES 512u
#define MAX_NAMES 64u /* of one object */

typedef struct
{
  const char *end; /* of the text */
  size_t n_names;
  size_t depth;
  size_t starts[UNIQUE_NAMES_DEPTH + 1];    /* where the names of each open object begin */
  uint64_t classes[UNIQUE_NAMES_DEPTH + 1]; /* a bit for each class that its names fall into */
  uint64_t heads[MAX_OPEN_NAMES];           /* the first eight bytes, mixed with the length */
  const char *names[MAX_OPEN_NAMES];
  size_t lengths[MAX_OPEN_NAMES];
} Names;

static void
begin_names (Names *self, const char *end)
{
  self->end = end;
  self->n_names = self->depth = 0;
  self->starts[0] = self->classes[0] = 0;
}

static inline bool
open_object (Names *self)
{
  if (self->depth == UNIQUE_NAMES_DEPTH)
    return false;
  self->starts[++self->depth] = self->n_names;
  self->classes[self->depth] = 0;
  return true;
}

static inline bool
close_object (Names *self)
{
  if (self->depth == 0)
    return false;
  self->n_names = self->starts[self->depth--];
  return true;
}

static bool
is_repeated (const Names *self, const char *name, size_t length, uint64_t head)
{
  for (size_t i = self->starts[self->depth]; i < self->n_names; i++)
    if (self->heads[i] == head && self->lengths[i] == length &&
        memcmp (self->names[i], name, length) == 0)
      return true;
  return false;
}

static inline bool
add_name (Names *self, const char *name, size_t length)
{
  size_t n = self->n_names;
  uint64_t head = 0, class;

  if (n == MAX_OPEN_NAMES || n - self->starts[self->depth] == MAX_NAMES)
    return false;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (self->end - name >= 8)
    {
      memcpy (&head, name, sizeof head);
      head &= length < 8 ? (UINT64_C (1) << (8 * length)) - 1 : UINT64_MAX;
    }
  else
#endif
    memcpy (&head, name, length < sizeof head ? length : sizeof head);
  head ^= (uint64_t) length << 56;
  class = UINT64_C (1) << (head * UINT64_C (0x9E3779B97F4A7C15) >> 58);
  if ((self->classes[self->depth] & class) && is_repeated (self, name, length, head))
    return false;
  self->classes[self->depth] |= class;
  self->heads[n] = head;
  self->names[n] = name;
  self->lengths[n] = length;
  self->n_names++;
  return true;
}

/* ---- String by string ------------------------------------------------------------------------ */

/* The next quote or brace, or end. */
static inline const char *
next_mark (const char *at, const char *end)
{
#if defined(__SSE2__)
  for (; end - at >= 16; at += 16)
    {
      __m128i bytes = _mm_loadu_si128 ((const __m128i *) (const void *) at);
      __m128i marks = _mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('"')),
                                    _mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('{')),
                                                  _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('}'))));
      unsigned mask = (unsigned) _mm_movemask_epi8 (marks);

      if (mask)
        return at + __builtin_ctz (mask);
    }
#endif
  while (at < end && *at != '"' && *at != '{' && *at != '}')
    at++;
  return at;
}

bool
unique_names_plain (const char *text, size_t length)
{
  const char *end = text + length;
  Names names;

  begin_names (&names, end);
  for (const char *at = next_mark (text, end); at < end; at = next_mark (at, end))
    if (*at == '{')
      {
        if (!open_object (&names))
          return false;
        at++;
      }
    else if (*at == '}')
      {
        if (!close_object (&names))
          return false;
        at++;
      }
    else
      {
        const char *name = at + 1, *after;
        bool escaped;

        at = skip_to_quote (name, end, &escaped);
        if (at == end)
          return false;
        after = skip_blanks (at + 1, end);
        if (after < end && *after == ':' &&
            (escaped || !add_name (&names, name, (size_t) (at - name))))
          return false;
        at++;
      }
  return true;
}

/* ---- Block by block -------------------------------------------------------------------------- */

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define NAMES_AVX2 __attribute__ ((target ("avx2,pclmul,bmi")))

/* What goes from one block of 64 bytes into the next. */
typedef struct
{
  uint64_t in_string;       /* all ones inside a string */
  uint64_t escaped;         /* 1 when the first byte is */
  const char *backslash;    /* the last one, or NULL */
  const char *open, *close; /* the quotes of the last string */
} NamesCarry;

NAMES_AVX2 static inline uint64_t
names_equal (__m256i low, __m256i high, char byte)
{
  __m256i wanted = _mm256_set1_epi8 (byte);

  return (uint32_t) _mm256_movemask_epi8 (_mm256_cmpeq_epi8 (low, wanted)) |
         (uint64_t) (uint32_t) _mm256_movemask_epi8 (_mm256_cmpeq_epi8 (high, wanted)) << 32;
}

/* The last of the places before a bit, or what was the last before this block. */
static inline const char *
last_before (const char *base, uint64_t places, uint64_t bit, const char *earlier)
{
  const char *found;

  places &= bit - 1;
  found = base + 63 - __builtin_clzll (places | 1);
  return places ? found : earlier;
}

/* base: where the block stands in the text.  A colon outside strings stands behind a name, which is
 * the last string before it. */
NAMES_AVX2 static inline bool
take_block (Names *names, const char *block, const char *base, NamesCarry *carry)
{
  __m256i low = _mm256_loadu_si256 ((const __m256i *) (const void *) block);
  __m256i high = _mm256_loadu_si256 ((const __m256i *) (const void *) (block + 32));
  uint64_t quotes = names_equal (low, high, '"');
  uint64_t colons = names_equal (low, high, ':'), openers = names_equal (low, high, '{');
  uint64_t closers = names_equal (low, high, '}'), backslashes = names_equal (low, high, '\\');
  uint64_t strings, opening, closing;

  carry->backslash = last_before (base, backslashes, 0, carry->backslash);
  if (backslashes | carry->escaped)
    quotes &= ~skip_find_escaped (backslashes, &carry->escaped);
  strings = (uint64_t) _mm_cvtsi128_si64 (_mm_clmulepi64_si128 (
                _mm_set_epi64x (0, (long long) quotes), _mm_set1_epi8 (-1), 0)) ^
            carry->in_string;
  carry->in_string = (uint64_t) ((int64_t) strings >> 63);
  opening = quotes & strings;
  closing = quotes & ~strings;
  openers &= ~strings;
  for (uint64_t left = ((colons | closers) & ~strings) | openers; left; left &= left - 1)
    {
      uint64_t bit = left & -left;

      if (bit & colons)
        {
          const char *open = last_before (base, opening, bit, carry->open);
          const char *close = last_before (base, closing, bit, carry->close);

          if (!open || close <= open ||
              (carry->backslash > open && memchr (open, '\\', (size_t) (close - open))) ||
              !add_name (names, open + 1, (size_t) (close - open) - 1))
            return false;
        }
      else if (!(bit & openers ? open_object (names) : close_object (names)))
        return false;
    }
  carry->open = last_before (base, opening, 0, carry->open);
  carry->close = last_before (base, closing, 0, carry->close);
  return true;
}

NAMES_AVX2 static bool
unique_names_avx2 (const char *text, size_t length)
{
  const char *at = text, *end = text + length;
  NamesCarry carry = { 0 };
  Names names;
  char rest[64];

  begin_names (&names, end);
  for (; end - at >= 64; at += 64)
    if (!take_block (&names, at, at, &carry))
      return false;
  memset (rest, ' ', sizeof rest);
  memcpy (rest, at, (size_t) (end - at));
  return take_block (&names, rest, at, &carry);
}

#endif

bool
unique_names (const char *text, size_t length)
{
#if defined(__x86_64__) && defined(__GNUC__)
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("pclmul"))
    return unique_names_avx2 (text, length);
#endif
  return unique_names_plain (text, length);
}
