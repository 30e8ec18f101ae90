#include "http/counts.h"

static GHashTable *
table_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
api_counts_clear (ApiCounts *counted)
{
  g_clear_pointer (&counted->by_ingress, g_hash_table_unref);
  g_clear_pointer (&counted->by_rule, g_hash_table_unref);
  g_clear_pointer (&counted->by_target, g_hash_table_unref);
  g_clear_pointer (&counted->by_connector, g_hash_table_unref);
}

static void
add (GHashTable *table, const char *key, guint index, gint64 n)
{
  gint64 *numbers = g_hash_table_lookup (table, key);

  if (numbers == NULL)
    {
      numbers = g_new0 (gint64, DELIVERY_N_STATES);
      g_hash_table_insert (table, g_strdup (key), numbers);
    }
  numbers[index] += n;
}

const gint64 *
api_counts_get (GHashTable *table, const char *key)
{
  static const gint64 none[DELIVERY_N_STATES];
  const gint64 *numbers = g_hash_table_lookup (table, key);

  return numbers != NULL ? numbers : none;
}

char *
api_counts_target_key (const char *rule, const char *target)
{
  return g_strconcat (rule, " ", target, NULL);
}

static void
add_state (ApiCounts *counted, const StoreCount *count)
{
  guint place = count->kind == COUNT_EXPIRED ? API_COUNTS_EXPIRED : count->state;
  g_autofree char *key = api_counts_target_key (count->name, count->target);

  add (counted->by_target, key, place, count->n);
  add (counted->by_connector, count->connector, place, count->n);
}

gboolean
api_counts_load (ApiCounts *counted, Store *store, GError **error)
{
  g_autoptr (GPtrArray) counts = NULL;

  if (!store->engine->counts (store, &counts, error))
    return FALSE;
  *counted = (ApiCounts){ table_new (), table_new (), table_new (), table_new () };
  for (guint i = 0; i < counts->len; i++)
    {
      const StoreCount *count = counts->pdata[i];

      if (count->kind == COUNT_INGRESS)
        add (counted->by_ingress, count->name, 0, count->n);
      else if (count->kind == COUNT_RULE)
        add (counted->by_rule, count->name, 0, count->n);
      else if (count->kind == COUNT_STATE || count->kind == COUNT_EXPIRED)
        add_state (counted, count);
    }
  return TRUE;
}
