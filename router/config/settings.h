/* settings.h: reading a checked tree, and completing it with the schema's defaults.
 *
 * The readers take any tree: what is missing or of another type reads as nothing, so that a file
 * with a mistake in one place can still be checked in the others. */
#pragma once

#include "config/schema.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The object with just the settings of the schema, in the schema's order, defaults filled in at
 * every level.  Sealed; the caller's. */
JsonObject *config_settings_complete (JsonObject *object, const ConfigSchema *schema);

/* SHA-256 of the settings, in hexadecimal. */
char *config_settings_digest (JsonObject *settings);

/* NULL or 0 when there is none. */
const char *config_settings_string (JsonObject *object, const char *name);
JsonObject *config_settings_object (JsonObject *object, const char *name);
JsonArray *config_settings_array (JsonObject *object, const char *name);
gboolean config_settings_boolean (JsonObject *object, const char *name);
/* The strings of an array, NULL-terminated, the caller's; NULL when there is no array. */
char **config_settings_strings (JsonObject *object, const char *name);
double config_settings_number (JsonObject *object, const char *name);
gint64 config_settings_integer (JsonObject *object, const char *name);
gint64 config_settings_seconds (JsonObject *object, const char *name); /* in microseconds */

G_END_DECLS
