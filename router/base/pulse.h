/* pulse.h: when something last worked, and when and why it last did not.
 *
 * One entry a name (a connector, a source), noted where it happens and read by the API.  Any
 * thread.  Times are wall clock. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Pulse Pulse;

typedef struct
{
  gint64 worked_us, failed_us; /* 0: never yet */
  gint64 failing_us;           /* the first failure since it last worked; 0: none */
  int status;                  /* of the last failure; 0: none */
  char *code;                  /* likewise; "" when it has none */
  char *note;
} PulseState;

/* max_names: further ones are not remembered. */
Pulse *pulse_new (guint max_names);
void pulse_free (Pulse *pulse);

/* pulse NULL: do nothing. */
void pulse_note_worked (Pulse *pulse, const char *name, gint64 at_us);
/* code, note: NULL for "". */
void pulse_note_failed (Pulse *pulse,
                        const char *name,
                        gint64 at_us,
                        int status,
                        const char *code,
                        const char *note);

/* All zero and "" when nothing is known; to be cleared. */
void pulse_get (Pulse *pulse, const char *name, PulseState *out_state);
void pulse_state_clear (PulseState *state);

/* All of it, in no order, to be kept over a restart: what it was then counts until something is
 * noted. */
GVariant *pulse_save (Pulse *pulse); /* floating */
#define PULSE_SAVED "a(sxxxiss)"
void pulse_load (Pulse *pulse, GVariant *saved);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PulseState, pulse_state_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pulse, pulse_free)

G_END_DECLS
