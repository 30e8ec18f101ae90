/* sb-problem.h: one thing that is wrong just now, with its cause. */
#pragma once

#include "sb-item.h"

G_BEGIN_DECLS

#define SB_TYPE_PROBLEM (sb_problem_get_type ())
G_DECLARE_FINAL_TYPE (SbProblem, sb_problem, SB, PROBLEM, SbItem)

/* All strings are owned by the problem and never NULL. */
const char *sb_problem_get_connector (SbProblem *self);
const char *sb_problem_get_rule (SbProblem *self); /* "" when it is about all of them */
const char *sb_problem_get_sentence (SbProblem *self);
const char *sb_problem_get_message (SbProblem *self);
gint64 sb_problem_get_count (SbProblem *self);
gint64 sb_problem_get_first_us (SbProblem *self);
gint64 sb_problem_get_last_us (SbProblem *self);
const char *sb_problem_get_trend (SbProblem *self); /* translated: "Growing" */
gboolean sb_problem_is_connector (SbProblem *self); /* else it is about dead letters */
gboolean sb_problem_is_acknowledged (SbProblem *self);
/* Who saw it, and why: "" while it is open. */
char *sb_problem_dup_acknowledged (SbProblem *self, gint64 now_us);

G_END_DECLS
