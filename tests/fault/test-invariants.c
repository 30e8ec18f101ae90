/* The checker sees what it is there to see: each invariant is broken on purpose, and must be named;
 * and a history in which all is well is found to be well. */
#include "support/evidence.h"

#include <string.h>
#include <unistd.h>

#define NOW_US G_GINT64_CONSTANT (1795251600000000)
#define EVENT "00000000-0000-7000-8000-000000000001"
#define DELIVERY EVENT "-1"
#define BODY "{\"paid\": true}"

static const char content[] =
    "{\"webhook/chat.json\":\"{\\\"Url\\\":\\\"http://127.0.0.1:9/\\\"}\","
    "\"rule/default/paid.json\":\"{\\\"EventPattern\\\":{\\\"detail\\\":{\\\"paid\\\":[true]}},"
    "\\\"Targets\\\":[{\\\"Id\\\":\\\"chat\\\",\\\"Arn\\\":\\\"webhook/chat\\\"}]}\"}";

typedef struct
{
  Store *store;
  Evidence *evidence;
  DeliveryKey key;
  StoreEngine engine; /* memory's, with a ledger that can lie */
} Fixture;

static void
commit_one (Fixture *fixture, BatchItem *item)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  Batch batch = { items };

  g_ptr_array_add (items, item);
  fixture->store->engine->commit (fixture->store, &batch, &error);
  g_assert_no_error (error);
}

static void
append (Fixture *fixture, const char *id, const char *body, guint n_deliveries)
{
  g_autoptr (BatchItem) item = batch_item_new_append (1);
  AppendEvent *event = &item->append.events[0];
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

  event->event = event_new (&(Event){ .id = (char *) id,
                                      .bus = (char *) "default",
                                      .ingress = (char *) "api",
                                      .source = (char *) "shop",
                                      .detail_type = (char *) "Order",
                                      .time_us = NOW_US,
                                      .received_us = NOW_US,
                                      .resources = (char *) "[]",
                                      .content_type = (char *) "application/json",
                                      .body = bytes,
                                      .generation = 1 });
  event->matched = g_new0 (char *, 2);
  event->matched[0] = n_deliveries > 0 ? g_strdup ("default/paid") : NULL;
  event->n_deliveries = n_deliveries;
  event->deliveries = g_new0 (NewDelivery, MAX (n_deliveries, 1));
  for (guint i = 0; i < n_deliveries; i++)
    event->deliveries[i] = (NewDelivery){ g_strdup ("default/paid"), g_strdup ("chat"),
                                          g_strdup ("webhook/chat"), NOW_US };
  commit_one (fixture, item);
  fixture->key = (DeliveryKey){ event->out_seq, 1 };
}

static void
settle (Fixture *fixture, guint attempt, DeliveryState state, OutcomeKind kind, int status)
{
  g_autoptr (BatchItem) item = batch_item_new_settle ();
  JournalEntry *entry = g_new0 (JournalEntry, 1);

  entry->kind = JOURNAL_ATTEMPT;
  entry->attempt = attempt;
  entry->at_us = NOW_US + attempt;
  entry->outcome = (Outcome){ kind, status, NULL, -1, g_strdup (""), NULL };
  entry->actor = g_strdup ("");
  entry->reason = g_strdup ("");
  item->settlement = (Settlement){ fixture->key, entry, state, NOW_US + 1000,
                                   state == DELIVERY_DEAD ? DEAD_REFUSED : DEAD_NOT };
  commit_one (fixture, item);
}

static void
operate (Fixture *fixture, JournalKind kind)
{
  g_autoptr (BatchItem) item = batch_item_new_operate (1);
  JournalEntry *entry = g_new0 (JournalEntry, 1);

  entry->kind = kind;
  entry->at_us = NOW_US + 100;
  entry->actor = g_strdup ("tester");
  entry->reason = g_strdup ("");
  item->operate.actions[0] = (OperatorAction){ .key = fixture->key, .entry = entry };
  commit_one (fixture, item);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->store = store_engine_memory.open (NULL, NULL);
  fixture->evidence = evidence_new ();
  evidence_generation (fixture->evidence, 1, content);
  evidence_watch (fixture->evidence, "webhook/chat");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fixture->store->engine = &store_engine_memory;
  store_close (fixture->store);
  evidence_free (fixture->evidence);
}

/* An event as it should be, acknowledged; and its delivery, delivered at the second attempt. */
static void
live_well (Fixture *fixture)
{
  append (fixture, EVENT, BODY, 1);
  evidence_acknowledged (fixture->evidence, EVENT, BODY, strlen (BODY));
  evidence_request (fixture->evidence, DELIVERY, 1, 503);
  settle (fixture, 1, DELIVERY_WAITING, OUTCOME_RETRY, 503);
  evidence_request (fixture->evidence, DELIVERY, 2, 200);
  settle (fixture, 2, DELIVERY_DONE, OUTCOME_DELIVERED, 200);
}

/* Something is found, and all of it begins so. */
static void
assert_found (Fixture *fixture, gboolean is_over, const char *prefix)
{
  g_autoptr (GPtrArray) found = evidence_check (fixture->evidence, fixture->store, is_over);

  g_assert_cmpuint (found->len, >, 0);
  for (guint i = 0; i < found->len; i++)
    {
      g_test_message ("%s", (char *) found->pdata[i]);
      g_assert_true (g_str_has_prefix (found->pdata[i], prefix));
    }
}

static void
assert_well (Fixture *fixture)
{
  g_autoptr (GPtrArray) found = evidence_check (fixture->evidence, fixture->store, TRUE);

  for (guint i = 0; i < found->len; i++)
    g_test_message ("%s", (char *) found->pdata[i]);
  g_assert_cmpuint (found->len, ==, 0);
}

/* ---- All is well ---- */

static void
test_well (Fixture *fixture, gconstpointer data)
{
  live_well (fixture);
  append (fixture, "00000000-0000-7000-8000-000000000002", "{\"paid\": false}", 0);
  assert_well (fixture);
}

/* The target took it and the router was killed before it knew: asked again, once. */
static void
test_well_crash (Fixture *fixture, gconstpointer data)
{
  live_well (fixture);
  evidence_request (fixture->evidence, DELIVERY, 2, 200);
  evidence_crash (fixture->evidence, 1);
  assert_well (fixture);
}

static void
test_well_operated (Fixture *fixture, gconstpointer data)
{
  append (fixture, EVENT, BODY, 1);
  evidence_request (fixture->evidence, DELIVERY, 1, 404);
  settle (fixture, 1, DELIVERY_DEAD, OUTCOME_REFUSED, 404);
  operate (fixture, JOURNAL_DISCARD);
  assert_well (fixture);
  operate (fixture, JOURNAL_REPLAY);
  evidence_request (fixture->evidence, DELIVERY, 2, 200);
  settle (fixture, 2, DELIVERY_DONE, OUTCOME_DELIVERED, 200);
  assert_well (fixture);
}

/* ---- Each invariant broken ---- */

static void
test_l1_lost (Fixture *fixture, gconstpointer data)
{
  live_well (fixture);
  evidence_acknowledged (fixture->evidence, "00000000-0000-7000-8000-000000000009", "{}", 2);
  assert_found (fixture, TRUE, "L1: ");
}

static void
test_l1_body (Fixture *fixture, gconstpointer data)
{
  live_well (fixture);
  evidence_acknowledged (fixture->evidence, EVENT, "{\"paid\":true}", strlen (BODY) - 1);
  assert_found (fixture, TRUE, "L1: ");
}

static void
test_l2_missing (Fixture *fixture, gconstpointer data)
{
  append (fixture, EVENT, BODY, 0);
  assert_found (fixture, TRUE, "L2: ");
}

static void
test_l2_extra (Fixture *fixture, gconstpointer data)
{
  append (fixture, EVENT, "{\"paid\": 1}", 1);
  assert_found (fixture, FALSE, "L2: ");
}

static void
test_l2_twice (Fixture *fixture, gconstpointer data)
{
  append (fixture, EVENT, BODY, 2);
  assert_found (fixture, FALSE, "L2: ");
}

static void
test_l3_unsettled (Fixture *fixture, gconstpointer data)
{
  append (fixture, EVENT, BODY, 1);
  assert_found (fixture, TRUE, "L3: ");
}

static void
test_l3_done_by_nobody (Fixture *fixture, gconstpointer data)
{
  append (fixture, EVENT, BODY, 1);
  evidence_request (fixture->evidence, DELIVERY, 1, 200);
  settle (fixture, 1, DELIVERY_DONE, OUTCOME_RETRY, 200);
  assert_found (fixture, TRUE, "L3: ");
}

static void
test_l3_gap (Fixture *fixture, gconstpointer data)
{
  append (fixture, EVENT, BODY, 1);
  evidence_request (fixture->evidence, DELIVERY, 2, 200);
  settle (fixture, 2, DELIVERY_DONE, OUTCOME_DELIVERED, 200);
  assert_found (fixture, TRUE, "L3: ");
}

static gboolean
lying_ledger (Store *store, gboolean recount, StoreLedger *out_ledger, GError **error)
{
  gboolean ok = store_engine_memory.ledger (store, recount, out_ledger, error);

  out_ledger->created++;
  return ok;
}

static void
test_l3_ledger (Fixture *fixture, gconstpointer data)
{
  live_well (fixture);
  fixture->engine = store_engine_memory;
  fixture->engine.ledger = lying_ledger;
  fixture->store->engine = &fixture->engine;
  assert_found (fixture, TRUE, "L3: ");
}

static void
test_l4 (Fixture *fixture, gconstpointer data)
{
  append (fixture, EVENT, BODY, 1);
  settle (fixture, 1, DELIVERY_DONE, OUTCOME_DELIVERED, 0);
  assert_found (fixture, TRUE, "L4: ");
}

static void
test_l5_unseen (Fixture *fixture, gconstpointer data)
{
  live_well (fixture);
  append (fixture, "00000000-0000-7000-8000-000000000002", BODY, 1);
  settle (fixture, 1, DELIVERY_DEAD, OUTCOME_REFUSED, 404);
  assert_found (fixture, TRUE, "L5: ");
}

static void
test_l5_other_answer (Fixture *fixture, gconstpointer data)
{
  append (fixture, EVENT, BODY, 1);
  evidence_request (fixture->evidence, DELIVERY, 1, 404);
  settle (fixture, 1, DELIVERY_DEAD, OUTCOME_REFUSED, 410);
  assert_found (fixture, TRUE, "L5: ");
}

static void
test_l5_unrecorded (Fixture *fixture, gconstpointer data)
{
  live_well (fixture);
  evidence_request (fixture->evidence, DELIVERY, 3, 200);
  evidence_request (fixture->evidence, DELIVERY, 4, 200);
  evidence_crash (fixture->evidence, 16);
  assert_found (fixture, TRUE, "L5: ");
}

static void
test_l5_stranger (Fixture *fixture, gconstpointer data)
{
  live_well (fixture);
  evidence_request (fixture->evidence, EVENT "-7", 1, 200);
  assert_found (fixture, TRUE, "L5: ");
}

/* One crash with one under way, and two repeats. */
static void
test_l6 (Fixture *fixture, gconstpointer data)
{
  static const char second[] = "00000000-0000-7000-8000-000000000002";

  live_well (fixture);
  append (fixture, second, BODY, 1);
  evidence_request (fixture->evidence, DELIVERY, 2, 200);
  evidence_request (fixture->evidence, "00000000-0000-7000-8000-000000000002-1", 1, 200);
  evidence_crash (fixture->evidence, 1);
  assert_found (fixture, FALSE, "L6: ");
}

static void
test_l7 (Fixture *fixture, gconstpointer data)
{
  static const Footprint allowed = { 0, 2, 1024 * 1024 };
  Footprint before, after;
  int ends[4][2];

  live_well (fixture);
  g_assert_true (footprint_take (getpid (), &before));
  g_assert_cmpuint (before.threads, >, 0);
  g_assert_cmpuint (before.resident_bytes, >, 0);
  evidence_footprint (fixture->evidence, &before, &before, &allowed);
  assert_well (fixture);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (pipe (ends[i]), ==, 0);
  g_assert_true (footprint_take (getpid (), &after));
  evidence_footprint (fixture->evidence, &before, &after, &allowed);
  assert_found (fixture, TRUE, "L7: ");
  for (guint i = 0; i < 8; i++)
    close (ends[i / 2][i % 2]);
}

static void
test_l8 (Fixture *fixture, gconstpointer data)
{
  static const char *const leaks[] = { "the header was s3cret/word!", "…?key=s3cret%2Fword%21",
                                       "Authorization: Basic czNjcmV0L3dvcmQh" };

  live_well (fixture);
  evidence_secret (fixture->evidence, "s3cret/word!");
  evidence_text (fixture->evidence, "the log", "the header was (hidden)", -1);
  assert_well (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (leaks); i++)
    {
      g_autoptr (GPtrArray) found = NULL;

      evidence_text (fixture->evidence, "the log", leaks[i], -1);
      found = evidence_check (fixture->evidence, fixture->store, TRUE);
      g_assert_cmpuint (found->len, ==, i + 1);
      g_assert_true (g_str_has_prefix (found->pdata[i], "L8: "));
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*run) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "well/life", test_well },
    { "well/crash", test_well_crash },
    { "well/operated", test_well_operated },
    { "L1/lost", test_l1_lost },
    { "L1/body", test_l1_body },
    { "L2/missing", test_l2_missing },
    { "L2/extra", test_l2_extra },
    { "L2/twice", test_l2_twice },
    { "L3/unsettled", test_l3_unsettled },
    { "L3/done-by-nobody", test_l3_done_by_nobody },
    { "L3/gap", test_l3_gap },
    { "L3/ledger", test_l3_ledger },
    { "L4/not-taken", test_l4 },
    { "L5/unseen", test_l5_unseen },
    { "L5/other-answer", test_l5_other_answer },
    { "L5/unrecorded", test_l5_unrecorded },
    { "L5/stranger", test_l5_stranger },
    { "L6/repeats", test_l6 },
    { "L7/descriptors", test_l7 },
    { "L8/secret", test_l8 },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/invariants/%s", tests[i].path);

      g_test_add (path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
  return g_test_run ();
}
