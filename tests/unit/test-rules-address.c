/* Addresses and blocks, against the C library's idea of an address. */
#include "rules/address.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    AddressResult result;
    const char *digits;
  } cases[] = {
    { "10.0.0.1", ADDRESS_OK, "0A000001" },
    { "010.00.0.01", ADDRESS_OK, "0A000001" },
    { "255.255.255.255", ADDRESS_OK, "FFFFFFFF" },
    { "256.0.0.0", ADDRESS_INVALID, NULL },
    { "0010.000.000.001", ADDRESS_INVALID, NULL },
    { "1.2.3", ADDRESS_NONSTANDARD, NULL },
    { "1.2.3.", ADDRESS_NONSTANDARD, NULL },
    { ".1.2.3", ADDRESS_NONSTANDARD, NULL },
    { "1..2.3", ADDRESS_NONSTANDARD, NULL },
    { "1.2.3.4.5", ADDRESS_NONSTANDARD, NULL },
    { "1.2.3.a", ADDRESS_NONSTANDARD, NULL },
    { "", ADDRESS_NONSTANDARD, NULL },
    { "localhost", ADDRESS_NONSTANDARD, NULL },
    { "::", ADDRESS_OK, "00000000000000000000000000000000" },
    { "::1", ADDRESS_OK, "00000000000000000000000000000001" },
    { "1::", ADDRESS_OK, "00010000000000000000000000000000" },
    { "2001:DB8::ff00:42:8329", ADDRESS_OK, "20010DB8000000000000FF0000428329" },
    { "1:2:3:4:5:6:7:8", ADDRESS_OK, "00010002000300040005000600070008" },
    { "00001::", ADDRESS_OK, "00010000000000000000000000000000" },
    { "::ffff:a00:1", ADDRESS_OK, "0A000001" },
    { ":", ADDRESS_INVALID, NULL },
    { ":::", ADDRESS_INVALID, NULL },
    { "1:", ADDRESS_INVALID, NULL },
    { ":1", ADDRESS_INVALID, NULL },
    { "1:2:3:4:5:6:7", ADDRESS_INVALID, NULL },
    { "1:2:3:4:5:6:7:8:9", ADDRESS_INVALID, NULL },
    { "1::2::3", ADDRESS_INVALID, NULL },
    { "12345::", ADDRESS_INVALID, NULL },
    { "1:2:3:4::5:6:7:8", ADDRESS_INVALID, NULL },
    { "1:2:3:4:5:6:7:8:", ADDRESS_INVALID, NULL },
    { "::1%eth0", ADDRESS_NONSTANDARD, NULL },
    { "::10.0.0.1", ADDRESS_NONSTANDARD, NULL },
    { "12:30", ADDRESS_INVALID, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Address address;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (address_parse (cases[i].text, strlen (cases[i].text), &address), ==,
                       cases[i].result);
      if (cases[i].digits)
        g_assert_cmpmem (address.digits, address.n_digits, cases[i].digits,
                         strlen (cases[i].digits));
    }
}

static gboolean
matches (const char *block_text, guint bits, const char *row)
{
  Address address;
  AddressBlock block;

  g_assert_cmpint (address_parse (block_text, strlen (block_text), &address), ==, ADDRESS_OK);
  address_block (&address, bits, &block);
  return address_block_matches (&block, row, strlen (row));
}

static void
test_block (void)
{
  g_assert_true (matches ("10.0.0.0", 24, "0A0000FF"));
  g_assert_false (matches ("10.0.0.0", 24, "0A000100"));
  g_assert_true (matches ("10.0.0.77", 24, "0A000000"));
  g_assert_true (matches ("192.0.2.129", 25, "C0000280"));
  g_assert_false (matches ("192.0.2.129", 25, "C000027F"));
  g_assert_true (matches ("0.0.0.0", 0, "FFFFFFFF"));
  /* As soon as it is inside, the rest does not count; an end before that is no match. */
  g_assert_true (matches ("16.0.0.0", 8, "101"));
  g_assert_false (matches ("16.0.0.0", 8, "10"));
  g_assert_false (matches ("16.0.0.0", 8, "100000"));
  g_assert_true (matches ("16.0.0.0", 8, "100000001"));
  g_assert_false (matches ("16.0.0.0", 8, "10-1"));
  g_assert_false (matches ("16.0.0.0", 8, "10f"));
}

/* Random IPv6 texts: what inet_pton() takes, we take, and find in a block of as many bits as agree.
 */
static void
test_against_libc (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint i = 0; i < 20000; i++)
    {
      static const char characters[] = "0123456789abcdefABCDEF:::::::";
      char text[40];
      guint length = (guint) g_rand_int_range (random, 1, 20);
      guchar bytes[16];
      Address address;
      gboolean ours, theirs;

      for (guint j = 0; j < length; j++)
        text[j] = characters[g_rand_int_range (random, 0, sizeof characters - 1)];
      text[length] = '\0';
      ours = address_parse (text, length, &address) == ADDRESS_OK;
      theirs = inet_pton (AF_INET6, text, bytes) == 1;
      g_test_message ("%s", text);
      /* A group of more than four digits with zeros before is ours alone. */
      if (theirs)
        g_assert_true (ours);
      if (ours && theirs && address.n_digits == 32)
        for (guint j = 0; j < 16; j++)
          {
            char digits[3];

            g_snprintf (digits, sizeof digits, "%02X", bytes[j]);
            g_assert_cmpmem (address.digits + 2 * j, 2, digits, 2);
          }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/address/parse", test_parse);
  g_test_add_func ("/rules/address/block", test_block);
  g_test_add_func ("/rules/address/against-libc", test_against_libc);
  return g_test_run ();
}
