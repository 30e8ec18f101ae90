/* log.h: the kind "log": a line in the router's own log for each event. */
#pragma once

#include "connector/connector.h"

G_BEGIN_DECLS

extern const ConnectorKind connector_kind_log;
extern const ConfigSchema connector_schema_log;

G_END_DECLS
