/* command-show.h: the journey of one delivery, which is what dead show prints too. */
#pragma once

#include "ctl.h"

G_BEGIN_DECLS

/* Returns an exit code.  payload: what the target is sent too. */
int show_delivery (Ctl *ctl, const char *id, gboolean payload);

G_END_DECLS
