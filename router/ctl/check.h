/* check.h: how problems of a configuration folder are shown. */
#pragma once

#include "output.h"

#include "config/configuration.h"

G_BEGIN_DECLS

/* "file:line:column: key: message" each, and the hint below.  excerpts: also the line itself, with
 * a caret; the files are read from the folder. */
void
check_print_problems (Output *output, const char *folder, GPtrArray *problems, gboolean excerpts);
/* {"valid":bool,"problems":[{"file","line","column","key","message","hint"}]}; problems may be
 * NULL. */
void check_print_json (Output *output, GPtrArray *problems);
/* "The configuration is valid: 1 source, …" */
void check_print_summary (Output *output, Configuration *configuration);

G_END_DECLS
