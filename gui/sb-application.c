#include "config.h"

#include "sb-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "sb-connect-dialog.h"
#include "sb-event-window.h"
#include "sb-window.h"

#define INTERVAL_MS 1000
#define TIMEOUT_S 5

/* One process serves all windows, unless the command line names a router: then the program is one
 * of its own, so that it talks to that router and to no other. */
struct _SbApplication
{
  AdwApplication parent_instance;

  SbAddress *address; /* of the command line; NULL: the default */
};

G_DEFINE_FINAL_TYPE (SbApplication, sb_application, ADW_TYPE_APPLICATION)

static void
open_window (SbApplication *self, const SbAddress *address)
{
  g_autoptr (SbClient) client = sb_client_new (address, TIMEOUT_S);
  g_autoptr (SbRouter) router = sb_router_new (client, INTERVAL_MS);

  gtk_window_present (GTK_WINDOW (sb_window_new (GTK_APPLICATION (self), router)));
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
  open_window (self, address);
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
        {
          g_printerr ("signalbox: %s\n", error->message);
          return 2;
        }
    }
  if (self->address != NULL)
    g_application_set_flags (application,
                             g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
  return -1;
}

static void
connect_cb (const SbAddress *address, gpointer user_data)
{
  open_window (SB_APPLICATION (user_data), address);
}

static void
connect_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SbApplication *self = user_data;

  sb_connect_dialog_present (gtk_application_get_active_window (GTK_APPLICATION (self)), connect_cb,
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
    { .name = "about", .activate = about_action },
    { .name = "quit", .activate = quit_action },
  };

  G_APPLICATION_CLASS (sb_application_parent_class)->startup (application);

  /* GTK goes by the locale alone; texts may come from $LANGUAGE.
   * Translators: RTL if your language is written from right to left, else LTR */
  if (g_str_equal (C_ ("direction of the text", "LTR"), "RTL"))
    gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);

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
