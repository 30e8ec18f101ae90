/* Messages to the delivery thread: one array that is swapped for an empty one when it is read, and
 * one source that is made ready with the first message. */
#include "deliver/inbox.h"

#include "connector/wakeup.h"

struct Inbox
{
  GSource *wakeup; /* there are messages */
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
read_cb (gpointer data)
{
  Inbox *inbox = data;
  g_autoptr (GArray) messages = NULL;

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
  inbox->wakeup = wakeup_new ("delivery inbox", NULL, read_cb, inbox);
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

  g_source_unref (inbox->wakeup);
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
  g_mutex_lock (&inbox->lock);
  if (inbox->messages != NULL)
    {
      /* Waking costs a system call: only for the first of those that are read together.  With the
       * lock, since after inbox_close() the source's context may go away under it. */
      if (inbox->messages->len == 0)
        wakeup_now (inbox->wakeup);
      g_array_append_val (inbox->messages, *message);
    }
  g_mutex_unlock (&inbox->lock);
}

void
inbox_open (Inbox *inbox, GMainContext *context, InboxHandler handler, gpointer user_data)
{
  inbox->handler = handler;
  inbox->user_data = user_data;
  g_source_attach (inbox->wakeup, context);
}

void
inbox_close (Inbox *inbox)
{
  g_source_destroy (inbox->wakeup);
  g_mutex_lock (&inbox->lock);
  g_clear_pointer (&inbox->messages, g_array_unref);
  g_mutex_unlock (&inbox->lock);
}
