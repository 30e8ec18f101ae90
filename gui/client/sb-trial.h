/* sb-trial.h: what a rule would make of an event, worked out here, without the router. */
#pragma once

#include "sb-diagnostic.h"
#include "sb-event.h"

G_BEGIN_DECLS

/* One field of the pattern. */
typedef struct
{
  char *path;      /* "detail.total" */
  char *predicate; /* what the pattern wants there, one line of JSON */
  char *why;       /* one sentence */
  gboolean held;
  guint branch; /* of $or, from 0 */
} SbTrialLeaf;

/* One target, and what it would be sent. */
typedef struct
{
  char *connector; /* while none is written: the target's id */
  char *output;    /* NULL: nothing, because of error */
  char *error;
} SbTrialTarget;

typedef struct
{
  gboolean tried; /* FALSE: rule or event cannot be read; summary says which */
  gboolean matched;
  char *summary;               /* one sentence */
  SbDiagnostic *event_problem; /* where the event cannot be read, or NULL */
  GPtrArray *leaves;           /* of SbTrialLeaf, in the pattern's order */
  GPtrArray *targets;          /* of SbTrialTarget; only when it matched */
} SbTrial;

/* rule: the text of the rule's file; name: "default/chat"; event: the whole event as EventBridge
 * writes it. */
SbTrial *sb_trial_new (const char *name, const char *rule, const char *event);
void sb_trial_free (SbTrial *self);

/* The whole event as a pattern sees it: the envelope around the body, which stays as it was
 * received, but for white space.  object: the event as the API has it, which knows its resources
 * and metadata; NULL: it has none. */
char *sb_trial_dup_envelope (SbEvent *event, JsonObject *object, GBytes *body);

/* An event to begin with, where there is none yet. */
const char *sb_trial_get_example (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SbTrial, sb_trial_free)

G_END_DECLS
