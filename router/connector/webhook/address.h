/* address.h: where a webhook's requests go: a URL whose path may have places (*), and its query.
 *
 * As with EventBridge's API destinations each * in the path stands for a value.  What is filled in
 * is percent-encoded and so stays within its segment.  Immutable; any thread. */
#pragma once

#include <curl/curl.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct WebhookAddress WebhookAddress;

/* An absolute http or https URL; ROUTER_ERROR_INVALID says what is wrong with it. */
WebhookAddress *webhook_address_new (const char *url, GError **error);
void webhook_address_free (WebhookAddress *address);

guint webhook_address_n_places (const WebhookAddress *address);
gboolean webhook_address_is_tls (const WebhookAddress *address);

/* As it is when there is nothing to fill in; NULL when there are places. */
CURLU *webhook_address_plain (const WebhookAddress *address);

/* values: one for each place; query: name, value …, NULL-terminated.  curl_url_cleanup() it.
 * ROUTER_ERROR_INVALID: a value that is empty, "." or "..", which would lead elsewhere. */
CURLU *webhook_address_fill (const WebhookAddress *address,
                             const char *const *values,
                             const char *const *query,
                             GError **error);

/* The URL without user, password, query and fragment, which may be secrets. */
char *webhook_address_public (const char *url);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WebhookAddress, webhook_address_free)

G_END_DECLS
