/* Columns are aligned, and cut only where they may be. */
#include "ctl/table.h"

#include <stdlib.h>

static const TableColumn columns[] = {
  { "NAME", FALSE, FALSE },
  { "COUNT", TRUE, FALSE },
  { "NOTE", FALSE, TRUE },
  { NULL },
};

typedef struct
{
  FILE *stream;
  char *text;
  size_t length;
  Output *output;
  Table *table;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer width)
{
  fixture->stream = open_memstream (&fixture->text, &fixture->length);
  fixture->output = output_new (fixture->stream, FALSE, GPOINTER_TO_UINT (width));
  fixture->table = table_new (fixture->output, columns);
}

static void
tear_down (Fixture *fixture, gconstpointer width)
{
  table_free (fixture->table);
  output_free (fixture->output);
  fclose (fixture->stream);
  free (fixture->text);
}

static void
add_row (Fixture *fixture, const char *name, int count, const char *note)
{
  table_add (fixture->table, STYLE_PLAIN, name);
  table_addf (fixture->table, STYLE_PLAIN, "%d", count);
  table_add (fixture->table, STYLE_PLAIN, note);
}

static void
assert_printed (Fixture *fixture, const char *expected)
{
  table_flush (fixture->table);
  output_flush (fixture->output);
  g_assert_cmpstr (fixture->text, ==, expected);
}

static void
test_aligned (Fixture *fixture, gconstpointer width)
{
  add_row (fixture, "a", 5, "first");
  add_row (fixture, "日本語", 12345, "");
  add_row (fixture, "evil\033[2J", 1, "x\ny");
  g_assert_cmpuint (table_get_n_rows (fixture->table), ==, 3);
  assert_printed (fixture, "NAME         COUNT  NOTE\n"
                           "a                5  first\n"
                           "日本語       12345  \n"
                           "evil\\x1b[2J      1  x\\ny\n");
}

static void
test_pages (Fixture *fixture, gconstpointer width)
{
  assert_printed (fixture, "");
  add_row (fixture, "abcdef", 1, "one");
  assert_printed (fixture, "NAME    COUNT  NOTE\n"
                           "abcdef      1  one\n");
  add_row (fixture, "g", 2, "two");
  assert_printed (fixture, "NAME    COUNT  NOTE\n"
                           "abcdef      1  one\n"
                           "g           2  two\n");
}

static void
test_narrow (Fixture *fixture, gconstpointer width)
{
  add_row (fixture, "a-name-that-is-kept", 1, "a note that is much too long for this terminal");
  assert_printed (fixture, "NAME                 COUNT  NOTE\n"
                           "a-name-that-is-kept      1  a note that…\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/ctl/table/aligned", Fixture, NULL, set_up, test_aligned, tear_down);
  g_test_add ("/ctl/table/pages", Fixture, NULL, set_up, test_pages, tear_down);
  g_test_add ("/ctl/table/narrow", Fixture, GUINT_TO_POINTER (40), set_up, test_narrow, tear_down);

  return g_test_run ();
}
