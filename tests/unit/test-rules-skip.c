/* skip.c: the fast ways over an array or object against the plain one. */
#include "rules/skip.h"

#include <glib.h>

static void
compare (const GString *text)
{
  /* Not one byte more, so that a sanitizer sees what is read beyond. */
  g_autofree char *copy = g_memdup2 (text->str, text->len);
  const char *end = copy + text->len;
  const char *plain = skip_container_plain (copy + 1, end);
  const char *fast = skip_container_choose () (copy + 1, end);

  g_assert_cmpint (plain ? plain - copy : -1, ==, fast ? fast - copy : -1);
}

static void
test_agree (void)
{
  static const char *const pieces[] = { "{",
                                        "}",
                                        "[",
                                        "]",
                                        "\"a\"",
                                        "\"}\"",
                                        "\"\\\"{\"",
                                        ",",
                                        "12345678",
                                        "\"\\\\\"",
                                        "\"sixteen bytes, and more\"" };
  GRand *rand = g_rand_new_with_seed (9);

  for (int i = 0; i < 50000; i++)
    {
      g_autoptr (GString) text = g_string_new ("{");

      for (gint32 n = g_rand_int_range (rand, 0, 60); n > 0; n--)
        g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
      for (gint32 depth = g_rand_int_range (rand, 0, 40); depth > 0; depth--)
        g_string_append_c (text, '}');
      compare (text);
    }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/skip/agree", test_agree);
  return g_test_run ();
}
