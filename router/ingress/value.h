/* value.h: what a setting takes from a request: a header, or a path into the body. */
#pragma once

#include "config/configuration.h"
#include "ingress/ingress.h"

G_BEGIN_DECLS

/* The value, else its fallback; "" when there is neither.  A path is looked up in body, which must
 * be accepted JSON. */
char *value_get (const ConfigValue *value, const IngressRequest *request, GBytes *body);

G_END_DECLS
