/* Opens the listening sockets by hand: the server library would neither give these errors nor know
 * Unix sockets. */
#include "http/listen.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 1024

static gboolean
split_listen (const char *listen, char **out_host, guint16 *out_port)
{
  const char *colon = strrchr (listen, ':');
  g_autofree char *host = NULL;
  guint64 port;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
    return FALSE;
  if (*listen == '[')
    {
      if (colon[-1] != ']')
        return FALSE;
      host = g_strndup (listen + 1, (gsize) (colon - listen - 2));
    }
  else
    host = g_strndup (listen, (gsize) (colon - listen));
  if (*host == '\0' || (*listen != '[' && strchr (host, ':') != NULL))
    return FALSE;
  *out_host = g_steal_pointer (&host);
  *out_port = (guint16) port;
  return TRUE;
}

char *
http_listen_host (const char *listen)
{
  char *host = NULL;
  guint16 port;

  return split_listen (listen, &host, &port) ? host : NULL;
}

static GSocketAddress *
parse_listen (const char *listen, gboolean may_be_exposed, GError **error)
{
  g_autofree char *host = NULL;
  g_autoptr (GInetAddress) address = NULL;
  guint16 port;

  if (split_listen (listen, &host, &port))
    address = g_inet_address_new_from_string (strcmp (host, "localhost") == 0 ? "127.0.0.1" : host);
  if (address == NULL)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                   "Cannot listen on “%s”: expected an address and a port, as in "
                   "“127.0.0.1:4610” or “[::1]:4610”",
                   listen);
      return NULL;
    }
  if (!may_be_exposed && !g_inet_address_get_is_loopback (address))
    {
      g_set_error (
          error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
          "Refusing to listen on “%s”: other machines would reach it, and what they send, "
          "tokens included, could be read on the way; give router.json a certificate (Tls), or "
          "listen on 127.0.0.1 or [::1] and put a proxy with TLS in front, or write the same "
          "address as InsecureListen in router.json if you want it all the same",
          listen);
      return NULL;
    }
  return g_inet_socket_address_new (address, port);
}

gboolean
http_listen_is_exposed (const char *listen)
{
  g_autoptr (GSocketAddress) address = parse_listen (listen, TRUE, NULL);

  return address != NULL && !g_inet_address_get_is_loopback (g_inet_socket_address_get_address (
                                G_INET_SOCKET_ADDRESS (address)));
}

static gboolean
fail (const char *what, const char *where, GError **error)
{
  int code = errno;

  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE, "Cannot %s %s: %s", what, where,
               g_strerror (code));
  return FALSE;
}

static char *
bound_place (int fd)
{
  struct sockaddr_storage storage;
  socklen_t length = sizeof storage;
  g_autoptr (GSocketAddress) address = NULL;

  if (getsockname (fd, (struct sockaddr *) &storage, &length) != 0)
    return NULL;
  address = g_socket_address_new_from_native (&storage, length);
  return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
}

static gboolean
bind_tcp (int fd, GSocketAddress *address, const char *listen_on, GError **error)
{
  struct sockaddr_storage storage;
  const int on = 1;

  if (!g_socket_address_to_native (address, &storage, sizeof storage, error))
    return FALSE;
  /* A restart must not wait for the old connections' TIME_WAIT.  TCP_NODELAY passes on to accepted
   * connections: answers are small and wait for nothing. */
  if (setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
    return fail ("prepare to listen on", listen_on, error);
  if (bind (fd, (struct sockaddr *) &storage,
            (socklen_t) g_socket_address_get_native_size (address)) != 0 ||
      listen (fd, BACKLOG) != 0)
    return fail ("listen on", listen_on, error);
  return TRUE;
}

/* ---- Sockets that the service manager listens on --------------------------------------------- */

#define FIRST_INHERITED 3 /* sd_listen_fds(3) */

static gboolean
is_listening (int fd)
{
  int listening = 0;
  socklen_t length = sizeof listening;

  return getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && listening != 0;
}

static gboolean
is_bound_to (int fd, const struct sockaddr_storage *wanted)
{
  struct sockaddr_storage own = { 0 };
  socklen_t length = sizeof own;

  if (getsockname (fd, (struct sockaddr *) &own, &length) != 0 ||
      own.ss_family != wanted->ss_family)
    return FALSE;
  if (own.ss_family == AF_UNIX)
    return strcmp (((const struct sockaddr_un *) &own)->sun_path,
                   ((const struct sockaddr_un *) wanted)->sun_path) == 0;
  if (own.ss_family == AF_INET)
    {
      const struct sockaddr_in *a = (const struct sockaddr_in *) &own;
      const struct sockaddr_in *b = (const struct sockaddr_in *) wanted;

      return a->sin_port == b->sin_port && a->sin_addr.s_addr == b->sin_addr.s_addr;
    }
  if (own.ss_family == AF_INET6)
    {
      const struct sockaddr_in6 *a = (const struct sockaddr_in6 *) &own;
      const struct sockaddr_in6 *b = (const struct sockaddr_in6 *) wanted;

      return a->sin6_port == b->sin6_port &&
             memcmp (&a->sin6_addr, &b->sin6_addr, sizeof a->sin6_addr) == 0;
    }
  return FALSE;
}

/* How many there are. */
static int
count_inherited (void)
{
  const char *pid = g_getenv ("LISTEN_PID"), *count = g_getenv ("LISTEN_FDS");
  guint64 expected_pid, n;

  if (pid == NULL || count == NULL ||
      !g_ascii_string_to_unsigned (pid, 10, 1, G_MAXINT, &expected_pid, NULL) ||
      (pid_t) expected_pid != getpid () ||
      !g_ascii_string_to_unsigned (count, 10, 1, 1000, &n, NULL))
    return 0;
  return (int) n;
}

gboolean
http_listen_is_inherited (int fd)
{
  return fd >= FIRST_INHERITED && fd < FIRST_INHERITED + count_inherited ();
}

/* The one of LISTEN_FDS that is bound to this address, as our own, or -1. */
static int
take_inherited (const struct sockaddr_storage *wanted)
{
  int n = count_inherited ();

  for (int fd = FIRST_INHERITED; fd < FIRST_INHERITED + n; fd++)
    if (is_listening (fd) && is_bound_to (fd, wanted) && fcntl (fd, F_SETFD, FD_CLOEXEC) == 0 &&
        fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK) == 0)
      return fd;
  return -1;
}

static int
take_inherited_tcp (GSocketAddress *address)
{
  struct sockaddr_storage storage = { 0 };

  return g_socket_address_to_native (address, &storage, sizeof storage, NULL)
             ? take_inherited (&storage)
             : -1;
}

static int
take_inherited_unix (const struct sockaddr_un *address)
{
  struct sockaddr_storage storage = { 0 };

  memcpy (&storage, address, sizeof *address);
  return take_inherited (&storage);
}

int
http_listen_tcp (const char *listen, gboolean may_be_exposed, char **out_place, GError **error)
{
  g_autoptr (GSocketAddress) address = parse_listen (listen, may_be_exposed, error);
  int fd;

  if (address == NULL)
    return -1;
  fd = take_inherited_tcp (address);
  if (fd >= 0)
    {
      *out_place = bound_place (fd);
      return fd;
    }
  fd = socket (g_socket_address_get_family (address), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
               0);
  if (fd < 0)
    {
      fail ("make a socket for", listen, error);
      return -1;
    }
  if (!bind_tcp (fd, address, listen, error))
    {
      close (fd);
      return -1;
    }
  *out_place = bound_place (fd);
  return fd;
}

/* TRUE when path is free to be bound: nothing there, or a socket file that nobody listens on. */
static gboolean
clear_stale (const char *path, const struct sockaddr_un *address, GError **error)
{
  struct stat info;
  gboolean answered;
  int fd;

  if (lstat (path, &info) != 0)
    return errno == ENOENT || fail ("look at", path, error);
  if (!S_ISSOCK (info.st_mode))
    {
      g_set_error (
          error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT,
          "Cannot listen on %s: there is a file there that is not a socket; move it away or "
          "choose another path with --socket",
          path);
      return FALSE;
    }
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return fail ("make a socket for", path, error);
  /* EAGAIN: its backlog is full, so somebody listens. */
  answered = connect (fd, (const struct sockaddr *) address, sizeof *address) == 0 ||
             errno != ECONNREFUSED;
  close (fd);
  if (answered)
    {
      g_set_error (
          error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT,
          "Cannot listen on %s: another router is listening there; stop it or choose another "
          "path with --socket",
          path);
      return FALSE;
    }
  return unlink (path) == 0 || errno == ENOENT || fail ("remove the old socket", path, error);
}

static gboolean
make_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return g_mkdir_with_parents (folder, 0700) == 0 || fail ("make the folder", folder, error);
}

int
http_listen_unix (const char *path, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd;

  if (strlen (path) >= sizeof address.sun_path)
    {
      g_set_error (
          error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
          "Cannot listen on %s: a socket's path may have %zu bytes at most; choose a shorter "
          "one with --socket",
          path, sizeof address.sun_path - 1);
      return -1;
    }
  strcpy (address.sun_path, path);
  fd = take_inherited_unix (&address);
  if (fd >= 0)
    return fd;
  if (!make_folder (path, error) || !clear_stale (path, &address, error))
    return -1;
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    {
      fail ("make a socket for", path, error);
      return -1;
    }
  /* Linux gives the file the socket's own mode, so that it is never open to others, not even
   * between bind and a later chmod. */
  if (fchmod (fd, 0600) != 0 || bind (fd, (struct sockaddr *) &address, sizeof address) != 0 ||
      listen (fd, BACKLOG) != 0)
    {
      fail ("listen on", path, error);
      close (fd);
      return -1;
    }
  return fd;
}
