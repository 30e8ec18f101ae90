/* client.h: libcurl's multi interface on a main loop.
 *
 * Sockets and time-outs of libcurl are sources of the context; nothing here ever blocks or asks
 * around.  Connections are kept for the next request, and let go when there was none for a while.
 * Everything on the context's thread. */
#pragma once

#include <curl/curl.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct WebClient WebClient;

/* From the loop, never from within web_client_start().  The handle is the caller's again. */
typedef void (*WebClientDone) (CURL *easy, CURLcode result, gpointer user_data);

/* Kept connections are closed when there was nothing to do for idle_us.  NULL when there are too
 * many open files: ROUTER_ERROR_UNAVAILABLE. */
WebClient *web_client_new (GMainContext *context,
                           gint64 idle_us,
                           WebClientDone done,
                           gpointer user_data,
                           GError **error);

/* No handle may be under way. */
void web_client_free (WebClient *client);

void web_client_start (WebClient *client, CURL *easy);

/* Gives up a handle that is under way, without done. */
void web_client_cancel (WebClient *client, CURL *easy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WebClient, web_client_free)

/* Whom a transfer believes: the authorities of a PEM file and nobody else, or (NULL) the system's.
 */
void web_client_trust (CURL *easy, const char *ca_file);

G_END_DECLS
