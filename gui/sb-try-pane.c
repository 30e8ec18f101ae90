#include "config.h"

#include "sb-try-pane.h"

#include <glib/gi18n.h>

#include "sb-json-view.h"
#include "sb-json.h"
#include "sb-text.h"
#include "sb-trial.h"
#include "sb-widget.h"

#define MAX_BODY_BYTES                                                                             \
  (64 * 1024) /* to try something out with; larger ones are tedious to edit                        \
               */

/* Fetching goes in steps: the latest event that the rule has matched; when there is none the latest
 * of all; then its body. */
struct _SbTryPane
{
  AdwBin parent_instance;

  SbRouter *router;
  char *rule;
  char *text;
  SbEvent *event; /* whose body is fetched */
  gboolean any;   /* no event of the rule's own was found: any will do */
  GCancellable *cancellable;

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
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", title,
                                 "subtitle", subtitle, "subtitle-lines", 4, NULL);
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

/* ---- Fetching -------------------------------------------------------------------------------- */

static void fetch_latest (SbTryPane *self);

static void
body_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GBytes) body = sb_client_fetch_finish (SB_CLIENT (source), result, NULL, NULL);
  SbTryPane *self;
  g_autofree char *envelope = NULL;
  GtkTextBuffer *buffer;

  /* Cancelled, or the router is away: the event that is there stays. */
  if (body == NULL || g_bytes_get_size (body) > MAX_BODY_BYTES)
    return;

  self = SB_TRY_PANE (user_data);
  envelope = sb_trial_dup_envelope (self->event, body);
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->event_view));
  gtk_text_buffer_set_text (buffer, envelope, -1);
}

static void
latest_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, NULL);
  g_autoptr (GPtrArray) events = NULL;
  SbTryPane *self;
  SbItem *item = NULL;

  if (answer == NULL)
    return;

  self = SB_TRY_PANE (user_data);
  events = sb_json_objects (answer, "events");
  if (events->len > 0)
    item = sb_item_new (SB_TYPE_EVENT, g_ptr_array_index (events, 0));
  if (item != NULL)
    {
      g_clear_object (&self->event);
      self->event = SB_EVENT (item);
      sb_client_fetch_body_async (SB_CLIENT (source), sb_item_get_id (item), self->cancellable,
                                  body_cb, self);
    }
  else if (!self->any)
    {
      self->any = TRUE;
      fetch_latest (self);
    }
}

static void
fetch_latest (SbTryPane *self)
{
  g_autofree char *escaped = g_uri_escape_string (self->rule, NULL, FALSE);
  g_autofree char *query = self->any ? g_strdup ("") : g_strconcat ("rule=", escaped, NULL);

  sb_client_get_page_async (sb_router_get_client (self->router), "events", query, NULL, 1,
                            self->cancellable, latest_found_cb, self);
}

static void
latest_cb (SbTryPane *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->any = FALSE;
  fetch_latest (self);
}

static void
sb_try_pane_dispose (GObject *object)
{
  SbTryPane *self = SB_TRY_PANE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->event);
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
  gtk_widget_class_bind_template_callback (widget_class, latest_cb);
}

static void
sb_try_pane_init (SbTryPane *self)
{
  GtkTextBuffer *buffer;

  gtk_widget_init_template (GTK_WIDGET (self));
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->event_view));
  gtk_text_buffer_set_text (buffer, sb_trial_get_example (), -1);
  g_signal_connect_object (buffer, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

void
sb_try_pane_open (SbTryPane *self, SbRouter *router, const char *rule)
{
  g_return_if_fail (SB_IS_TRY_PANE (self));

  g_set_object (&self->router, router);
  g_free (self->rule);
  self->rule = g_strdup (rule);
  g_clear_pointer (&self->text, g_free);
  latest_cb (self);
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
}
