#include "config.h"

#include "sb-event.h"

#include <glib/gi18n.h>

#include "sb-json.h"

struct _SbEvent
{
  SbItem parent_instance;

  char *bus;
  char *ingress;
  char *source;
  char *detail_type;
  gint64 received_us;
  gint64 bytes;
  gint64 generation;
  char **matched;
  guint n_deliveries;
  guint counts[SB_DELIVERY_UNKNOWN];
};

G_DEFINE_FINAL_TYPE (SbEvent, sb_event, SB_TYPE_ITEM)

static void
clear (SbEvent *self)
{
  g_clear_pointer (&self->bus, g_free);
  g_clear_pointer (&self->ingress, g_free);
  g_clear_pointer (&self->source, g_free);
  g_clear_pointer (&self->detail_type, g_free);
  g_clear_pointer (&self->matched, g_strfreev);
}

static void
sb_event_read (SbItem *item, JsonObject *object)
{
  static const char *const names[SB_DELIVERY_UNKNOWN] = {
    [SB_DELIVERY_READY] = "ready", [SB_DELIVERY_WAITING] = "waiting",
    [SB_DELIVERY_HELD] = "held",   [SB_DELIVERY_DONE] = "done",
    [SB_DELIVERY_DEAD] = "dead",   [SB_DELIVERY_DISCARDED] = "discarded",
  };
  SbEvent *self = SB_EVENT (item);
  JsonObject *counts = sb_json_object (object, "counts");

  clear (self);
  self->bus = g_strdup (sb_json_string (object, "bus"));
  self->ingress = g_strdup (sb_json_string (object, "ingress"));
  self->source = g_strdup (sb_json_string (object, "source"));
  self->detail_type = g_strdup (sb_json_string (object, "detail-type"));
  self->received_us = sb_json_time_us (object, "received");
  self->bytes = sb_json_int (object, "bytes");
  self->generation = sb_json_int (object, "generation");
  self->matched = sb_json_strings (object, "matched");
  self->n_deliveries = (guint) sb_json_int (object, "deliveries");
  for (guint i = 0; i < SB_DELIVERY_UNKNOWN; i++)
    self->counts[i] = (guint) sb_json_int (counts, names[i]);
}

static void
sb_event_finalize (GObject *object)
{
  clear (SB_EVENT (object));

  G_OBJECT_CLASS (sb_event_parent_class)->finalize (object);
}

static void
sb_event_class_init (SbEventClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sb_event_finalize;
  SB_ITEM_CLASS (klass)->list = "events";
  SB_ITEM_CLASS (klass)->read = sb_event_read;
}

static void
sb_event_init (SbEvent *self)
{
}

const char *
sb_event_get_bus (SbEvent *self)
{
  g_return_val_if_fail (SB_IS_EVENT (self), NULL);

  return self->bus;
}

const char *
sb_event_get_ingress (SbEvent *self)
{
  g_return_val_if_fail (SB_IS_EVENT (self), NULL);

  return self->ingress;
}

const char *
sb_event_get_source (SbEvent *self)
{
  g_return_val_if_fail (SB_IS_EVENT (self), NULL);

  return self->source;
}

const char *
sb_event_get_detail_type (SbEvent *self)
{
  g_return_val_if_fail (SB_IS_EVENT (self), NULL);

  return self->detail_type;
}

gint64
sb_event_get_received_us (SbEvent *self)
{
  g_return_val_if_fail (SB_IS_EVENT (self), -1);

  return self->received_us;
}

gint64
sb_event_get_bytes (SbEvent *self)
{
  g_return_val_if_fail (SB_IS_EVENT (self), 0);

  return self->bytes;
}

gint64
sb_event_get_generation (SbEvent *self)
{
  g_return_val_if_fail (SB_IS_EVENT (self), 0);

  return self->generation;
}

const char *const *
sb_event_get_matched (SbEvent *self)
{
  g_return_val_if_fail (SB_IS_EVENT (self), NULL);

  return (const char *const *) self->matched;
}

guint
sb_event_get_n_deliveries (SbEvent *self)
{
  g_return_val_if_fail (SB_IS_EVENT (self), 0);

  return self->n_deliveries;
}

SbDeliveryState
sb_event_get_state (SbEvent *self)
{
  static const SbDeliveryState order[] = { SB_DELIVERY_DEAD, SB_DELIVERY_WAITING,
                                           SB_DELIVERY_HELD, SB_DELIVERY_READY,
                                           SB_DELIVERY_DONE, SB_DELIVERY_DISCARDED };

  g_return_val_if_fail (SB_IS_EVENT (self), SB_DELIVERY_UNKNOWN);

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (self->counts[order[i]] > 0)
      return order[i];
  return SB_DELIVERY_UNKNOWN;
}

/* Takes the text over when there is something to count. */
static void
add_words (GPtrArray *parts, guint n, char *text)
{
  if (n > 0)
    g_ptr_array_add (parts, text);
  else
    g_free (text);
}

char *
sb_event_dup_words (SbEvent *self)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  guint dead, waiting, ready, done, discarded;

  g_return_val_if_fail (SB_IS_EVENT (self), NULL);

  if (self->matched[0] == NULL)
    return g_strdup (_ ("No rule matched"));
  if (self->n_deliveries == 0)
    return g_strdup (_ ("Matched, nothing to deliver"));

  dead = self->counts[SB_DELIVERY_DEAD];
  waiting = self->counts[SB_DELIVERY_WAITING] + self->counts[SB_DELIVERY_HELD];
  ready = self->counts[SB_DELIVERY_READY];
  done = self->counts[SB_DELIVERY_DONE];
  discarded = self->counts[SB_DELIVERY_DISCARDED];
  add_words (parts, dead, g_strdup_printf (ngettext ("%u dead", "%u dead", dead), dead));
  add_words (parts, waiting,
             g_strdup_printf (ngettext ("%u waiting", "%u waiting", waiting), waiting));
  add_words (parts, ready,
             g_strdup_printf (ngettext ("%u under way", "%u under way", ready), ready));
  add_words (parts, done, g_strdup_printf (ngettext ("%u delivered", "%u delivered", done), done));
  add_words (parts, discarded,
             g_strdup_printf (ngettext ("%u discarded", "%u discarded", discarded), discarded));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (_ (", "), (char **) parts->pdata);
}
