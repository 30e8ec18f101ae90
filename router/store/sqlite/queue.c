/* Queues as rows.  The operations run on the writer thread within the open transaction; the two
 * questions at the end on any.
 *
 * What has to be looked at is kept small by the column turn: READY rows are in an index by order,
 * TIMED ones (delayed or in flight) in an index by time, and turn READY when that has passed, at
 * the next receive.  Of a group in a fifo queue only the head is READY or TIMED, with those that
 * were handed out beside it; the rest is BEHIND, in neither index, until what is before it is gone.
 * queue_size counts what there is, so that nobody has to. */
#include "store/sqlite/sqlite-store.h"

#include <string.h>

typedef enum
{
  TURN_READY = 0,
  TURN_TIMED = 1,
  TURN_BEHIND = 2,
} Turn;

/* Expired messages that one operation removes in passing. */
#define MAX_EXPIRED 100

#define MESSAGE_COLUMNS                                                                            \
  "id, uid, token, priority, sent_us, visible_us, first_received_us, n_received, grp, dedup,"      \
  " origin, content_type, attributes, body"

/* The row that is worked on, as far as it decides anything. */
typedef struct
{
  gint64 id, queue, visible_us;
  guint n_received;
  gint64 token;
  char *group;
} Place;

static void
place_clear (Place *place)
{
  g_clear_pointer (&place->group, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

/* ---- Small steps ---- */

/* Runs a statement with up to four numbers. */
static gboolean
run (SqliteStore *store,
     const char *sql,
     const gint64 *numbers,
     guint n_numbers,
     const char *doing,
     GError **error)
{
  Statement *statement = database_prepare (store->writer, sql, error);

  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < n_numbers; i++)
    statement_bind_int (statement, numbers[i]);
  return statement_run (statement, doing, error);
}

#define RUN(store, sql, doing, error, ...)                                                         \
  run (store, sql, (const gint64[]){ __VA_ARGS__ },                                                \
       G_N_ELEMENTS (((const gint64[]){ __VA_ARGS__ })), doing, error)

static gboolean
count_messages (SqliteStore *store, gint64 queue, gint64 n, GError **error)
{
  return RUN (store,
              "INSERT INTO queue_size VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
              "count a queue's messages", error, queue, n);
}

/* The one number of a query that gives one or none. */
static gboolean
get_group_number (SqliteStore *store,
                  const char *sql,
                  const Place *place,
                  gint64 last,
                  gint64 *out_number,
                  gboolean *out_found,
                  GError **error)
{
  g_autoptr (Statement) select = database_prepare (store->writer, sql, error);

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, place->queue);
  statement_bind_text (select, place->group);
  statement_bind_int (select, last);
  if (!statement_step (select, out_found, "look at a queue's group", error))
    return FALSE;
  *out_number = *out_found ? statement_read_int (select) : 0;
  return TRUE;
}

/* Something of a group is gone: what is first of it now has its turn, if it had none. */
static gboolean
promote (SqliteStore *store, const Place *place, GError **error)
{
  gboolean found;
  gint64 id;

  if (*place->group == '\0')
    return TRUE;
  if (!get_group_number (store,
                         "SELECT id FROM (SELECT id, turn FROM message"
                         " WHERE queue = ? AND grp = ? AND grp != '' AND id > ?"
                         " ORDER BY id LIMIT 1) WHERE turn = 2",
                         place, 0, &id, &found, error))
    return FALSE;
  return !found || RUN (store, "UPDATE message SET turn = 1 WHERE id = ?",
                        "turn to a group's next message", error, id);
}

static gboolean
remove_message (SqliteStore *store, const Place *place, GError **error)
{
  return RUN (store, "DELETE FROM message WHERE id = ?", "delete a message", error, place->id) &&
         count_messages (store, place->queue, -1, error) && promote (store, place, error);
}

/* out_found FALSE: there is none. */
static gboolean
read_place (Statement *select, Place *out_place, gboolean *out_found, GError **error)
{
  if (!statement_step (select, out_found, "look for a message", error))
    return FALSE;
  if (!*out_found)
    return TRUE;
  out_place->id = statement_read_int (select);
  out_place->queue = statement_read_int (select);
  out_place->visible_us = statement_read_int (select);
  out_place->n_received = (guint) statement_read_int_between (select, 0, G_MAXUINT);
  out_place->token = statement_read_int (select);
  out_place->group = g_strdup (statement_read_text (select));
  return statement_check_row (select, "message", out_place->id, error);
}

#define PLACE_COLUMNS "id, queue, visible_us, n_received, token, grp"

static gboolean
remove_expired (SqliteStore *store, gint64 queue, const QueueOp *op, GError **error)
{
  for (guint i = 0; i < MAX_EXPIRED; i++)
    {
      g_auto (Place) place = { 0 };
      gboolean found;

      {
        g_autoptr (Statement) select = database_prepare (
            store->writer,
            "SELECT " PLACE_COLUMNS " FROM message INDEXED BY message_sent"
            " WHERE queue = ? AND sent_us <= ? ORDER BY sent_us, id LIMIT 1",
            error);

        if (select == NULL)
          return FALSE;
        statement_bind_int (select, queue);
        statement_bind_int (select, op->now_us - op->rules.retention_us);
        if (!read_place (select, &place, &found, error))
          return FALSE;
      }
      if (!found)
        return TRUE;
      if (!remove_message (store, &place, error))
        return FALSE;
    }
  return TRUE;
}

/* ---- Send ---- */

static gboolean
find_dedup (SqliteStore *store,
            gint64 queue,
            const char *scope,
            QueueOp *op,
            gboolean *out_found,
            GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer,
      "SELECT message, uid FROM queue_dedup WHERE queue = ? AND scope = ? AND dedup = ?"
      " AND until_us > ?",
      error);

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, queue);
  statement_bind_text (select, scope);
  statement_bind_text (select, op->message->dedup);
  statement_bind_int (select, op->now_us);
  if (!statement_step (select, out_found, "look for a repeated message", error))
    return FALSE;
  if (*out_found)
    {
      op->out_result = QUEUE_DUPLICATE;
      op->out_id = statement_read_int (select);
      op->out_uid = g_strdup (statement_read_text (select));
    }
  return statement_check_row (select, "repeated message of queue", queue, error);
}

static gboolean
write_dedup (SqliteStore *store, gint64 queue, const char *scope, const QueueOp *op, GError **error)
{
  Statement *insert;

  if (!RUN (store,
            "DELETE FROM queue_dedup WHERE rowid IN (SELECT rowid FROM queue_dedup"
            " WHERE queue = ? AND until_us <= ? LIMIT 100)",
            "forget repeated messages", error, queue, op->now_us))
    return FALSE;
  insert = database_prepare (store->writer,
                             "INSERT OR REPLACE INTO queue_dedup (queue, scope, dedup, until_us,"
                             " message, uid) VALUES (?, ?, ?, ?, ?, ?)",
                             error);
  if (insert == NULL)
    return FALSE;
  statement_bind_int (insert, queue);
  statement_bind_text (insert, scope);
  statement_bind_text (insert, op->message->dedup);
  statement_bind_int (insert, op->now_us + QUEUE_DEDUP_US);
  statement_bind_int (insert, op->out_id);
  statement_bind_text (insert, op->out_uid);
  return statement_run (insert, "note a message's deduplication id", error);
}

static gboolean
has_group (SqliteStore *store, const Place *place, gboolean *out_found, GError **error)
{
  gint64 id;

  return get_group_number (store,
                           "SELECT id FROM message WHERE queue = ? AND grp = ? AND grp != ''"
                           " AND id < ? LIMIT 1",
                           place, place->id, &id, out_found, error);
}

static gboolean
write_message (SqliteStore *store, gint64 queue, QueueOp *op, GError **error)
{
  const QueueMessage *message = op->message;
  char nothing[] = "";
  char *group = message->group != NULL ? message->group : nothing;
  Place place = { .id = G_MAXINT64, .queue = queue, .group = group };
  gboolean is_behind = FALSE;
  Statement *insert;

  if (op->rules.fifo && *group != '\0' && !has_group (store, &place, &is_behind, error))
    return FALSE;
  insert = database_prepare (
      store->writer,
      "INSERT INTO message (queue, turn, uid, token, priority, sent_us, visible_us,"
      " first_received_us, n_received, grp, dedup, origin, content_type, attributes, body)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?)",
      error);
  if (insert == NULL)
    return FALSE;
  statement_bind_int (insert, queue);
  statement_bind_int (insert, is_behind                          ? TURN_BEHIND
                              : message->visible_us > op->now_us ? TURN_TIMED
                                                                 : TURN_READY);
  statement_bind_text (insert, message->uid);
  statement_bind_int (insert, message->token);
  statement_bind_int (insert, message->priority);
  statement_bind_int (insert, op->now_us);
  statement_bind_int (insert, message->visible_us);
  statement_bind_text (insert, group);
  statement_bind_text (insert, message->dedup);
  statement_bind_text (insert, message->origin);
  statement_bind_text (insert, message->content_type);
  statement_bind_text (insert, message->attributes);
  statement_bind_bytes_or_null (insert, message->body);
  if (!statement_run (insert, "send a message", error))
    return FALSE;
  op->out_id = sqlite3_last_insert_rowid (store->writer->handle);
  op->out_uid = g_strdup (message->uid);
  return count_messages (store, queue, 1, error);
}

static gboolean
send_message (SqliteStore *store, gint64 queue, QueueOp *op, GError **error)
{
  const char *dedup = op->message->dedup;
  const char *scope = op->rules.dedup_by_group && op->message->group ? op->message->group : "";
  gboolean is_repeated;

  if (!remove_expired (store, queue, op, error))
    return FALSE;
  if (!op->rules.fifo || dedup == NULL || *dedup == '\0')
    return write_message (store, queue, op, error);
  if (!find_dedup (store, queue, scope, op, &is_repeated, error))
    return FALSE;
  return is_repeated ||
         (write_message (store, queue, op, error) && write_dedup (store, queue, scope, op, error));
}

/* ---- Receive ---- */

static gboolean
get_queue_number (SqliteStore *store,
                  const char *sql,
                  gint64 queue,
                  gint64 now_us,
                  gint64 *out_number,
                  GError **error)
{
  g_autoptr (Statement) select = database_prepare (store->writer, sql, error);
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, queue);
  statement_bind_int (select, now_us);
  if (!statement_step (select, &has_row, "look at a queue", error))
    return FALSE;
  *out_number = has_row ? statement_read_int (select) : 0;
  return TRUE;
}

static gboolean
read_message (Statement *row, const char *queue, QueueMessage **out_message, GError **error)
{
  g_autoptr (QueueMessage) message = g_new0 (QueueMessage, 1);

  message->id = statement_read_int (row);
  message->queue = g_strdup (queue);
  message->uid = g_strdup (statement_read_text (row));
  message->token = statement_read_int (row);
  message->priority = (int) statement_read_int_between (row, G_MININT, G_MAXINT);
  message->sent_us = statement_read_int (row);
  message->visible_us = statement_read_int (row);
  message->first_received_us = statement_read_int (row);
  message->n_received = (guint) statement_read_int_between (row, 0, G_MAXUINT);
  message->group = g_strdup (statement_read_text (row));
  message->dedup = g_strdup (statement_read_text (row));
  message->origin = g_strdup (statement_read_text (row));
  message->content_type = g_strdup (statement_read_text (row));
  message->attributes = g_strdup (statement_read_text (row));
  message->body = statement_read_bytes_or_null (row);
  if (!statement_check_row (row, "message", message->id, error))
    return FALSE;
  if (message->body == NULL)
    message->body = g_bytes_new (NULL, 0);
  *out_message = g_steal_pointer (&message);
  return TRUE;
}

static gboolean
load_message (SqliteStore *store, gint64 id, QueueOp *op, GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer, "SELECT " MESSAGE_COLUMNS " FROM message WHERE id = ?", error);
  QueueMessage *message;
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, id);
  if (!statement_step (select, &has_row, "read a message", error))
    return FALSE;
  if (!has_row)
    return database_damaged (store->writer, error, "message %" G_GINT64_FORMAT " is missing", id);
  if (!read_message (select, op->queue, &message, error))
    return FALSE;
  g_ptr_array_add (op->out_messages, message);
  return TRUE;
}

/* To another queue: its turn there is as if it had been sent to it. */
static gboolean
move_message (SqliteStore *store,
              const Place *place,
              const char *to,
              const QueueOp *op,
              GError **error)
{
  g_autofree char *origin = g_strconcat ("queue/", op->queue, NULL);
  Place there = { .id = place->id, .group = place->group };
  gboolean is_behind = FALSE;
  Statement *update;

  if (!catalog_get_name (store->catalog, to, &there.queue, error) ||
      (op->rules.fifo && *place->group != '\0' && !has_group (store, &there, &is_behind, error)))
    return FALSE;
  update = database_prepare (store->writer,
                             "UPDATE message SET queue = ?, turn = ?, visible_us = ?, origin = ?,"
                             " first_received_us = 0, n_received = 0 WHERE id = ?",
                             error);
  if (update == NULL)
    return FALSE;
  statement_bind_int (update, there.queue);
  statement_bind_int (update, is_behind ? TURN_BEHIND : TURN_READY);
  statement_bind_int (update, op->now_us);
  statement_bind_text (update, origin);
  statement_bind_int (update, place->id);
  return statement_run (update, "move a message", error) &&
         count_messages (store, place->queue, -1, error) &&
         count_messages (store, there.queue, 1, error) && promote (store, place, error);
}

static gboolean
take (SqliteStore *store, const Place *place, QueueOp *op, GError **error)
{
  if (op->rules.max_receives > 0 && place->n_received >= op->rules.max_receives)
    return move_message (store, place, op->rules.redrive_to, op, error);
  return RUN (store,
              "UPDATE message SET turn = 1, n_received = n_received + 1, visible_us = ?1,"
              " first_received_us = iif (first_received_us = 0, ?2, first_received_us)"
              " WHERE id = ?3",
              "receive a message", error, op->now_us + op->visibility_us, op->now_us, place->id) &&
         load_message (store, place->id, op, error);
}

/* Where to go on: behind (priority, id). */
static gboolean
next_ready (SqliteStore *store,
            gint64 queue,
            gint64 *priority,
            gint64 after,
            Place *out_place,
            gboolean *out_found,
            GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer,
      "SELECT " PLACE_COLUMNS ", -order_by FROM message INDEXED BY message_ready"
      " WHERE turn = 0 AND queue = ? AND (order_by, id) > (?, ?) ORDER BY order_by, id LIMIT 1",
      error);

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, queue);
  statement_bind_int (select, -*priority);
  statement_bind_int (select, after);
  if (!read_place (select, out_place, out_found, error))
    return FALSE;
  if (*out_found)
    *priority = statement_read_int (select);
  return TRUE;
}

static gboolean
is_group_free (SqliteStore *store,
               const Place *head,
               gint64 now_us,
               gboolean *out_free,
               GError **error)
{
  gboolean found, has_earlier;
  gint64 id;

  if (!get_group_number (store,
                         "SELECT id FROM message INDEXED BY message_group_out WHERE queue = ?"
                         " AND grp = ? AND grp != '' AND n_received > 0 AND visible_us > ? LIMIT 1",
                         head, now_us, &id, &found, error) ||
      !has_group (store, head, &has_earlier, error))
    return FALSE;
  *out_free = !found && !has_earlier;
  return TRUE;
}

static gboolean
next_of_group (SqliteStore *store, Place *place, gboolean *out_found, GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer,
      "SELECT " PLACE_COLUMNS " FROM message WHERE queue = ? AND grp = ? AND grp != '' AND id > ?"
      " ORDER BY id LIMIT 1",
      error);
  g_auto (Place) next = { 0 };

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, place->queue);
  statement_bind_text (select, place->group);
  statement_bind_int (select, place->id);
  if (!read_place (select, &next, out_found, error))
    return FALSE;
  statement_reset (g_steal_pointer (&select));
  if (*out_found)
    {
      place_clear (place);
      *place = next;
      next.group = NULL;
    }
  return TRUE;
}

static gboolean
take_group (SqliteStore *store, const Place *head, QueueOp *op, GError **error)
{
  g_auto (Place) place = *head;
  gboolean is_free, found = TRUE;

  place.group = g_strdup (head->group);
  if (!is_group_free (store, head, op->now_us, &is_free, error))
    return FALSE;
  if (!is_free)
    return TRUE;
  while (found && op->out_messages->len < op->limit && place.visible_us <= op->now_us)
    if (!take (store, &place, op, error) || !next_of_group (store, &place, &found, error))
      return FALSE;
  return TRUE;
}

static gboolean
take_turns (SqliteStore *store, gint64 queue, QueueOp *op, GError **error)
{
  gint64 priority = G_MAXINT, after = 0;
  gboolean found = TRUE;

  while (op->out_messages->len < op->limit)
    {
      g_auto (Place) place = { 0 };

      if (!next_ready (store, queue, &priority, after, &place, &found, error))
        return FALSE;
      if (!found)
        return TRUE;
      after = place.id;
      if (!(op->rules.fifo ? take_group (store, &place, op, error)
                           : take (store, &place, op, error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
receive (SqliteStore *store, gint64 queue, QueueOp *op, GError **error)
{
  gint64 in_flight = 0;

  if (!remove_expired (store, queue, op, error) ||
      !RUN (store,
            "UPDATE message INDEXED BY message_timed SET turn = 0"
            " WHERE turn = 1 AND queue = ? AND visible_us <= ?",
            "turn to messages whose time has come", error, queue, op->now_us))
    return FALSE;
  if (op->rules.max_in_flight > 0 &&
      !get_queue_number (store,
                         "SELECT count (*) FROM message INDEXED BY message_timed"
                         " WHERE turn = 1 AND queue = ? AND visible_us > ? AND n_received > 0",
                         queue, op->now_us, &in_flight, error))
    return FALSE;
  if (op->rules.max_in_flight > 0 && in_flight >= op->rules.max_in_flight)
    op->out_result = QUEUE_OVER_LIMIT;
  else if (!take_turns (store, queue, op, error))
    return FALSE;
  return op->out_messages->len > 0 ||
         get_queue_number (store,
                           "SELECT coalesce (min (visible_us), 0) FROM"
                           " (SELECT * FROM (SELECT visible_us FROM message WHERE turn = 1"
                           "   AND queue = ?1 AND visible_us > ?2 ORDER BY visible_us LIMIT 1)"
                           "  UNION ALL"
                           "  SELECT * FROM (SELECT visible_us FROM message WHERE turn = 2"
                           "   AND queue = ?1 AND visible_us > ?2 ORDER BY visible_us LIMIT 1))",
                           queue, op->now_us, &op->out_next_us, error);
}

/* ---- By receipt ---- */

static gboolean
find_receipt (SqliteStore *store,
              const QueueOp *op,
              Place *out_place,
              gboolean *out_found,
              GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer, "SELECT " PLACE_COLUMNS " FROM message WHERE id = ?", error);

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, op->receipt.id);
  return read_place (select, out_place, out_found, error);
}

/* In a fifo queue, and to extend, only the last receipt counts, and only while it lasts. */
static QueueResult
judge_receipt (gint64 queue, const Place *place, const QueueOp *op)
{
  if (place->queue != queue || place->token != op->receipt.token ||
      op->receipt.n > place->n_received)
    return QUEUE_NO_RECEIPT;
  if ((op->rules.fifo || op->kind == QUEUE_EXTEND) &&
      (op->receipt.n != place->n_received || place->visible_us <= op->now_us))
    return QUEUE_STALE_RECEIPT;
  return QUEUE_OK;
}

static gboolean
use_receipt (SqliteStore *store, gint64 queue, QueueOp *op, GError **error)
{
  g_auto (Place) place = { 0 };
  gboolean found;

  if (!find_receipt (store, op, &place, &found, error))
    return FALSE;
  if (!found)
    {
      if (op->kind == QUEUE_EXTEND)
        op->out_result = QUEUE_STALE_RECEIPT;
      return TRUE;
    }
  op->out_result = judge_receipt (queue, &place, op);
  if (op->out_result != QUEUE_OK)
    return TRUE;
  op->out_n = 1;
  if (op->kind == QUEUE_DELETE)
    return remove_message (store, &place, error);
  return RUN (store, "UPDATE message SET turn = 1, visible_us = ? WHERE id = ?",
              "extend a message's time", error, op->now_us + op->visibility_us, place.id);
}

/* ---- All of a queue ---- */

static gboolean
purge (SqliteStore *store, gint64 queue, QueueOp *op, GError **error)
{
  if (!RUN (store, "DELETE FROM message WHERE queue = ?", "purge a queue", error, queue))
    return FALSE;
  op->out_n = (guint) sqlite3_changes (store->writer->handle);
  return count_messages (store, queue, -(gint64) op->out_n, error);
}

typedef struct
{
  Place place;
  char *to;
} Move;

static void
move_free (gpointer data)
{
  Move *move = data;

  place_clear (&move->place);
  g_free (move->to);
  g_free (move);
}

/* The moves of one redrive, decided before the first is made. */
static GPtrArray *
find_moves (SqliteStore *store, gint64 queue, const QueueOp *op, GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer,
      "SELECT " PLACE_COLUMNS ", origin FROM message INDEXED BY message_place WHERE queue = ?"
      " AND (n_received = 0 OR visible_us <= ?) ORDER BY id",
      error);
  g_autoptr (GPtrArray) moves = g_ptr_array_new_with_free_func (move_free);

  if (select == NULL)
    return NULL;
  statement_bind_int (select, queue);
  statement_bind_int (select, op->now_us);
  while (moves->len < op->limit)
    {
      Place place = { 0 };
      const char *origin;
      gboolean found;
      Move *move;

      if (!read_place (select, &place, &found, error))
        return NULL;
      if (!found)
        break;
      origin = statement_read_text (select);
      if (op->to == NULL && !g_str_has_prefix (origin, "queue/"))
        {
          place_clear (&place);
          continue;
        }
      move = g_new (Move, 1);
      *move = (Move){ place, g_strdup (op->to != NULL ? op->to : origin + strlen ("queue/")) };
      g_ptr_array_add (moves, move);
    }
  return g_steal_pointer (&moves);
}

/* As if sent anew: a new number, never given before, puts it at the end of the other queue. */
static gboolean
send_again (SqliteStore *store, Move *move, const QueueOp *op, GError **error)
{
  gint64 last;

  if (!database_get_number (store->writer, "SELECT seq FROM sqlite_sequence WHERE name = 'message'",
                            &last, error) ||
      !RUN (store, "UPDATE sqlite_sequence SET seq = ? WHERE name = 'message'", "move a message",
            error, last + 1) ||
      !RUN (store, "UPDATE message SET id = ?, sent_us = ? WHERE id = ?", "move a message", error,
            last + 1, op->now_us, move->place.id))
    return FALSE;
  move->place.id = last + 1;
  return move_message (store, &move->place, move->to, op, error);
}

static gboolean
redrive (SqliteStore *store, gint64 queue, QueueOp *op, GError **error)
{
  g_autoptr (GPtrArray) moves = find_moves (store, queue, op, error);

  if (moves == NULL)
    return FALSE;
  for (guint i = 0; i < moves->len; i++)
    if (!send_again (store, moves->pdata[i], op, error))
      return FALSE;
  op->out_n = moves->len;
  return TRUE;
}

gboolean
sqlite_queue (SqliteStore *store, QueueOp *op, GError **error)
{
  gint64 queue;

  queue_op_reset (op);
  if (!catalog_get_name (store->catalog, op->queue, &queue, error))
    return FALSE;
  switch (op->kind)
    {
    case QUEUE_SEND:
      return send_message (store, queue, op, error);
    case QUEUE_RECEIVE:
      return receive (store, queue, op, error);
    case QUEUE_DELETE:
    case QUEUE_EXTEND:
      return use_receipt (store, queue, op, error);
    case QUEUE_PURGE:
      return purge (store, queue, op, error);
    case QUEUE_REDRIVE:
      return redrive (store, queue, op, error);
    }
  g_return_val_if_reached (FALSE);
}

/* ---- Questions ---- */

gboolean
sqlite_find_messages (Store *base,
                      const char *queue,
                      gint64 *after,
                      guint limit,
                      GPtrArray **out_messages,
                      GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->searches, error);
  g_autoptr (Statement) select = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (
      (GDestroyNotify) queue_message_free);
  gboolean has_row = TRUE;

  if (reader == NULL)
    return FALSE;
  select = reader_prepare (reader,
                           "SELECT " MESSAGE_COLUMNS " FROM message INDEXED BY message_place"
                           " WHERE queue = (SELECT id FROM name WHERE text = ?) AND id > ?"
                           " ORDER BY id LIMIT ?",
                           error);
  if (select == NULL)
    return FALSE;
  statement_bind_text (select, queue);
  statement_bind_int (select, *after);
  statement_bind_int (select, limit);
  while (TRUE)
    {
      QueueMessage *message;

      if (!statement_step (select, &has_row, "read a queue's messages", error))
        return FALSE;
      if (!has_row)
        break;
      if (!read_message (select, queue, &message, error))
        return FALSE;
      g_ptr_array_add (messages, message);
    }
  if (messages->len > 0)
    *after = ((QueueMessage *) messages->pdata[messages->len - 1])->id;
  *out_messages = g_steal_pointer (&messages);
  return TRUE;
}

gboolean
sqlite_queue_depth (Store *base,
                    const char *queue,
                    gint64 now_us,
                    QueueDepth *out_depth,
                    GError **error)
{
  g_autoptr (Reader) reader = reader_take (((SqliteStore *) base)->searches, error);
  g_autoptr (Statement) select = NULL;
  gboolean has_row;
  gint64 n;

  if (reader == NULL)
    return FALSE;
  select = reader_prepare (
      reader,
      "SELECT coalesce ((SELECT n FROM queue_size WHERE queue = q.id), 0),"
      " (SELECT count (*) FROM message WHERE turn = 1 AND queue = q.id AND visible_us > ?1"
      "  AND n_received > 0),"
      " (SELECT count (*) FROM message WHERE turn = 1 AND queue = q.id AND visible_us > ?1"
      "  AND n_received = 0)"
      " + (SELECT count (*) FROM message WHERE turn = 2 AND queue = q.id AND visible_us > ?1),"
      " coalesce ((SELECT sent_us FROM message WHERE queue = q.id ORDER BY sent_us LIMIT 1), 0)"
      " FROM name q WHERE q.text = ?2",
      error);
  if (select == NULL)
    return FALSE;
  statement_bind_int (select, now_us);
  statement_bind_text (select, queue);
  if (!statement_step (select, &has_row, "read a queue's depth", error))
    return FALSE;
  *out_depth = (QueueDepth){ 0 };
  if (!has_row)
    return TRUE;
  n = statement_read_int (select);
  out_depth->in_flight = statement_read_int (select);
  out_depth->delayed = statement_read_int (select);
  out_depth->oldest_us = statement_read_int (select);
  out_depth->visible = n - out_depth->in_flight - out_depth->delayed;
  return statement_check_row (select, "depth of queue", 0, error);
}
