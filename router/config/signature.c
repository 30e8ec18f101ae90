/* signature.c: how a sender signs, as a description that one engine follows. */
#include "config/signature.h"

#include "config/check.h"
#include "config/preset.h"
#include "config/settings.h"

#include <string.h>

static gboolean
is_placeholder (const char *at, gsize length)
{
  static const char *const known[] = { "body", "id", "timestamp", "url", "form", NULL };

  for (guint i = 0; known[i]; i++)
    if (strlen (known[i]) == length && strncmp (at, known[i], length) == 0)
      return TRUE;
  return FALSE;
}

static void
check_base (ConfigReport *report, JsonObject *object, const char *base)
{
  gsize mark = config_report_enter (report, "Base");
  gboolean has_timestamp = config_settings_string (object, "TimestampHeader") ||
                           config_settings_string (object, "TimestampTag");

  for (const char *at = base; (at = strchr (at, '{')) != NULL; at++)
    {
      const char *end = strchr (at, '}');

      if (!end || !is_placeholder (at + 1, (gsize) (end - at - 1)))
        config_report_value (report, "Known are {body}, {id}, {timestamp}, {url} and {form}.",
                             "“%.20s” is no value of a request", at);
    }
  if (strstr (base, "{timestamp}") && !has_timestamp)
    config_report_value (report, "Set TimestampHeader or TimestampTag.",
                         "{timestamp} comes from nowhere");
  if (strstr (base, "{id}") && !config_settings_string (object, "IdHeader"))
    config_report_value (report, "Set IdHeader.", "{id} comes from nowhere");
  /* What is not signed can be exchanged. */
  if (!strstr (base, "{body}") && !(strstr (base, "{url}") && strstr (base, "{form}")))
    config_report_value (report, "Put {body} into it.", "the body would not be signed");
  config_report_leave (report, mark);
}

void
config_signature_check (ConfigReport *report, const ConfigNames *names)
{
  JsonObject *object = json_node_get_object (report->file->root);
  g_autoptr (JsonObject) settings = config_settings_complete (object, &config_schema_signature);
  gboolean is_token;

  config_check_object (report, names, object, &config_schema_signature, NULL);
  if (report->n_problems > 0)
    return;
  is_token = g_strcmp0 (config_settings_string (settings, "Digest"), "token") == 0;
  if (is_token != (g_strcmp0 (config_settings_string (settings, "Encoding"), "plain") == 0))
    {
      gsize mark = config_report_enter (report, "Encoding");

      config_report_value (report, "Only a token is written plainly, and always is.",
                           "Digest and Encoding do not fit");
      config_report_leave (report, mark);
    }
  if (!is_token)
    check_base (report, object, config_settings_string (settings, "Base"));
}

/* Which of the setting's choices it is; they stand in the order of the enumerations. */
static guint
choice_of (JsonObject *settings, const char *name)
{
  const char *const *choices = config_schema_find (&config_schema_signature, name)->choices;
  const char *choice = config_settings_string (settings, name);
  guint i = 0;

  while (choices[i + 1] && g_strcmp0 (choices[i], choice) != 0)
    i++;
  return i;
}

ConfigSignature *
config_signature_new (JsonObject *object)
{
  static const SigningKind kinds[] = { SIGNING_HMAC_SHA1, SIGNING_HMAC_SHA256, SIGNING_HMAC_SHA512,
                                       SIGNING_ED25519, SIGNING_HMAC_SHA256 };
  g_autoptr (JsonObject) settings = config_settings_complete (object, &config_schema_signature);
  ConfigSignature *signature = g_new0 (ConfigSignature, 1);
  const char *digest = config_settings_string (settings, "Digest");

  signature->header = g_strdup (config_settings_string (settings, "Header"));
  signature->separator = g_strdup (config_settings_string (settings, "Separator"));
  signature->tags = config_settings_strings (settings, "Tags");
  signature->encoding = (ConfigEncoding) choice_of (settings, "Encoding");
  signature->is_token = g_strcmp0 (digest, "token") == 0;
  signature->kind = kinds[choice_of (settings, "Digest")];
  signature->secret_prefix = g_strdup (config_settings_string (settings, "SecretPrefix"));
  signature->secret_encoding = (ConfigSecretEncoding) choice_of (settings, "SecretEncoding");
  signature->base = g_strdup (config_settings_string (settings, "Base"));
  signature->id_header = g_strdup (config_settings_string (settings, "IdHeader"));
  signature->timestamp_header = g_strdup (config_settings_string (settings, "TimestampHeader"));
  signature->timestamp_tag = g_strdup (config_settings_string (settings, "TimestampTag"));
  signature->tolerance_s = config_settings_integer (settings, "ToleranceSeconds");
  signature->body_digest_parameter = g_strdup (
      config_settings_string (settings, "BodyDigestParameter"));
  return signature;
}

gboolean
config_signature_exists (const ConfigNames *names, const char *name)
{
  g_autoptr (JsonObject) preset = config_preset_get (PRESET_SIGNATURE, name);

  return preset || config_names_find (names, "signature", name);
}

ConfigSignature *
config_signature_find (const ConfigNames *names, const char *name)
{
  const ConfigFile *file = config_names_find (names, "signature", name);
  g_autoptr (JsonObject) preset = NULL;

  if (file)
    return file->root ? config_signature_new (json_node_get_object (file->root)) : NULL;
  preset = config_preset_get (PRESET_SIGNATURE, name);
  return preset ? config_signature_new (preset) : NULL;
}

void
config_signature_free (ConfigSignature *signature)
{
  if (!signature)
    return;
  g_free (signature->header);
  g_free (signature->separator);
  g_strfreev (signature->tags);
  g_free (signature->secret_prefix);
  g_free (signature->base);
  g_free (signature->id_header);
  g_free (signature->timestamp_header);
  g_free (signature->timestamp_tag);
  g_free (signature->body_digest_parameter);
  g_free (signature);
}
