/* A thread and a connection a sender. */
#include "traffic.h"

#include <curl/curl.h>
#include <json-glib/json-glib.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

struct Traffic
{
  char *url;
  Evidence *evidence;
  GPtrArray *threads;
  gint is_stopping, next, n_acknowledged, n_turned_away; /* atomic */
};

static size_t
collect (char *data, size_t size, size_t n, void *user_data)
{
  g_string_append_len (user_data, data, (gssize) (size * n));
  return size * n;
}

static void
note (Traffic *traffic, const char *answer, const char *body)
{
  g_autoptr (JsonNode) json = json_from_string (answer, NULL);

  if (json == NULL)
    g_error ("An acknowledgement is no JSON: %s", answer);
  evidence_acknowledged (traffic->evidence,
                         json_object_get_string_member (json_node_get_object (json), "id"), body,
                         strlen (body));
  g_atomic_int_inc (&traffic->n_acknowledged);
}

static void
post (Traffic *traffic, CURL *curl, const char *body)
{
  g_autoptr (GString) answer = g_string_new (NULL);
  long status = 0;

  curl_easy_setopt (curl, CURLOPT_POSTFIELDSIZE, (long) strlen (body));
  curl_easy_setopt (curl, CURLOPT_POSTFIELDS, body);
  curl_easy_setopt (curl, CURLOPT_WRITEDATA, answer);
  while (status != 202 && !g_atomic_int_get (&traffic->is_stopping))
    {
      g_string_truncate (answer, 0);
      status = 0;
      if (curl_easy_perform (curl) == CURLE_OK)
        curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
      if (status == 202)
        note (traffic, answer->str, body);
      else
        poll (NULL, 0, 2); /* refused or away: let others run */
      if (status == 507)
        g_atomic_int_inc (&traffic->n_turned_away);
    }
}

static gpointer
run_sender (gpointer data)
{
  Traffic *traffic = data;
  struct curl_slist *headers = curl_slist_append (NULL, "Content-Type: application/json");
  CURL *curl = curl_easy_init ();

  headers = curl_slist_append (headers, "Expect:");
  curl_easy_setopt (curl, CURLOPT_URL, traffic->url);
  curl_easy_setopt (curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_TIMEOUT, 30L);
  curl_easy_setopt (curl, CURLOPT_PROXY, "");
  curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, collect);
  while (!g_atomic_int_get (&traffic->is_stopping))
    {
      gint number = g_atomic_int_add (&traffic->next, 1);
      g_autofree char *body = g_strdup_printf ("{\"number\": %d,  \"paid\":%s}", number,
                                               number % 4 == 0 ? "false" : "true");

      post (traffic, curl, body);
    }
  curl_slist_free_all (headers);
  curl_easy_cleanup (curl);
  return NULL;
}

Traffic *
traffic_start (const char *url, guint n_senders, Evidence *evidence)
{
  Traffic *traffic = g_new0 (Traffic, 1);

  traffic->url = g_strdup (url);
  traffic->evidence = evidence;
  traffic->threads = g_ptr_array_new ();
  for (guint i = 0; i < n_senders; i++)
    g_ptr_array_add (traffic->threads, g_thread_new ("sender", run_sender, traffic));
  return traffic;
}

guint
traffic_n_acknowledged (Traffic *traffic)
{
  return (guint) g_atomic_int_get (&traffic->n_acknowledged);
}

guint
traffic_n_turned_away (Traffic *traffic)
{
  return (guint) g_atomic_int_get (&traffic->n_turned_away);
}

void
traffic_stop (Traffic *traffic)
{
  g_atomic_int_set (&traffic->is_stopping, 1);
  for (guint i = 0; i < traffic->threads->len; i++)
    g_thread_join (traffic->threads->pdata[i]);
  g_ptr_array_unref (traffic->threads);
  g_free (traffic->url);
  g_free (traffic);
}

guint
traffic_read_receiver (Evidence *evidence, const char *connector, Receiver *receiver)
{
  guint n = receiver_n_requests (receiver);

  evidence_watch (evidence, connector);
  for (guint i = 0; i < n; i++)
    {
      const ReceivedRequest *request = receiver_request (receiver, i);

      evidence_request (evidence, received_header (request, "Signalbox-Delivery-Id"),
                        (guint) atoi (received_header (request, "Signalbox-Attempt")),
                        request->answered);
    }
  return n;
}
