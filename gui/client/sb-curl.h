/* sb-curl.h: the command that sends an event to a source as its sender would, signature included.
 */
#pragma once

#include "sb-router.h"

G_BEGIN_DECLS

/* path: where the source listens ("/in/shop").  settings: of the source's file, or NULL.  The
 * command is for a shell; out_hint says what must be known to it first, or is "".  Caller frees
 * both. */
char *
sb_curl_dup_command (SbRouter *router, const char *path, JsonObject *settings, char **out_hint);

/* The event that it sends: what a test is made with. */
const char *sb_curl_get_event (const char *path);

G_END_DECLS
