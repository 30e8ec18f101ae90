/* What shells complete is what there is; whether they do, tests/check-completion asks them. */
#include "ctl/completion.h"

#include "support/ctl-run.h"

#include <string.h>

static void
test_options (void)
{
  for (const CtlCommand *command = ctl_commands; command->name != NULL; command++)
    {
      g_autoptr (GPtrArray) options = completion_options (command);
      gboolean has_socket = FALSE;

      for (guint i = 0; i < options->len; i++)
        {
          const char *option = g_ptr_array_index (options, i);

          g_assert_true (g_str_has_prefix (option, "--"));
          g_assert_nonnull (strchr (option, '\t'));
          has_socket |= g_str_has_prefix (option, "--socket\tThe router");
        }
      g_test_message ("%s", command->name);
      g_assert_true (has_socket);
    }
}

static void
test_scripts (void)
{
  g_autoptr (CtlRun) other = CTL_RUN ("completion", "csh");

  for (const char *const *shell = (const char *const[]){ "bash", "zsh", "fish", NULL };
       *shell != NULL; shell++)
    {
      g_autoptr (CtlRun) run = CTL_RUN ("completion", *shell);

      g_assert_cmpint (run->exit_code, ==, EX_OK);
      for (const CtlCommand *command = ctl_commands; command->name != NULL; command++)
        ctl_run_assert_contains (run->out, command->name);
    }
  g_assert_cmpint (other->exit_code, ==, EX_USAGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-completion/options", test_options);
  g_test_add_func ("/ctl-completion/scripts", test_scripts);
  return g_test_run ();
}
