/* check-invariants: does a store keep what was promised to the world outside?
 *
 * Usage: check-invariants [--over] STATE EVIDENCE
 *
 * STATE is the state folder of a router that does not run.  EVIDENCE is a file with one JSON object
 * a line, as support/evidence.c describes it: what senders were told, what targets were asked and
 * what they answered, crashes, secrets, texts.  Prints every violation of L1 to L8; exits with 1
 * when there is one.  --over: all is over, so that nothing may be unsettled. */
#include "support/evidence.h"

#include <stdio.h>

static gboolean is_over;

static const GOptionEntry options[] = {
  { "over", 0, 0, G_OPTION_ARG_NONE, &is_over, "nothing may be unsettled", NULL },
  { NULL },
};

static int
check (const char *state_dir, const char *path)
{
  g_autoptr (Evidence) evidence = evidence_new ();
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  Store *store;

  if (!evidence_load (evidence, path, &error) ||
      (store = store_engine_sqlite.open (state_dir, &error)) == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      return 66;
    }
  evidence_read_generations (evidence, state_dir);
  found = evidence_check (evidence, store, is_over);
  store_close (store);
  for (guint i = 0; i < found->len; i++)
    printf ("%s\n", (char *) found->pdata[i]);
  printf ("%u acknowledged events, %u violations\n", evidence_n_acknowledged (evidence),
          found->len);
  return found->len > 0 ? 1 : 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("STATE EVIDENCE");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 3)
    {
      fprintf (stderr, "%s\n", error != NULL ? error->message : "expected STATE and EVIDENCE");
      return 64;
    }
  return check (argv[1], argv[2]);
}
