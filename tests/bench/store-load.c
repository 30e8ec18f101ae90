/* Events for the benchmarks of the store. */
#include "store-load.h"

#include <glib/gstdio.h>
#include <string.h>

#define FILL_BATCH 2000

GBytes *
load_body_new (gsize bytes)
{
  char *json = g_strnfill (bytes, 'x');

  json[0] = json[bytes - 1] = '"';
  return g_bytes_new_take (json, bytes);
}

BatchItem *
load_append (const LoadKind *kind, guint64 number, gint64 received_us)
{
  /* As real ids: their first half is the time, the rest chance. */
  g_autofree char *id = g_strdup_printf (
      "%08x-%04x-7%03x-8%03x-%012" G_GINT64_MODIFIER "x", (guint) (received_us / 1000 >> 16),
      (guint) (received_us / 1000 & 0xffff), (guint) (number * 2654435761u >> 20 & 0xfff),
      (guint) (number * 40503u & 0xfff), number);
  const Event fields = {
    .id = id,
    .bus = (char *) "default",
    .ingress = (char *) "source/shop",
    .source = (char *) "shop",
    .detail_type = (char *) "Order Paid",
    .time_us = received_us,
    .received_us = received_us,
    .resources = (char *) "[]",
    .content_type = (char *) "application/json",
    .body = kind->body,
    .generation = 1,
  };
  BatchItem *item = batch_item_new_append (1);
  AppendEvent *append = &item->append.events[0];
  guint i = (guint) (number % kind->n_connectors);

  append->event = event_new (&fields);
  append->n_deliveries = 1;
  append->deliveries = g_new0 (NewDelivery, 1);
  append->deliveries[0].rule = g_strdup_printf ("default/r%u", i);
  append->deliveries[0].target = g_strdup ("t");
  append->deliveries[0].connector = g_strdup_printf ("webhook/c%u", i);
  append->deliveries[0].due_us = received_us;
  append->deliveries[0].priority = DELIVERY_DEFAULT_PRIORITY;
  append->matched = g_strdupv ((char *[]){ append->deliveries[0].rule, NULL });
  return item;
}

BatchItem *
load_settle (gint64 seq, gint64 at_us)
{
  BatchItem *item = batch_item_new_settle ();
  JournalEntry *entry = g_new0 (JournalEntry, 1);

  entry->kind = JOURNAL_ATTEMPT;
  entry->attempt = 1;
  entry->at_us = at_us;
  entry->outcome = (Outcome){ .kind = OUTCOME_DELIVERED, .status = 200, .retry_after_us = -1 };
  item->settlement.key = (DeliveryKey){ seq, 1 };
  item->settlement.entry = entry;
  item->settlement.state = DELIVERY_DONE;
  return item;
}

static void
commit (Store *store, GPtrArray *items)
{
  g_autoptr (GError) error = NULL;
  Batch batch = { .items = items };

  store->engine->commit (store, &batch, &error);
  load_fail_on (error);
  g_ptr_array_set_size (items, 0);
}

void
load_fill (Store *store,
           const LoadKind *kind,
           guint64 first,
           guint64 n_events,
           gint64 start_us,
           gboolean settled)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) batch_item_free);

  for (guint64 done = 0; done < n_events; done += FILL_BATCH)
    {
      guint n = (guint) MIN (FILL_BATCH, n_events - done);

      for (guint i = 0; i < n; i++)
        g_ptr_array_add (items, load_append (kind, first + done + i,
                                             start_us + (gint64) (first + done + i) * 1000));
      commit (store, items);
      for (guint i = 0; settled && i < n; i++)
        g_ptr_array_add (items, load_settle ((gint64) (first + done + i) + 1,
                                             start_us + (gint64) (first + done + i) * 1000 + 500));
      if (settled)
        commit (store, items);
    }
}

char *
load_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("signalbox-bench-XXXXXX", &error);

  load_fail_on (error);
  return folder;
}

void
load_folder_free (char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (folder);
  g_free (folder);
}

void
load_fail_on (const GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

int
load_compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

gint64
load_quantile (GArray *sorted, double q)
{
  return g_array_index (sorted, gint64, (guint) (q * (sorted->len - 1)));
}
