/* Text messages by HTTP.
 *
 * Preset and settings are put together once; from then on a message is a form or a JSON object of
 * the fields that it names.  What must stay true: a value is one value, whatever it says; a call
 * owes exactly one done, and nothing that a secret is made of gets into an outcome. */
#include "config.h"

#include "connector/sms/gateway.h"

#include "base/error.h"
#include "base/http-field.h"
#include "config/preset.h"
#include "config/settings.h"
#include "connector/guard.h"
#include "connector/wakeup.h"
#include "connector/webhook/address.h"
#include "connector/webhook/exchange.h"
#include "connector/webhook/redact.h"

#include <string.h>

/* Of an answer: nobody reads more. */
#define MAX_ANSWER_BYTES (256 * 1024)

static const char *const auth_types[] = { "basic", "bearer", "api-key", "none", NULL };
static const char *const formats[] = { "form", "json", NULL };

static const ConfigSetting settings_table[] = {
  {
      .name = "Preset",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 64,
      .help = "How the gateway is spoken to: twilio, vonage or json; what stands beside it counts "
              "before it.",
  },
  {
      .name = "Url",
      .type = SETTING_STRING,
      .flags = SETTING_URL,
      .min = 1,
      .max = 4096,
      .help = "Where requests go; * in its path stands for the Account.",
  },
  {
      .name = "Account",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 255,
      .help = "Who pays: the user of basic, what * in the Url stands for, and {account}.",
  },
  {
      .name = "Auth",
      .type = SETTING_STRING,
      .choices = auth_types,
      .help = "How it says who it is: basic is Account and Secret, bearer the Secret, api-key the "
              "Secret in a header.",
  },
  {
      .name = "AuthHeader",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 128,
      .help = "Of api-key: the header; X-Api-Key without it.",
  },
  {
      .name = "Secret",
      .type = SETTING_OBJECT,
      .nested = &config_schema_secret,
      .help = "The token or key, by name.",
  },
  {
      .name = "Format",
      .type = SETTING_STRING,
      .choices = formats,
      .help = "The body: a form, or one JSON object.",
  },
  {
      .name = "Fields",
      .type = SETTING_STRING_MAP,
      .max = 50,
      .help = "What the body has, by name: {to}, {from}, {text}, {id}, {segments} and {account} "
              "stand for the message's. A name that ends in [] is a list of one in JSON.",
  },
  {
      .name = "CaFile",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 4096,
      .help = "Certificates of authorities that are believed, in place of the system's.",
  },
  {
      .name = "TimeoutSeconds",
      .type = SETTING_INTEGER,
      .min = 1,
      .max = 3600,
      .unit = "s",
      .help = "A request that is not answered within this time is tried again later; 30 without "
              "it.",
  },
  { 0 },
};

const ConfigSchema gateway_schema = {
  .kind = "gateway",
  .title = "SMS gateway",
  .settings = settings_table,
};

typedef struct
{
  char *name, *value;
} Field;

struct Gateway
{
  const ConnectorHost *host;
  char *label;
  Egress *egress;
  WebhookAddress *address;
  CURLU *filled; /* with the account, or NULL: as it is */
  char *account, *auth, *auth_header, *secret, *ca_file;
  gboolean is_json;
  GArray *fields; /* Field */
  RetryOn retry_on;
  Exchanger *exchanger;
  GQueue calls;    /* Call */
  GQueue failed;   /* Call: could not be sent; their done is owed */
  GSource *failer; /* ready when there are any */
};

typedef struct
{
  Gateway *gateway;
  GList link;              /* in calls or failed */
  GPtrArray *secret_texts; /* that an answer may not give away */
  GBytes *body;
  Outcome failure;
  ConnectorDone done;
  gpointer user_data;
} Call;

/* ---- The description ----------------------------------------------------------------------- */

/* With what the preset says; the caller's. */
static JsonObject *
describe_gateway (JsonObject *settings, GError **error)
{
  JsonObject *own = config_settings_object (settings, "Gateway");
  const char *name = config_settings_string (own, "Preset");
  g_autoptr (JsonObject) preset = name != NULL ? config_preset_get (PRESET_SMS, name) : NULL;

  if (name == NULL)
    return json_object_ref (own);
  if (preset == NULL)
    {
      g_auto (GStrv) names = config_preset_names (PRESET_SMS);
      g_autofree char *known = g_strjoinv (", ", names);

      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "there is no preset “%s”, only %s",
                   name, known);
      return NULL;
    }
  return config_preset_merge (preset, own);
}

static const char *
string_or (JsonObject *object, const char *name, const char *fallback)
{
  const char *text = config_settings_string (object, name);

  return text != NULL ? text : fallback;
}

static gboolean
set_problem (GError **error, char **out_pointer, const char *key, const char *problem)
{
  *out_pointer = g_strconcat ("/Gateway/", key, NULL);
  g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, problem);
  return FALSE;
}

static gboolean
check_address (JsonObject *gateway, char **out_pointer, GError **error)
{
  const char *url = config_settings_string (gateway, "Url");
  g_autoptr (WebhookAddress) address = NULL;
  guint n_places;

  if (url == NULL)
    return set_problem (error, out_pointer, "Url", "the gateway's address is missing");
  address = webhook_address_new (url, error);
  if (address == NULL)
    {
      *out_pointer = g_strdup ("/Gateway/Url");
      return FALSE;
    }
  n_places = webhook_address_n_places (address);
  if (n_places > 1)
    return set_problem (error, out_pointer, "Url", "only one * has a meaning, the Account");
  if (n_places == 1 && config_settings_string (gateway, "Account") == NULL)
    return set_problem (error, out_pointer, "Account", "its Url asks for an Account");
  return TRUE;
}

static gboolean
check_auth (JsonObject *gateway, char **out_pointer, GError **error)
{
  const char *auth = string_or (gateway, "Auth", "none");
  const char *header = string_or (gateway, "AuthHeader", "X-Api-Key");

  if (!http_field_name_is_valid (header) || http_field_is_reserved (header))
    return set_problem (error, out_pointer, "AuthHeader", "this is no name of a header to be set");
  if (strcmp (auth, "none") != 0 && config_settings_object (gateway, "Secret") == NULL)
    return set_problem (error, out_pointer, "Secret", "its way to log in asks for a Secret");
  if (strcmp (auth, "basic") == 0 && config_settings_string (gateway, "Account") == NULL)
    return set_problem (error, out_pointer, "Account", "basic asks for an Account");
  return TRUE;
}

static gboolean
is_known (const char *name, gsize length)
{
  static const char *const known[] = { "to", "from", "text", "id", "segments", "account" };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (strlen (known[i]) == length && strncmp (known[i], name, length) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
check_fields (JsonObject *gateway, char **out_pointer, GError **error)
{
  JsonObject *map = config_settings_object (gateway, "Fields");
  gboolean has_to = FALSE, has_text = FALSE;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (map != NULL)
    json_object_iter_init_ordered (&iter, map);
  while (map != NULL && json_object_iter_next_ordered (&iter, &name, &node))
    {
      const char *value = json_node_get_string (node);

      has_to = has_to || strstr (value, "{to}") != NULL;
      has_text = has_text || strstr (value, "{text}") != NULL;
      for (const char *p = value; (p = strchr (p, '{')) != NULL; p++)
        if (!is_known (p + 1, strcspn (p + 1, "}")))
          return set_problem (error, out_pointer, "Fields",
                              "known are {to}, {from}, {text}, {id}, {segments} and {account}");
    }
  if (!has_to || !has_text)
    return set_problem (error, out_pointer, "Fields", "{to} or {text} is in none of the fields");
  return TRUE;
}

gboolean
gateway_check (JsonObject *settings, char **out_pointer, GError **error)
{
  g_autoptr (JsonObject) gateway = NULL;

  if (config_settings_object (settings, "Gateway") == NULL)
    return TRUE;
  gateway = describe_gateway (settings, error);
  if (gateway == NULL)
    {
      *out_pointer = g_strdup ("/Gateway/Preset");
      return FALSE;
    }
  return check_address (gateway, out_pointer, error) && check_auth (gateway, out_pointer, error) &&
         check_fields (gateway, out_pointer, error);
}

char *
gateway_describe (JsonObject *settings)
{
  g_autoptr (JsonObject) gateway = describe_gateway (settings, NULL);

  return webhook_address_public (config_settings_string (gateway, "Url"));
}

/* ---- Calls --------------------------------------------------------------------------------- */

static void
call_free (Call *call)
{
  g_clear_pointer (&call->secret_texts, g_ptr_array_unref);
  g_clear_pointer (&call->body, g_bytes_unref);
  outcome_clear (&call->failure);
  g_free (call);
}

static void
call_finish (Call *call, const Outcome *outcome)
{
  g_queue_unlink (&call->gateway->calls, &call->link);
  call->done (outcome, call->user_data);
  call_free (call);
}

static gboolean
fail_cb (gpointer data)
{
  Gateway *gateway = data;
  GList *link;

  while ((link = g_queue_pop_head_link (&gateway->failed)) != NULL)
    {
      Call *call = link->data;

      g_queue_push_tail_link (&gateway->calls, link);
      call_finish (call, &call->failure);
    }
  return G_SOURCE_CONTINUE;
}

/* For want of a secret. */
static void
call_fail (Call *call, const char *why)
{
  Gateway *gateway = call->gateway;

  call->failure = (Outcome){
    .kind = OUTCOME_DOWN,
    .error_code = ERROR_CODE_NO_PERMISSIONS,
    .retry_after_us = -1,
    .note = g_strdup_printf ("%s was not sent to: %s", gateway->label, why),
  };
  g_queue_unlink (&gateway->calls, &call->link);
  g_queue_push_tail_link (&gateway->failed, &call->link);
  wakeup_now (gateway->failer);
}

static void
answered_cb (const ExchangeResult *result, gpointer user_data)
{
  Call *call = user_data;
  Gateway *gateway = call->gateway;
  Outcome outcome;

  webhook_answer_outcome (result->answer, gateway->label, &gateway->retry_on, result->result,
                          result->status, result->problem, clock_wall_us (gateway->host->clock),
                          &outcome);
  redact_outcome (&outcome, call->secret_texts);
  call_finish (call, &outcome);
  outcome_clear (&outcome);
}

/* ---- The request --------------------------------------------------------------------------- */

static const char *
value_of (const Gateway *gateway, const GatewayMessage *message, const char *name, char *number)
{
  switch (*name)
    {
    case 'f':
      return message->from;
    case 'i':
      return message->id;
    case 'a':
      return gateway->account != NULL ? gateway->account : "";
    case 's':
      g_snprintf (number, 16, "%u", message->segments);
      return number;
    default:
      return name[1] == 'o' ? message->to : message->text;
    }
}

/* One pass: what a value brings along is never looked at again. */
static char *
fill (const Gateway *gateway, const GatewayMessage *message, const char *value)
{
  GString *out = g_string_new (NULL);

  for (const char *p = value; *p != '\0'; p++)
    {
      char number[16];

      if (*p != '{')
        {
          g_string_append_c (out, *p);
          continue;
        }
      g_string_append (out, value_of (gateway, message, p + 1, number));
      p = strchr (p, '}');
    }
  return g_string_free (out, FALSE);
}

static void
append_form (GString *out, const char *name, const char *value)
{
  g_autofree char *escaped_name = g_uri_escape_string (name, NULL, FALSE);
  g_autofree char *escaped = g_uri_escape_string (value, NULL, FALSE);

  g_string_append_printf (out, "%s%s=%s", out->len > 0 ? "&" : "", escaped_name, escaped);
}

static void
append_json (GString *out, const char *name, const char *value)
{
  gboolean is_list = g_str_has_suffix (name, "[]");

  g_string_append_c (out, out->len > 0 ? ',' : '{');
  event_append_json_string (out, name, (gssize) strlen (name) - (is_list ? 2 : 0));
  g_string_append (out, is_list ? ":[" : ":");
  event_append_json_string (out, value, -1);
  if (is_list)
    g_string_append_c (out, ']');
}

static GBytes *
body_new (const Gateway *gateway, const GatewayMessage *message)
{
  GString *body = g_string_new (NULL);

  for (guint i = 0; i < gateway->fields->len; i++)
    {
      const Field *field = &g_array_index (gateway->fields, Field, i);
      g_autofree char *value = fill (gateway, message, field->value);

      if (gateway->is_json)
        append_json (body, field->name, value);
      else
        append_form (body, field->name, value);
    }
  if (gateway->is_json)
    g_string_append_c (body, '}');
  return g_string_free_to_bytes (body);
}

static void
keep_secret (Call *call, char *text)
{
  if (call->secret_texts == NULL)
    call->secret_texts = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (call->secret_texts, text);
}

static char *
authorization (Call *call, const char *secret)
{
  const Gateway *gateway = call->gateway;
  g_autofree char *login = NULL;
  char *encoded;

  if (strcmp (gateway->auth, "bearer") == 0)
    return g_strconcat ("Bearer ", secret, NULL);
  login = g_strconcat (gateway->account, ":", secret, NULL);
  encoded = g_base64_encode ((const guchar *) login, strlen (login));
  keep_secret (call, encoded);
  return g_strconcat ("Basic ", encoded, NULL);
}

/* FALSE: the secret is not there. */
static gboolean
add_auth (Call *call, struct curl_slist **fields, GError **error)
{
  const Gateway *gateway = call->gateway;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *value = NULL;
  char *secret;

  if (strcmp (gateway->auth, "none") == 0)
    return TRUE;
  bytes = secrets_get (gateway->host->secrets, gateway->secret, error);
  if (bytes == NULL)
    return FALSE;
  secret = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  keep_secret (call, secret);
  if (strcmp (gateway->auth, "basic") != 0 && !http_field_value_is_valid (secret))
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                   "the secret “%s” has a line break or another control character in it",
                   gateway->secret);
      return FALSE;
    }
  if (strcmp (gateway->auth, "api-key") == 0)
    *fields = exchange_add_header (*fields, gateway->auth_header, secret);
  else
    {
      value = authorization (call, secret);
      *fields = exchange_add_header (*fields, "Authorization", value);
    }
  return TRUE;
}

void
gateway_send (Gateway *gateway,
              const GatewayMessage *message,
              ConnectorDone done,
              gpointer user_data)
{
  Call *call = g_new0 (Call, 1);
  struct curl_slist *fields = NULL;
  g_autoptr (GError) error = NULL;
  ExchangeRequest request = { .method = "POST" };

  *call = (Call){ .gateway = gateway, .done = done, .user_data = user_data };
  call->link.data = call;
  g_queue_push_tail_link (&gateway->calls, &call->link);
  if (!add_auth (call, &fields, &error))
    {
      curl_slist_free_all (fields);
      call_fail (call, error->message);
      return;
    }
  fields = exchange_add_header (fields, "Content-Type",
                                gateway->is_json ? "application/json"
                                                 : "application/x-www-form-urlencoded");
  fields = exchange_add_header (fields, "Accept", "application/json");
  fields = exchange_add_header (fields, "User-Agent", "Signalbox/" SIGNALBOX_VERSION);
  fields = exchange_add_header (fields, "Idempotency-Key", message->id);
  call->body = body_new (gateway, message);
  request.headers = fields;
  request.body = call->body;
  request.address = gateway->filled != NULL ? gateway->filled
                                            : webhook_address_plain (gateway->address);
  exchanger_send (gateway->exchanger, &request, answered_cb, call);
}

static void
probed_cb (const ExchangeResult *result, gpointer user_data)
{
  Call *call = user_data;
  Gateway *gateway = call->gateway;
  Outcome outcome;

  exchange_probe_outcome (result, gateway->label, &gateway->retry_on,
                          clock_wall_us (gateway->host->clock), &outcome);
  call_finish (call, &outcome);
  outcome_clear (&outcome);
}

void
gateway_probe (Gateway *gateway, ConnectorDone done, gpointer user_data)
{
  Call *call = g_new0 (Call, 1);
  struct curl_slist *fields = NULL;
  g_autoptr (GError) error = NULL;

  *call = (Call){ .gateway = gateway, .done = done, .user_data = user_data };
  call->link.data = call;
  g_queue_push_tail_link (&gateway->calls, &call->link);
  if (add_auth (call, &fields, &error))
    exchanger_probe (gateway->exchanger,
                     gateway->filled != NULL ? gateway->filled
                                             : webhook_address_plain (gateway->address),
                     probed_cb, call);
  else
    call_fail (call, error->message);
  curl_slist_free_all (fields);
}

/* ---- The gateway --------------------------------------------------------------------------- */

static void
clear_field (gpointer data)
{
  Field *field = data;

  g_free (field->name);
  g_free (field->value);
}

static void
read_fields (Gateway *gateway, JsonObject *map)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  gateway->fields = g_array_new (FALSE, FALSE, sizeof (Field));
  g_array_set_clear_func (gateway->fields, clear_field);
  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *as_list = g_strconcat (name, "[]", NULL);
      Field field;

      /* The preset's, when the settings make a list of it. */
      if (json_object_has_member (map, as_list))
        continue;
      field = (Field){ g_strdup (name), g_strdup (json_node_get_string (node)) };

      g_array_append_val (gateway->fields, field);
    }
}

static void
read_retry_on (Gateway *gateway)
{
  g_autoptr (JsonNode) usual = json_from_string (RETRY_ON_DEFAULT, NULL);

  retry_on_parse (json_node_get_array (usual), &gateway->retry_on, NULL);
}

static void
read_description (Gateway *gateway, JsonObject *description)
{
  const char *ca_file = config_settings_string (description, "CaFile");
  JsonObject *secret = config_settings_object (description, "Secret");

  gateway->address = webhook_address_new (config_settings_string (description, "Url"), NULL);
  gateway->account = g_strdup (config_settings_string (description, "Account"));
  gateway->auth = g_strdup (string_or (description, "Auth", "none"));
  gateway->auth_header = g_strdup (string_or (description, "AuthHeader", "X-Api-Key"));
  gateway->secret = secret != NULL ? g_strdup (config_settings_string (secret, "Secret")) : NULL;
  gateway->is_json = strcmp (string_or (description, "Format", "json"), "json") == 0;
  gateway->ca_file = ca_file != NULL ? g_canonicalize_filename (ca_file, gateway->host->state_dir)
                                     : NULL;
  read_fields (gateway, config_settings_object (description, "Fields"));
  read_retry_on (gateway);
}

Gateway *
gateway_new (const char *label, JsonObject *settings, const ConnectorHost *host, GError **error)
{
  g_autoptr (Gateway) gateway = g_new0 (Gateway, 1);
  g_autoptr (JsonObject) description = describe_gateway (settings, NULL);
  gint64 timeout_s = config_settings_integer (description, "TimeoutSeconds");
  ExchangeSettings exchange;

  gateway->host = host;
  gateway->label = g_strdup (label);
  gateway->egress = guard_egress_new (settings);
  gateway->failer = wakeup_new ("gateway failures", host->context, fail_cb, gateway);
  read_description (gateway, description);
  if (webhook_address_plain (gateway->address) == NULL)
    {
      const char *values[] = { gateway->account, NULL };
      const char *query[] = { NULL };

      gateway->filled = webhook_address_fill (gateway->address, values, query, error);
      if (gateway->filled == NULL)
        return NULL;
    }
  exchange = (ExchangeSettings){
    .context = host->context,
    .egress = gateway->egress,
    .is_tls = webhook_address_is_tls (gateway->address),
    .timeout_ms = (long) (timeout_s > 0 ? timeout_s : 30) * 1000,
    .connect_timeout_ms = 10000,
    .max_response_bytes = MAX_ANSWER_BYTES,
    .max_kept_bytes = host->max_response_bytes,
    .ca_file = gateway->ca_file,
    .resolve = host->resolve,
  };
  gateway->exchanger = exchanger_new (&exchange, error);
  return gateway->exchanger != NULL ? g_steal_pointer (&gateway) : NULL;
}

static void
free_calls (GQueue *calls)
{
  GList *link;

  while ((link = g_queue_pop_head_link (calls)) != NULL)
    call_free (link->data);
}

void
gateway_free (Gateway *gateway)
{
  g_clear_pointer (&gateway->exchanger, exchanger_free);
  free_calls (&gateway->calls);
  free_calls (&gateway->failed);
  wakeup_free (gateway->failer);
  if (gateway->filled != NULL)
    curl_url_cleanup (gateway->filled);
  webhook_address_free (gateway->address);
  egress_free (gateway->egress);
  g_array_unref (gateway->fields);
  g_free (gateway->account);
  g_free (gateway->auth);
  g_free (gateway->auth_header);
  g_free (gateway->secret);
  g_free (gateway->ca_file);
  g_free (gateway->label);
  g_free (gateway);
}
