/* quick-check.c: JSON's grammar on 64 bytes at a time.
 *
 * Each class of bytes is a mask with a bit for each byte of a block.  The grammar becomes
 * statements about which class may come next after which, white space left out, about which of
 * brackets, commas and colons may come next after which, whatever lies between, and about the
 * bytes beside each byte of a number.  Those are a few shifts and additions, where an addition
 * carries a bit over a run of ones: from the start of a run to behind its end.  Each
 * block begins with the last byte of the one before, so that what stands beside a byte is mostly
 * there; nothing is said about that first byte again.  What goes from one block into the next
 * besides are single bits.
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

#define ALWAYS_INLINE inline __attribute__ ((always_inline))

/* The classes of a block's bytes. */
typedef struct
{
  uint64_t quote, backslash, control, blank;
  uint64_t opener, closer, comma, colon;
  uint64_t curly; /* of brackets: { or } */
  uint64_t digit, zero, minus, dot;
} Classes;

/* From block to block. */
#define STEP 63u
#define FIRST UINT64_C (1) /* the byte that was the last one of the block before */

/* What is carried from block to block. */
typedef struct
{
  uint64_t in_string; /* all ones inside a string */
  uint64_t foreign;   /* not 0: some byte was not ASCII */
  uint64_t levels;    /* 1, and below it a bit for each open bracket, 1 for an object */
  const char *end;    /* when all are closed: behind the last one */
  /* Each 0 or 1, for the first byte. */
  uint64_t escaped;
  uint64_t comma, object; /* it lies between a comma, a { and the next separator */
  uint64_t fraction;      /* it is a digit and lies behind a dot */
  uint64_t zero;          /* it is a leading zero */
} Carries;

/* The same for what is rare. */
typedef struct
{
  unsigned literal; /* bytes of a word, from the first byte on */
  uint64_t power;   /* the first byte is of an exponent */
  /* The first byte is a blank, and the last that is none is one of these. */
  uint64_t string_end, value_end, opener;
} RareCarries;

/* Behind the ends of the runs in which a start stands. */
static ALWAYS_INLINE uint64_t
run_ends (uint64_t starts, uint64_t runs, uint64_t *carry)
{
  unsigned long long sum;

  *carry = _addcarry_u64 ((unsigned char) *carry, runs, starts & runs, &sum);
  return sum & ~runs;
}

/* The next separator after each bit, which is one itself. */
static ALWAYS_INLINE uint64_t
next_separator (uint64_t bits, uint64_t separators, uint64_t *carry)
{
  unsigned long long sum;

  *carry = _addcarry_u64 ((unsigned char) *carry, bits << 1, ~separators, &sum);
  return sum & separators;
}

/* The next byte after each bit that is not white space. */
static ALWAYS_INLINE uint64_t
next_token (uint64_t bits, uint64_t blanks, uint64_t *carry)
{
  uint64_t next = (bits | *carry) << 1, sum;

  *carry = __builtin_add_overflow (blanks, next & blanks, &sum);
  return (next | sum) & ~blanks;
}

/* The bytes that a backslash before them escapes. */
static ALWAYS_INLINE uint64_t
find_escaped (uint64_t backslashes, uint64_t *carry)
{
  const uint64_t even = UINT64_C (0x5555555555555555);
  uint64_t escaped = *carry, follows, starts;

  if (backslashes)
    {
      backslashes &= ~escaped;
      follows = backslashes << 1 | escaped;
      starts = backslashes & ~even & ~follows;
      escaped = (even ^ (starts + backslashes) << 1) & follows;
    }
  *carry = escaped >> 63;
  return escaped;
}

static __attribute__ ((noinline)) bool
check_escapes (const char *block, size_t left, uint64_t escaped)
{
  for (; escaped; escaped &= escaped - 1)
    {
      size_t at = (size_t) __builtin_ctzll (escaped);

      if (at >= left || block[at] == '\0' || !strchr ("\"\\/bfnrtu", block[at]))
        return false;
      for (size_t i = at + 1; block[at] == 'u' && i <= at + 4; i++)
        if (i >= left || !((block[i] >= '0' && block[i] <= '9') ||
                           ((block[i] | 0x20) >= 'a' && (block[i] | 0x20) <= 'f')))
          return false;
    }
  return true;
}

/* ---- Scalars --------------------------------------------------------------------------------- */

/* Takes true, false and null out of the scalars, which begin at these places. */
static __attribute__ ((noinline)) bool
take_words (const char *block, size_t left, uint64_t starts, RareCarries *rare, uint64_t *scalars)
{
  *scalars &= ~((UINT64_C (1) << rare->literal) - 1);
  if (rare->literal && (*scalars >> rare->literal & 1))
    return false;
  rare->literal = 0;
  for (; starts; starts &= starts - 1)
    {
      unsigned bit = (unsigned) __builtin_ctzll (starts), n, end;
      const char *word = block + bit;

      if (left - bit >= 4 && (memcmp (word, "true", 4) == 0 || memcmp (word, "null", 4) == 0))
        n = 4;
      else if (left - bit >= 5 && memcmp (word, "false", 5) == 0)
        n = 5;
      else
        return false;
      end = bit + n;
      *scalars &= ~(((UINT64_C (1) << n) - 1) << bit);
      if (end > STEP)
        rare->literal = end - STEP;
      else if (*scalars >> end & 1)
        return false;
    }
  return true;
}

/* What numbers are made of. */
typedef struct
{
  uint64_t digits, minuses, dots;
} Numbers;

/* What is wrong with the exponents; takes their signs out of the minuses.  odd: what else is in the
 * numbers. */
static __attribute__ ((noinline)) uint64_t
check_exponents (const char *block, Numbers *n, uint64_t odd, RareCarries *rare)
{
  uint64_t pluses = 0, exponents = 0, wrong;

  for (uint64_t left = odd; left; left &= left - 1)
    {
      unsigned bit = (unsigned) __builtin_ctzll (left);

      pluses |= (uint64_t) (block[bit] == '+') << bit;
      exponents |= (uint64_t) ((block[bit] | 0x20) == 'e') << bit;
    }
  wrong = odd & ~(pluses | exponents);
  wrong |= pluses & ~(exponents << 1);
  wrong |= pluses << 1 & ~n->digits;
  wrong |= exponents & ~(n->digits << 1);
  wrong |= exponents << 1 & ~(n->digits | n->minuses | pluses);
  wrong |= run_ends (exponents << 1, n->digits | n->minuses | pluses, &rare->power) &
           (n->dots | exponents);
  n->minuses &= ~(exponents << 1);
  return wrong;
}

/* What is wrong with the scalars. */
static ALWAYS_INLINE uint64_t
check_scalars (const char *block,
               size_t left,
               const Classes *c,
               uint64_t scalars,
               Carries *carries,
               RareCarries *rare)
{
  uint64_t starts = scalars & ~(scalars << 1) & ~FIRST, words = starts & ~(c->digit | c->minus);
  uint64_t wrong = 0, behind_minus, behind_dot, zeros;
  Numbers n;

  if (__builtin_expect (words || rare->literal, 0))
    {
      uint64_t numbers = scalars;

      if (!take_words (block, left, words, rare, &numbers))
        return ~UINT64_C (0);
      scalars = numbers;
    }
  n = (Numbers){ c->digit & scalars, c->minus & scalars, c->dot & scalars };
  behind_minus = n.minuses << 1;
  behind_dot = n.dots << 1;
  words = scalars & ~(n.digits | n.minuses | n.dots);
  if (__builtin_expect (words || rare->power, 0))
    {
      Numbers odd = n;

      wrong = check_exponents (block, &odd, words, rare);
      n.minuses = odd.minuses;
    }
  wrong |= n.minuses & ~starts;
  wrong |= (behind_minus | behind_dot) & ~n.digits;
  wrong |= n.dots & ~(n.digits << 1);
  wrong |= run_ends (behind_dot, n.digits, &carries->fraction) & n.dots;
  zeros = (c->zero & (starts | n.minuses << 1)) | carries->zero;
  carries->zero = zeros >> 63;
  return wrong | (zeros << 1 & n.digits);
}

/* ---- Brackets -------------------------------------------------------------------------------- */

/* Goes through the brackets.  in_object, in_array: places that can only be there. */
static ALWAYS_INLINE bool
check_brackets (const char *block,
                uint64_t curlies,
                uint64_t openers,
                uint64_t closers,
                uint64_t in_object,
                uint64_t in_array,
                Carries *carries)
{
  uint64_t before = 0, levels = carries->levels, wrong = 0;

  for (uint64_t left = openers | closers; left; left &= left - 1)
    {
      uint64_t bit = left & -left, upto = bit | (bit - 1);
      uint64_t object = levels & 1, curly = (curlies & bit) != 0;

      wrong |= (object ? in_array : in_object) & upto & ~before;
      before = upto;
      if (openers & bit)
        {
          if (levels >> 63)
            return false;
          levels = levels << 1 | curly;
          continue;
        }
      wrong |= object ^ curly;
      levels >>= 1;
      if (levels == 1)
        {
          carries->end = block + __builtin_ctzll (bit) + 1;
          return !wrong;
        }
    }
  carries->levels = levels;
  return !(wrong | ((levels & 1 ? in_array : in_object) & ~before));
}

/* The grammar, for one block whose classes are known.  strings: from an opening quote to before the
 * closing one.  left: how much text there is from the block on. */
static ALWAYS_INLINE bool
check_grammar (const char *block,
               size_t left,
               const Classes *c,
               uint64_t strings,
               uint64_t escaped,
               Carries *carries,
               RareCarries *rare)
{
  uint64_t outside = ~strings;
  uint64_t openings = c->quote & strings, closings = c->quote & outside;
  uint64_t openers = c->opener & outside, closers = c->closer & outside;
  uint64_t commas = c->comma & outside, colons = c->colon & outside;
  uint64_t blanks = c->blank & outside, separators = openers | closers | commas | colons;
  uint64_t scalars = ~(strings | closings | separators | blanks);
  uint64_t values = closers | scalars | closings, wrong = c->control & strings;
  uint64_t after_string = closings << 1, after_value = values << 1, empty = openers << 1;
  uint64_t after_comma, after_object;

  if (escaped && !check_escapes (block, left, escaped))
    return false;
  if (blanks)
    {
      after_string = next_token (closings, blanks, &rare->string_end);
      after_value = next_token (values, blanks, &rare->value_end);
      empty = next_token (openers, blanks, &rare->opener);
    }
  empty &= closers;
  after_comma = next_separator (commas, separators, &carries->comma);
  after_object = next_separator (openers & c->curly, separators, &carries->object);
  wrong |= (openings | (scalars & ~(scalars << 1)) | openers) & after_value;
  wrong |= (commas | closers) & ~(after_value | empty);
  wrong |= colons & ~(after_string & (after_comma | after_object));
  wrong |= after_object & ~(colons | empty);
  if (scalars)
    wrong |= check_scalars (block, left, c, scalars, carries, rare);
  else
    carries->zero = carries->fraction = 0;
  if (wrong & ~FIRST)
    return false;
  return check_brackets (block, c->curly, openers & ~FIRST, closers & ~FIRST,
                         colons & after_comma & ~FIRST, after_comma & ~colons & ~FIRST, carries);
}

/* ---- With AVX2 ------------------------------------------------------------------------------- */

#define QUICK_AVX2 __attribute__ ((target ("avx2,pclmul,popcnt,bmi")))

/* Vectors of one byte each.  They are hidden from the compiler, which would make each of them anew
 * for every block. */
typedef struct
{
  __m256i quote, backslash, space, opener, closer, comma, colon, zero, minus, dot, nine, control;
} Wanted256;

QUICK_AVX2 static ALWAYS_INLINE __m256i
all_256 (char byte)
{
  __m256i all = _mm256_set1_epi8 (byte);

  __asm__("" : "+x"(all));
  return all;
}

typedef struct
{
  __m256i low, high;
} Bytes;

QUICK_AVX2 static ALWAYS_INLINE uint64_t
to_bits (__m256i low, __m256i high)
{
  return (uint32_t) _mm256_movemask_epi8 (low) | (uint64_t) (uint32_t) _mm256_movemask_epi8 (high)
                                                     << 32;
}

QUICK_AVX2 static ALWAYS_INLINE uint64_t
equal_256 (Bytes bytes, __m256i wanted)
{
  return to_bits (_mm256_cmpeq_epi8 (bytes.low, wanted), _mm256_cmpeq_epi8 (bytes.high, wanted));
}

/* Bytes up to a limit, unsigned. */
QUICK_AVX2 static ALWAYS_INLINE uint64_t
at_most_256 (Bytes bytes, __m256i most)
{
  return to_bits (_mm256_cmpeq_epi8 (_mm256_min_epu8 (bytes.low, most), bytes.low),
                  _mm256_cmpeq_epi8 (_mm256_min_epu8 (bytes.high, most), bytes.high));
}

QUICK_AVX2 static ALWAYS_INLINE Classes
classify_256 (Bytes bytes, const Wanted256 *w)
{
  Bytes folded = { _mm256_or_si256 (bytes.low, w->space), _mm256_or_si256 (bytes.high, w->space) };
  Bytes moved = { _mm256_sub_epi8 (bytes.low, w->zero), _mm256_sub_epi8 (bytes.high, w->zero) };
  Classes c = {
    .quote = equal_256 (bytes, w->quote),
    .backslash = equal_256 (bytes, w->backslash),
    .control = at_most_256 (bytes, w->control),
    .blank = equal_256 (bytes, w->space),
    .opener = equal_256 (folded, w->opener),
    .closer = equal_256 (folded, w->closer),
    .curly = to_bits (_mm256_slli_epi16 (bytes.low, 2), _mm256_slli_epi16 (bytes.high, 2)),
    .comma = equal_256 (bytes, w->comma),
    .colon = equal_256 (bytes, w->colon),
    .digit = at_most_256 (moved, w->nine),
    .zero = equal_256 (bytes, w->zero),
    .minus = equal_256 (bytes, w->minus),
    .dot = equal_256 (bytes, w->dot),
  };

  if (c.control)
    c.blank |= equal_256 (bytes, _mm256_set1_epi8 ('\n')) |
               equal_256 (bytes, _mm256_set1_epi8 ('\t')) |
               equal_256 (bytes, _mm256_set1_epi8 ('\r'));
  return c;
}

/* copy: the block, or where it is padded. */
QUICK_AVX2 static ALWAYS_INLINE bool
check_block_256 (const char *block,
                 size_t left,
                 const char *copy,
                 const Wanted256 *wanted,
                 Carries *carries,
                 RareCarries *rare)
{
  Bytes bytes = { _mm256_loadu_si256 ((const __m256i *) (const void *) copy),
                  _mm256_loadu_si256 ((const __m256i *) (const void *) (copy + 32)) };
  Classes c = classify_256 (bytes, wanted);
  uint64_t escaped = find_escaped (c.backslash, &carries->escaped), strings;

  carries->foreign |= to_bits (bytes.low, bytes.high);
  c.quote &= ~escaped;
  strings = (uint64_t) _mm_cvtsi128_si64 (_mm_clmulepi64_si128 (
                _mm_set_epi64x (0, (long long) c.quote), _mm_set1_epi8 (-1), 0)) ^
            carries->in_string;
  carries->in_string = (uint64_t) ((int64_t) (strings << 1) >> 63);
  return check_grammar (block, left, &c, strings, escaped, carries, rare);
}

/* The next byte that is not ASCII, or length. */
static size_t
find_foreign (const char *text, size_t length, size_t at)
{
  for (; length - at >= 16; at += 16)
    {
      unsigned mask = (unsigned) _mm_movemask_epi8 (
          _mm_loadu_si128 ((const __m128i *) (const void *) (text + at)));

      if (mask)
        return at + (size_t) __builtin_ctz (mask);
    }
  while (at < length && (unsigned char) text[at] < 0x80)
    at++;
  return at;
}

static bool
check_utf8 (const char *text, size_t length)
{
  size_t at = 0;

  while ((at = find_foreign (text, length, at)) < length)
    /* Where there is one, others often follow. */
    do
      {
        size_t n = utf8_character (text + at, length - at);

        if (n == 0)
          return false;
        at += n;
      }
    while (at < length && (unsigned char) text[at] >= 0x80);
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

static ALWAYS_INLINE void
begin_reading (const char *text)
{
  for (size_t at = 64; at < AHEAD_BYTES; at += 64)
    __builtin_prefetch (text + at);
}

/* What is left when all brackets are closed. */
static bool
check_rest (const char *text, size_t length, const Carries *carries)
{
  const char *at = carries->end, *end = text + length;

  while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
    at++;
  return at == end && (!carries->foreign || check_utf8 (text, length));
}

/* The first bracket is the first byte of the first block. */
static ALWAYS_INLINE Carries
begin (const char *text, size_t root)
{
  return (Carries){ .levels = 2 | (text[root] == '{') };
}

QUICK_AVX2 static bool
quick_check_avx2 (const char *text, size_t length)
{
  const Wanted256 wanted = {
    .quote = all_256 ('"'),
    .backslash = all_256 ('\\'),
    .space = all_256 (' '),
    .opener = all_256 ('{'),
    .closer = all_256 ('}'),
    .comma = all_256 (','),
    .colon = all_256 (':'),
    .zero = all_256 ('0'),
    .minus = all_256 ('-'),
    .dot = all_256 ('.'),
    .nine = all_256 (9),
    .control = all_256 (0x1F),
  };
  size_t at = find_root (text, length);
  RareCarries rare = { 0 };
  Carries carries;
  char last[64];

  begin_reading (text);
  if (at == length)
    return false;
  carries = begin (text, at);
  for (; length - at >= 64 && !carries.end; at += STEP)
    {
      __builtin_prefetch (text + at + AHEAD_BYTES);
      if (!check_block_256 (text + at, length - at, text + at, &wanted, &carries, &rare))
        return false;
    }
  if (!carries.end)
    {
      memset (last, ' ', sizeof last);
      memcpy (last, text + at, length - at);
      if (!check_block_256 (text + at, length - at, last, &wanted, &carries, &rare))
        return false;
    }
  return carries.end && check_rest (text, length, &carries);
}

/* ---- With AVX-512 ---------------------------------------------------------------------------- */

#define QUICK_AVX512 __attribute__ ((target ("avx512f,avx512bw,avx2,pclmul,popcnt,bmi")))

typedef struct
{
  __m512i quote, backslash, space, opener, closer, comma, colon, zero, minus, dot, nine, control;
} Wanted512;

QUICK_AVX512 static ALWAYS_INLINE __m512i
all_512 (char byte)
{
  __m512i all = _mm512_set1_epi8 (byte);

  __asm__("" : "+v"(all));
  return all;
}

QUICK_AVX512 static ALWAYS_INLINE Classes
classify_512 (__m512i bytes, const Wanted512 *w)
{
  __m512i folded = _mm512_or_si512 (bytes, w->space);
  Classes c = {
    .quote = _mm512_cmpeq_epi8_mask (bytes, w->quote),
    .backslash = _mm512_cmpeq_epi8_mask (bytes, w->backslash),
    .control = _mm512_cmple_epu8_mask (bytes, w->control),
    .blank = _mm512_cmpeq_epi8_mask (bytes, w->space),
    .opener = _mm512_cmpeq_epi8_mask (folded, w->opener),
    .closer = _mm512_cmpeq_epi8_mask (folded, w->closer),
    .curly = _mm512_test_epi8_mask (bytes, w->space),
    .comma = _mm512_cmpeq_epi8_mask (bytes, w->comma),
    .colon = _mm512_cmpeq_epi8_mask (bytes, w->colon),
    .digit = _mm512_cmple_epu8_mask (_mm512_sub_epi8 (bytes, w->zero), w->nine),
    .zero = _mm512_cmpeq_epi8_mask (bytes, w->zero),
    .minus = _mm512_cmpeq_epi8_mask (bytes, w->minus),
    .dot = _mm512_cmpeq_epi8_mask (bytes, w->dot),
  };

  if (c.control)
    c.blank |= _mm512_cmpeq_epi8_mask (bytes, _mm512_set1_epi8 ('\n')) |
               _mm512_cmpeq_epi8_mask (bytes, _mm512_set1_epi8 ('\t')) |
               _mm512_cmpeq_epi8_mask (bytes, _mm512_set1_epi8 ('\r'));
  return c;
}

QUICK_AVX512 static ALWAYS_INLINE bool
check_block_512 (const char *block,
                 size_t left,
                 const Wanted512 *wanted,
                 Carries *carries,
                 RareCarries *rare)
{
  __m512i bytes = left >= 64
                      ? _mm512_loadu_si512 (block)
                      : _mm512_mask_loadu_epi8 (wanted->space, (UINT64_C (1) << left) - 1, block);
  Classes c = classify_512 (bytes, wanted);
  uint64_t escaped = find_escaped (c.backslash, &carries->escaped), strings;

  carries->foreign |= _mm512_movepi8_mask (bytes);
  c.quote &= ~escaped;
  strings = (uint64_t) _mm_cvtsi128_si64 (_mm_clmulepi64_si128 (
                _mm_set_epi64x (0, (long long) c.quote), _mm_set1_epi8 (-1), 0)) ^
            carries->in_string;
  carries->in_string = (uint64_t) ((int64_t) (strings << 1) >> 63);
  return check_grammar (block, left, &c, strings, escaped, carries, rare);
}

QUICK_AVX512 static bool
quick_check_avx512 (const char *text, size_t length)
{
  const Wanted512 wanted = {
    .quote = all_512 ('"'),
    .backslash = all_512 ('\\'),
    .space = all_512 (' '),
    .opener = all_512 ('{'),
    .closer = all_512 ('}'),
    .comma = all_512 (','),
    .colon = all_512 (':'),
    .zero = all_512 ('0'),
    .minus = all_512 ('-'),
    .dot = all_512 ('.'),
    .nine = all_512 (9),
    .control = all_512 (0x1F),
  };
  size_t at = find_root (text, length);
  RareCarries rare = { 0 };
  Carries carries;

  begin_reading (text);
  if (at == length)
    return false;
  carries = begin (text, at);
  for (; at < length && !carries.end; at += STEP)
    {
      __builtin_prefetch (text + at + AHEAD_BYTES);
      if (!check_block_512 (text + at, length - at, &wanted, &carries, &rare))
        return false;
    }
  return carries.end && check_rest (text, length, &carries);
}

QuickCheck
quick_check_choose (unsigned rank)
{
  QuickCheck choices[2];
  unsigned n = 0;

  if (__builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("pclmul"))
    choices[n++] = quick_check_avx512;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("pclmul"))
    choices[n++] = quick_check_avx2;
  return rank < n ? choices[rank] : NULL;
}

#else

QuickCheck
quick_check_choose (unsigned rank)
{
  (void) rank;
  return NULL;
}

#endif
