/* run-conformance: runs recorded cases against libsignalbox-rules.
 *
 * Usage: run-conformance [--messages] FILE…
 *
 * A FILE holds one JSON object a line.  One with "pattern" is a pattern case, one with "compare" a
 * transformer case; see pattern-case.c and transformer-case.c.  Prints a line for each case that
 * does not hold, and at the end "N passed, N failed" alone on a line.  Exits with 0 when all hold,
 * 1 when one does not, 2 when a file cannot be read or holds anything else.
 *
 * --messages: the message of a refusal must agree as well, where the case has one.
 */
#include "case.h"

#include <stdio.h>
#include <string.h>

typedef struct
{
  bool messages;
  unsigned passed, failed, beyond_limits;
} Run;

static bool
run_line (Run *run, const char *file, unsigned number, const char *line)
{
  g_autoptr (GString) problem = g_string_new (NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonNode *root;
  Case test = { .line = line, .length = strlen (line), .messages = run->messages };
  bool known = false;

  if (!json_parser_load_from_data (parser, line, -1, &error))
    {
      fprintf (stderr, "%s:%u: not JSON: %s\n", file, number, error->message);
      return false;
    }
  root = json_parser_get_root (parser);
  if (root && JSON_NODE_HOLDS_OBJECT (root))
    {
      test.object = json_node_get_object (root);
      known = json_object_has_member (test.object, "pattern") ||
              json_object_has_member (test.object, "compare");
    }
  if (!known)
    {
      fprintf (stderr, "%s:%u: neither a pattern case nor a transformer case\n", file, number);
      return false;
    }
  if (json_object_has_member (test.object, "compare"))
    transformer_case_run (&test, problem);
  else if (!pattern_case_run (&test, problem))
    run->beyond_limits++;
  if (problem->len == 0)
    run->passed++;
  else
    {
      run->failed++;
      printf ("%s: %s\n", case_string (&test, "id", "(no id)"), problem->str);
    }
  return true;
}

static bool
run_file (Run *run, const char *file)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  unsigned number = 0;
  bool ok = true;
  size_t length;

  if (!g_file_get_contents (file, &text, &length, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return false;
    }
  for (char *line = text; *line != '\0';)
    {
      char *end = strchrnul (line, '\n');
      bool last = *end == '\0';

      *end = '\0';
      number++;
      g_strchomp (line);
      if (*line != '\0' && !run_line (run, file, number, line))
        ok = false;
      line = last ? end : end + 1;
    }
  return ok;
}

static void
print_usage (void)
{
  fprintf (stderr, "Usage: run-conformance [--messages] FILE…\n");
}

int
main (int argc, char **argv)
{
  Run run = { 0 };
  int files = 0;
  bool ok = true;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--messages") == 0)
      run.messages = true;
    else if (argv[i][0] == '-')
      {
        print_usage ();
        return 2;
      }
    else
      files++;
  if (files == 0)
    {
      print_usage ();
      return 2;
    }
  for (int i = 1; i < argc; i++)
    if (argv[i][0] != '-' && !run_file (&run, argv[i]))
      ok = false;
  if (run.beyond_limits > 0)
    printf ("%u of the cases are beyond EventBridge's limits and were asked without them\n",
            run.beyond_limits);
  printf ("%u passed, %u failed\n", run.passed, run.failed);
  return !ok ? 2 : run.failed > 0 ? 1 : 0;
}
