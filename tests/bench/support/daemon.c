/* Starts what is measured and asks it. */
#include "support/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define N_RULES 20
#define BODY_BYTES 1000

struct Daemon
{
  char *folder;
  GPid pid;
  guint port;
  int input; /* of the bare program, which ends with it; -1: none */
};

char *
daemon_body (guint i)
{
  g_autofree char *filling = g_strnfill (BODY_BYTES - 100, 'x');

  return g_strdup_printf ("{\"order\":%u,\"kind\":\"kind-%u\",\"total\":129.5,\"lines\":[{\"sku\":"
                          "\"A-1\",\"n\":2}],\"note\":\"%s\"}",
                          1000 + i, i % N_RULES, filling);
}

Daemon *
daemon_new (void)
{
  Daemon *daemon = g_new0 (Daemon, 1);
  g_autoptr (GError) error = NULL;

  daemon->input = -1;
  daemon->folder = g_dir_make_tmp ("signalbox-bench-XXXXXX", &error);
  if (error != NULL)
    g_error ("%s", error->message);
  return daemon;
}

void
daemon_write (Daemon *daemon, const char *relative, const char *format, ...)
{
  g_autofree char *path = g_build_filename (daemon->folder, "config", relative, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdelimit (g_strdup_vprintf (format, args), "'", '"');
  va_end (args);
  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents (path, text, -1, &error))
    g_error ("%s", error->message);
}

static void
configure (Daemon *daemon, guint sink_port)
{
  daemon_write (daemon, "source/shop.json", "{'Source': 'shop', 'DetailType': 'Order Paid'}");
  daemon_write (daemon, "webhook/sink.json",
                "{'Url': 'http://127.0.0.1:%u/sink', 'TimeoutSeconds': 3600, 'Concurrency': 64,"
                " 'AllowAddresses': ['loopback']}",
                sink_port);
  for (guint i = 0; i < N_RULES; i++)
    {
      g_autofree char *name = g_strdup_printf ("rule/default/kind-%u.json", i);

      daemon_write (daemon, name,
                    "{'EventPattern': {'source': ['shop'], 'detail': {'kind': ['kind-%u']}},"
                    " 'Targets': [{'Id': 'sink', 'Arn': 'webhook/sink'}]}",
                    i);
    }
}

static const char *
program (const char *variable)
{
  const char *path = g_getenv (variable);

  if (path == NULL)
    g_error ("%s must name the program that is measured", variable);
  return path;
}

static void
launch (Daemon *daemon, char **argv, int *input, int *output)
{
  g_autoptr (GError) error = NULL;

  if (!g_spawn_async_with_pipes (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                 &daemon->pid, input, output, NULL, &error))
    g_error ("%s", error->message);
}

/* ---- Asking ---- */

static char *
ask (Daemon *daemon)
{
  static const char request[] = "GET /v1/status HTTP/1.1\r\nHost: localhost\r\n"
                                "Connection: close\r\n\r\n";
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons ((guint16) daemon->port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_autoptr (GString) answer = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  if (fd >= 0 && connect (fd, (struct sockaddr *) &address, sizeof address) == 0 &&
      send (fd, request, sizeof request - 1, MSG_NOSIGNAL) > 0)
    while ((n = recv (fd, buffer, sizeof buffer, 0)) > 0)
      g_string_append_len (answer, buffer, n);
  close (fd);
  return g_string_free (g_steal_pointer (&answer), FALSE);
}

gint64
daemon_status (Daemon *daemon, const char *name)
{
  g_autofree char *answer = ask (daemon);
  g_autofree char *member = g_strdup_printf ("\"%s\":", name);
  const char *found = strstr (answer, member);

  if (found == NULL)
    g_error ("The router's status has no “%s”: %s", name, answer);
  return g_ascii_strtoll (found + strlen (member), NULL, 10);
}

/* ---- Start and end ---- */

static guint
free_port (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || bind (fd, (struct sockaddr *) &address, length) != 0 ||
      getsockname (fd, (struct sockaddr *) &address, &length) != 0)
    g_error ("No free port: %s", g_strerror (errno));
  close (fd);
  return ntohs (address.sin_port);
}

static void
wait_until_ready (Daemon *daemon)
{
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *answer = ask (daemon);

      if (strstr (answer, "\"state\":\"running\"") != NULL)
        return;
      g_usleep (10 * 1000);
    }
  g_error ("The router did not start within 10 s");
}

void
daemon_launch_router (Daemon *daemon, const char *state)
{
  g_autofree char *config = g_strdup_printf ("--config=%s/config", daemon->folder);
  g_autofree char *state_arg = state != NULL ? g_strdup_printf ("--state=%s", state)
                                             : g_strdup_printf ("--state=%s/state", daemon->folder);
  g_autofree char *socket = g_strdup_printf ("--socket=%s/socket", daemon->folder);
  g_autofree char *listen = NULL;

  daemon->port = free_port ();
  listen = g_strdup_printf ("--listen=127.0.0.1:%u", daemon->port);
  launch (daemon,
          (char *[]){ (char *) program ("SIGNALBOXD"), config, state_arg, socket, listen,
                      (char *) "--log-level=error", NULL },
          NULL, NULL);
  wait_until_ready (daemon);
}

Daemon *
daemon_start_router (guint sink_port)
{
  Daemon *daemon = daemon_new ();

  configure (daemon, sink_port);
  daemon_launch_router (daemon, NULL);
  return daemon;
}

Daemon *
daemon_start_bare (void)
{
  Daemon *daemon = daemon_new ();
  FILE *output;
  int fd;

  launch (daemon, (char *[]){ (char *) program ("BARE_SERVER"), daemon->folder, NULL },
          &daemon->input, &fd);
  output = fdopen (fd, "r");
  if (output == NULL || fscanf (output, "%u", &daemon->port) != 1)
    g_error ("The bare program did not start");
  fclose (output);
  return daemon;
}

static int
remove_one (const char *path, const struct stat *info, int type, struct FTW *walk)
{
  return remove (path);
}

void
daemon_free (Daemon *daemon)
{
  if (daemon->input >= 0)
    close (daemon->input);
  kill (daemon->pid, SIGKILL);
  while (waitpid (daemon->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  g_spawn_close_pid (daemon->pid);
  nftw (daemon->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  g_free (daemon->folder);
  g_free (daemon);
}

guint
daemon_port (Daemon *daemon)
{
  return daemon->port;
}

GPid
daemon_pid (Daemon *daemon)
{
  return daemon->pid;
}

gint64
daemon_cpu_us (Daemon *daemon)
{
  struct timespec used = { 0 };
  clockid_t id;

  if (clock_getcpuclockid (daemon->pid, &id) != 0 || clock_gettime (id, &used) != 0)
    g_error ("Cannot read the processor time of process %d", daemon->pid);
  return used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
}
