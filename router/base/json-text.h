/* json-text.h: JSON that a tree of C strings cannot hold.
 *
 * Two escapes are JSON and yet no text: \u0000, which ends a C string, and half of a surrogate
 * pair, which is no character.  json-glib cuts the one and refuses the other.  All functions take
 * valid JSON, so that a backslash stands only in strings and is followed by what it needs. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The first such escape, or NULL. */
const char *json_text_find_bad_escape (const char *text, gsize length);

/* Appends the text with each such escape replaced by \ufffd, the replacement character. */
void json_text_append_displayable (GString *out, const char *text, gsize length);

G_END_DECLS
