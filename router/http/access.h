/* access.h: who may do what over TCP.
 *
 * A token is a secret of 256 bits that is shown once and kept as its SHA-256 alone.  It has a name,
 * a role, a time when it ends, and can be revoked.  Over the Unix socket nobody is asked: its file
 * belongs to one user.
 *
 * The table is read from the store at the start and after each change.  Any thread. */
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "http/server.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct Access Access;

typedef struct
{
  gint64 id;
  char *name;
  HttpRole role;
  char *hash;                                /* SHA-256 of the token, in hexadecimal digits */
  char *by;                                  /* who made it */
  gint64 created_us, expires_us, revoked_us; /* wall clock; 0: never, and not */
} AccessToken;

/* What can be kept; the oldest records are forgotten above it. */
#define ACCESS_MAX_TOKENS 10000

/* Both outlive it.  Until access_load() has succeeded every token is unknown. */
Access *access_new (Store *store, Clock *clock);
void access_free (Access *access);
gboolean access_load (Access *access, GError **error);

/* Is there one that is in force? */
gboolean access_has_tokens (Access *access);

/* GPtrArray of AccessToken, the newest first; to be unreferenced. */
GPtrArray *access_list (Access *access);

/* "admin"; NULL for what no token can have. */
const char *access_role_name (HttpRole role);
gboolean access_role_parse (const char *name, HttpRole *out_role);

/* A new secret, and its hash; both to be freed. */
char *access_secret_new (Random *random, char **out_hash);
/* The record's value. */
char *access_token_to_json (const AccessToken *token);

/* authorization: the header's value, or NULL.  NULL when a token with at least this role came with
 * it, whose name is then in *out_name (to be freed); else 401 or 403. */
Problem *access_check (Access *access, const char *authorization, HttpRole role, char **out_name);

/* What a route asks for. */
HttpRole access_role_of (const HttpRoute *route);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Access, access_free)

G_END_DECLS
