/* patch.h: changes single values of a file's text and leaves the rest of it as it is.
 *
 * Order, white space and the spelling of everything else stay, so that a change made in a form
 * looks in the history like one made by hand.  Pure; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* text: strict JSON, an object.  pointer: RFC 6901; it may name a member that is not there yet of
 * an object that is, or "-" behind the last element of an array.  value: JSON text, or NULL to
 * remove what is there (nothing: an error).  NULL with ROUTER_ERROR_INVALID or NOT_FOUND when it
 * cannot be done; what comes out is valid JSON. */
char *config_patch_text (const char *text, const char *pointer, const char *value, GError **error);

G_END_DECLS
