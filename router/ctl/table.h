/* table.h: rows in aligned columns.
 *
 * Rows are kept until table_flush(), which aligns them; a later flush keeps at least the widths of
 * the one before, so that pages of one list look like one list.  One thread. */
#pragma once

#include "output.h"

G_BEGIN_DECLS

typedef struct
{
  const char *title;
  gboolean right; /* numbers */
  gboolean cut;   /* may be shortened when the terminal is too narrow */
} TableColumn;

typedef struct Table Table;

/* columns: ends with title NULL; static. */
Table *table_new (Output *output, const TableColumn *columns);
void table_free (Table *table);

/* The next cell, row by row.  The text is data: it is escaped and copied. */
void table_add (Table *table, OutputStyle style, const char *text);
void table_addf (Table *table, OutputStyle style, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Prints the titles (once) and the rows so far; nothing when there never was a row. */
void table_flush (Table *table);
guint table_get_n_rows (Table *table); /* ever added */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Table, table_free)

G_END_DECLS
