/* email.h: the kind "email": events as mails, in an outbox on disk or by a mail server. */
#pragma once

#include "connector/connector.h"

G_BEGIN_DECLS

extern const ConnectorKind connector_kind_email;
extern const ConfigSchema connector_schema_email;

G_END_DECLS
