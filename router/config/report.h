/* report.h: noting problems of one file together with their place.
 *
 * While a file's tree is walked the report follows as a JSON pointer; line, column and key are
 * worked out from the file's text only when there is something to say.  One thread. */
#pragma once

#include "config/folder.h"
#include "config/problems.h"
#include "rules/rules.h"

G_BEGIN_DECLS

/* So many problems of one file are told; one more then says that there are others.  Each costs a
 * pass over the text, and nobody reads on. */
#define REPORT_PROBLEMS_PER_FILE 100

typedef struct
{
  const ConfigFile *file;
  GPtrArray *problems; /* ConfigProblem; not owned */
  GString *pointer;    /* where one is: JSON pointer (RFC 6901) */
  guint n_problems;    /* of this file */
} ConfigReport;

void config_report_init (ConfigReport *report, const ConfigFile *file, GPtrArray *problems);
void config_report_clear (ConfigReport *report);

/* Goes to a member or an element; give what it returns to config_report_leave(). */
gsize config_report_enter (ConfigReport *report, const char *name);
gsize config_report_enter_index (ConfigReport *report, guint index);
void config_report_leave (ConfigReport *report, gsize mark);

/* A problem of the value where one is.  hint may be "". */
void config_report_value (ConfigReport *report, const char *hint, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* A problem of the member itself, its name: an unknown key. */
void config_report_name (ConfigReport *report, const char *hint, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* A problem that the rules library found in the value where one is.  An offset of a value that is
 * not a string counts within its text in the file; that of a string counts within what the string
 * means. what ("not an event pattern") goes before the reason, unless it is "". */
void config_report_rules (ConfigReport *report, const char *what, const RulesError *error);

/* A problem at this byte of the file. */
void
config_report_offset (ConfigReport *report, gsize offset, const char *hint, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* A problem of the file as a whole. */
void config_report_file (ConfigReport *report, const char *hint, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Is there room for another problem of this file?  What is only worked out for a message need not
 * be without. */
gboolean config_report_has_room (const ConfigReport *report);

/* The beginning of the string, for quoting it back. */
char *config_report_shorten (const char *string);

/* The value at the pointer as the file spells it. */
gboolean config_report_locate (const ConfigReport *report, RulesJsonSpan *out_span);

/* Adds a problem of what is no file of the configuration. */
void config_problem_add (GPtrArray *problems,
                         const char *path,
                         const char *hint,
                         const char *format,
                         ...) G_GNUC_PRINTF (4, 5);

G_END_DECLS
