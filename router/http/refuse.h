/* refuse.h: what is refused before a handler sees it, worded in one place.  Pure functions.
 *
 * Those that look at something return NULL when it is fine. */
#pragma once

#include "http/route.h"
#include "http/target.h"

#include "base/problem.h"

G_BEGIN_DECLS

/* What the head of a request says, as far as it matters here.  Strings are the library's. */
typedef struct
{
  const char *method, *version;
  const char *host;   /* of the target, else of the Host header, else NULL */
  const char *origin; /* or NULL */
  const char *content_length;
  guint n_lengths, n_codings, n_hosts; /* headers */
  gboolean local;                      /* came over the Unix socket */
} HttpHead;

Problem *http_refuse_stopping (void);
Problem *http_refuse_connections (guint max_connections);
Problem *http_refuse_target (const char *reason);

/* Two lengths are two opinions on where the next request begins (RFC 9112, section 6.3), and so are
 * two hosts on whom it is for. */
Problem *http_refuse_ambiguous (const HttpHead *head);

/* guard.h says why. */
Problem *http_refuse_browser (const HttpHead *head, const char *path, const char *listen_host);

/* Unknown paths, methods and query parameters.  NULL: *out_route and captures are set. */
Problem *http_refuse_route (const HttpRoute *routes,
                            const char *method,
                            const HttpTarget *target,
                            const HttpRoute **out_route,
                            HttpCapture *captures);

/* setting: the one that sets the limit, or NULL. */
Problem *http_refuse_too_large (const char *setting, gsize max_bytes);

G_END_DECLS
