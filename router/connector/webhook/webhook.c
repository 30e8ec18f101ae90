/* The webhook connector: one request a delivery, over libcurl.  Delivery thread.
 *
 * A Transfer is one easy handle with all that a request needs.  It is made when no spare one is
 * there and kept afterwards, as setting up a handle costs more than a request does.  What must stay
 * true: a transfer is either spare, or started and owes exactly one done. */
#include "config.h"

#include "connector/webhook/webhook.h"

#include "connector/webhook/answer.h"
#include "connector/webhook/client.h"
#include "connector/webhook/settings.h"

#include <string.h>

/* Spare handles beyond this are freed. */
#define MAX_SPARE 64

/* How long connections are kept without a request. */
#define IDLE_US G_TIME_SPAN_MINUTE

typedef struct
{
  Connector base;
  const ConnectorHost *host;
  char *label;
  WebhookSettings *settings;
  CURLU *address; /* the URL, read once; NULL: it cannot be */
  WebClient *client;
  GQueue spare;   /* Transfer */
  GQueue started; /* Transfer */
} Webhook;

typedef struct
{
  Webhook *webhook;
  CURL *easy;
  GList link; /* in spare or started */
  char problem[CURL_ERROR_SIZE];

  /* Of the request that is under way. */
  struct curl_slist *headers;
  GBytes *payload;
  gboolean is_sent; /* or about to be */
  WebhookAnswer answer;
  ConnectorDone done;
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

  transfer->is_sent = TRUE;
  return is_repeat ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* What is the same for all requests of the connector. */
static void
prepare_handle (CURL *easy, Transfer *transfer, const WebhookSettings *settings, CURLU *address)
{
  curl_easy_setopt (easy, CURLOPT_PRIVATE, transfer);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, transfer->problem);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, header_cb);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, transfer);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, body_cb);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, transfer);

  curl_easy_setopt (easy, CURLOPT_PREREQFUNCTION, before_request_cb);
  curl_easy_setopt (easy, CURLOPT_PREREQDATA, transfer);

  if (address != NULL)
    curl_easy_setopt (easy, CURLOPT_CURLU, address);
  else
    curl_easy_setopt (easy, CURLOPT_URL, settings->url);
  curl_easy_setopt (easy, CURLOPT_POST, 1L);
  if (strcmp (settings->method, "POST") != 0)
    curl_easy_setopt (easy, CURLOPT_CUSTOMREQUEST, settings->method);
  curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS, settings->timeout_ms);
  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS, settings->connect_timeout_ms);

  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  /* A look-up that takes too long is left to end by itself: waiting for it would stop all other
   * deliveries. */
  curl_easy_setopt (easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt (easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_2TLS);
  /* The environment's proxy is for people; a daemon goes where it is told. */
  curl_easy_setopt (easy, CURLOPT_PROXY, "");
  /* Over TLS the first connection may turn out to be HTTP/2: it is worth waiting for, as it takes
   * them all. */
  if (g_ascii_strncasecmp (settings->url, "https:", 6) == 0)
    curl_easy_setopt (easy, CURLOPT_PIPEWAIT, 1L);
}

static Transfer *
transfer_new (Webhook *webhook)
{
  Transfer *transfer = g_new0 (Transfer, 1);

  transfer->webhook = webhook;
  transfer->link.data = transfer;
  transfer->easy = curl_easy_init ();
  g_assert (transfer->easy != NULL);
  prepare_handle (transfer->easy, transfer, webhook->settings, webhook->address);
  return transfer;
}

static void
transfer_clear_request (Transfer *transfer)
{
  curl_easy_setopt (transfer->easy, CURLOPT_HTTPHEADER, NULL);
  curl_easy_setopt (transfer->easy, CURLOPT_POSTFIELDS, NULL);
  g_clear_pointer (&transfer->headers, curl_slist_free_all);
  g_clear_pointer (&transfer->payload, g_bytes_unref);
  webhook_answer_clear (&transfer->answer);
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

static struct curl_slist *
add_header (struct curl_slist *list, const char *line)
{
  struct curl_slist *longer = curl_slist_append (list, line);

  g_assert (longer != NULL);
  return longer;
}

static struct curl_slist *
add_field (struct curl_slist *list, const char *name, const char *value)
{
  g_autofree char *line = g_strdup_printf ("%s: %s", name, value);

  return add_header (list, line);
}

static struct curl_slist *
headers_new (const WebhookSettings *settings, const ConnectorRequest *request)
{
  struct curl_slist *list = NULL;
  char attempt[16];

  g_snprintf (attempt, sizeof attempt, "%u", request->attempt);
  for (guint i = 0; settings->headers[i] != NULL; i++)
    list = add_header (list, settings->headers[i]);
  if (!settings->has_content_type)
    list = add_field (list, "Content-Type", request->content_type);
  if (!settings->has_user_agent)
    list = add_header (list, "User-Agent: Signalbox/" SIGNALBOX_VERSION);
  list = add_field (list, "Signalbox-Event-Id", request->event_id);
  list = add_field (list, "Signalbox-Delivery-Id", request->delivery_id);
  list = add_field (list, "Signalbox-Attempt", attempt);
  /* No waiting for a 100 Continue that few servers send. */
  return add_header (list, "Expect:");
}

static void
webhook_send (Connector *connector,
              const ConnectorRequest *request,
              ConnectorDone done,
              gpointer user_data)
{
  Webhook *self = (Webhook *) connector;
  GList *link = g_queue_pop_tail_link (&self->spare);
  Transfer *transfer = link != NULL ? link->data : transfer_new (self);

  transfer->done = done;
  transfer->user_data = user_data;
  transfer->problem[0] = '\0';
  transfer->is_sent = FALSE;
  transfer->payload = g_bytes_ref (request->payload);
  transfer->headers = headers_new (self->settings, request);
  webhook_answer_reset (&transfer->answer, self->settings->max_response_bytes,
                        self->host->max_response_bytes);

  curl_easy_setopt (transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
  curl_easy_setopt (transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                    (curl_off_t) g_bytes_get_size (transfer->payload));
  curl_easy_setopt (transfer->easy, CURLOPT_POSTFIELDS, g_bytes_get_data (transfer->payload, NULL));

  g_queue_push_tail_link (&self->started, &transfer->link);
  web_client_start (self->client, transfer->easy);
}

static void
transfer_done_cb (CURL *easy, CURLcode result, gpointer user_data)
{
  Webhook *self = user_data;
  Transfer *transfer = NULL;
  ConnectorDone done;
  gpointer done_data;
  Outcome outcome;
  long status = 0;

  curl_easy_getinfo (easy, CURLINFO_PRIVATE, (char **) &transfer);
  curl_easy_getinfo (easy, CURLINFO_RESPONSE_CODE, &status);
  if (result == CURLE_ABORTED_BY_CALLBACK)
    {
      result = CURLE_GOT_NOTHING;
      g_strlcpy (transfer->problem, "it was closed before an answer came", CURL_ERROR_SIZE);
    }
  webhook_answer_outcome (
      &transfer->answer, self->label, &self->settings->retry_on, result, (int) status,
      transfer->problem[0] != '\0' ? transfer->problem : curl_easy_strerror (result),
      clock_wall_us (self->host->clock), &outcome);

  done = transfer->done;
  done_data = transfer->user_data;
  g_queue_unlink (&self->started, &transfer->link);
  transfer_clear_request (transfer);
  if (self->spare.length < MAX_SPARE)
    g_queue_push_tail_link (&self->spare, &transfer->link);
  else
    transfer_free (transfer);

  done (&outcome, done_data);
  outcome_clear (&outcome);
}

/* ---- The connector ------------------------------------------------------------------------- */

static Connector *
webhook_open (const char *name, JsonObject *settings, const ConnectorHost *host, GError **error)
{
  Webhook *self = g_new0 (Webhook, 1);

  self->client = web_client_new (host->context, IDLE_US, transfer_done_cb, self, error);
  if (self->client == NULL)
    {
      g_free (self);
      return NULL;
    }
  self->base.kind = &connector_kind_webhook;
  self->host = host;
  self->label = g_strconcat ("webhook/", name, NULL);
  self->settings = webhook_settings_new (settings);
  self->address = curl_url ();
  g_assert (self->address != NULL);
  /* What libcurl cannot read is left to it to say so. */
  if (curl_url_set (self->address, CURLUPART_URL, self->settings->url, 0) != CURLUE_OK)
    g_clear_pointer (&self->address, curl_url_cleanup);
  return &self->base;
}

static void
webhook_close (Connector *connector)
{
  Webhook *self = (Webhook *) connector;
  GList *link;

  while ((link = g_queue_pop_head_link (&self->started)) != NULL)
    {
      Transfer *transfer = link->data;

      web_client_cancel (self->client, transfer->easy);
      transfer_free (transfer);
    }
  while ((link = g_queue_pop_head_link (&self->spare)) != NULL)
    transfer_free (link->data);
  web_client_free (self->client);
  g_clear_pointer (&self->address, curl_url_cleanup);
  webhook_settings_free (self->settings);
  g_free (self->label);
  g_free (self);
}

static char *
webhook_describe (const char *name, JsonObject *settings, const char *state_dir)
{
  g_autofree char *url = webhook_settings_public_url (
      json_object_get_string_member (settings, "Url"));

  return g_strdup_printf ("%s %s", json_object_get_string_member (settings, "Method"), url);
}

const ConnectorKind connector_kind_webhook = {
  .kind = "webhook",
  .schema = &connector_schema_webhook,
  .open = webhook_open,
  .send = webhook_send,
  .close = webhook_close,
  .describe = webhook_describe,
};
