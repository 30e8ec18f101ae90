/* sb-undo-job.h: what was done to many deliveries as one, and how it is taken back.
 *
 * The router gives everything that is done as one a number, by which it can be asked to do the
 * opposite to just these.  A job that is still at it is cancelled first. */
#pragma once

#include "sb-client.h"

G_BEGIN_DECLS

#define SB_TYPE_UNDO_JOB (sb_undo_job_get_type ())
G_DECLARE_FINAL_TYPE (SbUndoJob, sb_undo_job, SB, UNDO_JOB, GObject)

/* answer: of “jobs”, or of a call that acted at once.  opposite: the kind of the job that takes it
 * back, “restore”. */
SbUndoJob *sb_undo_job_new (SbClient *client, JsonObject *answer, const char *opposite);

/* Ends when the job is made that takes it back. */
void sb_undo_job_run_async (SbUndoJob *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean sb_undo_job_run_finish (SbUndoJob *self, GAsyncResult *result, GError **error);

/* The body of a job of this kind for what the filter chooses. */
JsonObject *sb_undo_job_new_job (const char *kind, JsonObject *filter);

G_END_DECLS
