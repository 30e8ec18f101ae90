/* UUID version 7: 48 bits of milliseconds, then 74 random bits. */
#include "base/id.h"

void
id_new (Clock *clock, Random *random, char out_id[ID_LENGTH + 1])
{
  guint64 ms = (guint64) (clock_wall_us (clock) / 1000);
  guint64 a = random_u64 (random);
  guint64 b = random_u64 (random);

  g_snprintf (out_id, ID_LENGTH + 1, "%08x-%04x-7%03x-%04x-%012" G_GINT64_MODIFIER "x",
              (guint) (ms >> 16), (guint) (ms & 0xffff), (guint) (a & 0xfff),
              (guint) (0x8000 | ((a >> 12) & 0x3fff)), b & G_GUINT64_CONSTANT (0xffffffffffff));
}

gboolean
id_is_valid (const char *text)
{
  for (gsize i = 0; i < ID_LENGTH; i++)
    {
      gboolean dash = i == 8 || i == 13 || i == 18 || i == 23;

      if (dash ? text[i] != '-' : !g_ascii_isxdigit (text[i]))
        return FALSE;
    }
  return text[ID_LENGTH] == '\0';
}
