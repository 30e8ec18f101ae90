/* sb-export.h: writes dead letters with their events to a file, one JSON object a line:
 * {"delivery":{…},"event":{…}}.
 *
 * Page by page and a few events at a time, so that a million of them need no more memory than a
 * hundred.  What was not finished leaves no file behind. */
#pragma once

#include "sb-client.h"

G_BEGIN_DECLS

#define SB_TYPE_EXPORT (sb_export_get_type ())
G_DECLARE_FINAL_TYPE (SbExport, sb_export, SB, EXPORT, GObject)

/* query: of a list of deliveries; one export writes one file once. */
SbExport *sb_export_new (SbClient *client, const char *query, GFile *file);

/* Ends in sb_export_finish(); cancelling removes what was written. */
void sb_export_run_async (SbExport *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean sb_export_finish (SbExport *self, GAsyncResult *result, GError **error);

/* Lines that are written. */
gint64 sb_export_get_n_written (SbExport *self);

/* Signals:
 *   progress ()  more lines are written */

G_END_DECLS
