/* paths.h: where things are when nobody says otherwise.
 *
 * As root: /etc/signalbox, /var/lib/signalbox, /run/signalbox/socket.  As a user: the XDG folders.
 * $SIGNALBOX_SOCKET names another socket. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *paths_config_dir (void);
char *paths_state_dir (void);
char *paths_socket (void);

#define PATHS_DEFAULT_LISTEN "127.0.0.1:4610"

G_END_DECLS
