/* proxy.h: an HTTP proxy on the loopback, for tests: CONNECT for what is encrypted, requests with a
 * whole URL for what is not.
 *
 * Whatever host it is asked for, it connects to 127.0.0.1 at the port of the URL: a name that
 * nobody knows is known to it alone.  Any thread may call anything. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Proxy Proxy;

/* login: "user:password" that it asks for (Basic), or NULL. */
Proxy *proxy_new (const char *login);
void proxy_free (Proxy *proxy);

guint proxy_port (Proxy *proxy);

/* The status of everything from now on, in place of going on; 0: it goes on. */
void proxy_refuse (Proxy *proxy, guint status);

/* Heads that it was sent, in order of arrival; the caller's.  Lines end in "\n". */
GStrv proxy_heads (Proxy *proxy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Proxy, proxy_free)

G_END_DECLS
