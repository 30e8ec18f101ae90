/* What is signed is "<id>.<timestamp>.<body>".  A secret is base64 behind a prefix that tells what
 * it is for, which may be missing. */
#include "connector/webhook/sign.h"

#include "base/error.h"
#include "base/signing.h"

#include <string.h>

#define SEED_BYTES 32
#define PAIR_BYTES 64 /* the seed, and the public key behind it */

/* Without the prefix, and with the padding that many leave out. */
static guint8 *
decode (GBytes *secret, const char *prefix, gsize *out_length)
{
  gsize length;
  const char *bytes = g_bytes_get_data (secret, &length);
  g_autoptr (GString) text = g_string_new_len (bytes, (gssize) length);

  if (g_str_has_prefix (text->str, prefix))
    g_string_erase (text, 0, (gssize) strlen (prefix));
  while (text->len % 4 != 0)
    g_string_append_c (text, '=');
  return g_base64_decode (text->str, out_length);
}

static GString *
signed_text (const char *id, const char *timestamp, GBytes *body)
{
  GString *text = g_string_new (id);

  g_string_append_printf (text, ".%s.", timestamp);
  g_string_append_len (text, g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body));
  return text;
}

static gboolean
append_signature (GString *out, WebhookSigning kind, GBytes *secret, const GString *text)
{
  gsize key_bytes = 0;
  g_autofree guint8 *key = decode (secret, kind == WEBHOOK_SIGNED_HMAC ? "whsec_" : "whsk_",
                                   &key_bytes);
  guint8 signature[SIGNING_MAX_BYTES];
  g_autofree char *encoded = NULL;

  if (key_bytes == 0)
    return FALSE;
  if (kind == WEBHOOK_SIGNED_HMAC)
    signing_hmac (SIGNING_HMAC_SHA256, key, key_bytes, text->str, text->len, signature);
  else if ((key_bytes != SEED_BYTES && key_bytes != PAIR_BYTES) ||
           !signing_ed25519 (key, SEED_BYTES, text->str, text->len, signature))
    return FALSE;
  encoded = g_base64_encode (
      signature,
      signing_bytes (kind == WEBHOOK_SIGNED_HMAC ? SIGNING_HMAC_SHA256 : SIGNING_ED25519));
  g_string_append_printf (out, "%s%s,%s", out->len > 0 ? " " : "",
                          kind == WEBHOOK_SIGNED_HMAC ? "v1" : "v1a", encoded);
  explicit_bzero (key, key_bytes);
  return TRUE;
}

char *
webhook_sign (WebhookSigning kind,
              GBytes *const *secrets,
              guint n_secrets,
              const char *id,
              const char *timestamp,
              GBytes *body,
              GError **error)
{
  g_autoptr (GString) text = signed_text (id, timestamp, body);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < n_secrets; i++)
    if (!append_signature (out, kind, secrets[i], text))
      {
        g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                     "secret %u of Signature is no key; expected base64%s", i + 1,
                     kind == WEBHOOK_SIGNED_ED25519 ? " of 32 or 64 bytes" : "");
        return NULL;
      }
  return g_strdup (out->str);
}
