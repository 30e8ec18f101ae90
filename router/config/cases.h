/* cases.h: the tests of a configuration: events, which rules they must match and what is sent.
 *
 * A test is an entry of tests/<name>.json.  Nothing is sent and no router is needed.  Any thread.
 */
#pragma once

#include "config/configuration.h"
#include "config/names.h"
#include "config/report.h"

G_BEGIN_DECLS

/* Judges what the table cannot say of a file of tests. */
void config_cases_check (ConfigReport *report, const ConfigNames *names);

/* Remembers the file's tests; it must have been parsed. */
void config_cases_add (GPtrArray *cases, const ConfigFile *file);
GPtrArray *config_cases_new (void);

/* Runs each test of the configuration.  What fails is added to problems (GPtrArray of
 * ConfigProblem), with the place of the expectation.  Returns how many tests there are. */
guint config_cases_run (const Configuration *configuration, GPtrArray *problems);

G_END_DECLS
