/* check.h: does a tree say what its schema allows?
 *
 * Knows settings and their types, nothing of any one setting. */
#pragma once

#include "config/names.h"
#include "config/report.h"

G_BEGIN_DECLS

/* Checks the object where the report is, and all below it.  common: a second table whose settings
 * are allowed as well, or NULL. */
void config_check_object (ConfigReport *report,
                          const ConfigNames *names,
                          JsonObject *object,
                          const ConfigSchema *schema,
                          const ConfigSchema *common);

/* Notes that the value where the report is should be something else: "expected a string, not the
 * number 5". */
void config_check_expected (ConfigReport *report, const char *hint, const char *expected);

/* Is the number of characters within the setting's bounds?  Notes a problem when it is not. */
gboolean
config_check_length (ConfigReport *report, const ConfigSetting *setting, const char *string);

G_END_DECLS
