/* Dead letters by what they died of, counted while they come and go.  Writer thread, within the
 * open transaction; asking, any thread.
 *
 * A group is a row with its count, so that a million dead letters are told apart as quickly as ten.
 * Must stay true: every delivery that is dead is of the group that its row names, and counted
 * there; a group that nothing is counted in is gone. */
#include "store/sqlite/sqlite-store.h"

#include "store/dead-letter.h"

typedef struct
{
  gint64 route, dead, status;
  char *error_code, *message, *detail_type;
} Cause;

static void
cause_clear (Cause *cause)
{
  g_free (cause->error_code);
  g_free (cause->message);
  g_free (cause->detail_type);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cause, cause_clear)

static gboolean
read_cause (SqliteStore *store, gint64 id, Cause *cause, GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer,
      "SELECT d.route, d.dead, d.last_status, d.last_error_code, d.last_note, e.detail_type"
      " FROM delivery d JOIN event e ON e.seq = d.id >> 16 WHERE d.id = ?",
      error);
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, id);
  if (!statement_step (select, &has_row, "read a dead letter", error))
    return FALSE;
  if (!has_row)
    return database_damaged (store->writer, error,
                             "the event of delivery %" G_GINT64_FORMAT " is missing", id);
  cause->route = statement_read_int (select);
  cause->dead = statement_read_int (select);
  cause->status = statement_read_int (select);
  cause->error_code = g_strdup (statement_read_text (select));
  cause->message = dead_letter_message (statement_read_text (select));
  cause->detail_type = g_strdup (statement_read_text (select));
  return statement_check_row (select, "dead letter", id, error);
}

static gboolean
count_in (SqliteStore *store, const Cause *cause, gint64 *out_group, GError **error)
{
  g_autoptr (Statement) insert = database_prepare (
      store->writer,
      "INSERT INTO dead_group (route, dead, status, error_code, message, detail_type, n)"
      " VALUES (?, ?, ?, ?, ?, ?, 1)"
      " ON CONFLICT (route, dead, status, error_code, message, detail_type)"
      " DO UPDATE SET n = n + 1 RETURNING id",
      error);
  gboolean has_row;

  if (insert == NULL)
    return FALSE;
  statement_bind_int (insert, cause->route);
  statement_bind_int (insert, cause->dead);
  statement_bind_int (insert, cause->status);
  statement_bind_text (insert, cause->error_code);
  statement_bind_text (insert, cause->message);
  statement_bind_text (insert, cause->detail_type);
  if (!statement_step (insert, &has_row, "count a dead letter", error))
    return FALSE;
  *out_group = has_row ? statement_read_int (insert) : 0;
  return statement_check_row (insert, "group of dead letters", *out_group, error);
}

gboolean
sqlite_dead_enter (SqliteStore *store, gint64 id, GError **error)
{
  g_auto (Cause) cause = { 0 };
  gint64 group;
  Statement *update;

  if (!read_cause (store, id, &cause, error) || !count_in (store, &cause, &group, error))
    return FALSE;
  update = database_prepare (store->writer, "UPDATE delivery SET dead_group = ? WHERE id = ?",
                             error);
  if (update == NULL)
    return FALSE;
  statement_bind_int (update, group);
  statement_bind_int (update, id);
  return statement_run (update, "note a dead letter's group", error);
}

static gboolean
run_for_group_of (SqliteStore *store, const char *sql, gint64 id, GError **error)
{
  Statement *statement = database_prepare (store->writer, sql, error);

  if (statement == NULL)
    return FALSE;
  statement_bind_int (statement, id);
  return statement_run (statement, "count a dead letter", error);
}

gboolean
sqlite_dead_leave (SqliteStore *store, gint64 id, GError **error)
{
  return run_for_group_of (store,
                           "UPDATE dead_group SET n = n - 1"
                           " WHERE id = (SELECT dead_group FROM delivery WHERE id = ?)",
                           id, error) &&
         run_for_group_of (store,
                           "DELETE FROM dead_group"
                           " WHERE id = (SELECT dead_group FROM delivery WHERE id = ?) AND n <= 0",
                           id, error);
}

/* ---- Asking ---- */

/* The ends of a group are the ends of its run in the index. */
#define RUN_OF_GROUP                                                                               \
  " FROM delivery INDEXED BY delivery_dead WHERE state = 5 AND dead_group = g.id"                  \
  " ORDER BY changed_us "

static const char groups_sql[] =
    "SELECT g.route, g.dead, g.error_code, g.status, g.message, g.detail_type, g.n,"
    " (SELECT changed_us" RUN_OF_GROUP "LIMIT 1),"
    " (SELECT changed_us" RUN_OF_GROUP "DESC LIMIT 1),"
    " (SELECT id" RUN_OF_GROUP "DESC, id DESC LIMIT 1)"
    " FROM dead_group g";

static gboolean
name_group (Reader *reader, gint64 route, StoredDeadGroup *group, GError **error)
{
  ReaderRoute names;

  if (!reader_get_route (reader, route, &names, error))
    return FALSE;
  group->rule = g_strdup (names.rule);
  group->target = g_strdup (names.target);
  group->connector = g_strdup (names.connector);
  return TRUE;
}

static gboolean
read_group (Reader *reader, Statement *row, GPtrArray *groups, GError **error)
{
  StoredDeadGroup *group = g_new0 (StoredDeadGroup, 1);
  gint64 route;

  g_ptr_array_add (groups, group);
  route = statement_read_int (row);
  group->dead = (DeadReason) statement_read_int_between (row, DEAD_NOT, DEAD_N_REASONS - 1);
  group->error_code = g_strdup (statement_read_text (row));
  group->status = (int) statement_read_int_between (row, G_MININT, G_MAXINT);
  group->message = g_strdup (statement_read_text (row));
  group->detail_type = g_strdup (statement_read_text (row));
  group->n = statement_read_int (row);
  group->first_us = statement_read_int (row);
  group->last_us = statement_read_int (row);
  group->sample = sqlite_delivery_key (statement_read_int (row));
  return statement_check_row (row, "dead letters of route", route, error) &&
         name_group (reader, route, group, error);
}

gboolean
sqlite_dead_groups (Store *base, GPtrArray **out_groups, GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->searches, error);
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (
      (GDestroyNotify) stored_dead_group_free);
  g_autoptr (Statement) select = reader != NULL ? reader_prepare (reader, groups_sql, error) : NULL;
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  while (TRUE)
    {
      if (!statement_step (select, &has_row, "group the dead letters", error))
        return FALSE;
      if (!has_row)
        break;
      if (!read_group (reader, select, groups, error))
        return FALSE;
    }
  *out_groups = g_steal_pointer (&groups);
  return TRUE;
}
