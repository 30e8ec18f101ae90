/* sms.h: the kind "sms": events as text messages, in an outbox on disk. */
#pragma once

#include "connector/connector.h"

G_BEGIN_DECLS

extern const ConnectorKind connector_kind_sms;
extern const ConfigSchema connector_schema_sms;

G_END_DECLS
