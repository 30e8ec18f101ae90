/* core.h: what the files of control/ share. */
#pragma once

#include "control/control.h"
#include "control/submit.h"

G_BEGIN_DECLS

struct Control
{
  ControlSetup setup;
  char *config_dir;
  Submitter *submitter;
  struct Jobs *jobs;
  GMutex rerouting; /* one operation at a time routes events anew: see control/replay.h */
  GMutex changing;  /* one change of the configuration at a time */
  GMutex numbering;
  gint64 last_operation; /* under numbering */
};

/* What comes into the query's states from now on is not meant: without a bound a target that
 * refuses at once would be replayed for ever.  What is there is meant, even when it is dated later
 * than now, since the clock may have been set back. */
gboolean control_bound_changes (Control *control, DeliveryQuery *query, GError **error);

/* The states of what it can be done to. */
guint control_states_for (JournalKind kind);

/* Of the query's states, 0 being any, leaves those.  ROUTER_ERROR_INVALID: there are none. */
gboolean control_narrow_states (JournalKind kind, DeliveryQuery *query, GError **error);

/* The number of what is done now as one: the time, but never the same twice. */
gint64 control_next_operation (Control *control);

/* Writer thread: what became due by the action, and by what was appended with it, is made known. */
void control_announce (Control *control, const OperatorAction *action);

/* Records the next generation and puts it in force, unless the folder's digest is that of the one
 * that is.  With the lock.  FALSE: it could not be recorded; the old one stays. */
gboolean control_publish (Control *control,
                          Configuration *configuration,
                          const ControlCause *cause,
                          guint64 *out_generation,
                          GError **error);

G_END_DECLS
