/* guard.h: who may ask?  Without tokens, loopback is the only fence, and a browser stands inside
 * it.
 *
 * A page from anywhere can make a browser send requests to 127.0.0.1.  Two checks keep it from the
 * API: the Host must be one that only a local client uses (DNS rebinding brings the attacker's own
 * name), and what changes state must not carry Origin (which browsers add to every such request of
 * a page). Pure functions. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* host: of the Host header, with or without port.  listen_host: what the configuration listens on,
 * without port, or NULL. */
gboolean http_guard_host_is_local (const char *host, const char *listen_host);

/* GET and HEAD change nothing. */
gboolean http_guard_method_is_safe (const char *method);

G_END_DECLS
