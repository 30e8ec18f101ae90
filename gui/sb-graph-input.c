#include "config.h"

#include "sb-graph-view-private.h"

/* Pointer and keys on the routes: hovering isolates a path, dragging from a rule to a connector
 * adds a target, arrow keys walk along the edges.  UI thread. */

static void
set_hovered (SbGraphView *self, const char *id)
{
  if (g_strcmp0 (self->hovered, id) == 0)
    return;
  g_free (self->hovered);
  self->hovered = g_strdup (id);
  sb_graph_view_update_path (self);
}

/* The id of the node there, or NULL. */
static const char *
pick_node (SbGraphView *self, double x, double y)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);
  GtkWidget *view = picked != NULL ? gtk_widget_get_ancestor (picked, SB_TYPE_NODE_VIEW) : NULL;

  return view != NULL ? sb_node_view_get_id (SB_NODE_VIEW (view)) : NULL;
}

static void
motion_cb (SbGraphView *self, double x, double y)
{
  set_hovered (self, pick_node (self, x, y));
}

/* ---- Dragging from a rule to a connector ----------------------------------------------------- */

static gboolean
is_kind (SbGraphView *self, const char *id, SbNodeKind kind)
{
  int node = sb_graph_view_find (self, id);

  return node >= 0 && sb_graph_node (self->graph, (guint) node)->kind == kind;
}

static void
drag_begin_cb (SbGraphView *self, double x, double y, GtkGesture *gesture)
{
  const char *id = pick_node (self, x, y);

  if (!is_kind (self, id, SB_NODE_RULE))
    {
      gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  g_free (self->dragged);
  self->dragged = g_strdup (id);
  self->drag_x0 = self->drag_x1 = x;
  self->drag_y0 = self->drag_y1 = y;
}

static void
drag_update_cb (SbGraphView *self, double dx, double dy)
{
  self->drag_x1 = self->drag_x0 + dx;
  self->drag_y1 = self->drag_y0 + dy;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drag_end_cb (SbGraphView *self, double dx, double dy)
{
  g_autofree char *rule = g_steal_pointer (&self->dragged);
  const char *id;

  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (rule == NULL)
    return;
  id = pick_node (self, self->drag_x0 + dx, self->drag_y0 + dy);
  if (is_kind (self, id, SB_NODE_CONNECTOR))
    sb_graph_view_emit_linked (self, rule, id);
}

static void
leave_cb (SbGraphView *self)
{
  set_hovered (self, NULL);
}

/* A click beside all nodes lets go of the current one. */
static void
released_cb (SbGraphView *self, int n_press, double x, double y)
{
  if (gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT) == GTK_WIDGET (self))
    sb_graph_view_set_current (self, NULL);
}

/* ---- Walking --------------------------------------------------------------------------------- */

static void
focus_cb (SbNodeView *view, GParamSpec *pspec, SbGraphView *self)
{
  if (gtk_widget_has_focus (GTK_WIDGET (view)))
    sb_graph_view_set_current (self, sb_node_view_get_id (view));
}

static void
activated_cb (SbNodeView *view, SbGraphView *self)
{
  sb_graph_view_emit_activated (self, sb_node_view_get_id (view));
}

static gboolean
step_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  SbGraphView *self = SB_GRAPH_VIEW (widget);
  SbStep step = (SbStep) g_variant_get_int32 (args);
  GtkWidget *focused = gtk_widget_get_focus_child (widget);
  int here = focused != NULL
                 ? sb_graph_view_find (self, sb_node_view_get_id (SB_NODE_VIEW (focused)))
                 : -1;
  int there;

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL && step >= SB_STEP_BACK)
    step = step == SB_STEP_BACK ? SB_STEP_ON : SB_STEP_BACK;
  if (here < 0)
    return FALSE;
  there = sb_graph_step (self->graph, (guint) here, step);
  if (there >= 0)
    gtk_widget_grab_focus (GTK_WIDGET (sb_graph_view_widget_of (self, (guint) there)));
  /* At the end of a way the focus stays: leaving the graph is what Tab is for. */
  return TRUE;
}

static gboolean
escape_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  SbGraphView *self = SB_GRAPH_VIEW (widget);

  if (self->current == NULL)
    return FALSE;
  sb_graph_view_set_current (self, NULL);
  return TRUE;
}

void
sb_graph_input_follow (SbGraphView *self, SbNodeView *view)
{
  g_signal_connect_object (view, "notify::has-focus", G_CALLBACK (focus_cb), self, 0);
  g_signal_connect_object (view, "activated", G_CALLBACK (activated_cb), self, 0);
}

void
sb_graph_input_class_init (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint keyval;
    SbStep step;
  } keys[] = { { GDK_KEY_Up, SB_STEP_UP },
               { GDK_KEY_Down, SB_STEP_DOWN },
               { GDK_KEY_Left, SB_STEP_BACK },
               { GDK_KEY_Right, SB_STEP_ON } };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (widget_class, keys[i].keyval, 0, step_cb, "i", keys[i].step);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
}

void
sb_graph_input_init (SbGraphView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_object (motion, "motion", G_CALLBACK (motion_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (motion, "leave", G_CALLBACK (leave_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_object (click, "released", G_CALLBACK (released_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_object (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-update", G_CALLBACK (drag_update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-end", G_CALLBACK (drag_end_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}
