/* Escapes that are JSON and yet no text. */
#include "base/json-text.h"

#include <string.h>

static void
test_cases (void)
{
  static const struct
  {
    const char *text;
    int bad; /* offset of the first one, -1: none */
    const char *shown;
  } cases[] = {
    { "{}", -1, "{}" },
    { "\"\\n\\\\u0000\"", -1, "\"\\n\\\\u0000\"" },
    { "\"\\u0000\"", 1, "\"\\ufffd\"" },
    { "\"a\\u0041\\u0000b\\ud800\"", 8, "\"a\\u0041\\ufffdb\\ufffd\"" },
    { "\"\\ud83d\\ude00\"", -1, "\"\\ud83d\\ude00\"" },
    { "\"\\ude00\\ud83d\"", 1, "\"\\ufffd\\ufffd\"" },
    { "\"\\uD83D\\n\"", 1, "\"\\ufffd\\n\"" },
    { "\"\\ud83d\\ud83d\\ude00\"", 1, "\"\\ufffd\\ud83d\\ude00\"" },
    { "[\"\\u0001\",\"\\\\\\u0000\"]", 13, "[\"\\u0001\",\"\\\\\\ufffd\"]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *text = cases[i].text;
      const char *bad = json_text_find_bad_escape (text, strlen (text));
      g_autoptr (GString) shown = g_string_new (NULL);

      g_test_message ("%s", text);
      g_assert_cmpint (bad != NULL ? (int) (bad - text) : -1, ==, cases[i].bad);
      json_text_append_displayable (shown, text, strlen (text));
      g_assert_cmpstr (shown->str, ==, cases[i].shown);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/json-text/cases", test_cases);
  return g_test_run ();
}
