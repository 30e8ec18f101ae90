/* server.h: the HTTP listener; server.c, request.c and stream.c alone know the server
 * library.
 *
 * A request's body is collected within the limit of its path, then the route's handler is called.
 * Handlers of the way of an event run on the server's thread and answer later from any thread;
 * handlers that ask the store run on a small pool, so that a slow question does not hold up events.
 *
 * What is refused before a handler sees it, always with a problem: too many connections, a body
 * that is too large (while it streams), an unknown path, method or query parameter, and what a
 * browser may have been made to send (guard.h). */
#pragma once

#include "base/clock.h"
#include "base/problem.h"
#include "http/tls.h"

G_BEGIN_DECLS

typedef struct HttpServer HttpServer;
typedef struct HttpRequest HttpRequest;

/* Exactly one http_answer…() must follow, at once or later, from any thread. */
typedef void (*HttpHandler) (HttpRequest *request, gpointer user_data);

typedef enum
{
  HTTP_ON_SERVER_THREAD, /* must not block; with a body above 64 KB it runs on the pool all the same
                          */
  HTTP_ON_POOL,
  HTTP_ON_LONG_POOL, /* what may take minutes has a pool of its own, so that questions do not wait
                      */
} HttpPlace;

/* What a token must at least allow, over TCP; each allows what those before it do. */
typedef enum
{
  HTTP_ROLE_BY_METHOD, /* GET: viewer, everything else: operator */
  HTTP_ROLE_OPEN,      /* whoever reaches the router */
  HTTP_ROLE_VIEWER,    /* looks */
  HTTP_ROLE_OPERATOR,  /* acts on events, deliveries, queues and connectors */
  HTTP_ROLE_EDITOR,    /* changes the configuration */
  HTTP_ROLE_ADMIN,     /* makes tokens and backups */
} HttpRole;

typedef struct
{
  const char *method; /* "GET"; answers HEAD too */
  const char *path;   /* "/v1/events/:id"; ":x" is one segment, "*x" the rest of the path */
  HttpPlace place;
  const char *const *parameters; /* query parameters that it knows, NULL-terminated; NULL: none;
                                    http_any_parameter: whatever there is, also twice */
  HttpHandler handler;
  gboolean is_told; /* HttpSettings.answered is told of each answer */
  HttpRole role;    /* for HttpSettings.refuse */
} HttpRoute;

extern const char *const http_any_parameter[];

typedef struct
{
  Clock *clock;
  const char *listen;      /* "127.0.0.1:4610", port 0: any; NULL: no TCP */
  gboolean may_be_exposed; /* listen may be beyond the loopback */
  HttpTls *tls;            /* what listen speaks; it outlives the server.  NULL: plain HTTP */
  const char *socket_path; /* Unix socket, created 0600 in a folder created 0700; NULL: none */
  guint max_connections;   /* of each of the two; more are answered 503 */
  guint request_s; /* each phase of a request: waiting for it, its body, sending the answer */
  /* How large the body of a request to this path may be, and the setting (static) that says so, or
   * NULL; any server thread. */
  gsize (*max_body_bytes) (const char *path, const char **out_setting, gpointer user_data);
  /* NULL, or why a request that takes this route is refused before its body is read; any server
   * thread, must not block.  It may call http_request_authenticate(), and of what handlers may ask
   * http_request_header(), is_local() and is_exposed().  The function may be NULL. */
  Problem *(*refuse) (HttpRequest *request, const HttpRoute *route, gpointer user_data);
  /* NULL, or called for everything that is refused before a handler sees it; likewise. */
  void (*refused) (const Problem *problem, gpointer user_data);
  /* NULL, or what a handler has answered to a request of such a route, before it is sent.  The
   * handler's thread; must not block. */
  void (*answered) (HttpRequest *request, guint status, gpointer user_data);
  const HttpRoute *routes; /* ends with method NULL; static */
  gpointer user_data;      /* of the handlers */
} HttpSettings;

/* Opens the sockets; nothing is served before http_server_start(), connections wait.  The settings'
 * strings are copied; the clock must outlive the server. */
HttpServer *http_server_new (const HttpSettings *settings, GError **error);

/* Once, when everything that the handlers work with is ready. */
gboolean http_server_start (HttpServer *server, GError **error);

/* "http://127.0.0.1:40123", or https, as it is really listened on, or NULL. */
const char *http_server_get_url (HttpServer *server);

/* Accepts no further connections, answers 503 to new requests on the open ones, waits until every
 * request under way is answered.  Not on a server thread or the pool.  Idempotent. */
void http_server_drain (HttpServer *server);
/* Drains, then closes what is open and removes the Unix socket's file. */
void http_server_free (HttpServer *server);

/* ---- In a handler; the strings live until the answer. ---- */

/* Of ":name" or "*name", decoded; NULL when it does not decode to UTF-8. */
const char *http_request_segment (HttpRequest *request, const char *name);
/* Of the query, decoded, or NULL. */
const char *http_request_parameter (HttpRequest *request, const char *name);
/* By name, case-insensitive, or NULL. */
const char *http_request_header (HttpRequest *request, const char *name);
const char *http_request_method (HttpRequest *request); /* of its route: HEAD is GET */
const char *http_request_target (HttpRequest *request); /* as sent, with the query */
/* How many there are of that name. */
guint http_request_count_headers (HttpRequest *request, const char *name);
void
http_request_each_header (HttpRequest *request,
                          void (*visit) (const char *name, const char *value, gpointer user_data),
                          gpointer user_data);
GBytes *http_request_body (HttpRequest *request);      /* never NULL */
gboolean http_request_is_local (HttpRequest *request); /* came over the Unix socket */
/* Came over TCP from a listener that other machines reach. */
gboolean http_request_is_exposed (HttpRequest *request);
/* In `refuse` only: it came with a secret that no web page has, from whom this name is known; it is
 * the peer's from now on, and what browsers are kept from is open to it. */
void http_request_authenticate (HttpRequest *request, const char *name);
const char *http_request_peer (HttpRequest *request); /* "uid 1000" or "127.0.0.1", for records */

/* headers: pairs name, value … NULL-terminated, or NULL.  length -1: NUL-terminated. */
void http_answer (HttpRequest *request,
                  guint status,
                  const char *content_type,
                  const char *body,
                  gssize length,
                  const char *const *headers);
/* The same for a large body, which it takes over (g_malloc'ed). */
void http_answer_take (HttpRequest *request,
                       guint status,
                       const char *content_type,
                       char *body,
                       gsize length,
                       const char *const *headers);
void http_answer_problem (HttpRequest *request, const Problem *problem);

/* ---- An answer that goes on ---- */

typedef struct HttpStream HttpStream;

typedef struct
{
  /* Server thread: appends what there is to be sent now, maybe nothing.  FALSE: that was all. */
  gboolean (*next) (GString *out, gpointer user_data);
  /* The receiver is gone, or all was sent; called once, on any thread. */
  void (*closed) (gpointer user_data);
} HttpStreamSource;

/* A receiver that does not take a piece within request_s is cut off; while there is nothing to send
 * the connection costs no thread and no time. */
HttpStream *
http_stream_new (HttpRequest *request, const HttpStreamSource *source, gpointer user_data);
/* Any thread, until closed() has returned: next() may have something. */
void http_stream_wake (HttpStream *stream);
/* Instead of http_answer(); takes the stream. */
void http_answer_stream (HttpRequest *request,
                         const char *content_type,
                         HttpStream *stream,
                         const char *const *headers);
/* Of one that was not answered with: without closed(). */
void http_stream_free (HttpStream *stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpServer, http_server_free)

G_END_DECLS
