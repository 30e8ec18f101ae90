/* changes.h: who listens for changes, and what they are told.
 *
 * Changes are summed up in ticks, at most ten a second, of which the last ones are kept: a listener
 * that comes back with the id of the last one it saw misses nothing, or is told that it did.  The
 * memory is bounded by the ticks kept, not by the listeners, which only have a place in them.
 *
 * Without listeners nothing wakes.  Any thread, except where it says otherwise. */
#pragma once

#include "http/tick.h"

G_BEGIN_DECLS

typedef struct Changes Changes;
typedef struct ChangesListener ChangesListener;

typedef struct
{
  gint64 interval_us;  /* between two ticks */
  gint64 heartbeat_us; /* a listener hears something at least as often */
  guint max_ticks;     /* kept */
  guint max_listeners;
  gint64 epoch; /* part of every id: those of another run of the router mean nothing */
  /* What the status says now.  With no lock of the writer's held. */
  gint64 (*revision) (gpointer user_data);
  gpointer user_data;
} ChangesSettings;

Changes *changes_new (const ChangesSettings *settings);
/* No listener is left. */
void changes_free (Changes *changes);

/* Every listener is at its end. */
void changes_stop (Changes *changes);

/* Writer thread; quick. */
void changes_note_commit (Changes *changes, const Batch *batch);
void changes_note_generation (Changes *changes, guint64 generation);

/* Its next piece is there.  Called with a lock held: it must not call back. */
typedef void (*ChangesWake) (gpointer user_data);

/* topics: TickTopic; last_id: of the last message that it had from an earlier connection, or NULL.
 * NULL: there are too many listeners. */
ChangesListener *changes_listen (Changes *changes,
                                 guint topics,
                                 const char *last_id,
                                 ChangesWake wake,
                                 gpointer user_data);
/* After it wake is not called any more. */
void changes_leave (ChangesListener *listener);

/* Appends what the listener has not had yet, as text/event-stream; nothing when there is nothing.
 * FALSE: the end, the router stops.  One thread at a time for one listener. */
gboolean changes_next (ChangesListener *listener, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Changes, changes_free)

G_END_DECLS
