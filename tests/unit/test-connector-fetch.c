/* What the router itself fetches: answers, refusals, bounds, and its end. */
#include "connector/fetch.h"

#include "support/receiver.h"

#include <string.h>

static const char *const loopback[] = { "loopback", NULL };

typedef struct
{
  GMutex lock;
  GCond told;
  guint n_told;
  guint status;
  char *reason;
} Told;

static void
on_done (guint status, const char *reason, gpointer user_data)
{
  Told *told = user_data;

  g_mutex_lock (&told->lock);
  told->status = status;
  g_free (told->reason);
  told->reason = g_strdup (reason);
  told->n_told++;
  g_cond_signal (&told->told);
  g_mutex_unlock (&told->lock);
}

static void
wait_for (Told *told, guint n)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  g_mutex_lock (&told->lock);
  while (told->n_told < n)
    g_assert_true (g_cond_wait_until (&told->told, &told->lock, deadline));
  g_mutex_unlock (&told->lock);
}

static void
test_answers (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  Fetcher *fetcher = fetcher_new ();
  Told told = { 0 };

  g_assert_true (fetcher_get (fetcher, receiver_url (receiver), loopback, on_done, &told));
  wait_for (&told, 1);
  g_assert_cmpuint (told.status, ==, 200);
  g_assert_cmpstr (told.reason, ==, NULL);
  g_assert_cmpstr (receiver_request (receiver, 0)->method, ==, "GET");

  receiver_set_status (receiver, 302);
  receiver_set_header (receiver, "Location", receiver_url (receiver));
  g_assert_true (fetcher_get (fetcher, receiver_url (receiver), loopback, on_done, &told));
  wait_for (&told, 2);
  g_assert_cmpuint (told.status, ==, 302);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, 2);
  fetcher_free (fetcher);
  g_free (told.reason);
}

static void
test_refused (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  Fetcher *fetcher = fetcher_new ();
  Told told = { 0 };

  g_assert_true (fetcher_get (fetcher, receiver_url (receiver), NULL, on_done, &told));
  wait_for (&told, 1);
  g_assert_cmpuint (told.status, ==, 0);
  g_assert_cmpstr (told.reason, ==, "127.0.0.1 is a loopback address");
  g_assert_cmpuint (receiver_n_connections (receiver), ==, 0);

  g_assert_true (fetcher_get (fetcher, "file:///etc/passwd", loopback, on_done, &told));
  wait_for (&told, 2);
  g_assert_cmpuint (told.status, ==, 0);
  g_assert_nonnull (told.reason);

  /* An answer without an end. */
  receiver_set_raw (receiver, "HTTP/1.1 200 OK\r\n\r\nabcdefghijklmnopqrstuvwxyz", TRUE);
  g_assert_true (fetcher_get (fetcher, receiver_url (receiver), loopback, on_done, &told));
  wait_for (&told, 3);
  g_assert_cmpuint (told.status, ==, 0);
  fetcher_free (fetcher);
  g_free (told.reason);
}

/* Those that wait are told too, when it ends; and no more than a few wait. */
static void
test_end (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  Fetcher *fetcher = fetcher_new ();
  Told told = { 0 };
  guint n = 0;

  receiver_hold (receiver);
  while (fetcher_get (fetcher, receiver_url (receiver), loopback, on_done, &told))
    n++;
  g_assert_cmpuint (n, ==, 16);
  receiver_wait (receiver, 1);
  fetcher_free (fetcher);
  g_assert_cmpuint (told.n_told, ==, n);
  g_assert_cmpuint (told.status, ==, 0);
  receiver_release (receiver);
  g_free (told.reason);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connector/fetch/answers", test_answers);
  g_test_add_func ("/connector/fetch/refused", test_refused);
  g_test_add_func ("/connector/fetch/end", test_end);
  return g_test_run ();
}
