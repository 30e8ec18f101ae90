/* signing.h: message authentication, on GnuTLS.  Pure functions; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SIGNING_HMAC_SHA1,
  SIGNING_HMAC_SHA256,
  SIGNING_HMAC_SHA512,
  SIGNING_ED25519, /* pure, RFC 8032 */
} SigningKind;

#define SIGNING_MAX_BYTES 64

/* How long a signature is: 20, 32, 64 or 64. */
gsize signing_bytes (SigningKind kind);

/* key: the secret, never empty, of any length; of SIGNING_ED25519 the 32 bytes of the public key.
 * Takes the same time wherever a signature differs; one of another length never holds. */
gboolean signing_verify (SigningKind kind,
                         gconstpointer key,
                         gsize key_bytes,
                         gconstpointer data,
                         gsize data_bytes,
                         gconstpointer signature,
                         gsize signature_bytes);

/* Only HMACs. */
void signing_hmac (SigningKind kind,
                   gconstpointer key,
                   gsize key_bytes,
                   gconstpointer data,
                   gsize data_bytes,
                   guint8 out_signature[SIGNING_MAX_BYTES]);

/* seed: the 32 bytes of a private key of SIGNING_ED25519.  FALSE: it is none. */
gboolean signing_ed25519 (gconstpointer seed,
                          gsize seed_bytes,
                          gconstpointer data,
                          gsize data_bytes,
                          guint8 out_signature[SIGNING_MAX_BYTES]);

/* SHA-256 of some bytes. */
void signing_digest (gconstpointer data, gsize data_bytes, guint8 out_digest[32]);

/* Are two secrets the same?  The time that it takes tells only how long they are. */
gboolean signing_equal (gconstpointer a, gsize a_bytes, gconstpointer b, gsize b_bytes);

G_END_DECLS
