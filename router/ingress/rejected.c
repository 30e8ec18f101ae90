/* Requests that were turned away. */
#include "ingress/rejected.h"

#include "ingress/admit.h"

#include <string.h>

struct RejectedList
{
  GMutex lock;
  GQueue kept; /* Rejected, oldest first */
  gsize bytes;
};

RejectedList *
rejected_list_new (void)
{
  RejectedList *list = g_new0 (RejectedList, 1);

  g_mutex_init (&list->lock);
  g_queue_init (&list->kept);
  return list;
}

void
rejected_list_free (RejectedList *list)
{
  g_queue_clear_full (&list->kept, (GDestroyNotify) rejected_unref);
  g_mutex_clear (&list->lock);
  g_free (list);
}

Rejected *
rejected_ref (Rejected *rejected)
{
  return g_atomic_rc_box_acquire (rejected);
}

static void
rejected_clear (Rejected *rejected)
{
  g_free (rejected->id);
  g_free (rejected->source);
  g_free (rejected->cause);
  g_free (rejected->detail);
  g_free (rejected->method);
  g_free (rejected->target);
  g_free (rejected->content_type);
  g_free (rejected->peer);
  g_strfreev (rejected->headers);
  g_bytes_unref (rejected->body);
}

void
rejected_unref (Rejected *rejected)
{
  g_atomic_rc_box_release_full (rejected, (GDestroyNotify) rejected_clear);
}

/* ---- Keeping one ---- */

static gboolean
is_worth_keeping (const Problem *problem)
{
  static const char *const causes[] = {
    "unauthorized",
    "signature-missing",
    "signature-invalid",
    "signature-expired",
    "secret-missing",
    "address-not-allowed",
    "topic-not-allowed",
    "subscribe-url-not-allowed",
    "confirmation-failed",
    "invalid-json",
    "invalid-event",
    "unsupported-media-type",
    "invalid-idempotency-key",
    "idempotency-key-missing",
    NULL,
  };

  return g_strv_contains (causes, problem->type);
}

/* Does a header hold what the sender proves itself with? */
static gboolean
is_credential (const ConfigSource *source, const char *name)
{
  const ConfigGate *gate = source->gate;

  return g_ascii_strcasecmp (name, "Authorization") == 0 ||
         g_ascii_strcasecmp (name, "Cookie") == 0 ||
         (gate != NULL && gate->auth == CONFIG_AUTH_KEY &&
          g_ascii_strcasecmp (name, gate->auth_header) == 0) ||
         (gate != NULL && gate->signature != NULL &&
          g_ascii_strcasecmp (name, gate->signature->header) == 0);
}

static void
keep_header (const IngressRequest *request,
             const ConfigSource *source,
             const char *name,
             GStrvBuilder *headers)
{
  const char *value = request->header != NULL ? request->header (name, request->header_data) : NULL;

  if (value == NULL || is_credential (source, name))
    return;
  g_strv_builder_add (headers, name);
  g_strv_builder_add (headers, value);
}

static void
keep_attribute (const char *name, const char *value, gpointer user_data)
{
  GStrvBuilder *headers = user_data;

  if (g_ascii_strncasecmp (name, "ce-", 3) != 0)
    return;
  g_strv_builder_add (headers, name);
  g_strv_builder_add (headers, value);
}

static char **
keep_headers (const IngressRequest *request, const ConfigSource *source)
{
  static const char *const sns[] = { "x-amz-sns-message-type", "x-amz-sns-topic-arn" };
  static const char *const trace[] = { "traceparent", "tracestate" };
  const ConfigValue *values[] = {
    &source->source, &source->detail_type, &source->id,
    &source->time,   &source->resources,   source->repeats != NULL ? &source->repeats->key : NULL
  };
  g_autoptr (GStrvBuilder) headers = g_strv_builder_new ();

  for (char **name = source->kept_headers; name != NULL && *name != NULL; name++)
    keep_header (request, source, *name, headers);
  for (guint i = 0; source->continues_trace && i < G_N_ELEMENTS (trace); i++)
    keep_header (request, source, trace[i], headers);
  if (source->cloudevents != CONFIG_CLOUDEVENTS_OFF && request->each_header != NULL)
    request->each_header (keep_attribute, headers, request->header_data);

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (values[i] != NULL && values[i]->kind == CONFIG_VALUE_HEADER)
      keep_header (request, source, values[i]->text, headers);
  if (source->repeats == NULL)
    keep_header (request, source, "Idempotency-Key", headers);
  for (guint i = 0; handshake_is_wanted (source, "sns") && i < G_N_ELEMENTS (sns); i++)
    keep_header (request, source, sns[i], headers);
  return g_strv_builder_end (headers);
}

static gsize
weigh (const Rejected *rejected)
{
  return g_bytes_get_size (rejected->body) + 512;
}

/* With the lock. */
static void
make_room (RejectedList *list, const ConfigRouter *limits)
{
  while (list->kept.length > limits->rejected_requests || list->bytes > limits->rejected_bytes)
    {
      Rejected *oldest = g_queue_pop_head (&list->kept);

      list->bytes -= weigh (oldest);
      rejected_unref (oldest);
    }
}

static gboolean
reads_query (const ConfigSource *source)
{
  return source->source.kind == CONFIG_VALUE_QUERY ||
         source->detail_type.kind == CONFIG_VALUE_QUERY || source->id.kind == CONFIG_VALUE_QUERY ||
         source->time.kind == CONFIG_VALUE_QUERY || source->resources.kind == CONFIG_VALUE_QUERY ||
         (source->repeats != NULL && source->repeats->key.kind == CONFIG_VALUE_QUERY);
}

void
rejected_list_add (RejectedList *list,
                   const IngressRequest *request,
                   const Configuration *configuration,
                   const ConfigSource *source,
                   const Problem *problem,
                   const char *id,
                   gint64 now_us)
{
  /* The query is all that a request without a body says; otherwise it may hold a token, and is kept
   * only where the source reads it. */
  gboolean is_query = g_bytes_get_size (request->body) == 0 || reads_query (source);
  Rejected *rejected;

  if (!is_worth_keeping (problem) || configuration->router.rejected_requests == 0)
    return;
  rejected = g_atomic_rc_box_new0 (Rejected);
  rejected->id = g_strdup (id);
  rejected->at_us = now_us;
  rejected->source = g_strdup (source->name);
  rejected->cause = g_strdup (problem->type);
  rejected->status = problem->status;
  rejected->detail = g_strdup (problem->detail);
  rejected->method = g_strdup (request->method);
  rejected->target = is_query ? g_strdup (request->target) : NULL;
  rejected->content_type = g_strdup (request->content_type);
  rejected->peer = g_strdup (request->peer != NULL ? request->peer (request->header_data) : NULL);
  rejected->headers = keep_headers (request, source);
  rejected->body = g_bytes_ref (request->body);
  g_mutex_lock (&list->lock);
  g_queue_push_tail (&list->kept, rejected);
  list->bytes += weigh (rejected);
  make_room (list, &configuration->router);
  g_mutex_unlock (&list->lock);
}

/* ---- Looking ---- */

GPtrArray *
rejected_list_find (RejectedList *list, const char *source, const char *after, guint limit)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) rejected_unref);
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&list->lock);

  /* Ids sort by time. */
  for (GList *link = list->kept.tail; link != NULL && found->len < limit; link = link->prev)
    {
      Rejected *rejected = link->data;

      if ((after == NULL || strcmp (rejected->id, after) < 0) &&
          (source == NULL || strcmp (rejected->source, source) == 0))
        g_ptr_array_add (found, rejected_ref (rejected));
    }
  return found;
}

/* With the lock. */
static GList *
find_link (RejectedList *list, const char *id)
{
  for (GList *link = list->kept.tail; link != NULL; link = link->prev)
    if (strcmp (((Rejected *) link->data)->id, id) == 0)
      return link;
  return NULL;
}

Rejected *
rejected_list_get (RejectedList *list, const char *id)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&list->lock);
  GList *link = find_link (list, id);

  return link != NULL ? rejected_ref (link->data) : NULL;
}

void
rejected_list_remove (RejectedList *list, const char *id)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&list->lock);
  GList *link = find_link (list, id);

  if (link == NULL)
    return;
  list->bytes -= weigh (link->data);
  rejected_unref (link->data);
  g_queue_delete_link (&list->kept, link);
}

const char *
rejected_header (const char *name, gpointer data)
{
  const Rejected *rejected = data;

  for (guint i = 0; rejected->headers[i] != NULL; i += 2)
    if (g_ascii_strcasecmp (rejected->headers[i], name) == 0)
      return rejected->headers[i + 1];
  return NULL;
}

void
rejected_each_header (void (*visit) (const char *name, const char *value, gpointer visit_data),
                      gpointer visit_data,
                      gpointer data)
{
  const Rejected *rejected = data;

  for (guint i = 0; rejected->headers[i] != NULL; i += 2)
    visit (rejected->headers[i], rejected->headers[i + 1], visit_data);
}
