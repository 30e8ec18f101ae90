/* gate.c: methods, content types, addresses, rate, credentials and signature of a source. */
#include "config/gate.h"

#include "config/settings.h"
#include "config/signature.h"

#include "base/secret.h"

#include <string.h>

/* ---- Checking ---- */

void
config_addresses_check (ConfigReport *report, JsonObject *settings, const char *name)
{
  g_auto (GStrv) addresses = config_settings_strings (settings, name);
  gsize mark = config_report_enter (report, name);

  for (guint i = 0; addresses && addresses[i]; i++)
    {
      gsize element = config_report_enter_index (report, i);
      g_autoptr (GError) error = NULL;
      g_autoptr (GInetAddressMask) mask = g_inet_address_mask_new_from_string (addresses[i],
                                                                               &error);

      if (!mask)
        config_report_value (report, "Write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32.", "%s",
                             error->message);
      config_report_leave (report, element);
    }
  config_report_leave (report, mark);
}

static void
check_secrets (ConfigReport *report, JsonObject *object, gboolean must_be_there)
{
  JsonArray *array = config_settings_array (object, "Secrets");
  gsize mark = config_report_enter (report, "Secrets");
  guint n = array ? json_array_get_length (array) : 0;

  if (n == 0 && must_be_there)
    config_report_value (report,
                         "Write [{\"Secret\": \"name\"}], and put the secret where the "
                         "manual says.",
                         "no secret is named");
  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      const char *name = JSON_NODE_HOLDS_OBJECT (node)
                             ? config_settings_string (json_node_get_object (node), "Secret")
                             : NULL;
      gsize element = config_report_enter_index (report, i);

      if (name && !secret_name_is_valid (name))
        config_report_value (report, "Use letters, digits, “.”, “-” and “_”.",
                             "this is no name of a secret");
      config_report_leave (report, element);
    }
  config_report_leave (report, mark);
}

static void
check_signature (ConfigReport *report, const ConfigNames *names, JsonObject *settings)
{
  JsonObject *signature = config_settings_object (settings, "Signature");
  const char *scheme = config_settings_string (signature, "Scheme");
  g_autoptr (ConfigSignature) found = NULL;
  gsize mark = config_report_enter (report, "Signature");
  gsize inner;

  if (!signature)
    {
      config_report_leave (report, mark);
      return;
    }
  check_secrets (report, signature, TRUE);
  inner = config_report_enter (report, "Scheme");
  if (!scheme)
    config_report_value (report, "Name a preset, as in “github”, or a file of signature/.",
                         "“Scheme” is missing");
  else if (!config_signature_exists (names, scheme))
    config_report_value (report, "Presets are described in signalbox.source(5).",
                         "no signature “%.64s”: neither a preset nor signature/%.64s.json", scheme,
                         scheme);
  else if ((found = config_signature_find (names, scheme)) && strstr (found->base, "{url}") &&
           !config_settings_string (signature, "PublicUrl"))
    config_report_value (report, "Set PublicUrl to the URL that the sender was given.",
                         "this signature covers the URL");
  config_report_leave (report, inner);
  config_report_leave (report, mark);
}

static void
check_auth (ConfigReport *report, JsonObject *settings)
{
  JsonObject *auth = config_settings_object (settings, "Auth");
  const char *type = config_settings_string (auth, "Type");
  gsize mark = config_report_enter (report, "Auth");

  if (auth)
    check_secrets (report, auth, TRUE);
  if (g_strcmp0 (type, "basic") == 0 && !config_settings_string (auth, "User"))
    config_report_value (report, "Set User.", "basic authentication needs a user");
  config_report_leave (report, mark);
}

static gboolean
is_path (const char *path)
{
  for (const char *at = path; *at; at++)
    if (!g_ascii_isalnum (*at) && !strchr ("-_.~", *at))
      return FALSE;
  return strcmp (path, ".") != 0 && strcmp (path, "..") != 0;
}

static void
check_path (ConfigReport *report, JsonObject *settings)
{
  const char *path = config_settings_string (settings, "Path");
  gsize mark = config_report_enter (report, "Path");

  if (path && !is_path (path))
    config_report_value (report, "Use letters, digits, “-”, “_”, “.” and “~”.",
                         "“%.64s” is no segment of a path", path);
  config_report_leave (report, mark);
}

static gboolean
is_header (const char *name, const char *value)
{
  static const char *const reserved[] = { "connection", "content-length", "content-type",
                                          "transfer-encoding", "date" };

  for (guint i = 0; i < G_N_ELEMENTS (reserved); i++)
    if (g_ascii_strcasecmp (name, reserved[i]) == 0)
      return FALSE;
  for (const char *at = name; *at; at++)
    if (!g_ascii_isalnum (*at) && !strchr ("-_", *at))
      return FALSE;
  for (const char *at = value; *at; at++)
    if ((guchar) *at < ' ' || *at == '\x7f')
      return FALSE;
  return *name != '\0';
}

static void
check_answer (ConfigReport *report, JsonObject *settings)
{
  JsonObject *headers = config_settings_object (config_settings_object (settings, "Answer"),
                                                "Headers");
  gsize mark = config_report_enter (report, "Answer");
  g_autoptr (GList) names = headers ? json_object_get_members (headers) : NULL;

  config_report_enter (report, "Headers");
  for (GList *link = names; link; link = link->next)
    {
      const char *value = config_settings_string (headers, link->data);

      if (value && !is_header (link->data, value))
        config_report_value (report,
                             "Content-Type is a setting of its own; lengths and the like "
                             "are the router's.",
                             "“%.64s” is no header that can be set", (const char *) link->data);
    }
  config_report_leave (report, mark);
}

static void
check_handshakes (ConfigReport *report, JsonObject *settings)
{
  static const char *const known[] = { "slack", "cloudevents", "sns", NULL };
  g_auto (GStrv) names = config_settings_strings (settings, "Handshakes");
  gsize mark = config_report_enter (report, "Handshakes");

  for (guint i = 0; names && names[i]; i++)
    {
      gsize element = config_report_enter_index (report, i);

      if (!g_strv_contains (known, names[i]))
        config_report_value (report, "Write slack, cloudevents or sns.",
                             "there is no handshake “%.64s”", names[i]);
      config_report_leave (report, element);
    }
  config_report_leave (report, mark);
}

/* arn:partition:sns:region:account:name */
static gboolean
is_topic (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);
  guint n = g_strv_length (parts);

  if (n != 6 || strcmp (parts[0], "arn") != 0 || strcmp (parts[2], "sns") != 0)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (*parts[i] == '\0' || strpbrk (parts[i], "*/ "))
      return FALSE;
  return TRUE;
}

static void
check_sns (ConfigReport *report, JsonObject *settings)
{
  JsonObject *sns = config_settings_object (settings, "Sns");
  g_auto (GStrv) handshakes = config_settings_strings (settings, "Handshakes");
  g_auto (GStrv) topics = config_settings_strings (sns, "Topics");
  gsize mark = config_report_enter (report, "Sns");

  if (sns && !(handshakes && g_strv_contains ((const char *const *) handshakes, "sns")))
    config_report_value (report, "Add “sns” to Handshakes, or begin from the preset sns.",
                         "the source does not have the handshake “sns”");
  config_report_enter (report, "Topics");
  for (guint i = 0; topics && topics[i]; i++)
    {
      gsize element = config_report_enter_index (report, i);

      if (!is_topic (topics[i]))
        config_report_value (report, "Write arn:aws:sns:eu-central-1:123456789012:orders.",
                             "“%.256s” is no topic", topics[i]);
      config_report_leave (report, element);
    }
  config_report_leave (report, mark);
}

void
config_gate_check (ConfigReport *report, const ConfigNames *names, JsonObject *settings)
{
  check_path (report, settings);
  config_addresses_check (report, settings, "AllowAddresses");
  check_auth (report, settings);
  check_signature (report, names, settings);
  check_answer (report, settings);
  check_handshakes (report, settings);
  check_sns (report, settings);
}

/* ---- Reading ---- */

static char **
read_secrets (JsonObject *object)
{
  JsonArray *array = config_settings_array (object, "Secrets");
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; array && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_OBJECT (node) &&
          config_settings_string (json_node_get_object (node), "Secret"))
        g_strv_builder_add (names, config_settings_string (json_node_get_object (node), "Secret"));
    }
  return g_strv_builder_end (names);
}

static ConfigAuthKind
auth_kind (const char *type)
{
  if (g_strcmp0 (type, "basic") == 0)
    return CONFIG_AUTH_BASIC;
  if (g_strcmp0 (type, "bearer") == 0)
    return CONFIG_AUTH_BEARER;
  return type ? CONFIG_AUTH_KEY : CONFIG_AUTH_NONE;
}

GPtrArray *
config_addresses_read (JsonObject *settings, const char *name)
{
  g_auto (GStrv) addresses = config_settings_strings (settings, name);
  GPtrArray *masks;

  if (!addresses)
    return NULL;
  masks = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; addresses[i]; i++)
    {
      GInetAddressMask *mask = g_inet_address_mask_new_from_string (addresses[i], NULL);

      if (mask)
        g_ptr_array_add (masks, mask);
    }
  return masks;
}

static void
read_signature (ConfigGate *gate, const ConfigNames *names, JsonObject *settings)
{
  JsonObject *object = config_settings_object (settings, "Signature");
  const char *scheme = config_settings_string (object, "Scheme");

  if (!scheme)
    return;
  gate->signature = config_signature_find (names, scheme);
  gate->signature_secrets = read_secrets (object);
  gate->public_url = g_strdup (config_settings_string (object, "PublicUrl"));
  if (!gate->signature)
    return;
  if (config_settings_string (object, "Header"))
    {
      g_free (gate->signature->header);
      gate->signature->header = g_strdup (config_settings_string (object, "Header"));
    }
  if (config_settings_integer (object, "ToleranceSeconds") > 0)
    gate->signature->tolerance_s = config_settings_integer (object, "ToleranceSeconds");
}

ConfigGate *
config_gate_new (const ConfigNames *names, JsonObject *settings)
{
  ConfigGate *gate = g_new0 (ConfigGate, 1);
  JsonObject *auth = config_settings_object (settings, "Auth");
  JsonObject *rate = config_settings_object (settings, "Rate");
  JsonObject *sns = config_settings_object (settings, "Sns");

  gate->methods = config_settings_strings (settings, "Methods");
  gate->content_types = config_settings_strings (settings, "ContentTypes");
  gate->form_field = g_strdup (config_settings_string (settings, "FormField"));
  gate->handshakes = config_settings_strings (settings, "Handshakes");
  gate->sns_topics = config_settings_strings (sns, "Topics");
  gate->sns_endpoint = g_strdup (config_settings_string (sns, "Endpoint"));
  gate->body_bytes = (gsize) config_settings_integer (settings, "BodyBytes");
  gate->addresses = config_addresses_read (settings, "AllowAddresses");
  gate->rate_per_s = config_settings_number (rate, "PerSecond");
  gate->rate_burst = (guint) config_settings_integer (rate, "Burst");
  gate->auth = auth_kind (config_settings_string (auth, "Type"));
  gate->auth_user = g_strdup (config_settings_string (auth, "User"));
  gate->auth_header = g_strdup (config_settings_string (auth, "Header"));
  gate->auth_secrets = read_secrets (auth);
  read_signature (gate, names, settings);
  if (gate->methods || gate->content_types || gate->handshakes || gate->body_bytes > 0 ||
      gate->addresses || gate->rate_per_s > 0 || gate->auth != CONFIG_AUTH_NONE ||
      gate->signature || config_settings_object (settings, "Signature"))
    return gate;
  config_gate_free (gate);
  return NULL;
}

void
config_gate_free (ConfigGate *gate)
{
  if (!gate)
    return;
  g_strfreev (gate->methods);
  g_strfreev (gate->content_types);
  g_strfreev (gate->handshakes);
  g_strfreev (gate->sns_topics);
  g_free (gate->sns_endpoint);
  g_free (gate->form_field);
  g_clear_pointer (&gate->addresses, g_ptr_array_unref);
  g_free (gate->auth_user);
  g_free (gate->auth_header);
  g_strfreev (gate->auth_secrets);
  config_signature_free (gate->signature);
  g_strfreev (gate->signature_secrets);
  g_free (gate->public_url);
  g_free (gate);
}

ConfigAnswer *
config_answer_new (JsonObject *settings)
{
  JsonObject *object = config_settings_object (settings, "Answer");
  JsonObject *headers = config_settings_object (object, "Headers");
  g_autoptr (GStrvBuilder) pairs = g_strv_builder_new ();
  g_autoptr (GList) names = headers ? json_object_get_members (headers) : NULL;
  ConfigAnswer *answer;

  if (!object)
    return NULL;
  answer = g_new0 (ConfigAnswer, 1);
  answer->status = (guint) config_settings_integer (object, "Status");
  answer->content_type = g_strdup (config_settings_string (object, "ContentType"));
  answer->body = g_strdup (config_settings_string (object, "Body"));
  for (GList *link = names; link; link = link->next)
    {
      const char *value = config_settings_string (headers, link->data);

      if (!value)
        continue;
      g_strv_builder_add (pairs, link->data);
      g_strv_builder_add (pairs, value);
    }
  answer->headers = g_strv_builder_end (pairs);
  return answer;
}

void
config_answer_free (ConfigAnswer *answer)
{
  if (!answer)
    return;
  g_free (answer->content_type);
  g_free (answer->body);
  g_strfreev (answer->headers);
  g_free (answer);
}
