/* jobs.h: bulk jobs: replaying, discarding and restoring what a filter chooses, in the background.
 *
 * A job is a record of the store: its progress is committed with the actions that it made, so that
 * it goes on after a restart where it was.  One thread works on all jobs in turns, and sleeps while
 * none runs.  Nothing leaves the dead letters before its turn: stopping a job returns nothing,
 * because nothing was taken. */
#pragma once

#include "control/core.h"
#include "control/job.h"

G_BEGIN_DECLS

typedef struct Jobs Jobs;

/* Goes on with what the store has unfinished.  control outlives it. */
Jobs *jobs_new (Control *control);
/* No further step begins.  Before the submitter is stopped. */
void jobs_stop (Jobs *jobs);
/* Ends the thread; the submitter is stopped already. */
void jobs_free (Jobs *jobs);

gboolean jobs_create (Jobs *jobs, const ControlJob *wanted, gint64 *out_id, GError **error);
gboolean jobs_act (Jobs *jobs, gint64 id, ControlJobAction action, double rate, GError **error);

G_END_DECLS
