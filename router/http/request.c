/* One request from its head to its answer, on libmicrohttpd.
 *
 * Must stay true: a connection is resumed exactly once for every time that it was suspended, and
 * nobody touches a request after handing over its answer. */
#include "http/server-private.h"

#include <gio/gio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define POOL_BODY_BYTES (64 * 1024)
#define PROBLEM_TYPE "application/problem+json"

/* ---- Answers ---- */

void
http_response_add_headers (struct MHD_Response *response,
                           const char *content_type,
                           const char *const *headers)
{
  MHD_add_response_header (response, "Content-Type", content_type);
  MHD_add_response_header (response, "Cache-Control", "no-store");
  MHD_add_response_header (response, "X-Content-Type-Options", "nosniff");
  for (gsize i = 0; headers != NULL && headers[i] != NULL; i += 2)
    MHD_add_response_header (response, headers[i], headers[i + 1]);
}

static struct MHD_Response *
response_new (const char *content_type,
              char *body,
              gsize length,
              enum MHD_ResponseMemoryMode mode,
              const char *const *headers)
{
  struct MHD_Response *response = MHD_create_response_from_buffer (length, body, mode);

  /* Fails only when memory does. */
  if (response == NULL)
    g_error ("No memory for an answer of %" G_GSIZE_FORMAT " bytes", length);
  http_response_add_headers (response, content_type, headers);
  return response;
}

static struct MHD_Response *
problem_response (const Problem *problem, const char *const *headers)
{
  char *json = problem_to_json (problem);
  char seconds[16];
  struct MHD_Response *response = response_new (PROBLEM_TYPE, json, strlen (json),
                                                MHD_RESPMEM_MUST_FREE, headers);

  if (problem->challenge != NULL)
    MHD_add_response_header (response, "WWW-Authenticate", problem->challenge);
  if (problem->allow != NULL)
    MHD_add_response_header (response, "Allow", problem->allow);
  if (problem->retry_after_s > 0)
    {
      g_snprintf (seconds, sizeof seconds, "%u", problem->retry_after_s);
      MHD_add_response_header (response, "Retry-After", seconds);
    }
  return response;
}

void
http_request_hand_back (HttpRequest *request, guint status, struct MHD_Response *response)
{
  struct MHD_Connection *mhd = request->mhd;

  const HttpServer *server = request->connection->listener->server;

  if (request->route->is_told && server->answered != NULL)
    server->answered (request, status, server->user_data);
  request->status = status;
  request->response = response;
  if (g_atomic_int_exchange (&request->state, ANSWERED) == SUSPENDED)
    MHD_resume_connection (mhd);
}

void
http_answer (HttpRequest *request,
             guint status,
             const char *content_type,
             const char *body,
             gssize length,
             const char *const *headers)
{
  http_request_hand_back (request, status,
                          response_new (content_type, (char *) body,
                                        length < 0 ? strlen (body) : (gsize) length,
                                        MHD_RESPMEM_MUST_COPY, headers));
}

void
http_answer_take (HttpRequest *request,
                  guint status,
                  const char *content_type,
                  char *body,
                  gsize length,
                  const char *const *headers)
{
  http_request_hand_back (
      request, status, response_new (content_type, body, length, MHD_RESPMEM_MUST_FREE, headers));
}

void
http_answer_problem (HttpRequest *request, const Problem *problem)
{
  http_request_hand_back (request, problem->status, problem_response (problem, NULL));
}

/* ---- What a handler may ask ---- */

const char *
http_request_segment (HttpRequest *request, const char *name)
{
  for (guint i = 0; i < HTTP_MAX_CAPTURES && request->captures[i].name != NULL; i++)
    {
      const HttpCapture *capture = &request->captures[i];

      if (!http_capture_is (capture, name))
        continue;
      if (request->segments[i] == NULL)
        request->segments[i] = http_decode (capture->text, capture->length, FALSE);
      return request->segments[i];
    }
  g_return_val_if_reached (NULL);
}

const char *
http_request_parameter (HttpRequest *request, const char *name)
{
  return http_target_parameter (&request->target, name);
}

const char *
http_request_header (HttpRequest *request, const char *name)
{
  return MHD_lookup_connection_value (request->mhd, MHD_HEADER_KIND, name);
}

typedef struct
{
  const char *name;
  guint n;
} HeaderCount;

static enum MHD_Result
count_header (void *user_data, enum MHD_ValueKind kind, const char *name, const char *value)
{
  HeaderCount *count = user_data;

  if (g_ascii_strcasecmp (name, count->name) == 0)
    count->n++;
  return MHD_YES;
}

guint
http_request_count_headers (HttpRequest *request, const char *name)
{
  HeaderCount count = { name, 0 };

  MHD_get_connection_values (request->mhd, MHD_HEADER_KIND, count_header, &count);
  return count.n;
}

typedef struct
{
  void (*visit) (const char *name, const char *value, gpointer user_data);
  gpointer user_data;
} HeaderVisit;

static enum MHD_Result
visit_header (void *user_data, enum MHD_ValueKind kind, const char *name, const char *value)
{
  const HeaderVisit *visit = user_data;

  visit->visit (name, value != NULL ? value : "", visit->user_data);
  return MHD_YES;
}

void
http_request_each_header (HttpRequest *request,
                          void (*visit) (const char *name, const char *value, gpointer user_data),
                          gpointer user_data)
{
  HeaderVisit each = { visit, user_data };

  MHD_get_connection_values (request->mhd, MHD_HEADER_KIND, visit_header, &each);
}

const char *
http_request_method (HttpRequest *request)
{
  return request->route->method;
}

const char *
http_request_target (HttpRequest *request)
{
  return request->connection->target;
}

GBytes *
http_request_body (HttpRequest *request)
{
  return request->body;
}

gboolean
http_request_is_local (HttpRequest *request)
{
  return request->connection->listener->local;
}

gboolean
http_request_is_exposed (HttpRequest *request)
{
  return !http_request_is_local (request) && request->connection->listener->server->is_exposed;
}

void
http_request_authenticate (HttpRequest *request, const char *name)
{
  g_free (request->peer);
  request->peer = g_strdup (name);
  request->is_authenticated = TRUE;
}

static char *
describe_peer (HttpRequest *request)
{
  struct ucred credentials;
  socklen_t length = sizeof credentials;
  const union MHD_ConnectionInfo *info;
  g_autoptr (GSocketAddress) address = NULL;

  if (http_request_is_local (request))
    {
      if (getsockopt (request->connection->fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0)
        return g_strdup ("local");
      return g_strdup_printf ("uid %u", (guint) credentials.uid);
    }
  info = MHD_get_connection_info (request->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (info != NULL && info->client_addr != NULL)
    address = g_socket_address_new_from_native (
        info->client_addr, info->client_addr->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6)
                                                                    : sizeof (struct sockaddr_in));
  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup ("unknown");
  return g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

const char *
http_request_peer (HttpRequest *request)
{
  if (request->peer == NULL)
    request->peer = describe_peer (request);
  return request->peer;
}

/* ---- The head of a request ---- */

static enum MHD_Result
read_header (void *user_data, enum MHD_ValueKind kind, const char *name, const char *value)
{
  HttpHead *head = user_data;

  if (g_ascii_strcasecmp (name, "Host") == 0)
    {
      head->n_hosts++;
      head->host = value;
    }
  else if (g_ascii_strcasecmp (name, "Origin") == 0)
    head->origin = value;
  else if (g_ascii_strcasecmp (name, "Content-Length") == 0)
    {
      head->n_lengths++;
      head->content_length = value;
    }
  else if (g_ascii_strcasecmp (name, "Transfer-Encoding") == 0)
    head->n_codings++;
  return MHD_YES;
}

static gboolean
has_body (const HttpHead *head)
{
  return head->n_codings > 0 ||
         (head->content_length != NULL &&
          strspn (head->content_length, "0") != strlen (head->content_length));
}

static Problem *
refuse_busy (const HttpConnection *connection)
{
  HttpServer *server = connection->listener->server;

  if (g_atomic_int_get (&server->draining))
    return http_refuse_stopping ();
  return connection->too_many ? http_refuse_connections (server->max_connections) : NULL;
}

static Problem *
refuse_length (HttpRequest *request, const HttpHead *head)
{
  HttpServer *server = request->connection->listener->server;
  guint64 length;

  request->max_body_bytes = server->max_body_bytes (request->target.path,
                                                    &request->max_body_setting, server->user_data);
  if (head->content_length == NULL)
    return NULL;
  /* What is not a number the library has refused already; what does not fit is too large. */
  if (!g_ascii_string_to_unsigned (head->content_length, 10, 0, G_MAXUINT64, &length, NULL) ||
      length > request->max_body_bytes)
    return http_refuse_too_large (request->max_body_setting, request->max_body_bytes);
  request->capacity = (gsize) length;
  return NULL;
}

/* A wrong path or method is told to no web page, which may not ask at all. */
static Problem *
refuse_route (HttpRequest *request, const HttpHead *head)
{
  HttpServer *server = request->connection->listener->server;
  Problem *browser, *problem = http_refuse_route (server->routes, head->method, &request->target,
                                                  &request->route, request->captures);

  if (problem == NULL)
    return NULL;
  browser = http_refuse_browser (head, request->target.path, server->listen_host);
  if (browser == NULL)
    return problem;
  problem_free (problem);
  return browser;
}

/* NULL: its body may come. */
static Problem *
refuse_by_head (HttpRequest *request, HttpHead *head)
{
  HttpServer *server = request->connection->listener->server;
  const char *reason;
  Problem *problem = refuse_busy (request->connection);

  if (problem == NULL &&
      !http_target_parse (request->connection->target, &request->target, &reason))
    problem = http_refuse_target (reason);
  if (problem == NULL)
    problem = http_refuse_ambiguous (head);
  if (request->target.authority != NULL)
    head->host = request->target.authority;
  if (problem == NULL)
    problem = refuse_route (request, head);
  if (problem == NULL && server->refuse != NULL)
    problem = server->refuse (request, request->route, server->user_data);
  if (problem == NULL && !request->is_authenticated)
    problem = http_refuse_browser (head, request->target.path, server->listen_host);
  if (problem == NULL)
    problem = refuse_length (request, head);
  return problem;
}

/* ---- The way of a request, on a server thread ---- */

static enum MHD_Result
send_answer (HttpRequest *request, guint status, struct MHD_Response *response)
{
  HttpConnection *connection = request->connection;
  HttpServer *server = connection->listener->server;
  enum MHD_Result result;

  if (g_atomic_int_get (&server->draining) || connection->too_many)
    MHD_add_response_header (response, "Connection", "close");
  result = MHD_queue_response (request->mhd, status, response);
  MHD_destroy_response (response);
  http_watch_restart (server->watch, connection->watched);
  return result;
}

static enum MHD_Result
send_problem (HttpRequest *request, const Problem *problem)
{
  HttpServer *server = request->connection->listener->server;
  g_autofree char *allowed = NULL;
  const char *headers[] = { "Allow", NULL, NULL };

  if (server->refused != NULL)
    server->refused (problem, server->user_data);
  if (problem->status == 405)
    {
      allowed = http_route_allowed (server->routes, request->target.path);
      headers[1] = allowed;
    }
  return send_answer (request, problem->status,
                      problem_response (problem, allowed != NULL ? headers : NULL));
}

static void
settle (HttpServer *server, gint *counter)
{
  if (!g_atomic_int_dec_and_test (counter) || !g_atomic_int_get (&server->draining))
    return;
  g_mutex_lock (&server->lock);
  g_cond_broadcast (&server->settled);
  g_mutex_unlock (&server->lock);
}

static enum MHD_Result
send_handlers_answer (HttpRequest *request)
{
  struct MHD_Response *response = g_steal_pointer (&request->response);
  HttpServer *server = request->connection->listener->server;
  enum MHD_Result result = send_answer (request, request->status, response);

  settle (server, &server->unanswered);
  return result;
}

/* The peer went away meanwhile, and the library did not ask for the answer any more. */
static void
drop_handlers_answer (HttpRequest *request)
{
  HttpServer *server = request->connection->listener->server;

  MHD_destroy_response (g_steal_pointer (&request->response));
  settle (server, &server->unanswered);
}

static enum MHD_Result
suspend (HttpRequest *request)
{
  MHD_suspend_connection (request->mhd);
  /* Answered in between, by a thread that could not know that there is something to resume. */
  if (!g_atomic_int_compare_and_exchange (&request->state, HANDLED, SUSPENDED))
    MHD_resume_connection (request->mhd);
  return MHD_YES;
}

static enum MHD_Result
hand_over (HttpRequest *request)
{
  HttpServer *server = request->connection->listener->server;
  const HttpRoute *route = request->route;
  gboolean on_pool = route->place == HTTP_ON_POOL || request->length > POOL_BODY_BYTES;
  gboolean takes_long = route->place == HTTP_ON_LONG_POOL;

  request->handed_over = TRUE;
  request->body = request->length > 0
                      ? g_bytes_new_take (g_steal_pointer (&request->data), request->length)
                      : g_bytes_new_static ("", 0);
  request->state = HANDLED;
  g_atomic_int_inc (&server->unsent);
  g_atomic_int_inc (&server->unanswered);
  http_watch_pause (server->watch, request->connection->watched);
  if (g_atomic_int_get (&server->draining))
    {
      /* Counted first, looked second: whoever drains either sees the count or is seen here. */
      g_autoptr (Problem) problem = refuse_busy (request->connection);

      http_answer_problem (request, problem);
    }
  else if (takes_long)
    g_thread_pool_push (server->long_pool, request, NULL);
  else if (on_pool)
    g_thread_pool_push (server->pool, request, NULL);
  else
    route->handler (request, server->user_data);

  if (g_atomic_int_get (&request->state) == ANSWERED)
    return send_handlers_answer (request);
  return suspend (request);
}

static enum MHD_Result
begin_request (HttpConnection *connection,
               struct MHD_Connection *mhd,
               const char *method,
               const char *version,
               void **request_slot)
{
  HttpRequest *request = g_new0 (HttpRequest, 1);
  HttpHead head = { .method = method, .version = version, .local = connection->listener->local };

  *request_slot = request;
  request->connection = connection;
  request->mhd = mhd;
  request->state = READING;
  http_watch_restart (connection->listener->server->watch, connection->watched);
  MHD_get_connection_values (mhd, MHD_HEADER_KIND, read_header, &head);
  request->refusal = refuse_by_head (request, &head);
  if (request->refusal == NULL || !has_body (&head))
    return MHD_YES;
  /* An answer at this point tells the library not to read the body, and ends the connection. */
  connection->linger = TRUE;
  return send_problem (request, request->refusal);
}

/* TRUE when all of it was taken at once. */
static gboolean
send_past_library (HttpRequest *request, const char *text, gsize length)
{
  const HttpConnection *connection = request->connection;

  if (connection->credential != NULL)
    return http_tls_send (
        MHD_get_connection_info (request->mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session,
        text, length);
  return send (connection->fd, text, length, MSG_DONTWAIT | MSG_NOSIGNAL) == (gssize) length;
}

/* The library takes no answer while it reads a body, so this one is written past it: at this point
 * it has nothing under way on the socket. */
static enum MHD_Result
refuse_in_body (HttpRequest *request)
{
  g_autoptr (Problem) problem = http_refuse_too_large (request->max_body_setting,
                                                       request->max_body_bytes);
  g_autofree char *json = problem_to_json (problem);
  g_autofree char *text = g_strdup_printf (
      "HTTP/1.1 %u %s\r\n"
      "Content-Type: " PROBLEM_TYPE "\r\n"
      "Content-Length: %" G_GSIZE_FORMAT "\r\n"
      "Cache-Control: no-store\r\n"
      "Connection: close\r\n\r\n%s",
      problem->status, MHD_get_reason_phrase_for (problem->status), strlen (json), json);
  const HttpServer *server = request->connection->listener->server;

  if (server->refused != NULL)
    server->refused (problem, server->user_data);
  /* It fits into the empty send buffer; a peer that has gone needs no answer. */
  if (send_past_library (request, text, strlen (text)))
    request->connection->linger = TRUE;
  return MHD_NO;
}

static enum MHD_Result
collect (HttpRequest *request, const char *data, gsize *inout_length)
{
  gsize length = *inout_length;

  if (length > request->max_body_bytes - request->length)
    return refuse_in_body (request);
  if (request->data == NULL || request->length + length > request->capacity)
    {
      /* A declared length is taken at its word only as far as bytes have come. */
      gsize wanted = MAX (request->length + length, MIN (request->capacity, POOL_BODY_BYTES));

      request->capacity = MAX (wanted, MIN (2 * request->length, request->max_body_bytes));
      request->data = g_realloc (request->data, request->capacity);
    }
  memcpy (request->data + request->length, data, length);
  request->length += length;
  *inout_length = 0;
  return MHD_YES;
}

enum MHD_Result
http_request_on_data (void *user_data,
                      struct MHD_Connection *mhd,
                      const char *url,
                      const char *method,
                      const char *version,
                      const char *upload_data,
                      size_t *upload_length,
                      void **request_slot)
{
  HttpRequest *request = *request_slot;

  if (request == NULL)
    {
      const union MHD_ConnectionInfo *info = MHD_get_connection_info (
          mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

      return begin_request (info->socket_context, mhd, method, version, request_slot);
    }
  if (*upload_length > 0)
    return collect (request, upload_data, upload_length);
  if (request->refusal != NULL)
    return send_problem (request, request->refusal);
  if (!request->handed_over)
    return hand_over (request);
  return send_handlers_answer (request);
}

void
http_request_on_completed (void *user_data,
                           struct MHD_Connection *mhd,
                           void **request_slot,
                           enum MHD_RequestTerminationCode code)
{
  HttpRequest *request = g_steal_pointer (request_slot);
  HttpServer *server;

  if (request == NULL)
    return;
  server = request->connection->listener->server;
  http_watch_restart (server->watch, request->connection->watched);
  http_target_clear (&request->target);
  for (guint i = 0; i < HTTP_MAX_CAPTURES; i++)
    g_free (request->segments[i]);
  g_free (request->peer);
  g_free (request->data);
  g_clear_pointer (&request->body, g_bytes_unref);
  g_clear_pointer (&request->refusal, problem_free);
  if (request->response != NULL)
    drop_handlers_answer (request);
  if (request->handed_over)
    settle (server, &server->unsent);
  g_free (request);
}

void
http_request_on_pool (gpointer data, gpointer user_data)
{
  HttpRequest *request = data;
  HttpServer *server = user_data;

  request->route->handler (request, server->user_data);
}
