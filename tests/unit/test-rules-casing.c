/* Lower and upper case of one character, against GLib's tables where both must agree. */
#include "rules/casing.h"

#include <glib.h>
#include <string.h>

static void
check (const char *text, const char *lower, const char *upper)
{
  CasedUnit unit;

  g_test_message ("%s", text);
  casing_of (g_utf8_get_char (text), &unit);
  g_assert_cmpmem (unit.lower, unit.n_lower, lower, strlen (lower));
  g_assert_cmpmem (unit.upper, unit.n_upper, upper, strlen (upper));
}

static void
test_known (void)
{
  check ("a", "a", "A");
  check ("Z", "z", "Z");
  check ("1", "1", "1");
  check ("\"", "\"", "\"");
  check ("É", "é", "É");
  check ("ß", "ß", "SS");
  check ("ẞ", "ß", "ẞ");
  check ("İ", "i̇", "İ");
  check ("ı", "ı", "I");
  check ("Σ", "σ", "Σ");
  check ("ς", "ς", "Σ");
  check ("ﬃ", "ﬃ", "FFI");
  check ("\u0390", "\u0390", "\u0399\u0308\u0301");
  check ("Ⱥ", "ⱥ", "Ⱥ");
  check ("\u212A", "k", "\u212A");
  check ("ǅ", "ǆ", "Ǆ");
  check ("日", "日", "日");
}

static void
test_against_glib (void)
{
  for (gunichar c = 1; c < 0x2000; c++)
    {
      char text[7] = { 0 };
      g_autofree char *lower = NULL, *upper = NULL;

      g_unichar_to_utf8 (c, text);
      /* GLib takes a lone capital sigma for a final one; Georgian and U+1C80 move with Unicode. */
      if (c == 0x3A3 || (c >= 0x10A0 && c < 0x1100) || (c >= 0x1C80 && c < 0x1CC0))
        continue;
      lower = g_utf8_strdown (text, -1);
      upper = g_utf8_strup (text, -1);
      check (text, lower, upper);
    }
}

static void
test_text (void)
{
  CasedUnit units[4];

  casing_of_text ("é😀x", strlen ("é😀x"), units);
  g_assert_cmpmem (units[0].upper, units[0].n_upper, "É", 2);
  g_assert_cmpmem (units[1].lower, units[1].n_lower, "?", 1);
  g_assert_cmpmem (units[2].upper, units[2].n_upper, "?", 1);
  g_assert_cmpmem (units[3].upper, units[3].n_upper, "X", 1);
}

/* Matching relies on it: no case of a character begins or ends with the other. */
static void
test_no_choice (void)
{
  for (gunichar c = 1; c < 0xFFFF; c++)
    {
      CasedUnit unit;
      gsize shorter;

      if (c >= 0xD800 && c < 0xE000)
        continue;
      casing_of (c, &unit);
      shorter = MIN (unit.n_lower, unit.n_upper);
      if (unit.n_lower == unit.n_upper)
        continue;
      g_assert_cmpint (memcmp (unit.lower, unit.upper, shorter), !=, 0);
      g_assert_cmpint (memcmp (unit.lower + unit.n_lower - shorter,
                               unit.upper + unit.n_upper - shorter, shorter),
                       !=, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/casing/known", test_known);
  g_test_add_func ("/rules/casing/against-glib", test_against_glib);
  g_test_add_func ("/rules/casing/text", test_text);
  g_test_add_func ("/rules/casing/no-choice", test_no_choice);
  return g_test_run ();
}
