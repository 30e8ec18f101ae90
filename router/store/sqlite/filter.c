/* SQL text and its values side by side, so that neither can be added without the other. */
#include "store/sqlite/filter.h"

typedef struct
{
  const char *text; /* NULL: number */
  gint64 number;
} Value;

Filter *
filter_new (const char *sql)
{
  Filter *filter = g_new0 (Filter, 1);

  filter->sql = g_string_new (sql);
  filter->values = g_array_new (FALSE, FALSE, sizeof (Value));
  return filter;
}

void
filter_free (Filter *filter)
{
  g_string_free (filter->sql, TRUE);
  g_array_unref (filter->values);
  g_free (filter);
}

void
filter_add (Filter *filter, const char *sql)
{
  g_string_append (filter->sql, sql);
}

void
filter_add_int (Filter *filter, const char *sql, gint64 value)
{
  const Value number = { NULL, value };

  filter_add (filter, sql);
  g_array_append_val (filter->values, number);
}

void
filter_add_text (Filter *filter, const char *sql, const char *text)
{
  const Value value = { text, 0 };

  if (text == NULL)
    return;
  filter_add (filter, sql);
  g_array_append_val (filter->values, value);
}

const char *
filter_get_sql (Filter *filter)
{
  return filter->sql->str;
}

void
filter_bind (Filter *filter, Statement *statement)
{
  for (guint i = 0; i < filter->values->len; i++)
    {
      const Value *value = &g_array_index (filter->values, Value, i);

      if (value->text != NULL)
        statement_bind_text (statement, value->text);
      else
        statement_bind_int (statement, value->number);
    }
}
