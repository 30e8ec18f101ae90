/* sb-webhook-curl.h: a request of the router's as a command for a terminal. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a webhook sends: its settings (the text of webhook/<name>.json) and the payload.  Secrets
 * are not in it: where the router would sign or say who it is the command says so in a comment.
 * NULL: the settings cannot be read. */
char *sb_webhook_curl_dup (const char *settings, GBytes *payload);

G_END_DECLS
