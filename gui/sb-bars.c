#include "config.h"

#include "sb-bars.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sb-drawing.h"
#include "sb-widget.h"
#include "sb-words.h"

#define FOOT 18   /* below the bars: the times */
#define LEGEND 20 /* above them */
#define SIDE 40   /* beside them: the numbers */
#define GAP 1

/* Colours of the theme in the order of kinds; after the last one they begin anew.  The tooltip says
 * the numbers in words. */
static const char *const colors[] = { "red_3", "orange_3", "blue_3", "purple_3", "green_4" };

typedef struct
{
  char *name;
  double *counts;
} Kind;

struct _SbBars
{
  GtkWidget parent_instance;

  gboolean brush;
  GArray *kinds;
  gint64 start_us, step_us;
  guint n_steps;
  double max;

  gint64 from_us, to_us; /* chosen */
  double drag_start;     /* of a drag under way */
  guint drag_step;
};

enum
{
  PROP_BRUSH = 1,
  N_PROPS
};

enum
{
  SIGNAL_BRUSHED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbBars, sb_bars, GTK_TYPE_WIDGET)

static void
kind_clear (gpointer data)
{
  g_free (((Kind *) data)->name);
  g_free (((Kind *) data)->counts);
}

/* ---- Measures -------------------------------------------------------------------------------- */

static float
get_head (SbBars *self)
{
  return self->kinds->len > 1 ? LEGEND : 4;
}

static graphene_rect_t
get_area (SbBars *self)
{
  return sb_drawing_get_area (GTK_WIDGET (self), get_head (self), FOOT, SIDE);
}

/* Where step i begins; n_steps: where the last one ends. */
static float
x_of (SbBars *self, const graphene_rect_t *area, guint step)
{
  float part = self->n_steps > 0 ? (float) step / (float) self->n_steps : 0;

  return area->origin.x +
         (sb_drawing_is_rtl (GTK_WIDGET (self)) ? 1 - part : part) * area->size.width;
}

/* Beside the bars: the nearest step. */
static guint
find_step (SbBars *self, double x)
{
  graphene_rect_t area = get_area (self);
  double part = (x - (double) area.origin.x) / (double) area.size.width;

  if (sb_drawing_is_rtl (GTK_WIDGET (self)))
    part = 1 - part;
  return (guint) CLAMP (part * self->n_steps, 0, (double) MAX (self->n_steps, 1) - 1);
}

static guint
step_at (SbBars *self, gint64 at_us)
{
  gint64 step = self->step_us > 0 ? (at_us - self->start_us) / self->step_us : 0;

  return (guint) CLAMP (step, 0, (gint64) self->n_steps);
}

/* ---- Drawing --------------------------------------------------------------------------------- */

static GdkRGBA
look_up (SbBars *self, guint kind)
{
  return sb_drawing_look_up (GTK_WIDGET (self), self->kinds->len == 1
                                                    ? "accent_color"
                                                    : colors[kind % G_N_ELEMENTS (colors)]);
}

static void
draw_scale (SbBars *self, GtkSnapshot *snapshot, const graphene_rect_t *area)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gint64 end_us = self->start_us + self->step_us * self->n_steps;
  g_autofree char *start = sb_words_time (self->start_us, end_us);
  g_autofree char *end = sb_words_time (end_us, end_us);
  float bottom = area->origin.y + area->size.height;

  sb_drawing_line (widget, snapshot, area, area->origin.y);
  sb_drawing_line (widget, snapshot, area, bottom);
  sb_drawing_number (widget, snapshot, area, self->max, (double) area->origin.y + 3);
  sb_drawing_number (widget, snapshot, area, 0, (double) bottom - 2);
  sb_drawing_times (widget, snapshot, area, FOOT, start, end);
}

static void
draw_span (SbBars *self, GtkSnapshot *snapshot, const graphene_rect_t *area)
{
  float from = x_of (self, area, step_at (self, self->from_us));
  float to = x_of (self, area, step_at (self, self->to_us + self->step_us - 1));
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA color;

  if (self->from_us == 0 || !gtk_style_context_lookup_color (context, "accent_bg_color", &color))
    return;
  color.alpha = 0.2f;
  gtk_snapshot_append_color (
      snapshot, &color,
      &GRAPHENE_RECT_INIT (MIN (from, to), area->origin.y, fabsf (to - from), area->size.height));
}

static void
draw_bar (SbBars *self, GtkSnapshot *snapshot, const graphene_rect_t *area, guint step)
{
  float x = x_of (self, area, sb_drawing_is_rtl (GTK_WIDGET (self)) ? step + 1 : step);
  float width = area->size.width / (float) self->n_steps;
  float y = area->origin.y + area->size.height;

  width = width > 4 ? width - GAP : width;
  for (guint i = 0; i < self->kinds->len; i++)
    {
      const Kind *kind = &g_array_index (self->kinds, Kind, i);
      float height = (float) (kind->counts[step] / self->max) * area->size.height;
      GdkRGBA color = look_up (self, i);

      /* One of 40 000 is still seen. */
      if (kind->counts[step] > 0)
        height = MAX (height, 1.5f);
      if (height <= 0)
        continue;
      y -= height;
      gtk_snapshot_append_color (snapshot, &color, &GRAPHENE_RECT_INIT (x, y, width, height));
    }
}

static void
draw_legend (SbBars *self, GtkSnapshot *snapshot, const graphene_rect_t *area)
{
  double x = (double) area->origin.x;
  double end = x + (double) area->size.width;

  for (guint i = 0; i < self->kinds->len; i++)
    {
      const Kind *kind = &g_array_index (self->kinds, Kind, i);
      GdkRGBA color = look_up (self, i);
      int width = sb_drawing_get_width (GTK_WIDGET (self), kind->name);

      if (x + 15 + width > end && i > 0)
        break;
      gtk_snapshot_append_color (snapshot, &color,
                                 &GRAPHENE_RECT_INIT ((float) x, LEGEND / 2.0f - 7, 9, 9));
      sb_drawing_text (GTK_WIDGET (self), snapshot, kind->name, x + 15, LEGEND / 2.0 - 2.5, 0);
      x += width + 33;
    }
}

static void
sb_bars_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SbBars *self = SB_BARS (widget);
  graphene_rect_t area = get_area (self);

  if (self->n_steps == 0)
    return;
  draw_scale (self, snapshot, &area);
  draw_span (self, snapshot, &area);
  for (guint i = 0; i < self->n_steps; i++)
    draw_bar (self, snapshot, &area, i);
  if (self->kinds->len > 1)
    draw_legend (self, snapshot, &area);
}

/* ---- Pointing -------------------------------------------------------------------------------- */

static gboolean
sb_bars_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  SbBars *self = SB_BARS (widget);
  graphene_rect_t area = get_area (self);
  g_autoptr (GString) text = NULL;
  g_autofree char *from = NULL;
  gint64 at_us;
  guint step;

  if (keyboard || self->n_steps == 0 || (float) x < area.origin.x ||
      (float) x > area.origin.x + area.size.width)
    return FALSE;
  step = find_step (self, x);
  at_us = self->start_us + self->step_us * step;
  from = sb_words_time (at_us, self->start_us + self->step_us * self->n_steps);
  text = g_string_new (from);
  for (guint i = 0; i < self->kinds->len; i++)
    {
      const Kind *kind = &g_array_index (self->kinds, Kind, i);
      g_autofree char *count = sb_words_count ((gint64) kind->counts[step]);

      if (kind->counts[step] > 0)
        g_string_append_printf (text, "\n%s: %s", kind->name, count);
    }
  gtk_tooltip_set_text (tooltip, text->str);
  return TRUE;
}

static void
drag_begin_cb (SbBars *self, double x, double y)
{
  self->drag_start = x;
  self->drag_step = find_step (self, x);
}

static void
drag_update_cb (SbBars *self, double offset_x, double offset_y)
{
  guint step = find_step (self, self->drag_start + offset_x);
  guint first = MIN (step, self->drag_step), last = MAX (step, self->drag_step);

  if (self->n_steps == 0 || fabs (offset_x) < 4)
    return;
  sb_bars_set_span (self, self->start_us + self->step_us * first,
                    self->start_us + self->step_us * (last + 1));
}

/* A click chooses the step that it points at, or lets go of what is chosen. */
static void
drag_end_cb (SbBars *self, double offset_x, double offset_y)
{
  gint64 at_us = self->start_us + self->step_us * self->drag_step;

  if (self->n_steps == 0)
    return;
  if (fabs (offset_x) < 4 && self->from_us != 0)
    sb_bars_set_span (self, 0, 0);
  else if (fabs (offset_x) < 4)
    sb_bars_set_span (self, at_us, at_us + self->step_us);
  g_signal_emit (self, signals[SIGNAL_BRUSHED], 0, self->from_us, self->to_us);
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_bars_measure (GtkWidget *widget,
                 GtkOrientation orientation,
                 int for_size,
                 int *minimum,
                 int *natural,
                 int *minimum_baseline,
                 int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 160;
      *natural = 480;
    }
  else
    *minimum = *natural = 84;
}

static void
sb_bars_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_BRUSH:
      SB_BARS (object)->brush = g_value_get_boolean (value);
      if (SB_BARS (object)->brush)
        gtk_widget_set_cursor_from_name (GTK_WIDGET (object), "crosshair");
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sb_bars_constructed (GObject *object)
{
  SbBars *self = SB_BARS (object);
  GtkGesture *drag;

  G_OBJECT_CLASS (sb_bars_parent_class)->constructed (object);

  if (!self->brush)
    return;
  drag = gtk_gesture_drag_new ();
  g_signal_connect_object (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-update", G_CALLBACK (drag_update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-end", G_CALLBACK (drag_end_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}

static void
sb_bars_finalize (GObject *object)
{
  g_array_unref (SB_BARS (object)->kinds);

  G_OBJECT_CLASS (sb_bars_parent_class)->finalize (object);
}

static void
sb_bars_class_init (SbBarsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = sb_bars_constructed;
  object_class->finalize = sb_bars_finalize;
  object_class->set_property = sb_bars_set_property;
  widget_class->measure = sb_bars_measure;
  widget_class->snapshot = sb_bars_snapshot;
  widget_class->query_tooltip = sb_bars_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "bars");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);

  properties[PROP_BRUSH] = g_param_spec_boolean ("brush", NULL, NULL, FALSE,
                                                 G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY |
                                                     G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_BRUSHED] = g_signal_new ("brushed", SB_TYPE_BARS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);
}

static void
sb_bars_init (SbBars *self)
{
  self->max = 1;
  self->kinds = g_array_new (FALSE, FALSE, sizeof (Kind));
  g_array_set_clear_func (self->kinds, kind_clear);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

void
sb_bars_begin (SbBars *self, gint64 start_us, gint64 step_us, guint n_steps)
{
  g_return_if_fail (SB_IS_BARS (self));

  g_array_set_size (self->kinds, 0);
  self->start_us = start_us;
  self->step_us = step_us;
  self->n_steps = n_steps;
  self->max = 1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sb_bars_add (SbBars *self, const char *name, const double *counts)
{
  Kind kind = { g_strdup (name), g_memdup2 (counts, self->n_steps * sizeof (double)) };

  g_return_if_fail (SB_IS_BARS (self));

  g_array_append_val (self->kinds, kind);
  for (guint i = 0; i < self->n_steps; i++)
    {
      double sum = 0;

      for (guint j = 0; j < self->kinds->len; j++)
        sum += g_array_index (self->kinds, Kind, j).counts[i];
      if (sum > self->max)
        self->max = sb_drawing_round_up (sum);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sb_bars_set_span (SbBars *self, gint64 from_us, gint64 to_us)
{
  g_return_if_fail (SB_IS_BARS (self));

  self->from_us = from_us;
  self->to_us = to_us;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
