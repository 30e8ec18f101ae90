#include "config.h"

#include "sb-connector.h"

#include <glib/gi18n.h>

#include "sb-json.h"
#include "sb-words.h"

struct _SbConnector
{
  SbItem parent_instance;

  char *summary;
  char *description;
  SbConnectorState state;
  char *held_by;     /* who paused it */
  char *held_reason; /* why it is paused or shut */
  gint64 since_us, until_us;
  char *last_error;
  gint64 last_error_us, last_success_us;
  gint64 pending, done, dead;
  double oldest_pending_s, delivered_per_s, failed_per_s, p95_ms;
};

G_DEFINE_FINAL_TYPE (SbConnector, sb_connector, SB_TYPE_ITEM)

static void
clear (SbConnector *self)
{
  g_clear_pointer (&self->summary, g_free);
  g_clear_pointer (&self->description, g_free);
  g_clear_pointer (&self->held_by, g_free);
  g_clear_pointer (&self->held_reason, g_free);
  g_clear_pointer (&self->last_error, g_free);
}

static double
read_double (JsonObject *object, const char *member, double otherwise)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : otherwise;
}

static SbConnectorState
parse_state (const char *name)
{
  static const char *const names[] = { "open", "shut", "probing", "paused" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], name))
      return (SbConnectorState) i;
  return SB_CONNECTOR_OPEN;
}

static void
sb_connector_read (SbItem *item, JsonObject *object)
{
  SbConnector *self = SB_CONNECTOR (item);
  JsonObject *counts = sb_json_object (object, "counts");
  JsonObject *error = sb_json_object (object, "last_error");
  JsonObject *held;

  clear (self);
  self->state = parse_state (sb_json_string (object, "state"));
  held = sb_json_object (object, self->state == SB_CONNECTOR_PAUSED ? "paused" : "shut");
  self->summary = g_strdup (sb_json_string (object, "summary"));
  self->description = g_strdup (sb_json_string (object, "description"));
  self->held_by = g_strdup (sb_json_string (held, "by"));
  self->held_reason = g_strdup (sb_json_string (held, "reason"));
  self->since_us = sb_json_time_us (held, "since");
  self->until_us = sb_json_time_us (held, "until");
  self->last_error = g_strdup (sb_json_string (error, "note"));
  self->last_error_us = sb_json_time_us (error, "at");
  self->last_success_us = sb_json_time_us (object, "last_success");
  self->pending = sb_json_int (object, "pending");
  self->done = sb_json_int (counts, "done");
  self->dead = sb_json_int (counts, "dead");
  self->oldest_pending_s = read_double (object, "oldest_pending_seconds", 0);
  self->delivered_per_s = read_double (object, "delivered_per_second", 0);
  self->failed_per_s = read_double (object, "failed_per_second", 0);
  self->p95_ms = read_double (object, "p95_ms", -1);
}

static void
sb_connector_finalize (GObject *object)
{
  clear (SB_CONNECTOR (object));

  G_OBJECT_CLASS (sb_connector_parent_class)->finalize (object);
}

static void
sb_connector_class_init (SbConnectorClass *klass)
{
  SbItemClass *item_class = SB_ITEM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sb_connector_finalize;
  item_class->list = "connectors";
  item_class->id = "name";
  item_class->is_whole = TRUE;
  item_class->read = sb_connector_read;
}

static void
sb_connector_init (SbConnector *self)
{
}

#define GETTER(type, name, none)                                                                   \
  type sb_connector_get_##name (SbConnector *self)                                                 \
  {                                                                                                \
    g_return_val_if_fail (SB_IS_CONNECTOR (self), none);                                           \
                                                                                                   \
    return self->name;                                                                             \
  }

GETTER (const char *, summary, NULL)
GETTER (const char *, description, NULL)
GETTER (SbConnectorState, state, SB_CONNECTOR_OPEN)
GETTER (const char *, last_error, NULL)
GETTER (gint64, last_error_us, -1)
GETTER (gint64, last_success_us, -1)
GETTER (gint64, pending, 0)
GETTER (gint64, done, 0)
GETTER (gint64, dead, 0)
GETTER (double, oldest_pending_s, 0)
GETTER (double, delivered_per_s, 0)
GETTER (double, failed_per_s, 0)
GETTER (double, p95_ms, -1)

gboolean
sb_connector_is_failing (SbConnector *self)
{
  g_return_val_if_fail (SB_IS_CONNECTOR (self), FALSE);

  /* What never worked fails, also when all that it was to get is dead already. */
  return self->state == SB_CONNECTOR_SHUT || self->state == SB_CONNECTOR_PROBING ||
         (self->last_error_us > self->last_success_us &&
          (self->pending > 0 || self->last_success_us < 0));
}

char *
sb_connector_dup_reason (SbConnector *self, gint64 now_us)
{
  g_autofree char *since = NULL;
  g_autofree char *next = NULL;

  g_return_val_if_fail (SB_IS_CONNECTOR (self), NULL);

  since = sb_words_ago (self->since_us, now_us);
  switch (self->state)
    {
    case SB_CONNECTOR_PAUSED:
      return *self->held_reason != '\0'
          /* Translators: "Paused 3 min ago by uid 1000: the desk is being moved" */
          ? g_strdup_printf (_ ("Paused %s by %s: %s"), since, self->held_by, self->held_reason)
          : g_strdup_printf (_ ("Paused %s by %s"), since, self->held_by);
    case SB_CONNECTOR_SHUT:
      next = sb_words_countdown (self->until_us, now_us);
      /* Translators: "Nothing is sent since 3 min ago; it is tried again in 12 s" */
      return g_strdup_printf (_ ("Its breaker shut %s; it is tried again %s"), since, next);
    case SB_CONNECTOR_PROBING:
      return g_strdup (_ ("It is being tried with one delivery"));
    case SB_CONNECTOR_OPEN:
    default:
      return g_strdup ("");
    }
}

const char *
sb_connector_get_state_words (SbConnector *self)
{
  g_return_val_if_fail (SB_IS_CONNECTOR (self), NULL);

  switch (self->state)
    {
    case SB_CONNECTOR_PAUSED:
      return _ ("Paused");
    case SB_CONNECTOR_SHUT:
      return _ ("Shut by its breaker");
    case SB_CONNECTOR_PROBING:
      return _ ("Being tried");
    case SB_CONNECTOR_OPEN:
    default:
      if (sb_connector_is_failing (self))
        return _ ("Failing");
      return self->last_success_us >= 0 ? _ ("Working") : _ ("Not used yet");
    }
}

const char *
sb_connector_get_state_icon (SbConnector *self)
{
  g_return_val_if_fail (SB_IS_CONNECTOR (self), NULL);

  if (self->state == SB_CONNECTOR_PAUSED)
    return "sb-held-symbolic";
  if (sb_connector_is_failing (self))
    return "sb-dead-symbolic";
  return self->last_success_us >= 0 ? "sb-done-symbolic" : "sb-discarded-symbolic";
}

const char *
sb_connector_get_state_style (SbConnector *self)
{
  g_return_val_if_fail (SB_IS_CONNECTOR (self), NULL);

  if (self->state == SB_CONNECTOR_PAUSED)
    return "warning";
  if (sb_connector_is_failing (self))
    return "error";
  return self->last_success_us >= 0 ? "success" : "dim-label";
}
