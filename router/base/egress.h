/* egress.h: which addresses a connector may connect to.
 *
 * A name says nothing: whoever owns it can let it point anywhere, and elsewhere a moment later.  So
 * the address itself is asked for when the socket is made.  Public addresses are allowed; all
 * others (IANA's special-purpose registries, RFC 6890) only when a list says so.  An IPv4 address
 * that is wrapped in an IPv6 one (mapped, NAT64, 6to4) counts as what is in it.
 *
 * Immutable once made; any thread. */
#pragma once

#include <glib.h>
#include <sys/socket.h>

G_BEGIN_DECLS

typedef struct Egress Egress;

/* allowed: "loopback", "private", "link-local", or an address or block as 192.0.2.0/24; NULL: none.
 * The metadata services of clouds are meant by their own address only, never by a word or a larger
 * block.  ROUTER_ERROR_INVALID names the entry; out_index, if not NULL, its place. */
Egress *egress_new (const char *const *allowed, guint *out_index, GError **error);
void egress_free (Egress *egress);

/* FALSE: what the address is, as "a loopback address", a static string. */
gboolean
egress_allows (const Egress *egress, const struct sockaddr *address, const char **out_what);

/* "127.0.0.1", "::1" */
char *egress_address_text (const struct sockaddr *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Egress, egress_free)

G_END_DECLS
