/* listen.h: the listening sockets.
 *
 * One that the service manager listens on already (LISTEN_FDS, sd_listen_fds(3)) is taken over when
 * it is bound to the very address or path. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* listen: "127.0.0.1:4610", "[::1]:4610" or "localhost:4610"; port 0: any free one.  Anything
 * beyond the loopback is refused with ROUTER_ERROR_INVALID unless it may be exposed.
 *
 * Returns the socket, listening and non-blocking, or -1.  out_place: "127.0.0.1:40123" as it is
 * really listened on. */
int http_listen_tcp (const char *listen, gboolean may_be_exposed, char **out_place, GError **error);

/* Is it an address beyond the loopback? */
gboolean http_listen_is_exposed (const char *listen);

/* Is it one of the service manager's?  Its file is not ours to delete. */
gboolean http_listen_is_inherited (int fd);

/* The host part of such an address, without brackets; NULL when it is none. */
char *http_listen_host (const char *listen);

/* A Unix socket that only its owner may use (0600), in a folder that is made (0700) when it is
 * missing. A socket file that nobody listens on any more is replaced; one that is in use is
 * ROUTER_ERROR_CONFLICT.  Returns the socket or -1. */
int http_listen_unix (const char *path, GError **error);

G_END_DECLS
