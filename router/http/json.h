/* json.h: writes JSON text, one value after the other.
 *
 * Text, not a tree: bodies are put in byte for byte, and numbers of 64 bits stay what they are.
 * Members have a name; elements of arrays and the outermost value have NULL. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef GString JsonOut;

JsonOut *json_out_new (void);

void json_out_object (JsonOut *out, const char *name); /* begins one */
void json_out_end_object (JsonOut *out);
void json_out_array (JsonOut *out, const char *name);
void json_out_end_array (JsonOut *out);

/* value NULL: null.  What is not UTF-8 is replaced. */
void json_out_string (JsonOut *out, const char *name, const char *value);
void json_out_int (JsonOut *out, const char *name, gint64 value);
void json_out_bool (JsonOut *out, const char *name, gboolean value);
void json_out_null (JsonOut *out, const char *name);
/* RFC 3339 with microseconds; 0: null. */
void json_out_time (JsonOut *out, const char *name, gint64 wall_us);
/* Any JSON text. */
void json_out_raw (JsonOut *out, const char *name, const char *json, gssize length);

G_END_DECLS
