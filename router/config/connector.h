/* connector.h: one connector as its file describes it: a kind, a window, settings for the kind. */
#pragma once

#include "config/configuration.h"
#include "config/names.h"
#include "config/report.h"

G_BEGIN_DECLS

/* Checks and reads the report's file.  Never NULL, but worth something only when nothing was noted.
 */
ConfigConnector *config_connector_new (ConfigReport *report, const ConfigNames *names);
/* A bus that targets lead to: it has nothing to say about itself. */
ConfigConnector *config_connector_new_bus (const char *bus, const char *description);
/* What router.json says for all connectors that say nothing themselves. */
void config_connector_inherit (ConfigConnector *connector,
                               const ConfigSchema *schema,
                               const ConfigRouter *router);
void config_connector_free (ConfigConnector *connector);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfigConnector, config_connector_free)

G_END_DECLS
