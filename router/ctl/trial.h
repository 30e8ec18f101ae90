/* trial.h: events to try patterns and templates with, and how their errors are shown. */
#pragma once

#include "argument.h"
#include "ctl.h"

#include "rules/rules.h"

G_BEGIN_DECLS

/* Start with {0}. */
typedef struct
{
  gboolean is_detail;         /* --detail */
  char *source, *detail_type; /* of the envelope around a detail */
  char *text;                 /* the envelope, once read */
  char *name;                 /* of what was given: a file's path */
  gsize given_start;          /* where that stands in the envelope, */
  gsize given_length;         /* and how long it is */
} TrialEvent;

#define TRIAL_ENTRIES 4

void trial_entries (TrialEvent *event, GOptionEntry entries[TRIAL_ENTRIES]);
void trial_event_clear (TrialEvent *event);

/* Reads and checks the event that the argument names; returns an exit code. */
int trial_read_event (Ctl *ctl, const CtlCommand *command, TrialEvent *event, const char *argument);

/* What was given is the envelope's detail, so many bytes long. */
void trial_event_find_detail (TrialEvent *event, gsize length);

/* "name:line:column: what: reason", the line with a caret, the JSON pointer and the hint; with
 * --json an object on standard output too.  Returns EX_DATAERR. */
int trial_refused (Ctl *ctl,
                   const char *name,
                   const char *what,
                   const char *text,
                   gsize length,
                   const RulesError *error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrialEvent, trial_event_clear)

G_END_DECLS
