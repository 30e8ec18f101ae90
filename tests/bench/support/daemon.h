/* daemon.h: a server under measurement as a child process, in a folder of its own.
 *
 * What goes wrong ends the program with a message. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Daemon Daemon;

/* signalboxd ($SIGNALBOXD) with 20 rules, of which every event of daemon_body() matches one, each
 * with one target on webhook/sink, which goes to the port. */
Daemon *daemon_start_router (guint sink_port);
/* The bare program ($BARE_SERVER). */
Daemon *daemon_start_bare (void);

/* The same by steps: a folder, what is configured (a file of JSON, with ' for "), and signalboxd
 * with it, on the state of another folder unless that is NULL.  Returns when it answers. */
Daemon *daemon_new (void);
void daemon_write (Daemon *daemon, const char *relative, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void daemon_launch_router (Daemon *daemon, const char *state);

/* Ends it and removes its folder. */
void daemon_free (Daemon *daemon);

guint daemon_port (Daemon *daemon);
GPid daemon_pid (Daemon *daemon);

/* The processor time that it has used, all threads, user and system. */
gint64 daemon_cpu_us (Daemon *daemon);

/* A body of about 1 KB that rule i of the 20 matches. */
char *daemon_body (guint i);

/* The number of that name in the router's /v1/status. */
gint64 daemon_status (Daemon *daemon, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Daemon, daemon_free)

G_END_DECLS
