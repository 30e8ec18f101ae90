/* exec.h: the kind "exec": each event is the standard input of a program. */
#pragma once

#include "connector/connector.h"

G_BEGIN_DECLS

extern const ConnectorKind connector_kind_exec;
extern const ConfigSchema connector_schema_exec;

G_END_DECLS
