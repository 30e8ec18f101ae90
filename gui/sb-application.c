#include "config.h"

#include "sb-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "sb-connect-dialog.h"
#include "sb-event-window.h"
#include "sb-keyring.h"
#include "sb-window.h"

#define INTERVAL_MS 1000
#define TIMEOUT_S 5
#define MAX_CONNECTIONS 8 /* that are remembered */

/* One process serves all windows, unless the command line names a router: then the program is one
 * of its own, so that it talks to that router and to no other. */
struct _SbApplication
{
  AdwApplication parent_instance;

  SbAddress *address;          /* of the command line; NULL: the default */
  gboolean certificates_given; /* there too */
  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (SbApplication, sb_application, ADW_TYPE_APPLICATION)

/* ---- Routers --------------------------------------------------------------------------------- */

/* The newest comes first; a place is remembered once. */
static void
remember (SbApplication *self, const char *place)
{
  g_auto (GStrv) before = g_settings_get_strv (self->settings, "connections");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) after = NULL;

  g_strv_builder_add (builder, place);
  for (guint i = 0, n = 1; before[i] != NULL && n < MAX_CONNECTIONS; i++)
    if (!g_str_equal (before[i], place))
      {
        g_strv_builder_add (builder, before[i]);
        n++;
      }
  after = g_strv_builder_end (builder);
  if (!g_strv_equal ((const char *const *) before, (const char *const *) after))
    g_settings_set_strv (self->settings, "connections", (const char *const *) after);
}

/* Of which file a router's certificate is held against; "" takes the computer's from now on. */
static void
remember_certificates (SbApplication *self, const char *place, const char *path)
{
  g_autoptr (GVariant) before = g_settings_get_value (self->settings, "certificate-files");
  GVariantBuilder builder;
  GVariantIter iter;
  const char *key, *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_variant_iter_init (&iter, before);
  while (g_variant_iter_next (&iter, "{&s&s}", &key, &value))
    if (!g_str_equal (key, place))
      g_variant_builder_add (&builder, "{ss}", key, value);
  if (*path != '\0')
    g_variant_builder_add (&builder, "{ss}", place, path);
  g_settings_set_value (self->settings, "certificate-files", g_variant_builder_end (&builder));
}

static void
recall_certificates (SbApplication *self, SbAddress *address)
{
  g_autoptr (GVariant) files = g_settings_get_value (self->settings, "certificate-files");
  const char *path = "";

  g_variant_lookup (files, sb_address_get_place (address), "&s", &path);
  sb_address_set_certificates (address, path);
}

/* The router is asked at once, and again when the token is there. */
static void
token_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SbRouter) router = SB_ROUTER (user_data);
  char *token = sb_keyring_look_up_finish (result, NULL);

  if (token == NULL)
    return;
  sb_client_set_token (sb_router_get_client (router), token);
  sb_keyring_free_token (token);
  sb_router_poke (router);
}

static void
kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) window = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (sb_keyring_keep_finish (result, &error))
    return;
  text = g_strdup_printf (_ ("The token serves until the app is closed: %s"), error->message);
  gtk_widget_activate_action (window, "win.toast", "s", text);
}

/* token: NULL takes the one that was kept. */
static void
open_window (SbApplication *self, const SbAddress *address, const char *token)
{
  g_autoptr (SbClient) client = sb_client_new (address, TIMEOUT_S);
  g_autoptr (SbRouter) router = sb_router_new (client, INTERVAL_MS);
  const char *place = sb_address_get_place (address);
  SbWindow *window;

  sb_client_set_token (client, token);
  window = sb_window_new (GTK_APPLICATION (self), router);
  remember (self, place);
  /* Over a socket the router knows who asks. */
  if (sb_address_get_connectable (address) == NULL && token == NULL)
    sb_keyring_look_up_async (place, NULL, token_cb, g_object_ref (router));
  else if (sb_address_get_connectable (address) == NULL)
    sb_keyring_keep_async (place, token, NULL, kept_cb, g_object_ref (window));
  gtk_window_present (GTK_WINDOW (window));
}

static SbWindow *
find_window (SbApplication *self, const char *place)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (SB_IS_WINDOW (l->data))
      {
        SbClient *client = sb_router_get_client (sb_window_get_router (l->data));

        if (g_str_equal (sb_address_get_place (sb_client_get_address (client)), place))
          return l->data;
      }
  return NULL;
}

static void
sb_application_activate (GApplication *application)
{
  SbApplication *self = SB_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  g_autoptr (SbAddress) address = NULL;

  if (window != NULL)
    {
      gtk_window_present (window);
      return;
    }
  address = self->address != NULL
                ? sb_address_copy (self->address)
                : sb_address_new_default (g_getenv ("SIGNALBOX_SOCKET"), g_get_user_runtime_dir ());
  if (self->certificates_given)
    remember_certificates (self, sb_address_get_place (address),
                           sb_address_get_certificates (address));
  else
    recall_certificates (self, address);
  open_window (self, address, NULL);
}

/* The main window that was used last; there may be windows of events in front of it. */
static SbWindow *
peek_window (SbApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (SB_IS_WINDOW (l->data))
      return l->data;
  return NULL;
}

/* Links to events: signalbox://event/ID. */
static void
sb_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  SbApplication *self = SB_APPLICATION (application);
  SbWindow *window;

  g_application_activate (application);
  window = peek_window (self);
  for (int i = 0; window != NULL && i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);
      g_autofree char *id = sb_event_link_dup_id (uri);

      if (id != NULL)
        sb_event_window_present (GTK_WINDOW (window), sb_window_get_router (window), id);
      else
        gtk_widget_activate_action (GTK_WIDGET (window), "win.toast", "s",
                                    _ ("This is no link to an event"));
    }
}

/* For whoever called the program: why it cannot begin. */
static int
refuse (const char *reason)
{
  g_printerr ("signalbox: %s\n", reason);
  return 2;
}

static int
sb_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  SbApplication *self = SB_APPLICATION (application);
  g_autoptr (GError) error = NULL;
  const char *place;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("signalbox %s\n", SIGNALBOX_VERSION);
      return 0;
    }
  if (g_variant_dict_lookup (options, "socket", "^&ay", &place))
    self->address = sb_address_new_socket (place);
  else if (g_variant_dict_lookup (options, "connect", "&s", &place))
    {
      self->address = sb_address_new_url (place, &error);
      if (self->address == NULL)
        return refuse (error->message);
    }
  if (g_variant_dict_lookup (options, "ca-file", "^&ay", &place))
    {
      g_autofree char *path = g_canonicalize_filename (place, NULL);

      if (self->address == NULL || !sb_address_is_tls (self->address))
        return refuse (_ ("--ca-file needs --connect with an address that begins with https://"));
      sb_address_set_certificates (self->address, path);
      self->certificates_given = TRUE;
    }
  if (self->address != NULL)
    g_application_set_flags (application,
                             g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
  return -1;
}

/* The connection of a window becomes another one, or a window is opened.  An empty token leaves the
 * one that was kept alone. */
static void
connect_cb (const SbAddress *address, const char *token, gpointer user_data)
{
  SbApplication *self = user_data;
  const char *place = sb_address_get_place (address);
  SbWindow *window = find_window (self, place);
  SbRouter *router = window != NULL ? sb_window_get_router (window) : NULL;

  if (sb_address_get_connectable (address) == NULL)
    remember_certificates (self, place, sb_address_get_certificates (address));
  if (window == NULL)
    {
      open_window (self, address, *token != '\0' ? token : NULL);
      return;
    }
  sb_client_set_certificates (sb_router_get_client (router), sb_address_get_certificates (address));
  if (*token != '\0')
    {
      sb_client_set_token (sb_router_get_client (router), token);
      sb_keyring_keep_async (place, token, NULL, kept_cb, g_object_ref (window));
    }
  sb_router_poke (router);
  gtk_window_present (GTK_WINDOW (window));
}

/* A router that was connected to before: its window, or a new one. */
static void
connect_to_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SbApplication *self = user_data;
  const char *place = g_variant_get_string (parameter, NULL);
  SbWindow *window = find_window (self, place);
  g_autoptr (SbAddress) address = sb_address_new_place (place, NULL);

  if (window != NULL)
    gtk_window_present (GTK_WINDOW (window));
  else if (address != NULL)
    {
      recall_certificates (self, address);
      open_window (self, address, NULL);
    }
}

/* Of a notification: there may be no window any more. */
static void
show_section_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SbApplication *self = user_data;
  SbWindow *window;

  g_application_activate (G_APPLICATION (self));
  window = peek_window (self);
  if (window == NULL)
    return;
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_activate_action_variant (GTK_WIDGET (window), "win.show-section", parameter);
}

static void
connect_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SbApplication *self = user_data;

  sb_connect_dialog_present (gtk_application_get_active_window (GTK_APPLICATION (self)), NULL,
                             connect_cb, self);
}

/* How the router of the window is reached. */
static void
connection_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SbApplication *self = user_data;
  SbWindow *window = peek_window (self);

  if (window != NULL)
    sb_connect_dialog_present (
        GTK_WINDOW (window),
        sb_client_get_address (sb_router_get_client (sb_window_get_router (window))), connect_cb,
        self);
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  static const char *const developers[] = { "The Signalbox developers", NULL };
  SbApplication *self = user_data;

  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (self)),
                         "application-name", "Signalbox", "application-icon",
                         "org.signalbox.Signalbox", "version", SIGNALBOX_VERSION, "developer-name",
                         _ ("The Signalbox developers"), "developers", developers, "comments",
                            _ ("See where events go, and help those that do not arrive."),
                               "license-type", GTK_LICENSE_APACHE_2_0,
                               /* Translators: your names, one a line */
                               "translator-credits", _ ("translator-credits"), NULL);
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GList *windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (user_data)));

  /* Each may want to ask what is to become of unsaved text. */
  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
  g_list_free (windows);
}

static gboolean
terminate_cb (gpointer user_data)
{
  g_application_quit (G_APPLICATION (user_data));
  return G_SOURCE_CONTINUE;
}

static void
sb_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "connect", .activate = connect_action },
    { .name = "connection", .activate = connection_action },
    { .name = "connect-to", .activate = connect_to_action, .parameter_type = "s" },
    { .name = "show-section", .activate = show_section_action, .parameter_type = "s" },
    { .name = "about", .activate = about_action },
    { .name = "quit", .activate = quit_action },
  };
  SbApplication *self = SB_APPLICATION (application);
  g_autoptr (GAction) notifications = NULL;

  G_APPLICATION_CLASS (sb_application_parent_class)->startup (application);

  /* GTK goes by the locale alone; texts may come from $LANGUAGE.
   * Translators: RTL if your language is written from right to left, else LTR */
  if (g_str_equal (C_ ("direction of the text", "LTR"), "RTL"))
    gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);

  self->settings = g_settings_new ("org.signalbox.Signalbox");
  notifications = g_settings_create_action (self->settings, "notifications");
  g_action_map_add_action (G_ACTION_MAP (application), notifications);
  gtk_window_set_default_icon_name ("org.signalbox.Signalbox");
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries),
                                   application);
  gtk_application_set_accels_for_action (GTK_APPLICATION (application), "app.quit",
                                         (const char *const[]){ "<Control>q", NULL });
}

static void
sb_application_finalize (GObject *object)
{
  g_clear_pointer (&SB_APPLICATION (object)->address, sb_address_free);
  g_clear_object (&SB_APPLICATION (object)->settings);

  G_OBJECT_CLASS (sb_application_parent_class)->finalize (object);
}

static void
sb_application_class_init (SbApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sb_application_finalize;
  application_class->activate = sb_application_activate;
  application_class->open = sb_application_open;
  application_class->startup = sb_application_startup;
  application_class->handle_local_options = sb_application_handle_local_options;
}

static void
sb_application_init (SbApplication *self)
{
  const GOptionEntry options[] = {
    { "socket", 's', 0, G_OPTION_ARG_FILENAME, NULL,
      N_ ("Unix socket of the router"), N_ ("PATH") },
      { "connect", 'c', 0, G_OPTION_ARG_STRING, NULL,
        N_ ("Address of a router on the network"), N_ ("URL") },
        { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, NULL,
          N_ ("Certificates to trust for that address, in place of those of this computer"),
              N_ ("PATH") },
          { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Show the version"), NULL }, { NULL },
         };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (
      G_APPLICATION (self), _ ("A window onto a Signalbox router: routes, retries, dead letters."));
}

SbApplication *
sb_application_new (void)
{
  SbApplication *self = g_object_new (
      SB_TYPE_APPLICATION, "application-id", "org.signalbox.Signalbox", "flags",
      G_APPLICATION_HANDLES_OPEN, "resource-base-path", "/org/signalbox/Signalbox", NULL);

  g_unix_signal_add (SIGTERM, terminate_cb, self);
  g_unix_signal_add (SIGINT, terminate_cb, self);
  return self;
}
