/* tls.h: the certificate that the listener shows, and its changes on disk.
 *
 * The files are looked at, at most once a second, when a connection comes in, and whenever somebody
 * asks: nothing has to be told of a new certificate, and while nobody connects nothing is looked
 * at.  Connections that are open keep the certificate that they began with.  New files that cannot
 * be used change nothing: the certificate before stays in force, and the state says why.
 *
 * Any thread. */
#pragma once

#include "base/clock.h"

G_BEGIN_DECLS

typedef struct HttpTls HttpTls;
typedef struct HttpTlsCredential HttpTlsCredential;

/* PEM files, absolute paths. */
typedef struct
{
  const char *certificate_file; /* with what leads to the authority, leaf first */
  const char *key_file;         /* must not be readable by everybody */
  const char *client_ca_file;   /* whose certificates a client must show; NULL: none is asked for */
  gboolean only_1_3;            /* else TLS 1.2 is spoken, too */
} HttpTlsSettings;

typedef struct
{
  char *subject;
  gint64 expires_us; /* wall clock */
  char *problem;     /* why what is in the files now is not used; NULL: it is */
} HttpTlsState;

/* The settings are copied; the clock must outlive it.  ROUTER_ERROR_INVALID, with the setting's
 * name: a file cannot be read, the key does not belong to the certificate, or that is not valid
 * now. */
HttpTls *http_tls_new (const HttpTlsSettings *settings, Clock *clock, GError **error);
void http_tls_free (HttpTls *tls);

/* Takes up what has changed on disk. */
void http_tls_check (HttpTls *tls);
/* The same, and how it is now. */
void http_tls_describe (HttpTls *tls, HttpTlsState *out_state);
void http_tls_state_clear (HttpTlsState *state);

/* ---- For the server: sessions are the TLS library's gnutls_session_t ---- */

struct gnutls_session_int;

/* What the server library's sessions begin with; static. */
const char *http_tls_priorities (HttpTls *tls);
/* Before the handshake.  The credential must be ended after the session's last word. */
HttpTlsCredential *http_tls_begin (HttpTls *tls, struct gnutls_session_int *session);
void http_tls_end (HttpTlsCredential *credential);
/* Past the server library; TRUE when all of it went out at once. */
gboolean http_tls_send (struct gnutls_session_int *session, const char *text, gsize length);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HttpTlsState, http_tls_state_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpTls, http_tls_free)

G_END_DECLS
