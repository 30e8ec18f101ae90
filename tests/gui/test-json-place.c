/* Where somebody writes in a JSON text that is not whole yet. */
#include "sb-json-place.h"

#include <string.h>

static void
test_places (void)
{
  static const struct
  {
    const char *text;    /* before the cursor */
    const char *path;    /* with blanks; NULL: nothing can be written there */
    const char *written; /* with its quote */
    gboolean is_name;
  } cases[] = {
    { "{", "", "", TRUE },
    { "{\"Ev", "", "\"Ev", TRUE },
    { "{\"a\": ", "a", "", FALSE },
    { "{\"a\": \"x", "a", "\"x", FALSE },
    { "{\"a\": tr", "a", "tr", FALSE },
    { "{\"a\": {\"b\": [", "a b []", "", FALSE },
    { "{\"a\": {\"b\": [\"x\", \"y", "a b []", "\"y", FALSE },
    { "{\"a\": {\"b\": [{", "a b []", "", TRUE },
    { "{\"a\": {\"b\": [{\"prefix\": \"", "a b [] prefix", "\"", FALSE },
    { "{\"a\": {\"b\": [1, {\"c\": 2}], \"d", "a", "\"d", TRUE },
    { "{\"a\": {\"b\": 1}, ", "", "", TRUE },
    { "{\"a\": \"\\\"{[\", \"b\": \"", "b", "\"", FALSE },
    { "{\"a\": \"ü\", \"ö", "", "\"ö", TRUE },
    { "{\"detail\": {\"total\": [{\"numeric\": [\">\", 10", "detail total [] numeric []", "10",
      FALSE },
    { "{\"a\": [], \"b\"", NULL, NULL, FALSE },
    { "{\"a\": 1 ", NULL, NULL, FALSE },
    { "{\"a\": \"x\"", NULL, NULL, FALSE },
    { "{}", NULL, NULL, FALSE },
    { "", NULL, NULL, FALSE },
    { "}]", NULL, NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SbJsonPlace) place = sb_json_place_new (cases[i].text, strlen (cases[i].text));
      g_autofree char *path = place != NULL ? g_strjoinv (" ", place->path) : NULL;
      g_autofree char *written = place != NULL
                                     ? g_strconcat (place->quoted ? "\"" : "", place->written, NULL)
                                     : NULL;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpstr (path, ==, cases[i].path);
      g_assert_cmpstr (written, ==, cases[i].written);
      if (place == NULL)
        continue;
      g_assert_cmpint (place->is_name, ==, cases[i].is_name);
      g_assert_cmpstr (cases[i].text + place->start, ==, cases[i].written);
    }
}

/* A text that is cut anywhere, in the middle of an escape too, is read to its end and no further.
 */
static void
test_cut (void)
{
  const char *text = "{\"a\\\\\": [1, {\"b\": \"\\u0041\\\"\"}, null], \"c\": {\"d\": -1.5e3}}";

  for (gsize length = 0; length <= strlen (text); length++)
    {
      g_autofree char *exact = g_memdup2 (text, MAX (length, 1));
      g_autoptr (SbJsonPlace) place = sb_json_place_new (exact, length);

      if (place != NULL)
        g_assert_cmpuint (place->start, <=, length);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-place/places", test_places);
  g_test_add_func ("/json-place/cut", test_cut);
  return g_test_run ();
}
