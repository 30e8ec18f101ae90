/* Dead letters by what they died of, counted while they come and go.  Writer thread, within the
 * open transaction; asking, any thread.
 *
 * A group is a row with its count, so that a million dead letters are told apart as quickly as ten.
 * Must stay true: every delivery that is dead is of the group that its row names, and counted there
 * and in the minute of its death; what nothing is counted in is gone.  So a dead letter leaves
 * before its row is changed, and enters afterwards. */
#include "store/sqlite/sqlite-store.h"

#include "store/dead-letter.h"

typedef struct
{
  gint64 route, dead, status, minute;
  gboolean was_replayed;
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
      "SELECT d.route, d.dead, d.last_status, d.changed_us, d.replays > 0, d.last_error_code,"
      " d.last_note, e.detail_type"
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
  cause->minute = statement_read_int (select) / SQLITE_MINUTE_US;
  cause->was_replayed = statement_read_int (select) != 0;
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
      "INSERT INTO dead_group (route, dead, status, error_code, message, detail_type, n, replayed)"
      " VALUES (?, ?, ?, ?, ?, ?, 1, ?)"
      " ON CONFLICT (route, dead, status, error_code, message, detail_type)"
      " DO UPDATE SET n = n + 1, replayed = replayed + excluded.replayed RETURNING id",
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
  statement_bind_int (insert, cause->was_replayed ? 1 : 0);
  if (!statement_step (insert, &has_row, "count a dead letter", error))
    return FALSE;
  *out_group = has_row ? statement_read_int (insert) : 0;
  return statement_check_row (insert, "group of dead letters", *out_group, error);
}

static gboolean
count_minute (SqliteStore *store, gint64 group, gint64 minute, GError **error)
{
  Statement *insert = database_prepare (store->writer,
                                        "INSERT INTO dead_minute (dead_group, minute, n)"
                                        " VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1",
                                        error);

  if (insert == NULL)
    return FALSE;
  statement_bind_int (insert, group);
  statement_bind_int (insert, minute);
  return statement_run (insert, "count a dead letter", error);
}

gboolean
sqlite_dead_enter (SqliteStore *store, gint64 id, GError **error)
{
  g_auto (Cause) cause = { 0 };
  gint64 group;
  Statement *update;

  if (!read_cause (store, id, &cause, error) || !count_in (store, &cause, &group, error) ||
      !count_minute (store, group, cause.minute, error))
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
                           "UPDATE dead_minute SET n = n - 1 WHERE (dead_group, minute) ="
                           " (SELECT dead_group, changed_us / 60000000 FROM delivery"
                           " WHERE id = ?)",
                           id, error) &&
         run_for_group_of (store,
                           "DELETE FROM dead_minute WHERE (dead_group, minute) ="
                           " (SELECT dead_group, changed_us / 60000000 FROM delivery"
                           " WHERE id = ?) AND n <= 0",
                           id, error) &&
         run_for_group_of (store,
                           "UPDATE dead_group SET n = n - 1, replayed = replayed -"
                           " (SELECT replays > 0 FROM delivery WHERE id = ?1)"
                           " WHERE id = (SELECT dead_group FROM delivery WHERE id = ?1)",
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

static const char groups_sql[] = "SELECT g.id, g.route, g.dead, g.error_code, g.status, g.message, "
                                 "g.detail_type, g.n, g.replayed,"
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
read_group (Reader *reader, Statement *row, GPtrArray *groups, gint64 *out_id, GError **error)
{
  StoredDeadGroup *group = g_new0 (StoredDeadGroup, 1);
  gint64 route;

  g_ptr_array_add (groups, group);
  *out_id = statement_read_int (row);
  route = statement_read_int (row);
  group->dead = (DeadReason) statement_read_int_between (row, DEAD_NOT, DEAD_N_REASONS - 1);
  group->error_code = g_strdup (statement_read_text (row));
  group->status = (int) statement_read_int_between (row, G_MININT, G_MAXINT);
  group->message = g_strdup (statement_read_text (row));
  group->detail_type = g_strdup (statement_read_text (row));
  group->n = statement_read_int (row);
  group->n_replayed = statement_read_int (row);
  group->first_us = statement_read_int (row);
  group->last_us = statement_read_int (row);
  group->sample = sqlite_delivery_key (statement_read_int (row));
  return statement_check_row (row, "dead letters of route", route, error) &&
         name_group (reader, route, group, error);
}

/* ids: of the groups, gint64, in their order; NULL: nobody asks. */
static GPtrArray *
read_groups (Reader *reader, GArray *ids, GError **error)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (
      (GDestroyNotify) stored_dead_group_free);
  g_autoptr (Statement) select = reader_prepare (reader, groups_sql, error);
  gboolean has_row;

  if (select == NULL)
    return NULL;
  while (TRUE)
    {
      gint64 id;

      if (!statement_step (select, &has_row, "group the dead letters", error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&groups);
      if (!read_group (reader, select, groups, &id, error))
        return NULL;
      if (ids != NULL)
        g_array_append_val (ids, id);
    }
}

gboolean
sqlite_dead_groups (Store *base, GPtrArray **out_groups, GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->searches, error);
  GPtrArray *groups = reader != NULL ? read_groups (reader, NULL, error) : NULL;

  if (groups == NULL)
    return FALSE;
  *out_groups = groups;
  return TRUE;
}

/* ---- When they died ---- */

static gboolean
read_minutes (Reader *reader,
              const GArray *ids,
              gint64 from_us,
              gint64 to_us,
              GArray *minutes,
              GError **error)
{
  g_autoptr (Statement) select = reader_prepare (reader,
                                                 "SELECT minute, n FROM dead_minute"
                                                 " WHERE dead_group = ? AND minute >= ?"
                                                 " AND minute < ? ORDER BY minute",
                                                 error);
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    {
      statement_bind_int (select, g_array_index (ids, gint64, i));
      statement_bind_int (select, from_us / SQLITE_MINUTE_US);
      statement_bind_int (select, to_us != 0 ? to_us / SQLITE_MINUTE_US : G_MAXINT64);
      while (TRUE)
        {
          StoredDeadMinute minute = { .group = i };

          if (!statement_step (select, &has_row, "count the dead letters by time", error))
            return FALSE;
          if (!has_row)
            break;
          minute.at_us = statement_read_int (select) * SQLITE_MINUTE_US;
          minute.n = statement_read_int (select);
          g_array_append_val (minutes, minute);
        }
      statement_reset (select);
    }
  return TRUE;
}

gboolean
sqlite_dead_minutes (Store *base,
                     gint64 from_us,
                     gint64 to_us,
                     GPtrArray **out_groups,
                     GArray **out_minutes,
                     GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->searches, error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) minutes = g_array_new (FALSE, FALSE, sizeof (StoredDeadMinute));
  g_autoptr (GPtrArray) groups = reader != NULL ? read_groups (reader, ids, error) : NULL;

  if (groups == NULL || !read_minutes (reader, ids, from_us, to_us, minutes, error))
    return FALSE;
  *out_groups = g_steal_pointer (&groups);
  *out_minutes = g_steal_pointer (&minutes);
  return TRUE;
}

/* ---- Which groups a question is about ---- */

/* Runs that are walked side by side; more are found more quickly by looking at each dead letter. */
#define MAX_CHOSEN 64

static gboolean
is_text (const char *wanted, const char *text)
{
  return wanted == NULL || g_str_equal (wanted, text);
}

static gboolean
has_fingerprint (const DeliveryQuery *query, const ReaderRoute *names, const Cause *cause)
{
  g_autofree char *fingerprint = NULL;

  if (query->fingerprint == NULL)
    return TRUE;
  fingerprint = dead_letter_fingerprint (names->connector, names->rule, (DeadReason) cause->dead,
                                         (int) cause->status, cause->error_code, cause->message);
  return g_str_equal (fingerprint, query->fingerprint);
}

static gboolean
is_chosen (const DeliveryQuery *query, const ReaderRoute *names, const Cause *cause)
{
  return is_text (query->connector, names->connector) && is_text (query->rule, names->rule) &&
         is_text (query->target, names->target) && is_text (query->error_code, cause->error_code) &&
         is_text (query->detail_type, cause->detail_type) &&
         store_status_fits (query->status, (int) cause->status) &&
         (query->dead == DEAD_NOT || (gint64) query->dead == cause->dead) &&
         has_fingerprint (query, names, cause);
}

static gboolean
asks_for_groups (const DeliveryQuery *query)
{
  return query->states == DELIVERY_STATE_BIT (DELIVERY_DEAD) &&
         query->order == DELIVERY_ORDER_NEWEST && query->operation == 0 &&
         (query->connector != NULL || query->rule != NULL || query->target != NULL ||
          query->error_code != NULL || query->detail_type != NULL || query->status != 0 ||
          query->dead != DEAD_NOT || query->fingerprint != NULL);
}

gboolean
sqlite_dead_choose (Reader *reader, const DeliveryQuery *query, GArray **out_groups, GError **error)
{
  g_autoptr (GArray) groups = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (Statement) select = NULL;
  gboolean has_row;

  *out_groups = NULL;
  if (!asks_for_groups (query))
    return TRUE;
  select = reader_prepare (reader,
                           "SELECT id, route, dead, status, error_code, message, detail_type"
                           " FROM dead_group",
                           error);
  if (select == NULL)
    return FALSE;
  while (TRUE)
    {
      Cause cause;
      ReaderRoute names;
      gint64 id;

      if (!statement_step (select, &has_row, "group the dead letters", error))
        return FALSE;
      if (!has_row)
        break;
      id = statement_read_int (select);
      cause.route = statement_read_int (select);
      cause.dead = statement_read_int (select);
      cause.status = statement_read_int (select);
      /* The row's own: they are looked at before the next step. */
      cause.error_code = (char *) statement_read_text (select);
      cause.message = (char *) statement_read_text (select);
      cause.detail_type = (char *) statement_read_text (select);
      if (!statement_check_row (select, "group of dead letters", id, error) ||
          !reader_get_route (reader, cause.route, &names, error))
        return FALSE;
      if (!is_chosen (query, &names, &cause))
        continue;
      g_array_append_val (groups, id);
      if (groups->len > MAX_CHOSEN)
        return TRUE;
    }
  *out_groups = g_steal_pointer (&groups);
  return TRUE;
}
