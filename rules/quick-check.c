/* quick-check.c: JSON's grammar on 64 bytes at a time.
 *
 * Each class of bytes is a mask with a bit for each byte of a block.  The grammar becomes
 * statements about which class may come next after which, white space left out, and about what a
 * number is made of; those are a few shifts and additions, where an addition carries a bit over a
 * run of ones: from the start of a run to behind its end.  What goes from one block into the next
 * are single bits.
 *
 * Only two things take a loop: brackets, which must be closed by their own kind, and what is rare
 * (escapes, true, false, null, text that is not ASCII).  Between two brackets all commas belong to
 * the same array or object: what follows each tells which of the two it must be.
 */
#include "quick-check.h"

#include "utf8.h"

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

/* The classes of a block's bytes. */
typedef struct
{
  uint64_t quote, backslash, control, blank, foreign;
  uint64_t object, object_end, array, array_end, comma, colon;
} Classes;

/* The classes that numbers are made of. */
typedef struct
{
  uint64_t digit, zero, minus, plus, dot, exponent;
} NumberClasses;

/* What is carried from block to block. */
typedef struct
{
  uint64_t in_string; /* all ones inside a string */
  /* The last block's masks, of which the highest bit counts: it is shifted in. */
  uint64_t after_value, after_object, after_array, after_comma; /* the next token follows it */
  uint64_t after_name, after_maybe;                             /* the next token follows it */
  uint64_t scalar, rest; /* the byte before is of a scalar, of a number */
  uint64_t minus, dot, exponent, sign, zero;
  /* Each 0 or 1, to be added. */
  uint64_t escaped;
  uint64_t name, maybe; /* the open string is a name, may be one */
  uint64_t whole, fraction, power;
  unsigned literal; /* bytes of a word that are still to come */
  unsigned depth;
  uint64_t objects; /* a bit for each level */
  uint64_t foreign; /* some byte was not ASCII */
  bool closed;
} Carries;

static inline uint64_t
shift_in (uint64_t bits, uint64_t *carry)
{
  uint64_t shifted = bits << 1 | *carry >> 63;

  *carry = bits;
  return shifted;
}

/* Behind the ends of the runs in which a start stands. */
static inline uint64_t
run_ends (uint64_t starts, uint64_t runs, uint64_t *carry)
{
  uint64_t sum;
  unsigned over = __builtin_add_overflow (runs, starts & runs, &sum);

  over |= __builtin_add_overflow (sum, *carry, &sum);
  *carry = over;
  return sum & ~runs;
}

/* The next byte after each bit that is not white space. */
static inline uint64_t
next_token (uint64_t bits, uint64_t blanks, uint64_t *carry)
{
  uint64_t next = shift_in (bits, carry), sum;
  bool over;

  if (!blanks)
    return next;
  over = __builtin_add_overflow (blanks, next & blanks, &sum);
  *carry |= (uint64_t) over << 63;
  return (next & ~blanks) | (sum & ~blanks);
}

/* The bytes that a backslash before them escapes. */
static inline uint64_t
find_escaped (uint64_t backslashes, uint64_t *carry)
{
  const uint64_t even = UINT64_C (0x5555555555555555);
  uint64_t follows, starts, ends;

  if (!backslashes)
    {
      uint64_t escaped = *carry;

      *carry = 0;
      return escaped;
    }
  backslashes &= ~*carry;
  follows = backslashes << 1 | *carry;
  starts = backslashes & ~even & ~follows;
  *carry = __builtin_add_overflow (starts, backslashes, &ends);
  return (even ^ ends << 1) & follows;
}

static bool
check_escapes (const char *text, size_t length, size_t base, uint64_t escaped)
{
  for (; escaped; escaped &= escaped - 1)
    {
      size_t at = base + (size_t) __builtin_ctzll (escaped);

      if (at >= length || text[at] == '\0' || !strchr ("\"\\/bfnrtu", text[at]))
        return false;
      for (size_t i = at + 1; text[at] == 'u' && i <= at + 4; i++)
        if (i >= length || !((text[i] >= '0' && text[i] <= '9') ||
                             ((text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'f')))
          return false;
    }
  return true;
}

/* Takes true, false and null out of the scalars; what then begins where no scalar began is wrong.
 */
static bool
take_literals (const char *text,
               size_t length,
               size_t base,
               uint64_t starts,
               Carries *carries,
               uint64_t *scalars)
{
  for (; starts; starts &= starts - 1)
    {
      unsigned bit = (unsigned) __builtin_ctzll (starts);
      const char *word = text + base + bit;
      size_t left = length - base - bit;
      unsigned n;

      if (left >= 4 && (memcmp (word, "true", 4) == 0 || memcmp (word, "null", 4) == 0))
        n = 4;
      else if (left >= 5 && memcmp (word, "false", 5) == 0)
        n = 5;
      else
        return false;
      *scalars &= ~(((UINT64_C (1) << n) - 1) << bit);
      if (bit + n > 64)
        carries->literal = bit + n - 64;
    }
  return true;
}

/* The same behind what is whole and behind what is a fraction, with exponents. */
static inline __attribute__ ((always_inline)) uint64_t
check_powers (const NumberClasses *c,
              uint64_t scalars,
              uint64_t whole_ends,
              uint64_t fraction_ends,
              Carries *carries)
{
  uint64_t exponents = (whole_ends | fraction_ends) & c->exponent;
  uint64_t power_starts = shift_in (exponents, &carries->exponent);
  uint64_t signs = power_starts & (c->plus | c->minus);
  uint64_t wrong = (whole_ends & scalars & ~(c->dot | c->exponent)) |
                   (fraction_ends & scalars & ~c->exponent);

  power_starts = (power_starts & ~signs) | shift_in (signs, &carries->sign);
  wrong |= power_starts & ~c->digit;
  return wrong | (run_ends (power_starts, c->digit, &carries->power) & scalars);
}

/* Returns what is wrong with the numbers. */
static inline __attribute__ ((always_inline)) uint64_t
check_numbers (const NumberClasses *c, uint64_t scalars, uint64_t starts, Carries *carries)
{
  uint64_t whole_starts = (starts & c->digit) | shift_in (starts & c->minus, &carries->minus);
  uint64_t wrong = (starts & ~(c->digit | c->minus)) | (whole_starts & ~c->digit);
  uint64_t whole_ends = run_ends (whole_starts, c->digit, &carries->whole);
  uint64_t dots = whole_ends & c->dot;
  uint64_t fraction_starts = shift_in (dots, &carries->dot);
  uint64_t fraction_ends = run_ends (fraction_starts, c->digit, &carries->fraction);
  uint64_t rare = scalars & ~(c->digit | c->minus | c->dot);

  wrong |= shift_in (whole_starts & c->zero, &carries->zero) & c->digit;
  wrong |= fraction_starts & ~c->digit;
  if (__builtin_expect (
          (rare | carries->exponent >> 63 | carries->sign >> 63 | carries->power) != 0, 0))
    return wrong | check_powers (c, scalars, whole_ends, fraction_ends, carries);
  return wrong | (whole_ends & scalars & ~c->dot) | (fraction_ends & scalars);
}

/* Goes through the brackets.  in_object, in_array: places that can only be there. */
static inline __attribute__ ((always_inline)) bool
check_brackets (uint64_t objects,
                uint64_t object_ends,
                uint64_t openers,
                uint64_t closers,
                uint64_t in_object,
                uint64_t in_array,
                uint64_t blanks,
                Carries *carries)
{
  uint64_t before = 0;

  for (uint64_t left = openers | closers; left; left &= left - 1)
    {
      uint64_t bit = left & -left, upto = bit | (bit - 1), here = upto & ~before;
      bool object = carries->objects & 1;

      if (carries->closed || (here & (object ? in_array : in_object)))
        return false;
      before = upto;
      if (openers & bit)
        {
          if (++carries->depth > QUICK_CHECK_DEPTH)
            return false;
          carries->objects = carries->objects << 1 | ((objects & bit) != 0);
        }
      else
        {
          if (object != ((object_ends & bit) != 0))
            return false;
          carries->objects >>= 1;
          if (--carries->depth == 0)
            {
              carries->closed = true;
              return (~blanks & ~upto) == 0;
            }
        }
    }
  return !((carries->objects & 1 ? in_array : in_object) & ~before);
}

/* The grammar, for one block whose classes are known.  strings: from an opening quote to before the
 * closing one. */
static inline __attribute__ ((always_inline)) bool
check_grammar (const char *text,
               size_t length,
               size_t base,
               Classes c,
               NumberClasses n,
               uint64_t strings,
               uint64_t escaped,
               Carries *carries)
{
  uint64_t outside = ~strings;
  uint64_t opening = c.quote & strings, closing = c.quote & outside, blanks = c.blank & outside;
  uint64_t openers = (c.object | c.array) & outside;
  uint64_t closers = (c.object_end | c.array_end) & outside;
  uint64_t commas = c.comma & outside, colons = c.colon & outside;
  uint64_t scalars = ~(strings | closing | blanks | openers | closers | commas | colons);
  uint64_t starts = scalars & ~shift_in (scalars, &carries->scalar);
  uint64_t after_value = next_token (closing | closers | scalars, blanks, &carries->after_value);
  uint64_t after_object = next_token (c.object & outside, blanks, &carries->after_object);
  uint64_t after_array = next_token (c.array & outside, blanks, &carries->after_array);
  uint64_t after_comma = next_token (commas, blanks, &carries->after_comma);
  uint64_t names = run_ends (opening & after_object, strings, &carries->name);
  uint64_t maybes = run_ends (opening & after_comma, strings, &carries->maybe);
  uint64_t after_name = next_token (names, blanks, &carries->after_name);
  uint64_t after_maybe = next_token (maybes, blanks, &carries->after_maybe);
  uint64_t wrong = (c.control & strings) | (c.foreign & outside) | (escaped & outside);
  uint64_t numbers = scalars, literals, number_starts;

  carries->foreign |= c.foreign;
  if (escaped && !check_escapes (text, length, base, escaped))
    return false;
  wrong |= (opening | starts | openers) & after_value;
  wrong |= (starts | openers) & after_object;
  wrong |= c.object_end & outside & ~(after_value | after_object);
  wrong |= c.array_end & outside & ~(after_value | after_array);
  wrong |= commas & ~after_value;
  wrong |= colons & ~(after_name | after_maybe);
  wrong |= after_name & ~colons;

  if (carries->literal)
    {
      numbers &= ~((UINT64_C (1) << carries->literal) - 1);
      carries->literal = 0;
    }
  literals = starts & ~(n.digit | n.minus);
  if (literals && !take_literals (text, length, base, literals, carries, &numbers))
    return false;
  n.digit &= numbers;
  number_starts = numbers & ~shift_in (numbers, &carries->rest);
  wrong |= number_starts & ~starts;
  wrong |= check_numbers (&n, numbers, number_starts, carries);
  if (wrong)
    return false;
  return check_brackets (c.object, c.object_end, openers, closers, colons & after_maybe,
                         (after_maybe & ~colons) | (after_comma & (starts | openers)), blanks,
                         carries);
}

/* ---- With AVX2 ------------------------------------------------------------------------------- */

#define QUICK_AVX2 __attribute__ ((target ("avx2,pclmul,popcnt,bmi")))

typedef struct
{
  __m256i low, high;
} Bytes;

QUICK_AVX2 static inline uint64_t
to_bits (__m256i low, __m256i high)
{
  return (uint32_t) _mm256_movemask_epi8 (low) | (uint64_t) (uint32_t) _mm256_movemask_epi8 (high)
                                                     << 32;
}

QUICK_AVX2 static inline uint64_t
equal (Bytes bytes, char byte)
{
  __m256i wanted = _mm256_set1_epi8 (byte);

  return to_bits (_mm256_cmpeq_epi8 (bytes.low, wanted), _mm256_cmpeq_epi8 (bytes.high, wanted));
}

/* Bytes up to a limit, unsigned. */
QUICK_AVX2 static inline uint64_t
at_most (Bytes bytes, char limit)
{
  __m256i most = _mm256_set1_epi8 (limit);

  return to_bits (_mm256_cmpeq_epi8 (_mm256_min_epu8 (bytes.low, most), bytes.low),
                  _mm256_cmpeq_epi8 (_mm256_min_epu8 (bytes.high, most), bytes.high));
}

QUICK_AVX2 static inline void
classify (Bytes bytes, Classes *c)
{
  c->quote = equal (bytes, '"');
  c->backslash = equal (bytes, '\\');
  c->control = at_most (bytes, 0x1F);
  c->blank = equal (bytes, ' ');
  if (c->control)
    c->blank |= equal (bytes, '\n') | equal (bytes, '\t') | equal (bytes, '\r');
  c->object = equal (bytes, '{');
  c->object_end = equal (bytes, '}');
  c->array = equal (bytes, '[');
  c->array_end = equal (bytes, ']');
  c->comma = equal (bytes, ',');
  c->colon = equal (bytes, ':');
  c->foreign = to_bits (bytes.low, bytes.high);
}

QUICK_AVX2 static inline void
classify_numbers (Bytes bytes, NumberClasses *c)
{
  Bytes moved = { _mm256_sub_epi8 (bytes.low, _mm256_set1_epi8 ('0')),
                  _mm256_sub_epi8 (bytes.high, _mm256_set1_epi8 ('0')) };
  __m256i bit = _mm256_set1_epi8 (0x20);
  Bytes folded = { _mm256_or_si256 (bytes.low, bit), _mm256_or_si256 (bytes.high, bit) };

  c->digit = at_most (moved, 9);
  c->zero = equal (bytes, '0');
  c->minus = equal (bytes, '-');
  c->dot = equal (bytes, '.');
  c->plus = equal (bytes, '+');
  c->exponent = equal (folded, 'e');
}

QUICK_AVX2 static inline uint64_t
pair_quotes (uint64_t quotes)
{
  return (uint64_t) _mm_cvtsi128_si64 (
      _mm_clmulepi64_si128 (_mm_set_epi64x (0, (long long) quotes), _mm_set1_epi8 (-1), 0));
}

QUICK_AVX2 static inline __attribute__ ((always_inline)) bool
check_block_avx2 (const char *text, size_t length, size_t base, const char *block, Carries *carries)
{
  Bytes bytes = { _mm256_loadu_si256 ((const __m256i *) (const void *) block),
                  _mm256_loadu_si256 ((const __m256i *) (const void *) (block + 32)) };
  uint64_t escaped, strings;
  NumberClasses n;
  Classes c;

  classify (bytes, &c);
  classify_numbers (bytes, &n);
  escaped = find_escaped (c.backslash, &carries->escaped);
  c.quote &= ~escaped;
  strings = pair_quotes (c.quote) ^ carries->in_string;
  carries->in_string = (uint64_t) ((int64_t) strings >> 63);
  return check_grammar (text, length, base, c, n, strings, escaped, carries);
}

static bool
check_utf8 (const char *text, size_t length)
{
  for (size_t i = 0; i < length;)
    {
      size_t n = (unsigned char) text[i] < 0x80 ? 1 : utf8_character (text + i, length - i);

      if (n == 0)
        return false;
      i += n;
    }
  return true;
}

/* Where the array or object begins, or length. */
static size_t
find_root (const char *text, size_t length)
{
  size_t at = 0;

  while (at < length &&
         (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r'))
    at++;
  return at < length && (text[at] == '{' || text[at] == '[') ? at : length;
}

/* So far ahead memory is asked for: it comes in late at the start of an event, where the machine
 * cannot foresee what is read next. */
#define AHEAD_BYTES 512u

/* The loop over the blocks; the last one may be empty, for what is carried into it. */
#define QUICK_LOOP(check_block)                                                                    \
  Carries carries = { 0 };                                                                         \
  char rest[64];                                                                                   \
                                                                                                   \
  for (size_t at = 64; at < AHEAD_BYTES; at += 64)                                                 \
    __builtin_prefetch (text + at);                                                                \
  for (size_t at = find_root (text, length);; at += 64)                                            \
    {                                                                                              \
      bool last = length - at < 64;                                                                \
      const char *block = text + at;                                                               \
                                                                                                   \
      __builtin_prefetch (block + AHEAD_BYTES);                                                    \
      if (last)                                                                                    \
        {                                                                                          \
          memset (rest, ' ', sizeof rest);                                                         \
          memcpy (rest, text + at, length - at);                                                   \
          block = rest;                                                                            \
        }                                                                                          \
      if (!check_block (text, length, at, block, &carries))                                        \
        return false;                                                                              \
      if (last)                                                                                    \
        break;                                                                                     \
    }                                                                                              \
  return carries.closed && (!carries.foreign || check_utf8 (text, length))

QUICK_AVX2 static bool
quick_check_avx2 (const char *text, size_t length)
{
  QUICK_LOOP (check_block_avx2);
}

/* ---- With AVX-512 ---------------------------------------------------------------------------- */

#define QUICK_AVX512 __attribute__ ((target ("avx512f,avx512bw,avx2,pclmul,popcnt,bmi")))

QUICK_AVX512 static inline __attribute__ ((always_inline)) uint64_t
equal_512 (__m512i bytes, char byte)
{
  return _mm512_cmpeq_epi8_mask (bytes, _mm512_set1_epi8 (byte));
}

QUICK_AVX512 static inline __attribute__ ((always_inline)) bool
check_block_avx512 (const char *text,
                    size_t length,
                    size_t base,
                    const char *block,
                    Carries *carries)
{
  __m512i bytes = _mm512_loadu_si512 (block);
  __m512i folded = _mm512_or_si512 (bytes, _mm512_set1_epi8 (0x20));
  uint64_t escaped, strings;
  NumberClasses n;
  Classes c;

  c.quote = equal_512 (bytes, '"');
  c.backslash = equal_512 (bytes, '\\');
  c.control = _mm512_cmple_epu8_mask (bytes, _mm512_set1_epi8 (0x1F));
  c.blank = equal_512 (bytes, ' ');
  if (c.control)
    c.blank |= equal_512 (bytes, '\n') | equal_512 (bytes, '\t') | equal_512 (bytes, '\r');
  c.object = equal_512 (bytes, '{');
  c.object_end = equal_512 (bytes, '}');
  c.array = equal_512 (bytes, '[');
  c.array_end = equal_512 (bytes, ']');
  c.comma = equal_512 (bytes, ',');
  c.colon = equal_512 (bytes, ':');
  c.foreign = _mm512_movepi8_mask (bytes);
  n.digit = _mm512_cmple_epu8_mask (_mm512_sub_epi8 (bytes, _mm512_set1_epi8 ('0')),
                                    _mm512_set1_epi8 (9));
  n.zero = equal_512 (bytes, '0');
  n.minus = equal_512 (bytes, '-');
  n.dot = equal_512 (bytes, '.');
  n.plus = equal_512 (bytes, '+');
  n.exponent = equal_512 (folded, 'e');
  escaped = find_escaped (c.backslash, &carries->escaped);
  c.quote &= ~escaped;
  strings = (uint64_t) _mm_cvtsi128_si64 (_mm_clmulepi64_si128 (
                _mm_set_epi64x (0, (long long) c.quote), _mm_set1_epi8 (-1), 0)) ^
            carries->in_string;
  carries->in_string = (uint64_t) ((int64_t) strings >> 63);
  return check_grammar (text, length, base, c, n, strings, escaped, carries);
}

QUICK_AVX512 static bool
quick_check_avx512 (const char *text, size_t length)
{
  QUICK_LOOP (check_block_avx512);
}

QuickCheck
quick_check_choose (void)
{
  if (!__builtin_cpu_supports ("avx2") || !__builtin_cpu_supports ("pclmul"))
    return NULL;
  return __builtin_cpu_supports ("avx512bw") ? quick_check_avx512 : quick_check_avx2;
}

#else

QuickCheck
quick_check_choose (void)
{
  return NULL;
}

#endif
