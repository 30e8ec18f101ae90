/* address.h: IP addresses as EventBridge sees them: rows of hexadecimal digits.
 *
 * An IPv4 address has 8 digits, an IPv6 one 32, an IPv4-mapped IPv6 address 8.  A block is a pair
 * of such rows, lowest and highest address.  Rows are compared digit by digit from the left, and as
 * soon as a row is known to lie strictly inside the block it matches, whatever follows.  Hence two
 * oddities that EventBridge has and we keep: an IPv4 block matches the IPv6 addresses that begin
 * with the same digits, and the digits of a plain number are taken for a row as they stand.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define ADDRESS_MAX_DIGITS 32

typedef struct
{
  unsigned n_digits;               /* 8 or 32 */
  char digits[ADDRESS_MAX_DIGITS]; /* 0-9A-F, not terminated */
} Address;

typedef struct
{
  Address low, high; /* both included; as many digits in each */
} AddressBlock;

typedef enum
{
  ADDRESS_OK,
  ADDRESS_NONSTANDARD, /* does not look like an address at all */
  ADDRESS_INVALID,     /* looks like one, but is none */
} AddressResult;

/* An address literal: no name, no port, no zone.  Leading zeros of IPv4 parts are decimal. */
AddressResult address_parse (const char *text, size_t length, Address *out);

/* The block of these many leading bits around an address; bits is less than the address has. */
void address_block (const Address *address, unsigned bits, AddressBlock *out);

bool address_block_matches (const AddressBlock *block, const char *row, size_t length);
