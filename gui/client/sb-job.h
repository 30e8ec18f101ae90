/* sb-job.h: something that the router does to many deliveries in the background. */
#pragma once

#include "sb-item.h"

G_BEGIN_DECLS

#define SB_TYPE_JOB (sb_job_get_type ())
G_DECLARE_FINAL_TYPE (SbJob, sb_job, SB, JOB, SbItem)

typedef enum
{
  SB_JOB_RUNNING,
  SB_JOB_PAUSED,
  SB_JOB_DONE,
  SB_JOB_CANCELLED,
  SB_JOB_STOPPED, /* by its guard, or because of an error: the note says */
} SbJobState;

SbJobState sb_job_get_state (SbJob *self);
gboolean sb_job_is_finished (SbJob *self);

/* All strings are owned by the job and never NULL. */
const char *sb_job_get_kind (SbJob *self); /* "replay", "discard", "restore" */
const char *sb_job_get_note (SbJob *self);
const char *sb_job_get_actor (SbJob *self);
const char *sb_job_get_reason (SbJob *self);
const char *sb_job_get_connector (SbJob *self); /* of its filter, or "" */
const char *sb_job_get_filter (SbJob *self);    /* as JSON */
gint64 sb_job_get_created_us (SbJob *self);
gint64 sb_job_get_changed_us (SbJob *self);
gint64 sb_job_get_total (SbJob *self); /* -1: not counted yet */
gint64 sb_job_get_applied (SbJob *self);
gint64 sb_job_get_skipped (SbJob *self); /* left out, or no longer as they were */
gint64 sb_job_get_succeeded (SbJob *self);
gint64 sb_job_get_failed (SbJob *self);
gint64 sb_job_get_operation (SbJob *self); /* that deliveries bear; 0: it has done nothing yet */
double sb_job_get_rate (SbJob *self);      /* a second; 0: as fast as it goes */

/* How many the guard lets go in this step; 0: no guard, or the rest. */
gint64 sb_job_get_step (SbJob *self);

/* "Replay to webhook/billing", "Discard", … */
char *sb_job_dup_title (SbJob *self);
/* Which deliveries it acts on, in words: "to webhook/billing · before 02:14:00". */
char *sb_job_dup_which (SbJob *self, gint64 now_us);
/* "Running", "Paused", … */
const char *sb_job_get_state_words (SbJob *self);
const char *sb_job_get_state_icon (SbJob *self);
const char *sb_job_get_state_style (SbJob *self);
/* "120 of 40,218 sent, 118 arrived, 2 failed". */
char *sb_job_dup_progress (SbJob *self);
/* From 0 to 1, or -1 when the total is not known. */
double sb_job_get_fraction (SbJob *self);
/* From how fast it went until now: "about 3 min left"; "" when that cannot be said. */
char *sb_job_dup_remaining (SbJob *self, gint64 now_us);

G_END_DECLS
