/* A table under one lock, which is held for as long as it takes to copy a sentence. */
#include "base/pulse.h"

/* Of a note: what is shown in a list. */
#define MAX_NOTE_BYTES 512

struct Pulse
{
  guint max_names;
  GMutex lock;
  GHashTable *states; /* char* -> PulseState */
};

void
pulse_state_clear (PulseState *state)
{
  g_clear_pointer (&state->code, g_free);
  g_clear_pointer (&state->note, g_free);
}

static void
state_free (gpointer data)
{
  pulse_state_clear (data);
  g_free (data);
}

Pulse *
pulse_new (guint max_names)
{
  Pulse *pulse = g_new0 (Pulse, 1);

  pulse->max_names = max_names;
  g_mutex_init (&pulse->lock);
  pulse->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, state_free);
  return pulse;
}

void
pulse_free (Pulse *pulse)
{
  g_mutex_clear (&pulse->lock);
  g_hash_table_unref (pulse->states);
  g_free (pulse);
}

/* With the lock.  NULL: there are too many. */
static PulseState *
get (Pulse *pulse, const char *name)
{
  PulseState *state = g_hash_table_lookup (pulse->states, name);

  if (state != NULL || g_hash_table_size (pulse->states) >= pulse->max_names)
    return state;
  state = g_new0 (PulseState, 1);
  state->code = g_strdup ("");
  state->note = g_strdup ("");
  g_hash_table_insert (pulse->states, g_strdup (name), state);
  return state;
}

void
pulse_note_worked (Pulse *pulse, const char *name, gint64 at_us)
{
  PulseState *state;

  if (pulse == NULL)
    return;
  g_mutex_lock (&pulse->lock);
  state = get (pulse, name);
  if (state != NULL)
    {
      state->worked_us = at_us;
      state->failing_us = 0;
    }
  g_mutex_unlock (&pulse->lock);
}

static char *
shorten (const char *note)
{
  g_autofree char *valid = g_utf8_make_valid (note != NULL ? note : "", -1);
  const char *end = valid;

  while (*end != '\0' && end - valid < MAX_NOTE_BYTES)
    end = g_utf8_next_char (end);
  return g_strndup (valid, (gsize) (end - valid));
}

void
pulse_note_failed (Pulse *pulse,
                   const char *name,
                   gint64 at_us,
                   int status,
                   const char *code,
                   const char *note)
{
  PulseState *state;

  if (pulse == NULL)
    return;
  g_mutex_lock (&pulse->lock);
  state = get (pulse, name);
  if (state != NULL)
    {
      pulse_state_clear (state);
      state->failed_us = at_us;
      if (state->failing_us == 0)
        state->failing_us = at_us;
      state->status = status;
      state->code = g_strdup (code != NULL ? code : "");
      state->note = shorten (note);
    }
  g_mutex_unlock (&pulse->lock);
}

void
pulse_get (Pulse *pulse, const char *name, PulseState *out_state)
{
  const PulseState *state;

  g_mutex_lock (&pulse->lock);
  state = g_hash_table_lookup (pulse->states, name);
  *out_state = state != NULL ? *state : (PulseState){ .code = (char *) "", .note = (char *) "" };
  out_state->code = g_strdup (out_state->code);
  out_state->note = g_strdup (out_state->note);
  g_mutex_unlock (&pulse->lock);
}

GVariant *
pulse_save (Pulse *pulse)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer name, value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (PULSE_SAVED));
  g_mutex_lock (&pulse->lock);
  g_hash_table_iter_init (&iter, pulse->states);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const PulseState *state = value;

      g_variant_builder_add (&builder, "(sxxxiss)", name, state->worked_us, state->failed_us,
                             state->failing_us, state->status, state->code, state->note);
    }
  g_mutex_unlock (&pulse->lock);
  return g_variant_builder_end (&builder);
}

static void
set_times (Pulse *pulse, const char *name, gint64 worked_us, gint64 failing_us)
{
  PulseState *state;

  g_mutex_lock (&pulse->lock);
  state = get (pulse, name);
  if (state != NULL)
    {
      state->worked_us = worked_us;
      state->failing_us = failing_us;
    }
  g_mutex_unlock (&pulse->lock);
}

void
pulse_load (Pulse *pulse, GVariant *saved)
{
  GVariantIter iter;
  const char *name, *code, *note;
  gint64 worked_us, failed_us, failing_us;
  gint32 status;

  g_variant_iter_init (&iter, saved);
  while (g_variant_iter_next (&iter, "(&sxxxi&s&s)", &name, &worked_us, &failed_us, &failing_us,
                              &status, &code, &note))
    {
      if (failed_us != 0)
        pulse_note_failed (pulse, name, failed_us, status, code, note);
      set_times (pulse, name, worked_us, failing_us);
    }
}
