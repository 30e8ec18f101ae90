#include "config.h"

#include "sb-window.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "sb-connectors-page.h"
#include "sb-dead-letters-page.h"
#include "sb-events-page.h"
#include "sb-local-router.h"
#include "sb-new-object-dialog.h"
#include "sb-new-rule-dialog.h"
#include "sb-notifier.h"
#include "sb-palette.h"
#include "sb-routes-page.h"
#include "sb-rule-editor.h"
#include "sb-section-row.h"
#include "sb-sections.h"
#include "sb-sight.h"
#include "sb-sources-page.h"
#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

#define UNDO_S 15    /* how long a toast offers to take something back */
#define N_NUMBERED 9 /* sections that Alt and a digit lead to */

/* The editor is a page without a row: while it is seen, Routes is selected.  Whoever wants to leave
 * an editor with unsaved text puts what shall happen then into `wish`, and it happens when the user
 * has answered. */
typedef enum
{
  WISH_NONE,
  WISH_SECTION, /* show wish_argument */
  WISH_RULE,    /* edit wish_argument */
  WISH_CLOSE,
} Wish;

struct _SbWindow
{
  AdwApplicationWindow parent_instance;

  SbRouter *router;
  GSettings *settings;
  SbNotifier *notifier;
  SbSight *sight;            /* while realized */
  GSubprocess *local_router; /* that was started from here, while it runs */
  char *local_error;         /* why it does not, or NULL */
  Wish wish;
  char *wish_argument;
  gboolean closing;
  guint fold_id;
  SbPage *undo_page;    /* of the stack, or NULL */
  AdwToast *undo_toast; /* that offers it, while it is shown; weak */

  AdwToastOverlay *toast_overlay;
  GtkStack *stack;
  AdwStatusPage *away_page;
  GtkWidget *away_retry;
  GtkWidget *away_button;
  GtkWidget *connection_button;
  GtkWidget *start_button;
  GMenu *router_menu;
  AdwLeaflet *leaflet;
  GtkWidget *sidebar;
  AdwHeaderBar *sidebar_header;
  GtkWidget *menu_button;
  GtkWidget *router_icon;
  GtkWidget *router_name;
  GtkWidget *router_words;
  GtkWidget *router_generation;
  GtkListBox *section_list;
  GtkStack *content;
  SbRuleEditor *editor; /* of the stack; NULL until a rule was opened */
};

G_DEFINE_FINAL_TYPE (SbWindow, sb_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- The router ------------------------------------------------------------------------------ */

static SbSectionRow *
get_row (SbWindow *self, guint section)
{
  return SB_SECTION_ROW (gtk_list_box_get_row_at_index (self->section_list, (int) section));
}

static void
update_counts (SbWindow *self, const SbStatus *status)
{
  guint n_sections;
  const SbSection *sections = sb_sections_get (&n_sections);

  for (guint i = 0; i < n_sections; i++)
    {
      g_autofree char *words = NULL;
      gint64 count = sections[i].count != NULL ? sections[i].count (status, &words) : 0;

      sb_section_row_set_count (get_row (self, i), count, words);
    }
}

static void
update_router (SbWindow *self, const SbStatus *status)
{
  static const char *const styles[] = { "success", "warning", "error", NULL };
  gboolean away = sb_router_get_state (self->router) == SB_ROUTER_AWAY;
  gboolean troubled = status->stopping || status->disk_full;
  g_autofree char *words = sb_router_dup_words (self->router);
  g_autofree char *number = sb_words_count (status->generation);
  g_autofree char *generation = g_strdup_printf (_ ("Generation %s"), number);

  sb_widget_set_icon (self->router_icon, away       ? "network-offline-symbolic"
                                         : troubled ? "dialog-warning-symbolic"
                                                    : "sb-done-symbolic");
  sb_widget_set_style (self->router_icon, styles,
                       away       ? "error"
                       : troubled ? "warning"
                                  : "success");
  gtk_label_set_label (GTK_LABEL (self->router_words), words);
  sb_widget_set_tooltip (self->router_words, sb_router_get_error (self->router));
  gtk_label_set_label (GTK_LABEL (self->router_generation), generation);
}

/* A router of one's own listens where the app looks for it by itself. */
static gboolean
can_start (SbWindow *self)
{
  const SbAddress *address = sb_client_get_address (sb_router_get_client (self->router));
  g_autofree char *folder = g_path_get_dirname (sb_address_get_place (address));

  return sb_address_get_connectable (address) != NULL && self->local_router == NULL &&
         (g_str_has_prefix (folder, g_get_user_runtime_dir ()) || g_access (folder, W_OK) == 0);
}

static void
local_router_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SbWindow) self = user_data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  g_clear_object (&self->local_router);
  if (self->router == NULL || g_subprocess_get_successful (G_SUBPROCESS (source)))
    return;
  g_free (self->local_error);
  self->local_error = sb_local_router_dup_log (g_get_user_data_dir ());
  sb_router_poke (self->router);
}

static void
start_router_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbWindow *self = SB_WINDOW (widget);
  const SbAddress *address = sb_client_get_address (sb_router_get_client (self->router));
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->local_error, g_free);
  self->local_router = sb_local_router_start (sb_address_get_place (address),
                                              g_get_user_data_dir (), &error);
  if (self->local_router == NULL)
    {
      gtk_widget_activate_action (widget, "win.toast", "s", error->message);
      return;
    }
  g_subprocess_wait_async (self->local_router, NULL, local_router_ended_cb, g_object_ref (self));
  gtk_widget_set_visible (self->start_button, FALSE);
  sb_router_poke (self->router);
}

/* What is the matter, as a title and an icon. */
static const char *
describe_trouble (SbTrouble trouble, const char **out_icon)
{
  switch (trouble)
    {
    case SB_TROUBLE_TOKEN:
      *out_icon = "dialog-password-symbolic";
      return _ ("A Token Is Needed");
    case SB_TROUBLE_CERTIFICATE:
      *out_icon = "channel-insecure-symbolic";
      return _ ("This May Not Be the Router");
    case SB_TROUBLE_PROTOCOL:
      *out_icon = "network-offline-symbolic";
      return _ ("The Address Is Not Right");
    case SB_TROUBLE_SILENT:
      *out_icon = "network-offline-symbolic";
      return _ ("The Router Does Not Answer");
    case SB_TROUBLE_NONE:
    default:
      *out_icon = "org.signalbox.Signalbox";
      return _ ("Signalbox");
    }
}

/* In words of which none is markup. */
static char *
dup_trouble_text (SbWindow *self)
{
  const SbAddress *address = sb_client_get_address (sb_router_get_client (self->router));

  if (self->local_error != NULL)
    return g_strdup_printf (_ ("The router was started and ended again:\n%s"), self->local_error);
  if (sb_router_get_trouble (self->router) == SB_TROUBLE_SILENT &&
      sb_address_get_connectable (address) != NULL)
    return g_strdup_printf (
        _ ("Nothing listens at %s.\nStart the router with the command signalboxd."),
           sb_address_get_place (address));
  return g_strdup (sb_router_get_error (self->router));
}

/* No router from the beginning. */
static void
update_away_page (SbWindow *self)
{
  const SbAddress *address = sb_client_get_address (sb_router_get_client (self->router));
  gboolean away = sb_router_get_state (self->router) == SB_ROUTER_AWAY;
  g_autofree char *words = sb_router_dup_words (self->router);
  g_autofree char *text = dup_trouble_text (self);
  g_autofree char *shown = sb_text_isolate (text != NULL ? text : "");
  g_autofree char *markup = g_markup_escape_text (shown, -1);
  const char *icon;
  const char *title = describe_trouble (sb_router_get_trouble (self->router), &icon);

  adw_status_page_set_icon_name (self->away_page, icon);
  adw_status_page_set_title (self->away_page, title);
  adw_status_page_set_description (self->away_page, away ? markup : NULL);
  gtk_widget_set_visible (self->connection_button,
                          away && sb_address_get_connectable (address) == NULL);
  gtk_widget_set_visible (self->start_button, away && can_start (self));
  gtk_label_set_label (GTK_LABEL (self->away_retry), words);
  sb_widget_set_tooltip (self->away_retry, sb_router_get_error (self->router));
  gtk_widget_set_visible (self->away_button, away);
}

static void
beat_cb (SbWindow *self)
{
  const SbStatus *status = sb_router_get_status (self->router);

  gtk_stack_set_visible_child_name (self->stack, status != NULL ? "main" : "away");
  if (status == NULL)
    {
      update_away_page (self);
      return;
    }
  update_router (self, status);
  update_counts (self, status);
}

/* ---- Who looks ------------------------------------------------------------------------------- */

static void
update_active (SbWindow *self)
{
  sb_router_set_active (self->router, sb_sight_get_seen (self->sight));
  sb_notifier_set_hidden (self->notifier, !sb_sight_get_seen (self->sight));
}

static void
sb_window_realize (GtkWidget *widget)
{
  SbWindow *self = SB_WINDOW (widget);

  GTK_WIDGET_CLASS (sb_window_parent_class)->realize (widget);

  self->sight = sb_sight_new (GTK_WINDOW (self));
  g_signal_connect_object (self->sight, "changed", G_CALLBACK (update_active), self,
                           G_CONNECT_SWAPPED);
}

static void
sb_window_unrealize (GtkWidget *widget)
{
  SbWindow *self = SB_WINDOW (widget);

  g_clear_object (&self->sight);
  if (self->router != NULL)
    sb_router_set_active (self->router, FALSE);
  if (self->notifier != NULL)
    sb_notifier_set_hidden (self->notifier, FALSE);

  GTK_WIDGET_CLASS (sb_window_parent_class)->unrealize (widget);
}

/* ---- Going about ----------------------------------------------------------------------------- */

static void
select_row (SbWindow *self, const char *section)
{
  guint n_sections;
  const SbSection *sections = sb_sections_get (&n_sections);

  section = sb_sections_get_parent (section);
  for (guint i = 0; i < n_sections; i++)
    if (g_str_equal (sections[i].name, section))
      gtk_list_box_select_row (self->section_list, GTK_LIST_BOX_ROW (get_row (self, i)));
}

static void
show_section (SbWindow *self, const char *section)
{
  SbPage *page = sb_window_get_page (self, section);

  if (page == NULL)
    return;
  gtk_stack_set_visible_child (self->content, GTK_WIDGET (page));
  select_row (self, section);
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->content));
}

static void
grant_wish (SbWindow *self)
{
  Wish wish = self->wish;
  g_autofree char *argument = g_steal_pointer (&self->wish_argument);

  self->wish = WISH_NONE;
  switch (wish)
    {
    case WISH_SECTION:
      if (self->editor != NULL)
        sb_rule_editor_close (self->editor);
      show_section (self, argument);
      break;
    case WISH_RULE:
      sb_rule_editor_open (SB_RULE_EDITOR (sb_window_get_page (self, "editor")), argument);
      show_section (self, "editor");
      break;
    case WISH_CLOSE:
      self->closing = TRUE;
      gtk_window_close (GTK_WINDOW (self));
      break;
    case WISH_NONE:
    default:
      break;
    }
}

static void
response_cb (SbWindow *self, const char *response)
{
  if (g_str_equal (response, "discard"))
    grant_wish (self);
  else if (g_str_equal (response, "save"))
    sb_rule_editor_save_and_leave (self->editor);
  else
    self->wish = WISH_NONE;
}

static void
ask_before_leaving (SbWindow *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Save Changes?"), NULL);

  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                  _ ("The text of rule %s was changed and not saved."),
                                     sb_rule_editor_get_rule (self->editor));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel",
                                    _ ("_Cancel"), "discard",
                                       _ ("_Discard"), "save", _ ("_Save"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "save",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "save");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
is_editor_modified (SbWindow *self)
{
  return self->editor != NULL && sb_rule_editor_get_modified (self->editor);
}

/* The wish is granted at once when nothing would be lost. */
static void
wish_for (SbWindow *self, Wish wish, const char *argument)
{
  self->wish = wish;
  g_free (self->wish_argument);
  self->wish_argument = g_strdup (argument);
  if (is_editor_modified (self))
    {
      select_row (self, "routes");
      ask_before_leaving (self);
    }
  else
    grant_wish (self);
}

static void
editor_done_cb (SbWindow *self)
{
  grant_wish (self);
}

static void
row_activated_cb (SbWindow *self, SbSectionRow *row)
{
  wish_for (self, WISH_SECTION, sb_section_row_get_section (row));
}

/* Of those that were shown: a page is made when it is wanted first. */
static void
for_each_page (SbWindow *self, void (*function) (SbWindow *self, SbPage *page))
{
  for (GtkWidget *page = gtk_widget_get_first_child (GTK_WIDGET (self->content)); page != NULL;
       page = gtk_widget_get_next_sibling (page))
    function (self, SB_PAGE (page));
}

static void
fold_page (SbWindow *self, SbPage *page)
{
  sb_page_set_folded (page, adw_leaflet_get_folded (self->leaflet));
}

static void
update_folded (SbWindow *self)
{
  for_each_page (self, fold_page);
  adw_header_bar_set_show_end_title_buttons (self->sidebar_header,
                                             adw_leaflet_get_folded (self->leaflet));
}

static void
fold_later_cb (gpointer user_data)
{
  SbWindow *self = user_data;

  self->fold_id = 0;
  update_folded (self);
}

/* The leaflet folds while it is allocated, when nothing in it may change its size. */
static void
folded_cb (SbWindow *self)
{
  if (self->fold_id == 0)
    self->fold_id = g_idle_add_once (fold_later_cb, self);
}

/* ---- Actions --------------------------------------------------------------------------------- */

static void
show_section_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbWindow *self = SB_WINDOW (widget);

  wish_for (self, WISH_SECTION, g_variant_get_string (parameter, NULL));
  if (self->wish == WISH_NONE)
    sb_page_take_focus (SB_PAGE (gtk_stack_get_visible_child (self->content)));
}

static void
show_sidebar_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  adw_leaflet_navigate (SB_WINDOW (widget)->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
edit_rule_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wish_for (SB_WINDOW (widget), WISH_RULE, g_variant_get_string (parameter, NULL));
}

static void
leave_editor_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wish_for (SB_WINDOW (widget), WISH_SECTION, "routes");
}

static void
show_dead_letters (SbWindow *self)
{
  wish_for (self, WISH_SECTION, "dead-letters");
  if (self->wish == WISH_NONE)
    sb_page_take_focus (sb_window_get_page (self, "dead-letters"));
}

static void
show_dead_letters_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbWindow *self = SB_WINDOW (widget);

  sb_dead_letters_page_set_connector (
      SB_DEAD_LETTERS_PAGE (sb_window_get_page (self, "dead-letters")),
      g_variant_get_string (parameter, NULL));
  show_dead_letters (self);
}

static void
list_dead_letters_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbWindow *self = SB_WINDOW (widget);

  sb_dead_letters_page_set_query (SB_DEAD_LETTERS_PAGE (sb_window_get_page (self, "dead-letters")),
                                  g_variant_get_string (parameter, NULL));
  show_dead_letters (self);
}

static void
list_events_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbWindow *self = SB_WINDOW (widget);

  sb_events_page_set_filter (SB_EVENTS_PAGE (sb_window_get_page (self, "events")),
                             g_variant_get_string (parameter, NULL));
  wish_for (self, WISH_SECTION, "events");
}

/* (id, type) of an event. */
static void
show_way_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbWindow *self = SB_WINDOW (widget);
  const char *event, *title;

  g_variant_get (parameter, "(&s&s)", &event, &title);
  sb_routes_page_show_event (SB_ROUTES_PAGE (sb_window_get_page (self, "routes")), event, title);
  wish_for (self, WISH_SECTION, "routes");
}

static void
new_rule_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_new_rule_dialog_present (GTK_WINDOW (widget));
}

static void
show_source_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbWindow *self = SB_WINDOW (widget);

  wish_for (self, WISH_SECTION, "sources");
  sb_sources_page_select (SB_SOURCES_PAGE (sb_window_get_page (self, "sources")),
                          g_variant_get_string (parameter, NULL));
}

static void
show_connector_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbWindow *self = SB_WINDOW (widget);

  wish_for (self, WISH_SECTION, "connectors");
  sb_connectors_page_select (SB_CONNECTORS_PAGE (sb_window_get_page (self, "connectors")),
                             g_variant_get_string (parameter, NULL));
}

static void
source_created_cb (SbWindow *self, SbDocument *document)
{
  SbPage *page = sb_window_get_page (self, "sources");

  sb_router_poke (self->router);
  wish_for (self, WISH_SECTION, "sources");
  sb_sources_page_take_new (SB_SOURCES_PAGE (page), document);
  sb_page_offer_undo (page, _ ("The source is in force"));
}

static void
connector_created_cb (SbWindow *self, SbDocument *document)
{
  SbPage *page = sb_window_get_page (self, "connectors");

  sb_router_poke (self->router);
  wish_for (self, WISH_SECTION, "connectors");
  sb_connectors_page_take_new (SB_CONNECTORS_PAGE (page), document);
  sb_page_offer_undo (page, _ ("The connector is in force"));
}

static void
new_object (SbWindow *self, SbNewObject what)
{
  SbNewObjectDialog *dialog = sb_new_object_dialog_new (GTK_WINDOW (self), self->router, what);

  g_signal_connect_object (
      dialog, "created",
      G_CALLBACK (what == SB_NEW_SOURCE ? source_created_cb : connector_created_cb), self,
      G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
new_source_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  new_object (SB_WINDOW (widget), SB_NEW_SOURCE);
}

static void
new_connector_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  new_object (SB_WINDOW (widget), SB_NEW_CONNECTOR);
}

static void
palette_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbWindow *self = SB_WINDOW (widget);
  SbPalette *palette;
  guint n_sections;
  const SbSection *sections = sb_sections_get (&n_sections);

  if (sb_router_get_status (self->router) == NULL)
    return;
  palette = sb_palette_new (GTK_WINDOW (self), self->router);
  for (guint i = 0; i < n_sections; i++)
    {
      g_autofree char *hint = i < N_NUMBERED ? g_strdup_printf (_ ("Alt+%u"), i + 1)
                                             : g_strdup ("");

      sb_palette_add (palette, sections[i].icon_name,
                      _ (sections[i].label), hint, "win.show-section", sections[i].name);
    }
  sb_palette_add (palette, "list-add-symbolic", _ ("New Rule"), _ ("Ctrl+N"), "win.new-rule", NULL);
  sb_palette_add (palette, "list-add-symbolic", _ ("New Source"), "", "win.new-source", NULL);
  sb_palette_add (palette, "list-add-symbolic", _ ("New Connector"), "", "win.new-connector", NULL);
  sb_palette_add (palette, "view-refresh-symbolic",
                  _ ("Ask the Router Again"), _ ("F5"), "win.refresh", NULL);
  sb_palette_add (palette, "network-server-symbolic",
                  _ ("Connect to Another Router"), "", "app.connect", NULL);
  sb_palette_add (palette, "input-keyboard-symbolic",
                  _ ("Keyboard Shortcuts"), _ ("Ctrl+?"), "win.show-help-overlay", NULL);
  sb_palette_add (palette, "help-about-symbolic", _ ("About Signalbox"), "", "app.about", NULL);
  gtk_window_present (GTK_WINDOW (palette));
}

static void
toggle_inspector_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_page_toggle_inspector (SB_PAGE (gtk_stack_get_visible_child (SB_WINDOW (widget)->content)));
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_page_search (SB_PAGE (gtk_stack_get_visible_child (SB_WINDOW (widget)->content)));
}

static void
refresh_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbWindow *self = SB_WINDOW (widget);

  sb_router_poke (self->router);
  sb_page_refresh (SB_PAGE (gtk_stack_get_visible_child (self->content)));
}

static void
try_again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbWindow *self = SB_WINDOW (widget);

  sb_router_poke (self->router);
  beat_cb (self);
}

static void
toast_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AdwToast *toast = adw_toast_new ("");
  /* A toast's title is markup. */
  g_autofree char *shown = sb_text_isolate (g_variant_get_string (parameter, NULL));
  g_autofree char *title = g_markup_escape_text (shown, -1);

  adw_toast_set_title (toast, title);
  adw_toast_overlay_add_toast (SB_WINDOW (widget)->toast_overlay, toast);
}

/* A toast's button, and Ctrl+Z: takes back what the page that offered it has done. */
static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbWindow *self = SB_WINDOW (widget);

  gtk_widget_action_set_enabled (widget, "win.undo", FALSE);
  if (self->undo_page != NULL)
    sb_page_undo (self->undo_page);
  self->undo_page = NULL;
  /* By the keyboard: what it says is not so any more. */
  if (self->undo_toast != NULL)
    adw_toast_dismiss (self->undo_toast);
}

static void
toast_undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbWindow *self = SB_WINDOW (widget);
  g_autofree char *shown = sb_text_isolate (g_variant_get_string (parameter, NULL));
  g_autofree char *title = g_markup_escape_text (shown, -1);
  AdwToast *toast = adw_toast_new (title);

  self->undo_page = SB_PAGE (gtk_stack_get_visible_child (self->content));
  gtk_widget_action_set_enabled (widget, "win.undo", TRUE);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_action_name (toast, "win.undo");
  adw_toast_set_timeout (toast, UNDO_S);
  g_set_weak_pointer (&self->undo_toast, toast);
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}

/* What was changed on a page and not applied, in a word; NULL: nothing. */
static const char *
get_unsaved (SbWindow *self)
{
  const char *unsaved = NULL;

  for (GtkWidget *page = gtk_widget_get_first_child (GTK_WIDGET (self->content));
       page != NULL && unsaved == NULL; page = gtk_widget_get_next_sibling (page))
    unsaved = sb_page_get_unsaved (SB_PAGE (page));
  return unsaved;
}

static void
close_response_cb (SbWindow *self, const char *response)
{
  if (!g_str_equal (response, "discard"))
    return;
  self->closing = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

static void
ask_before_closing (SbWindow *self, const char *unsaved)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Discard Changes?"), NULL);

  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                  _ ("The settings of %s were changed and not applied."), unsaved);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel",
                                    _ ("_Cancel"), "discard", _ ("_Discard"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (close_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
sb_window_close_request (GtkWindow *window)
{
  SbWindow *self = SB_WINDOW (window);
  const char *unsaved = get_unsaved (self);

  if (!self->closing && is_editor_modified (self))
    {
      wish_for (self, WISH_CLOSE, NULL);
      return TRUE;
    }
  if (!self->closing && unsaved != NULL)
    {
      ask_before_closing (self, unsaved);
      return TRUE;
    }
  return GTK_WINDOW_CLASS (sb_window_parent_class)->close_request (window);
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_window_dispose (GObject *object)
{
  SbWindow *self = SB_WINDOW (object);

  g_clear_handle_id (&self->fold_id, g_source_remove);
  g_clear_weak_pointer (&self->undo_toast);
  if (self->router != NULL)
    sb_router_set_active (self->router, FALSE);
  g_clear_object (&self->notifier);
  g_clear_object (&self->router);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (sb_window_parent_class)->dispose (object);
}

static void
sb_window_finalize (GObject *object)
{
  g_free (SB_WINDOW (object)->wish_argument);
  g_free (SB_WINDOW (object)->local_error);
  g_clear_object (&SB_WINDOW (object)->local_router);

  G_OBJECT_CLASS (sb_window_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, SbWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, away_page);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, away_retry);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, away_button);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, connection_button);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, start_button);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, router_menu);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, sidebar_header);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, router_icon);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, router_name);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, router_words);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, router_generation);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, section_list);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, content);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  guint n_sections;
  const SbSection *sections = sb_sections_get (&n_sections);

  gtk_widget_class_install_action (widget_class, "win.show-section", "s", show_section_action);
  gtk_widget_class_install_action (widget_class, "win.show-sidebar", NULL, show_sidebar_action);
  gtk_widget_class_install_action (widget_class, "win.edit-rule", "s", edit_rule_action);
  gtk_widget_class_install_action (widget_class, "win.leave-editor", NULL, leave_editor_action);
  gtk_widget_class_install_action (widget_class, "win.show-dead-letters", "s",
                                   show_dead_letters_action);
  gtk_widget_class_install_action (widget_class, "win.new-rule", NULL, new_rule_action);
  gtk_widget_class_install_action (widget_class, "win.new-source", NULL, new_source_action);
  gtk_widget_class_install_action (widget_class, "win.new-connector", NULL, new_connector_action);
  gtk_widget_class_install_action (widget_class, "win.show-source", "s", show_source_action);
  gtk_widget_class_install_action (widget_class, "win.show-connector", "s", show_connector_action);
  gtk_widget_class_install_action (widget_class, "win.refresh", NULL, refresh_action);
  gtk_widget_class_install_action (widget_class, "win.try-again", NULL, try_again_action);
  gtk_widget_class_install_action (widget_class, "win.start-router", NULL, start_router_action);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_action);

  gtk_widget_class_install_action (widget_class, "win.toast-undo", "s", toast_undo_action);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_action);
  gtk_widget_class_install_action (widget_class, "win.list-dead-letters", "s",
                                   list_dead_letters_action);
  gtk_widget_class_install_action (widget_class, "win.list-events", "s", list_events_action);
  gtk_widget_class_install_action (widget_class, "win.show-way", "(ss)", show_way_action);
  gtk_widget_class_install_action (widget_class, "win.palette", NULL, palette_action);
  gtk_widget_class_install_action (widget_class, "win.toggle-inspector", NULL,
                                   toggle_inspector_action);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_action);

  for (guint i = 0; i < MIN (n_sections, N_NUMBERED); i++)
    gtk_widget_class_add_binding_action (widget_class, GDK_KEY_1 + i, GDK_ALT_MASK,
                                         "win.show-section", "s", sections[i].name);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_k, GDK_CONTROL_MASK, "win.palette",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F9, 0, "win.toggle-inspector", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "win.search",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F5, 0, "win.refresh", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_n, GDK_CONTROL_MASK, "win.new-rule",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
}

static void
sb_window_class_init (SbWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_window_finalize;
  widget_class->realize = sb_window_realize;
  widget_class->unrealize = sb_window_unrealize;
  GTK_WINDOW_CLASS (klass)->close_request = sb_window_close_request;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-window.ui");
  bind_children (widget_class);
  install_actions (widget_class);
}

/* A group's first row stands a little away from the one before. */
static void
header_cb (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  guint n_sections;
  const SbSection *sections = sb_sections_get (&n_sections);
  int index = gtk_list_box_row_get_index (row);

  if (before != NULL && sections[index].begins_group && gtk_list_box_row_get_header (row) == NULL)
    gtk_list_box_row_set_header (row, gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
}

static void
add_sections (SbWindow *self)
{
  guint n_sections;
  const SbSection *sections = sb_sections_get (&n_sections);

  for (guint i = 0; i < n_sections; i++)
    {
      const SbSection *section = &sections[i];
      GtkWidget *row = g_object_new (SB_TYPE_SECTION_ROW, "section", section->name, "icon-name",
                                     section->icon_name, "label",
                                     _ (section->label), "style", section->style, NULL);

      gtk_list_box_append (self->section_list, row);
    }
  gtk_list_box_set_header_func (self->section_list, header_cb, NULL, NULL);
}

static void
sb_window_init (SbWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_sections (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.undo", FALSE);

  self->settings = g_settings_new ("org.signalbox.Signalbox");
  g_settings_bind (self->settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-height", self, "default-height",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
}

/* The routers that are remembered, in the menu of the one that is shown. */
static void
update_router_menu (SbWindow *self)
{
  g_auto (GStrv) places = g_settings_get_strv (self->settings, "connections");

  g_menu_remove_all (self->router_menu);
  for (guint i = 0; places[i] != NULL; i++)
    {
      g_autofree char *visible = sb_text_visible (places[i], -1, SB_TEXT_LINE);
      g_autoptr (GString) label = g_string_new (visible);
      g_autoptr (GMenuItem) item = NULL;

      g_string_replace (label, "_", "__", 0);
      item = g_menu_item_new (label->str, NULL);
      g_menu_item_set_action_and_target (item, "app.connect-to", "s", places[i]);
      g_menu_append_item (self->router_menu, item);
    }
}

SbWindow *
sb_window_new (GtkApplication *application, SbRouter *router)
{
  SbWindow *self = g_object_new (SB_TYPE_WINDOW, "application", application, NULL);
  const SbAddress *address = sb_client_get_address (sb_router_get_client (router));

  self->router = g_object_ref (router);
  gtk_label_set_text (GTK_LABEL (self->router_name), sb_address_get_name (address));
  sb_widget_set_tooltip (self->router_name, sb_address_get_place (address));
  g_signal_connect_object (router, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  self->notifier = sb_notifier_new (GTK_WINDOW (self), router);
  g_signal_connect_object (self->settings, "changed::connections", G_CALLBACK (update_router_menu),
                           self, G_CONNECT_SWAPPED);
  update_router_menu (self);
  update_folded (self);
  show_section (self, "overview");
  gtk_window_set_focus (GTK_WINDOW (self),
                        GTK_WIDGET (gtk_list_box_get_selected_row (self->section_list)));
  beat_cb (self);
  return self;
}

SbRouter *
sb_window_get_router (SbWindow *self)
{
  g_return_val_if_fail (SB_IS_WINDOW (self), NULL);

  return self->router;
}

const char *
sb_window_get_section (SbWindow *self)
{
  g_return_val_if_fail (SB_IS_WINDOW (self), NULL);

  return gtk_stack_get_visible_child_name (self->content);
}

/* G_TYPE_INVALID when there is no such page. */
static GType
get_page_type (const char *section)
{
  guint n_sections;
  const SbSection *sections = sb_sections_get (&n_sections);

  for (guint i = 0; i < n_sections; i++)
    if (g_str_equal (sections[i].name, section))
      return sections[i].get_type ();
  if (g_str_equal (section, "dead-letters"))
    return SB_TYPE_DEAD_LETTERS_PAGE;
  return g_str_equal (section, "editor") ? SB_TYPE_RULE_EDITOR : G_TYPE_INVALID;
}

static SbPage *
make_page (SbWindow *self, const char *section)
{
  GType type = get_page_type (section);
  SbPage *page;

  if (type == G_TYPE_INVALID)
    return NULL;
  page = g_object_new (type, NULL);
  fold_page (self, page);
  sb_page_set_router (page, self->router);
  gtk_stack_add_named (self->content, GTK_WIDGET (page), section);
  if (type == SB_TYPE_RULE_EDITOR)
    {
      self->editor = SB_RULE_EDITOR (page);
      g_signal_connect_object (page, "done", G_CALLBACK (editor_done_cb), self, G_CONNECT_SWAPPED);
    }
  return page;
}

/* A start that made them all would take twice the time. */
SbPage *
sb_window_get_page (SbWindow *self, const char *section)
{
  GtkWidget *page;

  g_return_val_if_fail (SB_IS_WINDOW (self), NULL);

  page = gtk_stack_get_child_by_name (self->content, section);
  return page != NULL ? SB_PAGE (page) : make_page (self, section);
}
