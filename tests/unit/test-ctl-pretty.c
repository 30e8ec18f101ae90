/* JSON laid out without a changed token, and lines shown with a caret at the right column. */
#include "ctl/pretty.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  FILE *stream;
  char *text;
  size_t length;
  Output *output;
} Sink;

static void
sink_open (Sink *sink)
{
  sink->stream = open_memstream (&sink->text, &sink->length);
  sink->output = output_new (sink->stream, FALSE, 0);
}

static char *
sink_close (Sink *sink)
{
  char *copy;

  output_free (sink->output);
  fclose (sink->stream);
  copy = g_strdup (sink->text);
  free (sink->text);
  return copy;
}

static char *
laid_out (const char *text, guint indent)
{
  Sink sink;

  sink_open (&sink);
  pretty_print (sink.output, text, strlen (text), indent);
  return sink_close (&sink);
}

static void
test_layout (void)
{
  static const struct
  {
    const char *text;
    guint indent;
    const char *expected;
  } cases[] = {
    { "{}", 0, "{}\n" },
    { " [ ] ", 0, "[]\n" },
    { "{\"a\":1.50,\"b\":[1,2],\"c\":{ }}", 0,
      "{\n  \"a\": 1.50,\n  \"b\": [\n    1,\n    2\n  ],\n  \"c\": {}\n}\n" },
    { "{\"a\":[]}", 4, "{\n      \"a\": []\n    }\n" },
    { "9007199254740993", 0, "9007199254740993\n" },
    { "\"a \\\"b\\\" , {\"", 0, "\"a \\\"b\\\" , {\"\n" },
    { "{\"\xe2\x80\xae\":\"\x7f\"}", 0, "{\n  \"\\u202e\": \"\\x7f\"\n}\n" },
    { "{\"a\":1,\"a\":2}", 0, "{\n  \"a\": 1,\n  \"a\": 2\n}\n" },
    { "not \033 JSON\nat all\n", 2, "not \\x1b JSON\n  at all\n" },
    { "", 0, "\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = laid_out (cases[i].text, cases[i].indent);

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static char *
excerpt (const char *text, guint line, guint column)
{
  Sink sink;

  sink_open (&sink);
  pretty_excerpt (sink.output, text, strlen (text), line, column);
  return sink_close (&sink);
}

static void
test_excerpt (void)
{
  static const struct
  {
    const char *text;
    guint line, column;
    const char *expected;
  } cases[] = {
    { "one\ntwo\nthree", 2, 2, "    2 | two\n      |  ^\n" },
    { "one\r\n\ttwo\r\n", 2, 2, "    2 |  two\n      |  ^\n" },
    { "日本 x", 1, 8, "    1 | 日本 x\n      |      ^\n" },
    { "one", 1, 99, "    1 | one\n      |    ^\n" },
    { "one", 1, 0, "    1 | one\n" },
    { "one", 2, 1, "" },
    { "one", 0, 1, "" },
    { "one\n", 2, 1, "    2 | \n      | ^\n" },
    { "\033[2J!", 1, 5, "    1 | \\x1b[2J!\n      |        ^\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = excerpt (cases[i].text, cases[i].line, cases[i].column);

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

/* Of a webhook's one long line only what is near the place is shown. */
static void
test_long_line (void)
{
  g_autofree char *filler = g_strnfill (20000, 'x');
  g_autofree char *line = g_strconcat (filler, "HERE", filler, NULL);
  g_autofree char *text = excerpt (line, 1, 20001);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  const char *here = strstr (lines[0], "HERE");

  g_assert_nonnull (here);
  g_assert_cmpuint (output_width (lines[0]), <=, 110);
  *(char *) here = '\0';
  g_assert_cmpuint (output_width (lines[0]), ==, strlen (lines[1]) - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/pretty/layout", test_layout);
  g_test_add_func ("/ctl/pretty/excerpt", test_excerpt);
  g_test_add_func ("/ctl/pretty/long-line", test_long_line);

  return g_test_run ();
}
