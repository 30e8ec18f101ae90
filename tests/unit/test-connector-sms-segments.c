/* How many messages a text takes. */
#include "connector/sms/segments.h"

static char *
repeat (const char *text, guint n)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (out, text);
  return g_string_free (out, FALSE);
}

static void
test_segments (void)
{
  static const struct
  {
    const char *text;
    guint n, segments;
  } cases[] = {
    { "", 1, 1 },
    { "a", 160, 1 },
    { "a", 161, 2 },
    { "a", 306, 2 },
    { "a", 307, 3 },
    { "é", 160, 1 },
    { "Ω", 161, 2 },
    { "€", 80, 1 },
    { "€", 81, 2 },
    { "[", 80, 1 },
    /* 76 pairs and one septet free a message: the pair is not split. */
    { "€", 152, 2 },
    { "€", 153, 3 },
    { "`", 70, 1 },
    { "`", 71, 2 },
    { "ć", 70, 1 },
    { "ć", 134, 2 },
    { "ć", 135, 3 },
    { "😀", 35, 1 },
    { "😀", 36, 2 },
    /* 33 pairs and one unit free a message. */
    { "😀", 66, 2 },
    { "😀", 67, 3 },
    { "\n", 160, 1 },
    { "\t", 71, 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = repeat (cases[i].text, cases[i].n);

      g_test_message ("%u times “%s”", cases[i].n, cases[i].text);
      SmsSize size;

      sms_measure (text, &size);
      g_assert_cmpuint (size.segments, ==, cases[i].segments);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/sms/segments/segments", test_segments);

  return g_test_run ();
}
