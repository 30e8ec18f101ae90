#include "config.h"

#include "sb-completion.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-proposals.h"
#include "sb-text.h"
#include "sb-widget.h"

#define MAX_SHOWN 40 /* proposals */

/* GtkSourceView 5.6 has a completion of its own, which GTK 4.8 shows once and never again: this is
 * a popover that does not take the focus, with a list that the text's own keys walk.
 *
 * The text is looked at when the main loop is idle: a change and the cursor that moves with it are
 * one. */
struct _SbCompletion
{
  GObject parent_instance;

  GtkTextView *view;
  GtkWidget *parent; /* of the popover; NULL once it is gone */
  GtkWidget *popover;
  GtkListBox *list;
  GPtrArray *proposals; /* that are shown */
  guint idle_id;
  gboolean completing; /* the text is changed by ourselves */

  SbFields *fields;
  SbSettings *settings;
  char **files;
};

G_DEFINE_FINAL_TYPE (SbCompletion, sb_completion, G_TYPE_OBJECT)

static GtkTextBuffer *
get_buffer (SbCompletion *self)
{
  return gtk_text_view_get_buffer (self->view);
}

static SbJsonPlace *
find_place (SbCompletion *self, GtkTextIter *out_cursor)
{
  GtkTextBuffer *buffer = get_buffer (self);
  GtkTextIter start;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_get_iter_at_mark (buffer, out_cursor, gtk_text_buffer_get_insert (buffer));
  text = gtk_text_buffer_get_text (buffer, &start, out_cursor, TRUE);
  return sb_json_place_new (text, strlen (text));
}

/* ---- Showing --------------------------------------------------------------------------------- */

static gboolean
is_open (SbCompletion *self)
{
  return self->parent != NULL && gtk_widget_get_visible (self->popover);
}

static void
hide (SbCompletion *self)
{
  g_clear_handle_id (&self->idle_id, g_source_remove);
  if (is_open (self))
    gtk_popover_popdown (GTK_POPOVER (self->popover));
}

static GtkWidget *
new_label (const char *text, const char *style)
{
  g_autofree char *visible = sb_text_visible (text, -1, SB_TEXT_LINE);
  GtkWidget *label = gtk_label_new (visible);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 40);
  gtk_widget_add_css_class (label, style);
  return label;
}

static void
add_row (SbCompletion *self, const SbProposal *proposal)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *text = new_label (proposal->text, "monospace");

  gtk_widget_set_hexpand (text, TRUE);
  gtk_box_append (GTK_BOX (box), text);
  gtk_box_append (GTK_BOX (box), new_label (proposal->comment, "dim-label"));
  gtk_list_box_append (
      self->list, g_object_new (GTK_TYPE_LIST_BOX_ROW, "child", box, "focusable", FALSE, NULL));
}

static void
point_at (SbCompletion *self, const GtkTextIter *iter)
{
  GdkRectangle place;
  int x, y;
  double parent_x, parent_y;

  gtk_text_view_get_iter_location (self->view, iter, &place);
  gtk_text_view_buffer_to_window_coords (self->view, GTK_TEXT_WINDOW_WIDGET, place.x, place.y, &x,
                                         &y);
  if (!gtk_widget_translate_coordinates (GTK_WIDGET (self->view), self->parent, x, y, &parent_x,
                                         &parent_y))
    return;
  place = (GdkRectangle){ (int) parent_x, (int) parent_y, 1, MAX (place.height, 1) };
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), &place);
}

static void
show (SbCompletion *self, const SbJsonPlace *place, const GtkTextIter *cursor)
{
  GtkTextIter start = *cursor;

  sb_widget_clear_list_box (self->list);
  for (guint i = 0; i < MIN (self->proposals->len, MAX_SHOWN); i++)
    add_row (self, self->proposals->pdata[i]);
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
  gtk_text_iter_backward_chars (&start, (int) g_utf8_strlen (place->written, -1));
  point_at (self, &start);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

/* asked: by the user, wherever it is. */
static void
update (SbCompletion *self, gboolean asked)
{
  GtkTextIter cursor;
  g_autoptr (SbJsonPlace) place = self->parent != NULL ? find_place (self, &cursor) : NULL;

  g_clear_pointer (&self->proposals, g_ptr_array_unref);
  if (place != NULL && (asked || place->quoted || *place->written != '\0'))
    self->proposals = sb_proposals_new (place, self->fields, self->settings,
                                        (const char *const *) self->files);
  if (self->proposals != NULL && self->proposals->len > 0)
    show (self, place, &cursor);
  else
    hide (self);
}

static gboolean
idle_cb (gpointer user_data)
{
  SbCompletion *self = user_data;

  self->idle_id = 0;
  update (self, FALSE);
  return G_SOURCE_REMOVE;
}

/* What is changed elsewhere is nobody's writing. */
static void
changed_cb (SbCompletion *self)
{
  if (!self->completing && self->idle_id == 0 && gtk_widget_has_focus (GTK_WIDGET (self->view)))
    self->idle_id = g_idle_add (idle_cb, self);
}

static void
moved_cb (SbCompletion *self)
{
  if (is_open (self))
    changed_cb (self);
}

/* ---- Taking ---------------------------------------------------------------------------------- */

/* What is written of it already goes, with the quote that may stand behind the cursor. */
static void
take (SbCompletion *self, const SbProposal *proposal)
{
  GtkTextBuffer *buffer = get_buffer (self);
  GtkTextIter start, end;
  g_autoptr (SbJsonPlace) place = find_place (self, &end);
  g_autofree char *text = NULL;
  gboolean colon;

  if (place == NULL)
    return;
  start = end;
  gtk_text_iter_backward_chars (
      &start, (int) (g_utf8_strlen (place->written, -1) + (place->quoted ? 1 : 0)));
  if (place->quoted && gtk_text_iter_get_char (&end) == '"')
    gtk_text_iter_forward_char (&end);
  colon = proposal->is_name && gtk_text_iter_get_char (&end) != ':';
  text = g_strconcat (proposal->text, colon ? ": " : "", NULL);
  self->completing = TRUE;
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, text, -1);
  gtk_text_buffer_end_user_action (buffer);
  self->completing = FALSE;
}

static void
take_row (SbCompletion *self, GtkListBoxRow *row)
{
  guint position = row != NULL ? (guint) gtk_list_box_row_get_index (row) : G_MAXUINT;
  g_autoptr (GPtrArray) proposals = g_steal_pointer (&self->proposals);

  if (proposals != NULL && position < proposals->len)
    take (self, proposals->pdata[position]);
  hide (self);
}

static void
move (SbCompletion *self, int by)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  int position = row != NULL ? gtk_list_box_row_get_index (row) + by : 0;
  GtkListBoxRow *other = gtk_list_box_get_row_at_index (self->list, MAX (position, 0));

  if (other != NULL)
    gtk_list_box_select_row (self->list, other);
}

static gboolean
key_cb (GtkEventControllerKey *controller,
        guint keyval,
        guint keycode,
        GdkModifierType state,
        SbCompletion *self)
{
  if (keyval == GDK_KEY_space && (state & GDK_CONTROL_MASK) != 0)
    {
      update (self, TRUE);
      return GDK_EVENT_STOP;
    }
  if (!is_open (self) || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  switch (keyval)
    {
    case GDK_KEY_Up:
      move (self, -1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Down:
      move (self, 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_Tab:
      take_row (self, gtk_list_box_get_selected_row (self->list));
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      hide (self);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
drop_popover (SbCompletion *self)
{
  g_clear_handle_id (&self->idle_id, g_source_remove);
  if (self->parent != NULL)
    gtk_widget_unparent (self->popover);
  self->parent = NULL;
}

static void
sb_completion_dispose (GObject *object)
{
  SbCompletion *self = SB_COMPLETION (object);

  drop_popover (self);
  g_clear_pointer (&self->proposals, g_ptr_array_unref);

  G_OBJECT_CLASS (sb_completion_parent_class)->dispose (object);
}

static void
sb_completion_finalize (GObject *object)
{
  SbCompletion *self = SB_COMPLETION (object);

  g_clear_object (&self->fields);
  g_clear_pointer (&self->settings, sb_settings_unref);
  g_strfreev (self->files);

  G_OBJECT_CLASS (sb_completion_parent_class)->finalize (object);
}

static void
sb_completion_class_init (SbCompletionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_completion_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_completion_finalize;
}

static void
sb_completion_init (SbCompletion *self)
{
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *window = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", list, "hscrollbar-policy",
                                    GTK_POLICY_NEVER, "propagate-natural-height", TRUE,
                                    "propagate-natural-width", TRUE, "max-content-height", 240,
                                    NULL);

  self->list = GTK_LIST_BOX (list);
  sb_widget_set_name (list, _ ("What can stand here"));
  gtk_widget_set_focusable (list, FALSE);
  self->popover = g_object_new (GTK_TYPE_POPOVER, "autohide", FALSE, "has-arrow", FALSE, "position",
                                GTK_POS_BOTTOM, "halign", GTK_ALIGN_START, "can-focus", FALSE,
                                "child", window, NULL);
  g_signal_connect_object (list, "row-activated", G_CALLBACK (take_row), self, G_CONNECT_SWAPPED);
}

static void
follow_view (SbCompletion *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_cb), self, 0);
  g_signal_connect_object (focus, "leave", G_CALLBACK (hide), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
  gtk_widget_add_controller (GTK_WIDGET (self->view), focus);
  g_signal_connect_object (get_buffer (self), "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_buffer (self), "notify::cursor-position", G_CALLBACK (moved_cb),
                           self, G_CONNECT_SWAPPED);
}

SbCompletion *
sb_completion_new (SbDocumentView *view)
{
  SbCompletion *self = g_object_new (SB_TYPE_COMPLETION, NULL);

  self->view = GTK_TEXT_VIEW (sb_document_view_get_view (view));
  self->parent = GTK_WIDGET (view);
  gtk_widget_set_parent (self->popover, self->parent);
  g_signal_connect_object (view, "destroy", G_CALLBACK (drop_popover), self, G_CONNECT_SWAPPED);
  follow_view (self);
  return self;
}

void
sb_completion_set_fields (SbCompletion *self, SbFields *fields)
{
  g_return_if_fail (SB_IS_COMPLETION (self));

  g_set_object (&self->fields, fields);
}

void
sb_completion_set_settings (SbCompletion *self, SbSettings *settings, const char *const *files)
{
  g_return_if_fail (SB_IS_COMPLETION (self));

  g_clear_pointer (&self->settings, sb_settings_unref);
  self->settings = settings != NULL ? sb_settings_ref (settings) : NULL;
  g_strfreev (self->files);
  self->files = g_strdupv ((char **) files);
}
