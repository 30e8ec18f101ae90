#include "config.h"

#include "sb-node-view.h"

#include <glib/gi18n.h>

#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

struct _SbNodeView
{
  GtkWidget parent_instance;

  char *id;
  char *words;   /* what an assistive technology calls it */
  char *tooltip; /* told when it is asked for, as each count changes it */

  gboolean stale; /* what is drawn is older than what is told */

  GtkWidget *card;
  GtkWidget *icon;
  GtkWidget *name;
  GtkWidget *count;
  GtkWidget *second_line;
  GtkWidget *subtitle;
  GtkWidget *figure;
  GtkWidget *arrow;
  GtkWidget *waiting_badge;
  GtkWidget *waiting;
  GtkWidget *dead_badge;
  GtkWidget *dead;
  GtkWidget *bus;
  GtkWidget *bus_name;
};

enum
{
  SIGNAL_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbNodeView, sb_node_view, GTK_TYPE_WIDGET)

static const char *
icon_of (const SbNode *node)
{
  if (node->missing)
    return "dialog-question-symbolic";
  switch (node->kind)
    {
    case SB_NODE_SOURCE:
      return "sb-source-symbolic";
    case SB_NODE_BUS:
      return "sb-bus-symbolic";
    case SB_NODE_RULE:
      return node->enabled ? "sb-rule-symbolic" : "sb-held-symbolic";
    case SB_NODE_CONNECTOR:
    default:
      return sb_widget_connector_icon (node->name);
    }
}

static const char *
style_of (const SbNode *node)
{
  switch (sb_node_get_state (node))
    {
    case SB_NODE_DEAD:
    case SB_NODE_MISSING:
      return "dead";
    case SB_NODE_WAITING:
      return "waiting";
    case SB_NODE_DISABLED:
      return "disabled";
    case SB_NODE_FLOWING:
      return "flowing";
    case SB_NODE_IDLE:
    default:
      return "idle";
    }
}

/* Without a tooltip of its own: the node's says more. */
static void
set_line (GtkWidget *widget, const char *text)
{
  g_autofree char *visible = sb_text_visible (text, -1, SB_TEXT_LINE);

  if (GTK_IS_INSCRIPTION (widget))
    gtk_inscription_set_text (GTK_INSCRIPTION (widget), visible);
  else
    gtk_label_set_text (GTK_LABEL (widget), visible);
}

/* Setting the same icon again would load and measure it again. */
static void
set_icon (GtkWidget *image, const char *name)
{
  if (g_strcmp0 (gtk_image_get_icon_name (GTK_IMAGE (image)), name) != 0)
    gtk_image_set_from_icon_name (GTK_IMAGE (image), name);
}

static void
set_badge (GtkWidget *badge, GtkWidget *label, gint64 n)
{
  g_autofree char *text = sb_words_short_count (n);

  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_visible (badge, n > 0);
}

static void
activate_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_ACTIVATED], 0);
}

static void
pressed_cb (SbNodeView *self, int n_press)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (n_press == 2)
    gtk_widget_activate_action (GTK_WIDGET (self), "node.activate", NULL);
}

static void
sb_node_view_dispose (GObject *object)
{
  sb_widget_unparent_children (GTK_WIDGET (object));

  G_OBJECT_CLASS (sb_node_view_parent_class)->dispose (object);
}

static gboolean
sb_node_view_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, SB_NODE_VIEW (widget)->tooltip);
  return TRUE;
}

static void
sb_node_view_finalize (GObject *object)
{
  SbNodeView *self = SB_NODE_VIEW (object);

  g_free (self->id);
  g_free (self->words);
  g_free (self->tooltip);

  G_OBJECT_CLASS (sb_node_view_parent_class)->finalize (object);
}

static void
sb_node_view_class_init (SbNodeViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_node_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_node_view_finalize;
  widget_class->query_tooltip = sb_node_view_query_tooltip;

  signals[SIGNAL_ACTIVATED] = g_signal_new ("activated", SB_TYPE_NODE_VIEW, G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "routenode");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-node-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SbNodeView, card);
  gtk_widget_class_bind_template_child (widget_class, SbNodeView, icon);
  gtk_widget_class_bind_template_child (widget_class, SbNodeView, name);
  gtk_widget_class_bind_template_child (widget_class, SbNodeView, count);
  gtk_widget_class_bind_template_child (widget_class, SbNodeView, second_line);
  gtk_widget_class_bind_template_child (widget_class, SbNodeView, subtitle);
  gtk_widget_class_bind_template_child (widget_class, SbNodeView, figure);
  gtk_widget_class_bind_template_child (widget_class, SbNodeView, arrow);
  gtk_widget_class_bind_template_child (widget_class, SbNodeView, waiting_badge);
  gtk_widget_class_bind_template_child (widget_class, SbNodeView, waiting);
  gtk_widget_class_bind_template_child (widget_class, SbNodeView, dead_badge);
  gtk_widget_class_bind_template_child (widget_class, SbNodeView, dead);
  gtk_widget_class_bind_template_child (widget_class, SbNodeView, bus);
  gtk_widget_class_bind_template_child (widget_class, SbNodeView, bus_name);

  gtk_widget_class_install_action (widget_class, "node.activate", NULL, activate_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, 0, "node.activate", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, 0, "node.activate", NULL);
}

static void
sb_node_view_init (SbNodeView *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect_object (click, "pressed", G_CALLBACK (pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

SbNodeView *
sb_node_view_new (const SbNode *node, SbOverlay overlay)
{
  SbNodeView *self = g_object_new (SB_TYPE_NODE_VIEW, NULL);

  self->id = g_strdup (node->id);
  gtk_widget_set_visible (self->card, node->kind != SB_NODE_BUS);
  gtk_widget_set_visible (self->bus, node->kind == SB_NODE_BUS);
  gtk_widget_add_css_class (GTK_WIDGET (self), node->kind == SB_NODE_BUS ? "bus" : "card");
  sb_node_view_update (self, node, overlay, TRUE);
  return self;
}

static void
update_words (SbNodeView *self, const SbNode *node)
{
  g_autofree char *words = sb_node_dup_words (node);
  g_autofree char *about = sb_widget_dup_about (node);

  /* A tooltip set as the widget's own would ask the display where the pointer is, a round trip a
   * node. */
  g_free (self->tooltip);
  self->tooltip = *about != '\0' ? g_strdup_printf ("%s\n%s", words, about) : g_strdup (words);
  if (g_strcmp0 (self->words, words) == 0)
    return;
  sb_widget_set_name (GTK_WIDGET (self), words);
  g_free (self->words);
  self->words = g_steal_pointer (&words);
}

static void
update_figure (SbNodeView *self, const SbNode *node, SbOverlay overlay)
{
  static const char *const styles[] = {
    "accent", "success", "warning", "error", "dim-label", NULL
  };
  static const char *const tones[SB_N_TONES] = {
    [SB_TONE_PLAIN] = "dim-label", [SB_TONE_ACCENT] = "accent", [SB_TONE_SUCCESS] = "success",
    [SB_TONE_WARNING] = "warning", [SB_TONE_ERROR] = "error",
  };
  SbTone tone;
  g_autofree char *figure = sb_node_dup_figure (node, overlay, &tone);

  gtk_label_set_text (GTK_LABEL (self->figure), figure);
  gtk_widget_set_visible (self->figure, *figure != '\0');
  sb_widget_set_style (self->figure, styles, tones[tone]);
}

/* An unfolded group is only a title above its members. */
static void
update_group (SbNodeView *self, const SbNode *node)
{
  gboolean group = node->n_members > 0;

  gtk_widget_set_visible (self->arrow, group);
  if (group)
    {
      set_icon (self->arrow, node->unfolded ? "pan-down-symbolic" : "pan-end-symbolic");
      gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED,
                                   node->unfolded, -1);
    }
  if (node->kind == SB_NODE_BUS)
    return;
  gtk_widget_set_visible (self->second_line, !node->unfolded);
  if (group && !node->unfolded)
    gtk_widget_add_css_class (GTK_WIDGET (self), "stack");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "stack");
  if (node->unfolded)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "card");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "card");
}

static void
update_drawing (SbNodeView *self, const SbNode *node, SbOverlay overlay)
{
  static const char *const styles[] = { "idle", "flowing", "waiting", "dead", "disabled", NULL };
  g_autofree char *count = sb_words_short_count (node->n);

  set_icon (self->icon, icon_of (node));
  set_line (self->name, node->name);
  set_line (self->bus_name, node->name);
  set_line (self->subtitle, node->subtitle);
  gtk_label_set_text (GTK_LABEL (self->count), count);
  update_figure (self, node, overlay);
  update_group (self, node);
  set_badge (self->waiting_badge, self->waiting, node->counts.waiting);
  set_badge (self->dead_badge, self->dead, node->counts.dead);
  sb_widget_set_style (GTK_WIDGET (self), styles, style_of (node));
}

void
sb_node_view_update (SbNodeView *self, const SbNode *node, SbOverlay overlay, gboolean seen)
{
  g_return_if_fail (SB_IS_NODE_VIEW (self));

  update_words (self, node);
  if (seen)
    update_drawing (self, node, overlay);
  self->stale = !seen;
}

gboolean
sb_node_view_is_stale (SbNodeView *self)
{
  g_return_val_if_fail (SB_IS_NODE_VIEW (self), FALSE);

  return self->stale;
}

const char *
sb_node_view_get_id (SbNodeView *self)
{
  g_return_val_if_fail (SB_IS_NODE_VIEW (self), NULL);

  return self->id;
}
