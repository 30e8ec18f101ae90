/* sb-widget.h: small things that several widgets do. */
#pragma once

#include <gtk/gtk.h>

#include "sb-event.h"
#include "sb-graph.h"

G_BEGIN_DECLS

/* Shows one line of text from outside in a GtkLabel or GtkInscription: never markup, and what
 * cannot be seen made visible.  The tooltip has the whole. */
void sb_widget_set_text (GtkWidget *widget, const char *text);

/* For what is said again and again: nothing happens when it is as it was.  GTK asks the display
 * where the pointer is whenever a tooltip is set, and lays out anew for an icon. */
void sb_widget_set_tooltip (GtkWidget *widget, const char *text);
void sb_widget_set_icon (GtkWidget *image, const char *icon);

/* FALSE also for what is shown in a minimised window, which GTK calls mapped. */
gboolean sb_widget_is_seen (GtkWidget *widget);

/* The glyph and colour of a delivery's state. */
void sb_widget_set_state_icon (GtkWidget *image, SbDeliveryState state);

/* The glyph and colour of what became of an event. */
void sb_widget_set_event_icon (GtkWidget *image, SbEvent *event);

/* One of several style classes that exclude each other. */
void sb_widget_set_style (GtkWidget *widget, const char *const *classes, const char *wanted);

/* A label that gives way where it does not fit: what a button says in another language must not
 * make the window wider. */
void sb_widget_set_button_label (GtkWidget *button, const char *label);

/* What an assistive technology calls the widget. */
void sb_widget_set_name (GtkWidget *widget, const char *name);

/* What a node is for and where it is reached or where it goes, in one line that can be shown. */
char *sb_widget_dup_about (const SbNode *node);

/* The same for the row that a list view made around the widget, which GTK 4.8 leaves without a
 * name. */
void sb_widget_set_row_name (GtkWidget *child, const char *name);

/* The same for a row that unfolds and for the list that its head is in, which libadwaita 1.2 leaves
 * without a name: both are called what the title says, at any time. */
void sb_widget_name_expander (GtkWidget *row);

/* The same for the list of an AdwPreferencesGroup that has no title. */
void sb_widget_set_group_name (GtkWidget *group, const char *name);

/* The icon of a connector "kind/name". */
const char *sb_widget_connector_icon (const char *connector);

/* A row of libadwaita's whose texts are no markup, with these properties, as g_object_new() takes
 * them.  Floating. */
GtkWidget *sb_widget_new_plain_row (GType type, const char *property, ...) G_GNUC_NULL_TERMINATED;

/* A row "title: value" of a boxed list; the value can be selected.  Floating. */
GtkWidget *sb_widget_new_property_row (const char *title, const char *value);

/* The one button of an empty page.  Floating. */
GtkWidget *sb_widget_new_pill (const char *label, const char *action);

/* For the dispose of a widget that has no parent class to do it.  gtk_widget_dispose_template()
 * does not serve in GTK 4.8: it leaves children alone that are not bound, and unparents bound ones
 * behind the back of a parent class that holds them. */
void sb_widget_unparent_children (GtkWidget *widget);

/* Removes all rows of a list box. */
void sb_widget_clear_list_box (GtkListBox *list);

G_END_DECLS
