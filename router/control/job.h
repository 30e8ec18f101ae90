/* job.h: one bulk job as a value: what it is to do, how far it has come, and its text in the store.
 */
#pragma once

#include "control/control.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  JOB_RUNNING,
  JOB_PAUSED,
  JOB_DONE,
  JOB_CANCELLED,
  JOB_STOPPED, /* by itself: too much of what it sent failed */
} JobState;

/* Deliveries that a job has sent and whose result it waits for; beyond that the oldest is let go.
 */
#define JOB_MAX_WATCHED 1000

typedef struct
{
  gint64 id;
  JournalKind kind;
  gint64 until_us;   /* of a postponing: a wall time */
  char *filter;      /* JSON object, as delivery_filter_read() takes it */
  ControlReplay how; /* of a replay */
  char *actor, *reason;
  double rate;              /* deliveries a second; 0: as fast as it goes */
  guint max_failed_percent; /* guarded: 1 to 100; else 0 */
  gboolean confirms;        /* guarded: pauses after each step, until it is resumed */

  JobState state;
  char *note;       /* why it stopped or paused by itself, or "" */
  gint64 operation; /* of what it does, all in all */
  gint64 created_us, changed_us;
  gint64 cutoff_us; /* what dies after this is not meant */
  gboolean is_counted;
  gint64 total; /* once it is counted */
  gint64 applied, skipped;
  gint64 left_succeeded, left_nowhere; /* of the skipped: see ControlPreview */
  gint64 succeeded, failed;            /* of those that were replayed and watched */

  guint step;      /* of job_steps */
  guint step_sent; /* in this step */
  guint step_succeeded, step_failed;
  gboolean is_exhausted; /* nothing is left to be sent */
  StoreCursor cursor;
  GArray *watched; /* DeliveryKey */
  GPtrArray *made; /* char*: events that were routed anew, whose deliveries are to be watched */
} Job;

/* How many a guarded job sends before it looks at what became of them; then the rest. */
#define JOB_N_STEPS 3
extern const guint job_steps[JOB_N_STEPS];

Job *job_new (void);
void job_free (Job *job);

gboolean job_is_finished (const Job *job);
const char *job_state_name (JobState state);

/* Without the counts, which are kept beside it. */
char *job_to_json (const Job *job);
/* NULL: the record is damaged. */
Job *job_from_record (const StoredRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

G_END_DECLS
