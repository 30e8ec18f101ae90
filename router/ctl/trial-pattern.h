/* trial-pattern.h: a pattern that is tried on an event: compiled, asked why, and shown. */
#pragma once

#include "trial.h"

G_BEGIN_DECLS

typedef struct
{
  RulesSet *set;           /* of it alone */
  unsigned wildcard_score; /* 0: it has no wildcard */
  unsigned max_score;
} TrialPattern;

/* No pattern is too complex to be asked about. */
#define TRIAL_ANY_SCORE G_MAXUINT

/* Of a pattern, or of a rule's file.  A wildcard complexity above max_score is refused.  Returns an
 * exit code; what is wrong has been printed. */
int trial_pattern_compile (Ctl *ctl,
                           const ArgumentText *text,
                           unsigned max_score,
                           TrialPattern *out_pattern);

/* Prints for each condition whether it held, the value that decided it with its place in what was
 * given as the event, and why.  Returns EX_OK when the pattern matches, EX_NOTHING when not. */
int trial_pattern_explain (Ctl *ctl, const TrialPattern *pattern, const TrialEvent *event);

void trial_pattern_clear (TrialPattern *pattern);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrialPattern, trial_pattern_clear)

G_END_DECLS
