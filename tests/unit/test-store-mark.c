/* What is written as a mark is read as the same; what is damaged is left out. */
#include "store/mark.h"

#include <json-glib/json-glib.h>

static void
test_round_trip (void)
{
  const Mark mark = {
    .kind = MARK_OPERATED,
    .at_us = 1795251600000001,
    .actor = "ada",
    .reason = "why \"not\"",
    .action = JOURNAL_DISCARD,
    .operation = 1795251600000000,
    .applied = 40000,
  };
  g_autoptr (RecordChange) change = mark_to_record (&mark);
  g_autoptr (JsonNode) root = NULL;
  Mark read;

  g_assert_cmpint (change->record.kind, ==, RECORD_MARK);
  g_assert_true (mark_read (&change->record, &root, &read));
  g_assert_cmpint (read.kind, ==, MARK_OPERATED);
  g_assert_cmpint (read.at_us, ==, mark.at_us);
  g_assert_cmpstr (read.actor, ==, "ada");
  g_assert_cmpstr (read.reason, ==, mark.reason);
  g_assert_null (read.connector);
  g_assert_cmpint (read.operation, ==, mark.operation);
  g_assert_cmpint (read.applied, ==, 40000);
  g_assert_cmpstr (mark_name (&read), ==, "discard");
}

static void
test_keys (void)
{
  const Mark start = { .kind = MARK_STARTED }, shut = { .kind = MARK_SHUT, .connector = "file/a" };
  g_autoptr (RecordChange) router = mark_to_record (&start);
  g_autoptr (RecordChange) connector = mark_to_record (&shut);

  g_assert_cmpstr (router->record.key, ==, MARK_ROUTER_KEY);
  g_assert_cmpstr (connector->record.key, ==, "file/a");
}

static void
test_damaged (void)
{
  static const char *const texts[] = { "", "[]", "{", "{\"kind\":\"party\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      StoredRecord record = { .value = (char *) texts[i] };
      g_autoptr (JsonNode) root = NULL;
      Mark mark;

      g_assert_false (mark_read (&record, &root, &mark));
    }
}

/* A hold that was there already is no change, and leaves no mark. */
static void
test_only_what_applied (void)
{
  g_autoptr (BatchItem) item = batch_item_new_hold (HOLD_PAUSE, "file/a");
  const Mark paused = { .kind = MARK_PAUSED, .connector = "file/a" };

  batch_item_add_record (item, mark_to_record (&paused));
  g_assert_false (batch_item_wants_record (item, item->records->pdata[0]));
  item->hold.out_applied = TRUE;
  g_assert_true (batch_item_wants_record (item, item->records->pdata[0]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/mark/round-trip", test_round_trip);
  g_test_add_func ("/store/mark/keys", test_keys);
  g_test_add_func ("/store/mark/damaged", test_damaged);
  g_test_add_func ("/store/mark/only-what-applied", test_only_what_applied);
  return g_test_run ();
}
