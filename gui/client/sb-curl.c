#include "config.h"

#include "sb-curl.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-json.h"

/* A webhook is an event's detail; the events API takes whole ones. */
#define EVENT "{\"hello\": \"world\"}"
#define WHOLE_EVENT                                                                                \
  "{\"source\": \"shop\", \"detail-type\": \"Order Paid\", \"detail\": {\"total\": 120}}"

/* How a scheme signs: what is put before the URL, and the headers.  $body, $SECRET, $t and $id are
 * the shell's.  After data/signatures/. */
typedef struct
{
  const char *name;
  const char *variables;
  const char *options;
} Scheme;

#define HEX "openssl dgst -sha256 -hmac \"$SECRET\" -r | cut -d' ' -f1"
#define BASE64 "openssl dgst -sha256 -hmac \"$SECRET\" -binary | base64"
#define KEY "key=$(printf %s \"${SECRET#whsec_}\" | base64 -d | od -An -vtx1 | tr -d ' \\n'); "
#define KEYED "openssl dgst -sha256 -mac HMAC -macopt hexkey:$key -binary | base64"
#define NOW "t=$(date +%s); "
#define ID "id=msg-$t; "

static const Scheme schemes[] = {
  { "github", "", "-H \"X-Hub-Signature-256: sha256=$(printf %s \"$body\" | " HEX ")\"" },
  { "gitlab", "", "-H \"X-Gitlab-Token: $SECRET\"" },
  { "hmac-sha256", "", "-H \"X-Signature: sha256=$(printf %s \"$body\" | " HEX ")\"" },
  { "hookdeck", "", "-H \"X-Hookdeck-Signature: $(printf %s \"$body\" | " BASE64 ")\"" },
  { "shopify", "", "-H \"X-Shopify-Hmac-SHA256: $(printf %s \"$body\" | " BASE64 ")\"" },
  { "slack", NOW,
    "-H \"X-Slack-Request-Timestamp: $t\" "
    "-H \"X-Slack-Signature: v0=$(printf %s \"v0:$t:$body\" | " HEX ")\"" },
  { "stripe", NOW, "-H \"Stripe-Signature: t=$t,v1=$(printf %s \"$t.$body\" | " HEX ")\"" },
  { "standard-webhooks", NOW ID KEY,
    "-H \"webhook-id: $id\" -H \"webhook-timestamp: $t\" "
    "-H \"webhook-signature: v1,$(printf %s \"$id.$t.$body\" | " KEYED ")\"" },
  { "svix", NOW ID KEY,
    "-H \"svix-id: $id\" -H \"svix-timestamp: $t\" "
    "-H \"svix-signature: v1,$(printf %s \"$id.$t.$body\" | " KEYED ")\"" },
};

/* A preset signs by the scheme of its own name, unless the file says another. */
static const char *
scheme_of (JsonObject *settings)
{
  const char *own = sb_json_string (sb_json_object (settings, "Signature"), "Scheme");
  const char *preset = sb_json_string (settings, "Preset");

  if (*own != '\0')
    return own;
  return g_str_equal (preset, "sns") || g_str_equal (preset, "cloudevents") ? "" : preset;
}

static const char *
secret_of (JsonObject *settings, const char *member)
{
  g_autoptr (GPtrArray) secrets = sb_json_objects (sb_json_object (settings, member), "Secrets");

  return secrets->len > 0 ? sb_json_string (secrets->pdata[0], "Secret") : "";
}

static char *
auth_options (JsonObject *settings)
{
  JsonObject *auth = sb_json_object (settings, "Auth");
  const char *type = sb_json_string (auth, "Type");
  const char *user = sb_json_string (auth, "User");
  const char *header = sb_json_string (auth, "Header");

  if (g_str_equal (type, "basic"))
    {
      g_autofree char *pair = g_strconcat (user, ":", NULL);
      g_autofree char *quoted = g_shell_quote (pair);

      return g_strdup_printf (" -u %s\"$SECRET\"", quoted);
    }
  if (g_str_equal (type, "bearer"))
    return g_strdup (" -H \"Authorization: Bearer $SECRET\"");
  if (g_str_equal (type, "api-key"))
    {
      g_autofree char *name = g_strconcat (*header != '\0' ? header : "X-Api-Key", ": ", NULL);
      g_autofree char *quoted = g_shell_quote (name);

      return g_strdup_printf (" -H %s\"$SECRET\"", quoted);
    }
  return g_strdup ("");
}

static char *
dup_secret_hint (const char *secret)
{
  return *secret != '\0'
      /* Translators: %s is the name of a secret */
      ? g_strdup_printf (_ ("It asks for the secret “%s”: set SECRET to it first."), secret)
      : g_strdup (_ ("It asks for a secret: set SECRET to it first."));
}

static const char *
cloud_event_options (JsonObject *settings)
{
  const char *asked = sb_json_string (settings, "CloudEvents");

  if (g_str_equal (asked, "require") ||
      (*asked == '\0' && g_str_equal (sb_json_string (settings, "Preset"), "cloudevents")))
    return " -H 'ce-specversion: 1.0' -H 'ce-id: 1' -H 'ce-source: /curl' -H 'ce-type: test'";
  return "";
}

const char *
sb_curl_get_event (const char *path)
{
  return g_str_has_prefix (path, "/in/") ? EVENT : WHOLE_EVENT;
}

char *
sb_curl_dup_command (SbRouter *router, const char *path, JsonObject *settings, char **out_hint)
{
  g_autofree char *plain = sb_router_dup_curl_line (router, path);
  g_autofree char *auth = auth_options (settings);
  const char *scheme = scheme_of (settings);
  const char *json = strstr (plain, " --json ");
  g_autofree char *start = json != NULL ? g_strndup (plain, (gsize) (json - plain))
                                        : g_strdup (plain);
  const Scheme *known = NULL;

  *out_hint = *auth != '\0' ? dup_secret_hint (secret_of (settings, "Auth")) : g_strdup ("");
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_equal (schemes[i].name, scheme))
      known = &schemes[i];
  if (*scheme != '\0' && known == NULL)
    {
      g_free (*out_hint);
      /* Translators: %s is the name of a way to sign */
      *out_hint = g_strdup_printf (
          _ ("The sender signs as “%s” does, which curl cannot: let it send a test of its own."),
             scheme);
    }
  if (known == NULL)
    return g_strdup_printf ("%s%s%s --json '%s'", start, auth, cloud_event_options (settings),
                            sb_curl_get_event (path));
  g_free (*out_hint);
  *out_hint = dup_secret_hint (secret_of (settings, "Signature"));
  return g_strdup_printf ("body='" EVENT "'; %s%s%s %s --json \"$body\"", known->variables, start,
                          auth, known->options);
}
