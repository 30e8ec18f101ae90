/* command-check.c: check: a configuration folder, without a router. */
#include "config.h"

#include "check.h"
#include "commands.h"

#include "config/configuration.h"
#include "connector/connector.h"

int
command_check (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (Configuration) configuration = NULL;
  g_auto (GStrv) rest = NULL;
  int exit_code;

  if (!ctl_parse (ctl, command, NULL, arguments, 1, 1, &rest, &exit_code))
    return exit_code;
  if (!g_file_test (rest[0], G_FILE_TEST_IS_DIR))
    return ctl_fail (ctl, EX_NOINPUT, "There is no folder “%s”", rest[0]);
  configuration = config_load (rest[0], connector_schemas (), NULL, &problems);
  if (ctl->json)
    check_print_json (ctl->out, problems);
  else if (configuration == NULL)
    check_print_problems (ctl->out, rest[0], problems, ctl->terminal);
  else
    check_print_summary (ctl->out, configuration);
  return configuration != NULL ? EX_OK : EX_CONFIG;
}
