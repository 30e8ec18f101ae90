/* sb-diagnostic.h: one thing that is wrong with a file of the configuration, and where. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *file;         /* "rule/default/paid.json"; "" for the file that is being edited */
  guint line, column; /* from 1; 0: the file as a whole */
  char *key;          /* "Targets[0].Arn", or "" */
  char *message;      /* what was seen and what was expected */
  char *hint;         /* what to do, or "" */
} SbDiagnostic;

SbDiagnostic *sb_diagnostic_new (guint line, guint column, const char *message, const char *hint);
void sb_diagnostic_free (SbDiagnostic *self);

/* The members of an answer's "problems"; when there are none one that says what detail says. */
GPtrArray *sb_diagnostics_from_problem (JsonObject *problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SbDiagnostic, sb_diagnostic_free)

G_END_DECLS
