/* submit.h: submitting to the writer and waiting for it, in a way that can be ended. */
#pragma once

#include "control/control.h"

G_BEGIN_DECLS

typedef struct Submitter Submitter;

Submitter *submitter_new (Writer *writer);
/* When no submitter_submit() runs any more; what is still queued in the writer may come later. */
void submitter_free (Submitter *submitter);

/* Ends all waiting, for good. */
void submitter_stop (Submitter *submitter);

/* Writer thread, after a commit.  result: zeroed bytes for it to fill. */
typedef void (*SubmitterDone) (const BatchItem *item, gpointer result, gpointer user_data);

/* Takes the item, submits it and waits until it is durable.  done may be NULL; what it put into its
 * result_bytes is copied to out_result.
 *
 * ROUTER_ERROR_FULL: the disk is, and nothing was written.  When submitter_stop() ends the waiting
 * the error is ROUTER_ERROR_UNAVAILABLE, and the item may still be committed later. */
gboolean submitter_submit (Submitter *submitter,
                           BatchItem *item,
                           SubmitterDone done,
                           gpointer user_data,
                           gpointer out_result,
                           gsize result_bytes,
                           GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Submitter, submitter_free)

G_END_DECLS
