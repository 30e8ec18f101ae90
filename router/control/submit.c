/* The waiting thread and the writer's share a ticket; whoever is last frees it, so that the one can
 * give up while the other still has it. */
#include "control/submit.h"

#include "base/error.h"

#include <string.h>

/* Shared by the submitter and its tickets. */
typedef struct
{
  GMutex lock; /* guards all tickets too */
  GCond moved; /* a ticket is done, or it is time to stop */
  gboolean stopping;
} Gate;

struct Submitter
{
  Writer *writer;
  Gate *gate;
};

typedef struct
{
  Gate *gate;
  SubmitterDone done;
  gpointer user_data;
  gpointer result;
  gboolean is_done;
  GError *error;
} Ticket;

static void
gate_clear (gpointer data)
{
  Gate *gate = data;

  g_mutex_clear (&gate->lock);
  g_cond_clear (&gate->moved);
}

static void
gate_unref (Gate *gate)
{
  g_atomic_rc_box_release_full (gate, gate_clear);
}

static void
ticket_clear (gpointer data)
{
  Ticket *ticket = data;

  g_clear_error (&ticket->error);
  g_free (ticket->result);
  gate_unref (ticket->gate);
}

static void
ticket_unref (Ticket *ticket)
{
  g_atomic_rc_box_release_full (ticket, ticket_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ticket, ticket_unref)

Submitter *
submitter_new (Writer *writer)
{
  Submitter *submitter = g_new0 (Submitter, 1);

  submitter->writer = writer;
  submitter->gate = g_atomic_rc_box_new0 (Gate);
  g_mutex_init (&submitter->gate->lock);
  g_cond_init (&submitter->gate->moved);
  return submitter;
}

void
submitter_free (Submitter *submitter)
{
  gate_unref (submitter->gate);
  g_free (submitter);
}

void
submitter_stop (Submitter *submitter)
{
  Gate *gate = submitter->gate;

  g_mutex_lock (&gate->lock);
  gate->stopping = TRUE;
  g_cond_broadcast (&gate->moved);
  g_mutex_unlock (&gate->lock);
}

/* Writer thread. */
static void
on_committed (const BatchItem *item, const GError *error, gpointer user_data)
{
  g_autoptr (Ticket) ticket = user_data;
  Gate *gate = ticket->gate;

  g_mutex_lock (&gate->lock);
  /* With the lock: a waiter who gave up must not free what done works with. */
  if (error != NULL)
    ticket->error = g_error_copy (error);
  else if (ticket->done != NULL && !gate->stopping)
    ticket->done (item, ticket->result, ticket->user_data);
  ticket->is_done = TRUE;
  g_cond_broadcast (&gate->moved);
  g_mutex_unlock (&gate->lock);
}

static gboolean
wait_for (Ticket *ticket, gpointer out_result, gsize result_bytes, GError **error)
{
  Gate *gate = ticket->gate;
  gboolean ok = FALSE;

  g_mutex_lock (&gate->lock);
  while (!ticket->is_done && !gate->stopping)
    g_cond_wait (&gate->moved, &gate->lock);
  if (!ticket->is_done)
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE,
                 "The router is stopping; it is not known whether this was done: look again once "
                 "it is back");
  else if (ticket->error != NULL)
    g_propagate_error (error, g_steal_pointer (&ticket->error));
  else
    {
      if (result_bytes > 0)
        memcpy (out_result, ticket->result, result_bytes);
      ok = TRUE;
    }
  g_mutex_unlock (&gate->lock);
  return ok;
}

gboolean
submitter_submit (Submitter *submitter,
                  BatchItem *item,
                  SubmitterDone done,
                  gpointer user_data,
                  gpointer out_result,
                  gsize result_bytes,
                  GError **error)
{
  g_autoptr (Ticket) ticket = g_atomic_rc_box_new0 (Ticket);

  ticket->gate = g_atomic_rc_box_acquire (submitter->gate);
  ticket->done = done;
  ticket->user_data = user_data;
  ticket->result = g_malloc0 (result_bytes);
  if (!writer_submit (submitter->writer, item, on_committed, g_atomic_rc_box_acquire (ticket),
                      error))
    {
      ticket_unref (ticket);
      return FALSE;
    }
  return wait_for (ticket, out_result, result_bytes, error);
}
