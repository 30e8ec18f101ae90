/* ctl-run.h: runs a command of signalboxctl inside the test, with its output in strings. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  int exit_code;
  char *out, *err;
} CtlRun;

/* arguments: without the program's name, NULL-terminated. */
CtlRun *ctl_run (const char *const *arguments);
#define CTL_RUN(...) ctl_run ((const char *const[]){ __VA_ARGS__, NULL })
void ctl_run_free (CtlRun *run);

/* Fails the test unless the text is in there. */
void ctl_run_assert_contains (const char *text, const char *part);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CtlRun, ctl_run_free)

G_END_DECLS
