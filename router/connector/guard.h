/* guard.h: libcurl may connect only where the connector's setting "AllowAddresses" lets it.
 *
 * The address is looked at when the socket is made, after the name was looked up, so that a name
 * which points elsewhere by then gains nothing.  Delivery thread. */
#pragma once

#include "base/egress.h"
#include "config/schema.h"

#include <curl/curl.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The entry of a kind's settings table.  A connector that does not have it inherits router.json's
 * Outgoing.AllowAddresses. */
#define GUARD_SETTING                                                                              \
  {                                                                                                \
    .name = CONFIG_ALLOW_ADDRESSES, .type = SETTING_ARRAY, .max = 1000,                            \
    .help = "Addresses that it may connect to although they are not public: loopback, private, "   \
            "link-local, or blocks as 192.168.7.0/24; in place of router.json's."                  \
  }

/* As ConfigSchema.check. */
gboolean guard_check (JsonObject *settings, char **out_pointer, GError **error);

/* Of checked settings; the caller's. */
Egress *guard_egress_new (JsonObject *settings);

/* One for each handle; begins with a reset before each request. */
typedef struct
{
  const Egress *egress;
  char *refused;      /* "127.0.0.1 is a loopback address" of the last one refused, or NULL */
  gboolean is_opened; /* a socket to another one was made */
} Guard;

/* The socket for a connection that libcurl is about to make, or CURL_SOCKET_BAD. */
curl_socket_t guard_open_socket (Guard *guard, const struct curl_sockaddr *address);

void guard_attach (Guard *guard, CURL *easy);
void guard_reset (Guard *guard);

/* The request failed for this alone: why, or NULL. */
const char *guard_refusal (const Guard *guard, CURLcode result);

G_END_DECLS
