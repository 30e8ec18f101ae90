/* libcurl's easy interface on a pool of one thread. */
#include "connector/fetch.h"

#include "connector/guard.h"

#define MAX_WAITING 16
/* SNS, which waits for the answer to what this is for, does so for 15 s. */
#define TIMEOUT_MS 10000L
#define MAX_ANSWER_BYTES ((gsize) 256 * 1024)

struct Fetcher
{
  GThreadPool *pool;
  gint n_waiting; /* atomic: not told yet */
  gint stopping;  /* atomic */
};

typedef struct
{
  char *url;
  Egress *egress;
  FetchDone done;
  gpointer user_data;
} Fetch;

static size_t
drop_answer (char *data, size_t size, size_t n, void *user_data)
{
  gsize *inout_left = user_data;
  gsize length = size * n;

  if (length > *inout_left)
    return 0;
  *inout_left -= length;
  return length;
}

static int
look_for_end (void *user_data,
              curl_off_t dltotal,
              curl_off_t dlnow,
              curl_off_t ultotal,
              curl_off_t ulnow)
{
  const Fetcher *fetcher = user_data;

  return g_atomic_int_get (&fetcher->stopping);
}

static CURL *
easy_new (const Fetcher *fetcher, const Fetch *fetch, Guard *guard, gsize *left, char *reason)
{
  CURL *easy = curl_easy_init ();

  if (easy == NULL)
    g_error ("No memory for a request");
  curl_easy_setopt (easy, CURLOPT_URL, fetch->url);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_PROXY, "");
  curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
  curl_easy_setopt (easy, CURLOPT_USERAGENT, "signalbox");
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, drop_answer);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, left);
  curl_easy_setopt (easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt (easy, CURLOPT_XFERINFOFUNCTION, look_for_end);
  curl_easy_setopt (easy, CURLOPT_XFERINFODATA, fetcher);
  guard_attach (guard, easy);
  return easy;
}

static void
fetch_in_thread (gpointer data, gpointer user_data)
{
  Fetch *fetch = data;
  Fetcher *fetcher = user_data;
  Guard guard = { .egress = fetch->egress };
  char reason[CURL_ERROR_SIZE] = "";
  gsize left = MAX_ANSWER_BYTES;
  CURL *easy = easy_new (fetcher, fetch, &guard, &left, reason);
  CURLcode code = g_atomic_int_get (&fetcher->stopping) ? CURLE_ABORTED_BY_CALLBACK
                                                        : curl_easy_perform (easy);
  const char *refusal = guard_refusal (&guard, code);
  long status = 0;

  if (code == CURLE_OK)
    curl_easy_getinfo (easy, CURLINFO_RESPONSE_CODE, &status);
  else if (refusal == NULL)
    refusal = *reason != '\0' ? reason : curl_easy_strerror (code);
  fetch->done ((guint) status, refusal, fetch->user_data);
  curl_easy_cleanup (easy);
  guard_reset (&guard);
  egress_free (fetch->egress);
  g_free (fetch->url);
  g_free (fetch);
  g_atomic_int_add (&fetcher->n_waiting, -1);
}

Fetcher *
fetcher_new (void)
{
  Fetcher *fetcher = g_new0 (Fetcher, 1);

  fetcher->pool = g_thread_pool_new (fetch_in_thread, fetcher, 1, FALSE, NULL);
  return fetcher;
}

void
fetcher_stop (Fetcher *fetcher)
{
  g_atomic_int_set (&fetcher->stopping, TRUE);
}

void
fetcher_free (Fetcher *fetcher)
{
  fetcher_stop (fetcher);
  g_thread_pool_free (fetcher->pool, FALSE, TRUE);
  g_free (fetcher);
}

gboolean
fetcher_get (Fetcher *fetcher,
             const char *url,
             const char *const *allowed,
             FetchDone done,
             gpointer user_data)
{
  Fetch *fetch;

  if (g_atomic_int_add (&fetcher->n_waiting, 1) >= MAX_WAITING)
    {
      g_atomic_int_add (&fetcher->n_waiting, -1);
      return FALSE;
    }
  fetch = g_new (Fetch, 1);
  *fetch = (Fetch){ .url = g_strdup (url),
                    .egress = egress_new (allowed, NULL, NULL),
                    .done = done,
                    .user_data = user_data };
  g_thread_pool_push (fetcher->pool, fetch, NULL);
  return TRUE;
}
