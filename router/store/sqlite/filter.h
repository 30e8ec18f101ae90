/* filter.h: the text of a question with the values that it was asked with, put together as one. */
#pragma once

#include "store/sqlite/database.h"

G_BEGIN_DECLS

typedef struct
{
  GString *sql;
  GArray *values; /* for the question marks, in order */
} Filter;

/* The values' texts must outlive the filter. */
Filter *filter_new (const char *sql);
void filter_free (Filter *filter);

void filter_add (Filter *filter, const char *sql);
void filter_add_int (Filter *filter, const char *sql, gint64 value);
/* Adds nothing when text is NULL. */
void filter_add_text (Filter *filter, const char *sql, const char *text);

/* The filter's own. */
const char *filter_get_sql (Filter *filter);
void filter_bind (Filter *filter, Statement *statement);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Filter, filter_free)

G_END_DECLS
