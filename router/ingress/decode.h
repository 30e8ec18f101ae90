/* decode.h: signatures and secrets as text, strictly.  Pure functions.
 *
 * A character that does not belong is an error, never passed over: two texts for one signature
 * would be one too many. */
#pragma once

#include "config/configuration.h"

G_BEGIN_DECLS

/* The bytes, the caller's; NULL when the text is not of the encoding.  Padding may be left out. */
GBytes *decode_text (ConfigEncoding encoding, const char *text, gsize length);

G_END_DECLS
