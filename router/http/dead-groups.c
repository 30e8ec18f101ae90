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

static char *
fingerprint_of (const StoredDeadGroup *stored, const char *message)
{
  g_autofree char *text = g_strdup_printf ("%s\n%s\n%u\n%d\n%s\n%s", stored->connector,
                                           stored->rule, (guint) stored->dead, stored->status,
                                           stored->error_code, message);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strndup (digest, 16);
}

static void
add_stored (DeadGroups *groups, GHashTable *by_fingerprint, const StoredDeadGroup *stored)
{
  g_autofree char *message = dead_letter_message (stored->message);
  g_autofree char *fingerprint = fingerprint_of (stored, message);
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
dead_groups_load (DeadGroups *groups, Store *store, GError **error)
{
  g_autoptr (GHashTable) by_fingerprint = g_hash_table_new (g_str_hash, g_str_equal);

  if (!store->engine->dead_groups (store, &groups->stored, error))
    return FALSE;
  groups->groups = g_ptr_array_new_with_free_func (group_free);
  groups->total = 0;
  for (guint i = 0; i < groups->stored->len; i++)
    {
      const StoredDeadGroup *stored = g_ptr_array_index (groups->stored, i);

      add_stored (groups, by_fingerprint, stored);
      groups->total += stored->n;
    }
  g_ptr_array_sort (groups->groups, compare_groups);
  return TRUE;
}
