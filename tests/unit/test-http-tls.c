/* The listener's certificate: what is refused, and what becomes of files that change. */
#include "http/tls.h"

#include "base/error.h"
#include "support/certificates.h"

#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#define NOW_S G_GINT64_CONSTANT (1800000000)
#define DAY_S (24 * 3600)

typedef struct
{
  Authority *authority;
  Clock *clock;
  char *folder, *certificate, *key, *ca;
} Fixture;

static void
write_file (const char *path, const char *text, int mode)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, mode, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->authority = authority_new ();
  fixture->clock = clock_manual_new (NOW_S * G_USEC_PER_SEC);
  fixture->folder = g_dir_make_tmp ("sb-tls-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->certificate = g_build_filename (fixture->folder, "certificate.pem", NULL);
  fixture->key = g_build_filename (fixture->folder, "key.pem", NULL);
  fixture->ca = g_build_filename (fixture->folder, "ca.pem", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->certificate);
  g_unlink (fixture->key);
  g_unlink (fixture->ca);
  g_rmdir (fixture->folder);
  g_free (fixture->certificate);
  g_free (fixture->key);
  g_free (fixture->ca);
  g_free (fixture->folder);
  clock_free (fixture->clock);
  authority_free (fixture->authority);
}

/* Puts a pair into the files; either may be left as it is. */
static void
issue (Fixture *fixture, const char *name, gint64 begins_s, gint64 ends_s, gboolean with_key)
{
  g_autofree char *certificate = NULL, *key = NULL;

  authority_issue (fixture->authority, name, begins_s, ends_s, &certificate, &key);
  write_file (fixture->certificate, certificate, 0644);
  if (with_key)
    write_file (fixture->key, key, 0600);
}

static void
issue_good (Fixture *fixture, const char *name)
{
  issue (fixture, name, NOW_S - DAY_S, NOW_S + 30 * DAY_S, TRUE);
}

static HttpTls *
make (Fixture *fixture, gboolean with_ca, GError **error)
{
  const HttpTlsSettings settings = { .certificate_file = fixture->certificate,
                                     .key_file = fixture->key,
                                     .client_ca_file = with_ca ? fixture->ca : NULL };

  return http_tls_new (&settings, fixture->clock, error);
}

static void
assert_refused (Fixture *fixture, gboolean with_ca, const char *setting, const char *reason)
{
  g_autoptr (GError) error = NULL;
  HttpTls *tls = make (fixture, with_ca, &error);

  g_assert_null (tls);
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, setting));
  g_assert_nonnull (strstr (error->message, reason));
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  assert_refused (fixture, FALSE, "Tls.CertificateFile", "cannot be read");
  issue_good (fixture, "good");
  g_assert_cmpint (g_chmod (fixture->key, 0604), ==, 0);
  assert_refused (fixture, FALSE, "Tls.KeyFile", "chmod o=");
  g_assert_cmpint (g_chmod (fixture->key, 0640), ==, 0);
  assert_refused (fixture, TRUE, "Tls.ClientCaFile", "cannot be read");
  write_file (fixture->ca, "nothing", 0644);
  assert_refused (fixture, TRUE, "Tls.ClientCaFile", "holds no certificate");

  g_unlink (fixture->key);
  assert_refused (fixture, FALSE, "Tls.KeyFile", "cannot be read");
  write_file (fixture->key, "-----BEGIN nothing-----", 0600);
  assert_refused (fixture, FALSE, "Tls.KeyFile", "holds no private key");
  issue_good (fixture, "good");
  write_file (fixture->certificate, "nothing", 0644);
  assert_refused (fixture, FALSE, "Tls.CertificateFile", "holds no certificate");
  g_unlink (fixture->certificate);
  g_assert_cmpint (g_mkdir (fixture->certificate, 0700), ==, 0);
  assert_refused (fixture, FALSE, "Tls.CertificateFile", "not a PEM file");
  g_assert_cmpint (g_rmdir (fixture->certificate), ==, 0);

  issue (fixture, "other", NOW_S, NOW_S + DAY_S, FALSE);
  assert_refused (fixture, FALSE, "Tls.KeyFile", "not the key of the certificate");
  issue (fixture, "old", NOW_S - DAY_S, NOW_S, TRUE);
  assert_refused (fixture, FALSE, "Tls.CertificateFile", "expired on 2027-01-15");
  issue (fixture, "new", NOW_S + 1, NOW_S + DAY_S, TRUE);
  assert_refused (fixture, FALSE, "Tls.CertificateFile", "valid only from 2027-01-15");
}

/* The certificate that a session that begins now shows. */
static char *
shown (HttpTls *tls, HttpTlsCredential **out_credential, gnutls_session_t *out_session)
{
  gnutls_certificate_credentials_t secrets;
  gnutls_x509_crt_t *chain;
  guint n_chain;
  gnutls_datum_t name = { 0 };
  char *subject;

  g_assert_cmpint (gnutls_init (out_session, GNUTLS_SERVER), ==, 0);
  *out_credential = http_tls_begin (tls, *out_session);
  g_assert_cmpint (
      gnutls_credentials_get (*out_session, GNUTLS_CRD_CERTIFICATE, (gpointer *) &secrets), ==, 0);
  g_assert_cmpint (gnutls_certificate_get_x509_crt (secrets, 0, &chain, &n_chain), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_get_dn3 (chain[0], &name, 0), ==, 0);
  subject = g_strndup ((const char *) name.data, name.size);
  gnutls_free (name.data);
  for (guint i = 0; i < n_chain; i++)
    gnutls_x509_crt_deinit (chain[i]);
  gnutls_free (chain);
  return subject;
}

static void
assert_shown (HttpTls *tls, const char *expected)
{
  HttpTlsCredential *credential;
  gnutls_session_t session;
  g_autofree char *subject = shown (tls, &credential, &session);

  g_assert_cmpstr (subject, ==, expected);
  gnutls_deinit (session);
  http_tls_end (credential);
}

static void
assert_state (HttpTls *tls, const char *subject, const char *problem)
{
  g_auto (HttpTlsState) state = { 0 };

  http_tls_describe (tls, &state);
  g_assert_cmpstr (state.subject, ==, subject);
  if (problem == NULL)
    g_assert_cmpstr (state.problem, ==, NULL);
  else
    g_assert_nonnull (strstr (state.problem, problem));
}

static void
test_taken_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HttpTls) tls = NULL;
  g_autofree char *before = NULL;
  HttpTlsCredential *credential;
  gnutls_session_t session;

  issue_good (fixture, "one");
  tls = make (fixture, FALSE, &error);
  g_assert_no_error (error);
  before = shown (tls, &credential, &session);
  g_assert_cmpstr (before, ==, "CN=one");

  /* Looked at once a second, by whoever comes then. */
  issue_good (fixture, "two");
  assert_shown (tls, "CN=one");
  clock_manual_advance (fixture->clock, G_USEC_PER_SEC);
  assert_shown (tls, "CN=two");

  issue_good (fixture, "three");
  http_tls_check (tls);
  assert_shown (tls, "CN=three");

  /* The first session's is still whole. */
  gnutls_deinit (session);
  http_tls_end (credential);
}

static void
test_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HttpTls) tls = NULL;

  issue_good (fixture, "one");
  tls = make (fixture, FALSE, &error);
  g_assert_no_error (error);
  assert_state (tls, "CN=one", NULL);

  /* The certificate first and its key later: in between they do not belong together. */
  issue (fixture, "two", NOW_S, NOW_S + DAY_S, FALSE);
  assert_state (tls, "CN=one", "not the key of the certificate");
  assert_shown (tls, "CN=one");
  issue (fixture, "three", NOW_S - DAY_S, NOW_S, TRUE);
  assert_state (tls, "CN=one", "expired");
  g_unlink (fixture->certificate);
  assert_state (tls, "CN=one", "cannot be read");
  assert_shown (tls, "CN=one");
  issue_good (fixture, "four");
  assert_state (tls, "CN=four", NULL);
  assert_shown (tls, "CN=four");
}

static void
test_clients (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HttpTls) tls = NULL;

  issue_good (fixture, "one");
  write_file (fixture->ca, authority_pem (fixture->authority), 0644);
  tls = make (fixture, TRUE, &error);
  g_assert_no_error (error);
  assert_shown (tls, "CN=one");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/http/tls/refused", test_refused);
  ADD ("/http/tls/taken-up", test_taken_up);
  ADD ("/http/tls/kept", test_kept);
  ADD ("/http/tls/clients", test_clients);
  return g_test_run ();
}
