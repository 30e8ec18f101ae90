/* sb-replay-dialog.h: replaying many dead letters with care: the first one, ten, a hundred, the
 * rest. */
#pragma once

#include <adwaita.h>

#include "sb-router.h"

G_BEGIN_DECLS

#define SB_TYPE_REPLAY_DIALOG (sb_replay_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SbReplayDialog, sb_replay_dialog, SB, REPLAY_DIALOG, AdwWindow)

/* filter: which, as the router takes it; n: how many that are; connector: where they go to, "" when
 * to several. */
SbReplayDialog *sb_replay_dialog_new (GtkWindow *parent,
                                      SbRouter *router,
                                      JsonObject *filter,
                                      const char *connector,
                                      gint64 n);

G_END_DECLS
