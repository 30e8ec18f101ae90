/* Requests over libcurl.  Delivery thread.
 *
 * A Transfer is one easy handle with all that a request needs.  It is made when no spare one is
 * there and kept afterwards, as setting up a handle costs more than a request does.  What must stay
 * true: a transfer is either spare, or started and owes exactly one done. */
#include "connector/webhook/exchange.h"

#include "connector/guard.h"
#include "connector/webhook/client.h"

#include <string.h>

/* Spare handles beyond this are freed. */
#define MAX_SPARE 64

/* How long connections are kept without a request. */
#define IDLE_US G_TIME_SPAN_MINUTE

struct Exchanger
{
  ExchangeSettings settings;
  WebClient *client;
  GQueue spare;   /* Transfer */
  GQueue started; /* Transfer */
};

typedef struct
{
  Exchanger *exchanger;
  CURL *easy;
  GList link; /* in spare or started */
  char problem[CURL_ERROR_SIZE];
  Guard guard;

  /* Of the request that is under way. */
  struct curl_slist *headers;
  GBytes *body;
  gboolean is_sent; /* or about to be */
  gboolean is_probe;
  WebhookAnswer answer;
  ExchangeDone done;
  gpointer user_data;
} Transfer;

/* ---- Transfers ----------------------------------------------------------------------------- */

static size_t
header_cb (char *line, size_t size, size_t n, void *user_data)
{
  Transfer *transfer = user_data;

  return webhook_answer_take_line (&transfer->answer, line, size * n) ? size * n : 0;
}

static size_t
body_cb (char *bytes, size_t size, size_t n, void *user_data)
{
  Transfer *transfer = user_data;

  return webhook_answer_take_body (&transfer->answer, bytes, size * n) ? size * n
                                                                       : CURL_WRITEFUNC_ERROR;
}

/* libcurl sends a request again by itself when a kept connection breaks before an answer.  But the
 * target may have seen the first one: that is for the policy to decide, and an attempt of its own.
 */
static int
before_request_cb (void *user_data, char *peer_ip, char *local_ip, int peer_port, int local_port)
{
  Transfer *transfer = user_data;
  gboolean is_repeat = transfer->is_sent;
  long status = 0;

  /* A proxy that asks who this is has not passed the first one on. */
  if (transfer->exchanger->settings.proxy_asks)
    curl_easy_getinfo (transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  is_repeat = is_repeat && status != 407;
  transfer->is_sent = TRUE;
  return is_repeat ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static void
set_callbacks (CURL *easy, Transfer *transfer)
{
  curl_easy_setopt (easy, CURLOPT_PRIVATE, transfer);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, transfer->problem);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, header_cb);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, transfer);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, body_cb);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt (easy, CURLOPT_PREREQFUNCTION, before_request_cb);
  curl_easy_setopt (easy, CURLOPT_PREREQDATA, transfer);
  guard_attach (&transfer->guard, easy);
}

static void
set_key (CURL *easy, GBytes *key)
{
  struct curl_blob blob = { .flags = CURL_BLOB_COPY };

  blob.data = (void *) g_bytes_get_data (key, &blob.len);
  curl_easy_setopt (easy, CURLOPT_SSLKEY_BLOB, &blob);
}

/* libcurl decodes both. */
static void
set_proxy_login (CURL *easy, const ExchangeSettings *settings)
{
  const char *password = settings->proxy_password != NULL ? settings->proxy_password : "";
  g_autofree char *user = g_uri_escape_string (settings->proxy_user, NULL, FALSE);
  g_autofree char *escaped = g_uri_escape_string (password, NULL, FALSE);
  g_autofree char *login = g_strconcat (user, ":", escaped, NULL);

  curl_easy_setopt (easy, CURLOPT_PROXYUSERPWD, login);
  curl_easy_setopt (easy, CURLOPT_PROXYAUTH,
                    (long) (settings->proxy_asks ? CURLAUTH_ANY : CURLAUTH_BASIC));
}

/* The environment's proxy, and its list of whom to reach without one, are for people; a daemon goes
 * where it is told. */
static void
set_proxy (CURL *easy, const ExchangeSettings *settings)
{
  curl_easy_setopt (easy, CURLOPT_PROXY, settings->proxy != NULL ? settings->proxy : "");
  curl_easy_setopt (easy, CURLOPT_NOPROXY, "");
  /* What a proxy says of the tunnel is not the answer. */
  curl_easy_setopt (easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (settings->proxy_user != NULL)
    set_proxy_login (easy, settings);
}

static void
set_peer (CURL *easy, const ExchangeSettings *settings)
{
  set_proxy (easy, settings);
  web_client_trust (easy, settings->ca_file);
  if (settings->certificate_file != NULL)
    curl_easy_setopt (easy, CURLOPT_SSLCERT, settings->certificate_file);
  if (settings->key != NULL)
    set_key (easy, settings->key);
  curl_easy_setopt (easy, CURLOPT_RESOLVE, settings->resolve);
}

/* What is the same for all requests. */
static void
prepare_handle (CURL *easy, Transfer *transfer, const ExchangeSettings *settings)
{
  set_callbacks (easy, transfer);
  set_peer (easy, settings);
  curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS, settings->timeout_ms);
  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS, settings->connect_timeout_ms);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  /* A look-up that takes too long is left to end by itself: waiting for it would stop all other
   * deliveries. */
  curl_easy_setopt (easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt (easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt (easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_2TLS);
  /* Over TLS the first connection may turn out to be HTTP/2: it is worth waiting for, as it takes
   * them all. */
  curl_easy_setopt (easy, CURLOPT_PIPEWAIT, settings->is_tls ? 1L : 0L);
}

static Transfer *
transfer_new (Exchanger *exchanger)
{
  Transfer *transfer = g_new0 (Transfer, 1);

  transfer->exchanger = exchanger;
  transfer->link.data = transfer;
  transfer->guard.egress = exchanger->settings.egress;
  transfer->easy = curl_easy_init ();
  g_assert (transfer->easy != NULL);
  prepare_handle (transfer->easy, transfer, &exchanger->settings);
  return transfer;
}

static void
transfer_clear_request (Transfer *transfer)
{
  curl_easy_setopt (transfer->easy, CURLOPT_HTTPHEADER, NULL);
  curl_easy_setopt (transfer->easy, CURLOPT_POSTFIELDS, NULL);
  curl_easy_setopt (transfer->easy, CURLOPT_CURLU, NULL);
  g_clear_pointer (&transfer->headers, curl_slist_free_all);
  g_clear_pointer (&transfer->body, g_bytes_unref);
  webhook_answer_clear (&transfer->answer);
  guard_reset (&transfer->guard);
  transfer->done = NULL;
  transfer->user_data = NULL;
}

static void
transfer_free (Transfer *transfer)
{
  transfer_clear_request (transfer);
  curl_easy_cleanup (transfer->easy);
  g_free (transfer);
}

/* ---- One request --------------------------------------------------------------------------- */

struct curl_slist *
exchange_add_header (struct curl_slist *headers, const char *name, const char *value)
{
  /* libcurl takes "Name:" as the wish to leave a field out, "Name;" as one without a value. */
  g_autofree char *line = *value != '\0' ? g_strdup_printf ("%s: %s", name, value)
                                         : g_strconcat (name, ";", NULL);
  struct curl_slist *longer = curl_slist_append (headers, line);

  g_assert (longer != NULL);
  return longer;
}

static gboolean
has_no_body (const char *method)
{
  return strcmp (method, "GET") == 0 || strcmp (method, "HEAD") == 0;
}

static void
set_body (Transfer *transfer, GBytes *body)
{
  transfer->body = g_bytes_ref (body);
  curl_easy_setopt (transfer->easy, CURLOPT_POST, 1L);
  curl_easy_setopt (transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                    (curl_off_t) g_bytes_get_size (body));
  curl_easy_setopt (transfer->easy, CURLOPT_POSTFIELDS,
                    g_bytes_get_size (body) > 0 ? g_bytes_get_data (body, NULL) : "");
}

static void
set_request (Transfer *transfer, const ExchangeRequest *request)
{
  CURL *easy = transfer->easy;

  curl_easy_setopt (easy, CURLOPT_CUSTOMREQUEST, NULL);
  curl_easy_setopt (easy, CURLOPT_NOBODY, 0L);
  if (strcmp (request->method, "HEAD") == 0)
    curl_easy_setopt (easy, CURLOPT_NOBODY, 1L);
  else if (request->body == NULL || has_no_body (request->method))
    curl_easy_setopt (easy, CURLOPT_HTTPGET, 1L);
  else
    set_body (transfer, request->body);
  curl_easy_setopt (easy, CURLOPT_CUSTOMREQUEST, request->method);
  /* No waiting for a 100 Continue that few servers send. */
  transfer->headers = curl_slist_append (request->headers, "Expect:");
  g_assert (transfer->headers != NULL);
  curl_easy_setopt (easy, CURLOPT_HTTPHEADER, transfer->headers);
  curl_easy_setopt (easy, CURLOPT_CURLU, request->address);
}

void
exchanger_send (Exchanger *exchanger,
                const ExchangeRequest *request,
                ExchangeDone done,
                gpointer user_data)
{
  GList *link = g_queue_pop_tail_link (&exchanger->spare);
  Transfer *transfer = link != NULL ? link->data : transfer_new (exchanger);

  transfer->done = done;
  transfer->user_data = user_data;
  transfer->problem[0] = '\0';
  transfer->is_sent = FALSE;
  webhook_answer_reset (&transfer->answer, exchanger->settings.max_response_bytes,
                        exchanger->settings.max_kept_bytes);
  set_request (transfer, request);
  g_queue_push_tail_link (&exchanger->started, &transfer->link);
  web_client_start (exchanger->client, transfer->easy);
}

/* With a handle of its own: libcurl keeps what was connected for nobody else. */
void
exchanger_probe (Exchanger *exchanger, CURLU *address, ExchangeDone done, gpointer user_data)
{
  Transfer *transfer = transfer_new (exchanger);

  transfer->done = done;
  transfer->user_data = user_data;
  transfer->is_probe = TRUE;
  webhook_answer_reset (&transfer->answer, exchanger->settings.max_response_bytes,
                        exchanger->settings.max_kept_bytes);
  curl_easy_setopt (transfer->easy, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt (transfer->easy, CURLOPT_PREREQFUNCTION, NULL);
  curl_easy_setopt (transfer->easy, CURLOPT_CURLU, address);
  g_queue_push_tail_link (&exchanger->started, &transfer->link);
  web_client_start (exchanger->client, transfer->easy);
}

void
exchange_probe_outcome (const ExchangeResult *result,
                        const char *label,
                        const RetryOn *retry_on,
                        gint64 now_us,
                        Outcome *out_outcome)
{
  if (result->result == CURLE_OK)
    *out_outcome = (Outcome){ .kind = OUTCOME_DELIVERED,
                              .retry_after_us = -1,
                              .note = g_strdup ("") };
  else
    webhook_answer_outcome (result->answer, label, retry_on, result->result, 0, result->problem,
                            now_us, out_outcome);
}

/* What the proxy answered in place of the target, or 0. */
static int
proxy_status (const Transfer *transfer, CURLcode result, long status)
{
  long connect_status = 0;

  if (transfer->exchanger->settings.proxy == NULL)
    return 0;
  curl_easy_getinfo (transfer->easy, CURLINFO_HTTP_CONNECTCODE, &connect_status);
  if (result != CURLE_OK && connect_status >= 300)
    return (int) connect_status;
  return result == CURLE_OK && connect_status == 0 && status == 407 ? 407 : 0;
}

static void
transfer_done_cb (CURL *easy, CURLcode result, gpointer user_data)
{
  Exchanger *exchanger = user_data;
  Transfer *transfer = NULL;
  ExchangeResult outcome = { .result = result };
  long status = 0;

  curl_easy_getinfo (easy, CURLINFO_PRIVATE, (char **) &transfer);
  curl_easy_getinfo (easy, CURLINFO_RESPONSE_CODE, &status);
  transfer->answer.refusal = g_strdup (guard_refusal (&transfer->guard, result));
  if (result == CURLE_ABORTED_BY_CALLBACK)
    {
      outcome.result = CURLE_GOT_NOTHING;
      g_strlcpy (transfer->problem, "it was closed before an answer came", CURL_ERROR_SIZE);
    }
  if (result == CURLE_OUT_OF_MEMORY && transfer->is_sent)
    {
      /* What libcurl says of a line of a head that is longer than its buffer. */
      outcome.result = CURLE_FILESIZE_EXCEEDED;
      g_strlcpy (transfer->problem, "a line of its head has more than 100 KB", CURL_ERROR_SIZE);
    }
  outcome.answer = &transfer->answer;
  outcome.status = (int) status;
  transfer->answer.proxy_status = proxy_status (transfer, result, status);
  outcome.problem = transfer->problem[0] != '\0' ? transfer->problem : curl_easy_strerror (result);

  /* In neither queue while it tells: done may send the next, which takes another handle. */
  g_queue_unlink (&exchanger->started, &transfer->link);
  transfer->done (&outcome, transfer->user_data);
  transfer_clear_request (transfer);
  if (exchanger->spare.length < MAX_SPARE && !transfer->is_probe)
    g_queue_push_tail_link (&exchanger->spare, &transfer->link);
  else
    transfer_free (transfer);
}

/* ---- The exchanger ------------------------------------------------------------------------- */

Exchanger *
exchanger_new (const ExchangeSettings *settings, GError **error)
{
  Exchanger *exchanger = g_new0 (Exchanger, 1);

  exchanger->settings = *settings;
  exchanger->client = web_client_new (settings->context, IDLE_US, transfer_done_cb, exchanger,
                                      error);
  if (exchanger->client == NULL)
    {
      g_free (exchanger);
      return NULL;
    }
  return exchanger;
}

void
exchanger_free (Exchanger *exchanger)
{
  GList *link;

  while ((link = g_queue_pop_head_link (&exchanger->started)) != NULL)
    {
      Transfer *transfer = link->data;

      web_client_cancel (exchanger->client, transfer->easy);
      transfer_free (transfer);
    }
  while ((link = g_queue_pop_head_link (&exchanger->spare)) != NULL)
    transfer_free (link->data);
  web_client_free (exchanger->client);
  g_free (exchanger);
}
