/* address.c: IP address literals and blocks. */
#include "address.h"

#include <string.h>

/* The longest IPv4 literal that Java reads: 255.255.255.255 */
#define MAX_IPV4_LENGTH 15

static const char hex_digits[] = "0123456789ABCDEF";

static bool
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

static int
hex_value (char c)
{
  if (is_digit (c))
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

/* Four runs of digits with dots between. */
static bool
looks_like_ipv4 (const char *text, size_t length)
{
  int dots = 0;

  for (size_t i = 0; i < length; i++)
    if (text[i] == '.')
      {
        dots++;
        if (i == 0 || i + 1 == length || text[i + 1] == '.')
          return false;
      }
    else if (!is_digit (text[i]))
      return false;
  return dots == 3;
}

/* Hexadecimal digits and at least one colon. */
static bool
looks_like_ipv6 (const char *text, size_t length)
{
  bool colon = false;

  for (size_t i = 0; i < length; i++)
    if (text[i] == ':')
      colon = true;
    else if (hex_value (text[i]) < 0)
      return false;
  return colon;
}

static void
set_bytes (Address *address, const unsigned char *bytes, unsigned count)
{
  address->n_digits = 2 * count;
  for (unsigned i = 0; i < count; i++)
    {
      address->digits[2 * i] = hex_digits[bytes[i] >> 4];
      address->digits[2 * i + 1] = hex_digits[bytes[i] & 15];
    }
}

static bool
parse_ipv4 (const char *text, size_t length, Address *out)
{
  unsigned char bytes[4] = { 0 };
  unsigned part = 0, value = 0;

  if (length > MAX_IPV4_LENGTH)
    return false;
  for (size_t i = 0; i <= length; i++)
    if (i == length || text[i] == '.')
      {
        if (value > 255)
          return false;
        bytes[part++] = (unsigned char) value;
        value = 0;
      }
    else
      value = value * 10 + (unsigned) (text[i] - '0');
  set_bytes (out, bytes, 4);
  return true;
}

/* Groups of hexadecimal digits into bytes; *out_gap is where :: stands, or -1.  Returns how many
 * bytes there are, or -1. */
static int
read_groups (const char *text, size_t length, unsigned char *bytes, int *out_gap)
{
  int count = 0;
  size_t i = 0;

  *out_gap = -1;
  if (length >= 2 && text[0] == ':')
    {
      if (text[1] != ':')
        return -1;
      i = 1; /* the second colon is an empty group, below */
    }
  while (i < length)
    {
      unsigned value = 0;
      size_t start = i;

      for (; i < length && text[i] != ':'; i++)
        if ((value = value * 16 + (unsigned) hex_value (text[i])) > 0xFFFF)
          return -1;
      if (i == start)
        {
          if (*out_gap >= 0)
            return -1;
          *out_gap = count;
        }
      else
        {
          if (count == 16)
            return -1;
          bytes[count++] = (unsigned char) (value >> 8);
          bytes[count++] = (unsigned char) value;
          if (i + 1 == length)
            return -1; /* one colon at the end */
        }
      i++;
    }
  return count;
}

static bool
parse_ipv6 (const char *text, size_t length, Address *out)
{
  static const unsigned char mapped[12] = { [10] = 0xFF, [11] = 0xFF };
  unsigned char bytes[16] = { 0 };
  int gap, count;

  if (length < 2)
    return false;
  count = read_groups (text, length, bytes, &gap);
  if (count < 0 || (gap < 0 ? count != 16 : count == 16))
    return false;
  if (gap >= 0)
    {
      memmove (bytes + 16 - (count - gap), bytes + gap, (size_t) (count - gap));
      memset (bytes + gap, 0, (size_t) (16 - count));
    }
  if (memcmp (bytes, mapped, sizeof mapped) == 0)
    set_bytes (out, bytes + 12, 4);
  else
    set_bytes (out, bytes, 16);
  return true;
}

AddressResult
address_parse (const char *text, size_t length, Address *out)
{
  if (looks_like_ipv4 (text, length))
    return parse_ipv4 (text, length, out) ? ADDRESS_OK : ADDRESS_INVALID;
  if (looks_like_ipv6 (text, length))
    return parse_ipv6 (text, length, out) ? ADDRESS_OK : ADDRESS_INVALID;
  return ADDRESS_NONSTANDARD;
}

void
address_block (const Address *address, unsigned bits, AddressBlock *out)
{
  out->low = *address;
  out->high = *address;
  for (unsigned i = 0; i < address->n_digits; i++)
    {
      unsigned before = 4 * i;
      unsigned kept = bits <= before ? 0 : bits - before >= 4 ? 4 : bits - before;
      unsigned free_mask = 15u >> kept;
      unsigned value = (unsigned) hex_value (address->digits[i]);

      out->low.digits[i] = hex_digits[value & ~free_mask];
      out->high.digits[i] = hex_digits[value | free_mask];
    }
}

bool
address_block_matches (const AddressBlock *block, const char *row, size_t length)
{
  unsigned n_digits = block->low.n_digits;
  bool at_low = true, at_high = true;

  for (unsigned i = 0; i < n_digits && i < length; i++)
    {
      char digit = row[i];

      if (!is_digit (digit) && !(digit >= 'A' && digit <= 'F'))
        return false;
      if ((at_low && digit < block->low.digits[i]) || (at_high && digit > block->high.digits[i]))
        return false;
      at_low = at_low && digit == block->low.digits[i];
      at_high = at_high && digit == block->high.digits[i];
      if ((!at_low && !at_high) || i + 1 == n_digits)
        return true;
    }
  return false;
}
