/* The webhook's settings table, and what the table alone cannot check.  Pure; any thread. */
#include "connector/webhook/settings.h"

#include "base/error.h"
#include "base/http-field.h"
#include "config/settings.h"
#include "connector/guard.h"
#include "connector/webhook/webhook.h"

#include <string.h>

static const char *const methods[] = { "POST",   "PUT",  "PATCH",   "GET",
                                       "DELETE", "HEAD", "OPTIONS", NULL };
static const char *const auth_types[] = { "basic", "bearer", "api-key", "oauth2", NULL };
static const char *const client_places[] = { "basic", "body", NULL };
static const char *const signing_schemes[] = { "standard-webhooks", "standard-webhooks-ed25519",
                                               NULL };

static const char *const proxy_logins[] = { "basic", "asked", NULL };
static const char *const cloudevents_modes[] = { "off", "binary", "structured", NULL };

#define SECRET(key, text)                                                                          \
  {                                                                                                \
    .name = key, .type = SETTING_OBJECT, .nested = &config_schema_secret, .help = text             \
  }

static const ConfigSetting auth_settings[] = {
  {
      .name = "Type",
      .type = SETTING_STRING,
      .flags = SETTING_REQUIRED,
      .choices = auth_types,
      .help = "How it says who it is.",
  },
  { .name = "User", .type = SETTING_STRING, .min = 1, .max = 255, .help = "Of basic: the user." },
  {
      .name = "Header",
      .type = SETTING_STRING,
      .default_json = "\"X-Api-Key\"",
      .min = 1,
      .max = 128,
      .help = "Of api-key: the header that has the key.",
  },
  SECRET ("Secret", "The password, token, key or client secret, by name."),
  {
      .name = "TokenUrl",
      .type = SETTING_STRING,
      .flags = SETTING_URL,
      .min = 1,
      .max = 4096,
      .help = "Of oauth2: where access tokens are given out.",
  },
  {
      .name = "ClientId",
      .type = SETTING_STRING,
      .min = 1,
      .max = 255,
      .help = "Of oauth2: the client.",
  },
  {
      .name = "ClientIn",
      .type = SETTING_STRING,
      .default_json = "\"basic\"",
      .choices = client_places,
      .help = "Of oauth2: whether client and secret go into the Authorization header or the body.",
  },
  { .name = "Scope",
    .type = SETTING_STRING,
    .min = 1,
    .max = 1024,
    .help = "Of oauth2: the scope." },
  {
      .name = "Parameters",
      .type = SETTING_STRING_MAP,
      .max = 20,
      .help = "Of oauth2: more that is said when a token is asked for, such as audience.",
  },
  { 0 },
};

static const ConfigSchema auth_schema = {
  .kind = "auth",
  .title = "Authentication",
  .settings = auth_settings,
};

static const ConfigSetting signature_settings[] = {
  {
      .name = "Scheme",
      .type = SETTING_STRING,
      .default_json = "\"standard-webhooks\"",
      .choices = signing_schemes,
      .help = "standard-webhooks signs with HMAC-SHA256, the other with ed25519.",
  },
  {
      .name = "Secrets",
      .type = SETTING_ARRAY,
      .flags = SETTING_REQUIRED | SETTING_NONEMPTY,
      .min = 1,
      .max = 10,
      .nested = &config_schema_secret,
      .help = "Names of secrets; a request is signed with each, so that they can be changed in "
              "turn.",
  },
  { 0 },
};

static const ConfigSchema signature_schema = {
  .kind = "signature",
  .title = "Signature",
  .settings = signature_settings,
};

static const ConfigSetting tls_settings[] = {
  {
      .name = "CaFile",
      .type = SETTING_STRING,
      .min = 1,
      .max = 4096,
      .help = "Certificates of authorities that are believed, in place of the system's.",
  },
  {
      .name = "CertificateFile",
      .type = SETTING_STRING,
      .min = 1,
      .max = 4096,
      .help = "The certificate to show, in PEM.",
  },
  SECRET ("Key", "The certificate's key, in PEM, as a secret."),
  { 0 },
};

static const ConfigSchema tls_schema = { .kind = "tls", .title = "TLS", .settings = tls_settings };

static const ConfigSetting proxy_settings[] = {
  {
      .name = "Url",
      .type = SETTING_STRING,
      .flags = SETTING_REQUIRED,
      .min = 1,
      .max = 4096,
      .help = "The proxy: http://, https://, socks5:// or socks5h:// with host and port.",
  },
  { .name = "User", .type = SETTING_STRING, .min = 1, .max = 255, .help = "The user." },
  SECRET ("Secret", "The password, by name."),
  {
      .name = "Login",
      .type = SETTING_STRING,
      .default_json = "\"basic\"",
      .choices = proxy_logins,
      .help = "How user and password are told: at once (basic), or as the proxy asks for them "
              "(asked), which takes one more round.",
  },
  { 0 },
};

static const ConfigSchema proxy_schema = {
  .kind = "proxy",
  .title = "Proxy",
  .settings = proxy_settings,
};

static const ConfigSetting settings_table[] = {
  {
      .name = "Url",
      .type = SETTING_STRING,
      .flags = SETTING_REQUIRED | SETTING_URL,
      .min = 1,
      .max = 4096,
      .help = "Where requests go: an absolute http or https URL.  Each * in its path stands for a "
              "value.",
  },
  {
      .name = "Method",
      .type = SETTING_STRING,
      .default_json = "\"POST\"",
      .choices = methods,
      .help = "The request's method.",
  },
  {
      .name = "Headers",
      .type = SETTING_STRING_MAP,
      .flags = SETTING_PRIVATE,
      .default_json = "{}",
      .min = 0,
      .max = 100,
      .help = "More header fields for every request, by name; <$.detail.id> stands for what the "
              "event has there.",
  },
  {
      .name = "Query",
      .type = SETTING_STRING_MAP,
      .default_json = "{}",
      .min = 0,
      .max = 100,
      .help = "More of the query, by name; values as those of Headers.",
  },
  {
      .name = "PathParameterValues",
      .type = SETTING_ARRAY,
      .default_json = "[]",
      .min = 0,
      .max = 20,
      .help = "What stands for each * of the Url, where the rule's target does not say it.",
  },
  {
      .name = "Auth",
      .type = SETTING_OBJECT,
      .nested = &auth_schema,
      .help = "How it says who it is.",
  },
  {
      .name = "Signature",
      .type = SETTING_OBJECT,
      .nested = &signature_schema,
      .help = "How requests are signed.",
  },
  {
      .name = "Tls",
      .type = SETTING_OBJECT,
      .nested = &tls_schema,
      .help = "Whom it believes, and what it shows.",
  },
  {
      .name = "Proxy",
      .type = SETTING_OBJECT,
      .nested = &proxy_schema,
      .help = "A proxy on the way; the environment's are not used.",
  },
  {
      .name = "CloudEvents",
      .type = SETTING_STRING,
      .default_json = "\"off\"",
      .choices = cloudevents_modes,
      .help = "Whether an event is sent as a CloudEvent: its attributes as headers (binary) or all "
              "of it as one JSON object (structured).",
  },
  {
      .name = "Trace",
      .type = SETTING_BOOLEAN,
      .default_json = "true",
      .help = "Whether requests carry a traceparent.",
  },
  {
      .name = "TimeoutSeconds",
      .type = SETTING_INTEGER,
      .default_json = "30",
      .min = 1,
      .max = 3600,
      .unit = "s",
      .help = "A request that is not answered completely within this time is tried again later.",
  },
  {
      .name = "ConnectTimeoutSeconds",
      .type = SETTING_INTEGER,
      .default_json = "10",
      .min = 1,
      .max = 300,
      .unit = "s",
      .help = "How much of that time connecting may take.",
  },
  {
      .name = "MaxResponseBytes",
      .type = SETTING_INTEGER,
      .default_json = "65536",
      .min = 1024,
      .max = 16777216,
      .unit = "bytes",
      .help = "Of a longer answer the rest is not read.",
  },
  {
      .name = "RetryOn",
      .type = SETTING_ARRAY,
      .default_json = RETRY_ON_DEFAULT,
      .min = 0,
      .max = 600,
      .help = "Which failures are tried again: connection, dns, tls, timeout, a status like 429 or "
              "many like 5xx.  All others become dead letters at once.",
  },
  GUARD_SETTING,
  { 0 },
};

/* ---- Checking ------------------------------------------------------------------------------ */

static gboolean
check_header (const char *name, const char *value, GError **error)
{
  g_autofree char *shown = g_strescape (name, NULL);

  if (!http_field_name_is_valid (name))
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                 "“%s” is not the name of a header field; use letters, digits and “-”", shown);
  else if (http_field_is_reserved (name))
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                 "“%s” is set by the router itself; leave it out", shown);
  else if (!http_field_value_is_valid (value))
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                 "The value of “%s” has a line break or another control character in it", shown);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_template (const char *text, GError **error)
{
  Template *template_ = template_new (text, error);

  if (template_ == NULL)
    return FALSE;
  template_free (template_);
  return TRUE;
}

/* RFC 6901: a name as part of a pointer. */
static char *
pointer_to (const char *key, const char *name)
{
  g_autoptr (GString) escaped = g_string_new (name);

  g_string_replace (escaped, "~", "~0", 0);
  g_string_replace (escaped, "/", "~1", 0);
  return g_strdup_printf ("/%s/%s", key, escaped->str);
}

static gboolean
check_map (JsonObject *settings,
           const char *key,
           gboolean are_headers,
           char **out_pointer,
           GError **error)
{
  JsonObject *map = config_settings_object (settings, key);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if ((are_headers && !check_header (name, json_node_get_string (node), error)) ||
        !check_template (json_node_get_string (node), error))
      {
        *out_pointer = pointer_to (key, name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_path_values (JsonObject *settings, char **out_pointer, GError **error)
{
  g_auto (GStrv) values = config_settings_strings (settings, "PathParameterValues");

  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    if (!check_template (values[i], error))
      {
        *out_pointer = g_strdup_printf ("/PathParameterValues/%u", i);
        return FALSE;
      }
  return TRUE;
}

static const char *
secret_of (JsonObject *object, const char *key)
{
  return config_settings_string (config_settings_object (object, key), "Secret");
}

static gboolean
check_secret (const char *name, const char *pointer, char **out_pointer, GError **error)
{
  if (name == NULL || secret_name_is_valid (name))
    return TRUE;
  *out_pointer = g_strdup (pointer);
  g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                       "This is no name of a secret; use letters, digits, “.”, “-” and “_”");
  return FALSE;
}

/* What a type of authentication cannot do without, or NULL. */
static const char *
missing_for_auth (JsonObject *auth)
{
  const char *type = config_settings_string (auth, "Type");

  if (secret_of (auth, "Secret") == NULL)
    return "Secret";
  if (strcmp (type, "basic") == 0 && config_settings_string (auth, "User") == NULL)
    return "User";
  if (strcmp (type, "oauth2") != 0)
    return NULL;
  if (config_settings_string (auth, "TokenUrl") == NULL)
    return "TokenUrl";
  return config_settings_string (auth, "ClientId") == NULL ? "ClientId" : NULL;
}

static gboolean
check_auth (JsonObject *settings, char **out_pointer, GError **error)
{
  JsonObject *auth = config_settings_object (settings, "Auth");
  const char *missing = auth != NULL ? missing_for_auth (auth) : NULL;
  const char *header = config_settings_string (auth, "Header");

  if (auth == NULL)
    return TRUE;
  if (missing != NULL)
    {
      *out_pointer = g_strdup ("/Auth");
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "“%s” is missing for “%s”", missing,
                   config_settings_string (auth, "Type"));
      return FALSE;
    }
  if (!check_header (header, "", error))
    {
      *out_pointer = g_strdup ("/Auth/Header");
      return FALSE;
    }
  return check_secret (secret_of (auth, "Secret"), "/Auth/Secret/Secret", out_pointer, error);
}

/* curl_url_set() knows only schemes that libcurl has transfers for. */
static gboolean
proxy_scheme_is_known (const char *scheme)
{
  static const char *const known[] = { "http", "https", "socks5", "socks5h", NULL };

  return scheme != NULL && g_strv_contains (known, scheme);
}

/* What the address of a proxy lacks or has too much, or NULL. */
static const char *
wrong_with_proxy (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD, NULL);

  if (uri == NULL || !proxy_scheme_is_known (g_uri_get_scheme (uri)) ||
      g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return "is no address of a proxy; expected one like “http://proxy.example.org:3128”";
  if (g_uri_get_userinfo (uri) != NULL)
    return "has a user in it; name it in User, and the password's secret in Secret";
  if (strlen (g_uri_get_path (uri)) > 1 || g_uri_get_query (uri) != NULL ||
      g_uri_get_fragment (uri) != NULL)
    return "has more than scheme, host and port";
  return NULL;
}

static gboolean
check_proxy (JsonObject *settings, char **out_pointer, GError **error)
{
  JsonObject *proxy = config_settings_object (settings, "Proxy");
  const char *url = config_settings_string (proxy, "Url");
  const char *wrong = url != NULL ? wrong_with_proxy (url) : NULL;

  if (wrong != NULL)
    {
      *out_pointer = g_strdup ("/Proxy/Url");
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "This %s", wrong);
      return FALSE;
    }
  return check_secret (secret_of (proxy, "Secret"), "/Proxy/Secret/Secret", out_pointer, error);
}

static gboolean
check_tls (JsonObject *settings, char **out_pointer, GError **error)
{
  JsonObject *tls = config_settings_object (settings, "Tls");
  gboolean has_certificate = config_settings_string (tls, "CertificateFile") != NULL;

  if (has_certificate != (secret_of (tls, "Key") != NULL))
    {
      *out_pointer = g_strdup ("/Tls");
      g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                           "CertificateFile and Key belong together: give both or none");
      return FALSE;
    }
  return check_secret (secret_of (tls, "Key"), "/Tls/Key/Secret", out_pointer, error);
}

static gboolean
check_signature (JsonObject *settings, char **out_pointer, GError **error)
{
  JsonArray *secrets = config_settings_array (config_settings_object (settings, "Signature"),
                                              "Secrets");

  for (guint i = 0; secrets != NULL && i < json_array_get_length (secrets); i++)
    {
      g_autofree char *pointer = g_strdup_printf ("/Signature/Secrets/%u/Secret", i);

      if (!check_secret (
              config_settings_string (json_array_get_object_element (secrets, i), "Secret"),
              pointer, out_pointer, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_url (JsonObject *settings, char **out_pointer, GError **error)
{
  WebhookAddress *address = webhook_address_new (config_settings_string (settings, "Url"), error);

  if (address == NULL)
    {
      *out_pointer = g_strdup ("/Url");
      return FALSE;
    }
  webhook_address_free (address);
  return TRUE;
}

static CloudEventMode
cloudevents_by_name (const char *name)
{
  if (g_strcmp0 (name, "binary") == 0)
    return CLOUDEVENT_BINARY;
  return g_strcmp0 (name, "structured") == 0 ? CLOUDEVENT_STRUCTURED : CLOUDEVENT_OFF;
}

/* A CloudEvent's type says how it is to be read. */
static gboolean
check_cloudevents (JsonObject *settings, char **out_pointer, GError **error)
{
  JsonObject *headers = config_settings_object (settings, "Headers");
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (cloudevents_by_name (config_settings_string (settings, "CloudEvents")) == CLOUDEVENT_OFF)
    return TRUE;
  json_object_iter_init_ordered (&iter, headers);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (g_ascii_strcasecmp (name, "Content-Type") == 0 || g_ascii_strncasecmp (name, "ce-", 3) == 0)
      {
        g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                     "“%s” belongs to the CloudEvent and is set by the router; leave it out", name);
        *out_pointer = pointer_to ("Headers", name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_settings (JsonObject *settings, char **out_pointer, GError **error)
{
  RetryOn retry_on;

  if (!retry_on_parse (json_object_get_array_member (settings, "RetryOn"), &retry_on, error))
    {
      *out_pointer = g_strdup ("/RetryOn");
      return FALSE;
    }
  return check_url (settings, out_pointer, error) &&
         check_map (settings, "Headers", TRUE, out_pointer, error) &&
         check_map (settings, "Query", FALSE, out_pointer, error) &&
         check_path_values (settings, out_pointer, error) &&
         check_auth (settings, out_pointer, error) &&
         check_signature (settings, out_pointer, error) &&
         check_cloudevents (settings, out_pointer, error) &&
         check_tls (settings, out_pointer, error) && check_proxy (settings, out_pointer, error) &&
         guard_check (settings, out_pointer, error);
}

const ConfigSchema connector_schema_webhook = {
  .kind = "webhook",
  .title = "Webhook connector",
  .settings = settings_table,
  .check = check_settings,
};

/* ---- Reading ------------------------------------------------------------------------------- */

static void
field_free (gpointer data)
{
  WebhookField *field = data;

  g_free (field->name);
  template_free (field->value);
  g_free (field);
}

static GPtrArray *
read_fields (JsonObject *settings, const char *key)
{
  GPtrArray *fields = g_ptr_array_new_with_free_func (field_free);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, config_settings_object (settings, key));
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *text = g_strstrip (g_strdup (json_node_get_string (node)));
      WebhookField *field = g_new0 (WebhookField, 1);

      field->name = g_strdup (name);
      field->value = template_new (text, NULL);
      g_ptr_array_add (fields, field);
    }
  return fields;
}

static gboolean
has_field (GPtrArray *fields, const char *name)
{
  for (guint i = 0; i < fields->len; i++)
    if (g_ascii_strcasecmp (((const WebhookField *) fields->pdata[i])->name, name) == 0)
      return TRUE;
  return FALSE;
}

static WebhookAuthKind
auth_kind (const char *type)
{
  for (guint i = 0; type != NULL && auth_types[i] != NULL; i++)
    if (strcmp (type, auth_types[i]) == 0)
      return WEBHOOK_AUTH_BASIC + i;
  return WEBHOOK_AUTH_NONE;
}

static char **
read_parameters (JsonObject *auth)
{
  JsonObject *map = config_settings_object (auth, "Parameters");
  g_autoptr (GStrvBuilder) pairs = g_strv_builder_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (map != NULL)
    json_object_iter_init_ordered (&iter, map);
  while (map != NULL && json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_strv_builder_add (pairs, name);
      g_strv_builder_add (pairs, json_node_get_string (node));
    }
  return g_strv_builder_end (pairs);
}

static void
read_auth (WebhookAuth *out, JsonObject *auth)
{
  out->kind = auth_kind (config_settings_string (auth, "Type"));
  out->user = g_strdup (config_settings_string (auth, "User"));
  out->header = g_strdup (config_settings_string (auth, "Header"));
  out->secret = g_strdup (secret_of (auth, "Secret"));
  out->token_url = g_strdup (config_settings_string (auth, "TokenUrl"));
  out->client_id = g_strdup (config_settings_string (auth, "ClientId"));
  out->scope = g_strdup (config_settings_string (auth, "Scope"));
  out->client_in_body = g_strcmp0 (config_settings_string (auth, "ClientIn"), "body") == 0;
  out->parameters = read_parameters (auth);
}

static void
read_signature (WebhookSettings *self, JsonObject *signature)
{
  JsonArray *secrets = config_settings_array (signature, "Secrets");
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; secrets != NULL && i < json_array_get_length (secrets); i++)
    g_strv_builder_add (
        names, config_settings_string (json_array_get_object_element (secrets, i), "Secret"));
  self->signing_secrets = g_strv_builder_end (names);
  if (signature != NULL)
    self->signing = g_str_equal (config_settings_string (signature, "Scheme"), signing_schemes[1])
                        ? WEBHOOK_SIGNED_ED25519
                        : WEBHOOK_SIGNED_HMAC;
}

static char *
file_path (JsonObject *object, const char *key, const char *state_dir)
{
  const char *path = config_settings_string (object, key);

  return path != NULL ? g_canonicalize_filename (path, state_dir) : NULL;
}

static void
read_peer (WebhookSettings *self, JsonObject *settings, const char *state_dir)
{
  JsonObject *tls = config_settings_object (settings, "Tls");
  JsonObject *proxy = config_settings_object (settings, "Proxy");

  self->ca_file = file_path (tls, "CaFile", state_dir);
  self->certificate_file = file_path (tls, "CertificateFile", state_dir);
  self->key_secret = g_strdup (secret_of (tls, "Key"));
  self->proxy = g_strdup (config_settings_string (proxy, "Url"));
  self->proxy_user = g_strdup (config_settings_string (proxy, "User"));
  self->proxy_secret = g_strdup (secret_of (proxy, "Secret"));
  self->proxy_asks = g_strcmp0 (config_settings_string (proxy, "Login"), proxy_logins[1]) == 0;
}

static GPtrArray *
read_path_values (JsonObject *settings)
{
  g_auto (GStrv) values = config_settings_strings (settings, "PathParameterValues");
  GPtrArray *templates = g_ptr_array_new_with_free_func ((GDestroyNotify) template_free);

  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    g_ptr_array_add (templates, template_new (values[i], NULL));
  return templates;
}

WebhookSettings *
webhook_settings_new (JsonObject *settings, const char *state_dir)
{
  WebhookSettings *self = g_new0 (WebhookSettings, 1);

  self->url = g_strdup (config_settings_string (settings, "Url"));
  self->address = webhook_address_new (self->url, NULL);
  self->method = g_strdup (config_settings_string (settings, "Method"));
  self->timeout_ms = (long) config_settings_integer (settings, "TimeoutSeconds") * 1000;
  self->connect_timeout_ms = (long) config_settings_integer (settings, "ConnectTimeoutSeconds") *
                             1000;
  self->max_response_bytes = (gsize) config_settings_integer (settings, "MaxResponseBytes");
  self->cloudevents = cloudevents_by_name (config_settings_string (settings, "CloudEvents"));
  self->sends_trace = config_settings_boolean (settings, "Trace");
  retry_on_parse (config_settings_array (settings, "RetryOn"), &self->retry_on, NULL);
  self->headers = read_fields (settings, "Headers");
  self->has_content_type = has_field (self->headers, "Content-Type");
  self->has_user_agent = has_field (self->headers, "User-Agent");
  self->query = read_fields (settings, "Query");
  self->path_values = read_path_values (settings);
  self->egress = guard_egress_new (settings);
  read_auth (&self->auth, config_settings_object (settings, "Auth"));
  read_signature (self, config_settings_object (settings, "Signature"));
  read_peer (self, settings, state_dir);
  return self;
}

static void
auth_clear (WebhookAuth *auth)
{
  g_free (auth->user);
  g_free (auth->header);
  g_free (auth->secret);
  g_free (auth->token_url);
  g_free (auth->client_id);
  g_free (auth->scope);
  g_strfreev (auth->parameters);
}

void
webhook_settings_free (WebhookSettings *settings)
{
  g_free (settings->url);
  webhook_address_free (settings->address);
  g_free (settings->method);
  g_ptr_array_unref (settings->headers);
  g_ptr_array_unref (settings->query);
  g_ptr_array_unref (settings->path_values);
  auth_clear (&settings->auth);
  g_strfreev (settings->signing_secrets);
  g_free (settings->ca_file);
  g_free (settings->certificate_file);
  g_free (settings->key_secret);
  g_free (settings->proxy);
  g_free (settings->proxy_user);
  g_free (settings->proxy_secret);
  egress_free (settings->egress);
  g_free (settings);
}
