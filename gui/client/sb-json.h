/* sb-json.h: reading members of the router's answers.
 *
 * json-glib complains on the log when a member is missing or of another type.  A router may be
 * newer or older than the app, so here an absent member is an empty value and nothing is logged. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* NULL unless the member is an object, or an array.  Owned by the object. */
JsonObject *sb_json_object (JsonObject *object, const char *member);
JsonArray *sb_json_array (JsonObject *object, const char *member);

/* "" unless the member is a string.  Owned by the object. */
const char *sb_json_string (JsonObject *object, const char *member);

/* A string, or a whole number as text; "" unless it is one of them. */
char *sb_json_dup_text (JsonObject *object, const char *member);

/* 0 unless the member is a number. */
gint64 sb_json_int (JsonObject *object, const char *member);

/* 0 when there is none. */
double sb_json_double (JsonObject *object, const char *member);
gboolean sb_json_bool (JsonObject *object, const char *member);

/* An RFC 3339 time as microseconds since 1970, or -1. */
gint64 sb_json_time_us (JsonObject *object, const char *member);
/* The reverse: as the API takes a time.  us is not negative. */
char *sb_json_format_time (gint64 us);

/* The elements of an array that are objects, and those that are strings: container only / all
 * owned. */
GPtrArray *sb_json_objects (JsonObject *object, const char *member);
char **sb_json_strings (JsonObject *object, const char *member);

G_END_DECLS
