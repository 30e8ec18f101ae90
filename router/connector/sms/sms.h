/* sms.h: the kind "sms": events as text messages, in an outbox on disk or by a gateway. */
#pragma once

#include "connector/connector.h"

G_BEGIN_DECLS

extern const ConnectorKind connector_kind_sms;
extern const ConfigSchema connector_schema_sms;

/* E.164: + and 5 to 15 digits. */
gboolean sms_is_number (const char *text);

G_END_DECLS
