#include "config.h"

#include "sb-router.h"

#include <glib/gi18n.h>

#include "sb-changes.h"
#include "sb-curl.h"
#include "sb-error.h"

#define STREAM_INTERVALS 5 /* between two questions while the stream tells what changes */
#define MAX_BACK_OFF 5     /* intervals between two tries of a router that is away */

/* One question is under way at most.  `next_us` is when the next may be asked; it is moved on when
 * an answer comes, so that a slow router is not asked twice. */
struct _SbRouter
{
  GObject parent_instance;

  SbClient *client;
  SbChanges *changes;
  SbStatus *status;
  char *error;
  SbRouterState state;
  SbTrouble trouble;
  gboolean active;
  guint interval_ms;
  guint n_failures;
  guint beat_id;
  gint64 next_us;      /* monotonic */
  gint64 answered_us;  /* monotonic; 0: never */
  gint64 clock_gap_us; /* the router's wall clock less ours */
  gboolean asking;
  gboolean ask_again; /* poked while asking: the answer may be older than the poke */
  GCancellable *cancellable;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_BEAT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbRouter, sb_router, G_TYPE_OBJECT)

static void ask (SbRouter *self);

static void
take_answer (SbRouter *self, JsonObject *answer)
{
  SbStatus *status = sb_status_new (answer);
  gboolean unchanged = self->state == SB_ROUTER_CONNECTED &&
                       sb_status_is_unchanged (status, self->status);

  self->clock_gap_us = status->now_us >= 0 ? status->now_us - g_get_real_time () : 0;
  self->answered_us = g_get_monotonic_time ();
  self->n_failures = 0;
  self->state = SB_ROUTER_CONNECTED;
  self->trouble = SB_TROUBLE_NONE;
  g_clear_pointer (&self->error, g_free);
  g_clear_pointer (&self->status, sb_status_free);
  self->status = status;
  if (self->active)
    sb_changes_open (self->changes);

  g_signal_emit (self, signals[SIGNAL_BEAT], 0);
  if (!unchanged)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static SbTrouble
trouble_of (const GError *error)
{
  if (g_error_matches (error, SB_ERROR, SB_ERROR_TOKEN))
    return SB_TROUBLE_TOKEN;
  if (g_error_matches (error, SB_ERROR, SB_ERROR_CERTIFICATE))
    return SB_TROUBLE_CERTIFICATE;
  if (g_error_matches (error, SB_ERROR, SB_ERROR_PROTOCOL))
    return SB_TROUBLE_PROTOCOL;
  return SB_TROUBLE_SILENT;
}

static const char *
describe_token (SbRouter *self)
{
  return sb_client_has_token (self->client)
      ? _ ("The router does not take the token: it is another one, has expired or was revoked. "
                  "Whoever looks after the router makes a new one with signalboxctl token create.")
      : _ ("The router asks who you are. Whoever looks after it makes a token with "
                  "signalboxctl token create.");
}

static void
take_failure (SbRouter *self, const GError *error)
{
  self->n_failures++;
  self->state = SB_ROUTER_AWAY;
  self->trouble = trouble_of (error);
  g_free (self->error);
  self->error = g_strdup (self->trouble == SB_TROUBLE_TOKEN ? describe_token (self)
                                                            : error->message);
  /* What a stream of before still tells may come from somebody else. */
  if (!sb_router_is_trying (self))
    sb_changes_close (self->changes);
  g_signal_emit (self, signals[SIGNAL_BEAT], 0);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  g_autoptr (SbRouter) self = NULL;
  guint wait;

  /* Cancelled only by dispose: user_data is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = g_object_ref (SB_ROUTER (user_data));
  self->asking = FALSE;
  wait = answer != NULL ? 1 : MIN (self->n_failures + 1, MAX_BACK_OFF);
  if (answer != NULL && sb_changes_is_open (self->changes))
    wait = STREAM_INTERVALS;
  self->next_us = g_get_monotonic_time () + (gint64) wait * self->interval_ms * 1000;
  if (answer != NULL)
    take_answer (self, answer);
  else
    take_failure (self, error);

  if (self->ask_again && self->active)
    ask (self);
}

static void
ask (SbRouter *self)
{
  self->ask_again = self->asking;
  if (self->asking)
    return;

  self->asking = TRUE;
  sb_client_get_status_async (self->client, self->cancellable, answered_cb, self);
}

static gboolean
beat_cb (gpointer user_data)
{
  SbRouter *self = user_data;

  /* Half an interval early is on time: beats come late by a little, never early. */
  if (g_get_monotonic_time () + (gint64) self->interval_ms * 500 >= self->next_us &&
      !self->asking && sb_router_is_trying (self))
    ask (self);
  g_signal_emit (self, signals[SIGNAL_BEAT], 0);
  return G_SOURCE_CONTINUE;
}

static void
sb_router_dispose (GObject *object)
{
  SbRouter *self = SB_ROUTER (object);

  g_clear_handle_id (&self->beat_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  if (self->changes != NULL)
    sb_changes_close (self->changes);

  G_OBJECT_CLASS (sb_router_parent_class)->dispose (object);
}

static void
sb_router_finalize (GObject *object)
{
  SbRouter *self = SB_ROUTER (object);

  g_clear_object (&self->changes);
  g_clear_object (&self->client);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->status, sb_status_free);
  g_clear_pointer (&self->error, g_free);

  G_OBJECT_CLASS (sb_router_parent_class)->finalize (object);
}

static void
sb_router_class_init (SbRouterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sb_router_dispose;
  object_class->finalize = sb_router_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SB_TYPE_ROUTER, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_BEAT] = g_signal_new ("beat", SB_TYPE_ROUTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 0);
}

static void
sb_router_init (SbRouter *self)
{
  self->cancellable = g_cancellable_new ();
}

SbRouter *
sb_router_new (SbClient *client, guint interval_ms)
{
  SbRouter *self = g_object_new (SB_TYPE_ROUTER, NULL);

  self->client = g_object_ref (client);
  self->interval_ms = interval_ms;
  self->changes = sb_changes_new (client);
  /* A stream that ends is often the first that is noticed of a router that went away. */
  g_signal_connect_object (self->changes, "changed", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->changes, "closed", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  return self;
}

SbClient *
sb_router_get_client (SbRouter *self)
{
  g_return_val_if_fail (SB_IS_ROUTER (self), NULL);

  return self->client;
}

SbRouterState
sb_router_get_state (SbRouter *self)
{
  g_return_val_if_fail (SB_IS_ROUTER (self), SB_ROUTER_CONNECTING);

  return self->state;
}

const SbStatus *
sb_router_get_status (SbRouter *self)
{
  g_return_val_if_fail (SB_IS_ROUTER (self), NULL);

  return self->status;
}

const char *
sb_router_get_error (SbRouter *self)
{
  g_return_val_if_fail (SB_IS_ROUTER (self), NULL);

  return self->error;
}

SbTrouble
sb_router_get_trouble (SbRouter *self)
{
  g_return_val_if_fail (SB_IS_ROUTER (self), SB_TROUBLE_NONE);

  return self->trouble;
}

gboolean
sb_router_is_trying (SbRouter *self)
{
  g_return_val_if_fail (SB_IS_ROUTER (self), FALSE);

  return self->trouble <= SB_TROUBLE_SILENT;
}

guint
sb_router_get_age_s (SbRouter *self)
{
  g_return_val_if_fail (SB_IS_ROUTER (self), 0);

  return (guint) ((g_get_monotonic_time () - self->answered_us) / G_USEC_PER_SEC);
}

guint
sb_router_get_retry_s (SbRouter *self)
{
  gint64 left_us;

  g_return_val_if_fail (SB_IS_ROUTER (self), 0);

  left_us = self->next_us - g_get_monotonic_time ();
  return self->asking || left_us < 0 ? 0
                                     : (guint) ((left_us + G_USEC_PER_SEC / 2) / G_USEC_PER_SEC);
}

gint64
sb_router_get_now_us (SbRouter *self)
{
  g_return_val_if_fail (SB_IS_ROUTER (self), 0);

  return g_get_real_time () + self->clock_gap_us;
}

char *
sb_router_dup_words (SbRouter *self)
{
  guint retry_s;

  g_return_val_if_fail (SB_IS_ROUTER (self), NULL);

  switch (self->state)
    {
    case SB_ROUTER_CONNECTING:
      return g_strdup (_ ("Connecting…"));
    case SB_ROUTER_CONNECTED:
      if (self->status->stopping)
        return g_strdup (_ ("Stopping"));
      if (self->status->disk_full)
        return g_strdup (_ ("Connected, its disk is full"));
      return g_strdup (_ ("Connected"));
    case SB_ROUTER_AWAY:
    default:
      if (self->trouble == SB_TROUBLE_TOKEN)
        return g_strdup (sb_client_has_token (self->client)
                         ? _ ("Not connected: the token is refused")
                         : _ ("Not connected: a token is needed"));
      if (self->trouble == SB_TROUBLE_CERTIFICATE)
        return g_strdup (_ ("Not connected: the certificate is not good"));
      if (self->trouble == SB_TROUBLE_PROTOCOL)
        return g_strdup (_ ("Not connected: the address is not right"));
      retry_s = sb_router_get_retry_s (self);
      if (retry_s == 0)
        return g_strdup (_ ("Away, trying again…"));
      return g_strdup_printf (
          ngettext ("Away, trying again in %u s", "Away, trying again in %u s", retry_s), retry_s);
    }
}

char *
sb_router_dup_curl_line (SbRouter *self, const char *path)
{
  const SbAddress *address;
  const char *event;

  g_return_val_if_fail (SB_IS_ROUTER (self), NULL);

  address = sb_client_get_address (self->client);
  event = sb_curl_get_event (path);
  if (self->status != NULL && *self->status->listen != '\0' &&
      sb_address_get_connectable (address) != NULL)
    return g_strdup_printf ("curl %s%s --json '%s'", self->status->listen, path, event);
  return g_strdup_printf ("curl %s%s%s --json '%s'", sb_address_get_curl_option (address),
                          sb_address_get_base (address), path, event);
}

void
sb_router_set_active (SbRouter *self, gboolean active)
{
  g_return_if_fail (SB_IS_ROUTER (self));

  active = !!active;
  if (self->active == active)
    return;

  self->active = active;
  if (!active)
    {
      g_clear_handle_id (&self->beat_id, g_source_remove);
      sb_changes_close (self->changes);
      return;
    }
  self->beat_id = g_timeout_add (self->interval_ms, beat_cb, self);
  sb_router_poke (self);
}

void
sb_router_poke (SbRouter *self)
{
  g_return_if_fail (SB_IS_ROUTER (self));

  /* Connections that are open would go on with what was believed before. */
  if (!sb_router_is_trying (self) && !self->asking)
    sb_client_renew (self->client);
  ask (self);
}
