/* Decimal numbers: which can be compared, and how they are ordered. */
#include "rules/number.h"

#include <glib.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static gboolean
parse (const char *text, Number *out)
{
  return number_parse (text, strlen (text), out);
}

static void
test_comparable (void)
{
  static const struct
  {
    const char *text;
    gboolean comparable;
  } cases[] = {
    { "0", TRUE },
    { "-0", TRUE },
    { "0.000", TRUE },
    { "0e999999999999999999999", TRUE },
    { "1", TRUE },
    { "0.1", TRUE },
    { "-12.50e-3", TRUE },
    { "123456789012345", TRUE },
    { "9007199254740992", TRUE },
    { "9007199254740993", FALSE },
    { "9007199254740993.0", FALSE },
    { "0.30000000000000004", TRUE },
    { "0.30000000000000002", FALSE },
    { "0.3", TRUE },
    { "0.1234567890123456789", FALSE },
    { "1e22", TRUE },
    { "1e23", TRUE },
    { "9.999999999999999e22", FALSE },
    { "99999999999999990000000", FALSE },
    { "99999999999999991611392", FALSE },
    { "1.7976931348623157e308", TRUE },
    { "1.7976931348623159e308", FALSE },
    { "1e308", TRUE },
    { "1e309", FALSE },
    { "1e400", FALSE },
    { "1e99999999999999999999", FALSE },
    { "2.2250738585072014e-308", TRUE },
    { "2.225073858507201e-308", TRUE },
    { "1e-308", TRUE },
    { "4.9e-324", TRUE },
    { "5e-324", FALSE },
    { "1e-323", FALSE },
    { "9.9e-324", TRUE },
    { "2e-324", FALSE },
    { "1e-400", FALSE },
    { "1e-99999999999999999999", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Number number;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (parse (cases[i].text, &number), ==, cases[i].comparable);
    }
}

static void
test_order (void)
{
  /* Ascending; equal ones stand in one row. */
  static const char *const rows[][4] = {
    { "-1.7976931348623157e308" },
    { "-1e15", "-1000000000000000", "-1000000000000000.0" },
    { "-10.5", "-1.05e1", "-0.105E+2" },
    { "-10" },
    { "-1", "-1.0", "-10e-1", "-0.1e1" },
    { "-1e-10" },
    { "-4.9e-324" },
    { "0", "-0", "0.0", "0e5" },
    { "4.9e-324" },
    { "1e-10", "0.0000000001" },
    { "0.1", "1e-1", "0.10", "00.1e0" },
    { "0.5" },
    { "1", "1.000", "1e0", "100E-2" },
    { "1.0000001" },
    { "9" },
    { "10", "1e1", "1.0e+1", "1000e-2" },
    { "11" },
    { "99" },
    { "100", "1e2" },
    { "1e308" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint j = 0; j < G_N_ELEMENTS (rows); j++)
      for (guint k = 0; k < 4 && rows[i][k]; k++)
        for (guint l = 0; l < 4 && rows[j][l]; l++)
          {
            Number a, b;
            int order;

            g_assert_true (parse (rows[i][k], &a));
            g_assert_true (parse (rows[j][l], &b));
            order = number_compare (&a, &b);
            g_test_message ("%s %s", rows[i][k], rows[j][l]);
            g_assert_cmpint ((order > 0) - (order < 0), ==, (i > j) - (i < j));
          }
}

/* Any length, in linear time. */
static void
test_long (void)
{
  g_autofree char *zeros = g_strnfill (1000000, '0');
  g_autofree char *small = g_strdup_printf ("0.%s1e1000001", zeros);
  g_autofree char *large = g_strdup_printf ("1%s.0%se-1000000", zeros, zeros);
  g_autofree char *nines = g_strnfill (1000000, '9');
  Number one, number;

  g_assert_true (parse ("1", &one));
  g_assert_true (parse (small, &number));
  g_assert_cmpint (number_compare (&number, &one), ==, 0);
  g_assert_true (parse (large, &number));
  g_assert_cmpint (number_compare (&number, &one), ==, 0);
  g_assert_false (parse (nines, &number));
}

/* What the shortest form of a double is, found by trying: the oracle. */
static void
shortest (double value, char *out, gsize size)
{
  for (int digits = 1; digits <= 17; digits++)
    {
      char format[16];

      g_snprintf (format, sizeof format, "%%.%de", digits - 1);
      g_ascii_formatd (out, (int) size, format, value);
      if (g_ascii_strtod (out, NULL) == value)
        return;
    }
}

static void
test_against_double (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20231);

  for (guint i = 0; i < 20000; i++)
    {
      guint64 bits = (guint64) g_rand_int (random) << 32 | g_rand_int (random);
      char text[64], longer[80];
      Number number, same;
      double value;

      memcpy (&value, &bits, sizeof value);
      /* Of the smallest doubles Java writes two digits at least. */
      if (!isfinite (value) || fabs (value) < 1e-322)
        continue;
      shortest (value, text, sizeof text);
      g_test_message ("%s", text);
      g_assert_true (parse (text, &number));
      g_assert_cmpint (number.sign, ==, value < 0 ? -1 : 1);
      /* One digit more is never the shortest form. */
      g_ascii_formatd (longer, sizeof longer, "%.17e", value);
      if (longer[strlen (longer) - 5] != '0' && parse (longer, &same))
        g_assert_cmpint (number_compare (&number, &same), ==, 0);
    }
}

/* Order agrees with that of the doubles. */
static void
test_order_against_double (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint i = 0; i < 20000; i++)
    {
      double a = (g_rand_int_range (random, -2000, 2000)) / 100.0;
      double b = (g_rand_int_range (random, -2000, 2000)) / 100.0;
      char first[64], second[64];
      Number x, y;
      int order;

      g_ascii_formatd (first, sizeof first, "%.2f", a);
      g_ascii_formatd (second, sizeof second, "%.3e", b);
      g_assert_true (parse (first, &x));
      g_assert_true (parse (second, &y));
      b = g_ascii_strtod (second, NULL);
      order = number_compare (&x, &y);
      g_assert_cmpint ((order > 0) - (order < 0), ==, (a > b) - (a < b));
    }
}

/* Numbers with many digits have a way of their own: the same numbers with an exponent do not. */
static void
test_two_ways (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      char text[64], other[80];
      guint whole = (guint) g_test_rand_int_range (0, 11), digits = 0;
      gsize n = 0;
      Number x = { 0 }, y = { 0 };
      bool first, second;

      if (g_test_rand_bit ())
        text[n++] = '-';
      for (; digits < MAX (whole, 1u); digits++)
        text[n++] = (char) (whole == 0 ? '0' : '0' + g_test_rand_int_range (digits == 0, 10));
      text[n++] = '.';
      for (guint left = (guint) g_test_rand_int_range (1, 20); left > 0; left--)
        text[n++] = (char) ('0' + g_test_rand_int_range (0, 10));
      text[n] = '\0';
      g_snprintf (other, sizeof other, "%se0", text);
      first = parse (text, &x);
      second = parse (other, &y);
      if (first != second || (first && number_compare (&x, &y) != 0))
        g_error ("%s is not %s", text, other);
    }
}

/* A comma for the decimal point must not matter; where no such locale is installed, the C locale's
 * answer is checked again. */
static void
test_locale (void)
{
  Number number;

  if (!setlocale (LC_NUMERIC, "de_DE.UTF-8"))
    g_test_message ("de_DE.UTF-8 is not installed");
  g_assert_true (parse ("0.30000000000000004", &number));
  g_assert_false (parse ("0.30000000000000002", &number));
  g_assert_true (parse ("4.9e-324", &number));
  setlocale (LC_NUMERIC, "C");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/number/comparable", test_comparable);
  g_test_add_func ("/rules/number/order", test_order);
  g_test_add_func ("/rules/number/long", test_long);
  g_test_add_func ("/rules/number/against-double", test_against_double);
  g_test_add_func ("/rules/number/order-against-double", test_order_against_double);
  g_test_add_func ("/rules/number/two-ways", test_two_ways);
  g_test_add_func ("/rules/number/locale", test_locale);
  return g_test_run ();
}
