/* own.h: sources that take no requests: the router makes their events itself, by a
 * schedule or of the files in a folder. */
#pragma once

#include "config/configuration.h"
#include "config/report.h"

G_BEGIN_DECLS

/* merged: what file and preset say; settings: the same, completed. */
void config_own_check (ConfigReport *report, JsonObject *merged, JsonObject *settings);

/* NULL when there is none, or its expression is wrong. */
ConfigSchedule *config_schedule_new (const ConfigFile *file, JsonObject *settings);
void config_schedule_free (ConfigSchedule *schedule);

ConfigFolder *config_folder_source_new (JsonObject *settings); /* NULL when there is none */
void config_folder_source_free (ConfigFolder *folder);

G_END_DECLS
