/* What the service manager is told: that the router is ready, reloads, stops, is alive.  Main
 * thread. */
#include "service.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* What systemd asks of a service of Type=notify (sd_notify(3)): one datagram. */
void
service_notify (const char *state)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd;

  if (path == NULL || strlen (path) >= sizeof address.sun_path)
    return;
  strcpy (address.sun_path, path);
  if (*path == '@')
    address.sun_path[0] = '\0';
  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return;
  if (sendto (fd, state, strlen (state), MSG_NOSIGNAL, (struct sockaddr *) &address,
              (socklen_t) (offsetof (struct sockaddr_un, sun_path) + strlen (path))) < 0)
    log_message (LOG_WARNING, "router", "cannot notify the service manager: %s",
                 g_strerror (errno));
  close (fd);
}

typedef struct
{
  ServiceStuck stuck_us;
  gpointer user_data;
  gint64 limit_us;
} Watchdog;

static gboolean
on_watchdog (gpointer data)
{
  const Watchdog *watchdog = data;
  gint64 stuck_us = watchdog->stuck_us (watchdog->user_data);

  if (stuck_us < watchdog->limit_us)
    service_notify ("WATCHDOG=1");
  else
    log_message (LOG_ERROR, "router",
                 "the store has got nothing done for %" G_GINT64_FORMAT
                 " s: the service manager is given no sign of life, and starts the router anew "
                 "when that goes on (WatchdogSec= of the unit)",
                 stuck_us / G_USEC_PER_SEC);
  return G_SOURCE_CONTINUE;
}

/* WatchdogSec= of the unit: a sign of life several times within it (sd_watchdog_enabled(3)). */
void
service_start_watchdog (ServiceStuck stuck_us, gpointer user_data)
{
  const char *period = g_getenv ("WATCHDOG_USEC");
  const char *pid = g_getenv ("WATCHDOG_PID");
  guint64 period_us, expected_pid;
  Watchdog *watchdog;

  if (period == NULL || !g_ascii_string_to_unsigned (period, 10, 1, G_MAXINT64, &period_us, NULL))
    return;
  if (pid != NULL && (!g_ascii_string_to_unsigned (pid, 10, 1, G_MAXINT, &expected_pid, NULL) ||
                      (pid_t) expected_pid != getpid ()))
    return;
  watchdog = g_new (Watchdog, 1);
  *watchdog = (Watchdog){ stuck_us, user_data, (gint64) (period_us / 2) };
  g_timeout_add_full (G_PRIORITY_DEFAULT, (guint) CLAMP (period_us / 4000, 1, G_MAXUINT),
                      on_watchdog, watchdog, g_free);
}
