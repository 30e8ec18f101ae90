/* service.h: a word to systemd, where it started the router. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* state as sd_notify(3) has it, for example "READY=1".  Nothing happens without NOTIFY_SOCKET. */
void service_notify (const char *state);

/* Signs of life as often as WatchdogSec= of the unit asks for; none without it. */
void service_start_watchdog (void);

G_END_DECLS
