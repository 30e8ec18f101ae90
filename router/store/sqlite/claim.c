/* What a connector is owed, and what holds it.  Any thread.
 *
 * delivery_queue has a run for each connector and priority in the order of due times.  What is due
 * now is the beginning of each run, the most urgent run first; what comes later are the rests,
 * merged. */
#include "store/sqlite/find.h"
#include "store/sqlite/sqlite-store.h"

#include <string.h>

typedef struct
{
  Reader *reader;
  Ahead *ahead;
  const char *connector; /* interned */
  gint64 connector_id;
  gint64 now_us;
  gint64 end_id;            /* of what is durable */
  gboolean has_passed_over; /* what may yet be as it was */
} Question;

static const char due_sql[] = "SELECT due_us, id FROM delivery INDEXED BY delivery_queue"
                              " WHERE state <= 3 AND connector = ? AND priority = ? AND due_us <= ?"
                              " AND id < ? ORDER BY due_us, id";
static const char later_sql[] =
    "SELECT due_us, id FROM delivery INDEXED BY delivery_queue"
    " WHERE state <= 3 AND connector = ? AND priority = ? AND due_us > ?"
    " AND id < ? AND due_us < 9223372036854775807 ORDER BY due_us, id";

/* Appends the beginning of a run, without what is not durable yet. */
static gboolean
read_run (Question *question,
          const char *sql,
          guint priority,
          guint limit,
          GArray *out,
          GError **error)
{
  g_autoptr (Statement) select = reader_prepare (question->reader, sql, error);
  gboolean has_row, is_open;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, question->connector_id);
  statement_bind_int (select, priority);
  statement_bind_int (select, question->now_us);
  statement_bind_int (select, question->end_id);
  for (guint n = 0; n < limit;)
    {
      StoreDue due = { .connector = question->connector, .priority = priority };
      gint64 id;

      if (!statement_step (select, &has_row, "read what is due", error))
        return FALSE;
      if (!has_row)
        return TRUE;
      due.due_us = statement_read_int (select);
      id = statement_read_int (select);
      if (!statement_check_row (select, "delivery", id, error))
        return FALSE;
      if (ahead_has (question->ahead, id, &is_open))
        {
          question->has_passed_over |= is_open;
          continue;
        }
      due.key = sqlite_delivery_key (id);
      g_array_append_val (out, due);
      n++;
    }
  return TRUE;
}

static int
compare_due (gconstpointer a, gconstpointer b)
{
  const StoreDue *x = a, *y = b;

  if (x->due_us != y->due_us)
    return x->due_us < y->due_us ? -1 : 1;
  if (x->key.event_seq != y->key.event_seq)
    return x->key.event_seq < y->key.event_seq ? -1 : 1;
  return x->key.index < y->key.index ? -1 : x->key.index > y->key.index;
}

static gboolean
read_due (Question *question, guint limit, GArray *out, gboolean *out_has_more, GError **error)
{
  *out_has_more = FALSE;
  for (guint n = 0; n <= DELIVERY_MAX_PRIORITY && !*out_has_more; n++)
    {
      if (!read_run (question, due_sql, DELIVERY_MAX_PRIORITY - n, limit + 1 - out->len, out,
                     error))
        return FALSE;
      *out_has_more = out->len > limit;
    }
  if (*out_has_more)
    g_array_set_size (out, limit);
  return TRUE;
}

/* The first limit of what comes later, and when the next one does. */
static gboolean
read_later (Question *question, guint limit, GArray *out, gint64 *out_next_us, GError **error)
{
  for (guint priority = 0; priority <= DELIVERY_MAX_PRIORITY; priority++)
    if (!read_run (question, later_sql, priority, limit + 1, out, error))
      return FALSE;
  g_array_sort (out, compare_due);
  *out_next_us = DELIVERY_NEVER_US;
  if (out->len > limit)
    {
      *out_next_us = g_array_index (out, StoreDue, limit).due_us;
      g_array_set_size (out, limit);
    }
  return TRUE;
}

gboolean
sqlite_claim (Store *base,
              const char *connector,
              gint64 now_us,
              guint limit,
              StoreClaim *claim,
              GError **error)
{
  SqliteStore *store = (SqliteStore *) base;
  /* Whatever is not durable yet becomes known to who claims when it is. */
  gint64 end_id = (store->durable_seq + 1) << SCHEMA_INDEX_BITS;
  g_autoptr (Reader) reader = reader_take (store->lookups, error);
  Question question = {
    .reader = reader,
    .ahead = &store->ahead,
    .connector = g_intern_string (connector),
    .now_us = MIN (now_us, DELIVERY_NEVER_US - 1),
    .end_id = end_id,
  };
  g_autoptr (GArray) due = g_array_new (FALSE, FALSE, sizeof (StoreDue));
  g_autoptr (GArray) later = g_array_new (FALSE, FALSE, sizeof (StoreDue));
  gboolean has_more_due;
  gint64 next_us;

  if (reader == NULL || !reader_find_name (reader, connector, &question.connector_id, error) ||
      !read_due (&question, limit, due, &has_more_due, error) ||
      !read_later (&question, limit - due->len, later, &next_us, error))
    return FALSE;
  g_array_append_vals (claim->due, due->data, due->len);
  g_array_append_vals (claim->due, later->data, later->len);
  claim->has_more_due = has_more_due || question.has_passed_over;
  claim->next_us = next_us;
  return TRUE;
}

/* ---- Holds ---- */

static gboolean
read_hold (Reader *reader, Statement *row, GPtrArray *holds, GError **error)
{
  StoredHold *hold = g_new0 (StoredHold, 1);
  gint64 connector = statement_read_int (row);
  const char *name;

  g_ptr_array_add (holds, hold);
  hold->paused_us = statement_read_int (row);
  hold->paused_by = g_strdup (statement_read_text (row));
  hold->pause_reason = g_strdup (statement_read_text (row));
  hold->shut_us = statement_read_int (row);
  hold->shut_until_us = statement_read_int (row);
  hold->n_probes = (guint) statement_read_int_between (row, 0, G_MAXUINT);
  hold->shut_reason = g_strdup (statement_read_text (row));
  if (!statement_check_row (row, "hold of connector", connector, error) ||
      !reader_get_name (reader, connector, &name, error))
    return FALSE;
  hold->connector = g_strdup (name);
  return TRUE;
}

static int
compare_holds (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const StoredHold *const *) a)->connector,
                 (*(const StoredHold *const *) b)->connector);
}

gboolean
sqlite_holds (Store *base, GPtrArray **out_holds, GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->lookups, error);
  g_autoptr (Statement) select = NULL;
  g_autoptr (GPtrArray) holds = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_hold_free);
  gboolean has_row;

  if (reader == NULL)
    return FALSE;
  select = reader_prepare (reader,
                           "SELECT connector, paused_us, paused_by, pause_reason, shut_us,"
                           " shut_until_us, n_probes, shut_reason FROM hold",
                           error);
  if (select == NULL)
    return FALSE;
  while (TRUE)
    {
      if (!statement_step (select, &has_row, "read the holds", error))
        return FALSE;
      if (!has_row)
        break;
      if (!read_hold (reader, select, holds, error))
        return FALSE;
    }
  g_ptr_array_sort (holds, compare_holds);
  *out_holds = g_steal_pointer (&holds);
  return TRUE;
}
