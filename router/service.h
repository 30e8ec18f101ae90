/* service.h: a word to systemd, where it started the router. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* state as sd_notify(3) has it, for example "READY=1".  Nothing happens without NOTIFY_SOCKET. */
void service_notify (const char *state);

/* For how long nothing has moved that should; main thread. */
typedef gint64 (*ServiceStuck) (gpointer user_data);

/* Signs of life as often as WatchdogSec= of the unit asks for; none without it, and none while
 * something has been stuck for half of that time, so that the manager starts the router anew. */
void service_start_watchdog (ServiceStuck stuck_us, gpointer user_data);

G_END_DECLS
