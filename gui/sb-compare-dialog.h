/* sb-compare-dialog.h: the files of the configuration as they are on disk beside those in force. */
#pragma once

#include <adwaita.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* answer: of /v1/config/pending with texts. */
void sb_compare_dialog_present (GtkWindow *parent, JsonObject *answer);

G_END_DECLS
