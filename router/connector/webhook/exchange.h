/* exchange.h: one HTTP request and its answer, over libcurl.
 *
 * For every connector that speaks HTTP.  Bounded in time and bytes whatever the server does;
 * redirects are not followed; addresses are checked as guard.h says.  Delivery thread. */
#pragma once

#include "base/egress.h"
#include "connector/webhook/answer.h"

#include <curl/curl.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct Exchanger Exchanger;

/* What is the same for all requests; all of it outlives the exchanger. */
typedef struct
{
  GMainContext *context;
  const Egress *egress;
  gboolean is_tls; /* requests go over TLS */
  long timeout_ms, connect_timeout_ms;
  gsize max_response_bytes; /* of head and body; at more the transfer is cut */
  gsize max_kept_bytes;     /* of the body */

  /* Each may be NULL. */
  const char *proxy; /* "http://proxy.example.org:3128" */
  const char *proxy_user, *proxy_password;
  gboolean proxy_asks; /* it is told who this is when it asks, in a way of its choice */
  const char *ca_file, *certificate_file;
  GBytes *key;                /* of the certificate, PEM */
  struct curl_slist *resolve; /* names that are not looked up: "host:port:address" */
} ExchangeSettings;

typedef struct
{
  const char *method;
  CURLU *address;             /* lives until done */
  struct curl_slist *headers; /* taken */
  GBytes *body;               /* or NULL */
} ExchangeRequest;

/* Lives until done returns. */
typedef struct
{
  const WebhookAnswer *answer;
  CURLcode result;
  int status;          /* 0: no answer */
  const char *problem; /* libcurl's words on the result */
} ExchangeResult;

/* From the loop, never from within exchanger_send(). */
typedef void (*ExchangeDone) (const ExchangeResult *result, gpointer user_data);

/* NULL when there are too many open files: ROUTER_ERROR_UNAVAILABLE. */
Exchanger *exchanger_new (const ExchangeSettings *settings, GError **error);

/* Gives up what is under way, without done. */
void exchanger_free (Exchanger *exchanger);

void exchanger_send (Exchanger *exchanger,
                     const ExchangeRequest *request,
                     ExchangeDone done,
                     gpointer user_data);

/* Connects, with all that belongs to it (proxy, TLS), and sends nothing.  address as a request's.
 */
void exchanger_probe (Exchanger *exchanger, CURLU *address, ExchangeDone done, gpointer user_data);

/* Of a result of exchanger_probe(). */
void exchange_probe_outcome (const ExchangeResult *result,
                             const char *label,
                             const RetryOn *retry_on,
                             gint64 now_us,
                             Outcome *out_outcome);

/* Appends "name: value"; a value without anything in it is sent as such. */
struct curl_slist *
exchange_add_header (struct curl_slist *headers, const char *name, const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Exchanger, exchanger_free)

G_END_DECLS
