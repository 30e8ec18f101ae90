/* Fills a store with events, to see what the router makes of very many.
 *
 * Usage: fill-store [--done] [--connectors=N] [--body-bytes=N] [--age-s=N] STATE EVENTS
 *
 * STATE is the router's folder; events are added to those that are there until there are EVENTS.
 * Each has one delivery (store-load.h says for whom), due at once, or done with --done.  The oldest
 * is --age-s old and they come one a millisecond. */
#include "store-load.h"

#include <stdlib.h>

static gboolean is_done;
static int n_connectors = 20, body_bytes = 200, age_s = 7200;

static const GOptionEntry options[] = {
  { "done", 0, 0, G_OPTION_ARG_NONE, &is_done, "Delivered already", NULL },
  { "connectors", 0, 0, G_OPTION_ARG_INT, &n_connectors, "For so many (20)", "N" },
  { "body-bytes", 0, 0, G_OPTION_ARG_INT, &body_bytes, "Of each event (200)", "N" },
  { "age-s", 0, 0, G_OPTION_ARG_INT, &age_s, "Since when there are events (7200)", "N" },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static guint64
count_events (Store *store)
{
  g_autoptr (GError) error = NULL;
  StoreLedger ledger;

  store->engine->ledger (store, FALSE, &ledger, &error);
  load_fail_on (error);
  return (guint64) ledger.events;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("STATE EVENTS");
  g_autoptr (GError) error = NULL;
  guint64 there, wanted;
  LoadKind kind;
  Store *store;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 3 || n_connectors < 1 ||
      body_bytes < 2)
    {
      g_printerr ("usage: fill-store [--done] [--connectors=N] [--body-bytes=N] [--age-s=N] STATE "
                  "EVENTS\n");
      return 2;
    }
  g_mkdir_with_parents (argv[1], 0700);
  store = store_engine_sqlite.open (argv[1], &error);
  load_fail_on (error);
  kind = (LoadKind){ load_body_new ((gsize) body_bytes), (guint) n_connectors };
  there = count_events (store);
  wanted = g_ascii_strtoull (argv[2], NULL, 10);
  if (wanted > there)
    load_fill (store, &kind, there, wanted - there,
               g_get_real_time () - age_s * (gint64) G_USEC_PER_SEC, is_done);
  store->engine->idle (store);
  g_print ("%" G_GUINT64_FORMAT " events\n", count_events (store));
  store_close (store);
  g_bytes_unref (kind.body);
  return 0;
}
