/* Queues: what every engine must do, and that all of them do the same. */
#include "support/store-samples.h"

#include <string.h>

#define S G_TIME_SPAN_SECOND
#define NOW SAMPLE_TIME_US

typedef struct
{
  char *folder;
  Store *store;
  gint64 now_us;
  QueueRules rules;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer name)
{
  const StoreEngine *engine = store_engine_by_name (name);
  g_autoptr (GError) error = NULL;

  fixture->folder = sample_folder_new ();
  fixture->store = engine->open (fixture->folder, &error);
  g_assert_no_error (error);
  fixture->now_us = NOW;
  fixture->rules = (QueueRules){ .retention_us = 1000 * S };
}

static void
tear_down (Fixture *fixture, gconstpointer name)
{
  store_close (fixture->store);
  sample_folder_free (fixture->folder);
}

/* The item is freed with the array. */
static QueueOp *
commit (Fixture *fixture, QueueOp *op, GPtrArray *items)
{
  Batch batch = { .items = items };
  g_autoptr (GError) error = NULL;

  queue_rules_copy (&fixture->rules, &op->rules);
  g_ptr_array_set_size (items, 0);
  g_ptr_array_add (items, batch_item_new_queue (op));
  fixture->store->engine->commit (fixture->store, &batch, &error);
  g_assert_no_error (error);
  return op;
}

static GPtrArray *
items_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) batch_item_free);
}

static QueueOp *
send_op (Fixture *fixture, const char *queue, const char *uid, int priority, gint64 delay_us)
{
  QueueOp *op = queue_op_new (QUEUE_SEND, queue, fixture->now_us);

  op->message = g_new0 (QueueMessage, 1);
  op->message->uid = g_strdup (uid);
  op->message->token = (gint64) g_str_hash (uid) << 31;
  op->message->priority = priority;
  op->message->visible_us = fixture->now_us + delay_us;
  op->message->body = g_bytes_new (uid, strlen (uid));
  return op;
}

static void
send (Fixture *fixture, const char *uid)
{
  g_autoptr (GPtrArray) items = items_new ();

  commit (fixture, send_op (fixture, "q", uid, 0, 0), items);
}

/* uid up to its digit is the group: "a1", "a2", "b1" */
static QueueResult
send_to_group (Fixture *fixture, const char *uid, const char *dedup)
{
  g_autoptr (GPtrArray) items = items_new ();
  QueueOp *op = send_op (fixture, "q", uid, 0, 0);

  op->message->group = g_strndup (uid, 1);
  op->message->dedup = g_strdup (dedup);
  return commit (fixture, op, items)->out_result;
}

/* "a/1 b/2": uids with how often they were received; receipts are added to out. */
static char *
receive_from (Fixture *fixture,
              const char *queue,
              guint limit,
              gint64 visibility_us,
              GPtrArray *out)
{
  g_autoptr (GPtrArray) items = items_new ();
  QueueOp *op = queue_op_new (QUEUE_RECEIVE, queue, fixture->now_us);
  GString *text = g_string_new (NULL);

  op->limit = limit;
  op->visibility_us = visibility_us;
  commit (fixture, op, items);
  for (guint i = 0; i < op->out_messages->len; i++)
    {
      const QueueMessage *message = op->out_messages->pdata[i];

      g_string_append_printf (text, "%s%s/%u", i > 0 ? " " : "", message->uid, message->n_received);
      g_assert_cmpmem (message->uid, strlen (message->uid), g_bytes_get_data (message->body, NULL),
                       g_bytes_get_size (message->body));
      if (out != NULL)
        g_ptr_array_add (out, queue_receipt_format (message));
    }
  return g_string_free (text, FALSE);
}

static void
assert_receives (Fixture *fixture, guint limit, GPtrArray *out, const char *expected)
{
  g_autofree char *text = receive_from (fixture, "q", limit, 30 * S, out);

  g_assert_cmpstr (text, ==, expected);
}

static QueueResult
use (Fixture *fixture, QueueOpKind kind, const char *receipt, gint64 visibility_us)
{
  g_autoptr (GPtrArray) items = items_new ();
  QueueOp *op = queue_op_new (kind, "q", fixture->now_us);

  op->visibility_us = visibility_us;
  g_assert_true (queue_receipt_parse (receipt, &op->receipt));
  return commit (fixture, op, items)->out_result;
}

static void
assert_depth (Fixture *fixture, const char *queue, gint64 visible, gint64 in_flight, gint64 delayed)
{
  QueueDepth depth;
  g_autoptr (GError) error = NULL;

  fixture->store->engine->queue_depth (fixture->store, queue, fixture->now_us, &depth, &error);
  g_assert_no_error (error);
  g_assert_cmpint (depth.visible, ==, visible);
  g_assert_cmpint (depth.in_flight, ==, in_flight);
  g_assert_cmpint (depth.delayed, ==, delayed);
}

static GPtrArray *
receipts_new (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

/* ---- A life ---- */

static void
test_life (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GPtrArray) receipts = receipts_new ();

  assert_depth (fixture, "q", 0, 0, 0);
  assert_receives (fixture, 10, NULL, "");
  send (fixture, "a");
  send (fixture, "b");
  send (fixture, "c");
  assert_depth (fixture, "q", 3, 0, 0);
  assert_receives (fixture, 2, receipts, "a/1 b/1");
  assert_receives (fixture, 2, NULL, "c/1");
  assert_receives (fixture, 2, NULL, "");
  assert_depth (fixture, "q", 0, 3, 0);

  g_assert_cmpint (use (fixture, QUEUE_DELETE, receipts->pdata[0], 0), ==, QUEUE_OK);
  g_assert_cmpint (use (fixture, QUEUE_DELETE, receipts->pdata[0], 0), ==, QUEUE_OK);
  fixture->now_us += 30 * S - 1;
  assert_receives (fixture, 10, NULL, "");
  fixture->now_us += 1;
  assert_depth (fixture, "q", 2, 0, 0);
  assert_receives (fixture, 10, NULL, "b/2 c/2");
  /* An older receipt will do where order does not matter. */
  g_assert_cmpint (use (fixture, QUEUE_DELETE, receipts->pdata[1], 0), ==, QUEUE_OK);
  assert_depth (fixture, "q", 0, 1, 0);
}

static void
test_delay_and_priority (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GPtrArray) items = items_new ();

  commit (fixture, send_op (fixture, "q", "later", 9, 5 * S), items);
  commit (fixture, send_op (fixture, "q", "low", -1, 0), items);
  commit (fixture, send_op (fixture, "q", "high", 3, 0), items);
  commit (fixture, send_op (fixture, "q", "high too", 3, 0), items);
  assert_depth (fixture, "q", 3, 0, 1);
  assert_receives (fixture, 10, NULL, "high/1 high too/1 low/1");
  fixture->now_us += 5 * S;
  assert_receives (fixture, 10, NULL, "later/1");
}

static void
test_next (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GPtrArray) items = items_new ();
  QueueOp *op;

  commit (fixture, send_op (fixture, "q", "a", 0, 5 * S), items);
  commit (fixture, send_op (fixture, "q", "b", 0, 3 * S), items);
  op = queue_op_new (QUEUE_RECEIVE, "q", fixture->now_us);
  op->limit = 1;
  g_assert_cmpint (commit (fixture, op, items)->out_next_us, ==, fixture->now_us + 3 * S);
  op = queue_op_new (QUEUE_RECEIVE, "other", fixture->now_us);
  op->limit = 1;
  g_assert_cmpint (commit (fixture, op, items)->out_next_us, ==, 0);
}

static void
test_extend (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GPtrArray) receipts = receipts_new ();

  send (fixture, "a");
  assert_receives (fixture, 1, receipts, "a/1");
  g_assert_cmpint (use (fixture, QUEUE_EXTEND, receipts->pdata[0], 100 * S), ==, QUEUE_OK);
  fixture->now_us += 99 * S;
  assert_receives (fixture, 1, NULL, "");
  g_assert_cmpint (use (fixture, QUEUE_EXTEND, receipts->pdata[0], 0), ==, QUEUE_OK);
  assert_receives (fixture, 1, receipts, "a/2");
  g_assert_cmpint (use (fixture, QUEUE_EXTEND, receipts->pdata[0], 9 * S), ==, QUEUE_STALE_RECEIPT);
  fixture->now_us += 30 * S;
  g_assert_cmpint (use (fixture, QUEUE_EXTEND, receipts->pdata[1], 9 * S), ==, QUEUE_STALE_RECEIPT);
  g_assert_cmpint (use (fixture, QUEUE_DELETE, receipts->pdata[1], 0), ==, QUEUE_OK);
  g_assert_cmpint (use (fixture, QUEUE_EXTEND, receipts->pdata[1], 9 * S), ==, QUEUE_STALE_RECEIPT);
}

static void
test_receipts (Fixture *fixture, gconstpointer name)
{
  static const char *const wrong[] = { "",
                                       "1",
                                       "1.1",
                                       "1.1.1",
                                       "0.1.0000000000000000",
                                       "1.0.0000000000000000",
                                       "-1.1.0000000000000000",
                                       "1.1.000000000000000g",
                                       "1.1.0000000000000000.1" };
  g_autoptr (GPtrArray) receipts = receipts_new ();
  QueueReceipt receipt;
  char *text;

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (queue_receipt_parse (wrong[i], &receipt));
  send (fixture, "a");
  assert_receives (fixture, 1, receipts, "a/1");
  text = receipts->pdata[0];
  text[strlen (text) - 1] ^= 1;
  g_assert_cmpint (use (fixture, QUEUE_DELETE, text, 0), ==, QUEUE_NO_RECEIPT);
  text[strlen (text) - 1] ^= 1;
  text[2] = '2';
  g_assert_cmpint (use (fixture, QUEUE_DELETE, text, 0), ==, QUEUE_NO_RECEIPT);
  assert_depth (fixture, "q", 0, 1, 0);
}

static void
test_retention (Fixture *fixture, gconstpointer name)
{
  send (fixture, "a");
  fixture->now_us += 999 * S;
  send (fixture, "b");
  fixture->now_us += 1 * S;
  assert_receives (fixture, 10, NULL, "b/1");
  assert_depth (fixture, "q", 0, 1, 0);
}

static void
test_in_flight_limit (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GPtrArray) items = items_new ();
  QueueOp *op = queue_op_new (QUEUE_RECEIVE, "q", fixture->now_us);

  fixture->rules.max_in_flight = 2;
  for (guint i = 0; i < 3; i++)
    send (fixture, "x");
  assert_receives (fixture, 2, NULL, "x/1 x/1");
  op->limit = 1;
  g_assert_cmpint (commit (fixture, op, items)->out_result, ==, QUEUE_OVER_LIMIT);
  fixture->now_us += 30 * S;
  assert_receives (fixture, 1, NULL, "x/2");
}

/* ---- Dead-letter queues ---- */

static guint
redrive (Fixture *fixture, const char *from, const char *to)
{
  g_autoptr (GPtrArray) items = items_new ();
  QueueOp *op = queue_op_new (QUEUE_REDRIVE, from, fixture->now_us);

  op->limit = 100;
  op->to = g_strdup (to);
  return commit (fixture, op, items)->out_n;
}

static void
test_redrive (Fixture *fixture, gconstpointer name)
{
  g_autofree char *dead = NULL;
  g_autofree char *elsewhere = NULL;
  g_autoptr (GPtrArray) messages = NULL;
  gint64 after = 0;
  const QueueMessage *message;

  fixture->rules.max_receives = 2;
  fixture->rules.redrive_to = (char *) "dlq";
  send (fixture, "a");
  fixture->now_us += 30 * S;
  send (fixture, "b");
  for (guint i = 1; i <= 2; i++)
    {
      g_autofree char *expected = g_strdup_printf ("a/%u b/%u", i, i);

      assert_receives (fixture, 10, NULL, expected);
      fixture->now_us += 30 * S;
    }
  assert_receives (fixture, 10, NULL, "");
  assert_depth (fixture, "q", 0, 0, 0);
  assert_depth (fixture, "dlq", 2, 0, 0);
  fixture->store->engine->find_messages (fixture->store, "dlq", &after, 1, &messages, NULL);
  g_assert_cmpuint (messages->len, ==, 1);
  message = messages->pdata[0];
  g_assert_cmpstr (message->uid, ==, "a");
  g_assert_cmpstr (message->origin, ==, "queue/q");
  g_assert_cmpint (message->sent_us, ==, NOW);
  g_assert_cmpint (after, ==, message->id);

  fixture->rules.max_receives = 0;
  dead = receive_from (fixture, "dlq", 1, 10 * S, NULL);
  g_assert_cmpstr (dead, ==, "a/1");
  g_assert_cmpuint (redrive (fixture, "dlq", NULL), ==, 1);
  assert_receives (fixture, 10, NULL, "b/1");
  fixture->now_us += 10 * S;
  g_assert_cmpuint (redrive (fixture, "dlq", "elsewhere"), ==, 1);
  elsewhere = receive_from (fixture, "elsewhere", 10, 10 * S, NULL);
  g_assert_cmpstr (elsewhere, ==, "a/1");
  assert_depth (fixture, "dlq", 0, 0, 0);
  assert_depth (fixture, "q", 0, 1, 0);
  /* What never came from a queue stays where it is unless somebody says where to. */
  g_assert_cmpuint (redrive (fixture, "q", NULL), ==, 0);
}

static void
test_purge (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GPtrArray) items = items_new ();

  send (fixture, "a");
  send (fixture, "b");
  assert_receives (fixture, 1, NULL, "a/1");
  commit (fixture, send_op (fixture, "q", "c", 0, 5 * S), items);
  commit (fixture, send_op (fixture, "other", "d", 0, 0), items);
  g_assert_cmpuint (
      commit (fixture, queue_op_new (QUEUE_PURGE, "q", fixture->now_us), items)->out_n, ==, 3);
  assert_depth (fixture, "q", 0, 0, 0);
  assert_depth (fixture, "other", 1, 0, 0);
}

/* ---- FIFO ---- */

static void
test_fifo (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GPtrArray) receipts = receipts_new ();

  fixture->rules.fifo = TRUE;
  send_to_group (fixture, "a1", "");
  send_to_group (fixture, "b1", "");
  send_to_group (fixture, "a2", "");
  send_to_group (fixture, "a3", "");
  assert_receives (fixture, 2, receipts, "a1/1 a2/1");
  /* Nothing more of group a until both are gone, in whatever order. */
  assert_receives (fixture, 10, receipts, "b1/1");
  assert_receives (fixture, 10, receipts, "");
  g_assert_cmpint (use (fixture, QUEUE_DELETE, receipts->pdata[1], 0), ==, QUEUE_OK);
  assert_receives (fixture, 10, receipts, "");
  g_assert_cmpint (use (fixture, QUEUE_DELETE, receipts->pdata[0], 0), ==, QUEUE_OK);
  assert_receives (fixture, 10, receipts, "a3/1");
  /* Given back: it comes again, and before what was sent later. */
  send_to_group (fixture, "a4", "");
  g_assert_cmpint (use (fixture, QUEUE_EXTEND, receipts->pdata[3], 0), ==, QUEUE_OK);
  assert_receives (fixture, 10, receipts, "a3/2 a4/1");
  g_assert_cmpint (use (fixture, QUEUE_DELETE, receipts->pdata[3], 0), ==, QUEUE_STALE_RECEIPT);
  fixture->now_us += 30 * S;
  g_assert_cmpint (use (fixture, QUEUE_DELETE, receipts->pdata[4], 0), ==, QUEUE_STALE_RECEIPT);
  assert_receives (fixture, 10, receipts, "b1/2 a3/3 a4/2");
}

static void
test_fifo_redrive (Fixture *fixture, gconstpointer name)
{
  fixture->rules.fifo = TRUE;
  fixture->rules.max_receives = 1;
  fixture->rules.redrive_to = (char *) "dlq";
  send_to_group (fixture, "a1", "");
  send_to_group (fixture, "a2", "");
  assert_receives (fixture, 1, NULL, "a1/1");
  fixture->now_us += 30 * S;
  assert_receives (fixture, 1, NULL, "a2/1");
  assert_depth (fixture, "dlq", 1, 0, 0);
}

static void
test_dedup (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GPtrArray) receipts = receipts_new ();

  fixture->rules.fifo = TRUE;
  g_assert_cmpint (send_to_group (fixture, "a1", "one"), ==, QUEUE_OK);
  g_assert_cmpint (send_to_group (fixture, "a2", "one"), ==, QUEUE_DUPLICATE);
  g_assert_cmpint (send_to_group (fixture, "b1", "one"), ==, QUEUE_DUPLICATE);
  assert_receives (fixture, 10, receipts, "a1/1");
  use (fixture, QUEUE_DELETE, receipts->pdata[0], 0);
  fixture->now_us += QUEUE_DEDUP_US - 1;
  g_assert_cmpint (send_to_group (fixture, "a3", "one"), ==, QUEUE_DUPLICATE);
  fixture->now_us += 1;
  g_assert_cmpint (send_to_group (fixture, "a3", "one"), ==, QUEUE_OK);
  fixture->rules.dedup_by_group = TRUE;
  g_assert_cmpint (send_to_group (fixture, "a4", "two"), ==, QUEUE_OK);
  g_assert_cmpint (send_to_group (fixture, "b1", "two"), ==, QUEUE_OK);
  g_assert_cmpint (send_to_group (fixture, "b2", "two"), ==, QUEUE_DUPLICATE);
  assert_depth (fixture, "q", 3, 0, 0);
}

/* ---- With a settlement ---- */

static void
test_settlement (Fixture *fixture, gconstpointer name)
{
  const DeliveryKey key = { 1, 1 };
  BatchItem *item = sample_settle (key, 1, NOW, DELIVERY_DEAD);
  BatchItem *late = sample_settle (key, 2, NOW + 5, DELIVERY_DONE);

  sample_commit_one (fixture->store, sample_append (1, NOW, 1));
  item->settlement.dead = DEAD_REFUSED;
  item->settlement.send = send_op (fixture, "q", "dead", 0, 0);
  late->settlement.send = send_op (fixture, "q", "too late", 0, 0);
  sample_commit_one (fixture->store, item);
  sample_commit_one (fixture->store, late);
  assert_receives (fixture, 10, NULL, "dead/1");
}

/* ---- All engines say the same ---- */

static const char *const queues[] = { "q", "dlq" };

static QueueOp *
random_op (GRand *rand, Fixture *fixture, GPtrArray *receipts, guint step)
{
  const char *queue = queues[g_rand_int_range (rand, 0, 5) == 0];
  g_autofree char *uid = g_strdup_printf ("m%u", step);
  int choice = g_rand_int_range (rand, 0, 100);
  QueueOp *op;

  if (choice < 40)
    {
      op = send_op (fixture, queue, uid, fixture->rules.fifo ? 0 : g_rand_int_range (rand, 0, 3),
                    g_rand_int_range (rand, 0, 4) == 0 ? 20 * S : 0);
      op->message->group = g_strdup_printf ("g%d", g_rand_int_range (rand, 0, 4));
      op->message->dedup = g_strdup_printf ("d%d", g_rand_int_range (rand, 0, 60));
      return op;
    }
  if (choice < 70 || receipts->len == 0)
    {
      op = queue_op_new (QUEUE_RECEIVE, queue, fixture->now_us);
      op->limit = (guint) g_rand_int_range (rand, 1, 5);
      op->visibility_us = g_rand_int_range (rand, 0, 40) * S;
      return op;
    }
  if (choice < 97)
    {
      op = queue_op_new (choice < 88 ? QUEUE_DELETE : QUEUE_EXTEND, queue, fixture->now_us);
      op->visibility_us = g_rand_int_range (rand, 0, 40) * S;
      queue_receipt_parse (receipts->pdata[g_rand_int_range (
                               rand, MAX (0, (int) receipts->len - 30), (int) receipts->len)],
                           &op->receipt);
      return op;
    }
  op = queue_op_new (choice == 97 && g_rand_int_range (rand, 0, 10) == 0 ? QUEUE_PURGE
                                                                         : QUEUE_REDRIVE,
                     "dlq", fixture->now_us);
  op->limit = (guint) g_rand_int_range (rand, 1, 6);
  return op;
}

static char *
op_text (const QueueOp *op)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%d on %s: %d id %" G_GINT64_FORMAT " uid %s n %u next %" G_GINT64_FORMAT,
                   op->kind, op->queue, op->out_result, op->out_id,
                   op->out_uid != NULL ? op->out_uid : "", op->out_n, op->out_next_us);
  for (guint i = 0; op->out_messages != NULL && i < op->out_messages->len; i++)
    {
      const QueueMessage *m = op->out_messages->pdata[i];

      g_string_append_printf (text, "\n  %" G_GINT64_FORMAT " %s %s/%s %u %" G_GINT64_FORMAT, m->id,
                              m->uid, m->group, m->dedup, m->n_received, m->visible_us);
    }
  return g_string_free (text, FALSE);
}

static char *
dump (Fixture *fixture)
{
  GString *text = g_string_new (NULL);

  for (guint q = 0; q < G_N_ELEMENTS (queues); q++)
    {
      g_autoptr (GPtrArray) messages = NULL;
      QueueDepth depth;
      gint64 after = 0;

      fixture->store->engine->queue_depth (fixture->store, queues[q], fixture->now_us, &depth,
                                           NULL);
      g_string_append_printf (text, "%s %d %d %d %" G_GINT64_FORMAT "\n", queues[q],
                              (int) depth.visible, (int) depth.in_flight, (int) depth.delayed,
                              depth.oldest_us);
      fixture->store->engine->find_messages (fixture->store, queues[q], &after, 1000, &messages,
                                             NULL);
      for (guint i = 0; i < messages->len; i++)
        {
          const QueueMessage *m = messages->pdata[i];

          g_string_append_printf (text,
                                  "  %" G_GINT64_FORMAT " %s %d %s %s %s %u %" G_GINT64_FORMAT
                                  " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
                                  m->id, m->uid, m->priority, m->group, m->dedup, m->origin,
                                  m->n_received, m->sent_us, m->visible_us, m->first_received_us);
        }
    }
  return g_string_free (text, FALSE);
}

static void
run_random (guint32 seed, gboolean fifo)
{
  static const char *const engines[] = { "memory", "sqlite" };
  Fixture of[2] = { 0 };
  g_autoptr (GPtrArray) receipts = receipts_new ();

  for (guint e = 0; e < 2; e++)
    {
      set_up (&of[e], engines[e]);
      of[e].rules = (QueueRules){ .fifo = fifo,
                                  .retention_us = 300 * S,
                                  .max_receives = 3,
                                  .redrive_to = (char *) "dlq",
                                  .max_in_flight = 12 };
    }
  for (guint step = 0; step < 400; step++)
    {
      g_autofree char *said = NULL;
      g_autofree char *dumped = NULL;

      for (guint e = 0; e < 2; e++)
        {
          g_autoptr (GRand) rand = g_rand_new_with_seed (seed * 1000 + step);
          g_autoptr (GPtrArray) items = items_new ();
          g_autofree char *text = NULL;
          g_autofree char *state = NULL;
          QueueOp *op;

          of[e].now_us += g_rand_int_range (rand, 0, 8) * S;
          op = commit (&of[e], random_op (rand, &of[e], receipts, step), items);
          text = op_text (op);
          state = dump (&of[e]);
          if (e == 1)
            {
              g_assert_cmpstr (text, ==, said);
              g_assert_cmpstr (state, ==, dumped);
              for (guint i = 0; op->out_messages != NULL && i < op->out_messages->len; i++)
                g_ptr_array_add (receipts, queue_receipt_format (op->out_messages->pdata[i]));
            }
          else
            {
              said = g_steal_pointer (&text);
              dumped = g_steal_pointer (&state);
            }
        }
    }
  for (guint e = 0; e < 2; e++)
    tear_down (&of[e], NULL);
}

static void
test_random (void)
{
  for (guint32 seed = 1; seed <= 4; seed++)
    {
      g_test_message ("seed %u", seed);
      run_random (seed, FALSE);
      run_random (seed, TRUE);
    }
}

int
main (int argc, char *argv[])
{
  static const char *const engines[] = { "memory", "sqlite" };
  static const struct
  {
    const char *name;
    void (*run) (Fixture *, gconstpointer);
  } cases[] = {
    { "life", test_life },
    { "delay-and-priority", test_delay_and_priority },
    { "next", test_next },
    { "extend", test_extend },
    { "receipts", test_receipts },
    { "retention", test_retention },
    { "in-flight-limit", test_in_flight_limit },
    { "redrive", test_redrive },
    { "purge", test_purge },
    { "fifo", test_fifo },
    { "fifo-redrive", test_fifo_redrive },
    { "dedup", test_dedup },
    { "settlement", test_settlement },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint e = 0; e < G_N_ELEMENTS (engines); e++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_autofree char *path = g_strdup_printf ("/store/queue/%s/%s", engines[e], cases[i].name);

        g_test_add (path, Fixture, engines[e], set_up, cases[i].run, tear_down);
      }
  g_test_add_func ("/store/queue/random", test_random);
  return g_test_run ();
}
