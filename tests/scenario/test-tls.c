/* TLS on the listener: libcurl and signalboxctl over it, certificates that change under traffic,
 * what is refused at the start, and who may listen for other machines. */
#include "support/certificates.h"
#include "support/scenario.h"

#include <curl/curl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define N_SENDERS 8
#define N_CHANGES 20
#define DAY_S (24 * 3600)

typedef struct
{
  Scenario *scenario;
  Authority *authority;
  char *certificate, *key, *ca;
} World;

static void
write_file (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
}

static void
issue (World *world, const char *name)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *certificate = NULL, *key = NULL;

  authority_issue (world->authority, name, now_s - DAY_S, now_s + 60 * DAY_S, &certificate, &key);
  write_file (world->certificate, certificate);
  write_file (world->key, key);
}

static void
world_init (World *world)
{
  g_autofree char *state = NULL;

  world->scenario = scenario_new ();
  world->authority = authority_new ();
  state = scenario_state_path (world->scenario, "");
  g_assert_cmpint (g_mkdir_with_parents (state, 0700), ==, 0);
  world->certificate = scenario_state_path (world->scenario, "certificate.pem");
  world->key = scenario_state_path (world->scenario, "key.pem");
  world->ca = scenario_state_path (world->scenario, "ca.pem");
  write_file (world->ca, authority_pem (world->authority));
  issue (world, "one");
  scenario_config (world->scenario, "router.json",
                   "{'Tls': {'CertificateFile': 'certificate.pem', 'KeyFile': '%s'}}", world->key);
  scenario_config (world->scenario, "source/shop.json", "{}");
  scenario_trust (world->scenario, world->ca);
}

static void
world_clear (World *world)
{
  scenario_free (world->scenario);
  authority_free (world->authority);
  g_free (world->certificate);
  g_free (world->key);
  g_free (world->ca);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

/* ---- Traffic ---- */

typedef struct
{
  GMutex lock;
  GCond answered;
  guint n_answered; /* with the lock */
  gint stop;        /* atomic */
} Traffic;

typedef struct
{
  World *world;
  Traffic *traffic;
  gboolean keeps_connection;
  guint n_accepted, n_refused, n_connections;
} Sender;

static size_t
ignore (char *data, size_t size, size_t n, void *user_data)
{
  return size * n;
}

static CURL *
curl_new (World *world, struct curl_slist **out_headers)
{
  g_autofree char *url = g_strconcat (scenario_url (world->scenario), "/in/shop", NULL);
  CURL *curl = curl_easy_init ();

  *out_headers = curl_slist_append (NULL, "Content-Type: application/json");
  curl_easy_setopt (curl, CURLOPT_URL, url);
  curl_easy_setopt (curl, CURLOPT_HTTPHEADER, *out_headers);
  curl_easy_setopt (curl, CURLOPT_CAINFO, world->ca);
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_TIMEOUT, 60L);
  curl_easy_setopt (curl, CURLOPT_PROXY, "");
  curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, ignore);
  curl_easy_setopt (curl, CURLOPT_POSTFIELDS, "{\"paid\": true}");
  return curl;
}

static void
note_answer (Traffic *traffic)
{
  g_mutex_lock (&traffic->lock);
  traffic->n_answered++;
  g_cond_signal (&traffic->answered);
  g_mutex_unlock (&traffic->lock);
}

static void
wait_for_answers (Traffic *traffic, guint n)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  g_mutex_lock (&traffic->lock);
  n += traffic->n_answered;
  while (traffic->n_answered < n)
    g_assert_true (g_cond_wait_until (&traffic->answered, &traffic->lock, deadline));
  g_mutex_unlock (&traffic->lock);
}

static gpointer
send_all_the_time (gpointer data)
{
  Sender *sender = data;
  struct curl_slist *headers;
  CURL *curl = curl_new (sender->world, &headers);

  curl_easy_setopt (curl, CURLOPT_FORBID_REUSE, sender->keeps_connection ? 0L : 1L);
  while (!g_atomic_int_get (&sender->traffic->stop))
    {
      long status = 0, n_connections = 0;

      if (curl_easy_perform (curl) == CURLE_OK)
        curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
      curl_easy_getinfo (curl, CURLINFO_NUM_CONNECTS, &n_connections);
      sender->n_connections += (guint) n_connections;
      if (status == 202)
        sender->n_accepted++;
      else
        sender->n_refused++;
      note_answer (sender->traffic);
    }
  curl_slist_free_all (headers);
  curl_easy_cleanup (curl);
  return NULL;
}

static void
change_certificates (World *world, Traffic *traffic)
{
  for (guint i = 0; i < N_CHANGES; i++)
    {
      g_autofree char *name = g_strdup_printf ("number-%u", i);
      g_autofree char *subject = g_strconcat ("CN=", name, NULL);

      issue (world, name);
      scenario_signal (world->scenario, SIGHUP);
      scenario_wait (world->scenario, "unix:/v1/status", "tls.subject", subject);
      wait_for_answers (traffic, 5 * N_SENDERS);
    }
}

static void
test_changes (void)
{
  g_auto (World) world = { 0 };
  Sender senders[N_SENDERS] = { 0 };
  GThread *threads[N_SENDERS];
  Traffic traffic = { 0 };
  guint n_accepted = 0, n_opened = 0;

  world_init (&world);
  scenario_start (world.scenario);
  for (guint i = 0; i < N_SENDERS; i++)
    {
      senders[i] = (Sender){ .world = &world, .keeps_connection = i % 2 == 0, .traffic = &traffic };
      threads[i] = g_thread_new ("sender", send_all_the_time, &senders[i]);
    }
  change_certificates (&world, &traffic);
  g_atomic_int_set (&traffic.stop, TRUE);
  for (guint i = 0; i < N_SENDERS; i++)
    {
      g_thread_join (threads[i]);
      g_assert_cmpuint (senders[i].n_refused, ==, 0);
      g_assert_cmpuint (senders[i].n_accepted, >, 0);
      if (senders[i].keeps_connection)
        g_assert_cmpuint (senders[i].n_connections, ==, 1);
      n_accepted += senders[i].n_accepted;
      n_opened += senders[i].n_connections;
    }
  g_test_message ("%u events over %u connections while %u certificates changed", n_accepted,
                  n_opened, N_CHANGES);
  {
    g_autoptr (Answer) status = scenario_get (world.scenario, "/v1/status");

    g_assert_cmpint (json_at_int (status->json, "ledger.events"), ==, n_accepted);
  }
  scenario_check_ledger (world.scenario);
  scenario_stop (world.scenario);
}

/* ---- Versions, other protocols, other sizes ---- */

static CURLcode
post_with (World *world, long option_value, gboolean plain, const char *body, long *out_status)
{
  struct curl_slist *headers;
  CURL *curl = curl_new (world, &headers);
  CURLcode code;

  *out_status = 0;
  if (option_value != 0)
    curl_easy_setopt (curl, CURLOPT_SSLVERSION, option_value);
  if (plain)
    {
      g_autofree char *url = g_strconcat ("http", scenario_url (world->scenario) + strlen ("https"),
                                          "/in/shop", NULL);

      curl_easy_setopt (curl, CURLOPT_URL, url);
    }
  if (body != NULL)
    {
      headers = curl_slist_append (headers, "Transfer-Encoding: chunked");
      headers = curl_slist_append (headers, "Expect:");
      curl_easy_setopt (curl, CURLOPT_HTTPHEADER, headers);
      curl_easy_setopt (curl, CURLOPT_POSTFIELDS, body);
    }
  code = curl_easy_perform (curl);
  curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, out_status);
  curl_slist_free_all (headers);
  curl_easy_cleanup (curl);
  return code;
}

static void
test_versions (void)
{
  g_auto (World) world = { 0 };
  g_autofree char *large = g_strnfill (600 * 1024, '1');
  long status;

  world_init (&world);
  scenario_start (world.scenario);
  g_assert_cmpint (post_with (&world, CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2, FALSE,
                              NULL, &status),
                   ==, CURLE_OK);
  g_assert_cmpint (status, ==, 202);
  g_assert_cmpint (post_with (&world, CURL_SSLVERSION_TLSv1_3 | CURL_SSLVERSION_MAX_TLSv1_3, FALSE,
                              NULL, &status),
                   ==, CURLE_OK);
  g_assert_cmpint (status, ==, 202);
  /* What speaks no TLS gets no answer, and harms nobody. */
  g_assert_cmpint (post_with (&world, 0, TRUE, NULL, &status), !=, CURLE_OK);
  g_assert_cmpint (status, ==, 0);
  /* An end in the middle of a body: the refusal comes by way of TLS, too. */
  g_assert_cmpint (post_with (&world, 0, FALSE, large, &status), ==, CURLE_OK);
  g_assert_cmpint (status, ==, 413);
  g_free (scenario_accept (world.scenario, "/in/shop", "{}"));
  scenario_stop (world.scenario);

  scenario_config (world.scenario, "router.json",
                   "{'Tls': {'CertificateFile': 'certificate.pem', 'KeyFile': 'key.pem',"
                   " 'MinimumVersion': '1.3'}}");
  scenario_start (world.scenario);
  g_assert_cmpint (post_with (&world, CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2, FALSE,
                              NULL, &status),
                   !=, CURLE_OK);
  g_free (scenario_accept (world.scenario, "/in/shop", "{}"));
  scenario_stop (world.scenario);
}

/* ---- Who may come, and who may listen ---- */

static int
run_ctl (World *world, const char *command, const char *ca, char **out_text)
{
  const char *argv[] = { g_getenv ("SIGNALBOXCTL"),
                         "--url",
                         scenario_url (world->scenario),
                         command,
                         ca != NULL ? "--ca-file" : NULL,
                         ca,
                         NULL };
  g_autofree char *err = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, out_text, &err, &status, &error);
  g_assert_no_error (error);
  g_test_message ("%s%s", *out_text, err);
  return status;
}

static void
test_control (void)
{
  g_auto (World) world = { 0 };
  g_autofree char *good = NULL, *unknown = NULL, *missing = NULL, *judged = NULL;

  world_init (&world);
  scenario_start (world.scenario);
  g_assert_cmpint (run_ctl (&world, "status", world.ca, &good), ==, 0);
  g_assert_nonnull (strstr (good, "CN=one, valid until"));
  g_assert_cmpint (run_ctl (&world, "status", NULL, &unknown), !=, 0);
  g_assert_cmpint (run_ctl (&world, "status", "/nowhere.pem", &missing), !=, 0);
  write_file (world.key, "no key");
  g_assert_cmpint (run_ctl (&world, "doctor", world.ca, &judged), !=, 0);
  g_assert_nonnull (strstr (judged, "FAULT   The certificate before stays in force"));
  scenario_stop (world.scenario);
}

static void
test_clients (void)
{
  g_auto (World) world = { 0 };
  struct curl_slist *headers;
  long status = 0;
  CURL *curl;

  world_init (&world);
  scenario_config (world.scenario, "router.json",
                   "{'Tls': {'CertificateFile': 'certificate.pem', 'KeyFile': 'key.pem',"
                   " 'ClientCaFile': 'ca.pem'}}");
  scenario_start (world.scenario);
  g_assert_cmpint (post_with (&world, 0, FALSE, NULL, &status), !=, CURLE_OK);
  g_assert_cmpint (status, ==, 0);

  curl = curl_new (&world, &headers);
  curl_easy_setopt (curl, CURLOPT_SSLCERT, world.certificate);
  curl_easy_setopt (curl, CURLOPT_SSLKEY, world.key);
  g_assert_cmpint (curl_easy_perform (curl), ==, CURLE_OK);
  curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
  g_assert_cmpint (status, ==, 202);
  curl_slist_free_all (headers);
  curl_easy_cleanup (curl);
  scenario_stop (world.scenario);
}

static void
assert_refused (World *world, const char *text)
{
  g_autofree char *said = NULL;

  g_assert_cmpint (scenario_start_refused (world->scenario, &said), ==, 69);
  g_test_message ("%s", said);
  g_assert_nonnull (strstr (said, text));
}

static void
test_refused (void)
{
  g_auto (World) world = { 0 };
  g_autofree char *mine = NULL, *old = NULL, *old_key = NULL;

  world_init (&world);
  g_assert_cmpint (g_chmod (world.key, 0644), ==, 0);
  assert_refused (&world, "chmod o=");
  write_file (world.key, "no key");
  assert_refused (&world, "holds no private key in PEM");
  issue (&world, "one");
  g_assert_true (g_file_get_contents (world.key, &mine, NULL, NULL));
  issue (&world, "two");
  write_file (world.key, mine);
  assert_refused (&world, "is not the key of the certificate");
  authority_issue (world.authority, "past", 1000000000, 1100000000, &old, &old_key);
  write_file (world.certificate, old);
  write_file (world.key, old_key);
  assert_refused (&world, "expired on 2004-11-09");
}

/* Beyond the loopback: by a certificate and a token, or by name. */
static void
test_exposed (void)
{
  static const char *const json[] = { "Content-Type: application/json", NULL };
  g_auto (World) world = { 0 };
  g_autoptr (Answer) made = NULL;
  g_autoptr (Answer) stranger = NULL;
  g_autoptr (Answer) known = NULL;
  g_autofree char *header = NULL;
  const char *headers[] = { NULL, NULL };

  world_init (&world);
  scenario_start (world.scenario);
  made = scenario_request (world.scenario, "POST", "unix:/v1/tokens", json,
                           "{\"name\":\"laptop\",\"role\":\"viewer\"}", -1);
  scenario_stop (world.scenario);
  g_assert_cmpuint (made->status, ==, 200);
  header = g_strconcat ("Authorization: Bearer ", json_at_string (made->json, "token"), NULL);
  headers[0] = header;

  scenario_argument (world.scenario, "--listen=0.0.0.0:0");
  scenario_start (world.scenario);
  stranger = scenario_get (world.scenario, "/v1/status");
  g_assert_cmpuint (stranger->status, ==, 401);
  known = scenario_request (world.scenario, "GET", "/v1/status", headers, NULL, 0);
  g_assert_cmpuint (known->status, ==, 200);
  g_free (scenario_accept (world.scenario, "/in/shop", "{}"));
  scenario_stop (world.scenario);
}

static void
test_not_exposed (void)
{
  g_auto (World) world = { 0 };

  world_init (&world);
  scenario_argument (world.scenario, "--listen=0.0.0.0:0");
  assert_refused (&world, "there is no token yet");
  scenario_config (world.scenario, "router.json", "{}");
  assert_refused (&world, "give router.json a certificate");
  scenario_config (world.scenario, "router.json",
                   "{'InsecureListen': '0.0.0.0:0', 'Tls': {'CertificateFile': 'certificate.pem',"
                   " 'KeyFile': 'key.pem'}}");
  scenario_start (world.scenario);
  scenario_stop (world.scenario);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/tls/changes", test_changes);
  g_test_add_func ("/scenario/tls/versions", test_versions);
  g_test_add_func ("/scenario/tls/control", test_control);
  g_test_add_func ("/scenario/tls/clients", test_clients);
  g_test_add_func ("/scenario/tls/refused", test_refused);
  g_test_add_func ("/scenario/tls/exposed", test_exposed);
  g_test_add_func ("/scenario/tls/not-exposed", test_not_exposed);
  return g_test_run ();
}
