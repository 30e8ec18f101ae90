/* problems.h: everything that is wrong with a configuration folder, each with its place. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *file; /* relative to the folder: "rule/default/paid.json"; "." is the folder itself */
  guint line, column; /* from 1; 0 when the file as a whole is meant */
  char *key;          /* "Targets[0].Arn", or "" */
  char *message;      /* what was seen and what was expected; no full stop is added */
  char *hint;         /* what to do, a sentence, or "" */
} ConfigProblem;

void config_problem_free (ConfigProblem *problem);

/* "rule/default/paid.json:7:12: Targets[0].Arn: no connector “webhook/x” …. Did you mean …?" */
char *config_problem_format (const ConfigProblem *problem);

/* By file, then by place; those of one place stay in the order in which they were found. */
void config_problems_sort (GPtrArray *problems);

G_END_DECLS
