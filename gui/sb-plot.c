#include "config.h"

#include "sb-plot.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sb-drawing.h"
#include "sb-widget.h"
#include "sb-words.h"

#define FOOT 20 /* below the grid: the times */
#define HEAD 24 /* above it: the legend */
#define SIDE 46 /* beside it: the numbers */
#define N_LINES 5
#define NEAR 6 /* pixels beside a mark that still mean it */

typedef struct
{
  char *name;
  char *color;
  double *values;
  guint n;
} Line;

typedef struct
{
  char *color;
  char *text;
  SbPlotShape shape;
  gint64 at_us;
} Mark;

struct _SbPlot
{
  GtkWidget parent_instance;

  gboolean compact;
  GArray *lines;
  GArray *marks;
  int cursor; /* the step that the keyboard is at, counted from the last; -1: at none */
  gint64 start_us, step_us;
  double max;
};

enum
{
  PROP_COMPACT = 1,
  N_PROPS
};

enum
{
  SIGNAL_ACTIVATED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbPlot, sb_plot, GTK_TYPE_WIDGET)

static void
line_clear (gpointer data)
{
  Line *line = data;

  g_free (line->name);
  g_free (line->color);
  g_free (line->values);
}

static void
mark_clear (gpointer data)
{
  Mark *mark = data;

  g_free (mark->color);
  g_free (mark->text);
}

/* ---- Measures -------------------------------------------------------------------------------- */

/* Time goes the way of reading; sparklines, which have no axis, always go to the right. */
static gboolean
is_rtl (SbPlot *self)
{
  return !self->compact && sb_drawing_is_rtl (GTK_WIDGET (self));
}

static graphene_rect_t
get_area (SbPlot *self)
{
  float width = (float) gtk_widget_get_width (GTK_WIDGET (self));
  float height = (float) gtk_widget_get_height (GTK_WIDGET (self));

  if (self->compact)
    return GRAPHENE_RECT_INIT (1, 2, MAX (width - 2, 1), MAX (height - 4, 1));
  return sb_drawing_get_area (GTK_WIDGET (self), HEAD, FOOT, SIDE);
}

static guint
n_steps (SbPlot *self)
{
  return self->lines->len > 0 ? g_array_index (self->lines, Line, 0).n : 0;
}

static double
x_of_part (SbPlot *self, const graphene_rect_t *area, double part)
{
  if (is_rtl (self))
    part = 1 - part;
  return (double) area->origin.x + part * (double) area->size.width;
}

static double
x_of (SbPlot *self, const graphene_rect_t *area, guint i)
{
  return x_of_part (self, area, n_steps (self) > 1 ? (double) i / (n_steps (self) - 1) : 0);
}

static double
x_of_mark (SbPlot *self, const graphene_rect_t *area, const Mark *mark)
{
  double length_us = (double) self->step_us * (n_steps (self) - 1);

  return x_of_part (self, area, CLAMP ((double) (mark->at_us - self->start_us) / length_us, 0, 1));
}

/* ---- Drawing --------------------------------------------------------------------------------- */

static void
draw_line (SbPlot *self, cairo_t *cr, const graphene_rect_t *area, const Line *line, guint index)
{
  static const double dashes[][2] = { { 0, 0 }, { 5, 3 }, { 2, 2 } };
  const double bottom = (double) (area->origin.y + area->size.height);
  GdkRGBA color = sb_drawing_look_up (GTK_WIDGET (self), line->color);
  gboolean drawing = FALSE;

  for (guint i = 0; i < line->n; i++)
    {
      double y = bottom - line->values[i] / self->max * (double) area->size.height;

      if (isnan (line->values[i]))
        drawing = FALSE;
      else if (drawing)
        cairo_line_to (cr, x_of (self, area, i), y);
      else
        {
          cairo_move_to (cr, x_of (self, area, i), y);
          drawing = TRUE;
        }
    }
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, self->compact ? 1.5 : 2);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_dash (cr, dashes[index % G_N_ELEMENTS (dashes)], index > 0 ? 2 : 0, 0);
  cairo_stroke (cr);
}

/* The area below the first line, so that a glance finds it. */
static void
draw_ground (SbPlot *self, cairo_t *cr, const graphene_rect_t *area, const Line *line)
{
  const double bottom = (double) (area->origin.y + area->size.height);
  GdkRGBA color = sb_drawing_look_up (GTK_WIDGET (self), line->color);

  cairo_move_to (cr, x_of (self, area, 0), bottom);
  for (guint i = 0; i < line->n; i++)
    cairo_line_to (cr, x_of (self, area, i),
                   isnan (line->values[i])
                       ? bottom
                       : bottom - line->values[i] / self->max * (double) area->size.height);
  cairo_line_to (cr, x_of (self, area, line->n > 0 ? line->n - 1 : 0), bottom);
  cairo_close_path (cr);
  color.alpha *= 0.12f;
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_fill (cr);
}

static void
draw_grid (SbPlot *self, GtkSnapshot *snapshot, const graphene_rect_t *area)
{
  GtkWidget *widget = GTK_WIDGET (self);

  for (guint i = 0; i <= N_LINES; i++)
    {
      float y = area->origin.y + area->size.height * (float) i / N_LINES;

      sb_drawing_line (widget, snapshot, area, y);
      sb_drawing_number (widget, snapshot, area, self->max * (N_LINES - i) / N_LINES, (double) y);
    }
  if (self->start_us > 0 && n_steps (self) > 0)
    {
      gint64 now_us = self->start_us + self->step_us * n_steps (self);
      g_autofree char *start = sb_words_ago (self->start_us, now_us);

      sb_drawing_times (widget, snapshot, area, FOOT, start, _ ("now"));
    }
}

static void
draw_legend (SbPlot *self, GtkSnapshot *snapshot, const graphene_rect_t *area)
{
  gboolean rtl = is_rtl (self);
  double x = (double) area->origin.x + (rtl ? (double) area->size.width : 0);
  double way = rtl ? -1 : 1;

  for (guint i = 0; i < self->lines->len; i++)
    {
      const Line *line = &g_array_index (self->lines, Line, i);
      GdkRGBA color = sb_drawing_look_up (GTK_WIDGET (self), line->color);

      gtk_snapshot_append_color (
          snapshot, &color,
          &GRAPHENE_RECT_INIT ((float) (rtl ? x - 12 : x), HEAD / 2.0f - 5, 12, 3));
      sb_drawing_text (GTK_WIDGET (self), snapshot, line->name, x + way * 18, HEAD / 2.0 - 4,
                       rtl ? 1 : 0);
      x += way * (sb_drawing_get_width (GTK_WIDGET (self), line->name) + 40);
    }
}

static void
draw_head (cairo_t *cr, SbPlotShape shape, double x, double y)
{
  switch (shape)
    {
    case SB_PLOT_DOWN:
      cairo_move_to (cr, x - 5, y - 5);
      cairo_line_to (cr, x + 5, y - 5);
      cairo_line_to (cr, x, y + 4);
      break;
    case SB_PLOT_UP:
      cairo_move_to (cr, x - 5, y + 4);
      cairo_line_to (cr, x + 5, y + 4);
      cairo_line_to (cr, x, y - 5);
      break;
    case SB_PLOT_DIAMOND:
      cairo_move_to (cr, x, y - 5.5);
      cairo_line_to (cr, x + 5.5, y);
      cairo_line_to (cr, x, y + 5.5);
      cairo_line_to (cr, x - 5.5, y);
      break;
    case SB_PLOT_BARS:
      cairo_rectangle (cr, x - 4.5, y - 4.5, 3, 9);
      cairo_rectangle (cr, x + 1.5, y - 4.5, 3, 9);
      break;
    case SB_PLOT_SQUARE:
      cairo_rectangle (cr, x - 4, y - 4, 8, 8);
      break;
    case SB_PLOT_DOT:
    default:
      cairo_arc (cr, x, y, 4.5, 0, 2 * G_PI);
    }
  cairo_close_path (cr);
  cairo_fill (cr);
}

/* A dashed line down the plot, with a head that says by its shape what it was. */
static void
draw_marks (SbPlot *self, cairo_t *cr, const graphene_rect_t *area)
{
  static const double dash[] = { 1, 3 };
  const double top = (double) area->origin.y;
  const double bottom = top + (double) area->size.height;

  for (guint i = 0; i < self->marks->len; i++)
    {
      const Mark *mark = &g_array_index (self->marks, Mark, i);
      double x = floor (x_of_mark (self, area, mark)) + 0.5;
      GdkRGBA color = sb_drawing_look_up (GTK_WIDGET (self), mark->color);

      gdk_cairo_set_source_rgba (cr, &color);
      cairo_set_line_width (cr, 1);
      cairo_set_dash (cr, dash, 2, 0);
      cairo_move_to (cr, x, top);
      cairo_line_to (cr, x, bottom);
      cairo_stroke (cr);
      draw_head (cr, mark->shape, x, top);
    }
}

static void
draw_cursor (SbPlot *self, cairo_t *cr, const graphene_rect_t *area)
{
  double x = floor (x_of (self, area, n_steps (self) - 1 - (guint) self->cursor)) + 0.5;
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, 1);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_move_to (cr, x, (double) area->origin.y);
  cairo_line_to (cr, x, (double) (area->origin.y + area->size.height));
  cairo_stroke (cr);
}

static gboolean
has_cursor (SbPlot *self)
{
  return gtk_widget_is_focus (GTK_WIDGET (self)) && self->cursor >= 0 &&
         (guint) self->cursor < n_steps (self);
}

static void
sb_plot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SbPlot *self = SB_PLOT (widget);
  graphene_rect_t area = get_area (self);
  cairo_t *cr;

  if (!self->compact)
    {
      draw_grid (self, snapshot, &area);
      draw_legend (self, snapshot, &area);
    }
  cr = gtk_snapshot_append_cairo (snapshot,
                                  &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                                                       (float) gtk_widget_get_height (widget)));
  if (self->lines->len > 0)
    draw_ground (self, cr, &area, &g_array_index (self->lines, Line, 0));
  for (guint i = self->lines->len; i > 0; i--)
    draw_line (self, cr, &area, &g_array_index (self->lines, Line, i - 1), i - 1);
  draw_marks (self, cr, &area);
  if (has_cursor (self))
    draw_cursor (self, cr, &area);
  cairo_destroy (cr);
}

/* ---- Pointing -------------------------------------------------------------------------------- */

/* FALSE: beside the grid. */
static gboolean
find_step (SbPlot *self, double x, guint *out_step)
{
  graphene_rect_t area = get_area (self);
  double part = (x - (double) area.origin.x) / (double) area.size.width;

  if (n_steps (self) == 0 || part < 0 || part > 1)
    return FALSE;
  if (is_rtl (self))
    part = 1 - part;
  *out_step = (guint) (part * (n_steps (self) - 1) + 0.5);
  return TRUE;
}

static char *
describe_step (SbPlot *self, guint step)
{
  g_autoptr (GString) text = NULL;
  g_autofree char *time = NULL;

  time = sb_words_time (self->start_us + self->step_us * step,
                        self->start_us + self->step_us * n_steps (self));
  text = g_string_new (time);
  for (guint i = 0; i < self->lines->len; i++)
    {
      const Line *line = &g_array_index (self->lines, Line, i);

      if (step < line->n && !isnan (line->values[step]))
        g_string_append_printf (text, "\n%s: %.6g", line->name, line->values[step]);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
sb_plot_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  SbPlot *self = SB_PLOT (widget);
  graphene_rect_t area = get_area (self);
  g_autoptr (GString) text = NULL;
  g_autofree char *values = NULL;
  guint step;

  if (keyboard && has_cursor (self))
    step = n_steps (self) - 1 - (guint) self->cursor;
  else if (self->compact || keyboard || !find_step (self, x, &step))
    return FALSE;
  values = describe_step (self, step);
  text = g_string_new (values);
  for (guint i = 0; i < self->marks->len; i++)
    {
      const Mark *mark = &g_array_index (self->marks, Mark, i);

      if (fabs (x_of_mark (self, &area, mark) - x_of (self, &area, step)) <= NEAR)
        g_string_append_printf (text, "\n%s", mark->text);
    }
  gtk_tooltip_set_text (tooltip, text->str);
  return TRUE;
}

static void
activate_step (SbPlot *self, guint step)
{
  gint64 from_us = self->start_us + self->step_us * step;

  g_signal_emit (self, signals[SIGNAL_ACTIVATED], 0, from_us, from_us + self->step_us);
}

static void
released_cb (SbPlot *self, int n_press, double x, double y)
{
  guint step;

  if (!self->compact && find_step (self, x, &step))
    activate_step (self, step);
}

/* The keyboard goes along the steps: the way of the arrow, whichever way the time goes. */
static void
go_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbPlot *self = SB_PLOT (widget);
  int back = g_variant_get_int32 (parameter) * (is_rtl (self) ? -1 : 1);
  g_autofree char *text = NULL;

  if (n_steps (self) == 0)
    return;
  self->cursor = CLAMP (self->cursor < 0 ? 0 : self->cursor + back, 0, (int) n_steps (self) - 1);
  text = describe_step (self, n_steps (self) - 1 - (guint) self->cursor);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
  gtk_widget_trigger_tooltip_query (widget);
  gtk_widget_queue_draw (widget);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbPlot *self = SB_PLOT (widget);

  if (has_cursor (self))
    activate_step (self, n_steps (self) - 1 - (guint) self->cursor);
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_plot_measure (GtkWidget *widget,
                 GtkOrientation orientation,
                 int for_size,
                 int *minimum,
                 int *natural,
                 int *minimum_baseline,
                 int *natural_baseline)
{
  gboolean compact = SB_PLOT (widget)->compact;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = compact ? 40 : 200;
      *natural = compact ? 72 : 480;
    }
  else
    *minimum = *natural = compact ? 32 : 200;
}

static void
sb_plot_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_COMPACT:
      SB_PLOT (object)->compact = g_value_get_boolean (value);
      gtk_widget_set_has_tooltip (GTK_WIDGET (object), !SB_PLOT (object)->compact);
      gtk_widget_set_focusable (GTK_WIDGET (object), !SB_PLOT (object)->compact);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sb_plot_finalize (GObject *object)
{
  g_array_unref (SB_PLOT (object)->lines);
  g_array_unref (SB_PLOT (object)->marks);

  G_OBJECT_CLASS (sb_plot_parent_class)->finalize (object);
}

static void
sb_plot_class_init (SbPlotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = sb_plot_finalize;
  object_class->set_property = sb_plot_set_property;
  widget_class->measure = sb_plot_measure;
  widget_class->snapshot = sb_plot_snapshot;
  widget_class->query_tooltip = sb_plot_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);

  properties[PROP_COMPACT] = g_param_spec_boolean ("compact", NULL, NULL, FALSE,
                                                   G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY |
                                                       G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_ACTIVATED] = g_signal_new ("activated", SB_TYPE_PLOT, G_SIGNAL_RUN_LAST, 0, NULL,
                                            NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);

  gtk_widget_class_install_action (widget_class, "plot.go", "i", go_action);
  gtk_widget_class_install_action (widget_class, "plot.open", NULL, open_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, 0, "plot.go", "i", 1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Right, 0, "plot.go", "i", -1);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, 0, "plot.open", NULL);
}

static void
sb_plot_init (SbPlot *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->max = 1;
  self->lines = g_array_new (FALSE, FALSE, sizeof (Line));
  g_array_set_clear_func (self->lines, line_clear);
  self->marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  g_array_set_clear_func (self->marks, mark_clear);
  self->cursor = -1;
  g_signal_connect_object (click, "released", G_CALLBACK (released_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

void
sb_plot_begin (SbPlot *self, gint64 start_us, gint64 step_us)
{
  g_return_if_fail (SB_IS_PLOT (self));

  g_array_set_size (self->lines, 0);
  g_array_set_size (self->marks, 0);
  self->start_us = start_us;
  self->step_us = step_us;
  self->max = 1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sb_plot_add (SbPlot *self, const char *name, const char *color, const double *values, guint n)
{
  Line line = { g_strdup (name), g_strdup (color), g_memdup2 (values, n * sizeof (double)), n };

  g_return_if_fail (SB_IS_PLOT (self));

  for (guint i = 0; i < n; i++)
    if (values[i] > self->max)
      self->max = self->compact ? values[i] : sb_drawing_round_up (values[i]);
  g_array_append_val (self->lines, line);
}

void
sb_plot_add_mark (SbPlot *self,
                  gint64 at_us,
                  const char *color,
                  SbPlotShape shape,
                  const char *text)
{
  Mark mark = { g_strdup (color), g_strdup (text), shape, at_us };

  g_return_if_fail (SB_IS_PLOT (self));

  if (n_steps (self) < 2 || at_us < self->start_us ||
      at_us > self->start_us + self->step_us * n_steps (self))
    mark_clear (&mark);
  else
    g_array_append_val (self->marks, mark);
}
