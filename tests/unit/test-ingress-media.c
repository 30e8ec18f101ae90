/* What content types say. */
#include "ingress/media.h"

static void
test_types (void)
{
  static const struct
  {
    const char *type;
    Media media;
  } cases[] = {
    { NULL, MEDIA_JSON },
    { "", MEDIA_JSON },
    { " ", MEDIA_JSON },
    { "application/json", MEDIA_JSON },
    { "Application/JSON", MEDIA_JSON },
    { "application/json; charset=utf-8", MEDIA_JSON },
    { "application/json;charset=\"UTF-8\"; x=y", MEDIA_JSON },
    { "application/json ; charset=us-ascii", MEDIA_JSON },
    { "application/cloudevents+json", MEDIA_JSON },
    { "application/vnd.github.v3+json; charset=utf-8", MEDIA_JSON },
    { "text/json", MEDIA_JSON },
    { "application/x-ndjson", MEDIA_NDJSON },
    { "application/jsonl", MEDIA_NDJSON },
    { "application/x-ndjson; charset=utf-8", MEDIA_NDJSON },
    { "application/json; charset=iso-8859-1", MEDIA_OTHER },
    { "application/json; charset=utf-16", MEDIA_OTHER },
    { "application/x-www-form-urlencoded", MEDIA_OTHER },
    { "text/plain", MEDIA_OTHER },
    { "text/html", MEDIA_OTHER },
    { "application/jsonish", MEDIA_OTHER },
    { "json", MEDIA_OTHER },
    { "+json", MEDIA_OTHER },
    { ";", MEDIA_OTHER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].type != NULL ? cases[i].type : "(none)");
      g_assert_cmpint (media_parse (cases[i].type), ==, cases[i].media);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingress/media/types", test_types);
  return g_test_run ();
}
