/* client.h: one call of the router's HTTP API after the other, over its Unix socket or TCP.
 *
 * Calls block until the answer is there.  One thread. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct Client Client;

typedef struct
{
  const char *method;
  const char *path;           /* with the query */
  const char *content_type;   /* of the body, or NULL */
  GBytes *body;               /* or NULL */
  gboolean takes_long;        /* the answer may take hours */
  const char *const *headers; /* "Name: value", NULL-terminated, or NULL */
} ClientRequest;

typedef struct
{
  guint status;
  guint retry_after_s; /* 0: not said */
  GBytes *body;
  JsonNode *root; /* of the body, NULL when that is no JSON */
} ClientAnswer;

/* url: "http://127.0.0.1:4610", or NULL: socket_path.  ROUTER_ERROR_INVALID when it is unusable. */
Client *client_new (const char *socket_path, const char *url, GError **error);
void client_free (Client *client);

/* Sent with every call from now on. */
void client_set_token (Client *client, const char *token);

/* Of an https URL: only what these authorities (a PEM file) have signed is believed. */
gboolean client_believe (Client *client, const char *ca_file, GError **error);

/* Where the router is looked for: "the socket /run/…" or the URL. */
const char *client_get_place (Client *client);

/* Any answer of the router is one, refusals too.  ROUTER_ERROR_UNAVAILABLE: it cannot be reached.
 */
ClientAnswer *client_call (Client *client, const ClientRequest *request, GError **error);
void client_answer_free (ClientAnswer *answer);

/* Gets path and gives each line of the answer, without its end, as it comes, until that ends, stop
 * is cancelled or something goes wrong.  Blocks. */
typedef void (*ClientLine) (const char *line, gpointer user_data);
void client_stream (Client *client,
                    const char *path,
                    GCancellable *stop,
                    ClientLine line,
                    gpointer user_data);

/* The answer's JSON object, or NULL. */
JsonObject *client_answer_get_object (ClientAnswer *answer);

/* Whether "Name: value" can be sent as a header. */
gboolean client_header_is_valid (const char *header);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ClientAnswer, client_answer_free)

G_END_DECLS
