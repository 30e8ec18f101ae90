/* help.h: what signalboxctl says about itself. */
#pragma once

#include "ctl.h"

G_BEGIN_DECLS

void help_command (Ctl *ctl,
                   const CtlCommand *command,
                   const GOptionEntry *entries,
                   const GOptionEntry *common);
void help_overview (Ctl *ctl, const GOptionEntry *common);

G_END_DECLS
