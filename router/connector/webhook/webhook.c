/* The webhook connector: one request a delivery.  Delivery thread.
 *
 * A Call is one send: from the request that is made of the event, over the token that it may need,
 * to the outcome.  What must stay true: a call that was begun is in the list of calls and owes
 * exactly one done; nothing that a secret is made of gets into an outcome. */
#include "config.h"

#include "connector/webhook/webhook.h"

#include "base/error.h"
#include "base/http-field.h"
#include "connector/wakeup.h"
#include "connector/webhook/exchange.h"
#include "connector/webhook/redact.h"
#include "connector/webhook/settings.h"
#include "connector/webhook/sign.h"
#include "connector/webhook/token.h"
#include "connector/webhook/trace.h"

#include <string.h>

typedef struct
{
  Connector base;
  const ConnectorHost *host;
  char *label;
  WebhookSettings *settings;
  GBytes *key;
  char *proxy_password; /* and as it is sent: neither may be given away */
  char *proxy_login;
  Exchanger *exchanger;
  Tokens *tokens;  /* NULL: none are needed */
  GQueue calls;    /* Call */
  GQueue failed;   /* Call: could not be sent; their done is owed */
  GSource *failer; /* ready when there are any */
} Webhook;

typedef struct
{
  Webhook *webhook;
  GList link; /* in calls or failed */
  ConnectorRequest request;
  CURLU *address;            /* the call's own, or NULL: the settings' */
  CloudEvent cloudevent;     /* what is sent instead of the payload, or zero */
  struct curl_slist *fields; /* all but what authorizes it */
  char *token;               /* that it was sent with */
  gboolean was_refused;      /* with a token: a fresh one is tried once */
  GPtrArray *secret_texts;   /* that an answer may not give away */
  Outcome failure;
  ConnectorDone done;
  gpointer user_data;
} Call;

static void send_call (Call *call);

/* ---- Calls --------------------------------------------------------------------------------- */

static Call *
call_new (Webhook *webhook, const ConnectorRequest *request, ConnectorDone done, gpointer user_data)
{
  Call *call = g_new0 (Call, 1);

  call->webhook = webhook;
  call->link.data = call;
  call->request = *request;
  call->done = done;
  call->user_data = user_data;
  g_queue_push_tail_link (&webhook->calls, &call->link);
  return call;
}

/* In no queue any more. */
static void
call_free (Call *call)
{
  if (call->address != NULL)
    curl_url_cleanup (call->address);
  cloudevent_clear (&call->cloudevent);
  curl_slist_free_all (call->fields);
  g_free (call->token);
  g_clear_pointer (&call->secret_texts, g_ptr_array_unref);
  outcome_clear (&call->failure);
  g_free (call);
}

static void
call_finish (Call *call, const Outcome *outcome)
{
  g_queue_unlink (&call->webhook->calls, &call->link);
  call->done (outcome, call->user_data);
  call_free (call);
}

static gboolean
fail_cb (gpointer data)
{
  Webhook *self = data;
  GList *link;

  while ((link = g_queue_pop_head_link (&self->failed)) != NULL)
    {
      Call *call = link->data;

      g_queue_push_tail_link (&self->calls, link);
      call_finish (call, &call->failure);
    }
  return G_SOURCE_CONTINUE;
}

/* Later, as send may not call done. */
static void
call_fail (Call *call, OutcomeKind kind, const char *code, const char *why)
{
  Webhook *self = call->webhook;

  call->failure = (Outcome){
    .kind = kind,
    .error_code = code,
    .retry_after_us = -1,
    .note = g_strdup_printf ("%s was not sent to: %s", self->label, why),
  };
  g_queue_unlink (&self->calls, &call->link);
  g_queue_push_tail_link (&self->failed, &call->link);
  wakeup_now (self->failer);
}

/* An answer that repeats what it was sent must not put it where people look. */
static void
keep_secret (Call *call, const char *text)
{
  if (call->secret_texts == NULL)
    call->secret_texts = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (call->secret_texts, g_strdup (text));
}

static void
keep_secret_bytes (Call *call, GBytes *bytes)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  keep_secret (call, text);
}

/* ---- The address --------------------------------------------------------------------------- */

/* The target's values, or the connector's. */
static char **
path_values (Call *call, TemplateScope *scope, GError **error)
{
  const WebhookSettings *settings = call->webhook->settings;
  const ConfigHttp *http = call->request.http;
  guint n = webhook_address_n_places (settings->address);
  gboolean is_target = http != NULL && http->path_values != NULL;
  guint n_given = is_target ? g_strv_length (http->path_values) : settings->path_values->len;
  char **values;

  if (n_given < n)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                   "the Url has %u places, and PathParameterValues %u values", n, n_given);
      return NULL;
    }
  values = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    if (is_target)
      {
        g_autoptr (Template) template_ = template_new_parameter (http->path_values[i]);

        values[i] = template_render (template_, scope);
      }
    else
      values[i] = template_render (settings->path_values->pdata[i], scope);
  return values;
}

static gboolean
has_own (GPtrArray *fields, const char *name)
{
  for (guint i = 0; i < fields->len; i++)
    if (g_ascii_strcasecmp (((const WebhookField *) fields->pdata[i])->name, name) == 0)
      return TRUE;
  return FALSE;
}

/* Name, value … of the connector's fields and of those of the target that it does not have. */
static char **
rendered_pairs (GPtrArray *own, char **of_target, TemplateScope *scope)
{
  g_autoptr (GStrvBuilder) pairs = g_strv_builder_new ();

  for (guint i = 0; i < own->len; i++)
    {
      const WebhookField *field = own->pdata[i];
      g_autofree char *value = template_render (field->value, scope);

      g_strv_builder_add_many (pairs, field->name, value, NULL);
    }
  for (; of_target != NULL && of_target[0] != NULL; of_target += 2)
    {
      g_autoptr (Template) template_ = template_new_parameter (of_target[1]);
      g_autofree char *value = NULL;

      if (has_own (own, of_target[0]))
        continue;
      value = template_render (template_, scope);
      g_strv_builder_add_many (pairs, of_target[0], value, NULL);
    }
  return g_strv_builder_end (pairs);
}

static gboolean
fill_address (Call *call, TemplateScope *scope, GError **error)
{
  const WebhookSettings *settings = call->webhook->settings;
  const ConfigHttp *http = call->request.http;
  char **of_target = http != NULL ? http->query : NULL;
  g_auto (GStrv) values = NULL;
  g_auto (GStrv) query = NULL;

  if (settings->query->len == 0 && of_target == NULL &&
      webhook_address_plain (settings->address) != NULL)
    return TRUE;
  values = path_values (call, scope, error);
  if (values == NULL)
    return FALSE;
  query = rendered_pairs (settings->query, of_target, scope);
  call->address = webhook_address_fill (settings->address, (const char *const *) values,
                                        (const char *const *) query, error);
  return call->address != NULL;
}

/* ---- The head ------------------------------------------------------------------------------ */

static void
add_field (Call *call, const char *name, const char *value)
{
  call->fields = exchange_add_header (call->fields, name, value);
}

/* What an event brings along never begins another field. */
static gboolean
add_templates (Call *call, TemplateScope *scope, GError **error)
{
  const ConfigHttp *http = call->request.http;
  g_auto (GStrv) pairs = rendered_pairs (call->webhook->settings->headers,
                                         http != NULL ? http->headers : NULL, scope);

  for (char **pair = pairs; *pair != NULL; pair += 2)
    {
      if (!http_field_value_is_valid (pair[1]))
        {
          g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                       "what the event has for the header %s has a line break or another control "
                       "character in it",
                       pair[0]);
          return FALSE;
        }
      add_field (call, pair[0], g_strstrip (pair[1]));
    }
  return TRUE;
}

static gboolean
has_target_field (const Call *call, const char *name)
{
  const ConfigHttp *http = call->request.http;

  for (char **pair = http != NULL ? http->headers : NULL; pair != NULL && *pair != NULL; pair += 2)
    if (g_ascii_strcasecmp (pair[0], name) == 0)
      return TRUE;
  return FALSE;
}

static GBytes *
body_of (const Call *call)
{
  return call->cloudevent.body != NULL ? call->cloudevent.body : call->request.payload;
}

static void
add_cloudevent (Call *call)
{
  cloudevent_make (&call->request, call->webhook->settings->cloudevents, &call->cloudevent);
  for (char **pair = call->cloudevent.headers; *pair != NULL; pair += 2)
    add_field (call, pair[0], pair[1]);
  if (has_target_field (call, "Content-Type"))
    return;
  if (call->cloudevent.content_type != NULL)
    add_field (call, "Content-Type", call->cloudevent.content_type);
  else
    {
      /* libcurl's own would say that the data is a form. */
      struct curl_slist *longer = curl_slist_append (call->fields, "Content-Type:");

      g_assert (longer != NULL);
      call->fields = longer;
    }
}

static void
add_own_fields (Call *call)
{
  const WebhookSettings *settings = call->webhook->settings;
  const ConnectorRequest *request = &call->request;
  g_autofree char *attempt = g_strdup_printf ("%u", request->attempt);

  if (settings->cloudevents != CLOUDEVENT_OFF)
    add_cloudevent (call);
  else if (!settings->has_content_type && !has_target_field (call, "Content-Type"))
    add_field (call, "Content-Type", request->content_type);
  if (!settings->has_user_agent && !has_target_field (call, "User-Agent"))
    add_field (call, "User-Agent", "Signalbox/" SIGNALBOX_VERSION);
  add_field (call, "Signalbox-Event-Id", request->event_id);
  add_field (call, "Signalbox-Delivery-Id", request->delivery_id);
  add_field (call, "Signalbox-Attempt", attempt);
  add_field (call, "webhook-attempt", attempt);
  if (settings->sends_trace)
    call->fields = trace_add_fields (call->fields, request, call->webhook->host->random);
}

static GPtrArray *
get_secrets (Webhook *self, char **names, GError **error)
{
  g_autoptr (GPtrArray) secrets = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (; *names != NULL; names++)
    {
      GBytes *secret = secrets_get (self->host->secrets, *names, error);

      if (secret == NULL)
        return NULL;
      g_ptr_array_add (secrets, secret);
    }
  return g_steal_pointer (&secrets);
}

static gboolean
sign (Call *call, GError **error)
{
  Webhook *self = call->webhook;
  const WebhookSettings *settings = self->settings;
  g_autoptr (GPtrArray) secrets = NULL;
  g_autofree char *timestamp = NULL;
  g_autofree char *signature = NULL;

  if (settings->signing == WEBHOOK_UNSIGNED)
    return TRUE;
  secrets = get_secrets (self, settings->signing_secrets, error);
  if (secrets == NULL)
    return FALSE;
  for (guint i = 0; i < secrets->len; i++)
    keep_secret_bytes (call, secrets->pdata[i]);
  timestamp = g_strdup_printf ("%" G_GINT64_FORMAT,
                               clock_wall_us (self->host->clock) / G_USEC_PER_SEC);
  signature = webhook_sign (settings->signing, (GBytes *const *) secrets->pdata, secrets->len,
                            call->request.delivery_id, timestamp, body_of (call), error);
  if (signature == NULL)
    return FALSE;
  add_field (call, "webhook-id", call->request.delivery_id);
  add_field (call, "webhook-timestamp", timestamp);
  add_field (call, "webhook-signature", signature);
  return TRUE;
}

/* ---- Who it is ----------------------------------------------------------------------------- */

static char *
basic_login (const char *user, const char *password)
{
  g_autofree char *login = g_strconcat (user, ":", password, NULL);

  return g_base64_encode ((const guchar *) login, strlen (login));
}

static gboolean
add_secret (Call *call, GError **error)
{
  const WebhookAuth *auth = &call->webhook->settings->auth;
  g_autoptr (GBytes) bytes = secrets_get (call->webhook->host->secrets, auth->secret, error);
  g_autofree char *secret = NULL;
  g_autofree char *login = NULL;
  g_autofree char *value = NULL;

  if (bytes == NULL)
    return FALSE;
  secret = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (auth->kind != WEBHOOK_AUTH_BASIC && !http_field_value_is_valid (secret))
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                   "the secret “%s” has a line break or another control character in it",
                   auth->secret);
      return FALSE;
    }
  keep_secret (call, secret);
  if (auth->kind == WEBHOOK_AUTH_KEY)
    {
      add_field (call, auth->header, secret);
      return TRUE;
    }
  if (auth->kind == WEBHOOK_AUTH_BASIC)
    {
      login = basic_login (auth->user, secret);
      keep_secret (call, login);
    }
  value = g_strconcat (login != NULL ? "Basic " : "Bearer ", login != NULL ? login : secret, NULL);
  add_field (call, "Authorization", value);
  return TRUE;
}

static gboolean
add_auth (Call *call, GError **error)
{
  WebhookAuthKind kind = call->webhook->settings->auth.kind;

  return kind == WEBHOOK_AUTH_NONE || kind == WEBHOOK_AUTH_OAUTH || add_secret (call, error);
}

/* ---- Sending ------------------------------------------------------------------------------- */

static void
token_cb (const char *token, const Outcome *failure, gpointer user_data)
{
  Call *call = user_data;

  if (token == NULL)
    {
      call_finish (call, failure);
      return;
    }
  g_free (call->token);
  call->token = g_strdup (token);
  send_call (call);
}

static void
need_token (Call *call)
{
  const char *token = tokens_current (call->webhook->tokens);

  if (token == NULL)
    {
      tokens_fetch (call->webhook->tokens, token_cb, call);
      return;
    }
  g_free (call->token);
  call->token = g_strdup (token);
  send_call (call);
}

/* The token may have been withdrawn before its time: one more try with a fresh one. */
static gboolean
tries_again (Call *call, const ExchangeResult *result)
{
  if (call->token == NULL || call->was_refused || result->result != CURLE_OK ||
      !result->answer->head_complete || result->answer->proxy_status != 0 ||
      (result->status != 401 && result->status != 407))
    return FALSE;
  call->was_refused = TRUE;
  tokens_drop (call->webhook->tokens, call->token);
  need_token (call);
  return TRUE;
}

static void
answered_cb (const ExchangeResult *result, gpointer user_data)
{
  Call *call = user_data;
  Webhook *self = call->webhook;
  Outcome outcome;

  if (tries_again (call, result))
    return;
  webhook_answer_outcome (result->answer, self->label, &self->settings->retry_on, result->result,
                          result->status, result->problem, clock_wall_us (self->host->clock),
                          &outcome);
  redact_outcome (&outcome, call->secret_texts);
  call_finish (call, &outcome);
  outcome_clear (&outcome);
}

static struct curl_slist *
copy_fields (const struct curl_slist *fields)
{
  struct curl_slist *copy = NULL;

  for (; fields != NULL; fields = fields->next)
    {
      copy = curl_slist_append (copy, fields->data);
      g_assert (copy != NULL);
    }
  return copy;
}

static void
send_call (Call *call)
{
  Webhook *self = call->webhook;
  ExchangeRequest request = {
    .method = self->settings->method,
    .address = call->address != NULL ? call->address
                                     : webhook_address_plain (self->settings->address),
    .body = body_of (call),
  };

  if (call->token == NULL)
    request.headers = g_steal_pointer (&call->fields);
  else
    {
      g_autofree char *value = g_strconcat ("Bearer ", call->token, NULL);

      keep_secret (call, call->token);
      /* It may have to be sent twice. */
      request.headers = exchange_add_header (copy_fields (call->fields), "Authorization", value);
    }
  exchanger_send (self->exchanger, &request, answered_cb, call);
}

static void
webhook_send (Connector *connector,
              const ConnectorRequest *request,
              ConnectorDone done,
              gpointer user_data)
{
  Webhook *self = (Webhook *) connector;
  Call *call = call_new (self, request, done, user_data);
  g_auto (TemplateScope) scope = { request, NULL };
  g_autoptr (GError) error = NULL;

  /* What the event has will not get better; a secret may. */
  if (!fill_address (call, &scope, &error) || !add_templates (call, &scope, &error))
    {
      call_fail (call, OUTCOME_REFUSED, ERROR_CODE_INVALID_PARAMETER, error->message);
      return;
    }
  add_own_fields (call);
  if (self->proxy_password != NULL)
    {
      keep_secret (call, self->proxy_password);
      keep_secret (call, self->proxy_login);
    }
  if (!sign (call, &error) || !add_auth (call, &error))
    call_fail (call, OUTCOME_DOWN, ERROR_CODE_NO_PERMISSIONS, error->message);
  else if (self->tokens != NULL)
    need_token (call);
  else
    send_call (call);
}

/* ---- Probing ------------------------------------------------------------------------------- */

static void
probed_cb (const ExchangeResult *result, gpointer user_data)
{
  Call *call = user_data;
  Webhook *self = call->webhook;
  Outcome outcome;

  exchange_probe_outcome (result, self->label, &self->settings->retry_on,
                          clock_wall_us (self->host->clock), &outcome);
  call_finish (call, &outcome);
  outcome_clear (&outcome);
}

/* Whatever the places stand for, the host is the same. */
static CURLU *
probed_address (Call *call, GError **error)
{
  const WebhookAddress *address = call->webhook->settings->address;
  guint n = webhook_address_n_places (address);
  g_auto (GStrv) values = g_new0 (char *, n + 1);
  const char *query[] = { NULL };

  if (webhook_address_plain (address) != NULL)
    return webhook_address_plain (address);
  for (guint i = 0; i < n; i++)
    values[i] = g_strdup ("probe");
  call->address = webhook_address_fill (address, (const char *const *) values, query, error);
  return call->address;
}

/* Its secrets must be there too, but whether they are right only a request would show. */
static void
webhook_probe (Connector *connector, ConnectorDone done, gpointer user_data)
{
  Webhook *self = (Webhook *) connector;
  Call *call = call_new (self, &(ConnectorRequest){ 0 }, done, user_data);
  g_autoptr (GPtrArray) secrets = NULL;
  g_autoptr (GError) error = NULL;
  CURLU *address;

  if ((secrets = get_secrets (self, self->settings->signing_secrets, &error)) == NULL ||
      !add_auth (call, &error))
    call_fail (call, OUTCOME_DOWN, ERROR_CODE_NO_PERMISSIONS, error->message);
  else if ((address = probed_address (call, &error)) == NULL)
    call_fail (call, OUTCOME_MISCONFIGURED, ERROR_CODE_INVALID_PARAMETER, error->message);
  else
    exchanger_probe (self->exchanger, address, probed_cb, call);
}

/* ---- The connector ------------------------------------------------------------------------- */

static gboolean
read_secrets (Webhook *self, GError **error)
{
  const WebhookSettings *settings = self->settings;
  g_autoptr (GBytes) password = NULL;

  if (settings->key_secret != NULL)
    {
      self->key = secrets_get (self->host->secrets, settings->key_secret, error);
      if (self->key == NULL)
        return FALSE;
    }
  if (settings->proxy_user == NULL || settings->proxy_secret == NULL)
    return TRUE;
  password = secrets_get (self->host->secrets, settings->proxy_secret, error);
  if (password == NULL)
    return FALSE;
  self->proxy_password = g_strndup (g_bytes_get_data (password, NULL), g_bytes_get_size (password));
  self->proxy_login = basic_login (settings->proxy_user, self->proxy_password);
  return TRUE;
}

static gboolean
open_exchange (Webhook *self, GError **error)
{
  const WebhookSettings *settings = self->settings;
  ExchangeSettings exchange = {
    .context = self->host->context,
    .egress = settings->egress,
    .is_tls = webhook_address_is_tls (settings->address),
    .timeout_ms = settings->timeout_ms,
    .connect_timeout_ms = settings->connect_timeout_ms,
    .max_response_bytes = settings->max_response_bytes,
    .max_kept_bytes = self->host->max_response_bytes,
    .proxy = settings->proxy,
    .proxy_user = settings->proxy_user,
    .proxy_password = self->proxy_password,
    .proxy_asks = settings->proxy_asks,
    .ca_file = settings->ca_file,
    .certificate_file = settings->certificate_file,
    .key = self->key,
    .resolve = self->host->resolve,
  };

  self->exchanger = exchanger_new (&exchange, error);
  if (self->exchanger == NULL || settings->auth.kind != WEBHOOK_AUTH_OAUTH)
    return self->exchanger != NULL;
  self->tokens = tokens_new (self->label, &settings->auth, self->host, &exchange, error);
  return self->tokens != NULL;
}

static void
free_calls (GQueue *calls)
{
  GList *link;

  while ((link = g_queue_pop_head_link (calls)) != NULL)
    call_free (link->data);
}

static void
webhook_close (Connector *connector)
{
  Webhook *self = (Webhook *) connector;

  g_clear_pointer (&self->exchanger, exchanger_free);
  g_clear_pointer (&self->tokens, tokens_free);
  free_calls (&self->calls);
  free_calls (&self->failed);
  wakeup_free (self->failer);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_free (self->proxy_password);
  g_free (self->proxy_login);
  webhook_settings_free (self->settings);
  g_free (self->label);
  g_free (self);
}

static Connector *
webhook_open (const char *name, JsonObject *settings, const ConnectorHost *host, GError **error)
{
  Webhook *self = g_new0 (Webhook, 1);

  self->base.kind = &connector_kind_webhook;
  self->host = host;
  self->label = g_strconcat ("webhook/", name, NULL);
  self->settings = webhook_settings_new (settings, host->state_dir);
  self->failer = wakeup_new ("webhook failures", host->context, fail_cb, self);
  if (read_secrets (self, error) && open_exchange (self, error))
    return &self->base;
  webhook_close (&self->base);
  return NULL;
}

static char *
webhook_describe (const char *name, JsonObject *settings, const char *state_dir)
{
  g_autofree char *url = webhook_address_public (json_object_get_string_member (settings, "Url"));

  return g_strdup_printf ("%s %s", json_object_get_string_member (settings, "Method"), url);
}

const ConnectorKind connector_kind_webhook = {
  .kind = "webhook",
  .schema = &connector_schema_webhook,
  .open = webhook_open,
  .send = webhook_send,
  .probe = webhook_probe,
  .close = webhook_close,
  .describe = webhook_describe,
};
