/* The gate of a source.
 *
 * What costs least is asked first; the signature, which reads the whole body, last. */
#include "ingress/admit.h"

#include "ingress/form.h"
#include "ingress/media.h"
#include "ingress/refuse.h"
#include "ingress/verify.h"

#include "base/log.h"

#include <string.h>

#define LOG_AGAIN_US (60 * G_USEC_PER_SEC)

typedef struct
{
  double tokens;
  gint64 at_us; /* monotonic */
} Bucket;

struct Gatekeeper
{
  Clock *clock;
  Secrets *secrets;
  GMutex lock;
  GHashTable *buckets; /* source -> Bucket */
  gint64 logged_us;    /* monotonic; 0: never */
};

Gatekeeper *
gatekeeper_new (Clock *clock, Secrets *secrets)
{
  Gatekeeper *gatekeeper = g_new0 (Gatekeeper, 1);

  gatekeeper->clock = clock;
  gatekeeper->secrets = secrets;
  g_mutex_init (&gatekeeper->lock);
  gatekeeper->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return gatekeeper;
}

void
gatekeeper_free (Gatekeeper *gatekeeper)
{
  g_hash_table_unref (gatekeeper->buckets);
  g_mutex_clear (&gatekeeper->lock);
  g_free (gatekeeper);
}

static const char *
get_header (const IngressRequest *request, const char *name)
{
  return request->header != NULL ? request->header (name, request->header_data) : NULL;
}

/* ---- Method ---- */

static gboolean
takes_method (const ConfigGate *gate, const char *method)
{
  static const char *const usual[] = { "POST", NULL };
  const char *const *methods = gate != NULL && gate->methods != NULL
                                   ? (const char *const *) gate->methods
                                   : usual;

  return method == NULL || g_strv_contains (methods, method);
}

static Problem *
refuse_method (const ConfigSource *source, const char *method)
{
  const ConfigGate *gate = source->gate;
  g_autofree char *allowed = gate != NULL && gate->methods != NULL
                                 ? g_strjoinv (", ", gate->methods)
                                 : g_strdup ("POST");

  Problem *problem = problem_new (405, "method-not-allowed", "The method is not allowed here",
                                  "The source takes %s, not %s", allowed, method);

  problem->allow = g_steal_pointer (&allowed);
  return problem;
}

/* ---- Address ---- */

static gboolean
is_among (GPtrArray *masks, GInetAddress *address)
{
  for (guint i = 0; i < masks->len; i++)
    if (g_inet_address_mask_matches (masks->pdata[i], address))
      return TRUE;
  return FALSE;
}

/* ::ffff:192.0.2.7 is 192.0.2.7. */
static GInetAddress *
parse_address (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  if (g_ascii_strncasecmp (stripped, "::ffff:", 7) == 0 && strchr (stripped + 7, '.') != NULL)
    return g_inet_address_new_from_string (stripped + 7);
  return g_inet_address_new_from_string (stripped);
}

/* Who sent it: the peer, or, when that is a trusted proxy, the last address in X-Forwarded-For that
 * is none.  What a proxy did not write itself anybody may have written. */
static GInetAddress *
find_sender (const DraftContext *context)
{
  const IngressRequest *request = context->request;
  GPtrArray *trusted = context->configuration->router.trusted_proxies;
  const char *peer = request->peer != NULL ? request->peer (request->header_data) : NULL;
  const char *forwarded = get_header (request, "X-Forwarded-For");
  g_autoptr (GInetAddress) address = peer != NULL ? parse_address (peer) : NULL;
  g_auto (GStrv) hops = NULL;

  if (trusted == NULL || forwarded == NULL || address == NULL || !is_among (trusted, address))
    return g_steal_pointer (&address);
  if (request->count_headers != NULL &&
      request->count_headers ("X-Forwarded-For", request->header_data) > 1)
    return NULL;
  hops = g_strsplit (forwarded, ",", -1);
  for (guint i = g_strv_length (hops); i > 0; i--)
    {
      g_clear_object (&address);
      address = parse_address (hops[i - 1]);
      if (address == NULL || !is_among (trusted, address))
        break;
    }
  return g_steal_pointer (&address);
}

static Problem *
check_address (const DraftContext *context, const ConfigGate *gate)
{
  g_autoptr (GInetAddress) sender = NULL;
  g_autofree char *text = NULL;

  if (gate->addresses == NULL)
    return NULL;
  sender = find_sender (context);
  if (sender != NULL && is_among (gate->addresses, sender))
    return NULL;
  text = sender != NULL ? g_inet_address_to_string (sender) : g_strdup ("unknown");
  return problem_new (
      403, "address-not-allowed", "The address may not send here",
      "The sender's address is %s, which AllowAddresses of the source does not name", text);
}

/* ---- Rate ---- */

/* Seconds until there is a token; 0: one was taken. */
static double
take_token (Gatekeeper *gatekeeper, const ConfigSource *source)
{
  const ConfigGate *gate = source->gate;
  gint64 now_us = clock_monotonic_us (gatekeeper->clock);
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&gatekeeper->lock);
  Bucket *bucket = g_hash_table_lookup (gatekeeper->buckets, source->name);

  if (bucket == NULL)
    {
      bucket = g_new (Bucket, 1);
      *bucket = (Bucket){ gate->rate_burst, now_us };
      g_hash_table_insert (gatekeeper->buckets, g_strdup (source->name), bucket);
    }
  bucket->tokens += (double) (now_us - bucket->at_us) / G_USEC_PER_SEC * gate->rate_per_s;
  bucket->tokens = MIN (bucket->tokens, (double) gate->rate_burst);
  bucket->at_us = now_us;
  if (bucket->tokens < 1)
    return (1 - bucket->tokens) / gate->rate_per_s;
  bucket->tokens -= 1;
  return 0;
}

static Problem *
check_rate (Gatekeeper *gatekeeper, const ConfigSource *source)
{
  double wait_s = source->gate->rate_per_s > 0 ? take_token (gatekeeper, source) : 0;
  Problem *problem;

  if (wait_s <= 0)
    return NULL;
  problem = problem_new (429, "too-many-requests", "Too many requests",
                         "More requests came than Rate of the source allows");
  problem->retry_after_s = (guint) MIN (wait_s + 1, 86400);
  problem_set_remedy (problem, "Send it again later");
  return problem;
}

/* ---- Credentials ---- */

static Problem *
refuse_credentials (const ConfigGate *gate, const char *what)
{
  Problem *problem = problem_new (401, "unauthorized", "The sender is not known", "%s", what);

  problem->challenge = gate->auth == CONFIG_AUTH_BASIC    ? "Basic realm=\"signalbox\""
                       : gate->auth == CONFIG_AUTH_BEARER ? "Bearer"
                                                          : "ApiKey";
  return problem;
}

static gboolean
is_one_of (const char *text, gsize length, GPtrArray *secrets)
{
  gboolean holds = FALSE;

  for (guint i = 0; i < secrets->len; i++)
    holds |= signing_equal (text, length, g_bytes_get_data (secrets->pdata[i], NULL),
                            g_bytes_get_size (secrets->pdata[i]));
  return holds;
}

/* "scheme credentials", RFC 9110, section 11.4.  NULL when it is another scheme. */
static const char *
skip_scheme (const char *value, const char *scheme)
{
  gsize length = strlen (scheme);

  if (g_ascii_strncasecmp (value, scheme, length) != 0 || value[length] != ' ')
    return NULL;
  return value + length + strspn (value + length, " ");
}

static gboolean
basic_holds (const ConfigGate *gate, const char *encoded, GPtrArray *secrets)
{
  gsize length = 0;
  g_autofree guchar *text = g_base64_decode (encoded, &length);
  const guchar *colon = memchr (text, ':', length);
  gsize user_bytes;
  gboolean is_user;

  if (colon == NULL)
    return FALSE;
  user_bytes = (gsize) (colon - text);
  is_user = signing_equal (text, user_bytes, gate->auth_user, strlen (gate->auth_user));
  return is_one_of ((const char *) colon + 1, length - user_bytes - 1, secrets) && is_user;
}

static gboolean
credentials_hold (const ConfigGate *gate, const char *value, GPtrArray *secrets)
{
  const char *credentials = value;

  if (gate->auth == CONFIG_AUTH_BASIC)
    {
      credentials = skip_scheme (value, "Basic");
      return credentials != NULL && basic_holds (gate, credentials, secrets);
    }
  if (gate->auth == CONFIG_AUTH_BEARER)
    credentials = skip_scheme (value, "Bearer");
  return credentials != NULL && is_one_of (credentials, strlen (credentials), secrets);
}

/* What only the operator may know; not for every request that somebody sends. */
static void
log_secret (Gatekeeper *gatekeeper, const ConfigSource *source, const GError *error)
{
  gint64 now_us = clock_monotonic_us (gatekeeper->clock);
  gboolean is_time;

  g_mutex_lock (&gatekeeper->lock);
  is_time = gatekeeper->logged_us == 0 || now_us - gatekeeper->logged_us >= LOG_AGAIN_US;
  if (is_time)
    gatekeeper->logged_us = now_us;
  g_mutex_unlock (&gatekeeper->lock);
  if (is_time)
    log_message (LOG_WARNING, "ingress", "source/%s refuses requests: %s", source->name,
                 error != NULL ? error->message : "there are no secrets");
}

static Problem *
check_credentials (Gatekeeper *gatekeeper,
                   const IngressRequest *request,
                   const ConfigSource *source)
{
  const ConfigGate *gate = source->gate;
  const char *name = gate->auth == CONFIG_AUTH_KEY ? gate->auth_header : "Authorization";
  const char *value = get_header (request, name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) secrets = NULL;

  if (gate->auth == CONFIG_AUTH_NONE)
    return NULL;
  if (value == NULL)
    return refuse_credentials (gate, "The request has no credentials");
  if (request->count_headers != NULL && request->count_headers (name, request->header_data) > 1)
    return refuse_credentials (gate, "The request has credentials twice");
  if (gatekeeper->secrets != NULL)
    secrets = verify_get_secrets (gatekeeper->secrets, gate->auth_secrets, &error);
  if (secrets == NULL)
    {
      log_secret (gatekeeper, source, error);
      return verify_refuse_secret ();
    }
  return credentials_hold (gate, value, secrets)
             ? NULL
             : refuse_credentials (gate, "The credentials are not known");
}

static Problem *
check_signature (Gatekeeper *gatekeeper, const DraftContext *context, const ConfigSource *source)
{
  g_autoptr (GError) error = NULL;
  Problem *problem;

  if (source->gate->signature == NULL)
    return NULL;
  if (gatekeeper->secrets == NULL)
    return verify_refuse_secret ();
  problem = verify_signature (source->gate, gatekeeper->secrets, context->request, context->now_us,
                              &error);
  if (error != NULL)
    log_secret (gatekeeper, source, error);
  return problem;
}

static Problem *
check_bytes (const IngressRequest *request, const ConfigGate *gate)
{
  gsize bytes = g_bytes_get_size (request->body);

  if (gate->body_bytes == 0 || bytes <= gate->body_bytes)
    return NULL;
  return problem_new (413, "body-too-large", "The body is too large",
                      "The body has %" G_GSIZE_FORMAT
                      " bytes; BodyBytes of the source allows %" G_GSIZE_FORMAT,
                      bytes, gate->body_bytes);
}

Problem *
gatekeeper_admit (Gatekeeper *gatekeeper, const DraftContext *context, const ConfigSource *source)
{
  const IngressRequest *request = context->request;
  const ConfigGate *gate = source->gate;
  Problem *problem;

  if (!takes_method (gate, request->method))
    return refuse_method (source, request->method);
  if (gate == NULL)
    return NULL;
  problem = check_address (context, gate);
  if (problem == NULL)
    problem = check_rate (gatekeeper, source);
  if (problem == NULL)
    problem = check_bytes (request, gate);
  if (problem == NULL)
    problem = check_credentials (gatekeeper, request, source);
  if (problem == NULL)
    problem = check_signature (gatekeeper, context, source);
  return problem;
}

/* ---- The body ---- */

static gboolean
takes_type (const ConfigGate *gate, const char *content_type)
{
  const char *type = content_type != NULL ? content_type : "application/json";

  for (char **allowed = gate->content_types; *allowed != NULL; allowed++)
    if (media_is (type, *allowed))
      return TRUE;
  return FALSE;
}

static Problem *
refuse_form (const char *what)
{
  return refuse_event ("", "", "%s", what);
}

static Problem *
read_form (const ConfigGate *gate, const char *text, gsize length, GBytes **out_body)
{
  g_autoptr (GArray) fields = form_parse (text, length);
  const char *value;

  if (fields == NULL)
    return refuse_form ("the form cannot be read: an escape is broken, or its text is not UTF-8");
  if (gate == NULL || gate->form_field == NULL)
    {
      *out_body = form_to_json (fields);
      return NULL;
    }
  value = form_get (fields, gate->form_field);
  if (value == NULL)
    return refuse_event ("", "", "the form has no field “%s”", gate->form_field);
  *out_body = g_bytes_new (value, strlen (value));
  return NULL;
}

Problem *
admit_body (const DraftContext *context, const ConfigSource *source, GBytes **out_body)
{
  const IngressRequest *request = context->request;
  const ConfigGate *gate = source->gate;
  gsize length;
  const char *text = g_bytes_get_data (request->body, &length);
  const char *query = request->target != NULL ? strchr (request->target, '?') : NULL;

  if (length == 0 && gate != NULL && gate->methods != NULL &&
      g_strcmp0 (request->method, "GET") == 0)
    return read_form (NULL, query != NULL ? query + 1 : "", query != NULL ? strlen (query + 1) : 0,
                      out_body);
  if (gate != NULL && gate->content_types != NULL)
    {
      if (!takes_type (gate, request->content_type))
        return refuse_media_of_source (request->content_type, gate->content_types);
      if (media_is (request->content_type, "application/x-www-form-urlencoded"))
        return read_form (gate, text, length, out_body);
    }
  else if (media_parse (request->content_type) != MEDIA_JSON)
    return refuse_media (request->content_type, FALSE);
  *out_body = g_bytes_ref (request->body);
  return NULL;
}

/* ---- Handshakes ---- */

gboolean
handshake_is_wanted (const ConfigSource *source, const char *name)
{
  return source->gate != NULL && source->gate->handshakes != NULL &&
         g_strv_contains ((const char *const *) source->gate->handshakes, name);
}

static char *
allowed_rate (const ConfigGate *gate)
{
  if (gate->rate_per_s <= 0)
    return g_strdup ("*");
  return g_strdup_printf ("%u", (guint) MAX (gate->rate_per_s * 60, 1));
}

gboolean
handshake_preflight (const DraftContext *context,
                     const ConfigSource *source,
                     Handshake *out_handshake,
                     Problem **out_problem)
{
  const IngressRequest *request = context->request;
  const char *origin = get_header (request, "WebHook-Request-Origin");
  g_autoptr (GStrvBuilder) headers = g_strv_builder_new ();
  g_autofree char *rate = NULL;

  *out_problem = NULL;
  if (g_strcmp0 (request->method, "OPTIONS") != 0 || !handshake_is_wanted (source, "cloudevents"))
    return FALSE;
  if (origin == NULL || *origin == '\0' || strlen (origin) > 255)
    {
      *out_problem = problem_new (400, "invalid-request", "The request is not valid",
                                  "The header WebHook-Request-Origin is missing or too long");
      return TRUE;
    }
  rate = allowed_rate (source->gate);
  g_strv_builder_add_many (headers, "Allow", "POST", "WebHook-Allowed-Origin", origin,
                           "WebHook-Allowed-Rate", rate, NULL);
  *out_handshake = (Handshake){ .status = 200,
                                .content_type = "text/plain; charset=utf-8",
                                .body = g_strdup (""),
                                .headers = g_strv_builder_end (headers) };
  return TRUE;
}

char *
admit_string_at (const char *path, GBytes *body)
{
  RulesBuffer found = { 0 };
  bool is_there = false;
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  char *string = NULL;

  if (rules_path_get (path, text, length, &found, &is_there, NULL) && is_there)
    string = json_slice_string (json_slice (found.data, found.length));
  rules_buffer_clear (&found);
  return string;
}

gboolean
handshake_challenge (const ConfigSource *source, GBytes *detail, Handshake *out_handshake)
{
  g_autofree char *type = NULL;
  char *challenge;

  if (!handshake_is_wanted (source, "slack"))
    return FALSE;
  type = admit_string_at ("$.type", detail);
  if (g_strcmp0 (type, "url_verification") != 0)
    return FALSE;
  challenge = admit_string_at ("$.challenge", detail);
  if (challenge == NULL)
    return FALSE;
  *out_handshake = (Handshake){ .status = 200,
                                .content_type = "text/plain; charset=utf-8",
                                .body = challenge,
                                .headers = g_new0 (char *, 1) };
  return TRUE;
}

void
handshake_clear (Handshake *handshake)
{
  g_free (handshake->body);
  g_strfreev (handshake->headers);
}
