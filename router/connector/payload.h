/* payload.h: what a target receives, in the forms that connectors need.  Pure; any thread. */
#pragma once

#include "connector/connector.h"

G_BEGIN_DECLS

/* The payload is the text of a template of strings rather than one JSON value. */
gboolean payload_is_text (const ConnectorRequest *request);

/* What a person is to read.  A JSON string becomes its text, as do the strings that a template of
 * strings yields, one a line.  Any other JSON value stays JSON: as it is, or laid out over several
 * lines, with every number as it was written.  Always valid UTF-8 without NUL. */
char *payload_text (const ConnectorRequest *request, gboolean lay_out);

/* The text of one JSON value: of a string what it says, of any other its JSON.  Always valid UTF-8
 * without NUL. */
char *payload_value_text (const char *json, gsize length);

/* One JSON value: the payload itself, or text as a JSON string.  With one_line every line break of
 * it, which in JSON can only stand between tokens, is a space. */
GBytes *payload_json (const ConnectorRequest *request, gboolean one_line);

G_END_DECLS
