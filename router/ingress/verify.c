/* Signatures of senders.
 *
 * Every candidate is tried with every secret, whatever has held before: how long it takes says
 * nothing about which. */
#include "ingress/verify.h"

#include "ingress/decode.h"
#include "ingress/form.h"
#include "ingress/media.h"

#include "base/error.h"

#include <string.h>

/* Seconds since 1970 have ten digits until 2286. */
#define MAX_TIMESTAMP_DIGITS 12

typedef struct
{
  const ConfigGate *gate;
  const ConfigSignature *scheme;
  const IngressRequest *request;
  GPtrArray *candidates; /* GBytes of the right length */
  char *timestamp;       /* as sent, or NULL */
  const char *id;
} Check;

static Problem *
refuse (const char *type, const char *what)
{
  Problem *problem = problem_new (401, type, "The signature does not hold", "%s", what);

  problem->challenge = "Signature";
  problem_set_remedy (problem, "Check that sender and source have the same secret and scheme, and "
                               "that nothing between them changes the body");
  return problem;
}

static Problem *
refuse_invalid (const char *what)
{
  return refuse ("signature-invalid", what);
}

Problem *
verify_refuse_secret (void)
{
  Problem *problem = problem_new (503, "secret-missing", "The source is not ready",
                                  "A secret that this source needs cannot be read");

  problem->retry_after_s = 60;
  problem_set_remedy (problem, "The router's log says which one, and why");
  return problem;
}

/* ---- Headers ---- */

/* A header that comes twice has two meanings: which of them was verified, and which is read later?
 */
static Problem *
take_header (const IngressRequest *request, const char *name, const char **out_value)
{
  g_autofree char *what = NULL;

  *out_value = request->header != NULL ? request->header (name, request->header_data) : NULL;
  if (*out_value == NULL)
    {
      what = g_strdup_printf ("The header %s is missing", name);
      return refuse ("signature-missing", what);
    }
  if (request->count_headers != NULL && request->count_headers (name, request->header_data) > 1)
    {
      what = g_strdup_printf ("The header %s comes more than once", name);
      return refuse_invalid (what);
    }
  return NULL;
}

/* ---- Signatures in the header ---- */

/* The text behind the first tag that fits, or NULL. */
static const char *
skip_tag (const ConfigSignature *scheme, const char *entry)
{
  if (scheme->tags == NULL || scheme->tags[0] == NULL)
    return entry;
  for (char **tag = scheme->tags; *tag != NULL; tag++)
    if (g_str_has_prefix (entry, *tag))
      return entry + strlen (*tag);
  return NULL;
}

static Problem *
take_entry (Check *check, const char *entry)
{
  const ConfigSignature *scheme = check->scheme;
  const char *text;
  g_autoptr (GBytes) bytes = NULL;

  if (scheme->timestamp_tag != NULL && g_str_has_prefix (entry, scheme->timestamp_tag))
    {
      if (check->timestamp != NULL)
        return refuse_invalid ("The signature has two times");
      check->timestamp = g_strdup (entry + strlen (scheme->timestamp_tag));
      return NULL;
    }
  text = skip_tag (scheme, entry);
  if (text == NULL)
    return NULL;
  bytes = decode_text (scheme->encoding, text, strlen (text));
  if (bytes == NULL || g_bytes_get_size (bytes) != signing_bytes (scheme->kind))
    return NULL;
  if (check->candidates->len == VERIFY_MAX_SIGNATURES)
    return refuse_invalid ("There are too many signatures");
  g_ptr_array_add (check->candidates, g_steal_pointer (&bytes));
  return NULL;
}

static Problem *
take_signatures (Check *check)
{
  const ConfigSignature *scheme = check->scheme;
  gboolean are_several = scheme->separator != NULL && *scheme->separator != '\0';
  const char *value;
  Problem *problem = take_header (check->request, scheme->header, &value);
  g_auto (GStrv) entries = NULL;

  if (problem != NULL)
    return problem;
  entries = are_several ? g_strsplit (value, scheme->separator, 4 * VERIFY_MAX_SIGNATURES)
                        : g_strsplit (value, "\n", 1);
  for (char **entry = entries; *entry != NULL && problem == NULL; entry++)
    problem = take_entry (check, g_strstrip (*entry));
  return problem;
}

/* ---- Time and id ---- */

static gboolean
parse_timestamp (const char *text, gint64 *out_s)
{
  gsize length = strlen (text);

  return length >= 1 && length <= MAX_TIMESTAMP_DIGITS && strspn (text, "0123456789") == length &&
         g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, out_s, NULL);
}

static Problem *
take_timestamp (Check *check, gint64 now_us)
{
  const ConfigSignature *scheme = check->scheme;
  gint64 seconds, difference_us;
  g_autofree char *what = NULL;

  if (scheme->timestamp_header == NULL && scheme->timestamp_tag == NULL)
    return NULL;
  if (scheme->timestamp_header != NULL)
    {
      const char *value;
      Problem *problem = take_header (check->request, scheme->timestamp_header, &value);

      if (problem != NULL)
        return problem;
      check->timestamp = g_strdup (value);
    }
  if (check->timestamp == NULL)
    return refuse ("signature-missing", "The signature has no time");
  if (!parse_timestamp (check->timestamp, &seconds))
    return refuse_invalid ("The signature's time is no number of seconds since 1970");
  difference_us = now_us - seconds * G_USEC_PER_SEC;
  /* The sender's clock shows whole seconds. */
  if (difference_us < (scheme->tolerance_s + 1) * G_USEC_PER_SEC &&
      difference_us >= -scheme->tolerance_s * G_USEC_PER_SEC)
    return NULL;
  what = g_strdup_printf ("The signature's time is %" G_GINT64_FORMAT
                          " s from the router's; at most %" G_GINT64_FORMAT " are allowed",
                          ABS (difference_us) / G_USEC_PER_SEC, scheme->tolerance_s);
  return refuse ("signature-expired", what);
}

static Problem *
take_id (Check *check)
{
  Problem *problem;

  if (check->scheme->id_header == NULL)
    return NULL;
  problem = take_header (check->request, check->scheme->id_header, &check->id);
  if (problem != NULL)
    return problem;
  /* With a full stop in it "a.b" "c" and "a" "b.c" would be signed alike. */
  if (*check->id == '\0' || strchr (check->id, '.') != NULL)
    return refuse_invalid ("The id is empty or has a full stop");
  return NULL;
}

/* ---- What is signed ---- */

static const char *
find_query (const IngressRequest *request)
{
  const char *mark = request->target != NULL ? strchr (request->target, '?') : NULL;

  return mark != NULL ? mark + 1 : NULL;
}

static gboolean
body_digest_holds (const IngressRequest *request, const char *hex)
{
  g_autoptr (GBytes) told = decode_text (CONFIG_ENCODING_HEX, hex, strlen (hex));
  guint8 digest[32];
  gsize length;
  const char *body = g_bytes_get_data (request->body, &length);

  signing_digest (body, length, digest);
  return told != NULL && signing_equal (digest, sizeof digest, g_bytes_get_data (told, NULL),
                                        g_bytes_get_size (told));
}

/* The body's part of what is signed, where that is a form's fields or nothing. */
static Problem *
append_form (const Check *check, GString *out)
{
  const IngressRequest *request = check->request;
  const char *query = find_query (request);
  g_autoptr (GArray) parameters = query != NULL ? form_parse (query, strlen (query)) : NULL;
  g_autoptr (GArray) fields = NULL;
  const char *digest = NULL;
  gsize length;
  const char *body = g_bytes_get_data (request->body, &length);

  if (parameters != NULL && check->scheme->body_digest_parameter != NULL)
    digest = form_get (parameters, check->scheme->body_digest_parameter);
  if (digest != NULL)
    return body_digest_holds (request, digest)
               ? NULL
               : refuse_invalid ("The body is not the one whose digest the URL has");
  if (length == 0)
    return NULL;
  if (media_is (request->content_type, "application/x-www-form-urlencoded"))
    fields = form_parse (body, length);
  if (fields == NULL)
    return refuse_invalid ("The body is no form, and the URL has no digest of it");
  form_append_sorted (fields, out);
  return NULL;
}

/* The public URL with the request's query.  variant 1: with the scheme's port when it has none, and
 * without it when it has. */
static void
append_url (const Check *check, guint variant, GString *out)
{
  const char *url = check->gate->public_url != NULL ? check->gate->public_url : "";
  const char *query = find_query (check->request);
  gboolean is_tls = g_str_has_prefix (url, "https:");
  const char *port = is_tls ? ":443" : ":80";
  const char *host = strstr (url, "://");
  const char *host_end, *end = url + strcspn (url, "?#");

  host = host != NULL ? host + 3 : url;
  host_end = host + strcspn (host, "/?#");
  if (variant == 0)
    g_string_append_len (out, url, end - url);
  else
    {
      gsize length = strlen (port);
      gboolean has_port = (gsize) (host_end - host) > length &&
                          strncmp (host_end - length, port, length) == 0;

      g_string_append_len (out, url, host_end - url - (has_port ? (gssize) length : 0));
      if (!has_port)
        g_string_append (out, port);
      g_string_append_len (out, host_end, end - host_end);
    }
  if (query != NULL)
    g_string_append_printf (out, "?%s", query);
}

static Problem *
append_placeholder (const Check *check, const char *name, guint variant, GString *out)
{
  gsize length;
  const char *body;

  if (g_str_has_prefix (name, "{body}"))
    {
      body = g_bytes_get_data (check->request->body, &length);
      g_string_append_len (out, body, (gssize) length);
    }
  else if (g_str_has_prefix (name, "{id}"))
    g_string_append (out, check->id);
  else if (g_str_has_prefix (name, "{timestamp}"))
    g_string_append (out, check->timestamp);
  else if (g_str_has_prefix (name, "{url}"))
    append_url (check, variant, out);
  else
    return append_form (check, out);
  return NULL;
}

static Problem *
make_base (const Check *check, guint variant, GString *out)
{
  Problem *problem = NULL;

  for (const char *at = check->scheme->base; *at != '\0' && problem == NULL;)
    {
      gsize length = strcspn (at, "{");

      g_string_append_len (out, at, (gssize) length);
      at += length;
      if (*at == '\0')
        break;
      problem = append_placeholder (check, at, variant, out);
      at += strcspn (at, "}") + 1;
    }
  return problem;
}

/* ---- Secrets ---- */

static GBytes *
decode_secret (const ConfigSignature *scheme, GBytes *secret)
{
  gsize length;
  const char *text = g_bytes_get_data (secret, &length);
  gsize prefix = strlen (scheme->secret_prefix);

  if (prefix > 0 && length > prefix && memcmp (text, scheme->secret_prefix, prefix) == 0)
    {
      text += prefix;
      length -= prefix;
    }
  switch (scheme->secret_encoding)
    {
    case CONFIG_SECRET_BASE64:
      return decode_text (CONFIG_ENCODING_BASE64, text, length);
    case CONFIG_SECRET_HEX:
      return decode_text (CONFIG_ENCODING_HEX, text, length);
    case CONFIG_SECRET_RAW:
      break;
    }
  return g_bytes_new (text, length);
}

GPtrArray *
verify_get_secrets (Secrets *secrets, char *const *names, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (char *const *name = names; *name != NULL; name++)
    {
      g_autoptr (GError) local_error = NULL;
      GBytes *secret = secrets_get (secrets, *name, &local_error);

      if (secret != NULL)
        g_ptr_array_add (found, secret);
      else if (error != NULL && *error == NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
    }
  if (found->len == 0)
    return NULL;
  g_clear_error (error);
  return g_steal_pointer (&found);
}

/* ---- Verifying ---- */

static gboolean
any_holds (const Check *check, GPtrArray *keys, const GString *base)
{
  gboolean holds = FALSE;

  for (guint i = 0; i < keys->len; i++)
    for (guint j = 0; j < check->candidates->len; j++)
      {
        GBytes *key = keys->pdata[i], *candidate = check->candidates->pdata[j];

        holds |= signing_verify (check->scheme->kind, g_bytes_get_data (key, NULL),
                                 g_bytes_get_size (key), base->str, base->len,
                                 g_bytes_get_data (candidate, NULL), g_bytes_get_size (candidate));
      }
  return holds;
}

static Problem *
verify_candidates (const Check *check, GPtrArray *keys)
{
  guint n_variants = strstr (check->scheme->base, "{url}") != NULL ? 2 : 1;
  gboolean holds = FALSE;

  if (check->candidates->len == 0)
    return refuse_invalid ("There is no signature of the kind that is expected");
  for (guint variant = 0; variant < n_variants; variant++)
    {
      g_autoptr (GString) base = g_string_new (NULL);
      Problem *problem = make_base (check, variant, base);

      if (problem != NULL)
        return problem;
      holds |= any_holds (check, keys, base);
    }
  return holds ? NULL : refuse_invalid ("No signature is that of this body with a known secret");
}

static Problem *
verify_token (const Check *check, GPtrArray *keys)
{
  const char *value;
  Problem *problem = take_header (check->request, check->scheme->header, &value);
  const char *token;
  gboolean holds = FALSE;

  if (problem != NULL)
    return problem;
  token = skip_tag (check->scheme, value);
  for (guint i = 0; token != NULL && i < keys->len; i++)
    holds |= signing_equal (token, strlen (token), g_bytes_get_data (keys->pdata[i], NULL),
                            g_bytes_get_size (keys->pdata[i]));
  return holds ? NULL : refuse_invalid ("The token is not a known one");
}

static GPtrArray *
get_keys (const ConfigGate *gate, Secrets *secrets, GError **error)
{
  g_autoptr (GPtrArray) found = verify_get_secrets (secrets, gate->signature_secrets, error);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; found != NULL && i < found->len; i++)
    {
      GBytes *key = decode_secret (gate->signature, found->pdata[i]);

      if (key != NULL && g_bytes_get_size (key) > 0)
        g_ptr_array_add (keys, key);
      else if (key != NULL)
        g_bytes_unref (key);
    }
  if (keys->len > 0)
    return g_steal_pointer (&keys);
  if (found != NULL)
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                 "No secret of the signature is written as its scheme says");
  return NULL;
}

static Problem *
verify (Check *check, GPtrArray *keys, gint64 now_us)
{
  Problem *problem;

  if (check->scheme->is_token)
    return verify_token (check, keys);
  problem = take_signatures (check);
  if (problem == NULL)
    problem = take_timestamp (check, now_us);
  if (problem == NULL)
    problem = take_id (check);
  return problem != NULL ? problem : verify_candidates (check, keys);
}

Problem *
verify_signature (const ConfigGate *gate,
                  Secrets *secrets,
                  const IngressRequest *request,
                  gint64 now_us,
                  GError **out_operator_error)
{
  g_autoptr (GPtrArray) keys = get_keys (gate, secrets, out_operator_error);
  Check check = { .gate = gate, .scheme = gate->signature, .request = request };
  Problem *problem;

  if (keys == NULL)
    return verify_refuse_secret ();
  check.candidates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  problem = verify (&check, keys, now_us);
  g_ptr_array_unref (check.candidates);
  g_free (check.timestamp);
  return problem;
}
