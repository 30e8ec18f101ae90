/* Dead letters by what they died of: groups, and how many there are of each kind. */
#include "http/api-private.h"
#include "http/dead-groups.h"

#include <string.h>

/* The largest; and values of one facet, which senders may make as many as they like. */
#define MAX_GROUPS 200
#define MAX_VALUES 200

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

static int
compare_counts (gconstpointer a, gconstpointer b, gpointer table)
{
  gint64 left = *(gint64 *) g_hash_table_lookup (table, a);
  gint64 right = *(gint64 *) g_hash_table_lookup (table, b);

  return left != right ? (left > right ? -1 : 1) : strcmp (a, b);
}

/* The most frequent values, by name. */
static void
put_facet (JsonOut *out, DeadFacet facet, const GPtrArray *stored, const DeliveryQuery *query)
{
  g_autoptr (GHashTable) table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GList) values = NULL;
  GList *behind;

  for (guint i = 0; i < stored->len; i++)
    {
      const StoredDeadGroup *group = stored->pdata[i];
      g_autofree char *value = NULL;

      if (!dead_group_fits (group, query, facet))
        continue;
      value = dead_facet_value (facet, group);
      count (table, value, group->n);
    }
  values = g_list_sort_with_data (g_hash_table_get_keys (table), compare_counts, table);
  behind = g_list_nth (values, MAX_VALUES);
  if (behind != NULL)
    {
      behind->prev->next = NULL;
      behind->prev = NULL;
      g_list_free (behind);
    }
  values = g_list_sort (values, (GCompareFunc) strcmp);
  json_out_object (out, dead_facet_name (facet));
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
put_group (Api *api, JsonOut *out, const DeadGroup *group)
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
  json_out_int (out, "replayed", group->n_replayed);
  json_out_time (out, "first", group->first_us);
  json_out_time (out, "last", group->last_us);
  put_sample (api, out, group->sample);
  json_out_end_object (out);
}

/* Of those that were replayed before, and those that never were. */
static void
put_replayed (JsonOut *out, const GPtrArray *stored, const DeliveryQuery *query)
{
  gint64 n = 0, n_replayed = 0;

  for (guint i = 0; i < stored->len; i++)
    {
      const StoredDeadGroup *group = stored->pdata[i];

      if (!dead_group_fits (group, query, DEAD_N_FACETS))
        continue;
      n += group->n;
      n_replayed += group->n_replayed;
    }
  json_out_object (out, "replayed");
  json_out_int (out, "false", n - n_replayed);
  json_out_int (out, "true", n_replayed);
  json_out_end_object (out);
}

Problem *
api_dead_query (HttpRequest *request, DeliveryQuery *query)
{
  Problem *problem;

  *query = (DeliveryQuery){
    .connector = http_request_parameter (request, "connector"),
    .rule = http_request_parameter (request, "rule"),
    .target = http_request_parameter (request, "target"),
    .error_code = http_request_parameter (request, "error-code"),
    .detail_type = http_request_parameter (request, "detail-type"),
    .fingerprint = http_request_parameter (request, "fingerprint"),
  };
  problem = api_status (request, &query->status);
  return problem != NULL ? problem : api_cause (request, &query->dead);
}

void
api_group_dead_letters (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  DeliveryQuery query;
  g_autoptr (Problem) problem = api_dead_query (request, &query);
  g_auto (DeadGroups) groups = { 0 };
  g_autoptr (GError) error = NULL;
  JsonOut *out;

  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  if (!dead_groups_load (&groups, api->setup.store, &query, &error))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_int (out, "total", groups.total);
  json_out_array (out, "groups");
  for (guint i = 0; i < MIN (groups.groups->len, MAX_GROUPS); i++)
    put_group (api, out, groups.groups->pdata[i]);
  json_out_end_array (out);
  json_out_object (out, "facets");
  for (guint facet = 0; facet < DEAD_N_FACETS; facet++)
    put_facet (out, (DeadFacet) facet, groups.stored, &query);
  put_replayed (out, groups.stored, &query);
  json_out_end_object (out);
  json_out_end_object (out);
  api_answer_json (request, out);
}
