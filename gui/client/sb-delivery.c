#include "config.h"

#include "sb-delivery.h"

#include <glib/gi18n.h>

#include "sb-json.h"
#include "sb-words.h"

struct _SbDelivery
{
  SbItem parent_instance;

  char *event;
  char *source;
  char *detail_type;
  char *rule;
  char *target;
  char *connector;
  SbDeliveryState state;
  gint64 created_us;
  gint64 changed_us;
  gint64 due_us;
  guint attempts;
  char *dead_sentence;

  char *last_outcome;
  int last_status;
  char *last_error_code;
  char *last_note;

  GPtrArray *history;
  char **attributes;
};

G_DEFINE_FINAL_TYPE (SbDelivery, sb_delivery, SB_TYPE_ITEM)

static const struct
{
  const char *name, *words, *icon, *style;
} states[] = {
  [SB_DELIVERY_READY] = {
      "ready", N_ ("Under way"), "sb-ready-symbolic", "accent" },
      [SB_DELIVERY_WAITING] = {
          "waiting", N_ ("Waiting for its next attempt"), "sb-waiting-symbolic", "warning" },
          [SB_DELIVERY_HELD] = {
              "held", N_ ("Held"), "sb-held-symbolic", "warning" },
              [SB_DELIVERY_DONE] = {
                  "done", N_ ("Delivered"), "sb-done-symbolic", "success" },
                  [SB_DELIVERY_DEAD] = {
                      "dead", N_ ("Dead letter"), "sb-dead-symbolic", "error" },
                      [SB_DELIVERY_DISCARDED] = {
                          "discarded", N_ ("Discarded"), "sb-discarded-symbolic", "dim-label" },
                          [SB_DELIVERY_UNKNOWN] = { "",
                                                    N_ ("Unknown"),
                                                        "dialog-question-symbolic",
                                                        "dim-label" },
                          };

SbDeliveryState
sb_delivery_state_parse (const char *name)
{
  for (guint i = 0; i < SB_DELIVERY_UNKNOWN; i++)
    if (g_str_equal (states[i].name, name))
      return (SbDeliveryState) i;
  return SB_DELIVERY_UNKNOWN;
}

const char *
sb_delivery_state_words (SbDeliveryState state)
{
  return _ (states[state].words);
}

const char *
sb_delivery_state_icon (SbDeliveryState state)
{
  return states[state].icon;
}

const char *
sb_delivery_state_style (SbDeliveryState state)
{
  return states[state].style;
}

void
sb_entry_free (SbEntry *entry)
{
  g_free (entry->outcome);
  g_free (entry->error_code);
  g_free (entry->note);
  g_free (entry->response);
  g_free (entry->actor);
  g_free (entry->reason);
  g_free (entry);
}

/* What is not known here is shown as an attempt. */
static SbEntryKind
read_kind (const char *name)
{
  static const char *const names[] = {
    [SB_ENTRY_ATTEMPT] = "attempt", [SB_ENTRY_REPLAY] = "replay", [SB_ENTRY_DISCARD] = "discard",
    [SB_ENTRY_RESTORE] = "restore", [SB_ENTRY_RETRY] = "retry",   [SB_ENTRY_POSTPONE] = "postpone",
    [SB_ENTRY_GIVE_UP] = "give-up",
  };

  for (guint kind = 0; kind < G_N_ELEMENTS (names); kind++)
    if (g_str_equal (names[kind], name))
      return (SbEntryKind) kind;
  return SB_ENTRY_ATTEMPT;
}

static SbEntry *
entry_new (JsonObject *object)
{
  SbEntry *entry = g_new0 (SbEntry, 1);

  entry->kind = read_kind (sb_json_string (object, "kind"));
  entry->at_us = sb_json_time_us (object, "at");
  entry->attempt = (guint) sb_json_int (object, "attempt");
  entry->duration_us = sb_json_int (object, "duration_us");
  entry->outcome = g_strdup (sb_json_string (object, "outcome"));
  entry->status = (int) sb_json_int (object, "status");
  entry->error_code = g_strdup (sb_json_string (object, "error_code"));
  entry->note = g_strdup (sb_json_string (object, "note"));
  entry->response = g_strdup (sb_json_string (object, "response"));
  entry->actor = g_strdup (sb_json_string (object, "actor"));
  entry->reason = g_strdup (sb_json_string (object, "reason"));
  return entry;
}

static void
read_history (SbDelivery *self, JsonObject *object)
{
  g_autoptr (GPtrArray) entries = sb_json_objects (object, "history");

  g_ptr_array_set_size (self->history, 0);
  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (self->history, entry_new (g_ptr_array_index (entries, i)));
}

static void
read_attributes (SbDelivery *self, JsonObject *object)
{
  JsonObject *attributes = sb_json_object (object, "dead_letter");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (attributes != NULL)
    {
      json_object_iter_init_ordered (&iter, attributes);
      while (json_object_iter_next_ordered (&iter, &name, &node))
        {
          g_autofree char *number = NULL;
          const char *value = sb_json_string (attributes, name);

          if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64)
            value = number = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
          g_strv_builder_add_many (builder, name, value, NULL);
        }
    }
  g_strfreev (self->attributes);
  self->attributes = g_strv_builder_end (builder);
}

static void
clear (SbDelivery *self)
{
  g_clear_pointer (&self->event, g_free);
  g_clear_pointer (&self->source, g_free);
  g_clear_pointer (&self->detail_type, g_free);
  g_clear_pointer (&self->rule, g_free);
  g_clear_pointer (&self->target, g_free);
  g_clear_pointer (&self->connector, g_free);
  g_clear_pointer (&self->dead_sentence, g_free);
  g_clear_pointer (&self->last_outcome, g_free);
  g_clear_pointer (&self->last_error_code, g_free);
  g_clear_pointer (&self->last_note, g_free);
}

static void
sb_delivery_read (SbItem *item, JsonObject *object)
{
  SbDelivery *self = SB_DELIVERY (item);
  JsonObject *last = sb_json_object (object, "last");

  clear (self);
  self->event = g_strdup (sb_json_string (object, "event"));
  self->source = g_strdup (sb_json_string (object, "source"));
  self->detail_type = g_strdup (sb_json_string (object, "detail-type"));
  self->rule = g_strdup (sb_json_string (object, "rule"));
  self->target = g_strdup (sb_json_string (object, "target"));
  self->connector = g_strdup (sb_json_string (object, "connector"));
  self->state = sb_delivery_state_parse (sb_json_string (object, "state"));
  self->created_us = sb_json_time_us (object, "created");
  self->changed_us = sb_json_time_us (object, "changed");
  self->due_us = sb_json_time_us (object, "due");
  self->attempts = (guint) sb_json_int (object, "attempts");
  self->dead_sentence = g_strdup (sb_json_string (object, "dead_sentence"));
  self->last_outcome = g_strdup (sb_json_string (last, "outcome"));
  self->last_status = (int) sb_json_int (last, "status");
  self->last_error_code = g_strdup (sb_json_string (last, "error_code"));
  self->last_note = g_strdup (sb_json_string (last, "note"));
  read_history (self, object);
  read_attributes (self, object);
}

static void
sb_delivery_finalize (GObject *object)
{
  SbDelivery *self = SB_DELIVERY (object);

  clear (self);
  g_clear_pointer (&self->history, g_ptr_array_unref);
  g_clear_pointer (&self->attributes, g_strfreev);

  G_OBJECT_CLASS (sb_delivery_parent_class)->finalize (object);
}

static void
sb_delivery_class_init (SbDeliveryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sb_delivery_finalize;
  SB_ITEM_CLASS (klass)->list = "deliveries";
  SB_ITEM_CLASS (klass)->read = sb_delivery_read;
}

static void
sb_delivery_init (SbDelivery *self)
{
  self->history = g_ptr_array_new_with_free_func ((GDestroyNotify) sb_entry_free);
  self->attributes = g_new0 (char *, 1);
}

const char *
sb_delivery_get_event (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), NULL);

  return self->event;
}

const char *
sb_delivery_get_source (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), NULL);

  return self->source;
}

const char *
sb_delivery_get_detail_type (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), NULL);

  return self->detail_type;
}

const char *
sb_delivery_get_rule (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), NULL);

  return self->rule;
}

const char *
sb_delivery_get_target (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), NULL);

  return self->target;
}

const char *
sb_delivery_get_connector (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), NULL);

  return self->connector;
}

SbDeliveryState
sb_delivery_get_state (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), SB_DELIVERY_UNKNOWN);

  return self->state;
}

gint64
sb_delivery_get_created_us (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), -1);

  return self->created_us;
}

gint64
sb_delivery_get_changed_us (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), -1);

  return self->changed_us;
}

gint64
sb_delivery_get_due_us (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), -1);

  return self->due_us;
}

guint
sb_delivery_get_attempts (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), 0);

  return self->attempts;
}

char *
sb_delivery_dup_sentence (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), NULL);

  if (*self->dead_sentence != '\0')
    return g_strdup (self->dead_sentence);
  if (*self->last_note != '\0')
    return g_strdup (self->last_note);
  return sb_delivery_dup_answer (self);
}

const char *
sb_delivery_get_note (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), NULL);

  return *self->dead_sentence != '\0' ? self->last_note : "";
}

char *
sb_delivery_dup_answer (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), NULL);

  if (*self->last_outcome == '\0')
    return g_strdup ("");
  return sb_words_answer (self->connector, self->last_outcome, self->last_status,
                          self->last_error_code);
}

GPtrArray *
sb_delivery_get_history (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), NULL);

  return self->history;
}

const char *const *
sb_delivery_get_attributes (SbDelivery *self)
{
  g_return_val_if_fail (SB_IS_DELIVERY (self), NULL);

  return (const char *const *) self->attributes;
}
