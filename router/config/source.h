/* source.h: one source: a webhook endpoint and what its events say of themselves. */
#pragma once

#include "config/configuration.h"
#include "config/names.h"
#include "config/report.h"

G_BEGIN_DECLS

/* Checks and reads the report's file.  Never NULL, but worth something only when nothing was noted.
 */
ConfigSource *config_source_new (ConfigReport *report, const ConfigNames *names);
void config_source_free (ConfigSource *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfigSource, config_source_free)

G_END_DECLS
