/* sb-keyring.h: tokens of routers, kept by the desktop's secret service and nowhere else.
 *
 * A token is kept for a place: an address's sb_address_get_place().  All of it is asynchronous;
 * where there is no secret service the calls end in SB_ERROR_UNREACHABLE. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void sb_keyring_look_up_async (const char *place,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* NULL without an error: there is none.  Free with sb_keyring_free_token(). */
char *sb_keyring_look_up_finish (GAsyncResult *result, GError **error);
void sb_keyring_free_token (char *token);

/* token: "" forgets the one that is kept. */
void sb_keyring_keep_async (const char *place,
                            const char *token,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean sb_keyring_keep_finish (GAsyncResult *result, GError **error);

G_END_DECLS
