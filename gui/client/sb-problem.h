/* sb-problem.h: one thing that is wrong just now, with its cause. */
#pragma once

#include "sb-item.h"

G_BEGIN_DECLS

#define SB_TYPE_PROBLEM (sb_problem_get_type ())
G_DECLARE_FINAL_TYPE (SbProblem, sb_problem, SB, PROBLEM, SbItem)

typedef enum
{
  SB_PROBLEM_OTHER, /* that this client does not know */
  SB_PROBLEM_CONNECTOR,
  SB_PROBLEM_DEAD_LETTERS,
  SB_PROBLEM_CERTIFICATE,
  SB_PROBLEM_DISK,
} SbProblemKind;

typedef enum
{
  SB_PROBLEM_OPEN,
  SB_PROBLEM_ACKNOWLEDGED,
  SB_PROBLEM_RESOLVED,
} SbProblemState;

SbProblemKind sb_problem_get_kind (SbProblem *self);
SbProblemState sb_problem_get_state (SbProblem *self);

/* All strings are owned by the problem and never NULL. */
const char *sb_problem_get_connector (SbProblem *self); /* "" when it is about none */
const char *sb_problem_get_rule (SbProblem *self);      /* "" when it is about all of them */
const char *sb_problem_get_message (SbProblem *self);
gint64 sb_problem_get_count (SbProblem *self);
gint64 sb_problem_get_first_us (SbProblem *self);
gint64 sb_problem_get_last_us (SbProblem *self);
gint64 sb_problem_get_worked_us (SbProblem *self);   /* -1: no success is known */
gint64 sb_problem_get_resolved_us (SbProblem *self); /* -1: it is not */
gint64 sb_problem_get_times (SbProblem *self);       /* how often it has come */
const char *sb_problem_get_trend (SbProblem *self);  /* translated: "Growing" */

/* What or who has it: a connector's name, or words. */
char *sb_problem_dup_title (SbProblem *self);
/* The diagnosis in one sentence, in the user's language and time. */
char *sb_problem_dup_sentence (SbProblem *self, gint64 now_us);
/* The same in a few words, beside the title. */
char *sb_problem_dup_summary (SbProblem *self, gint64 now_us);
/* Who saw it, and why: "" while it is open. */
char *sb_problem_dup_acknowledged (SbProblem *self, gint64 now_us);

G_END_DECLS
