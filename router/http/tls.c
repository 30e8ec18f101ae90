/* The listener's certificate, on GnuTLS.
 *
 * What is in force is a counted credential; each session holds the one it began with.  Must stay
 * true: a credential that is in force is complete, its key belongs to its certificate, and it is
 * never changed. */
#include "http/tls.h"

#include "base/error.h"
#include "base/log.h"

#include <errno.h>
#include <gio/gio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sys/stat.h>

#define LOOK_US G_USEC_PER_SEC
#define MAX_FILE_BYTES (1024 * 1024)

struct HttpTlsCredential
{
  gatomicrefcount n_refs;
  gnutls_certificate_credentials_t secrets;
  gboolean asks_client;
  char *subject;
  gint64 expires_us;
};

/* A file that was replaced or written to has another one. */
typedef struct
{
  dev_t device;
  ino_t inode;
  off_t bytes;
  struct timespec changed, modified;
} Stamp;

typedef enum
{
  CERTIFICATE,
  KEY,
  CLIENT_CA,
  N_FILES,
} TlsFile;

struct HttpTls
{
  Clock *clock;
  char *paths[N_FILES]; /* NULL: not set */
  gboolean only_1_3;

  GMutex lock; /* guards what follows */
  HttpTlsCredential *current;
  Stamp stamps[N_FILES];
  gint64 looked_us; /* monotonic */
  char *problem;
};

static const char *const setting_names[] = {
  [CERTIFICATE] = "Tls.CertificateFile",
  [KEY] = "Tls.KeyFile",
  [CLIENT_CA] = "Tls.ClientCaFile",
};

/* ---- Credentials ---- */

static HttpTlsCredential *
credential_new (void)
{
  HttpTlsCredential *credential = g_new0 (HttpTlsCredential, 1);

  g_atomic_ref_count_init (&credential->n_refs);
  /* Fails only when memory does. */
  if (gnutls_certificate_allocate_credentials (&credential->secrets) != GNUTLS_E_SUCCESS)
    g_error ("No memory for a certificate");
  return credential;
}

void
http_tls_end (HttpTlsCredential *credential)
{
  if (!g_atomic_ref_count_dec (&credential->n_refs))
    return;
  gnutls_certificate_free_credentials (credential->secrets);
  g_free (credential->subject);
  g_free (credential);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpTlsCredential, http_tls_end)

/* ---- Files ---- */

static gboolean fail (TlsFile file, const HttpTls *tls, GError **error, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* FALSE, with an error that names the file and the setting. */
static gboolean
fail (TlsFile file, const HttpTls *tls, GError **error, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "“%s” (%s) %s", tls->paths[file],
               setting_names[file], reason);
  return FALSE;
}

static void
take_stamps (const HttpTls *tls, Stamp stamps[N_FILES])
{
  for (guint file = 0; file < N_FILES; file++)
    {
      struct stat status;

      stamps[file] = (Stamp){ 0 };
      if (tls->paths[file] != NULL && stat (tls->paths[file], &status) == 0)
        stamps[file] = (Stamp){ .device = status.st_dev,
                                .inode = status.st_ino,
                                .bytes = status.st_size,
                                .changed = status.st_ctim,
                                .modified = status.st_mtim };
    }
}

static gboolean
is_same (const Stamp *a, const Stamp *b)
{
  return a->device == b->device && a->inode == b->inode && a->bytes == b->bytes &&
         a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec &&
         a->modified.tv_sec == b->modified.tv_sec && a->modified.tv_nsec == b->modified.tv_nsec;
}

/* What a small regular file holds; nothing else is opened, as it might block. */
static gboolean
read_file (const HttpTls *tls, TlsFile file, char **out_text, gsize *out_length, GError **error)
{
  const char *path = tls->paths[file];
  g_autoptr (GError) reason = NULL;
  struct stat status;

  if (stat (path, &status) != 0)
    return fail (file, tls, error, "cannot be read: %s", g_strerror (errno));
  if (!S_ISREG (status.st_mode) || status.st_size > MAX_FILE_BYTES)
    return fail (file, tls, error, "is not a PEM file");
  if (file == KEY && (status.st_mode & S_IRWXO) != 0)
    return fail (file, tls, error,
                 "is open to every user of this machine (mode %04o); take that away: chmod o= '%s'",
                 (guint) (status.st_mode & 07777), path);
  if (!g_file_get_contents (path, out_text, out_length, &reason))
    return fail (file, tls, error, "cannot be read: %s", reason->message);
  return TRUE;
}

static gboolean
is_private_key (const gnutls_datum_t *pem)
{
  gnutls_x509_privkey_t key;
  gboolean usable;

  if (gnutls_x509_privkey_init (&key) != GNUTLS_E_SUCCESS)
    return FALSE;
  usable = gnutls_x509_privkey_import2 (key, pem, GNUTLS_X509_FMT_PEM, NULL, 0) == GNUTLS_E_SUCCESS;
  gnutls_x509_privkey_deinit (key);
  return usable;
}

static gboolean
load_pair (const HttpTls *tls, HttpTlsCredential *credential, GError **error)
{
  g_autofree char *certificate_text = NULL, *key_text = NULL;
  gsize certificate_length, key_length;
  gnutls_datum_t certificate, key;
  int code;

  if (!read_file (tls, CERTIFICATE, &certificate_text, &certificate_length, error) ||
      !read_file (tls, KEY, &key_text, &key_length, error))
    return FALSE;
  certificate = (gnutls_datum_t){ (guchar *) certificate_text, (guint) certificate_length };
  key = (gnutls_datum_t){ (guchar *) key_text, (guint) key_length };
  if (!is_private_key (&key))
    return fail (KEY, tls, error, "holds no private key in PEM without a password");
  code = gnutls_certificate_set_x509_key_mem2 (credential->secrets, &certificate, &key,
                                               GNUTLS_X509_FMT_PEM, NULL, 0);
  gnutls_memset (key_text, 0, key_length);
  if (code == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
    return fail (KEY, tls, error, "is not the key of the certificate in “%s”",
                 tls->paths[CERTIFICATE]);
  if (code < 0)
    return fail (CERTIFICATE, tls, error, "holds no certificate in PEM: %s",
                 gnutls_strerror (code));
  return TRUE;
}

static gboolean
load_client_ca (const HttpTls *tls, HttpTlsCredential *credential, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  int code;

  if (tls->paths[CLIENT_CA] == NULL)
    return TRUE;
  if (!read_file (tls, CLIENT_CA, &text, &length, error))
    return FALSE;
  code = gnutls_certificate_set_x509_trust_mem (
      credential->secrets, &(gnutls_datum_t){ (guchar *) text, (guint) length },
      GNUTLS_X509_FMT_PEM);
  if (code <= 0)
    return fail (CLIENT_CA, tls, error, "holds no certificate in PEM");
  credential->asks_client = TRUE;
  return TRUE;
}

static char *
show_time (time_t time_s)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time_s);

  return date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M:%S UTC") : g_strdup ("?");
}

static gboolean
judge_leaf (const HttpTls *tls,
            HttpTlsCredential *credential,
            gnutls_x509_crt_t leaf,
            GError **error)
{
  time_t now = (time_t) (clock_wall_us (tls->clock) / G_USEC_PER_SEC);
  time_t begins = gnutls_x509_crt_get_activation_time (leaf);
  time_t ends = gnutls_x509_crt_get_expiration_time (leaf);
  gnutls_datum_t name = { 0 };
  g_autofree char *when = NULL;

  if (gnutls_x509_crt_get_dn3 (leaf, &name, 0) == GNUTLS_E_SUCCESS)
    credential->subject = g_utf8_make_valid ((const char *) name.data, name.size);
  else
    credential->subject = g_strdup ("");
  gnutls_free (name.data);
  credential->expires_us = (gint64) ends * G_USEC_PER_SEC;
  if (now >= ends)
    {
      when = show_time (ends);
      return fail (CERTIFICATE, tls, error, "expired on %s; put a new one there", when);
    }
  if (now < begins)
    {
      when = show_time (begins);
      return fail (CERTIFICATE, tls, error,
                   "is valid only from %s on; look at it, and at this machine's clock", when);
    }
  return TRUE;
}

static gboolean
judge_certificate (const HttpTls *tls, HttpTlsCredential *credential, GError **error)
{
  gnutls_x509_crt_t *chain = NULL;
  guint n_chain = 0;
  gboolean good = FALSE;

  if (gnutls_certificate_get_x509_crt (credential->secrets, 0, &chain, &n_chain) < 0 ||
      n_chain == 0)
    return fail (CERTIFICATE, tls, error, "holds no certificate in PEM");
  good = judge_leaf (tls, credential, chain[0], error);
  for (guint i = 0; i < n_chain; i++)
    gnutls_x509_crt_deinit (chain[i]);
  gnutls_free (chain);
  return good;
}

static HttpTlsCredential *
load (const HttpTls *tls, GError **error)
{
  g_autoptr (HttpTlsCredential) credential = credential_new ();

  if (!load_pair (tls, credential, error) || !load_client_ca (tls, credential, error) ||
      !judge_certificate (tls, credential, error))
    return NULL;
  return g_steal_pointer (&credential);
}

/* ---- What is in force ---- */

/* With the lock. */
static void
take_up (HttpTls *tls)
{
  g_autoptr (GError) error = NULL;
  HttpTlsCredential *credential = load (tls, &error);
  g_autofree char *when = NULL;

  g_clear_pointer (&tls->problem, g_free);
  if (credential == NULL)
    {
      log_message (LOG_ERROR, "http",
                   "The certificate before stays in force, as the new one cannot be used: %s",
                   error->message);
      tls->problem = g_strdup (error->message);
      return;
    }
  http_tls_end (tls->current);
  tls->current = credential;
  when = show_time ((time_t) (credential->expires_us / G_USEC_PER_SEC));
  log_message (LOG_INFO, "http", "The certificate in “%s” is taken up: %s, valid until %s",
               tls->paths[CERTIFICATE], credential->subject, when);
}

/* With the lock. */
static void
look (HttpTls *tls)
{
  Stamp stamps[N_FILES];
  gboolean same = TRUE;

  tls->looked_us = clock_monotonic_us (tls->clock);
  take_stamps (tls, stamps);
  for (guint file = 0; file < N_FILES; file++)
    {
      same = same && is_same (&stamps[file], &tls->stamps[file]);
      tls->stamps[file] = stamps[file];
    }
  /* Before the files are read: what is written meanwhile is another change. */
  if (!same)
    take_up (tls);
}

HttpTls *
http_tls_new (const HttpTlsSettings *settings, Clock *clock, GError **error)
{
  HttpTls *tls = g_new0 (HttpTls, 1);

  tls->clock = clock;
  tls->paths[CERTIFICATE] = g_strdup (settings->certificate_file);
  tls->paths[KEY] = g_strdup (settings->key_file);
  tls->paths[CLIENT_CA] = g_strdup (settings->client_ca_file);
  tls->only_1_3 = settings->only_1_3;
  g_mutex_init (&tls->lock);
  tls->looked_us = clock_monotonic_us (clock);
  take_stamps (tls, tls->stamps);
  tls->current = load (tls, error);
  if (tls->current == NULL)
    {
      http_tls_free (tls);
      return NULL;
    }
  return tls;
}

void
http_tls_free (HttpTls *tls)
{
  if (tls == NULL)
    return;
  g_clear_pointer (&tls->current, http_tls_end);
  for (guint file = 0; file < N_FILES; file++)
    g_free (tls->paths[file]);
  g_free (tls->problem);
  g_mutex_clear (&tls->lock);
  g_free (tls);
}

void
http_tls_check (HttpTls *tls)
{
  g_mutex_lock (&tls->lock);
  look (tls);
  g_mutex_unlock (&tls->lock);
}

void
http_tls_describe (HttpTls *tls, HttpTlsState *out_state)
{
  g_mutex_lock (&tls->lock);
  look (tls);
  *out_state = (HttpTlsState){ .subject = g_strdup (tls->current->subject),
                               .expires_us = tls->current->expires_us,
                               .problem = g_strdup (tls->problem) };
  g_mutex_unlock (&tls->lock);
}

void
http_tls_state_clear (HttpTlsState *state)
{
  g_clear_pointer (&state->subject, g_free);
  g_clear_pointer (&state->problem, g_free);
}

/* ---- Sessions ---- */

const char *
http_tls_priorities (HttpTls *tls)
{
  return tls->only_1_3 ? "NORMAL:-VERS-ALL:+VERS-TLS1.3"
                       : "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
}

HttpTlsCredential *
http_tls_begin (HttpTls *tls, gnutls_session_t session)
{
  static gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
                                           .data = (guchar *) GNUTLS_KP_TLS_WWW_CLIENT };
  HttpTlsCredential *credential;

  g_mutex_lock (&tls->lock);
  if (clock_monotonic_us (tls->clock) - tls->looked_us >= LOOK_US)
    look (tls);
  credential = tls->current;
  g_atomic_ref_count_inc (&credential->n_refs);
  g_mutex_unlock (&tls->lock);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credential->secrets);
  if (credential->asks_client)
    {
      gnutls_certificate_server_set_request (session, GNUTLS_CERT_REQUIRE);
      gnutls_session_set_verify_cert2 (session, &purpose, 1, 0);
    }
  return credential;
}

gboolean
http_tls_send (gnutls_session_t session, const char *text, gsize length)
{
  return gnutls_record_send (session, text, length) == (gssize) length;
}
