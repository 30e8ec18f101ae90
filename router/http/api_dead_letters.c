/* Dead letters by what they died of.
 *
 * The store counts those that died of the same to the letter, along an index of dead letters alone;
 * here the messages that differ in numbers and ids only are put together. */
#include "http/api-private.h"

#include <string.h>

#define MAX_GROUPS 200
/* A word of hexadecimal digits that is so long is an id, not a word. */
#define MIN_ID_CHARS 8

typedef struct
{
  char *fingerprint;
  char *message;
  const StoredDeadGroup *first; /* of those put together */
  gint64 n, first_us, last_us;
  DeliveryKey sample;
} Group;

static void
group_free (Group *group)
{
  g_free (group->fingerprint);
  g_free (group->message);
  g_free (group);
}

/* ---- Putting together ---- */

static gboolean
is_id (const char *text, gsize length)
{
  gboolean has_digit = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isxdigit (text[i]) && text[i] != '-')
        return FALSE;
      has_digit |= g_ascii_isdigit (text[i]) != 0;
    }
  return has_digit && length >= MIN_ID_CHARS;
}

/* "took 1532 ms" is "took # ms". */
static char *
normalise (const char *note)
{
  GString *text = g_string_sized_new (strlen (note));

  for (const char *at = note; *at != '\0';)
    {
      gsize word = 0;

      while (g_ascii_isalnum (at[word]) || at[word] == '-')
        word++;
      if (word > 0 && is_id (at, word))
        {
          g_string_append_c (text, '#');
          at += word;
          continue;
        }
      if (g_ascii_isdigit (*at))
        {
          g_string_append_c (text, '#');
          while (g_ascii_isdigit (*at))
            at++;
          continue;
        }
      g_string_append_c (text, *at++);
    }
  return g_string_free (text, FALSE);
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
add_stored (GHashTable *groups, const StoredDeadGroup *stored)
{
  g_autofree char *message = normalise (stored->note);
  g_autofree char *fingerprint = fingerprint_of (stored, message);
  Group *group = g_hash_table_lookup (groups, fingerprint);

  if (group == NULL)
    {
      group = g_new0 (Group, 1);
      group->fingerprint = g_steal_pointer (&fingerprint);
      group->message = g_steal_pointer (&message);
      group->first = stored;
      group->first_us = G_MAXINT64;
      g_hash_table_insert (groups, group->fingerprint, group);
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
  const Group *first = a, *second = b;

  if (first->n != second->n)
    return first->n > second->n ? -1 : 1;
  return strcmp (first->fingerprint, second->fingerprint);
}

/* ---- Facets ---- */

static void
count (GHashTable *table, const char *value, gint64 n)
{
  gint64 *counted = g_hash_table_lookup (table, value);

  if (counted == NULL)
    {
      counted = g_new0 (gint64, 1);
      g_hash_table_insert (table, g_strdup (value), counted);
    }
  *counted += n;
}

typedef enum
{
  FACET_CONNECTOR,
  FACET_RULE,
  FACET_CAUSE,
  FACET_STATUS,
  N_FACETS,
} Facet;

static void
put_facet (JsonOut *out, Facet facet, GPtrArray *stored)
{
  static const char *const names[N_FACETS] = { "connector", "rule", "cause", "status" };
  g_autoptr (GHashTable) table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GList) values = NULL;

  for (guint i = 0; i < stored->len; i++)
    {
      const StoredDeadGroup *group = stored->pdata[i];
      char status[16];
      const char *value = facet == FACET_CONNECTOR ? group->connector
                          : facet == FACET_RULE    ? group->rule
                          : facet == FACET_CAUSE   ? dead_reason_name (group->dead)
                                                   : status;

      g_snprintf (status, sizeof status, "%d", group->status);
      count (table, value, group->n);
    }
  values = g_list_sort (g_hash_table_get_keys (table), (GCompareFunc) strcmp);
  json_out_object (out, names[facet]);
  for (GList *one = values; one != NULL; one = one->next)
    json_out_int (out, one->data, *(gint64 *) g_hash_table_lookup (table, one->data));
  json_out_end_object (out);
}

/* ---- The answer ---- */

/* The sample may have been replayed meanwhile, or be gone. */
static void
put_sample (Api *api, JsonOut *out, DeliveryKey key)
{
  Store *store = api->setup.store;
  g_autoptr (StoredDelivery) delivery = NULL;

  if (store->engine->load_delivery (store, key, &delivery, NULL, NULL))
    json_out_string (out, "sample", delivery->id);
  else
    json_out_null (out, "sample");
}

static void
put_group (Api *api, JsonOut *out, const Group *group)
{
  const StoredDeadGroup *stored = group->first;

  json_out_object (out, NULL);
  json_out_string (out, "fingerprint", group->fingerprint);
  json_out_string (out, "connector", stored->connector);
  json_out_string (out, "rule", stored->rule);
  json_out_string (out, "cause", dead_reason_name (stored->dead));
  json_out_string (out, "sentence", dead_reason_sentence (stored->dead));
  json_out_int (out, "status", stored->status);
  json_out_string (out, "error_code", *stored->error_code != '\0' ? stored->error_code : NULL);
  json_out_string (out, "message", group->message);
  json_out_int (out, "count", group->n);
  json_out_time (out, "first", group->first_us);
  json_out_time (out, "last", group->last_us);
  put_sample (api, out, group->sample);
  json_out_end_object (out);
}

static void
put_groups (Api *api, JsonOut *out, GHashTable *groups)
{
  g_autoptr (GList) ordered = g_list_sort (g_hash_table_get_values (groups), compare_groups);
  guint n = 0;

  json_out_array (out, "groups");
  for (GList *one = ordered; one != NULL && n < MAX_GROUPS; one = one->next, n++)
    put_group (api, out, one->data);
  json_out_end_array (out);
}

void
api_group_dead_letters (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  Store *store = api->setup.store;
  g_autoptr (GHashTable) groups = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                                         (GDestroyNotify) group_free);
  g_autoptr (GPtrArray) stored = NULL;
  g_autoptr (GError) error = NULL;
  gint64 total = 0;
  JsonOut *out;

  if (!store->engine->dead_groups (store, &stored, &error))
    {
      api_answer_error (request, error);
      return;
    }
  for (guint i = 0; i < stored->len; i++)
    {
      add_stored (groups, stored->pdata[i]);
      total += ((StoredDeadGroup *) stored->pdata[i])->n;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_int (out, "total", total);
  put_groups (api, out, groups);
  json_out_object (out, "facets");
  for (guint facet = 0; facet < N_FACETS; facet++)
    put_facet (out, (Facet) facet, stored);
  json_out_end_object (out);
  json_out_end_object (out);
  api_answer_json (request, out);
}
