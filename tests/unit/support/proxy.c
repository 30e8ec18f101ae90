/* A thread a connection.  What is encrypted is passed on both ways; of what is not, a connection
 * has one request. */
#include "support/proxy.h"

#include <gio/gio.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_HEAD_BYTES 65536

struct Proxy
{
  GSocketService *service;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  char *authorization; /* the value that it wants, or NULL */
  guint port;
  int stop[2]; /* a pipe: readable when all is to end */

  GMutex lock;
  guint refused;    /* guarded by lock */
  GPtrArray *heads; /* guarded by lock */
};

static void
clear_proxy (gpointer data)
{
  Proxy *proxy = data;

  close (proxy->stop[0]);
  g_free (proxy->authorization);
  g_ptr_array_unref (proxy->heads);
  g_mutex_clear (&proxy->lock);
}

static void
release_cb (gpointer data, GClosure *closure)
{
  g_atomic_rc_box_release_full (data, clear_proxy);
}

/* ---- Bytes ---- */

/* FALSE: the test is over. */
static gboolean
wait_readable (Proxy *proxy, int one, int other, gboolean *out_one, gboolean *out_other)
{
  struct pollfd fds[] = { { .fd = proxy->stop[0], .events = POLLIN },
                          { .fd = one, .events = POLLIN },
                          { .fd = other, .events = POLLIN } };

  poll (fds, 3, -1);
  *out_one = fds[1].revents != 0;
  *out_other = fds[2].revents != 0;
  return fds[0].revents == 0;
}

static gboolean
send_all (int fd, const char *bytes, gsize length)
{
  while (length > 0)
    {
      ssize_t n = send (fd, bytes, length, MSG_NOSIGNAL);

      if (n <= 0)
        return FALSE;
      bytes += n;
      length -= (gsize) n;
    }
  return TRUE;
}

static gboolean
pass_on (int from, int to)
{
  char bytes[65536];
  ssize_t n = recv (from, bytes, sizeof bytes, 0);

  return n > 0 && send_all (to, bytes, (gsize) n);
}

static void
pass_both_ways (Proxy *proxy, int one, int other)
{
  gboolean from_one, from_other;

  while (wait_readable (proxy, one, other, &from_one, &from_other))
    if ((from_one && !pass_on (one, other)) || (from_other && !pass_on (other, one)))
      return;
}

/* ---- One request ---- */

/* The head with its empty line, and what came behind it, as text.  NULL: it ended before. */
static GString *
read_head (Proxy *proxy, int fd)
{
  GString *text = g_string_new (NULL);
  char bytes[4096];
  gboolean is_readable, is_other;

  while (strstr (text->str, "\r\n\r\n") == NULL)
    {
      ssize_t n = -1;

      if (text->len < MAX_HEAD_BYTES && wait_readable (proxy, fd, -1, &is_readable, &is_other))
        n = recv (fd, bytes, sizeof bytes, 0);
      if (n <= 0)
        {
          g_string_free (text, TRUE);
          return NULL;
        }
      g_string_append_len (text, bytes, n);
    }
  return text;
}

/* The value of a field of the head, or NULL. */
static char *
field_of (char *const *lines, const char *name)
{
  for (char *const *line = lines + 1; *line != NULL; line++)
    if (g_ascii_strncasecmp (*line, name, strlen (name)) == 0 && (*line)[strlen (name)] == ':')
      return g_strstrip (g_strdup (*line + strlen (name) + 1));
  return NULL;
}

/* What it answers itself, or 0. */
static guint
own_answer (Proxy *proxy, char *const *lines)
{
  g_autofree char *authorization = field_of (lines, "Proxy-Authorization");
  guint status;

  g_mutex_lock (&proxy->lock);
  g_ptr_array_add (proxy->heads, g_strjoinv ("\n", (char **) lines));
  status = proxy->refused;
  g_mutex_unlock (&proxy->lock);
  if (status == 0 && proxy->authorization != NULL &&
      g_strcmp0 (authorization, proxy->authorization) != 0)
    status = 407;
  return status;
}

static void
answer (int fd, guint status, char *const *lines)
{
  g_autofree char *authorization = field_of (lines, "Proxy-Authorization");
  g_autofree char *body = g_strdup_printf ("You said: %s",
                                           authorization != NULL ? authorization : "nothing");
  g_autofree char *text = g_strdup_printf (
      "HTTP/1.1 %u No\r\n"
      "%sConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
      status, status == 407 ? "Proxy-Authenticate: Basic realm=\"test\"\r\n" : "", strlen (body),
      body);

  send_all (fd, text, strlen (text));
}

static int
connect_to (guint port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  struct sockaddr_storage native;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_true (g_socket_address_to_native (address, &native, sizeof native, NULL));
  if (connect (fd, (struct sockaddr *) &native,
               (socklen_t) g_socket_address_get_native_size (address)) == 0)
    return fd;
  close (fd);
  return -1;
}

/* "http://name:1234/path?query" or "name:1234" */
static int
connect_to_target (const char *target, const char **out_path)
{
  const char *scheme = strstr (target, "://");
  const char *host = scheme != NULL ? scheme + 3 : target;
  const char *path = strchr (host, '/');
  const char *colon = strchr (host, ':');
  guint64 port = colon != NULL ? g_ascii_strtoull (colon + 1, NULL, 10) : 80;

  *out_path = path != NULL ? path : "/";
  return connect_to ((guint) port);
}

/* As the target is to see it: without the host in the first line, and what is the proxy's own. */
static char *
head_for_target (char *const *lines, const char *method, const char *path)
{
  GString *head = g_string_new (NULL);

  g_string_append_printf (head, "%s %s HTTP/1.1\r\n", method, path);
  for (char *const *line = lines + 1; *line != NULL && **line != '\0'; line++)
    if (g_ascii_strncasecmp (*line, "Proxy-", 6) != 0)
      g_string_append_printf (head, "%s\r\n", *line);
  g_string_append (head, "Connection: close\r\n\r\n");
  return g_string_free (head, FALSE);
}

static void
go_on (Proxy *proxy, int fd, char *const *lines, const char *rest, gsize rest_bytes)
{
  static const char established[] = "HTTP/1.1 200 Connection established\r\n\r\n";
  g_auto (GStrv) words = g_strsplit (lines[0], " ", -1);
  gboolean is_tunnel = strcmp (words[0], "CONNECT") == 0;
  const char *path;
  int target = connect_to_target (words[1], &path);
  g_autofree char *head = head_for_target (lines, words[0], path);

  if (target < 0)
    {
      answer (fd, 502, lines);
      return;
    }
  if (is_tunnel ? send_all (fd, established, strlen (established))
                : send_all (target, head, strlen (head)) && send_all (target, rest, rest_bytes))
    pass_both_ways (proxy, fd, target);
  close (target);
}

static gboolean
run_cb (GThreadedSocketService *service,
        GSocketConnection *connection,
        GObject *source,
        gpointer user_data)
{
  Proxy *proxy = user_data;
  int fd = g_socket_get_fd (g_socket_connection_get_socket (connection));
  GString *text;

  g_socket_set_blocking (g_socket_connection_get_socket (connection), TRUE);
  text = read_head (proxy, fd);
  if (text != NULL)
    {
      const char *rest = strstr (text->str, "\r\n\r\n") + 4;
      g_autofree char *head = g_strndup (text->str, (gsize) (rest - text->str) - 2);
      g_auto (GStrv) lines = g_strsplit (head, "\r\n", -1);
      guint status = own_answer (proxy, lines);

      if (status != 0)
        answer (fd, status, lines);
      else
        go_on (proxy, fd, lines, rest, text->len - (gsize) (rest - text->str));
      g_string_free (text, TRUE);
    }
  return TRUE;
}

/* ---- The proxy ---- */

static gpointer
serve_in_thread (gpointer data)
{
  Proxy *proxy = data;

  g_main_loop_run (proxy->loop);
  return NULL;
}

Proxy *
proxy_new (const char *login)
{
  Proxy *proxy = g_atomic_rc_box_new0 (Proxy);
  g_autofree char *encoded = login != NULL
                                 ? g_base64_encode ((const guchar *) login, strlen (login))
                                 : NULL;

  proxy->authorization = encoded != NULL ? g_strconcat ("Basic ", encoded, NULL) : NULL;
  g_assert_cmpint (pipe (proxy->stop), ==, 0);
  g_mutex_init (&proxy->lock);
  proxy->heads = g_ptr_array_new_with_free_func (g_free);
  proxy->context = g_main_context_new ();
  proxy->loop = g_main_loop_new (proxy->context, FALSE);
  /* The service takes its context from the thread that makes it. */
  g_main_context_push_thread_default (proxy->context);
  proxy->service = g_threaded_socket_service_new (100);
  proxy->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (proxy->service), NULL,
                                                     NULL);
  /* Each connection's thread keeps the service, and so the proxy, until it ends. */
  g_signal_connect_data (proxy->service, "run", G_CALLBACK (run_cb),
                         g_atomic_rc_box_acquire (proxy), release_cb, 0);
  g_main_context_pop_thread_default (proxy->context);
  proxy->thread = g_thread_new ("proxy", serve_in_thread, proxy);
  return proxy;
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

void
proxy_free (Proxy *proxy)
{
  g_autoptr (GSource) quit = g_idle_source_new ();

  close (proxy->stop[1]);
  g_source_set_callback (quit, quit_cb, proxy->loop, NULL);
  g_source_attach (quit, proxy->context);
  g_thread_join (proxy->thread);
  g_socket_service_stop (proxy->service);
  g_socket_listener_close (G_SOCKET_LISTENER (proxy->service));
  g_object_unref (proxy->service);
  g_main_loop_unref (proxy->loop);
  g_main_context_unref (proxy->context);
  g_atomic_rc_box_release_full (proxy, clear_proxy);
}

guint
proxy_port (Proxy *proxy)
{
  return proxy->port;
}

void
proxy_refuse (Proxy *proxy, guint status)
{
  g_mutex_lock (&proxy->lock);
  proxy->refused = status;
  g_mutex_unlock (&proxy->lock);
}

GStrv
proxy_heads (Proxy *proxy)
{
  g_autoptr (GStrvBuilder) heads = g_strv_builder_new ();

  g_mutex_lock (&proxy->lock);
  for (guint i = 0; i < proxy->heads->len; i++)
    g_strv_builder_add (heads, proxy->heads->pdata[i]);
  g_mutex_unlock (&proxy->lock);
  return g_strv_builder_end (heads);
}
