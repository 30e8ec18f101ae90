/* The inbox: order, messages from before and after, many threads. */
#include "deliver/inbox.h"

#define N_THREADS 4
#define N_EACH 5000

typedef struct
{
  gint64 last[N_THREADS];
  guint n;
  guint n_calls;
} Seen;

static void
handle (GArray *messages, gpointer user_data)
{
  Seen *seen = user_data;

  seen->n_calls++;
  for (guint i = 0; i < messages->len; i++)
    {
      const InboxMessage *message = &g_array_index (messages, InboxMessage, i);

      /* What one thread puts stays in order. */
      g_assert_cmpint (message->key.event_seq, ==, seen->last[message->key.index] + 1);
      seen->last[message->key.index] = message->key.event_seq;
      seen->n++;
    }
}

static void
put (Inbox *inbox, guint32 thread, gint64 number)
{
  inbox_put (inbox, &(InboxMessage){ .kind = INBOX_ADD, .key = { number, thread } });
}

static void
test_before_and_after (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (Inbox) inbox = inbox_new ();
  Seen seen = { 0 };

  put (inbox, 0, 1);
  put (inbox, 0, 2);
  inbox_open (inbox, context, handle, &seen);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_cmpuint (seen.n, ==, 2);
  g_assert_cmpuint (seen.n_calls, ==, 1);
  put (inbox, 0, 3);
  inbox_close (inbox);
  put (inbox, 0, 4);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_cmpuint (seen.n, ==, 2);
}

typedef struct
{
  Inbox *inbox;
  guint32 thread;
} Putter;

static gpointer
put_in_thread (gpointer data)
{
  Putter *putter = data;

  for (gint64 i = 1; i <= N_EACH; i++)
    put (putter->inbox, putter->thread, i);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (Inbox) inbox = inbox_new ();
  GThread *threads[N_THREADS];
  Putter putters[N_THREADS];
  Seen seen = { 0 };

  inbox_open (inbox, context, handle, &seen);
  for (guint32 i = 0; i < N_THREADS; i++)
    {
      putters[i] = (Putter){ inbox, i };
      threads[i] = g_thread_new ("putter", put_in_thread, &putters[i]);
    }
  while (seen.n < N_THREADS * N_EACH)
    g_main_context_iteration (context, TRUE);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  inbox_close (inbox);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/deliver/inbox/before-and-after", test_before_and_after);
  g_test_add_func ("/deliver/inbox/threads", test_threads);

  return g_test_run ();
}
