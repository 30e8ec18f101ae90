/* target.h: the request target ("/v1/events?limit=5") taken apart.
 *
 * Percent escapes are decoded only after the path has been split, so that an escaped slash stays in
 * its segment.  What does not decode to UTF-8 without NUL is refused: names are compared, stored
 * and written to logs. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define HTTP_TARGET_MAX_PARAMETERS 32

typedef struct
{
  char *name, *value; /* decoded; value "" when there is no '=' */
} HttpParameter;

typedef struct
{
  char *path;      /* as sent, without the query; begins with '/' */
  char *authority; /* "host:port" of an absolute target ("http://host/…"), or NULL */
  HttpParameter *parameters;
  guint n_parameters;
} HttpTarget;

/* FALSE: *out_reason (static) says what is wrong; nothing is to be cleared then. */
gboolean http_target_parse (const char *text, HttpTarget *out_target, const char **out_reason);
void http_target_clear (HttpTarget *target);

/* NULL when there is no such parameter. */
const char *http_target_parameter (const HttpTarget *target, const char *name);

/* Decodes percent escapes (and '+' to a space when plus is TRUE).  NULL when an escape is broken,
 * or the result has a NUL byte or is not UTF-8. */
char *http_decode (const char *text, gsize length, gboolean plus);

G_END_DECLS
