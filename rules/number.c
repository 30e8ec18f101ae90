/* number.c: decimal text -> ordered value.
 *
 * The C library converts between decimal and double here, but only through texts without a decimal
 * point: the point is the one thing in which a locale can differ.
 */
#include "number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DIGITS 17

/* Significant digits of a text, without zeros at either end. */
typedef struct
{
  uint64_t value; /* the digits as one integer */
  int count;      /* 0: the number is zero */
  bool too_many;  /* more than MAX_DIGITS */
  int64_t lead;   /* power of ten of the first digit */
} Digits;

static const uint64_t powers[] = {
  1u,
  10u,
  100u,
  1000u,
  10000u,
  100000u,
  1000000u,
  10000000u,
  100000000u,
  1000000000u,
  10000000000u,
  100000000000u,
  1000000000000u,
  10000000000000u,
  100000000000000u,
  1000000000000000u,
  10000000000000000u,
  100000000000000000u,
  1000000000000000000u,
  10000000000000000000u,
};

static bool
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* The exponent after the e, cut to a range in which it cannot overflow. */
static int64_t
read_exponent (const char *text, size_t length)
{
  const int64_t limit = INT64_C (1) << 60;
  bool negative = length > 0 && *text == '-';
  int64_t exponent = 0;

  for (size_t i = negative || (length > 0 && *text == '+'); i < length && is_digit (text[i]); i++)
    if (exponent < limit / 10)
      exponent = exponent * 10 + (text[i] - '0');
  return negative ? -exponent : exponent;
}

static Digits
read_digits (const char *text, size_t length)
{
  Digits digits = { 0 };
  int64_t power = 0; /* of the digit after the last one read */
  int64_t zeros = 0; /* read but perhaps trailing */
  bool fraction = false;
  size_t i;

  for (i = 0; i < length && (is_digit (text[i]) || text[i] == '.'); i++)
    {
      if (text[i] == '.')
        {
          fraction = true;
          continue;
        }
      if (digits.count == 0 && text[i] != '0')
        digits.lead = fraction ? power - 1 : 0;
      if (text[i] == '0')
        zeros += digits.count > 0;
      else if (digits.count + zeros >= MAX_DIGITS)
        digits.too_many = true;
      else
        {
          for (; zeros > 0; zeros--, digits.count++)
            digits.value *= 10;
          digits.value = digits.value * 10 + (uint64_t) (text[i] - '0');
          digits.count++;
        }
      if (fraction)
        power--;
      else if (digits.count > 1 || zeros > 0 || digits.too_many)
        digits.lead++;
    }
  if (i < length)
    digits.lead += read_exponent (text + i + 1, length - i - 1);
  return digits;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

/* The number that eight digits make; false when not all are digits. */
static inline bool
take_eight (uint64_t bytes, uint64_t *out)
{
  const uint64_t ones = UINT64_C (0x0101010101010101);

  if (((bytes & ones * 0xF0) | ((bytes + ones * 6) & ones * 0xF0) >> 4) != ones * 0x33)
    return false;
  bytes -= ones * '0';
  bytes = bytes * 10 + (bytes >> 8);
  *out = ((bytes & UINT64_C (0x000000FF000000FF)) * UINT64_C (0x000F424000000064) +
          (bytes >> 16 & UINT64_C (0x000000FF000000FF)) * UINT64_C (0x0000271000000001)) >>
         32;
  return true;
}

/* read_digits() for what most numbers with a fraction look like: up to nine digits of which the
 * first is not 0, a point, eight digits or more of which the last is not 0, at most MAX_DIGITS in
 * all, and no exponent.  False: anything else. */
static inline bool
read_long_fraction (const char *text, size_t length, Digits *out)
{
  uint64_t value = 0, eight, zeros;
  size_t whole = 0, left;

  if (length < 10 || length > MAX_DIGITS + 1 || text[0] == '0' || text[length - 1] == '0')
    return false;
  for (; whole < 10 && is_digit (text[whole]); whole++)
    value = value * 10 + (uint64_t) (text[whole] - '0');
  if (whole == 0 || length - whole < 9 || text[whole] != '.')
    return false;
  left = length - whole - 9;
  memcpy (&eight, text + whole + 1, sizeof eight);
  if (left > 8 || !take_eight (eight, &eight))
    return false;
  value = value * powers[8] + eight;
  if (left > 0)
    {
      /* The last eight digits, with zeros in the place of those that are taken already. */
      zeros = left == 8 ? 0 : ~UINT64_C (0) >> (8 * left);
      memcpy (&eight, text + length - 8, sizeof eight);
      if (!take_eight ((eight & ~zeros) | (UINT64_C (0x3030303030303030) & zeros), &eight))
        return false;
      value = value * powers[left] + eight;
    }
  *out = (Digits){ .value = value, .count = (int) length - 1, .lead = (int64_t) whole - 1 };
  return true;
}

#else

static inline bool
read_long_fraction (const char *text, size_t length, Digits *out)
{
  return false;
}

#endif

/* The double nearest to digits × 10^power; power counts the last digit. */
static double
to_double (uint64_t digits, int64_t power)
{
  char text[64];

  snprintf (text, sizeof text, "%llue%lld", (unsigned long long) digits, (long long) power);
  return strtod (text, NULL);
}

/* The double with that many digits: the digits as an integer, and the power of ten of the first. */
static void
round_double (double value, int count, uint64_t *out_digits, int *out_lead)
{
  char text[64];
  const char *at = text;

  snprintf (text, sizeof text, "%.*e", count - 1, value);
  *out_digits = 0;
  for (; *at != 'e'; at++)
    if (is_digit (*at))
      *out_digits = *out_digits * 10 + (uint64_t) (*at - '0');
  *out_lead = atoi (at + 1);
}

/* Whether these digits are the shortest that give their double.  Java, whose answer counts, always
 * writes at least two digits, and takes the nearest of those: 4.9E-324, not 5E-324. */
static bool
is_shortest (const Digits *digits)
{
  double value = to_double (digits->value, digits->lead - (digits->count - 1));

  if (isinf (value) || value == 0)
    return false;
  for (int count = 2; count <= MAX_DIGITS; count++)
    {
      uint64_t shortest, same = digits->value;
      int lead;

      round_double (value, count, &shortest, &lead);
      if (to_double (shortest, lead - (count - 1)) != value)
        continue;
      if (count < digits->count)
        return false;
      for (int i = digits->count; i < count; i++)
        same *= 10;
      return shortest == same && lead == digits->lead;
    }
  return false;
}

#if LDBL_MANT_DIG == 64 && defined(__SIZEOF_INT128__)

/* is_shortest() in integers, for 16 and 17 digits with a fraction: 1 or 0, or -1 where the answer
 * is so close that it takes the long way.
 *
 * Let v = m / 2^s be the nearest double.  All is compared in units of 1 / (10^decimals × 2^s), in
 * which v is m × 10^decimals and half the distance to the next double is 10^decimals / 2.  The
 * digits are the shortest when they are the nearest that many to v, and the nearest one fewer are
 * so far from v that they are another double. */
static int
is_shortest_quickly (const Digits *digits)
{
  int64_t decimals = digits->count - 1 - digits->lead;
  long double quotient;
  uint64_t wide, bits, fraction, whole;
  unsigned __int128 exact, distance, rest;
  double value;
  int shift;

  if (digits->count < 16 || decimals < 0 || decimals > 19)
    return -1;
  quotient = (long double) digits->value / (long double) powers[decimals];
  memcpy (&wide, &quotient, sizeof wide);
  value = (double) quotient;
  memcpy (&bits, &value, sizeof bits);
  fraction = bits & ((UINT64_C (1) << 52) - 1);
  shift = 1075 - (int) (bits >> 52);
  /* Rounded twice from a tie, or the doubles below are closer than those above. */
  if ((wide & 0x7FF) == 0x400 || fraction == 0 || shift < 0 || shift > 66)
    return -1;
  exact = (unsigned __int128) (fraction | UINT64_C (1) << 52) * powers[decimals];
  rest = (unsigned __int128) digits->value << shift;
  distance = exact > rest ? exact - rest : rest - exact;
  if (2 * distance == (unsigned __int128) 1 << shift)
    return -1;
  if (2 * distance > (unsigned __int128) 1 << shift)
    return 0;
  whole = (uint64_t) (exact >> shift);
  rest = exact - ((unsigned __int128) (whole - whole % 10) << shift);
  distance = (unsigned __int128) 10 << shift;
  if (2 * rest == distance)
    return -1;
  if (2 * rest > distance)
    rest = distance - rest;
  if (2 * rest == powers[decimals])
    return -1;
  return 2 * rest > powers[decimals];
}

#else

static int
is_shortest_quickly (const Digits *digits)
{
  return -1;
}

#endif

static bool
is_comparable (const Digits *digits)
{
  int quick;

  if (digits->too_many || digits->lead > 308 || digits->lead < -324)
    return false;
  /* Up to 15 digits survive the way through a double that is not subnormal. */
  if (digits->count <= 15 && digits->lead < 308 && digits->lead > -308)
    return true;
  quick = is_shortest_quickly (digits);
  return quick < 0 ? is_shortest (digits) : quick > 0;
}

bool
number_parse (const char *text, size_t length, Number *out)
{
  bool negative = length > 0 && *text == '-';
  Digits digits;

  if (!read_long_fraction (text + negative, length - negative, &digits))
    digits = read_digits (text + negative, length - negative);
  if (digits.count == 0)
    {
      *out = (Number){ 0, 0, 0 };
      return true;
    }
  if (!is_comparable (&digits))
    return false;
  digits.value *= powers[MAX_DIGITS - digits.count];
  *out = (Number){ negative ? -1 : 1, (int) digits.lead, digits.value };
  return true;
}

int
number_compare (const Number *a, const Number *b)
{
  int order;

  if (a->sign != b->sign)
    return a->sign < b->sign ? -1 : 1;
  if (a->exponent != b->exponent)
    order = a->exponent < b->exponent ? -1 : 1;
  else
    order = a->digits < b->digits ? -1 : a->digits > b->digits;
  return a->sign < 0 ? -order : order;
}

/* ---- Sorting --------------------------------------------------------------------------------- */

#define KEY_BYTES 11u /* of digits, exponent and sign */
#define FEW_NUMBERS 48u

/* The key's byte of this rank, 0 being the least.  Keys in their order are numbers in theirs. */
static inline unsigned
key_byte (const Number *number, unsigned rank)
{
  bool negative = number->sign < 0;
  uint64_t digits = negative ? ~number->digits : number->digits;
  unsigned exponent = (unsigned) (number->exponent + 0x8000);

  if (rank < 8)
    return (unsigned) (digits >> 8 * rank) & 0xFF;
  if (rank < 10)
    return (negative ? ~exponent : exponent) >> 8 * (rank - 8) & 0xFF;
  return (unsigned) (number->sign + 1);
}

static bool
is_sorted (const Number *numbers, size_t count)
{
  for (size_t i = 1; i < count; i++)
    if (number_compare (&numbers[i - 1], &numbers[i]) > 0)
      return false;
  return true;
}

/* By the byte of one rank; false when it is the same in all. */
static bool
sort_by_byte (const Number *from, Number *to, size_t count, unsigned rank)
{
  size_t places[256] = { 0 }, place = 0;

  for (size_t i = 0; i < count; i++)
    places[key_byte (&from[i], rank)]++;
  if (places[key_byte (&from[0], rank)] == count)
    return false;
  for (unsigned byte = 0; byte < 256; byte++)
    {
      size_t n = places[byte];

      places[byte] = place;
      place += n;
    }
  for (size_t i = 0; i < count; i++)
    to[places[key_byte (&from[i], rank)]++] = from[i];
  return true;
}

static void
insert_each (Number *numbers, size_t count)
{
  for (size_t i = 1; i < count; i++)
    {
      Number number = numbers[i];
      size_t at = i;

      for (; at > 0 && number_compare (&numbers[at - 1], &number) > 0; at--)
        numbers[at] = numbers[at - 1];
      numbers[at] = number;
    }
}

void
number_sort (Number *numbers, Number *spare, size_t count)
{
  Number *from = numbers, *to = spare;

  if (is_sorted (numbers, count))
    return;
  if (count <= FEW_NUMBERS)
    {
      insert_each (numbers, count);
      return;
    }
  for (unsigned rank = 0; rank < KEY_BYTES; rank++)
    if (sort_by_byte (from, to, count, rank))
      {
        Number *swap = from;

        from = to;
        to = swap;
      }
  if (from != numbers)
    memcpy (numbers, from, count * sizeof *numbers);
}
