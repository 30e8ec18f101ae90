/* value.h: what a setting takes from a request: a header, a parameter of the query, or a path into
 * the body. */
#pragma once

#include "config/configuration.h"
#include "ingress/ingress.h"

G_BEGIN_DECLS

/* The value, else its fallback; "" when there is neither.  A path is looked up in body, which must
 * be accepted JSON. */
char *value_get (const ConfigValue *value, const IngressRequest *request, GBytes *body);

/* The value, or all strings of an array at the path, as a JSON array of strings. */
char *value_get_list (const ConfigValue *value, const IngressRequest *request, GBytes *body);

/* RFC 3339, or seconds since 1970, or from 10^11 on milliseconds.  FALSE: none of these, or after
 * the year 9999. */
gboolean value_parse_time (const char *text, gint64 *out_us);

G_END_DECLS
