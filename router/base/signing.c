/* Message authentication codes and signatures. */
#include "base/signing.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#define ED25519_KEY_BYTES 32

gsize
signing_bytes (SigningKind kind)
{
  switch (kind)
    {
    case SIGNING_HMAC_SHA1:
      return 20;
    case SIGNING_HMAC_SHA256:
      return 32;
    case SIGNING_HMAC_SHA512:
    case SIGNING_ED25519:
      return 64;
    }
  g_return_val_if_reached (0);
}

static gnutls_mac_algorithm_t
mac_of (SigningKind kind)
{
  switch (kind)
    {
    case SIGNING_HMAC_SHA1:
      return GNUTLS_MAC_SHA1;
    case SIGNING_HMAC_SHA512:
      return GNUTLS_MAC_SHA512;
    case SIGNING_HMAC_SHA256:
    case SIGNING_ED25519:
      break;
    }
  return GNUTLS_MAC_SHA256;
}

void
signing_hmac (SigningKind kind,
              gconstpointer key,
              gsize key_bytes,
              gconstpointer data,
              gsize data_bytes,
              guint8 out_signature[SIGNING_MAX_BYTES])
{
  g_assert (kind != SIGNING_ED25519 && key_bytes > 0);
  /* Fails only when memory does. */
  if (gnutls_hmac_fast (mac_of (kind), key, key_bytes, data, data_bytes, out_signature) != 0)
    g_error ("No memory for a signature");
}

static gboolean
verify_ed25519 (gconstpointer key,
                gsize key_bytes,
                gconstpointer data,
                gsize data_bytes,
                gconstpointer signature,
                gsize signature_bytes)
{
  gnutls_datum_t point = { (unsigned char *) key, (unsigned int) key_bytes };
  gnutls_datum_t message = { (unsigned char *) data, (unsigned int) data_bytes };
  gnutls_datum_t signed_with = { (unsigned char *) signature, (unsigned int) signature_bytes };
  gnutls_pubkey_t public_key;
  gboolean holds;

  if (key_bytes != ED25519_KEY_BYTES || gnutls_pubkey_init (&public_key) != 0)
    return FALSE;
  holds = gnutls_pubkey_import_ecc_raw (public_key, GNUTLS_ECC_CURVE_ED25519, &point, NULL) == 0 &&
          gnutls_pubkey_verify_data2 (public_key, GNUTLS_SIGN_EDDSA_ED25519, 0, &message,
                                      &signed_with) >= 0;
  gnutls_pubkey_deinit (public_key);
  return holds;
}

gboolean
signing_verify (SigningKind kind,
                gconstpointer key,
                gsize key_bytes,
                gconstpointer data,
                gsize data_bytes,
                gconstpointer signature,
                gsize signature_bytes)
{
  guint8 expected[SIGNING_MAX_BYTES];

  if (key_bytes == 0 || signature_bytes != signing_bytes (kind))
    return FALSE;
  if (kind == SIGNING_ED25519)
    return verify_ed25519 (key, key_bytes, data, data_bytes, signature, signature_bytes);
  signing_hmac (kind, key, key_bytes, data, data_bytes, expected);
  return gnutls_memcmp (expected, signature, signature_bytes) == 0;
}

gboolean
signing_ed25519 (gconstpointer seed,
                 gsize seed_bytes,
                 gconstpointer data,
                 gsize data_bytes,
                 guint8 out_signature[SIGNING_MAX_BYTES])
{
  /* RFC 8410, section 7: a private key and nothing else; GnuTLS computes the public one. */
  guint8 der[16 + ED25519_KEY_BYTES] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                         0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };
  gnutls_datum_t key = { der, sizeof der };
  gnutls_datum_t message = { (unsigned char *) data, (unsigned int) data_bytes };
  gnutls_datum_t signature = { NULL, 0 };
  gnutls_privkey_t private_key;
  gboolean is_signed;

  if (seed_bytes != ED25519_KEY_BYTES || gnutls_privkey_init (&private_key) != 0)
    return FALSE;
  memcpy (der + 16, seed, ED25519_KEY_BYTES);
  is_signed = gnutls_privkey_import_x509_raw (private_key, &key, GNUTLS_X509_FMT_DER, NULL, 0) ==
                  0 &&
              gnutls_privkey_sign_data2 (private_key, GNUTLS_SIGN_EDDSA_ED25519, 0, &message,
                                         &signature) == 0 &&
              signature.size == 64;
  if (is_signed)
    memcpy (out_signature, signature.data, signature.size);
  gnutls_free (signature.data);
  gnutls_privkey_deinit (private_key);
  gnutls_memset (der, 0, sizeof der);
  return is_signed;
}

void
signing_digest (gconstpointer data, gsize data_bytes, guint8 out_digest[32])
{
  if (gnutls_hash_fast (GNUTLS_DIG_SHA256, data, data_bytes, out_digest) != 0)
    g_error ("No memory for a digest");
}

gboolean
signing_equal (gconstpointer a, gsize a_bytes, gconstpointer b, gsize b_bytes)
{
  guint8 digests[2][32];

  signing_digest (a, a_bytes, digests[0]);
  signing_digest (b, b_bytes, digests[1]);
  return gnutls_memcmp (digests[0], digests[1], sizeof digests[0]) == 0;
}
