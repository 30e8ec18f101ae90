/* Certificates by GnuTLS, on the curve P-256, which makes keys quickly. */
#include "support/certificates.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#define LONG_S (10 * 365 * 24 * 3600)

struct Authority
{
  gnutls_x509_crt_t certificate;
  gnutls_x509_privkey_t key;
  char *pem;
  guchar serial;
};

static gnutls_x509_privkey_t
key_new (void)
{
  gnutls_x509_privkey_t key;

  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (
                       key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
                   ==, 0);
  return key;
}

static gnutls_x509_crt_t
certificate_new (Authority *authority,
                 const char *name,
                 gnutls_x509_privkey_t key,
                 gint64 begins,
                 gint64 ends)
{
  gnutls_x509_crt_t certificate;

  g_assert_cmpint (gnutls_x509_crt_init (&certificate), ==, 0);
  authority->serial++;
  gnutls_x509_crt_set_version (certificate, 3);
  gnutls_x509_crt_set_serial (certificate, &authority->serial, 1);
  gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                 (guint) strlen (name));
  gnutls_x509_crt_set_activation_time (certificate, (time_t) begins);
  gnutls_x509_crt_set_expiration_time (certificate, (time_t) ends);
  g_assert_cmpint (gnutls_x509_crt_set_key (certificate, key), ==, 0);
  return certificate;
}

static char *
pem_of (gnutls_x509_crt_t certificate)
{
  gnutls_datum_t out = { 0 };
  char *text;

  g_assert_cmpint (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &out), ==, 0);
  text = g_strndup ((const char *) out.data, out.size);
  gnutls_free (out.data);
  return text;
}

Authority *
authority_new (void)
{
  Authority *authority = g_new0 (Authority, 1);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  authority->key = key_new ();
  authority->certificate = certificate_new (authority, "The authority of a test", authority->key,
                                            now - LONG_S, now + LONG_S);
  gnutls_x509_crt_set_basic_constraints (authority->certificate, 1, -1);
  gnutls_x509_crt_set_key_usage (authority->certificate, GNUTLS_KEY_KEY_CERT_SIGN);
  g_assert_cmpint (gnutls_x509_crt_sign2 (authority->certificate, authority->certificate,
                                          authority->key, GNUTLS_DIG_SHA256, 0),
                   ==, 0);
  authority->pem = pem_of (authority->certificate);
  return authority;
}

void
authority_free (Authority *authority)
{
  gnutls_x509_crt_deinit (authority->certificate);
  gnutls_x509_privkey_deinit (authority->key);
  g_free (authority->pem);
  g_free (authority);
}

const char *
authority_pem (Authority *authority)
{
  return authority->pem;
}

void
authority_issue (Authority *authority,
                 const char *name,
                 gint64 begins_s,
                 gint64 ends_s,
                 char **out_certificate,
                 char **out_key)
{
  static const guchar loopback[4] = { 127, 0, 0, 1 }, anywhere[4] = { 0 };
  gnutls_x509_privkey_t key = key_new ();
  gnutls_x509_crt_t certificate = certificate_new (authority, name, key, begins_s, ends_s);
  gnutls_datum_t out = { 0 };

  gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, "localhost", 9,
                                        GNUTLS_FSAN_SET);
  gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, loopback, 4,
                                        GNUTLS_FSAN_APPEND);
  gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, anywhere, 4,
                                        GNUTLS_FSAN_APPEND);
  gnutls_x509_crt_set_key_usage (certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
  g_assert_cmpint (gnutls_x509_crt_sign2 (certificate, authority->certificate, authority->key,
                                          GNUTLS_DIG_SHA256, 0),
                   ==, 0);
  *out_certificate = pem_of (certificate);
  g_assert_cmpint (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &out), ==, 0);
  *out_key = g_strndup ((const char *) out.data, out.size);
  gnutls_free (out.data);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);
}
