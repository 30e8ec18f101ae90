/* The frame of main() without a terminal: no colour, no width. */
#include "ctl-run.h"

#include "ctl/ctl.h"

#include <stdlib.h>
#include <string.h>

CtlRun *
ctl_run (const char *const *arguments)
{
  CtlRun *run = g_new0 (CtlRun, 1);
  size_t out_length, err_length;
  FILE *out = open_memstream (&run->out, &out_length);
  FILE *err = open_memstream (&run->err, &err_length);
  Ctl ctl = { .clock = clock_system_new () };

  ctl.out = output_new (out, FALSE, 0);
  ctl.err = output_new (err, FALSE, 0);
  run->exit_code = ctl_main (&ctl, arguments);
  ctl_clear (&ctl);
  fclose (out);
  fclose (err);
  return run;
}

void
ctl_run_free (CtlRun *run)
{
  if (run == NULL)
    return;
  free (run->out);
  free (run->err);
  g_free (run);
}

void
ctl_run_assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is not in:\n%s", part, text);
}
