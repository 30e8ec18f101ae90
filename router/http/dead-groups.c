#include "http/dead-groups.h"

#include "store/dead-letter.h"

#include <string.h>

static void
group_free (gpointer data)
{
  DeadGroup *group = data;

  g_free (group->fingerprint);
  g_free (group->message);
  g_free (group);
}

void
dead_groups_clear (DeadGroups *groups)
{
  g_clear_pointer (&groups->groups, g_ptr_array_unref);
  g_clear_pointer (&groups->stored, g_ptr_array_unref);
}

/* ---- Facets ---- */

const char *
dead_facet_name (DeadFacet facet)
{
  static const char *const names[DEAD_N_FACETS] = { "connector",  "rule",       "cause",
                                                    "status",     "error-code", "detail-type",
                                                    "fingerprint" };

  g_return_val_if_fail (facet < DEAD_N_FACETS, "");
  return names[facet];
}

static char *
fingerprint_of (const StoredDeadGroup *stored)
{
  return dead_letter_fingerprint (stored->connector, stored->rule, stored->dead, stored->status,
                                  stored->error_code, stored->message);
}

char *
dead_facet_value (DeadFacet facet, const StoredDeadGroup *stored)
{
  switch (facet)
    {
    case DEAD_FACET_CONNECTOR:
      return g_strdup (stored->connector);
    case DEAD_FACET_RULE:
      return g_strdup (stored->rule);
    case DEAD_FACET_CAUSE:
      return g_strdup (dead_reason_name (stored->dead));
    case DEAD_FACET_STATUS:
      return g_strdup_printf ("%d", stored->status);
    case DEAD_FACET_ERROR_CODE:
      return g_strdup (stored->error_code);
    case DEAD_FACET_TYPE:
      return g_strdup (stored->detail_type);
    case DEAD_FACET_FINGERPRINT:
      return fingerprint_of (stored);
    case DEAD_N_FACETS:
      break;
    }
  g_return_val_if_reached (g_strdup (""));
}

static gboolean
is_text (const char *wanted, const char *text)
{
  return wanted == NULL || strcmp (wanted, text) == 0;
}

static gboolean
facet_fits (DeadFacet facet, const StoredDeadGroup *stored, const DeliveryQuery *query)
{
  g_autofree char *fingerprint = NULL;

  switch (facet)
    {
    case DEAD_FACET_CONNECTOR:
      return is_text (query->connector, stored->connector);
    case DEAD_FACET_RULE:
      return is_text (query->rule, stored->rule);
    case DEAD_FACET_CAUSE:
      return query->dead == DEAD_NOT || query->dead == stored->dead;
    case DEAD_FACET_STATUS:
      return store_status_fits (query->status, stored->status);
    case DEAD_FACET_ERROR_CODE:
      return is_text (query->error_code, stored->error_code);
    case DEAD_FACET_TYPE:
      return is_text (query->detail_type, stored->detail_type);
    case DEAD_FACET_FINGERPRINT:
      fingerprint = query->fingerprint != NULL ? fingerprint_of (stored) : NULL;
      return is_text (query->fingerprint, fingerprint);
    case DEAD_N_FACETS:
      break;
    }
  g_return_val_if_reached (FALSE);
}

gboolean
dead_group_fits (const StoredDeadGroup *stored, const DeliveryQuery *query, DeadFacet all_but)
{
  for (guint facet = 0; facet < DEAD_N_FACETS; facet++)
    if (facet != all_but && !facet_fits ((DeadFacet) facet, stored, query))
      return FALSE;
  return is_text (query->target, stored->target);
}

/* ---- Groups ---- */

static void
add_stored (DeadGroups *groups, GHashTable *by_fingerprint, const StoredDeadGroup *stored)
{
  g_autofree char *message = dead_letter_message (stored->message);
  g_autofree char *fingerprint = fingerprint_of (stored);
  DeadGroup *group = g_hash_table_lookup (by_fingerprint, fingerprint);

  if (group == NULL)
    {
      group = g_new0 (DeadGroup, 1);
      group->fingerprint = g_steal_pointer (&fingerprint);
      group->message = g_steal_pointer (&message);
      group->first = stored;
      group->first_us = G_MAXINT64;
      g_ptr_array_add (groups->groups, group);
      g_hash_table_insert (by_fingerprint, group->fingerprint, group);
    }
  group->n += stored->n;
  group->n_replayed += stored->n_replayed;
  group->first_us = MIN (group->first_us, stored->first_us);
  if (stored->last_us >= group->last_us)
    {
      group->last_us = stored->last_us;
      group->sample = stored->sample;
    }
}

static int
compare_groups (gconstpointer a, gconstpointer b)
{
  const DeadGroup *first = *(const DeadGroup *const *) a, *second = *(const DeadGroup *const *) b;

  if (first->n != second->n)
    return first->n > second->n ? -1 : 1;
  return strcmp (first->fingerprint, second->fingerprint);
}

gboolean
dead_groups_load (DeadGroups *groups, Store *store, const DeliveryQuery *query, GError **error)
{
  g_autoptr (GHashTable) by_fingerprint = g_hash_table_new (g_str_hash, g_str_equal);

  if (!store->engine->dead_groups (store, &groups->stored, error))
    return FALSE;
  groups->groups = g_ptr_array_new_with_free_func (group_free);
  groups->total = 0;
  for (guint i = 0; i < groups->stored->len; i++)
    {
      const StoredDeadGroup *stored = g_ptr_array_index (groups->stored, i);

      if (query != NULL && !dead_group_fits (stored, query, DEAD_N_FACETS))
        continue;
      add_stored (groups, by_fingerprint, stored);
      groups->total += stored->n;
    }
  g_ptr_array_sort (groups->groups, compare_groups);
  return TRUE;
}
