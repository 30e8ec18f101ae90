/* libcurl on a main loop: kept connections are let go, cancelled transfers are silent. */
#include "connector/webhook/client.h"
#include "support/receiver.h"

typedef struct
{
  GMainContext *context;
  guint n_done;
  CURLcode last;
} Loop;

static void
note_done (CURL *easy, CURLcode result, gpointer user_data)
{
  Loop *loop = user_data;

  loop->last = result;
  loop->n_done++;
}

static CURL *
easy_new (Receiver *receiver)
{
  CURL *easy = curl_easy_init ();

  curl_easy_setopt (easy, CURLOPT_URL, receiver_url (receiver));
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_PROXY, "");
  return easy;
}

static void
run_until (Loop *loop, guint n_done)
{
  while (loop->n_done < n_done)
    g_main_context_iteration (loop->context, TRUE);
}

static guint
n_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

/* Used within the time a connection is kept; after it, everything is closed, here and there. */
static void
test_idle (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (Receiver) receiver = receiver_new ();
  Loop loop = { .context = context };
  g_autoptr (WebClient) client = web_client_new (context, 300 * G_TIME_SPAN_MILLISECOND, note_done,
                                                 &loop, NULL);
  gint64 until_us = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;
  CURL *easy = easy_new (receiver);
  guint baseline = n_descriptors ();

  for (guint i = 1; i <= 2; i++)
    {
      web_client_start (client, easy);
      run_until (&loop, i);
      g_assert_cmpint (loop.last, ==, CURLE_OK);
    }
  g_assert_cmpuint (receiver_n_connections (receiver), ==, 1);
  g_assert_cmpuint (n_descriptors (), >, baseline);

  while (n_descriptors () > baseline && g_get_monotonic_time () < until_us)
    g_main_context_iteration (context, FALSE);
  g_assert_cmpuint (n_descriptors (), <=, baseline);

  web_client_start (client, easy);
  run_until (&loop, 3);
  g_assert_cmpint (loop.last, ==, CURLE_OK);
  g_assert_cmpuint (receiver_n_connections (receiver), ==, 2);
  curl_easy_cleanup (easy);
}

static void
test_cancel (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (Receiver) receiver = receiver_new ();
  Loop loop = { .context = context };
  g_autoptr (WebClient) client = web_client_new (context, G_TIME_SPAN_MINUTE, note_done, &loop,
                                                 NULL);
  CURL *cancelled = easy_new (receiver);
  CURL *other = easy_new (receiver);

  receiver_hold (receiver);
  web_client_start (client, cancelled);
  web_client_start (client, other);
  while (receiver_n_requests (receiver) < 2)
    g_main_context_iteration (context, TRUE);
  web_client_cancel (client, cancelled);
  curl_easy_cleanup (cancelled);
  receiver_release (receiver);
  run_until (&loop, 1);
  g_assert_cmpint (loop.last, ==, CURLE_OK);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_cmpuint (loop.n_done, ==, 1);
  curl_easy_cleanup (other);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/webhook/client/idle", test_idle);
  g_test_add_func ("/connector/webhook/client/cancel", test_cancel);

  return g_test_run ();
}
