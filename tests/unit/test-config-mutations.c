/* Files that were cut off or hit by a stray byte: each loads or is refused with a place in the
 * file, and nothing crashes. */
#include "support/config-folder.h"

#include <string.h>

static const struct
{
  const char *path, *text;
} seeds[] = {
  { "router.json", "{\"Listen\":\"[::1]:80\",\"Limits\":{\"EventBytes\":2048,\"JsonDepth\":7}}" },
  { "bus/b.json", "{\"$schema\":\"s\",\"Description\":\"\\u00e9\\ud83d\\ude00\"}" },
  { "source/s.json", "{\"Bus\":\"default\",\"Source\":{\"Path\":\"$.a[0]\",\"Default\":\"d\"},"
                     "\"DetailType\":{\"Header\":"
                     "\"X-A\"}}" },
  { "rule/default/r.json",
    "{\"State\":\"ENABLED\",\"EventPattern\":{\"source\":[\"s\",{\"prefix\":\"p\"}],\"detail\":{"
    "\"n\":[{"
    "\"numeric\":[\">\",1.5e1]}]}},\"Targets\":[{\"Id\":\"a\",\"Arn\":\"file/"
    "f\",\"InputTransformer\":{"
    "\"InputPathsMap\":{\"x\":\"$.detail.n\"},\"InputTemplate\":\"{\\\"v\\\":<x>,\\\"w\\\":\\\"<x>"
    "\\\"}"
    "\"},\"RetryPolicy\":{\"MaximumRetryAttempts\":3,\"Backoff\":{\"BaseSeconds\":0.5}}}]}" },
  { "rule/default/t.json",
    "{\"EventPattern\":\"{\\\"a\\\":[{\\\"wildcard\\\":\\\"*b\\\"}]}\",\"Targets\":[{\"Id\":\"b\","
    "\"Arn\":"
    "\"file/f\",\"Input\":\"[1,\\\"\\\\u0041\\\"]\"},{\"Id\":\"c\",\"Arn\":\"file/"
    "f\",\"InputPath\":"
    "\"$.detail\"}]}" },
  { "file/f.json", "{\"Path\":\"p\",\"Concurrency\":3}" },
  { "webhook/w.json",
    "{\"Url\":\"https://u:p@h:1/x?y\",\"Headers\":{\"A\":\"b\"},\"TimeoutSeconds\":1.5}" },
};

typedef struct
{
  char *folder;
  GHashTable *overlay;
  guint n_loaded, n_refused;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = test_folder_new ();
  fixture->overlay = g_hash_table_new (g_str_hash, g_str_equal);
  /* All but the one that is tried, for speed, are as small as can be. */
  test_folder_put (fixture->folder, "file/f.json", "{\"Path\":\"p\"}");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_hash_table_unref (fixture->overlay);
  test_folder_free (fixture->folder);
}

static void
check_place (const ConfigProblem *problem, const char *path, const char *text)
{
  guint n_lines = 1;

  for (const char *at = strchr (text, '\n'); at; at = strchr (at + 1, '\n'))
    n_lines++;
  g_assert_cmpstr (problem->file, ==, path);
  g_assert_cmpuint (problem->line, >=, 1);
  g_assert_cmpuint (problem->line, <=, n_lines);
  g_assert_cmpuint (problem->column, >=, 1);
  g_assert_cmpuint (problem->column, <=, strlen (text) + 1);
  g_assert_cmpstr (problem->message, !=, "");
}

static void
try_text (Fixture *fixture, const char *path, const char *text)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (Configuration) configuration = NULL;

  g_hash_table_insert (fixture->overlay, (char *) path, (char *) text);
  configuration = config_load (fixture->folder, test_connector_schemas, fixture->overlay,
                               &problems);
  g_hash_table_remove_all (fixture->overlay);
  if (configuration)
    {
      g_assert_null (problems);
      fixture->n_loaded++;
      return;
    }
  g_assert_nonnull (problems);
  g_assert_cmpuint (problems->len, >, 0);
  for (guint i = 0; i < problems->len; i++)
    {
      g_autofree char *line = config_problem_format (problems->pdata[i]);

      check_place (problems->pdata[i], path, text);
      /* What stands there may be in a file of bytes, the message is for people. */
      if (g_utf8_validate (text, -1, NULL))
        g_assert_true (g_utf8_validate (line, -1, NULL));
    }
  fixture->n_refused++;
}

static void
test_truncations (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      gsize length = strlen (seeds[i].text);

      for (gsize cut = 0; cut <= length; cut++)
        {
          g_autofree char *text = g_strndup (seeds[i].text, cut);

          try_text (fixture, seeds[i].path, text);
        }
    }
  /* Only the whole ones are good. */
  g_assert_cmpuint (fixture->n_loaded, ==, G_N_ELEMENTS (seeds));
  g_assert_cmpuint (fixture->n_refused, >, 500);
}

/* Bytes that mean something to JSON, patterns, paths or templates, and some that mean nothing. */
static const char strays[] = "\"\\{}[],:<$./ \n0-eu~\x01\xc3";

static void
test_changed_bytes (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
    for (gsize at = 0; at < strlen (seeds[i].text); at++)
      for (const char *stray = strays; *stray; stray++)
        {
          g_autofree char *text = g_strdup (seeds[i].text);

          text[at] = *stray;
          try_text (fixture, seeds[i].path, text);
        }
  g_assert_cmpuint (fixture->n_loaded, >, 100);
  g_assert_cmpuint (fixture->n_refused, >, 10000);
}

static void
test_left_out_and_doubled (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
    for (gsize at = 0; at < strlen (seeds[i].text); at++)
      {
        g_autoptr (GString) shorter = g_string_new (seeds[i].text);
        g_autoptr (GString) longer = g_string_new (seeds[i].text);

        g_string_erase (shorter, (gssize) at, 1);
        g_string_insert_c (longer, (gssize) at, seeds[i].text[at]);
        try_text (fixture, seeds[i].path, shorter->str);
        try_text (fixture, seeds[i].path, longer->str);
      }
  g_assert_cmpuint (fixture->n_loaded, >, 100);
  g_assert_cmpuint (fixture->n_refused, >, 500);
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/config-mutations/truncations", test_truncations);
  ADD ("/config-mutations/changed-bytes", test_changed_bytes);
  ADD ("/config-mutations/left-out-and-doubled", test_left_out_and_doubled);
  return g_test_run ();
}
