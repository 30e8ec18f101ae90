#include "config.h"

#include "sb-widget.h"

#include <adwaita.h>
#include <string.h>

#include "sb-text.h"

void
sb_widget_set_tooltip (GtkWidget *widget, const char *text)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) != 0)
    gtk_widget_set_tooltip_text (widget, text);
}

void
sb_widget_set_icon (GtkWidget *image, const char *icon)
{
  if (g_strcmp0 (gtk_image_get_icon_name (GTK_IMAGE (image)), icon) != 0)
    gtk_image_set_from_icon_name (GTK_IMAGE (image), icon);
}

void
sb_widget_set_text (GtkWidget *widget, const char *text)
{
  g_autofree char *visible = sb_text_visible (text, -1, SB_TEXT_LINE);

  if (GTK_IS_INSCRIPTION (widget) && gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    {
      /* An inscription aligns by what its text begins with, not by the window: a mark for the
       * window, and the text isolated with a direction of its own. */
      g_autofree char *isolated = g_strconcat ("\u200f\u2068", visible, "\u2069", NULL);

      gtk_inscription_set_text (GTK_INSCRIPTION (widget), isolated);
    }
  else if (GTK_IS_INSCRIPTION (widget))
    gtk_inscription_set_text (GTK_INSCRIPTION (widget), visible);
  else
    gtk_label_set_text (GTK_LABEL (widget), visible);
  /* Telling a tooltip anew asks the display where the pointer is. */
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), *visible != '\0' ? visible : NULL) != 0)
    sb_widget_set_tooltip (widget, *visible != '\0' ? visible : NULL);
}

void
sb_widget_set_button_label (GtkWidget *button, const char *label)
{
  gtk_button_set_label (GTK_BUTTON (button), label);
  gtk_label_set_ellipsize (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))),
                           PANGO_ELLIPSIZE_END);
}

void
sb_widget_set_style (GtkWidget *widget, const char *const *classes, const char *wanted)
{
  for (; *classes != NULL; classes++)
    if (g_strcmp0 (*classes, wanted) == 0)
      gtk_widget_add_css_class (widget, *classes);
    else
      gtk_widget_remove_css_class (widget, *classes);
}

void
sb_widget_set_state_icon (GtkWidget *image, SbDeliveryState state)
{
  static const char *const styles[] = {
    "accent", "success", "warning", "error", "dim-label", NULL
  };

  sb_widget_set_icon (image, sb_delivery_state_icon (state));
  sb_widget_set_tooltip (image, sb_delivery_state_words (state));
  sb_widget_set_style (image, styles, sb_delivery_state_style (state));
}

void
sb_widget_set_event_icon (GtkWidget *image, SbEvent *event)
{
  g_autofree char *words = sb_event_dup_words (event);
  SbDeliveryState state = sb_event_get_state (event);

  sb_widget_set_state_icon (image, state);
  if (state == SB_DELIVERY_UNKNOWN)
    sb_widget_set_icon (image, "sb-discarded-symbolic");
  sb_widget_set_tooltip (image, words);
}

void
sb_widget_set_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
sb_widget_set_row_name (GtkWidget *child, const char *name)
{
  GtkWidget *row = gtk_widget_get_parent (child);

  if (row != NULL && GTK_IS_TREE_EXPANDER (row))
    row = gtk_widget_get_parent (row);
  if (row != NULL)
    sb_widget_set_name (row, name);
}

/* The first list in a widget that libadwaita has built: a group's own, or that of an expander's
 * head. */
static GtkWidget *
find_list (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_LIST_BOX (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_list (child);
  return found;
}

static void
expander_titled_cb (GtkWidget *row)
{
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row));
  GtkWidget *list = find_list (row);

  sb_widget_set_name (row, title);
  if (list != NULL)
    sb_widget_set_name (list, title);
}

void
sb_widget_set_group_name (GtkWidget *group, const char *name)
{
  GtkWidget *list = find_list (group);

  if (list != NULL)
    sb_widget_set_name (list, name);
}

void
sb_widget_name_expander (GtkWidget *row)
{
  g_signal_connect (row, "notify::title", G_CALLBACK (expander_titled_cb), NULL);
  expander_titled_cb (row);
}

char *
sb_widget_dup_about (const SbNode *node)
{
  g_autofree char *text = *node->place != '\0' && strcmp (node->subtitle, node->place) != 0
                              ? g_strdup_printf ("%s · %s", node->subtitle, node->place)
                              : g_strdup (node->subtitle);

  return sb_text_visible (text, -1, SB_TEXT_LINE);
}

const char *
sb_widget_connector_icon (const char *connector)
{
  static const char *const icons[][2] = {
    { "webhook/", "sb-webhook-symbolic" },      { "file/", "text-x-generic-symbolic" },
    { "email/", "mail-unread-symbolic" },       { "sms/", "phone-symbolic" },
    { "exec/", "utilities-terminal-symbolic" }, { "queue/", "view-list-symbolic" },
    { "topic/", "network-wireless-symbolic" },  { "bus/", "sb-bus-symbolic" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
    if (g_str_has_prefix (connector, icons[i][0]))
      return icons[i][1];
  return "network-server-symbolic";
}

GtkWidget *
sb_widget_new_plain_row (GType type, const char *property, ...)
{
  /* A row passes "use-markup" on only when it is made: a subtitle given at once would be parsed. */
  GtkWidget *row = g_object_new (type, "use-markup", FALSE, NULL);
  va_list args;

  va_start (args, property);
  g_object_set_valist (G_OBJECT (row), property, args);
  va_end (args);
  return row;
}

GtkWidget *
sb_widget_new_property_row (const char *title, const char *value)
{
  g_autofree char *visible = sb_text_visible (value, -1, SB_TEXT_LINE);
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_ACTION_ROW, "title", title, "subtitle",
                                            visible, "subtitle-lines", 0, NULL);

  gtk_widget_add_css_class (row, "property");
  return row;
}

GtkWidget *
sb_widget_new_pill (const char *label, const char *action)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "pill");
  gtk_widget_add_css_class (button, "suggested-action");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

gboolean
sb_widget_is_seen (GtkWidget *widget)
{
  GtkNative *native = gtk_widget_get_native (widget);
  GdkSurface *surface = native != NULL ? gtk_native_get_surface (native) : NULL;

  if (surface == NULL || !gtk_widget_get_mapped (widget))
    return FALSE;
  return !GDK_IS_TOPLEVEL (surface) ||
         (gdk_toplevel_get_state (GDK_TOPLEVEL (surface)) & GDK_TOPLEVEL_STATE_MINIMIZED) == 0;
}

void
sb_widget_unparent_children (GtkWidget *widget)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (widget)) != NULL)
    gtk_widget_unparent (child);
}

void
sb_widget_clear_list_box (GtkListBox *list)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, child);
}
