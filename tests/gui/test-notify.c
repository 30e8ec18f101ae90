/* Notifications, with a service of the desktop that the test plays itself: what happens at a router
 * while its window is minimised is told, and the notification leads to where it is looked at. */
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>

#include "support/receiver.h"
#include "ui-driver.h"

#define WAIT_US (30 * G_USEC_PER_SEC)
#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"

/* ---- The desktop ----------------------------------------------------------------------------- */

typedef struct
{
  guint32 id;
  char *title;
  char *body;
  char *show; /* the action of its button */
} Notification;

typedef struct
{
  GMutex lock;
  GCond told;
  GPtrArray *notifications; /* with the lock */
  GDBusConnection *bus;     /* set before the thread is waited for */
  GMainLoop *loop;
  GThread *thread;
  gboolean ready; /* with the lock */
} Desktop;

static void
notification_free (gpointer data)
{
  Notification *notification = data;

  g_free (notification->title);
  g_free (notification->body);
  g_free (notification->show);
  g_free (notification);
}

static guint32
take_notification (Desktop *desktop, GVariant *parameters)
{
  Notification *notification = g_new0 (Notification, 1);
  g_autofree const char **actions = NULL;
  g_autoptr (GVariant) list = g_variant_get_child_value (parameters, 5);

  g_variant_get_child (parameters, 3, "s", &notification->title);
  g_variant_get_child (parameters, 4, "s", &notification->body);
  actions = g_variant_get_strv (list, NULL);
  for (gsize i = 0; actions[i] != NULL && actions[i + 1] != NULL; i += 2)
    if (!g_str_equal (actions[i], "default"))
      notification->show = g_strdup (actions[i]);
  g_mutex_lock (&desktop->lock);
  notification->id = desktop->notifications->len + 1;
  g_ptr_array_add (desktop->notifications, notification);
  g_cond_broadcast (&desktop->told);
  g_mutex_unlock (&desktop->lock);
  return notification->id;
}

static void
call_cb (GDBusConnection *bus,
         const char *sender,
         const char *path,
         const char *iface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  static const char *const capabilities[] = { "actions", "body", NULL };
  GVariant *answer = NULL;

  if (g_str_equal (method, "Notify"))
    answer = g_variant_new ("(u)", take_notification (user_data, parameters));
  else if (g_str_equal (method, "GetCapabilities"))
    answer = g_variant_new ("(^as)", capabilities);
  else if (g_str_equal (method, "GetServerInformation"))
    answer = g_variant_new ("(ssss)", "test", "test", "1", "1.2");
  g_dbus_method_invocation_return_value (invocation, answer);
}

static gpointer
desktop_thread (gpointer data)
{
  static const char xml[] =
      "<node><interface name='" NAME "'>"
      "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
      "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
      "<arg type='as' direction='in'/><arg type='a{sv}' direction='in'/>"
      "<arg type='i' direction='in'/><arg type='u' direction='out'/></method>"
      "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
      "<method name='GetServerInformation'><arg type='s' direction='out'/>"
      "<arg type='s' direction='out'/><arg type='s' direction='out'/>"
      "<arg type='s' direction='out'/></method>"
      "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
      "<signal name='ActionInvoked'><arg type='u'/><arg type='s'/></signal>"
      "<signal name='NotificationClosed'><arg type='u'/><arg type='u'/></signal>"
      "</interface></node>";
  static const GDBusInterfaceVTable functions = { .method_call = call_cb };
  Desktop *desktop = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;

  g_main_context_push_thread_default (context);
  desktop->bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_register_object (desktop->bus, PATH, node->interfaces[0], &functions, desktop,
                                     NULL, &error);
  g_assert_no_error (error);
  answer = g_dbus_connection_call_sync (
      desktop->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "RequestName", g_variant_new ("(su)", NAME, 4), NULL, 0, -1, NULL, &error);
  g_assert_no_error (error);
  desktop->loop = g_main_loop_new (context, FALSE);
  g_mutex_lock (&desktop->lock);
  desktop->ready = TRUE;
  g_cond_broadcast (&desktop->told);
  g_mutex_unlock (&desktop->lock);
  g_main_loop_run (desktop->loop);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
desktop_start (Desktop *desktop)
{
  g_mutex_init (&desktop->lock);
  g_cond_init (&desktop->told);
  desktop->notifications = g_ptr_array_new_with_free_func (notification_free);
  desktop->thread = g_thread_new ("desktop", desktop_thread, desktop);
  g_mutex_lock (&desktop->lock);
  while (!desktop->ready)
    g_cond_wait (&desktop->told, &desktop->lock);
  g_mutex_unlock (&desktop->lock);
}

static void
desktop_stop (Desktop *desktop)
{
  g_main_loop_quit (desktop->loop);
  g_thread_join (desktop->thread);
  g_main_loop_unref (desktop->loop);
  g_object_unref (desktop->bus);
  g_ptr_array_unref (desktop->notifications);
  g_mutex_clear (&desktop->lock);
  g_cond_clear (&desktop->told);
}

/* The n-th notification, which is never taken away again. */
static const Notification *
desktop_wait (Desktop *desktop, guint n)
{
  gint64 end_us = g_get_monotonic_time () + WAIT_US;
  const Notification *notification;

  g_mutex_lock (&desktop->lock);
  while (desktop->notifications->len < n)
    g_assert_true (g_cond_wait_until (&desktop->told, &desktop->lock, end_us));
  notification = g_ptr_array_index (desktop->notifications, n - 1);
  g_mutex_unlock (&desktop->lock);
  return notification;
}

static void
desktop_click (Desktop *desktop, const Notification *notification, const char *action)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (action);
  g_dbus_connection_emit_signal (desktop->bus, NULL, PATH, NAME, "ActionInvoked",
                                 g_variant_new ("(us)", notification->id, action), &error);
  g_assert_no_error (error);
}

/* ---- The router ------------------------------------------------------------------------------ */

typedef struct
{
  char *folder;
  char *socket;
  Receiver *receiver;
  GSubprocess *router;
  UiApp *app;
  char *window;
  Desktop desktop;
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
post (Fixture *fixture, const char *path, const char *body)
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
  g_assert_cmpuint (soup_message_get_status (message) / 100, ==, 2);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *webhook = NULL, *config = NULL, *state = NULL;
  gint64 end_us = g_get_monotonic_time () + WAIT_US;

  desktop_start (&fixture->desktop);
  fixture->folder = g_dir_make_tmp ("signalbox-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->socket = g_build_filename (fixture->folder, "socket", NULL);
  fixture->receiver = receiver_new ();
  webhook = g_strdup_printf ("{\"Url\": \"%s/desk\", \"AllowAddresses\": [\"loopback\"]}",
                             receiver_url (fixture->receiver));
  write_file (fixture, "source/shop.json", "{\"Source\": \"shop\"}");
  write_file (fixture, "webhook/desk.json", webhook);
  write_file (fixture, "rule/default/paid.json",
              "{\"Targets\": [{ \"Id\": \"desk\", \"Arn\": \"webhook/desk\" }]}");
  config = g_build_filename (fixture->folder, "config", NULL);
  state = g_build_filename (fixture->folder, "state", NULL);
  fixture->router = ui_spawn ((const char *const[]){
      g_getenv ("SIGNALBOXD"), "--config", config, "--state", state, "--socket", fixture->socket,
      "--listen", "none", "--log-level", "warning", NULL });
  while (!g_file_test (fixture->socket, G_FILE_TEST_EXISTS))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (5000);
    }
  fixture->app = ui_app_launch (
      (const char *const[]){ g_getenv ("SIGNALBOX"), "--socket", fixture->socket, NULL },
      "signalbox");
  ui_find (fixture->app, "status", "Connected");
  fixture->window = ui_app_dup_window (fixture->app);
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
  desktop_stop (&fixture->desktop);
  remove = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "rm", "-r", fixture->folder, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (remove, NULL, &error));
  g_free (fixture->folder);
  g_free (fixture->socket);
  g_free (fixture->window);
}

/* ---- The walk -------------------------------------------------------------------------------- */

static void
minimise (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "xdotool",
                                                      "windowminimize", "--sync", fixture->window,
                                                      NULL);

  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

static void
test_hidden (Fixture *fixture, gconstpointer data)
{
  Desktop *desktop = &fixture->desktop;
  const Notification *notification;

  /* A target that refuses what it is sent. */
  minimise (fixture);
  receiver_set_status (fixture->receiver, 401);
  post (fixture, "/in/shop", "{\"order\": 1}");
  notification = desktop_wait (desktop, 1);
  g_assert_cmpstr (notification->title, ==, "A new problem: webhook/desk");
  g_assert_nonnull (strstr (notification->body, "401"));
  desktop_click (desktop, notification, "default");
  ui_wait_state (fixture->app, "list item", "Problems", UI_STATE_SELECTED, TRUE);

  /* A job that ends; its button leads to the jobs. */
  minimise (fixture);
  receiver_set_status (fixture->receiver, 200);
  post (fixture, "/v1/jobs",
        "{\"kind\": \"replay\", \"filter\": {\"connector\": \"webhook/desk\"}, "
        "\"actor\": \"test\"}");
  for (guint n = 2;; n++)
    {
      notification = desktop_wait (desktop, n);
      if (g_str_has_prefix (notification->title, "Replay"))
        break;
    }
  g_assert_true (g_str_has_suffix (notification->title, ": Done"));
  desktop_click (desktop, notification, notification->show);
  ui_wait_state (fixture->app, "list item", "Jobs", UI_STATE_SELECTED, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/notify/hidden", Fixture, NULL, set_up, test_hidden, tear_down);
  return g_test_run ();
}
