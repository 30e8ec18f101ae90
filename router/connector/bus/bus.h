/* bus.h: the kind "bus": events into another bus of this router.
 *
 * It has no settings of its own: bus/<name>.json is both where rules are attached to and where a
 * target leads. */
#pragma once

#include "connector/connector.h"

G_BEGIN_DECLS

extern const ConnectorKind connector_kind_bus;

G_END_DECLS
