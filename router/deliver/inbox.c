/* Messages to the delivery thread: one array that is swapped for an empty one when it is read, and
 * one source that is made ready with the first message. */
#include "deliver/inbox.h"

struct Inbox
{
  GSource *source; /* made ready by any thread */
  InboxHandler handler;
  gpointer user_data;

  GMutex lock;
  GArray *messages; /* guarded by lock; NULL when closed */
};

static GArray *
array_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (InboxMessage));
}

static gboolean
inbox_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs inbox_source_funcs = { .dispatch = inbox_dispatch };

static gboolean
read_cb (gpointer data)
{
  Inbox *inbox = data;
  g_autoptr (GArray) messages = NULL;

  /* Before the messages are taken: one that comes in between makes it ready again. */
  g_source_set_ready_time (inbox->source, -1);
  g_mutex_lock (&inbox->lock);
  messages = inbox->messages;
  inbox->messages = array_new ();
  g_mutex_unlock (&inbox->lock);

  if (messages->len > 0)
    inbox->handler (messages, inbox->user_data);
  return G_SOURCE_CONTINUE;
}

Inbox *
inbox_new (void)
{
  Inbox *inbox = g_atomic_rc_box_new0 (Inbox);

  g_mutex_init (&inbox->lock);
  inbox->messages = array_new ();
  inbox->source = g_source_new (&inbox_source_funcs, sizeof (GSource));
  g_source_set_static_name (inbox->source, "delivery inbox");
  return inbox;
}

Inbox *
inbox_ref (Inbox *inbox)
{
  return g_atomic_rc_box_acquire (inbox);
}

static void
inbox_clear (gpointer data)
{
  Inbox *inbox = data;

  g_source_unref (inbox->source);
  g_clear_pointer (&inbox->messages, g_array_unref);
  g_mutex_clear (&inbox->lock);
}

void
inbox_unref (Inbox *inbox)
{
  g_atomic_rc_box_release_full (inbox, inbox_clear);
}

void
inbox_put (Inbox *inbox, const InboxMessage *message)
{
  gboolean is_first = FALSE;

  g_mutex_lock (&inbox->lock);
  if (inbox->messages != NULL)
    {
      is_first = inbox->messages->len == 0;
      g_array_append_val (inbox->messages, *message);
    }
  g_mutex_unlock (&inbox->lock);

  /* Waking costs a system call: only for the first of those that are read together. */
  if (is_first)
    g_source_set_ready_time (inbox->source, 0);
}

void
inbox_open (Inbox *inbox, GMainContext *context, InboxHandler handler, gpointer user_data)
{
  inbox->handler = handler;
  inbox->user_data = user_data;
  g_source_set_callback (inbox->source, read_cb, inbox, NULL);
  g_source_attach (inbox->source, context);
}

void
inbox_close (Inbox *inbox)
{
  g_source_destroy (inbox->source);
  g_mutex_lock (&inbox->lock);
  g_clear_pointer (&inbox->messages, g_array_unref);
  g_mutex_unlock (&inbox->lock);
}
