/* command-completion.c: completion: a script for a shell. */
#include "config.h"

#include "commands.h"
#include "completion.h"

#include <string.h>

int
command_completion (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (GStrv) rest = NULL;
  g_autofree char *script = NULL;
  int exit_code;

  if (!ctl_parse (ctl, command, NULL, arguments, 1, 1, &rest, &exit_code))
    return exit_code;
  script = completion_script (rest[0]);
  if (script == NULL)
    return ctl_fail_usage (ctl, command, "“%s” is not bash, zsh or fish", rest[0]);
  output_raw (ctl->out, script, strlen (script));
  return EX_OK;
}
