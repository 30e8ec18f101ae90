/* sb-address.h: where a router is: a Unix socket on this computer, or an http(s) URL. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _SbAddress SbAddress;

SbAddress *sb_address_new_socket (const char *path);

/* "http://host:4610" or "https://…", without path and query.  SB_ERROR_INVALID else. */
SbAddress *sb_address_new_url (const char *url, GError **error);

/* What somebody typed or sb_address_get_place() said: a path is a socket, all else must be a URL.
 */
SbAddress *sb_address_new_place (const char *place, GError **error);

/* The default socket: set ($SIGNALBOX_SOCKET) when not empty; else the first of
 * runtime_dir/signalbox/socket and /run/signalbox/socket that exists; else the first. */
SbAddress *sb_address_new_default (const char *set, const char *runtime_dir);

/* A file of PEM certificates that this router's own is held against, in place of those that the
 * computer trusts; "" or NULL: the computer's.  Only https asks for it. */
void sb_address_set_certificates (SbAddress *self, const char *path);
const char *sb_address_get_certificates (const SbAddress *self); /* "": the computer's */

/* Does the address name another computer without TLS?  Then whoever is on the way can read it all,
 * the token too. */
gboolean sb_address_is_open (const SbAddress *self);
gboolean sb_address_is_tls (const SbAddress *self);

SbAddress *sb_address_copy (const SbAddress *self);
void sb_address_free (SbAddress *self);

/* What to give SoupSession as remote-connectable; NULL for a URL. */
GSocketConnectable *sb_address_get_connectable (const SbAddress *self);

/* "http://localhost" for a socket, else the URL without a slash at its end. */
const char *sb_address_get_base (const SbAddress *self);

/* For people: "This computer" or "host:port", and the whole place: the path or the URL. */
const char *sb_address_get_name (const SbAddress *self);
const char *sb_address_get_place (const SbAddress *self);

/* The options that make curl talk to it: "--unix-socket /path " or "--cacert /path ", shell-quoted,
 * or "". */
const char *sb_address_get_curl_option (const SbAddress *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SbAddress, sb_address_free)

G_END_DECLS
