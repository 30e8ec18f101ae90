/* What a router makes of a store with very many pending deliveries: how soon it serves, and how
 * much memory it takes, while all its connectors are away and while they take what comes.
 *
 * Usage: bench-backlog STATE CONNECTORS [SECONDS]: a folder made by fill-store, for how many
 * connectors, and how long (10) it is watched.  Deliveries are made, so STATE shrinks a little.
 *
 * Nothing is asserted; the aim is a second until it serves, with a million, and 200 MB with ten. */
#include "support/daemon.h"
#include "support/sink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In kB, of /proc/PID/status. */
static gint64
memory_kb (Daemon *daemon, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", daemon_pid (daemon));
  g_autofree char *text = NULL;
  const char *found;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (found = strstr (text, name)) == NULL)
    g_error ("Cannot read %s of the router", name);
  return g_ascii_strtoll (found + strlen (name) + 1, NULL, 10);
}

static Daemon *
make (guint n_connectors, guint port)
{
  Daemon *daemon = daemon_new ();

  for (guint i = 0; i < n_connectors; i++)
    {
      g_autofree char *webhook = g_strdup_printf ("webhook/c%u.json", i);
      g_autofree char *rule = g_strdup_printf ("rule/default/r%u.json", i);

      daemon_write (daemon, webhook,
                    "{'Url': 'http://127.0.0.1:%u/c%u', 'AllowAddresses': ['loopback']}", port, i);
      daemon_write (daemon, rule, "{'Targets': [{'Id': 't', 'Arn': 'webhook/c%u'}]}", i);
    }
  return daemon;
}

static void
watch (const char *what, const char *state, guint n_connectors, guint port, guint seconds)
{
  Daemon *daemon = make (n_connectors, port);
  gint64 start_us = g_get_monotonic_time (), ready_us, pending, cpu_us;

  daemon_launch_router (daemon, state);
  ready_us = g_get_monotonic_time ();
  pending = daemon_status (daemon, "ready") + daemon_status (daemon, "waiting") +
            daemon_status (daemon, "held");
  cpu_us = daemon_cpu_us (daemon);
  g_usleep (seconds * (gulong) G_USEC_PER_SEC);
  g_print ("%-8s %10" G_GINT64_FORMAT " %9.3f %9.1f %9.1f %10" G_GINT64_FORMAT " %8.1f\n", what,
           pending, (double) (ready_us - start_us) / G_USEC_PER_SEC,
           (double) memory_kb (daemon, "VmRSS:") / 1024,
           (double) memory_kb (daemon, "VmHWM:") / 1024, daemon_status (daemon, "done"),
           (double) (daemon_cpu_us (daemon) - cpu_us) / 10000.0 / seconds);
  daemon_free (daemon);
}

int
main (int argc, char **argv)
{
  guint n_connectors = argc > 2 ? (guint) atoi (argv[2]) : 0;
  guint seconds = argc > 3 ? (guint) atoi (argv[3]) : 10;
  Sink *sink;

  if (n_connectors == 0 || seconds == 0)
    {
      g_printerr ("usage: bench-backlog STATE CONNECTORS [SECONDS]\n");
      return 2;
    }
  g_print ("%-8s %10s %9s %9s %9s %10s %8s\n", "targets", "pending", "start s", "RSS MB", "peak MB",
           "delivered", "CPU %");
  watch ("away", argv[1], n_connectors, 9, seconds);
  sink = sink_new (FALSE);
  watch ("taking", argv[1], n_connectors, sink_port (sink), seconds);
  sink_free (sink);
  return 0;
}
