/* How two texts differ. */
#include "sb-line-diff.h"

static void
assert_diff (const char *before, const char *after, const char *expected)
{
  g_autoptr (SbLineDiff) diff = sb_line_diff_new (before, after, 1);
  g_autoptr (GString) text = g_string_new (NULL);
  guint n;
  const SbDiffLine *lines = sb_line_diff_get (diff, &n);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%c%u%s;", lines[i].sign, lines[i].line, lines[i].text);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_lines (void)
{
  assert_diff ("", "", "");
  assert_diff (NULL, "a\nb\n", "+1a;+2b;");
  assert_diff ("a\nb\n", NULL, "-1a;-2b;");
  assert_diff ("a\nb\nc\n", "a\nx\nc\n", " 1a;-2b;+2x; 3c;");
  assert_diff ("a\nb\nc\nd\n", "b\nc\nd\nd2\n", "-1a; 1b;@2; 3d;+4d2;");
}

/* What is far from a difference is left out, and that is said once. */
static void
test_context (void)
{
  assert_diff ("1\n2\n3\n4\n5\n6\n7\n", "1\n2\n3\n4\n5\n6\nx\n", "@1; 66;-77;+7x;");
  assert_diff ("a\na\na\n", "a\na\na\n", "@1;");
}

/* Too long for a table: told as a whole. */
static void
test_long (void)
{
  g_autoptr (GString) before = g_string_new (NULL);
  g_autoptr (GString) after = g_string_new (NULL);
  g_autoptr (SbLineDiff) diff = NULL;
  guint n;

  for (guint i = 0; i < 2500; i++)
    {
      g_string_append_printf (before, "a%u\n", i);
      g_string_append_printf (after, "b%u\n", i);
    }
  diff = sb_line_diff_new (before->str, after->str, 3);
  g_assert_cmpint (sb_line_diff_get (diff, &n)[0].sign, ==, '-');
  g_assert_cmpuint (n, ==, 5000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line-diff/lines", test_lines);
  g_test_add_func ("/line-diff/context", test_context);
  g_test_add_func ("/line-diff/long", test_long);
  return g_test_run ();
}
