/* What is data cannot act on a terminal, and columns are counted as they are displayed. */
#include "ctl/output.h"

#include <stdlib.h>
#include <string.h>

static void
test_escape (void)
{
  static const struct
  {
    const char *text;
    gssize length;
    gboolean keep_newlines;
    const char *expected;
  } cases[] = {
    { "plain text, äöü 日本", -1, FALSE, "plain text, äöü 日本" },
    { "\033[31mred\033[0m", -1, FALSE, "\\x1b[31mred\\x1b[0m" },
    { "\033]0;title\007", -1, FALSE, "\\x1b]0;title\\x07" },
    { "a\nb\r\tc", -1, FALSE, "a\\nb\\r\\tc" },
    { "a\nb\r\tc", -1, TRUE, "a\nb\\r\\tc" },
    { "nul\0byte", 8, FALSE, "nul\\x00byte" },
    { "\xff\xfe broken \xc3", -1, FALSE, "\\xff\\xfe broken \\xc3" },
    { "\xed\xa0\x80", -1, FALSE, "\\xed\\xa0\\x80" }, /* a surrogate */
    { "\xc2\x9b"
      "31m",
      -1, FALSE, "\\u009b31m" }, /* the one-byte CSI */
    { "user\xe2\x80\xae"
      "gnp.exe",
      -1, FALSE, "user\\u202egnp.exe" }, /* right-to-left override */
    { "\xe2\x80\xa8line", -1, FALSE, "\\u2028line" },
    { "zero\xe2\x80\x8bwidth", -1, FALSE, "zero\\u200bwidth" },
    { "\x7f", -1, FALSE, "\\x7f" },
    { "\xf3\xa0\x81\x81", -1, FALSE, "\\U000e0041" }, /* a tag character */
    { "", -1, FALSE, "" },
    { "cut here", 3, FALSE, "cut" },
    { "\xe2\x82\xac", 2, FALSE, "\\xe2\\x82" }, /* half a euro sign */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *escaped = output_escape (cases[i].text, cases[i].length,
                                                cases[i].keep_newlines);

      g_assert_cmpstr (escaped, ==, cases[i].expected);
    }
}

static void
test_width (void)
{
  g_assert_cmpuint (output_width (""), ==, 0);
  g_assert_cmpuint (output_width ("abc"), ==, 3);
  g_assert_cmpuint (output_width ("äöü"), ==, 3);
  g_assert_cmpuint (output_width ("日本語"), ==, 6);
  g_assert_cmpuint (output_width ("e\xcc\x81"), ==, 1); /* e and a combining accent */
  g_assert_cmpuint (output_width ("🦑"), ==, 2);
}

static void
test_cut (void)
{
  static const struct
  {
    const char *text;
    guint width;
    const char *expected;
  } cases[] = {
    { "short", 5, "short" }, { "longer", 5, "long…" }, { "日本語", 5, "日本…" },
    { "日本語", 4, "日…" },  { "ab", 1, "…" },         { "as it is", 0, "as it is" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *cut = output_cut (cases[i].text, cases[i].width);

      g_assert_cmpstr (cut, ==, cases[i].expected);
      if (cases[i].width > 0)
        g_assert_cmpuint (output_width (cut), <=, cases[i].width);
    }
}

static char *
styled (gboolean colour)
{
  char *text = NULL;
  size_t length;
  FILE *stream = open_memstream (&text, &length);
  Output *output = output_new (stream, colour, 0);
  char *copy;

  output_put (output, STYLE_BAD, "bad\033[2J");
  output_putf (output, STYLE_PLAIN, " %s", "forged\nline");
  output_put (output, STYLE_GOOD, "");
  output_newline (output);
  output_block (output, STYLE_PLAIN, "two\nlines\n");
  output_field (output, "Label", STYLE_PLAIN, "value");
  output_free (output);
  fclose (stream);
  copy = g_strdup (text);
  free (text);
  return copy;
}

static void
test_colour (void)
{
  g_autofree char *plain = styled (FALSE);
  g_autofree char *coloured = styled (TRUE);

  g_assert_cmpstr (plain, ==, "bad\\x1b[2J forged\\nline\ntwo\nlines\nLabel          value\n");
  g_assert_cmpstr (coloured, ==,
                   "\033[1;31mbad\\x1b[2J\033[0m forged\\nline\ntwo\nlines\n"
                   "\033[2mLabel\033[0m          value\n");
}

static void
test_wants_colour (void)
{
  FILE *file = tmpfile ();

  g_assert_nonnull (file);
  g_assert_true (output_wants_colour (file, "always"));
  g_assert_false (output_wants_colour (file, "never"));
  g_assert_false (output_wants_colour (file, "auto"));
  g_assert_cmpuint (output_terminal_width (file), ==, 0);
  fclose (file);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/output/escape", test_escape);
  g_test_add_func ("/ctl/output/width", test_width);
  g_test_add_func ("/ctl/output/cut", test_cut);
  g_test_add_func ("/ctl/output/colour", test_colour);
  g_test_add_func ("/ctl/output/wants-colour", test_wants_colour);

  return g_test_run ();
}
