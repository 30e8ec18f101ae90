/* rest.c: a name must be seen wherever it stands, and the fast form must agree with the plain one.
 */
#include "rules/rest.h"

#include <glib.h>
#include <string.h>

static const RestName names[] = { { "id", 2 }, { "state", 5 }, { "x", 1 } };

static bool
is_free (RestIsFree function, const char *text)
{
  /* Not one byte more than the text's own, so that a sanitizer sees what is read beyond. */
  g_autofree char *copy = g_memdup2 (text, strlen (text));

  return function (copy, copy + strlen (text), names, G_N_ELEMENTS (names));
}

static void
test_cases (void)
{
  static const struct
  {
    const char *text;
    bool is_free;
  } cases[] = {
    { ",\"a\":1}", true },
    { ",\"id\":1}", false },
    { ",\"x\":1}", false },
    { ",\"idx\":1}", true },
    { ",\"state.a\":1}", false },
    { ",\"a\":\"id\"}", false },
    { ",\"a\":\"\\u0069d\"}", false },
    { ",\"state", true },
    { ",\"stat\":0}", true },
    { ",\"ids\":[1,2]}", true },
    { ",\"a\":id}", true },
    { ",\"i\":{\"d\":1}}", true },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (is_free (rest_is_free_plain, cases[i].text), ==, cases[i].is_free);
      g_assert_cmpint (is_free (rest_is_free_choose (), cases[i].text), ==, cases[i].is_free);
    }
  g_assert_true (rest_is_free_choose () ("", "", names, 1));
}

/* A name and what only looks like one, at every place of texts of every length. */
static void
test_places (void)
{
  static const char *const there[] = { "\"id\"", "\"state.", "\"x\"", "\\", "\"idle\"", "\"\"" };

  for (gsize length = 0; length < 300; length += length < 140 ? 1 : 13)
    for (gsize at = 0; at <= length; at++)
      for (guint i = 0; i < G_N_ELEMENTS (there); i++)
        {
          g_autoptr (GString) text = g_string_new (NULL);

          for (gsize k = 0; k < length; k++)
            g_string_append_c (text, "abc,:{}7"[k % 8]);
          g_string_insert (text, (gssize) at, there[i]);
          g_assert_cmpint (is_free (rest_is_free_choose (), text->str), ==, i >= 4);
          g_assert_cmpint (is_free (rest_is_free_plain, text->str), ==, i >= 4);
        }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/rest/cases", test_cases);
  g_test_add_func ("/rules/rest/places", test_places);
  return g_test_run ();
}
