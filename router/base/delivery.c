/* Names of deliveries, their states and the reasons of dead letters. */
#include "base/delivery.h"

#include "base/id.h"

#include <string.h>

guint
delivery_key_hash (gconstpointer key)
{
  const DeliveryKey *k = key;

  return (guint) ((guint64) k->event_seq * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> 32) ^
         k->index;
}

gboolean
delivery_key_equal (gconstpointer a, gconstpointer b)
{
  const DeliveryKey *x = a, *y = b;

  return x->event_seq == y->event_seq && x->index == y->index;
}

char *
delivery_id_new (const char *event_id, guint32 index)
{
  return g_strdup_printf ("%s-%u", event_id, index);
}

gboolean
delivery_id_parse (const char *id, char **out_event_id, guint32 *out_index)
{
  g_autofree char *event_id = g_strndup (id, ID_LENGTH);
  guint64 index;

  if (!id_is_valid (event_id) || id[ID_LENGTH] != '-' || id[ID_LENGTH + 1] == '0' ||
      !g_ascii_string_to_unsigned (id + ID_LENGTH + 1, 10, 1, G_MAXUINT32, &index, NULL))
    return FALSE;
  *out_event_id = g_steal_pointer (&event_id);
  *out_index = (guint32) index;
  return TRUE;
}

static const char *const state_names[DELIVERY_N_STATES] = {
  [DELIVERY_READY] = "ready", [DELIVERY_WAITING] = "waiting", [DELIVERY_HELD] = "held",
  [DELIVERY_DONE] = "done",   [DELIVERY_DEAD] = "dead",       [DELIVERY_DISCARDED] = "discarded",
};

const char *
delivery_state_name (DeliveryState state)
{
  g_return_val_if_fail (state >= DELIVERY_READY && state < DELIVERY_N_STATES, "unknown");
  return state_names[state];
}

gboolean
delivery_state_parse (const char *name, DeliveryState *out_state)
{
  for (guint i = DELIVERY_READY; i < DELIVERY_N_STATES; i++)
    if (strcmp (name, state_names[i]) == 0)
      {
        *out_state = (DeliveryState) i;
        return TRUE;
      }
  return FALSE;
}

static const struct
{
  const char *name, *sentence;
} reasons[] = {
  [DEAD_NOT] = { "", "" },
  [DEAD_REFUSED] = { "refused", "The target refused it" },
  [DEAD_ATTEMPTS] = { "attempts-used-up", "All attempts of its retry policy are used up" },
  [DEAD_AGE] = { "too-old", "It is older than its retry policy allows" },
  [DEAD_INPUT] = { "invalid-input", "Its input transformer did not give valid JSON" },
  [DEAD_NO_TARGET] = { "no-target", "Its rule, target or connector is no longer configured" },
  [DEAD_HOPS] = { "too-many-hops", "Its event went from bus to bus too often" },
  [DEAD_TIME] = { "unreadable-time", "Its event says when to deliver it, but not as a time" },
  [DEAD_OPERATOR] = { "given-up", "An operator gave it up" },
  [DEAD_MISCONFIGURED] = { "misconfigured", "Its connector cannot work as it is configured" },
};

const char *
dead_reason_name (DeadReason reason)
{
  g_return_val_if_fail (reason < G_N_ELEMENTS (reasons), "");
  return reasons[reason].name;
}

gboolean
dead_reason_by_name (const char *name, DeadReason *out_reason)
{
  for (guint reason = DEAD_NOT + 1; reason < DEAD_N_REASONS; reason++)
    if (g_str_equal (name, dead_reason_name ((DeadReason) reason)))
      {
        *out_reason = (DeadReason) reason;
        return TRUE;
      }
  return FALSE;
}

const char *
dead_reason_sentence (DeadReason reason)
{
  g_return_val_if_fail (reason < G_N_ELEMENTS (reasons), "");
  return reasons[reason].sentence;
}
