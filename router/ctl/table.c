/* table.c: see table.h.  Widths are those of the display, not of bytes or characters. */
#include "config.h"

#include "table.h"

#define GAP 2
#define NARROWEST 12 /* a column that may be cut keeps this much */

typedef struct
{
  OutputStyle style;
  char *text;
  guint width;
} Cell;

struct Table
{
  Output *output;
  const TableColumn *columns;
  guint n_columns;
  guint *widths;
  GArray *cells; /* Cell, of the rows not yet printed */
  guint n_rows;  /* printed */
  gboolean titled;
};

static void
cell_clear (gpointer cell)
{
  g_free (((Cell *) cell)->text);
}

Table *
table_new (Output *output, const TableColumn *columns)
{
  Table *self = g_new0 (Table, 1);

  self->output = output;
  self->columns = columns;
  while (columns[self->n_columns].title != NULL)
    self->n_columns++;
  self->widths = g_new (guint, self->n_columns);
  for (guint i = 0; i < self->n_columns; i++)
    self->widths[i] = output_width (columns[i].title);
  self->cells = g_array_new (FALSE, FALSE, sizeof (Cell));
  g_array_set_clear_func (self->cells, cell_clear);
  return self;
}

void
table_free (Table *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->cells);
  g_free (self->widths);
  g_free (self);
}

void
table_add (Table *self, OutputStyle style, const char *text)
{
  guint column = self->cells->len % self->n_columns;
  Cell cell = { .style = style, .text = output_escape (text, -1, FALSE) };

  cell.width = output_width (cell.text);
  self->widths[column] = MAX (self->widths[column], cell.width);
  g_array_append_val (self->cells, cell);
}

void
table_addf (Table *self, OutputStyle style, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  table_add (self, style, text);
}

/* Takes what the terminal lacks from the columns that may be cut, the widest first. */
static void
fit (Table *self, guint *widths)
{
  guint available = output_get_width (self->output);
  guint total = GAP * (self->n_columns - 1);

  for (guint i = 0; i < self->n_columns; i++)
    {
      widths[i] = self->widths[i];
      total += widths[i];
    }
  while (available > 0 && total > available)
    {
      guint widest = self->n_columns;

      for (guint i = 0; i < self->n_columns; i++)
        if (self->columns[i].cut && widths[i] > NARROWEST &&
            (widest == self->n_columns || widths[i] > widths[widest]))
          widest = i;
      if (widest == self->n_columns)
        return;
      widths[widest]--;
      total--;
    }
}

static void
print_cell (Table *self, guint column, guint width, OutputStyle style, const char *text)
{
  g_autofree char *cut = output_cut (text, MAX (width, 1));
  guint used = output_width (cut);
  guint padding = used < width ? width - used : 0;

  if (self->columns[column].right)
    output_spaces (self->output, padding);
  output_put (self->output, style, cut);
  if (column + 1 == self->n_columns)
    output_newline (self->output);
  else
    output_spaces (self->output, (self->columns[column].right ? 0 : padding) + GAP);
}

void
table_flush (Table *self)
{
  g_autofree guint *widths = g_new (guint, self->n_columns);

  if (self->cells->len == 0)
    return;
  fit (self, widths);
  if (!self->titled)
    for (guint i = 0; i < self->n_columns; i++)
      print_cell (self, i, widths[i], STYLE_FAINT, self->columns[i].title);
  self->titled = TRUE;
  for (guint i = 0; i < self->cells->len; i++)
    {
      const Cell *cell = &g_array_index (self->cells, Cell, i);

      print_cell (self, i % self->n_columns, widths[i % self->n_columns], cell->style, cell->text);
    }
  self->n_rows += self->cells->len / self->n_columns;
  g_array_set_size (self->cells, 0);
}

guint
table_get_n_rows (Table *self)
{
  return self->n_rows + self->cells->len / self->n_columns;
}
