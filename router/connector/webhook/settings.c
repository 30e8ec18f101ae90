/* The webhook's settings table, and what the table alone cannot check.  Pure; any thread. */
#include "connector/webhook/settings.h"

#include "base/error.h"
#include "connector/webhook/webhook.h"

#include <curl/curl.h>
#include <string.h>

static const char *const methods[] = { "POST", "PUT", "PATCH", NULL };

static const ConfigSetting settings_table[] = {
  {
      .name = "Url",
      .type = SETTING_STRING,
      .flags = SETTING_REQUIRED | SETTING_URL,
      .min = 1,
      .max = 4096,
      .help = "Where requests go: an absolute http or https URL.",
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
      .help = "More header fields for every request, by name.",
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
  { 0 },
};

/* ---- Headers ------------------------------------------------------------------------------- */

/* These frame or direct the message, or are the router's own. */
static gboolean
is_reserved (const char *name)
{
  static const char *const reserved[] = {
    "Connection", "Content-Length",    "Expect",  "Host", "Keep-Alive", "TE",
    "Trailer",    "Transfer-Encoding", "Upgrade",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (reserved); i++)
    if (g_ascii_strcasecmp (name, reserved[i]) == 0)
      return TRUE;
  return g_ascii_strncasecmp (name, "Signalbox-", 10) == 0 ||
         g_ascii_strncasecmp (name, "Proxy-", 6) == 0;
}

/* RFC 9110, 5.6.2: a token. */
static gboolean
is_token (const char *name)
{
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("!#$%&'*+-.^_`|~", *p) == NULL)
      return FALSE;
  return *name != '\0';
}

static gboolean
has_control (const char *value)
{
  for (const char *p = value; *p != '\0'; p++)
    if (((guchar) *p < 0x20 && *p != '\t') || *p == 0x7f)
      return TRUE;
  return FALSE;
}

static gboolean
check_header (const char *name, const char *value, GError **error)
{
  g_autofree char *shown = g_strescape (name, NULL);

  if (!is_token (name))
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                 "“%s” is not the name of a header field; use letters, digits and “-”", shown);
  else if (is_reserved (name))
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                 "“%s” is set by the router itself; leave it out", shown);
  else if (has_control (value))
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                 "The value of “%s” has a line break or another control character in it", shown);
  else
    return TRUE;
  return FALSE;
}

/* libcurl takes "Name:" as the wish to leave a field out, "Name;" as one without a value. */
static char *
header_line (const char *name, const char *value)
{
  g_autofree char *stripped = g_strstrip (g_strdup (value));

  return *stripped != '\0' ? g_strdup_printf ("%s: %s", name, stripped)
                           : g_strconcat (name, ";", NULL);
}

/* RFC 6901: a name as part of a pointer. */
static char *
pointer_to_header (const char *name)
{
  g_autoptr (GString) escaped = g_string_new (name);

  g_string_replace (escaped, "~", "~0", 0);
  g_string_replace (escaped, "/", "~1", 0);
  return g_strconcat ("/Headers/", escaped->str, NULL);
}

static gboolean
check_headers (JsonObject *headers, char **out_pointer, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, headers);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (!check_header (name, json_node_get_string (node), error))
      {
        *out_pointer = pointer_to_header (name);
        return FALSE;
      }
  return TRUE;
}

static void
read_headers (WebhookSettings *self, JsonObject *headers)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, headers);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *line = header_line (name, json_node_get_string (node));

      self->has_content_type |= g_ascii_strcasecmp (name, "Content-Type") == 0;
      self->has_user_agent |= g_ascii_strcasecmp (name, "User-Agent") == 0;
      g_strv_builder_add (lines, line);
    }
  self->headers = g_strv_builder_end (lines);
}

/* ---- The URL ------------------------------------------------------------------------------- */

static gboolean
check_url (const char *url, GError **error)
{
  CURLU *parts = curl_url ();
  char *scheme = NULL;
  CURLUcode result = curl_url_set (parts, CURLUPART_URL, url, 0);
  gboolean usable;

  if (result == CURLUE_OK)
    result = curl_url_get (parts, CURLUPART_SCHEME, &scheme, 0);
  usable = result == CURLUE_OK && (strcmp (scheme, "http") == 0 || strcmp (scheme, "https") == 0);
  if (!usable)
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                 "Not an http or https URL: %s; expected one like “https://example.org/hook”",
                 result != CURLUE_OK ? curl_url_strerror (result) : scheme);
  curl_free (scheme);
  curl_url_cleanup (parts);
  return usable;
}

char *
webhook_settings_public_url (const char *url)
{
  static const CURLUPart secret[] = { CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
                                      CURLUPART_QUERY, CURLUPART_FRAGMENT };
  CURLU *parts = curl_url ();
  char *text = NULL;
  char *copy;

  if (curl_url_set (parts, CURLUPART_URL, url, 0) == CURLUE_OK)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (secret); i++)
        curl_url_set (parts, secret[i], NULL, 0);
      curl_url_get (parts, CURLUPART_URL, &text, 0);
    }
  copy = g_strdup (text != NULL ? text : "a URL that cannot be read");
  curl_free (text);
  curl_url_cleanup (parts);
  return copy;
}

/* ---- All of them --------------------------------------------------------------------------- */

static gboolean
check_settings (JsonObject *settings, char **out_pointer, GError **error)
{
  RetryOn retry_on;

  if (!retry_on_parse (json_object_get_array_member (settings, "RetryOn"), &retry_on, error))
    {
      *out_pointer = g_strdup ("/RetryOn");
      return FALSE;
    }
  if (!check_url (json_object_get_string_member (settings, "Url"), error))
    {
      *out_pointer = g_strdup ("/Url");
      return FALSE;
    }
  return check_headers (json_object_get_object_member (settings, "Headers"), out_pointer, error);
}

const ConfigSchema connector_schema_webhook = {
  .kind = "webhook",
  .title = "Webhook connector",
  .settings = settings_table,
  .check = check_settings,
};

void
webhook_settings_free (WebhookSettings *settings)
{
  g_free (settings->url);
  g_free (settings->method);
  g_strfreev (settings->headers);
  g_free (settings);
}

WebhookSettings *
webhook_settings_new (JsonObject *settings)
{
  WebhookSettings *self = g_new0 (WebhookSettings, 1);

  self->url = g_strdup (json_object_get_string_member (settings, "Url"));
  self->method = g_strdup (json_object_get_string_member (settings, "Method"));
  self->timeout_ms = (long) json_object_get_int_member (settings, "TimeoutSeconds") * 1000;
  self->connect_timeout_ms = (long) json_object_get_int_member (settings, "ConnectTimeoutSeconds") *
                             1000;
  self->max_response_bytes = (gsize) json_object_get_int_member (settings, "MaxResponseBytes");
  retry_on_parse (json_object_get_array_member (settings, "RetryOn"), &self->retry_on, NULL);
  read_headers (self, json_object_get_object_member (settings, "Headers"));
  return self;
}
