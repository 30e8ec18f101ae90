/* webhook.h: the kind "webhook": events as HTTP requests. */
#pragma once

#include "connector/connector.h"

G_BEGIN_DECLS

extern const ConnectorKind connector_kind_webhook;
extern const ConfigSchema connector_schema_webhook;

G_END_DECLS
