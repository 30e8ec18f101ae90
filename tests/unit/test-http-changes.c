/* Who is told what of which changes, without a server. */
#include "http/changes.h"

#include <string.h>

#define DEADLINE_US (20 * G_USEC_PER_SEC)
#define SHORT_US 1000
#define NEVER_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef struct
{
  GMutex lock;
  GCond woken;
  guint n_wakes;
} Ear;

static gint64
revision (gpointer user_data)
{
  return 42;
}

static ChangesSettings
settings (void)
{
  return (ChangesSettings){ .interval_us = SHORT_US,
                            .heartbeat_us = NEVER_US,
                            .max_ticks = 3,
                            .max_listeners = 2,
                            .epoch = 1000,
                            .revision = revision };
}

static void
ear_init (Ear *ear)
{
  *ear = (Ear){ 0 };
  g_mutex_init (&ear->lock);
  g_cond_init (&ear->woken);
}

static void
wake (gpointer user_data)
{
  Ear *ear = user_data;

  g_mutex_lock (&ear->lock);
  ear->n_wakes++;
  g_cond_signal (&ear->woken);
  g_mutex_unlock (&ear->lock);
}

/* Waits until the listener has been woken so often. */
static void
await (Ear *ear, guint n)
{
  gint64 end_us = g_get_monotonic_time () + DEADLINE_US;

  g_mutex_lock (&ear->lock);
  while (ear->n_wakes < n)
    if (!g_cond_wait_until (&ear->woken, &ear->lock, end_us))
      g_error ("not woken");
  g_mutex_unlock (&ear->lock);
}

static void
assert_next (ChangesListener *listener, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_true (changes_next (listener, text));
  g_assert_cmpstr (text->str, ==, expected);
}

static const char start[] = "retry: 2000\nevent: start\nid: 1000.%u\ndata: {\"revision\":42}\n\n";

static void
assert_start (ChangesListener *listener, guint id)
{
  g_autofree char *expected = g_strdup_printf (start, id);

  assert_next (listener, expected);
}

/* A commit of one event, with a delivery when matched. */
static void
commit_event (Changes *changes, gboolean matched)
{
  static char *const rules[] = { (char *) "default/r", NULL };
  NewDelivery delivery = { 0 };
  AppendEvent append = { .matched = matched ? (char **) rules : NULL,
                         .deliveries = &delivery,
                         .n_deliveries = matched ? 1 : 0 };
  BatchItem item = { .kind = BATCH_APPEND };
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  item.append.events = &append;
  item.append.n_events = 1;
  g_ptr_array_add (items, &item);
  changes_note_commit (changes, &(const Batch){ .items = items });
}

static void
test_tells (void)
{
  ChangesSettings set = settings ();
  g_autoptr (Changes) changes = changes_new (&set);
  ChangesListener *listener;
  Ear ear;

  ear_init (&ear);
  listener = changes_listen (changes, TICK_ALL, NULL, wake, &ear);
  assert_start (listener, 0);
  assert_next (listener, "");
  commit_event (changes, TRUE);
  await (&ear, 1);
  assert_next (listener, "event: changes\nid: 1000.1\ndata: {\"revision\":42,"
                         "\"events\":{\"received\":1,\"unmatched\":0},"
                         "\"deliveries\":{\"created\":1}}\n\n");
  changes_note_generation (changes, 8);
  await (&ear, 2);
  assert_next (listener,
               "event: changes\nid: 1000.2\ndata: {\"revision\":42,\"generation\":8}\n\n");
  changes_leave (listener);
}

static void
test_topics (void)
{
  ChangesSettings set = settings ();
  g_autoptr (Changes) changes = changes_new (&set);
  ChangesListener *all, *some;
  Ear ear_all, ear_some;

  ear_init (&ear_all);
  ear_init (&ear_some);
  all = changes_listen (changes, TICK_ALL, NULL, wake, &ear_all);
  some = changes_listen (changes, tick_topic_by_name ("generation"), NULL, wake, &ear_some);
  g_assert_null (changes_listen (changes, TICK_ALL, NULL, wake, &ear_all));
  assert_start (some, 0);
  commit_event (changes, FALSE);
  await (&ear_all, 1);
  assert_next (some, "");
  changes_note_generation (changes, 9);
  await (&ear_all, 2);
  await (&ear_some, 1);
  g_assert_cmpuint (ear_some.n_wakes, ==, 1);
  assert_next (some, "event: changes\nid: 1000.2\ndata: {\"revision\":42,\"generation\":9}\n\n");
  changes_leave (all);
  changes_leave (some);
  g_assert_cmpuint (tick_topic_by_name ("weather"), ==, 0);
}

/* What happens while nobody listens is one tick. */
static void
test_resume (void)
{
  ChangesSettings set = settings ();
  g_autoptr (Changes) changes = changes_new (&set);
  ChangesListener *listener;
  Ear ear;

  ear_init (&ear);
  commit_event (changes, FALSE);
  commit_event (changes, FALSE);
  listener = changes_listen (changes, TICK_ALL, "1000.0", wake, &ear);
  assert_next (listener, "event: changes\nid: 1000.1\ndata: {\"revision\":42,"
                         "\"events\":{\"received\":2,\"unmatched\":2}}\n\n");
  changes_leave (listener);
  listener = changes_listen (changes, TICK_ALL, "1000.1", wake, &ear);
  assert_next (listener, "");
  changes_leave (listener);
}

static void
test_reset (void)
{
  static const char *const ids[] = { "999.4", "1000.0", "1000.9", "1000", "x.1", "" };
  ChangesSettings set = settings ();
  g_autoptr (Changes) changes = changes_new (&set);
  Ear ear;

  ear_init (&ear);
  /* Five ticks, of which three are kept. */
  for (guint i = 0; i < 5; i++)
    {
      commit_event (changes, FALSE);
      changes_leave (changes_listen (changes, TICK_ALL, NULL, wake, &ear));
    }
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      ChangesListener *listener = changes_listen (changes, TICK_ALL, ids[i], wake, &ear);

      g_test_message ("“%s”", ids[i]);
      assert_next (listener, "retry: 2000\nevent: reset\nid: 1000.5\ndata: {\"revision\":42}\n\n");
      changes_leave (listener);
    }
}

/* One that does not take what it is told is told to begin anew, and costs no memory meanwhile. */
static void
test_slow (void)
{
  ChangesSettings set = settings ();
  g_autoptr (Changes) changes = changes_new (&set);
  ChangesListener *slow;
  Ear ear;

  ear_init (&ear);
  slow = changes_listen (changes, TICK_ALL, NULL, wake, &ear);
  assert_start (slow, 0);
  for (guint i = 1; i <= 4; i++)
    {
      commit_event (changes, FALSE);
      await (&ear, i);
    }
  assert_next (slow, "retry: 2000\nevent: reset\nid: 1000.4\ndata: {\"revision\":42}\n\n");
  changes_leave (slow);
}

static void
test_heartbeat (void)
{
  ChangesSettings set = settings ();
  g_autoptr (Changes) changes = NULL;
  ChangesListener *listener;
  Ear ear;

  ear_init (&ear);
  set.heartbeat_us = SHORT_US;
  changes = changes_new (&set);
  listener = changes_listen (changes, TICK_ALL, NULL, wake, &ear);
  assert_start (listener, 0);
  await (&ear, 2);
  assert_next (listener, ": still there\n\n");
  changes_leave (listener);
}

static void
test_many_names (void)
{
  g_autoptr (Tick) tick = tick_new ();
  g_autoptr (GString) text = json_out_new ();
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) batch_item_free);

  for (guint i = 0; i <= TICK_MAX_NAMES; i++)
    {
      g_autofree char *name = g_strdup_printf ("file/%u", i);
      BatchItem *item = batch_item_new_hold (HOLD_PAUSE, name);

      item->hold.out_applied = TRUE;
      g_ptr_array_add (items, item);
    }
  tick_add_batch (tick, &(const Batch){ .items = items });
  tick_write (tick, TICK_CONNECTORS, text);
  g_assert_cmpstr (text->str, ==, "{\"revision\":0,\"connectors\":null}");
  g_assert_cmpuint (g_hash_table_size (tick->connectors), ==, TICK_MAX_NAMES);
}

static void
test_stop (void)
{
  ChangesSettings set = settings ();
  g_autoptr (Changes) changes = changes_new (&set);
  g_autoptr (GString) text = g_string_new (NULL);
  ChangesListener *listener;
  Ear ear;

  ear_init (&ear);
  listener = changes_listen (changes, TICK_ALL, NULL, wake, &ear);
  changes_stop (changes);
  await (&ear, 1);
  g_assert_false (changes_next (listener, text));
  changes_leave (listener);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/changes/tells", test_tells);
  g_test_add_func ("/http/changes/topics", test_topics);
  g_test_add_func ("/http/changes/resume", test_resume);
  g_test_add_func ("/http/changes/reset", test_reset);
  g_test_add_func ("/http/changes/slow", test_slow);
  g_test_add_func ("/http/changes/heartbeat", test_heartbeat);
  g_test_add_func ("/http/changes/many-names", test_many_names);
  g_test_add_func ("/http/changes/stop", test_stop);
  return g_test_run ();
}
