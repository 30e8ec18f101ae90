/* signature.c: how a sender signs, as a description that one engine follows. */
#include "config/signature.h"

#include "config/check.h"
#include "config/preset.h"
#include "config/settings.h"

#include <string.h>

static const char *const encodings[] = { "hex", "base64", "base64url", "plain", NULL };
static const char *const digests[] = { "sha1", "sha256", "sha512", "ed25519", "token", NULL };
static const char *const secret_encodings[] = { "raw", "base64", "hex", NULL };

static const ConfigSetting signature_settings[] = {
  { .name = "Description", .type = SETTING_STRING, .max = 1000, .help = "A note for people." },
  { .name = "Header",
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED,
    .min = 1,
    .max = 100,
    .help = "The header that holds the signature, or several." },
  { .name = "Separator",
    .type = SETTING_STRING,
    .max = 1,
    .help = "What stands between several; they are one when there is none." },
  { .name = "Tags",
    .type = SETTING_ARRAY,
    .default_json = "[]",
    .max = 10,
    .help = "What stands before a signature that counts, as in \"sha256=\"; others are passed "
            "over." },
  { .name = "Encoding",
    .type = SETTING_STRING,
    .default_json = "\"hex\"",
    .choices = encodings,
    .help = "How the signature is written." },
  { .name = "Digest",
    .type = SETTING_STRING,
    .default_json = "\"sha256\"",
    .choices = digests,
    .help = "An HMAC with this digest, ed25519, or token: the secret itself." },
  { .name = "SecretPrefix",
    .type = SETTING_STRING,
    .default_json = "\"\"",
    .max = 20,
    .help = "What may stand before the secret and is no part of it." },
  { .name = "SecretEncoding",
    .type = SETTING_STRING,
    .default_json = "\"raw\"",
    .choices = secret_encodings,
    .help = "How the secret is written." },
  { .name = "Base",
    .type = SETTING_STRING,
    .default_json = "\"{body}\"",
    .max = 200,
    .help = "What is signed, with {body}, {id}, {timestamp}, {url} and {form} filled in." },
  { .name = "IdHeader", .type = SETTING_STRING, .max = 100, .help = "The header that is {id}." },
  { .name = "TimestampHeader",
    .type = SETTING_STRING,
    .max = 100,
    .help = "The header that is {timestamp}, in seconds since 1970." },
  { .name = "TimestampTag",
    .type = SETTING_STRING,
    .max = 20,
    .help = "What stands before the timestamp among the signatures, as in \"t=\"." },
  { .name = "ToleranceSeconds",
    .type = SETTING_INTEGER,
    .default_json = "300",
    .min = 1,
    .max = 86400,
    .unit = "s",
    .help = "How far the timestamp may be from now, either way." },
  { .name = "BodyDigestParameter",
    .type = SETTING_STRING,
    .max = 100,
    .help = "A query parameter with the body's SHA-256 in hexadecimal, checked when it is there." },
  { NULL },
};

const ConfigSchema config_schema_signature = {
  .kind = "signature",
  .title = "Signature",
  .settings = signature_settings,
};

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

static guint
index_of (const char *const *choices, const char *choice)
{
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
  guint digest = index_of (digests, config_settings_string (settings, "Digest"));

  signature->header = g_strdup (config_settings_string (settings, "Header"));
  signature->separator = g_strdup (config_settings_string (settings, "Separator"));
  signature->tags = config_settings_strings (settings, "Tags");
  signature->encoding = (ConfigEncoding) index_of (encodings,
                                                   config_settings_string (settings, "Encoding"));
  signature->is_token = g_str_equal (digests[digest], "token");
  signature->kind = kinds[digest];
  signature->secret_prefix = g_strdup (config_settings_string (settings, "SecretPrefix"));
  signature->secret_encoding = (ConfigSecretEncoding) index_of (
      secret_encodings, config_settings_string (settings, "SecretEncoding"));
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
