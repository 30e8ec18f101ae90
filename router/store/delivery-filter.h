/* delivery-filter.h: the JSON object by which people choose deliveries: {"state"?, "connector"?,
 * "rule"?, "target"?, "source"?, "detail-type"?, "error-code"?, "status"?, "cause"?,
 * "fingerprint"?, "replayed"?, "operation"?, "from"?, "to"?}. */
#pragma once

#include "store/store.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Fills in what the object says; texts are the object's.  A member that is not known is refused,
 * since passing over it would choose more than was meant.  ROUTER_ERROR_INVALID. */
gboolean delivery_filter_read (JsonObject *object, DeliveryQuery *query, GError **error);

G_END_DECLS
