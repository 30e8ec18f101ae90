/* media.h: what a Content-Type says about a body.  Pure functions. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  MEDIA_JSON,   /* application/json, anything +json, or nothing at all */
  MEDIA_NDJSON, /* application/x-ndjson: one JSON value a line */
  MEDIA_OTHER,  /* not JSON, or JSON in another encoding than UTF-8 */
} Media;

/* content_type: as sent, or NULL. */
Media media_parse (const char *content_type);

/* application/json and the like by its name alone: any type whose subtype is json or ends in +json.
 */
gboolean media_is_json (const char *content_type);

/* Does its charset, or that it names none, allow UTF-8?  NULL: yes. */
gboolean media_is_utf8 (const char *content_type);

/* Is it of this type, whatever its parameters?  type: "text/plain", or with an asterisk
 * for the part behind the slash. */
gboolean media_is (const char *content_type, const char *type);

G_END_DECLS
