/* server-private.h: what server.c, request.c and stream.c share, the only files that know the
 * server library.
 *
 * There is one server thread for TCP and one for the Unix socket, each the library's own.  A
 * request belongs to its server thread until its handler is called, then to whoever is to answer
 * it, and to the server thread again once the answer is there: `state` says which, and changes
 * hands atomically. */
#pragma once

#include "http/refuse.h"
#include "http/route.h"
#include "http/server.h"
#include "http/target.h"
#include "http/tls.h"
#include "http/watch.h"

#include <microhttpd.h>

G_BEGIN_DECLS

typedef struct
{
  HttpServer *server;
  struct MHD_Daemon *daemon; /* NULL: not listened on */
  gboolean local;            /* the Unix socket */
  gint n_connections;        /* atomic */
  int fd;                    /* from opening to starting, else -1 */
} HttpListener;

struct HttpServer
{
  Clock *clock;
  char *url, *listen_host, *socket_path;
  guint max_connections;
  gsize (*max_body_bytes) (const char *path, const char **out_setting, gpointer user_data);
  gboolean is_exposed;
  HttpTls *tls; /* of the TCP listener; NULL: plain */
  Problem *(*refuse) (HttpRequest *request, const HttpRoute *route, gpointer user_data);
  void (*refused) (const Problem *problem, gpointer user_data);
  void (*answered) (HttpRequest *request, guint status, gpointer user_data);
  const HttpRoute *routes;
  gpointer user_data;

  HttpListener tcp, local;
  HttpWatch *watch;
  GThreadPool *pool; /* its queue is bounded by the connections, which wait for one answer each */
  GThreadPool *long_pool; /* the same */

  gint draining;   /* atomic */
  gint unanswered; /* atomic: handed to a handler, not answered */
  gint unsent;     /* atomic: handed to a handler, answer not sent */
  GMutex lock;     /* with `settled`, for whoever drains */
  GCond settled;

  GMutex streams_lock; /* taken before a stream's own */
  GPtrArray *streams;  /* HttpStream: answers that go on */
};

typedef struct
{
  HttpListener *listener;
  HttpWatched *watched;
  HttpTlsCredential *credential; /* NULL: plain */
  int fd;                        /* the library's */
  char *target;                  /* of the request whose head is being read */
  gboolean too_many;
  gboolean linger; /* the sender is cut short: see http_watch_linger() */
} HttpConnection;

typedef enum
{
  READING,   /* server thread: collecting the body */
  HANDLED,   /* handler: not answered */
  SUSPENDED, /* handler: not answered, and the connection sleeps */
  ANSWERED,  /* server thread: response is set */
} HttpRequestState;

struct HttpRequest
{
  HttpConnection *connection;
  struct MHD_Connection *mhd;
  HttpTarget target;
  const HttpRoute *route;
  HttpCapture captures[HTTP_MAX_CAPTURES];
  char *segments[HTTP_MAX_CAPTURES]; /* decoded when asked for */
  char *peer;
  gboolean is_authenticated;

  char *data; /* the body so far */
  gsize length, capacity;
  gsize max_body_bytes;
  const char *max_body_setting;
  GBytes *body;

  Problem *refusal; /* known from its head: answered once its (empty) body is there */
  gboolean handed_over;
  gint state; /* atomic HttpRequestState */
  guint status;
  struct MHD_Response *response;
};

/* Server thread, the library's access handler: a request's head, a piece of its body, its end, and
 * once more after it was resumed. */
enum MHD_Result http_request_on_data (void *user_data,
                                      struct MHD_Connection *mhd,
                                      const char *url,
                                      const char *method,
                                      const char *version,
                                      const char *upload_data,
                                      size_t *upload_length,
                                      void **request_slot);

/* Server thread: the answer is sent or will never be. */
void http_request_on_completed (void *user_data,
                                struct MHD_Connection *mhd,
                                void **request_slot,
                                enum MHD_RequestTerminationCode code);

/* The handler's last word.  From here on the request is the server thread's. */
void http_request_hand_back (HttpRequest *request, guint status, struct MHD_Response *response);
void http_response_add_headers (struct MHD_Response *response,
                                const char *content_type,
                                const char *const *headers);

/* Any thread, once the server is draining: streams are at their end. */
void http_streams_end (HttpServer *server);

/* A thread of the pool: HttpRequest and HttpServer. */
void http_request_on_pool (gpointer request, gpointer server);

G_END_DECLS
