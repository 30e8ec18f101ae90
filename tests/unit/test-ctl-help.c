/* Help and the manual page say the same. */
#include "ctl/ctl.h"

#include "support/ctl-run.h"

#include <stdlib.h>
#include <string.h>

/* The manual page's text without mdoc's macros: "Fl -limit" becomes "--limit". */
static char *
manual_text (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "data", "man",
                                                 "signalboxctl.1", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *source = NULL;
  g_auto (GStrv) parts = NULL;

  g_file_get_contents (path, &source, NULL, &error);
  g_assert_no_error (error);
  parts = g_strsplit (source, "Fl ", -1);
  return g_strjoinv ("-", parts);
}

/* Whether the option stands in the text as a word of its own. */
static gboolean
has_option (const char *text, const char *option)
{
  for (const char *at = strstr (text, option); at != NULL; at = strstr (at + 1, option))
    if (!g_ascii_isalnum (at[strlen (option)]) && at[strlen (option)] != '-')
      return TRUE;
  return FALSE;
}

static void
check_options (const char *command, const char *help, const char *manual)
{
  g_auto (GStrv) words = g_strsplit_set (help, " \n,", -1);

  for (gsize i = 0; words[i] != NULL; i++)
    {
      gsize length = strlen (words[i]);

      if (!g_str_has_prefix (words[i], "--") || length == 2)
        continue;
      if (words[i][length - 1] == '.' || words[i][length - 1] == ';')
        words[i][length - 1] = '\0';
      if (!has_option (manual, words[i]))
        g_error ("The manual page does not know %s of %s", words[i], command);
    }
}

/* GLib refuses a letter that two options of a command have. */
static void
check_letters (const char *command, const char *help)
{
  g_auto (GStrv) lines = g_strsplit (help, "\n", -1);
  gboolean seen[128] = { FALSE };

  for (gsize i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "  -") && g_ascii_isalpha (lines[i][3]) && lines[i][4] == ',')
      {
        if (seen[(guchar) lines[i][3]])
          g_error ("Two options of %s have the letter %c", command, lines[i][3]);
        seen[(guchar) lines[i][3]] = TRUE;
      }
}

static void
test_commands (void)
{
  g_autofree char *manual = manual_text ();
  g_autoptr (CtlRun) overview = CTL_RUN ("help");

  g_assert_cmpint (overview->exit_code, ==, EX_OK);
  for (const CtlCommand *command = ctl_commands; command->name != NULL; command++)
    {
      g_autoptr (CtlRun) help = CTL_RUN ("help", command->name);
      g_autoptr (CtlRun) option = CTL_RUN (command->name, "--help");
      g_autofree char *macro = g_strconcat (".It Cm ", command->name, NULL);

      g_test_message ("%s", command->name);
      g_assert_cmpint (help->exit_code, ==, EX_OK);
      g_assert_cmpstr (help->err, ==, "");
      g_assert_cmpstr (help->out, ==, option->out);
      ctl_run_assert_contains (help->out, "Exit codes: 0");
      ctl_run_assert_contains (overview->out, command->summary);
      ctl_run_assert_contains (manual, macro);
      check_options (command->name, help->out, manual);
      check_letters (command->name, help->out);
    }
}

static void
test_width (void)
{
  for (const CtlCommand *command = ctl_commands; command->name != NULL; command++)
    {
      g_autoptr (CtlRun) help = CTL_RUN ("help", command->name);
      g_auto (GStrv) lines = g_strsplit (help->out, "\n", -1);

      for (gsize i = 0; lines[i] != NULL; i++)
        {
          g_test_message ("%s", lines[i]);
          g_assert_cmpuint (output_width (lines[i]), <=, 100);
        }
    }
}

/* Each exit code of the overview is in the manual page. */
static void
test_exit_codes (void)
{
  g_autofree char *manual = manual_text ();
  g_autoptr (CtlRun) overview = CTL_RUN ("help");
  const char *codes = strstr (overview->out, "Exit codes\n");
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  g_assert_nonnull (codes);
  lines = g_strsplit (codes, "\n", -1);
  for (gsize i = 1; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_autofree char *macro = g_strdup_printf (".It %d\n", atoi (lines[i]));

      ctl_run_assert_contains (manual, macro);
      n++;
    }
  g_assert_cmpuint (n, ==, 12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/help/commands", test_commands);
  g_test_add_func ("/ctl/help/width", test_width);
  g_test_add_func ("/ctl/help/exit-codes", test_exit_codes);

  return g_test_run ();
}
