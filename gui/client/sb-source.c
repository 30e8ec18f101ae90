#include "config.h"

#include "sb-source.h"

#include <glib/gi18n.h>

#include "sb-json.h"

struct _SbSource
{
  SbItem parent_instance;

  char *description;
  char *path;
  char *bus;
  gboolean enabled;
  gint64 events;
  double in_per_s, refused_per_s;
  gint64 last_event_us, last_refused_us;
  char *last_refusal;
};

G_DEFINE_FINAL_TYPE (SbSource, sb_source, SB_TYPE_ITEM)

static void
clear (SbSource *self)
{
  g_clear_pointer (&self->description, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->bus, g_free);
  g_clear_pointer (&self->last_refusal, g_free);
}

static double
read_double (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : 0;
}

static void
sb_source_read (SbItem *item, JsonObject *object)
{
  SbSource *self = SB_SOURCE (item);
  JsonObject *refused = sb_json_object (object, "last_refused");
  const char *note = sb_json_string (refused, "note");

  clear (self);
  self->description = g_strdup (sb_json_string (object, "description"));
  self->path = g_strdup (sb_json_string (object, "path"));
  self->bus = g_strdup (sb_json_string (object, "bus"));
  self->enabled = sb_json_bool (object, "enabled");
  self->events = sb_json_int (object, "events");
  self->in_per_s = read_double (object, "in_per_second");
  self->refused_per_s = read_double (object, "refused_per_second");
  self->last_event_us = sb_json_time_us (object, "last_event");
  self->last_refused_us = sb_json_time_us (refused, "at");
  self->last_refusal = g_strdup (*note != '\0' ? note : sb_json_string (refused, "cause"));
}

static void
sb_source_finalize (GObject *object)
{
  clear (SB_SOURCE (object));

  G_OBJECT_CLASS (sb_source_parent_class)->finalize (object);
}

static void
sb_source_class_init (SbSourceClass *klass)
{
  SbItemClass *item_class = SB_ITEM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sb_source_finalize;
  item_class->list = "sources";
  item_class->id = "name";
  item_class->is_whole = TRUE;
  item_class->read = sb_source_read;
}

static void
sb_source_init (SbSource *self)
{
}

#define GETTER(type, name, none)                                                                   \
  type sb_source_get_##name (SbSource *self)                                                       \
  {                                                                                                \
    g_return_val_if_fail (SB_IS_SOURCE (self), none);                                              \
                                                                                                   \
    return self->name;                                                                             \
  }

GETTER (const char *, description, NULL)
GETTER (const char *, path, NULL)
GETTER (const char *, bus, NULL)
GETTER (gboolean, enabled, FALSE)
GETTER (gint64, events, 0)
GETTER (double, in_per_s, 0)
GETTER (double, refused_per_s, 0)
GETTER (gint64, last_event_us, -1)
GETTER (gint64, last_refused_us, -1)
GETTER (const char *, last_refusal, NULL)

char *
sb_source_dup_file (SbSource *self)
{
  const char *name;

  g_return_val_if_fail (SB_IS_SOURCE (self), NULL);

  name = sb_item_get_id (SB_ITEM (self));
  if (g_str_equal (name, "api") && g_str_equal (self->path, "/v1/events"))
    return NULL;
  return g_strconcat ("source/", name, ".json", NULL);
}

gboolean
sb_source_takes_requests (SbSource *self)
{
  g_return_val_if_fail (SB_IS_SOURCE (self), FALSE);

  return g_str_has_prefix (self->path, "/in/") || g_str_has_prefix (self->path, "/v1/");
}

gboolean
sb_source_is_refusing (SbSource *self)
{
  g_return_val_if_fail (SB_IS_SOURCE (self), FALSE);

  return self->last_refused_us > self->last_event_us;
}

const char *
sb_source_get_state_words (SbSource *self)
{
  g_return_val_if_fail (SB_IS_SOURCE (self), NULL);

  if (!self->enabled)
    return _ ("Switched off");
  if (sb_source_is_refusing (self))
    return _ ("Turned the last request away");
  return self->last_event_us >= 0 ? _ ("Working") : _ ("Waiting for the first event");
}

const char *
sb_source_get_state_icon (SbSource *self)
{
  g_return_val_if_fail (SB_IS_SOURCE (self), NULL);

  if (!self->enabled)
    return "sb-held-symbolic";
  if (sb_source_is_refusing (self))
    return "dialog-warning-symbolic";
  return self->last_event_us >= 0 ? "sb-done-symbolic" : "sb-discarded-symbolic";
}

const char *
sb_source_get_state_style (SbSource *self)
{
  g_return_val_if_fail (SB_IS_SOURCE (self), NULL);

  if (!self->enabled || sb_source_is_refusing (self))
    return "warning";
  return self->last_event_us >= 0 ? "success" : "dim-label";
}
