/* main.c: signalboxctl, the operator's command line. */
#include "config.h"

#include "ctl.h"

#include <locale.h>

int
main (int argc, char **argv)
{
  Ctl ctl = { .clock = clock_system_new () };
  int exit_code;

  setlocale (LC_ALL, "");
  ctl.out = output_new (stdout, output_wants_colour (stdout, "auto"),
                        output_terminal_width (stdout));
  ctl.err = output_new (stderr, output_wants_colour (stderr, "auto"),
                        output_terminal_width (stderr));
  ctl.terminal = output_terminal_width (stdout) > 0;

  exit_code = ctl_main (&ctl, (const char *const *) argv + MIN (argc, 1));
  ctl_clear (&ctl);
  return exit_code;
}
