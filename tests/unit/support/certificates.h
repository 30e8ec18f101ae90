/* certificates.h: an authority of a test, and what it signs. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Authority Authority;

Authority *authority_new (void);
void authority_free (Authority *authority);

/* Its own certificate in PEM. */
const char *authority_pem (Authority *authority);

/* A certificate CN=name for localhost, 127.0.0.1 and 0.0.0.0, and its key, in PEM.  Times are Unix
 * seconds. */
void authority_issue (Authority *authority,
                      const char *name,
                      gint64 begins_s,
                      gint64 ends_s,
                      char **out_certificate,
                      char **out_key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Authority, authority_free)

G_END_DECLS
