/* queue.h: a pull queue of the router's own store. */
#pragma once

#include "connector/connector.h"

G_BEGIN_DECLS

extern const ConnectorKind connector_kind_queue;

G_END_DECLS
