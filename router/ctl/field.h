/* field.h: members of an answer's JSON, without trusting their types.  Missing or of another type
 * is the empty value.  What is returned lives as long as the object; the object may be NULL. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

const char *field_string (JsonObject *object, const char *name); /* or "" */
gint64 field_int (JsonObject *object, const char *name);         /* or 0 */
gboolean field_bool (JsonObject *object, const char *name);      /* or FALSE */
JsonObject *field_object (JsonObject *object, const char *name); /* or NULL */
JsonArray *field_array (JsonObject *object, const char *name);   /* or NULL */

guint field_length (JsonArray *array);                        /* 0 for NULL */
JsonObject *field_object_at (JsonArray *array, guint index);  /* or NULL */
char *field_join (JsonArray *strings, const char *separator); /* of the strings in it */
gint64 field_time (JsonObject *object, const char *name);     /* wall µs, or 0 */

G_END_DECLS
