/* What people's searches cost in a large store: the first page of each, one event found among all
 * by a value in its body, and dead letters in groups.
 *
 * Usage: bench-search [EVENTS [DEAD]]: 1000000 events of some 300 bytes, of which 40000 died.
 *
 * Nothing is asserted; the aims are 100 ms for a first page, a second for the event and 50 ms for
 * the groups. */
#include "store-load.h"

#include <string.h>

#define N_ROUNDS 9
#define BODY_BYTES 300
#define BUDGET_US (80 * 1000)
#define FILL_COMMIT 500

static BatchItem *
make_append (const LoadKind *kind, guint64 number, gint64 received_us)
{
  BatchItem *item = load_append (kind, number, received_us);
  Event *event = item->append.events[0].event;
  g_autoptr (GString) body = g_string_new (NULL);

  g_string_printf (body,
                   "{\"order\":{\"id\":\"o-%" G_GUINT64_FORMAT "\",\"n\":%" G_GUINT64_FORMAT
                   "},\"filling\":\"",
                   number, number);
  while (body->len < BODY_BYTES)
    g_string_append (body, "some words ");
  g_string_append (body, "\"}");
  g_bytes_unref (event->body);
  event->body = g_bytes_new (body->str, body->len);
  return item;
}

static BatchItem *
make_settle (guint64 number, gint64 at_us, gboolean dies)
{
  BatchItem *item = load_settle ((gint64) number + 1, at_us);

  if (!dies)
    return item;
  item->settlement.state = DELIVERY_DEAD;
  item->settlement.dead = DEAD_ATTEMPTS;
  item->settlement.entry->outcome.kind = OUTCOME_RETRY;
  item->settlement.entry->outcome.status = 503;
  g_free (item->settlement.entry->outcome.note);
  item->settlement.entry->outcome.note = g_strdup_printf ("HTTP 503 after %u ms",
                                                          (guint) (number % 400));
  return item;
}

static void
commit (Store *store, GPtrArray *items)
{
  g_autoptr (GError) error = NULL;

  store->engine->commit (store, &(Batch){ items }, &error);
  load_fail_on (error);
  g_ptr_array_set_size (items, 0);
}

static void
fill (Store *store, guint64 n_events, guint64 n_dead, gint64 start_us)
{
  g_autoptr (GBytes) body = load_body_new (2);
  const LoadKind kind = { body, 7 };
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) batch_item_free);

  for (guint64 first = 0; first < n_events; first += FILL_COMMIT)
    {
      guint64 end = MIN (first + FILL_COMMIT, n_events);

      for (guint64 i = first; i < end; i++)
        g_ptr_array_add (items, make_append (&kind, i, start_us + (gint64) i * 1000));
      commit (store, items);
      for (guint64 i = first; i < end; i++)
        g_ptr_array_add (items, make_settle (i, start_us + (gint64) i * 1000, i < n_dead));
      commit (store, items);
    }
}

/* ---- Measuring ---- */

static void
print (const char *what, GArray *times, guint found)
{
  g_array_sort (times, load_compare);
  g_print ("%-44s %8.1f ms, at worst %8.1f ms, %u found\n", what,
           (double) load_quantile (times, 0.5) / 1000, (double) load_quantile (times, 1) / 1000,
           found);
}

/* The first page, or all pages until something is found. */
static guint
search (Store *store, const EventQuery *query, gboolean goes_on)
{
  StoreCursor cursor = { 0 };
  guint found;

  do
    {
      g_autoptr (GPtrArray) page = NULL;
      g_autoptr (GError) error = NULL;

      store->engine->find_events (store, query, &cursor, 100, &page, &error);
      load_fail_on (error);
      found = page->len;
    }
  while (goes_on && found == 0 && cursor.is_cut);
  return found;
}

static void
measure (Store *store, const char *what, const EventQuery *query, gboolean goes_on)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint found = 0;

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      gint64 begun_us = g_get_monotonic_time (), took_us;

      found = search (store, query, goes_on);
      took_us = g_get_monotonic_time () - begun_us;
      g_array_append_val (times, took_us);
    }
  print (what, times, found);
}

static void
measure_where (Store *store, const char *what, const char *where_text, gboolean goes_on)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EventWhere) where = event_where_parse (where_text, &error);
  EventQuery query = { .matched = -1, .where = where, .budget_us = BUDGET_US };

  load_fail_on (error);
  measure (store, what, &query, goes_on);
}

static void
measure_groups (Store *store)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint found = 0;

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      gint64 begun_us = g_get_monotonic_time (), took_us;
      g_autoptr (GPtrArray) groups = NULL;
      g_autoptr (GError) error = NULL;

      store->engine->dead_groups (store, &groups, &error);
      load_fail_on (error);
      took_us = g_get_monotonic_time () - begun_us;
      g_array_append_val (times, took_us);
      found = groups->len;
    }
  print ("dead letters in groups", times, found);
}

static void
measure_all (Store *store)
{
  const EventQuery newest = { .matched = -1, .budget_us = BUDGET_US };
  const EventQuery rare = { .matched = -1, .source = "nobody", .budget_us = BUDGET_US };
  const EventQuery matched = { .matched = 1, .rule = "default/r3", .budget_us = BUDGET_US };
  const EventQuery unmatched = { .matched = 0, .budget_us = BUDGET_US };
  const EventQuery dead = { .matched = -1,
                            .states = DELIVERY_STATE_BIT (DELIVERY_DEAD),
                            .budget_us = BUDGET_US };
  const EventQuery discarded = { .matched = -1,
                                 .states = DELIVERY_STATE_BIT (DELIVERY_DISCARDED),
                                 .budget_us = BUDGET_US };
  const EventQuery text = { .matched = -1, .text = "o-77777\"", .budget_us = BUDGET_US };

  measure (store, "first page: newest", &newest, FALSE);
  measure (store, "first page: a rule", &matched, FALSE);
  measure (store, "first page: unmatched", &unmatched, FALSE);
  measure (store, "first page: a source that never was", &rare, FALSE);
  measure (store, "first page: a delivery that is dead", &dead, FALSE);
  measure (store, "first page: a delivery in no such state", &discarded, FALSE);
  measure (store, "all pages: a delivery in no such state", &discarded, TRUE);
  measure (store, "first page: a text", &text, FALSE);
  measure_where (store, "first page: a number in the body", "$.detail.order.n<10", FALSE);
  measure_where (store, "the oldest event, by a text in the body", "$.detail.order.id=o-0", TRUE);
  measure_where (store, "the oldest event, by a number in the body", "$.detail.order.n=0", TRUE);
  measure_groups (store);
}

int
main (int argc, char **argv)
{
  guint64 n_events = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 1000000;
  guint64 n_dead = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 40000;
  char *folder = load_folder_new ();
  g_autoptr (GError) error = NULL;
  Store *store = store_engine_sqlite.open (folder, &error);

  load_fail_on (error);
  fill (store, n_events, n_dead, g_get_real_time () - (gint64) n_events * 1000);
  g_print ("%" G_GUINT64_FORMAT " events, %" G_GUINT64_FORMAT " dead letters\n", n_events, n_dead);
  measure_all (store);
  store_close (store);
  load_folder_free (folder);
  return 0;
}
