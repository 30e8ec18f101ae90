#include "config.h"

#include "sb-window.h"

#include <glib/gi18n.h>

#include "sb-dead-letters-page.h"
#include "sb-events-page.h"
#include "sb-new-rule-dialog.h"
#include "sb-retrying-page.h"
#include "sb-routes-page.h"
#include "sb-rule-editor.h"
#include "sb-section-row.h"
#include "sb-widget.h"
#include "sb-words.h"

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
  Wish wish;
  char *wish_argument;
  gboolean closing;
  guint fold_id;

  AdwToastOverlay *toast_overlay;
  GtkStack *stack;
  AdwStatusPage *away_page;
  GtkWidget *away_retry;
  GtkWidget *away_button;
  AdwLeaflet *leaflet;
  GtkWidget *sidebar;
  AdwHeaderBar *sidebar_header;
  GtkWidget *menu_button;
  GtkWidget *router_icon;
  GtkWidget *router_name;
  GtkWidget *router_words;
  GtkWidget *router_generation;
  GtkListBox *section_list;
  SbSectionRow *routes_row;
  SbSectionRow *retrying_row;
  SbSectionRow *dead_letters_row;
  SbSectionRow *events_row;
  GtkStack *content;
  SbPage *routes_page;
  SbPage *retrying_page;
  SbPage *dead_letters_page;
  SbPage *events_page;
  SbRuleEditor *editor;
};

G_DEFINE_FINAL_TYPE (SbWindow, sb_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- The router ------------------------------------------------------------------------------ */

static void
update_counts (SbWindow *self, const SbStatus *status)
{
  gint64 waiting = status->waiting + status->held;
  g_autofree char *waiting_words = g_strdup_printf (
      ngettext ("%'lu waiting", "%'lu waiting", (gulong) waiting), (gulong) waiting);
  g_autofree char *dead_words = g_strdup_printf (
      ngettext ("%'lu dead letter", "%'lu dead letters", (gulong) status->dead),
      (gulong) status->dead);
  g_autofree char *event_words = g_strdup_printf (
      ngettext ("%'lu event", "%'lu events", (gulong) status->events), (gulong) status->events);

  sb_section_row_set_count (self->routes_row, 0, "");
  sb_section_row_set_count (self->retrying_row, waiting, waiting_words);
  sb_section_row_set_count (self->dead_letters_row, status->dead, dead_words);
  sb_section_row_set_count (self->events_row, status->events, event_words);
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

  gtk_image_set_from_icon_name (GTK_IMAGE (self->router_icon), away ? "network-offline-symbolic"
                                                               : troubled
                                                                   ? "dialog-warning-symbolic"
                                                                   : "sb-done-symbolic");
  sb_widget_set_style (self->router_icon, styles,
                       away       ? "error"
                       : troubled ? "warning"
                                  : "success");
  gtk_label_set_label (GTK_LABEL (self->router_words), words);
  gtk_widget_set_tooltip_text (self->router_words, sb_router_get_error (self->router));
  gtk_label_set_label (GTK_LABEL (self->router_generation), generation);
}

/* No router from the beginning. */
static void
update_away_page (SbWindow *self)
{
  const SbAddress *address = sb_client_get_address (sb_router_get_client (self->router));
  gboolean away = sb_router_get_state (self->router) == SB_ROUTER_AWAY;
  g_autofree char *words = sb_router_dup_words (self->router);
  g_autofree char *place = g_markup_escape_text (sb_address_get_place (address), -1);
  g_autofree char *description = NULL;

  adw_status_page_set_icon_name (self->away_page,
                                 away ? "network-offline-symbolic" : "org.signalbox.Signalbox");
  adw_status_page_set_title (self->away_page,
                             away ? _ ("The Router Does Not Answer") : _ ("Signalbox"));
  if (away && sb_address_get_connectable (address) != NULL)
    description = g_strdup_printf (
        _ ("Nothing listens at %s.\nStart the router with the command signalboxd."), place);
  else if (away)
    description = g_strdup_printf (_ ("Nothing answers at %s."), place);
  adw_status_page_set_description (self->away_page, description);
  gtk_label_set_label (GTK_LABEL (self->away_retry), words);
  gtk_widget_set_tooltip_text (self->away_retry, sb_router_get_error (self->router));
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
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self));
  gboolean minimised = surface != NULL && (gdk_toplevel_get_state (GDK_TOPLEVEL (surface)) &
                                           GDK_TOPLEVEL_STATE_MINIMIZED) != 0;

  sb_router_set_active (self->router, gtk_widget_get_mapped (GTK_WIDGET (self)) && !minimised);
}

static void
sb_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sb_window_parent_class)->realize (widget);

  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "notify::state",
                           G_CALLBACK (update_active), widget, G_CONNECT_SWAPPED);
}

static void
sb_window_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sb_window_parent_class)->map (widget);

  update_active (SB_WINDOW (widget));
}

static void
sb_window_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sb_window_parent_class)->unmap (widget);

  sb_router_set_active (SB_WINDOW (widget)->router, FALSE);
}

/* ---- Going about ----------------------------------------------------------------------------- */

static void
select_row (SbWindow *self, const char *section)
{
  SbSectionRow *const rows[] = { self->routes_row, self->retrying_row, self->dead_letters_row,
                                 self->events_row };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (sb_section_row_get_section (rows[i]), section))
      gtk_list_box_select_row (self->section_list, GTK_LIST_BOX_ROW (rows[i]));
}

static void
show_section (SbWindow *self, const char *section)
{
  gtk_stack_set_visible_child_name (self->content, section);
  select_row (self, g_str_equal (section, "editor") ? "routes" : section);
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
      sb_rule_editor_close (self->editor);
      show_section (self, argument);
      break;
    case WISH_RULE:
      sb_rule_editor_open (self->editor, argument);
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

/* The wish is granted at once when nothing would be lost. */
static void
wish_for (SbWindow *self, Wish wish, const char *argument)
{
  self->wish = wish;
  g_free (self->wish_argument);
  self->wish_argument = g_strdup (argument);
  if (sb_rule_editor_get_modified (self->editor))
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

static void
update_folded (SbWindow *self)
{
  SbPage *const pages[] = { self->routes_page, self->retrying_page, self->dead_letters_page,
                            self->events_page, SB_PAGE (self->editor) };
  gboolean folded = adw_leaflet_get_folded (self->leaflet);

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    sb_page_set_folded (pages[i], folded);
  adw_header_bar_set_show_end_title_buttons (self->sidebar_header, folded);
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
show_dead_letters_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbWindow *self = SB_WINDOW (widget);

  sb_dead_letters_page_set_connector (SB_DEAD_LETTERS_PAGE (self->dead_letters_page),
                                      g_variant_get_string (parameter, NULL));
  wish_for (self, WISH_SECTION, "dead-letters");
}

static void
new_rule_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_new_rule_dialog_present (GTK_WINDOW (widget));
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
  g_autofree char *title = g_markup_escape_text (g_variant_get_string (parameter, NULL), -1);

  adw_toast_set_title (toast, title);
  adw_toast_overlay_add_toast (SB_WINDOW (widget)->toast_overlay, toast);
}

static gboolean
sb_window_close_request (GtkWindow *window)
{
  SbWindow *self = SB_WINDOW (window);

  if (!self->closing && sb_rule_editor_get_modified (self->editor))
    {
      wish_for (self, WISH_CLOSE, NULL);
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
  if (self->router != NULL)
    sb_router_set_active (self->router, FALSE);
  g_clear_object (&self->router);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (sb_window_parent_class)->dispose (object);
}

static void
sb_window_finalize (GObject *object)
{
  g_free (SB_WINDOW (object)->wish_argument);

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
  gtk_widget_class_bind_template_child (widget_class, SbWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, sidebar_header);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, router_icon);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, router_name);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, router_words);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, router_generation);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, section_list);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, routes_row);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, retrying_row);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, dead_letters_row);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, events_row);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, content);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, routes_page);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, retrying_page);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, dead_letters_page);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, events_page);
  gtk_widget_class_bind_template_child (widget_class, SbWindow, editor);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, editor_done_cb);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  static const char *const sections[] = { "routes", "retrying", "dead-letters", "events" };

  gtk_widget_class_install_action (widget_class, "win.show-section", "s", show_section_action);
  gtk_widget_class_install_action (widget_class, "win.show-sidebar", NULL, show_sidebar_action);
  gtk_widget_class_install_action (widget_class, "win.edit-rule", "s", edit_rule_action);
  gtk_widget_class_install_action (widget_class, "win.leave-editor", NULL, leave_editor_action);
  gtk_widget_class_install_action (widget_class, "win.show-dead-letters", "s",
                                   show_dead_letters_action);
  gtk_widget_class_install_action (widget_class, "win.new-rule", NULL, new_rule_action);
  gtk_widget_class_install_action (widget_class, "win.refresh", NULL, refresh_action);
  gtk_widget_class_install_action (widget_class, "win.try-again", NULL, try_again_action);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_action);

  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    gtk_widget_class_add_binding_action (widget_class, GDK_KEY_1 + i, GDK_ALT_MASK,
                                         "win.show-section", "s", sections[i]);
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
  widget_class->map = sb_window_map;
  widget_class->unmap = sb_window_unmap;
  GTK_WINDOW_CLASS (klass)->close_request = sb_window_close_request;

  g_type_ensure (SB_TYPE_SECTION_ROW);
  g_type_ensure (SB_TYPE_ROUTES_PAGE);
  g_type_ensure (SB_TYPE_RETRYING_PAGE);
  g_type_ensure (SB_TYPE_DEAD_LETTERS_PAGE);
  g_type_ensure (SB_TYPE_EVENTS_PAGE);
  g_type_ensure (SB_TYPE_RULE_EDITOR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-window.ui");
  bind_children (widget_class);
  install_actions (widget_class);
}

static void
sb_window_init (SbWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->settings = g_settings_new ("org.signalbox.Signalbox");
  g_settings_bind (self->settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-height", self, "default-height",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
}

SbWindow *
sb_window_new (GtkApplication *application, SbRouter *router)
{
  SbWindow *self = g_object_new (SB_TYPE_WINDOW, "application", application, NULL);
  SbPage *const pages[] = { self->routes_page, self->retrying_page, self->dead_letters_page,
                            self->events_page, SB_PAGE (self->editor) };
  const SbAddress *address = sb_client_get_address (sb_router_get_client (router));

  self->router = g_object_ref (router);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    sb_page_set_router (pages[i], router);
  gtk_label_set_text (GTK_LABEL (self->router_name), sb_address_get_name (address));
  gtk_widget_set_tooltip_text (self->router_name, sb_address_get_place (address));
  g_signal_connect_object (router, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  update_folded (self);
  show_section (self, "routes");
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->routes_row));
  beat_cb (self);
  return self;
}

const char *
sb_window_get_section (SbWindow *self)
{
  g_return_val_if_fail (SB_IS_WINDOW (self), NULL);

  return gtk_stack_get_visible_child_name (self->content);
}

SbPage *
sb_window_get_page (SbWindow *self, const char *section)
{
  g_return_val_if_fail (SB_IS_WINDOW (self), NULL);

  return SB_PAGE (gtk_stack_get_child_by_name (self->content, section));
}
