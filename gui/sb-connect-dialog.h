/* sb-connect-dialog.h: asks for the address of a router, and what it takes to be let in. */
#pragma once

#include <gtk/gtk.h>

#include "sb-address.h"

G_BEGIN_DECLS

/* Called with what the user gave, the file of certificates in the address; not called when they
 * thought better of it.  token: "" when none was given. */
typedef void (*SbConnectFunc) (const SbAddress *address, const char *token, gpointer user_data);

/* address: to begin with, of a connection that shall be another one; NULL: a new one.  user_data
 * must outlive the parent window. */
void sb_connect_dialog_present (GtkWindow *parent,
                                const SbAddress *address,
                                SbConnectFunc func,
                                gpointer user_data);

G_END_DECLS
