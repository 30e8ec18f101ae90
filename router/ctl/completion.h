/* completion.h: what shells complete, from the table of commands. */
#pragma once

#include "ctl.h"

G_BEGIN_DECLS

/* The script for "bash", "zsh" or "fish"; NULL for another shell. */
char *completion_script (const char *shell);

/* The options of a command, as its own --help prints them: GPtrArray of "--name" and, after a tab,
 * what it does. */
GPtrArray *completion_options (const CtlCommand *command);

G_END_DECLS
