/* The program in front of the real router: what an operator does at night, from the first failed
 * delivery to the one that arrives. */
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>

#include "sections.h"
#include "support/receiver.h"
#include "ui-driver.h"

typedef struct
{
  char *folder;
  char *socket;
  Receiver *receiver;
  GSubprocess *router;
  UiApp *app;
} Fixture;

static void
write_file (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->folder, "config", name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
write_config (Fixture *fixture)
{
  g_autofree char *webhook = g_strdup_printf (
      "{\"Url\": \"%s/desk\", \"AllowAddresses\": [\"loopback\"]}",
      receiver_url (fixture->receiver));

  write_file (fixture, "source/shop.json",
              "{\"Source\": \"shop\", \"DetailType\": \"Order Paid\"}");
  write_file (fixture, "webhook/desk.json", webhook);
  write_file (fixture, "rule/default/paid.json",
              "{\n"
              "  \"Description\": \"Orders go to the desk\",\n"
              "  \"EventPattern\": { \"source\": [\"shop\"] },\n"
              "  \"Targets\": [ { \"Id\": \"desk\", \"Arn\": \"webhook/desk\" } ]\n"
              "}\n");
}

static void
wait_for_file (const char *path)
{
  gint64 end_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (5000);
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *config = NULL;
  g_autofree char *state = NULL;

  fixture->folder = g_dir_make_tmp ("signalbox-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->socket = g_build_filename (fixture->folder, "socket", NULL);
  fixture->receiver = receiver_new ();
  /* Whoever designs begins with nothing. */
  if (data != NULL)
    write_file (fixture, "router.json", data);
  else
    write_config (fixture);

  config = g_build_filename (fixture->folder, "config", NULL);
  state = g_build_filename (fixture->folder, "state", NULL);
  fixture->router = ui_spawn ((const char *const[]){
      g_getenv ("SIGNALBOXD"), "--config", config, "--state", state, "--socket", fixture->socket,
      "--listen", "none", "--log-level", "warning", NULL });
  wait_for_file (fixture->socket);
  fixture->app = ui_app_launch (
      (const char *const[]){ g_getenv ("SIGNALBOX"), "--socket", fixture->socket, NULL },
      "signalbox");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) remove = NULL;

  g_assert_cmpint (ui_app_close (fixture->app), ==, 0);
  g_subprocess_send_signal (fixture->router, SIGTERM);
  g_subprocess_wait_check (fixture->router, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (fixture->router);
  receiver_free (fixture->receiver);

  remove = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "rm", "-r", fixture->folder, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (remove, NULL, &error));
  g_free (fixture->folder);
  g_free (fixture->socket);
}

static void
post_to (Fixture *fixture, const char *path, const char *body, guint status)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (fixture->socket);
  g_autoptr (SoupSession) session = soup_session_new_with_options ("remote-connectable", address,
                                                                   NULL);
  g_autofree char *uri = g_strconcat ("http://localhost", path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", uri);
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;

  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  answer = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, status);
}

static void
post (Fixture *fixture, const char *path, const char *body)
{
  post_to (fixture, path, body, 202);
}

static void
test_recover (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;
  g_autofree char *refused = NULL;
  g_autofree char *arrived = NULL;

  ui_find (app, "status", "Connected");
  ui_keys (app, KEY_ROUTES);
  ui_find (app, "label", "Waiting for the first event. *");
  ui_find (app, "button", "Rule paid on bus default: 0 matches");

  /* A 401 is not tried again: the delivery is dead at once, and seen to be. */
  receiver_set_status (fixture->receiver, 401);
  post (fixture, "/in/shop", "{\"order\": 88, \"total\": 129.50}");
  ui_find (app, "button", "Connector webhook/desk: 0 delivered, 1 dead letter");
  ui_wait_gone (app, "label", "Waiting for the first event. *");

  ui_keys (app, KEY_DEAD_LETTERS);
  ui_find (app, "label", "1 delivery gave up");
  ui_find (app, "label", "401 Unauthorized");

  /* The desk has a new token; the operator presses the button; it arrives, and the row leaves. */
  receiver_set_status (fixture->receiver, 200);
  ui_click (app, "button", "Replay 1…");
  ui_click (app, "button", "Send First Event");
  receiver_wait (fixture->receiver, 2);
  ui_find (app, "status", "All arrived");
  ui_keys (app, "Escape");
  ui_find (app, "label", "No Dead Letters");
  refused = received_body (receiver_request (fixture->receiver, 0));
  arrived = received_body (receiver_request (fixture->receiver, 1));
  g_assert_cmpuint (receiver_request (fixture->receiver, 1)->answered, ==, 200);
  g_assert_cmpstr (refused, ==, arrived);
  g_assert_nonnull (strstr (arrived, "129.50"));

  ui_keys (app, KEY_EVENTS);
  ui_find (app, "label", "1 delivered");
  ui_keys (app, KEY_ROUTES);
  ui_find (app, "button", "Connector webhook/desk: 1 delivered");
}

/* What waits is sent at once, and what is paused is held. */
static void
test_retry (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  receiver_set_status (fixture->receiver, 503);
  post (fixture, "/in/shop", "{\"order\": 90}");
  receiver_wait (fixture->receiver, 1);
  ui_keys (app, KEY_RETRYING);
  ui_find (app, "label", "1 delivery waits");
  receiver_set_status (fixture->receiver, 200);
  ui_click (app, "button", "Retry Now");
  receiver_wait (fixture->receiver, 2);
  ui_find (app, "label", "Nothing Is Waiting");

  ui_keys (app, KEY_CONNECTORS);
  ui_find (app, "status", "Working");
  ui_click (app, "button", "Pause");
  ui_find (app, "status", "Paused");
  post (fixture, "/in/shop", "{\"order\": 91}");
  ui_click (app, "button", "Resume");
  receiver_wait (fixture->receiver, 3);
  ui_find (app, "status", "Working");
  ui_keys (app, KEY_OVERVIEW);
  ui_find (app, "button", "webhook/desk, Working, *");
}

/* A rule is changed in the editor, and the next event goes by it. */
static void
test_edit (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  ui_find (app, "status", "Connected");
  ui_keys (app, KEY_ROUTES);
  ui_point (app, "button", "Rule paid on bus default: *");
  ui_click (app, "button", "Edit Rule");
  ui_find (app, "status", "Valid and in force");
  ui_click (app, "tab", "Text");
  ui_point (app, "text box", "Rule as JSON");

  /* A target that is not there: only the router knows. */
  ui_keys (app, "ctrl+a");
  ui_type (app, "{\"Targets\": [{\"Id\": \"desk\", \"Arn\": \"webhook/desc\"}]}");
  ui_find (app, "status", "*webhook/desc*");

  ui_keys (app, "ctrl+a");
  ui_type (app, "{\"EventPattern\": {\"source\": [\"nobody\"]}, "
                "\"Targets\": [{\"Id\": \"desk\", \"Arn\": \"webhook/desk\"}]}");
  ui_find (app, "status", "Valid, not saved yet");
  ui_keys (app, "ctrl+s");
  ui_find (app, "label", "Generation 2");

  post (fixture, "/in/shop", "{\"order\": 89}");
  ui_keys (app, KEY_EVENTS);
  ui_find (app, "label", "No rule matched");
  g_assert_cmpuint (receiver_n_requests (fixture->receiver), ==, 0);
}

/* A file is edited on disk, looked at, applied; then the way back. */
static void
test_configuration (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  ui_find (app, "status", "Connected");
  ui_point (app, "label", "Configuration");
  ui_find (app, "label", "3 files are in force.");
  write_file (fixture, "source/shop.json", "{\n  \"Bus\": \"nowhere\"\n}");
  ui_find (app, "label", "source/shop.json:2:*");
  write_file (fixture, "source/shop.json", "{\"Source\": \"kiosk\"}");
  ui_find (app, "label", "source shop: *");
  ui_click (app, "button", "Reload");
  ui_find (app, "label", "Generation 2");
  ui_wait_gone (app, "label", "source shop: *");
  ui_click (app, "button", "Go back to generation 1");
  ui_find (app, "label", "Go Back to Generation 1?");
  ui_find (app, "label", "source shop: *");
  ui_click (app, "button", "*Go Back");
  ui_find (app, "label", "Generation 3");
}

/* A message is sent, seen and purged, which happens when nobody has undone it. */
static void
test_queue (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  write_file (fixture, "queue/parcels.json", "{\"Description\": \"For the courier\"}");
  post_to (fixture, "/v1/reload", "", 200);
  post_to (fixture, "/v1/queues/parcels/messages", "{\"body\": \"{\\\"parcel\\\": 7}\"}", 200);
  ui_find (app, "label", "Generation 2");
  ui_point (app, "label", "Queues");
  ui_point (app, "label", "parcels");
  ui_find (app, "label", "{\"parcel\": 7}");
  ui_click (app, "button", "Purge");
  ui_click (app, "button", "*Undo");
  ui_find (app, "label", "{\"parcel\": 7}");
  ui_click (app, "button", "Purge");
  ui_find (app, "label", "No messages");
}

/* A link names an event by its id alone. */
static void
test_link (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  ui_find (app, "status", "Connected");
  ui_app_close (app);
  fixture->app = ui_app_launch ((const char *const[]){ g_getenv ("SIGNALBOX"), "--socket",
                                                       fixture->socket, "signalbox://event/nowhere",
                                                       NULL },
                                "signalbox");
  ui_find (fixture->app, "label", "The Event Cannot Be Shown");
}

/* The router itself: its balance, and a check that it makes of its own store. */
static void
test_system (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  ui_find (app, "status", "Connected");
  ui_point (app, "label", "System");
  ui_find (app, "label", "Nothing is missing");
  ui_click (app, "button", "Check");
  ui_find (app, "label", "The store has version *, the newest");
  ui_find (app, "label", "POST /v1/doctor");
}

/* ---- The night ------------------------------------------------------------------------------- */

static guint
n_letters (void)
{
  const char *text = g_getenv ("SIGNALBOX_RECOVERY");

  return text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : 300;
}

/* Events in one request each thousand. */
static void
post_many (Fixture *fixture, guint n)
{
  for (guint first = 0; first < n; first += 1000)
    {
      g_autoptr (GString) body = g_string_new ("[");

      for (guint i = first; i < MIN (first + 1000, n); i++)
        g_string_append_printf (body,
                                "%s{\"source\":\"shop\",\"detail-type\":\"Order Paid\","
                                "\"detail\":{\"order\":%u,\"total\":129.5}}",
                                i > first ? "," : "", i);
      g_string_append_c (body, ']');
      post (fixture, "/v1/events", body->str);
    }
}

static void
find_dead_letters (Fixture *fixture, guint n)
{
  g_autofree char *label = g_strdup_printf ("%u deliveries gave up", n);
  gint64 end_us = g_get_monotonic_time () + 240 * G_USEC_PER_SEC;

  while (ui_peek (fixture->app, "label", label) == NULL && g_get_monotonic_time () < end_us)
    g_usleep (100 * 1000);
  ui_find (fixture->app, "label", label);
}

static void
wait_for_requests (Fixture *fixture, guint n)
{
  gint64 end_us = g_get_monotonic_time () + 240 * G_USEC_PER_SEC;

  while (receiver_n_requests (fixture->receiver) < n && g_get_monotonic_time () < end_us)
    g_usleep (20 * 1000);
  g_assert_cmpuint (receiver_n_requests (fixture->receiver), >=, n);
}

static void
begin_recovery (Fixture *fixture, guint n)
{
  UiApp *app = fixture->app;
  g_autofree char *title = g_strdup_printf ("Replay %u Dead Letters", n);

  ui_keys (app, KEY_DEAD_LETTERS);
  ui_find (app, "label", "401 Unauthorized");
  ui_find (app, "button", "Select All *");
  ui_keys (app, "r");
  ui_find (app, "label", title);
  ui_click (app, "button", "Send First Event");
  ui_find (app, "status", "The first event arrived");
}

/* All at once: the desk turns everything away, and many die.  The first try of recovering is
 * stopped by the router itself, as the desk is not well yet; the second one is safe and running
 * after four presses. */
static void
test_night (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;
  guint n = n_letters (), n_actions;
  gint64 start_us, running_us, done_us;

  ui_find (app, "status", "Connected");
  receiver_set_status (fixture->receiver, 401);
  post_many (fixture, n);
  ui_keys (app, KEY_DEAD_LETTERS);
  find_dead_letters (fixture, n);

  receiver_set_status (fixture->receiver, 200);
  begin_recovery (fixture, n);
  receiver_set_status (fixture->receiver, 401);
  ui_click (app, "button", "Continue with 10");
  ui_find (app, "status", "Stopped by itself. What was not sent is still a dead letter.");
  ui_keys (app, "Escape");
  find_dead_letters (fixture, n - 1);
  g_assert_cmpuint (receiver_n_requests (fixture->receiver), ==, n + 11);

  /* The clock runs from the start of the app. */
  receiver_set_status (fixture->receiver, 200);
  g_assert_cmpint (ui_app_close (app), ==, 0);
  start_us = g_get_monotonic_time ();
  fixture->app = app = ui_app_launch (
      (const char *const[]){ g_getenv ("SIGNALBOX"), "--socket", fixture->socket, NULL },
      "signalbox");
  ui_find (app, "status", "Connected");
  begin_recovery (fixture, n - 1);
  ui_click (app, "button", "Continue with 10");
  wait_for_requests (fixture, n + 11 + 11);
  running_us = g_get_monotonic_time ();
  n_actions = 4; /* the section, R, the first event, ten more */

  wait_for_requests (fixture, n + 11 + n - 1);
  done_us = g_get_monotonic_time ();
  ui_find (app, "status", "All arrived");
  ui_keys (app, "Escape");
  ui_find (app, "label", "No Dead Letters");
  g_test_message ("%u dead letters: %u actions and %.1f s from opening the app to a safe, running "
                  "recovery; all had arrived after %.1f s",
                  n, n_actions, (double) (running_us - start_us) / G_USEC_PER_SEC,
                  (double) (done_us - start_us) / G_USEC_PER_SEC);
}

/* Runs the command that the app has to copy, as somebody would paste it into a terminal. */
static void
run_curl (UiApp *app)
{
  g_autofree char *command = g_strdup (ui_find (app, "label", "curl *")->name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) shell = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                                        G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                                    &error, "sh", "-c", command, NULL);

  g_assert_no_error (error);
  g_subprocess_wait_check (shell, NULL, &error);
  g_assert_no_error (error);
}

/* What a designer does on the first day, without having seen a JSON file: a source, a connector
 * and a rule, tried with an event that was captured a moment ago, saved, seen to work, and taken
 * back. Every key, click and word typed counts as an action. */
static void
test_design (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;
  g_autofree char *url = g_strdup_printf ("%s/desk", receiver_url (fixture->receiver));
  gint64 start_us = g_get_monotonic_time ();
  guint n_actions = 0;

#define ACT(call)                                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    call;                                                                                          \
    n_actions++;                                                                                   \
  }                                                                                                \
  G_STMT_END
  ui_find (app, "status", "Connected");
  ACT (ui_keys (app, KEY_SOURCES));
  ACT (ui_click (app, "button", "New Source"));
  ACT (ui_click (app, "button", "Any Webhook"));
  ui_find (app, "status", "It needs a name");
  ACT (ui_type (app, "shop"));
  ui_find (app, "status", "Ready to be created");
  ACT (ui_click (app, "button", "Create"));
  ui_find (app, "status", "Waiting for the first event");
  ACT (ui_click (app, "button", "Copy the Command"));
  run_curl (app);
  ui_find (app, "status", "Working");
  ACT (ui_click (app, "button", "Send a Test Event to the Source"));
  ui_find (app, "label", "Taken in");
  ui_find (app, "label", "No rule matched");
  ui_find (app, "button", "Show Journey");

  ACT (ui_keys (app, KEY_CONNECTORS));
  ACT (ui_click (app, "button", "New Connector"));
  ACT (ui_click (app, "button", "Webhook"));
  ui_find (app, "status", "It needs a name");
  ACT (ui_type (app, "desk"));
  ui_find (app, "status", "Url: *");
  ACT (ui_keys (app, "Tab Tab"));
  ui_wait_state (app, "text box", "URL", UI_STATE_FOCUSED, TRUE);
  ACT (ui_type (app, url));
  ui_find (app, "status", "Ready to be created");
  ACT (ui_click (app, "button", "Create"));
  ui_find (app, "status", "Not used yet");
  ACT (ui_click (app, "button", "Send Test Event"));
  receiver_wait (fixture->receiver, 1);
  ui_find (app, "label", "200 OK");

  /* The rule: its one field is the captured event's, its target is chosen from what there is. */
  ACT (ui_keys (app, "ctrl+n"));
  ui_find (app, "label", "New Rule");
  ACT (ui_type (app, "paid"));
  ACT (ui_keys (app, "Return"));
  ui_find (app, "text box", "Values 1");
  ui_find (app, "status", "The rule matches");
  ui_find (app, "status", "Matches 2 of the newest 2 events, *");
  ACT (ui_set_text (app, "text box", "Values 1", "kiosk"));
  ui_find (app, "status", "The rule does not match: *");
  ui_find (app, "status", "Matches 0 of the newest 2 events, *");
  ACT (ui_set_text (app, "text box", "Values 1", "shop"));
  ui_find (app, "status", "The rule matches");
  ACT (ui_click (app, "button", "Add to Targets"));
  ui_wait_state (app, "text box", "Targets 1: ID", UI_STATE_FOCUSED, TRUE);
  ACT (ui_keys (app, "Tab space"));
  ACT (ui_keys (app, "Down Return"));
  ui_find (app, "status", "Valid, not saved yet");
  ui_find (app, "label", "webhook/desk is sent");
  ACT (ui_keys (app, "ctrl+s"));
  ui_find (app, "label", "Generation 4");

  /* It works. */
  ACT (ui_keys (app, KEY_SOURCES));
  run_curl (app);
  receiver_wait (fixture->receiver, 2);
  g_assert_nonnull (strstr (received_body (receiver_request (fixture->receiver, 1)), "hello"));

  /* And back. */
  ACT (ui_keys (app, "ctrl+z"));
  ui_find (app, "label", "Generation 5");
  run_curl (app);
  ACT (ui_keys (app, KEY_EVENTS));
  ui_find (app, "label", "No rule matched");
  g_assert_cmpuint (receiver_n_requests (fixture->receiver), ==, 2);
#undef ACT
  g_test_message ("designed in %u actions and %.1f s", n_actions,
                  (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC);
}

/* Types what is there, and takes the first thing that is proposed to go on with. */
static void
complete (UiApp *app, const char *text, const char *first)
{
  ui_type (app, text);
  ui_find (app, "label", first);
  ui_keys (app, "Return");
}

/* A rule is written as text, by what captured events have, and tried with one that is chosen. */
static void
test_compose (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  post (fixture, "/in/shop", "{\"order\": 88, \"customer\": {\"country\": \"NG\"}}");
  post (fixture, "/in/shop", "{\"order\": 89, \"customer\": {\"country\": \"SE\"}}");
  receiver_wait (fixture->receiver, 2);
  ui_find (app, "status", "Connected");
  ui_keys (app, "ctrl+n");
  ui_find (app, "label", "New Rule");
  ui_type (app, "abroad");
  ui_keys (app, "Return");
  ui_find (app, "status", "Matches 2 of the newest 2 events, *");
  ui_click (app, "tab", "Text");
  ui_point (app, "text box", "Rule as JSON");
  ui_keys (app, "ctrl+a");
  complete (app, "{\"Ev", "\"EventPattern\"");
  complete (app, "{\"detail\": {\"cu", "\"customer\"");
  complete (app, "{\"", "\"country\"");
  complete (app, "[\"", "\"NG\"");
  complete (app, "]}}}, \"Targets\": [{\"Id\": \"a\", \"Ar", "\"Arn\"");
  complete (app, "\"de", "\"webhook/desk\"");
  ui_type (app, "}]}");
  ui_find (app, "status", "Valid, not saved yet");
  ui_find (app, "status", "Matches 1 of the newest 2 events, *");

  /* The latest event is the other one. */
  ui_find (app, "status", "The rule does not match: *");
  ui_click (app, "button", "Choose…");
  ui_find (app, "label", "shop, *");
  ui_keys (app, "space");
  ui_keys (app, "Down Return");
  ui_find (app, "label", "Those that match this rule");
  ui_keys (app, "Tab Return");
  ui_find (app, "status", "The rule matches");
  ui_find (app, "label", "webhook/desk is sent");
}

/* ---- The first day --------------------------------------------------------------------------- */

/* Nobody else ends what a newcomer has started. */
static void
end_router (const char *socket)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (socket);
  g_autoptr (SoupSession) session = soup_session_new_with_options ("remote-connectable", address,
                                                                   NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", "http://localhost/v1/status");
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = soup_session_send_and_read (session, message, NULL, &error);
  g_autofree char *text = NULL;
  const char *pid;

  g_assert_no_error (error);
  text = g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  pid = strstr (text, "\"pid\":");
  g_assert_nonnull (pid);
  g_assert_no_errno (kill ((pid_t) g_ascii_strtoll (pid + strlen ("\"pid\":"), NULL, 10), SIGTERM));
}

/* A newcomer's router: it is started by a button, and stays when the app is closed. */
static void
test_own (Fixture *fixture, gconstpointer data)
{
  g_autofree char *old = g_steal_pointer (&fixture->socket);

  ui_find (fixture->app, "status", "Connected");
  ui_app_close (fixture->app);
  fixture->socket = g_build_filename (fixture->folder, "own", NULL);
  fixture->app = ui_app_launch (
      (const char *const[]){ g_getenv ("SIGNALBOX"), "--socket", fixture->socket, NULL },
      "signalbox");
  ui_click (fixture->app, "button", "Start a Local Router");
  ui_find (fixture->app, "status", "Connected");
  post (fixture, "/in/hello", "{\"hello\": \"world\"}");
  ui_keys (fixture->app, KEY_EVENTS);
  ui_find (fixture->app, "label", "1 delivered");
  ui_app_close (fixture->app);
  post (fixture, "/in/hello", "{\"hello\": \"again\"}");
  end_router (fixture->socket);
  fixture->app = ui_app_launch (
      (const char *const[]){ g_getenv ("SIGNALBOX"), "--socket", old, NULL }, "signalbox");
  ui_find (fixture->app, "status", "Connected");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/live/recover", Fixture, NULL, set_up, test_recover, tear_down);
  g_test_add ("/live/night", Fixture, NULL, set_up, test_night, tear_down);
  g_test_add ("/live/retry", Fixture, NULL, set_up, test_retry, tear_down);
  g_test_add ("/live/edit", Fixture, NULL, set_up, test_edit, tear_down);
  g_test_add ("/live/configuration", Fixture, NULL, set_up, test_configuration, tear_down);
  g_test_add ("/live/queue", Fixture, NULL, set_up, test_queue, tear_down);
  g_test_add ("/live/link", Fixture, NULL, set_up, test_link, tear_down);
  g_test_add ("/live/design", Fixture, "{\"Outgoing\": {\"AllowAddresses\": [\"loopback\"]}}",
              set_up, test_design, tear_down);
  g_test_add ("/live/compose", Fixture, NULL, set_up, test_compose, tear_down);
  g_test_add ("/live/system", Fixture, NULL, set_up, test_system, tear_down);
  g_test_add ("/live/own", Fixture, NULL, set_up, test_own, tear_down);
  return g_test_run ();
}
