/* Keys of requests that may come again. */
#include "ingress/repeat.h"

#include "ingress/value.h"

#include <string.h>

#define HEADER "Idempotency-Key"

/* ---- Reading the key ---- */

static gboolean
is_visible (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (text[i] < ' ' || text[i] > '~')
      return FALSE;
  return TRUE;
}

/* RFC 8941, section 3.3.3; what follows may only be parameters, which have no meaning here. */
static char *
parse_quoted (const char *text, gsize length)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gsize i = 1;

  for (; i < length && text[i] != '"'; i++)
    {
      if (text[i] == '\\' && ++i < length && text[i] != '"' && text[i] != '\\')
        return NULL;
      if (i < length)
        g_string_append_c (out, text[i]);
    }
  if (i >= length)
    return NULL;
  for (i++; i < length && text[i] == ' '; i++)
    ;
  if (i < length && text[i] != ';')
    return NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
repeat_parse_key (const char *value)
{
  g_autofree char *text = g_strstrip (g_strdup (value));
  g_autofree char *key = NULL;
  gsize length = strlen (text);

  if (!is_visible (text, length))
    return NULL;
  if (*text == '"')
    key = parse_quoted (text, length);
  else if (strpbrk (text, " \"") == NULL)
    key = g_steal_pointer (&text);
  if (key == NULL || *key == '\0' || strlen (key) > REPEAT_MAX_KEY_BYTES)
    return NULL;
  return g_steal_pointer (&key);
}

static Problem *
refuse_key (const char *what)
{
  Problem *problem = problem_new (400, "invalid-idempotency-key",
                                  "The request's key cannot be read", "%s", what);

  problem_set_remedy (problem, "Send one key of 1 to %d visible ASCII characters, best a UUID",
                      REPEAT_MAX_KEY_BYTES);
  return problem;
}

static Problem *
refuse_missing (const ConfigRepeats *repeats)
{
  gboolean is_header = repeats->key.kind == CONFIG_VALUE_HEADER;
  Problem *problem = problem_new (400, "idempotency-key-missing", "The request has no key",
                                  "This source takes only requests with a key in %s %s",
                                  is_header ? "the header" : "the body at", repeats->key.text);

  problem_set_remedy (problem, "Give each request a key of its own, and the same again when it is "
                               "sent again");
  return problem;
}

static Problem *
read_header (const IngressRequest *request, char **out_key)
{
  const char *value = request->header != NULL ? request->header (HEADER, request->header_data)
                                              : NULL;

  if (value == NULL)
    return NULL;
  if (request->count_headers != NULL && request->count_headers (HEADER, request->header_data) > 1)
    return refuse_key ("There is more than one " HEADER);
  *out_key = repeat_parse_key (value);
  if (*out_key == NULL)
    return refuse_key ("The " HEADER " is neither a quoted string nor one word of ASCII, or it is "
                       "empty or too long");
  return NULL;
}

/* Any other place has ids of the sender's own making: long ones are told apart by their digest. */
static char *
read_value (const ConfigRepeats *repeats, const IngressRequest *request, GBytes *body)
{
  g_autofree char *value = value_get (&repeats->key, request, body);

  if (*value == '\0')
    return NULL;
  if (strlen (value) <= REPEAT_MAX_KEY_BYTES)
    return g_steal_pointer (&value);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, value, -1);
}

static void
fill_fingerprint (const IngressRequest *request, Repeat *repeat)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *type = request->content_type != NULL ? request->content_type : "";
  const char *bus = request->bus != NULL ? request->bus : "";
  gsize length = REPEAT_FINGERPRINT_BYTES, body_bytes;
  const guchar *body = g_bytes_get_data (request->body, &body_bytes);

  g_checksum_update (checksum, (const guchar *) type, (gssize) strlen (type) + 1);
  g_checksum_update (checksum, (const guchar *) bus, (gssize) strlen (bus) + 1);
  g_checksum_update (checksum, body, (gssize) body_bytes);
  g_checksum_get_digest (checksum, repeat->fingerprint, &length);
}

static Repeat *
make_repeat (const DraftContext *context, const char *key, gint64 window_us)
{
  const IngressRequest *request = context->request;
  Repeat *repeat = g_new0 (Repeat, 1);

  repeat->scope = request->source_name != NULL ? g_strconcat ("source/", request->source_name, NULL)
                                               : g_strdup ("api");
  repeat->key = g_strdup (key);
  repeat->at_us = context->now_us;
  repeat->expires_us = context->now_us + window_us;
  return repeat;
}

Problem *
repeat_read (const DraftContext *context,
             const ConfigSource *source,
             GBytes *body,
             const char *own_key,
             Repeat **out_repeat)
{
  const IngressRequest *request = context->request;
  const ConfigRepeats *repeats = source != NULL ? source->repeats : NULL;
  gint64 window_us = repeats != NULL ? repeats->window_us
                                     : context->configuration->router.repeat_us;
  gboolean is_standard = repeats == NULL || (repeats->key.kind == CONFIG_VALUE_HEADER &&
                                             g_ascii_strcasecmp (repeats->key.text, HEADER) == 0);
  gboolean is_own = FALSE;
  g_autofree char *key = NULL;
  Problem *problem = NULL;

  *out_repeat = NULL;
  if (window_us == 0)
    return NULL;
  if (is_standard)
    problem = read_header (request, &key);
  else
    key = read_value (repeats, request, body);
  if (problem == NULL && key == NULL && repeats == NULL && own_key != NULL)
    {
      is_own = TRUE;
      key = g_strdup (own_key);
    }
  if (problem == NULL && key == NULL && repeats != NULL && repeats->required)
    problem = refuse_missing (repeats);
  if (problem != NULL || key == NULL)
    return problem;
  *out_repeat = make_repeat (context, key, window_us);
  /* Ids of a sender's own are all that counts: a redelivery may differ in a detail. */
  if (is_standard && !is_own)
    fill_fingerprint (request, *out_repeat);
  return NULL;
}

/* ---- Requests under way ---- */

struct RepeatGuard
{
  GMutex lock;
  GHashTable *under_way; /* "scope key" */
};

RepeatGuard *
repeat_guard_new (void)
{
  RepeatGuard *guard = g_new0 (RepeatGuard, 1);

  g_mutex_init (&guard->lock);
  guard->under_way = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return guard;
}

void
repeat_guard_free (RepeatGuard *guard)
{
  g_hash_table_unref (guard->under_way);
  g_mutex_clear (&guard->lock);
  g_free (guard);
}

char *
repeat_guard_enter (RepeatGuard *guard, const Repeat *repeat)
{
  g_autofree char *ticket = g_strconcat (repeat->scope, " ", repeat->key, NULL);
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&guard->lock);

  if (g_hash_table_contains (guard->under_way, ticket))
    return NULL;
  g_hash_table_add (guard->under_way, g_strdup (ticket));
  return g_steal_pointer (&ticket);
}

void
repeat_guard_leave (RepeatGuard *guard, char *ticket)
{
  if (ticket == NULL)
    return;
  g_mutex_lock (&guard->lock);
  g_hash_table_remove (guard->under_way, ticket);
  g_mutex_unlock (&guard->lock);
  g_free (ticket);
}

Problem *
refuse_repeat_under_way (void)
{
  Problem *problem = problem_new (409, "request-under-way", "The same request is under way",
                                  "A request with the same key has not been answered yet");

  problem_set_remedy (problem, "Send it again in a moment: it will be answered like the first");
  problem->retry_after_s = 1;
  return problem;
}

Problem *
refuse_repeat_other (void)
{
  Problem *problem = problem_new (422, "idempotency-key-reused",
                                  "The key belongs to another request",
                                  "The key came before with another body or content type");

  problem_set_remedy (problem, "Give each request a key of its own");
  return problem;
}
