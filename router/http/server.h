/* server.h: the HTTP listener; server.c is the only file that knows the server library.
 *
 * A request's body is collected within the limit of its route, then the route's handler is called.
 * Handlers of the way of an event run on the server's thread and answer later from any thread; handlers
 * that ask the store run on a small pool, so that a slow question does not hold up events. */
#pragma once

#include "base/problem.h"

G_BEGIN_DECLS

typedef struct HttpServer HttpServer;
typedef struct HttpRequest HttpRequest;

/* Exactly one http_answer…() must follow, at once or later, from any thread. */
typedef void (*HttpHandler) (HttpRequest *request, gpointer user_data);

typedef enum
{
  HTTP_ON_SERVER_THREAD, /* must not block */
  HTTP_ON_POOL,
} HttpPlace;

typedef struct
{
  const char *method;      /* "GET" */
  const char *path;        /* "/v1/events/:id"; ":x" is one segment, "*x" the rest of the path */
  HttpPlace place;
  const char *const *parameters; /* query parameters that it knows, NULL-terminated, or NULL for none */
  HttpHandler handler;
} HttpRoute;

typedef struct
{
  const char *listen;       /* "127.0.0.1:4610", port 0: any; NULL: no TCP */
  const char *socket_path;  /* Unix socket, created 0600 in a folder created 0700; NULL: none */
  guint max_connections;
  guint request_s;          /* idle or slow connections are closed after this */
  gsize (*max_body_bytes) (const char *path, gpointer user_data); /* of a request; server thread */
  const HttpRoute *routes;  /* ends with method NULL; static */
  gpointer user_data;       /* of the handlers */
} HttpSettings;

HttpServer *http_server_new (const HttpSettings *settings, GError **error);

/* "http://127.0.0.1:40123" as it is really listened on, or NULL. */
const char *http_server_get_url (HttpServer *server);

/* Accepts no further connections, answers 503 to new requests on the open ones, waits until every
 * request under way is answered. */
void http_server_drain (HttpServer *server);
void http_server_free (HttpServer *server);

/* ---- In a handler; the strings live until the answer. ---- */
const char *http_request_segment (HttpRequest *request, const char *name);   /* of ":name", decoded */
const char *http_request_parameter (HttpRequest *request, const char *name); /* of the query, decoded, or NULL */
const char *http_request_header (HttpRequest *request, const char *name);    /* or NULL */
GBytes *http_request_body (HttpRequest *request);                            /* never NULL */
gboolean http_request_is_local (HttpRequest *request);                       /* came over the Unix socket */

/* headers: pairs name, value … NULL-terminated, or NULL. */
void http_answer (HttpRequest *request,
                  guint status,
                  const char *content_type,
                  const char *body,
                  gssize length,
                  const char *const *headers);
void http_answer_problem (HttpRequest *request, const Problem *problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpServer, http_server_free)

G_END_DECLS
