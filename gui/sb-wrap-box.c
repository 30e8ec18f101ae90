#include "config.h"

#include "sb-wrap-box.h"

#include "sb-widget.h"

#define GAP 6 /* between children, and between lines */

struct _SbWrapBox
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (SbWrapBox, sb_wrap_box, GTK_TYPE_WIDGET)

typedef struct
{
  GtkWidget *first;
  GtkWidget *end; /* the first child of the next line, or NULL */
  int width;
  int height;
} Line;

static GtkWidget *
next_shown (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static int
get_child_width (GtkWidget *child, int width)
{
  int min, nat;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &min, &nat, NULL, NULL);
  return MAX (min, MIN (nat, width));
}

static int
get_child_height (GtkWidget *child, int width)
{
  int height;

  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
  return height;
}

/* The line that begins with a child; one at least is in it. */
static Line
get_line (GtkWidget *first, int width)
{
  Line line = { first, first, 0, 0 };

  while (line.end != NULL)
    {
      int child_width = get_child_width (line.end, width);
      int with_gap = line.end == first ? child_width : line.width + GAP + child_width;

      if (line.end != first && with_gap > width)
        break;
      line.width = with_gap;
      line.height = MAX (line.height, get_child_height (line.end, child_width));
      line.end = next_shown (gtk_widget_get_next_sibling (line.end));
    }
  return line;
}

static int
get_height (SbWrapBox *self, int width)
{
  GtkWidget *child = next_shown (gtk_widget_get_first_child (GTK_WIDGET (self)));
  int height = 0;

  while (child != NULL)
    {
      Line line = get_line (child, width);

      height += line.height + (line.end != NULL ? GAP : 0);
      child = line.end;
    }
  return height;
}

static void
sb_wrap_box_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  GtkWidget *child = next_shown (gtk_widget_get_first_child (widget));

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = *natural = get_height (SB_WRAP_BOX (widget), for_size < 0 ? G_MAXINT : for_size);
      return;
    }
  for (; child != NULL; child = next_shown (gtk_widget_get_next_sibling (child)))
    {
      int min, nat;

      gtk_widget_measure (child, orientation, -1, &min, &nat, NULL, NULL);
      *minimum = MAX (*minimum, min);
      *natural += nat + (*natural > 0 ? GAP : 0);
    }
}

static void
allocate_line (const Line *line, int y, int width, gboolean rtl)
{
  int x = 0, spare = MAX (width - line->width, 0);

  for (GtkWidget *child = line->first; child != line->end;
       child = next_shown (gtk_widget_get_next_sibling (child)))
    {
      int child_width = get_child_width (child, width);
      GtkAllocation place = { 0, y, child_width, line->height };

      if (gtk_widget_get_halign (child) != GTK_ALIGN_START)
        {
          x += spare;
          spare = 0;
        }
      place.x = rtl ? width - x - child_width : x;
      gtk_widget_size_allocate (child, &place, -1);
      x += child_width + GAP;
    }
}

static void
sb_wrap_box_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child = next_shown (gtk_widget_get_first_child (widget));
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  for (int y = 0; child != NULL;)
    {
      Line line = get_line (child, width);

      allocate_line (&line, y, width, rtl);
      y += line.height + GAP;
      child = line.end;
    }
}

static GtkSizeRequestMode
sb_wrap_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
sb_wrap_box_dispose (GObject *object)
{
  sb_widget_unparent_children (GTK_WIDGET (object));

  G_OBJECT_CLASS (sb_wrap_box_parent_class)->dispose (object);
}

static void
sb_wrap_box_class_init (SbWrapBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_wrap_box_dispose;
  widget_class->measure = sb_wrap_box_measure;
  widget_class->size_allocate = sb_wrap_box_size_allocate;
  widget_class->get_request_mode = sb_wrap_box_get_request_mode;
}

static void
sb_wrap_box_init (SbWrapBox *self)
{
}
