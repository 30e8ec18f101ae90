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

/* What is carried from block to block, each a single bit but for in_string. */
typedef struct
{
  uint64_t in_string; /* all ones inside a string */
  uint64_t escaped;
  uint64_t after_value, after_object, after_array, after_comma; /* the next token follows it */
  uint64_t after_name, after_maybe;                             /* the next token follows it */
  uint64_t name, maybe;  /* the open string is a name, may be one */
  uint64_t scalar, rest; /* the byte before is of a scalar, of a number */
  uint64_t minus, whole, dot, fraction, exponent, sign, power, zero;
  unsigned literal; /* bytes of a word that are still to come */
  unsigned depth;
  uint64_t objects; /* a bit for each level */
  bool closed;
} Carries;

static inline uint64_t
shift_in (uint64_t bits, uint64_t *carry)
{
  uint64_t shifted = bits << 1 | *carry;

  *carry = bits >> 63;
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
  uint64_t next = bits << 1 | *carry, sum;
  bool over;

  if (!blanks)
    {
      *carry = bits >> 63;
      return next;
    }
  over = __builtin_add_overflow (blanks, next & blanks, &sum);
  *carry = bits >> 63 | over;
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

/* Returns what is wrong with the numbers. */
static inline uint64_t
check_numbers (const NumberClasses *c, uint64_t scalars, uint64_t starts, Carries *carries)
{
  uint64_t whole_starts = (starts & c->digit) | shift_in (starts & c->minus, &carries->minus);
  uint64_t wrong = (starts & ~(c->digit | c->minus)) | (whole_starts & ~c->digit);
  uint64_t whole_ends = run_ends (whole_starts, c->digit, &carries->whole);
  uint64_t dots = whole_ends & c->dot;
  uint64_t fraction_starts = shift_in (dots, &carries->dot);
  uint64_t fraction_ends = run_ends (fraction_starts, c->digit, &carries->fraction);
  uint64_t exponents = (whole_ends | fraction_ends) & c->exponent;
  uint64_t power_starts = shift_in (exponents, &carries->exponent);
  uint64_t signs = power_starts & (c->plus | c->minus);
  uint64_t power_ends;

  wrong |= shift_in (whole_starts & c->zero, &carries->zero) & c->digit;
  power_starts = (power_starts & ~signs) | shift_in (signs, &carries->sign);
  power_ends = run_ends (power_starts, c->digit, &carries->power);
  wrong |= (fraction_starts | power_starts) & ~c->digit;
  wrong |= whole_ends & scalars & ~(c->dot | c->exponent);
  wrong |= fraction_ends & scalars & ~c->exponent;
  return wrong | (power_ends & scalars);
}

/* Goes through the brackets.  in_object, in_array: places that can only be there. */
static inline bool
check_brackets (const Classes *c,
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
          carries->objects = carries->objects << 1 | ((c->object & bit) != 0);
        }
      else
        {
          if (object != ((c->object_end & bit) != 0))
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
classify_numbers (Bytes bytes, uint64_t scalars, NumberClasses *c)
{
  Bytes moved = { _mm256_sub_epi8 (bytes.low, _mm256_set1_epi8 ('0')),
                  _mm256_sub_epi8 (bytes.high, _mm256_set1_epi8 ('0')) };
  __m256i bit = _mm256_set1_epi8 (0x20);
  Bytes folded = { _mm256_or_si256 (bytes.low, bit), _mm256_or_si256 (bytes.high, bit) };

  c->digit = at_most (moved, 9) & scalars;
  c->zero = equal (bytes, '0') & scalars;
  c->minus = equal (bytes, '-') & scalars;
  c->dot = equal (bytes, '.') & scalars;
  c->plus = c->exponent = 0;
  if (scalars & ~(c->digit | c->minus | c->dot))
    {
      c->plus = equal (bytes, '+') & scalars;
      c->exponent = equal (folded, 'e') & scalars;
    }
}

QUICK_AVX2 static inline uint64_t
pair_quotes (uint64_t quotes)
{
  return (uint64_t) _mm_cvtsi128_si64 (
      _mm_clmulepi64_si128 (_mm_set_epi64x (0, (long long) quotes), _mm_set1_epi8 (-1), 0));
}

QUICK_AVX2 static inline bool
check_block (const char *text, size_t length, size_t base, const char *block, Carries *carries)
{
  Bytes bytes = { _mm256_loadu_si256 ((const __m256i *) (const void *) block),
                  _mm256_loadu_si256 ((const __m256i *) (const void *) (block + 32)) };
  Classes c;
  uint64_t escaped, strings, opening, closing, blanks, structure, scalars, starts, openers, closers;
  uint64_t after_value, after_object, after_array, after_comma, after_name, after_maybe;
  uint64_t names, maybes, wrong, numbers, literals;

  classify (bytes, &c);
  escaped = find_escaped (c.backslash, &carries->escaped);
  c.quote &= ~escaped;
  strings = pair_quotes (c.quote) ^ carries->in_string;
  carries->in_string = (uint64_t) ((int64_t) strings >> 63);
  opening = c.quote & strings;
  closing = c.quote & ~strings;
  blanks = c.blank & ~strings;
  c.object &= ~strings;
  c.object_end &= ~strings;
  c.array &= ~strings;
  c.array_end &= ~strings;
  c.comma &= ~strings;
  c.colon &= ~strings;
  openers = c.object | c.array;
  closers = c.object_end | c.array_end;
  structure = openers | closers | c.comma | c.colon;
  scalars = ~(strings | closing | blanks | structure);
  wrong = (c.control & strings) | (c.foreign & ~strings) | (escaped & ~strings);
  if (escaped && !check_escapes (text, length, base, escaped))
    return false;

  starts = scalars & ~(scalars << 1 | carries->scalar);
  carries->scalar = scalars >> 63;
  after_value = next_token (closing | closers | scalars, blanks, &carries->after_value);
  after_object = next_token (c.object, blanks, &carries->after_object);
  after_array = next_token (c.array, blanks, &carries->after_array);
  after_comma = next_token (c.comma, blanks, &carries->after_comma);
  names = run_ends (opening & after_object, strings, &carries->name);
  maybes = run_ends (opening & after_comma, strings, &carries->maybe);
  after_name = next_token (names, blanks, &carries->after_name);
  after_maybe = next_token (maybes, blanks, &carries->after_maybe);
  wrong |= (opening | starts | openers) & after_value;
  wrong |= (starts | openers) & after_object;
  wrong |= c.object_end & ~(after_value | after_object);
  wrong |= c.array_end & ~(after_value | after_array);
  wrong |= c.comma & ~after_value;
  wrong |= c.colon & ~(after_name | after_maybe);
  wrong |= after_name & ~c.colon;

  numbers = scalars;
  if (carries->literal)
    {
      numbers &= ~((UINT64_C (1) << carries->literal) - 1);
      carries->literal = 0;
    }
  if (scalars | carries->rest | carries->minus | carries->dot | carries->exponent | carries->sign)
    {
      NumberClasses n;
      uint64_t number_starts;

      classify_numbers (bytes, scalars, &n);
      literals = starts & ~(n.digit | n.minus);
      if (literals && !take_literals (text, length, base, literals, carries, &numbers))
        return false;
      number_starts = numbers & ~(numbers << 1 | carries->rest);
      wrong |= number_starts & ~starts;
      n.digit &= numbers;
      wrong |= check_numbers (&n, numbers, number_starts, carries);
    }
  else
    carries->zero = carries->whole = carries->fraction = carries->power = 0;
  carries->rest = numbers >> 63;
  if (wrong)
    return false;
  return check_brackets (&c, openers, closers, c.colon & after_maybe,
                         (after_maybe & ~c.colon) | (after_comma & (starts | openers)), blanks,
                         carries);
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

QUICK_AVX2 static bool
is_ascii (const char *text, size_t length)
{
  __m256i all = _mm256_setzero_si256 ();
  size_t at = 0;
  unsigned char rest = 0;

  for (; length - at >= 32; at += 32)
    all = _mm256_or_si256 (all, _mm256_loadu_si256 ((const __m256i *) (const void *) (text + at)));
  for (; at < length; at++)
    rest |= (unsigned char) text[at];
  return !_mm256_movemask_epi8 (all) && rest < 0x80;
}

QUICK_AVX2 static bool
quick_check_avx2 (const char *text, size_t length)
{
  Carries carries = { 0 };
  char last[64];
  size_t at = 0;

  while (at < length &&
         (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r'))
    at++;
  if (at == length || (text[at] != '{' && text[at] != '['))
    return false;
  for (; length - at >= 64; at += 64)
    if (!check_block (text, length, at, text + at, &carries))
      return false;
  memset (last, ' ', sizeof last);
  memcpy (last, text + at, length - at);
  if (!check_block (text, length, at, last, &carries) || !carries.closed)
    return false;
  return is_ascii (text, length) || check_utf8 (text, length);
}

QuickCheck
quick_check_choose (void)
{
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("pclmul") ? quick_check_avx2
                                                                              : NULL;
}

#else

QuickCheck
quick_check_choose (void)
{
  return NULL;
}

#endif
