#include "config.h"

#include "sb-try-pane.h"

#include <glib/gi18n.h>

#include "sb-json-view.h"
#include "sb-text.h"
#include "sb-trial.h"
#include "sb-widget.h"
#include "sb-words.h"

#define MAX_BODY_BYTES                                                                             \
  (64 * 1024) /* to try something out with; larger ones are tedious to edit                        \
               */

#define N_SHOWN 12 /* captured events of a kind, in the list */

enum
{
  FILTER_ALL,
  FILTER_MATCHING,
  FILTER_OTHERS,
};

/* One of the captured events is fetched as it was received: the latest that the rule in force has
 * matched, else the latest of all, unless the user has chosen one or has written something. */
struct _SbTryPane
{
  AdwBin parent_instance;

  SbRouter *router;
  char *rule;
  char *text;
  SbCaptured *captured;
  SbEvent *event;     /* whose body is fetched, or shown */
  JsonObject *object; /* the same, as the API has it */
  gboolean touched;   /* by the user */
  gboolean filling;   /* the text, by ourselves */
  GCancellable *cancellable;

  GtkWidget *group;
  GtkWidget *choose_button;
  GtkWidget *popover;
  GtkWidget *filter;
  GtkWidget *captured_list;
  GtkWidget *event_view;
  GtkWidget *icon;
  GtkWidget *summary;
  GtkWidget *leaves_list;
  GtkWidget *targets_box;
};

enum
{
  SIGNAL_TRIED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbTryPane, sb_try_pane, ADW_TYPE_BIN)

/* ---- Showing --------------------------------------------------------------------------------- */

static void
add_leaf (SbTryPane *self, const SbTrialLeaf *leaf)
{
  g_autofree char *text = g_strdup_printf ("%s\n%s", leaf->predicate, leaf->why);
  g_autofree char *title = sb_text_visible (leaf->path, -1, SB_TEXT_LINE);
  g_autofree char *subtitle = sb_text_visible (text, -1, SB_TEXT_BLOCK);
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_ACTION_ROW, "title", title, "subtitle",
                                            subtitle, "subtitle-lines", 4, NULL);
  GtkWidget *icon = gtk_image_new ();

  sb_widget_set_state_icon (icon, leaf->held ? SB_DELIVERY_DONE : SB_DELIVERY_DEAD);
  gtk_widget_set_tooltip_text (icon, leaf->held ? _ ("Fits") : _ ("Does not fit"));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  gtk_list_box_append (GTK_LIST_BOX (self->leaves_list), row);
}

static GtkWidget *
new_text (const char *text, SbTextShape shape, const char *style)
{
  g_autofree char *visible = sb_text_visible (text, -1, shape);
  GtkWidget *label = gtk_label_new (visible);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, style);
  return label;
}

static void
add_target (SbTryPane *self, const SbTrialTarget *target)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autofree char *title = target->output != NULL
      ? g_strdup_printf (_ ("%s is sent"), target->connector)
      : g_strdup_printf (_ ("%s cannot be sent anything"), target->connector);
  GtkWidget *heading = new_text (title, SB_TEXT_LINE, "heading");
  GtkWidget *output = new_text (target->output != NULL ? target->output : target->error,
                                SB_TEXT_BLOCK, "monospace");

  gtk_label_set_selectable (GTK_LABEL (output), TRUE);
  gtk_widget_add_css_class (output, "card");
  gtk_widget_add_css_class (output, "output");
  if (target->output == NULL)
    gtk_widget_add_css_class (output, "error");
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), output);
  gtk_box_append (GTK_BOX (self->targets_box), box);
}

static void
show_summary (SbTryPane *self, const SbTrial *trial)
{
  g_autofree char *visible = sb_text_visible (trial->summary, -1, SB_TEXT_LINE);
  SbDeliveryState state = SB_DELIVERY_DEAD;

  if (trial->tried)
    state = trial->matched ? SB_DELIVERY_DONE : SB_DELIVERY_DISCARDED;
  sb_widget_set_state_icon (self->icon, state);
  gtk_widget_set_tooltip_text (self->icon, NULL);
  gtk_label_set_text (GTK_LABEL (self->summary), visible);
}

static void
update (SbTryPane *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->event_view));
  g_autofree char *event = NULL;
  g_autoptr (SbTrial) trial = NULL;
  GtkTextIter start, end;
  GtkWidget *child;

  if (self->text == NULL)
    return;
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  event = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  trial = sb_trial_new (self->rule, self->text, event);

  show_summary (self, trial);
  sb_widget_clear_list_box (GTK_LIST_BOX (self->leaves_list));
  for (guint i = 0; i < trial->leaves->len; i++)
    add_leaf (self, g_ptr_array_index (trial->leaves, i));
  gtk_widget_set_visible (self->leaves_list, trial->leaves->len > 0);
  while ((child = gtk_widget_get_first_child (self->targets_box)) != NULL)
    gtk_box_remove (GTK_BOX (self->targets_box), child);
  for (guint i = 0; i < trial->targets->len; i++)
    add_target (self, g_ptr_array_index (trial->targets, i));
  g_signal_emit (self, signals[SIGNAL_TRIED], 0, trial);
}

/* ---- Captured events ------------------------------------------------------------------------- */

/* Which event it is that is tried, while it is as it was received. */
static void
show_name (SbTryPane *self)
{
  g_autofree char *ago = NULL;
  g_autofree char *text = NULL;
  g_autofree char *visible = NULL;
  g_autofree char *escaped = NULL;

  if (self->event == NULL)
    {
      adw_preferences_group_set_description (
          ADW_PREFERENCES_GROUP (self->group),
          _ ("Choose a captured one, or paste your own, and see what the rule makes of it"));
      return;
    }
  ago = sb_words_ago (sb_event_get_received_us (self->event), sb_router_get_now_us (self->router));
  /* Translators: an event's type, its source, and when it came in */
  text = g_strdup_printf (_ ("%s of %s, %s"), sb_event_get_detail_type (self->event),
                             sb_event_get_source (self->event), ago);
  visible = sb_text_visible (text, -1, SB_TEXT_LINE);
  escaped = g_markup_escape_text (visible, -1);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->group), escaped);
}

static void
body_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = sb_client_fetch_finish (SB_CLIENT (source), result, NULL, &error);
  SbTryPane *self;
  g_autofree char *envelope = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = SB_TRY_PANE (user_data);
  /* The event that is there stays. */
  if (body == NULL || g_bytes_get_size (body) > MAX_BODY_BYTES)
    {
      g_autofree char *limit = sb_words_bytes (MAX_BODY_BYTES);
      g_autofree char *words = body == NULL
                                   ? g_strdup (error->message)
                                   : g_strdup_printf (
                                         _ ("The event has more than %s: too much to try out here"),
                                            limit);

      g_clear_object (&self->event);
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", words);
      return;
    }
  envelope = sb_trial_dup_envelope (self->event, self->object, body);
  self->filling = TRUE;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->event_view)), envelope,
                            -1);
  self->filling = FALSE;
  show_name (self);
}

static void
fetch (SbTryPane *self, guint position)
{
  JsonObject *object = sb_captured_get_object (self->captured, position);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_set_object (&self->event, sb_captured_get_event (self->captured, position));
  g_clear_pointer (&self->object, json_object_unref);
  self->object = object != NULL ? json_object_ref (object) : NULL;
  sb_client_fetch_body_async (sb_router_get_client (self->router),
                              sb_item_get_id (SB_ITEM (self->event)), self->cancellable, body_cb,
                              self);
}

/* The newest that the rule in force has matched, else the newest of all. */
static void
fetch_latest (SbTryPane *self)
{
  guint n = sb_captured_get_n (self->captured);
  guint position = 0;

  while (position < n &&
         !g_strv_contains (sb_event_get_matched (sb_captured_get_event (self->captured, position)),
                           self->rule))
    position++;
  if (position == n)
    position = 0;
  if (n > 0 && sb_captured_get_object (self->captured, position) != NULL)
    fetch (self, position);
}

static gboolean
matches (SbTryPane *self, guint position)
{
  g_autofree char *envelope = sb_captured_dup_envelope (self->captured, position);
  g_autoptr (SbTrial) trial = envelope != NULL ? sb_trial_new (self->rule, self->text, envelope)
                                               : NULL;

  return trial != NULL && trial->matched;
}

static void
add_captured (SbTryPane *self, guint position, gboolean matched)
{
  SbEvent *event = sb_captured_get_event (self->captured, position);
  g_autofree char *ago = sb_words_ago (sb_event_get_received_us (event),
                                       sb_router_get_now_us (self->router));
  g_autofree char *title = sb_text_visible (sb_event_get_detail_type (event), -1, SB_TEXT_LINE);
  /* Translators: the source of an event, and when it came in */
  g_autofree char *text = g_strdup_printf (_ ("%s, %s"), sb_event_get_source (event), ago);
  g_autofree char *subtitle = sb_text_visible (text, -1, SB_TEXT_LINE);
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_ACTION_ROW, "title", title, "subtitle",
                                            subtitle, "activatable", TRUE, NULL);
  GtkWidget *icon = gtk_image_new ();

  sb_widget_set_state_icon (icon, matched ? SB_DELIVERY_DONE : SB_DELIVERY_DISCARDED);
  gtk_widget_set_tooltip_text (icon, matched ? _ ("Matches the rule as it is written here")
                                             : _ ("Does not match the rule as it is written here"));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  g_object_set_data (G_OBJECT (row), "position", GUINT_TO_POINTER (position));
  gtk_list_box_append (GTK_LIST_BOX (self->captured_list), row);
}

/* Only while it is looked at: each event is held against the rule. */
static void
fill_list (SbTryPane *self)
{
  guint filter = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->filter));
  guint n_shown = 0;

  if (self->captured == NULL || self->text == NULL || !gtk_widget_get_visible (self->popover))
    return;
  sb_widget_clear_list_box (GTK_LIST_BOX (self->captured_list));
  for (guint i = 0; i < sb_captured_get_n (self->captured) && n_shown < N_SHOWN; i++)
    {
      gboolean matched;

      if (sb_captured_get_object (self->captured, i) == NULL)
        continue;
      matched = matches (self, i);
      if ((filter == FILTER_MATCHING && !matched) || (filter == FILTER_OTHERS && matched))
        continue;
      add_captured (self, i, matched);
      n_shown++;
    }
  if (n_shown == 0)
    gtk_list_box_append (GTK_LIST_BOX (self->captured_list),
                         g_object_new (ADW_TYPE_ACTION_ROW, "title",
                                       filter == FILTER_ALL
                                       ? _ ("No Events Yet")
                                       : _ ("None of the Latest Events"), NULL));
}

static void
captured_cb (SbTryPane *self)
{
  if (!self->touched && self->event == NULL && !sb_captured_is_loading (self->captured))
    fetch_latest (self);
  fill_list (self);
}

static void
choosing_cb (SbTryPane *self)
{
  if (self->captured != NULL)
    sb_captured_refresh (self->captured);
  fill_list (self);
}

static void
chosen_cb (SbTryPane *self, GtkListBoxRow *row)
{
  self->touched = TRUE;
  fetch (self, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "position")));
  gtk_popover_popdown (GTK_POPOVER (self->popover));
}

static void
text_changed_cb (SbTryPane *self)
{
  if (!self->filling)
    {
      self->touched = TRUE;
      g_cancellable_cancel (self->cancellable);
      g_clear_object (&self->event);
      if (self->router != NULL)
        show_name (self);
    }
  update (self);
}

static void
sb_try_pane_dispose (GObject *object)
{
  SbTryPane *self = SB_TRY_PANE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->event);
  g_clear_pointer (&self->object, json_object_unref);
  if (self->captured != NULL)
    g_signal_handlers_disconnect_by_data (self->captured, self);
  g_clear_object (&self->captured);
  g_clear_object (&self->router);

  G_OBJECT_CLASS (sb_try_pane_parent_class)->dispose (object);
}

static void
sb_try_pane_finalize (GObject *object)
{
  SbTryPane *self = SB_TRY_PANE (object);

  g_free (self->rule);
  g_free (self->text);

  G_OBJECT_CLASS (sb_try_pane_parent_class)->finalize (object);
}

static void
sb_try_pane_class_init (SbTryPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_try_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_try_pane_finalize;
  signals[SIGNAL_TRIED] = g_signal_new ("tried", SB_TYPE_TRY_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  g_type_ensure (SB_TYPE_JSON_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-try-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SbTryPane, event_view);
  gtk_widget_class_bind_template_child (widget_class, SbTryPane, icon);
  gtk_widget_class_bind_template_child (widget_class, SbTryPane, summary);
  gtk_widget_class_bind_template_child (widget_class, SbTryPane, leaves_list);
  gtk_widget_class_bind_template_child (widget_class, SbTryPane, targets_box);
  gtk_widget_class_bind_template_child (widget_class, SbTryPane, group);
  gtk_widget_class_bind_template_child (widget_class, SbTryPane, choose_button);
  gtk_widget_class_bind_template_child (widget_class, SbTryPane, popover);
  gtk_widget_class_bind_template_child (widget_class, SbTryPane, filter);
  gtk_widget_class_bind_template_child (widget_class, SbTryPane, captured_list);
  gtk_widget_class_bind_template_callback (widget_class, choosing_cb);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, fill_list);
}

static void
sb_try_pane_init (SbTryPane *self)
{
  GtkTextBuffer *buffer;

  gtk_widget_init_template (GTK_WIDGET (self));
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->event_view));
  gtk_text_buffer_set_text (buffer, sb_trial_get_example (), -1);
  g_signal_connect_object (buffer, "changed", G_CALLBACK (text_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

void
sb_try_pane_open (SbTryPane *self, SbRouter *router, const char *rule, SbCaptured *captured)
{
  g_return_if_fail (SB_IS_TRY_PANE (self));

  g_set_object (&self->router, router);
  g_free (self->rule);
  self->rule = g_strdup (rule);
  g_clear_pointer (&self->text, g_free);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->event);
  self->touched = FALSE;
  if (self->captured != NULL)
    g_signal_handlers_disconnect_by_data (self->captured, self);
  g_set_object (&self->captured, captured);
  g_signal_connect_object (captured, "changed", G_CALLBACK (captured_cb), self, G_CONNECT_SWAPPED);
  show_name (self);
}

void
sb_try_pane_set_text (SbTryPane *self, const char *text)
{
  g_return_if_fail (SB_IS_TRY_PANE (self));

  if (g_strcmp0 (self->text, text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  update (self);
  fill_list (self);
}
