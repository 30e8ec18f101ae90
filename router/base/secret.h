/* secret.h: secrets by name, kept outside the configuration.
 *
 * A secret called "github" is, in this order: the systemd credential of that name (systemd.exec(5),
 * $CREDENTIALS_DIRECTORY), the file <folder>/github, which must belong to the router's user and be
 * readable by nobody else, or the environment variable SIGNALBOX_SECRET_GITHUB (upper case, what is
 * no letter or digit as '_').  A line feed at the end is not part of it.
 *
 * A file that is changed is read anew within a second.  Any thread. */
#pragma once

#include "base/clock.h"

G_BEGIN_DECLS

#define SECRET_MAX_BYTES (64 * 1024)

typedef struct Secrets Secrets;

/* folder: may be NULL, and need not be there.  The clock must outlive it. */
Secrets *secrets_new (const char *folder, Clock *clock);
void secrets_free (Secrets *secrets);

/* Never empty; the caller's.  ROUTER_ERROR_NOT_FOUND when there is none; ROUTER_ERROR_INVALID when
 * it is empty, too long, or its file is open to others.  No message holds any of it. */
GBytes *secrets_get (Secrets *secrets, const char *name, GError **error);

/* 1 to 64 of letters, digits, '.', '-', '_', not beginning with '.'. */
gboolean secret_name_is_valid (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Secrets, secrets_free)

G_END_DECLS
