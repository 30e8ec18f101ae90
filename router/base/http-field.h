/* http-field.h: header fields of HTTP (RFC 9110, section 5).  Pure; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A token: letters, digits and a few signs. */
gboolean http_field_name_is_valid (const char *name);

/* No line break and no other control character but the tab. */
gboolean http_field_value_is_valid (const char *value);

/* Frames or directs a message, or is the router's own: not for settings. */
gboolean http_field_is_reserved (const char *name);

G_END_DECLS
