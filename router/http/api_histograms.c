/* How many events came, and how many deliveries died, in each step of a time. */
#include "http/api-private.h"
#include "http/buckets.h"
#include "http/dead-groups.h"

#include <string.h>

#define DEFAULT_POINTS 60
/* Told apart; the rest is added up. */
#define MAX_SERIES 20
/* Of a search: how long it counts before it says how far it has come. */
#define COUNT_BUDGET_US (200 * 1000)
#define PAGE 1000

static Problem *
read_points (HttpRequest *request, guint *out_points)
{
  gint64 points = DEFAULT_POINTS;
  Problem *problem = api_number (request, "points", 1, BUCKETS_MAX, &points);

  *out_points = (guint) points;
  return problem;
}

static void
put_buckets (JsonOut *out, const Buckets *buckets)
{
  g_autofree char *start = clock_format_us (buckets->start_us);

  json_out_string (out, "start", start);
  json_out_int (out, "step_seconds", buckets->step_us / G_USEC_PER_SEC);
  json_out_int (out, "points", buckets->n);
}

static void
put_values (JsonOut *out, const char *name, const gint64 *values, guint n)
{
  json_out_array (out, name);
  for (guint i = 0; i < n; i++)
    json_out_int (out, NULL, values[i]);
  json_out_end_array (out);
}

static void
add_to (const Buckets *buckets, gint64 *values, gint64 at_us, gint64 n)
{
  guint place;

  if (buckets_find (buckets, at_us, &place))
    values[place] += n;
}

/* ---- Events ---- */

typedef struct
{
  Buckets buckets;
  gint64 values[BUCKETS_MAX];
  gint64 total;
  StoreCursor cursor;
  gint64 back_to_us; /* counted from now back to then; 0: nothing was */
  gboolean is_complete;
} EventCount;

static gboolean
is_filtered (const EventQuery *query)
{
  return query->source != NULL || query->bus != NULL || query->ingress != NULL ||
         query->detail_type != NULL || query->rule != NULL || query->matched >= 0 ||
         query->text != NULL || query->where != NULL || query->states != 0 ||
         query->connector != NULL || query->status != 0;
}

/* From the store's counters. */
static gboolean
count_all (Store *store, EventCount *count, const EventQuery *query G_GNUC_UNUSED, GError **error)
{
  g_autoptr (GArray) minutes = NULL;

  if (!store->engine->event_minutes (
          store, count->buckets.start_us,
          count->buckets.start_us + count->buckets.step_us * count->buckets.n, &minutes, error))
    return FALSE;
  for (guint i = 0; i < minutes->len; i++)
    {
      const StoredMinute *minute = &g_array_index (minutes, StoredMinute, i);

      add_to (&count->buckets, count->values, minute->at_us, minute->n);
      count->total += minute->n;
    }
  count->is_complete = TRUE;
  return TRUE;
}

/* Page by page, for a while. */
static gboolean
count_found (Store *store, EventCount *count, const EventQuery *query, GError **error)
{
  gint64 end_us = g_get_monotonic_time () + COUNT_BUDGET_US;

  do
    {
      g_autoptr (GPtrArray) page = NULL;

      if (!store->engine->find_events (store, query, &count->cursor, PAGE, &page, error))
        return FALSE;
      for (guint i = 0; i < page->len; i++)
        {
          const StoredEvent *found = page->pdata[i];

          add_to (&count->buckets, count->values, found->event->received_us, 1);
          count->back_to_us = found->event->received_us;
        }
      count->total += page->len;
      count->is_complete = page->len < PAGE && !count->cursor.is_cut;
    }
  while (!count->is_complete && g_get_monotonic_time () < end_us);
  return TRUE;
}

/* The first minute in which anything is there; now when nothing is. */
static gboolean
first_minute (Store *store, gint64 now_us, gint64 *out_us, GError **error)
{
  g_autoptr (GArray) minutes = NULL;

  if (!store->engine->event_minutes (store, 0, 0, &minutes, error))
    return FALSE;
  *out_us = minutes->len > 0 ? g_array_index (minutes, StoredMinute, 0).at_us : now_us;
  return TRUE;
}

static void
answer_events (HttpRequest *request, const EventCount *count)
{
  JsonOut *out = json_out_new ();
  g_autofree char *next = count->is_complete ? NULL : store_cursor_format (&count->cursor);

  json_out_object (out, NULL);
  put_buckets (out, &count->buckets);
  json_out_int (out, "total", count->total);
  json_out_bool (out, "complete", count->is_complete);
  json_out_time (out, "counted_back_to", count->is_complete ? 0 : count->back_to_us);
  put_values (out, "values", count->values, count->buckets.n);
  json_out_string (out, "next", next);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_count_events (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  Store *store = api->setup.store;
  g_autofree EventCount *count = g_new0 (EventCount, 1);
  g_autoptr (EventWhere) where = NULL;
  g_autoptr (GError) error = NULL;
  gint64 now_us = clock_wall_us (api->setup.clock), from_us;
  guint points;
  EventQuery query;
  g_autoptr (Problem) problem = api_event_query (request, &query, &where);

  if (problem == NULL)
    problem = read_points (request, &points);
  if (problem == NULL)
    problem = api_after (request, &count->cursor);
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  from_us = query.from_us;
  if (from_us == 0 && !first_minute (store, now_us, &from_us, &error))
    {
      api_answer_error (request, error);
      return;
    }
  buckets_choose (&count->buckets, from_us, query.to_us != 0 ? query.to_us : now_us + 1, points);
  if ((is_filtered (&query) ? count_found : count_all) (store, count, &query, &error))
    answer_events (request, count);
  else
    api_answer_error (request, error);
}

/* ---- Dead letters ---- */

typedef struct
{
  char *name;
  gint64 total;
  gint64 *values;
} Bars;

static void
bars_free (gpointer data)
{
  Bars *bars = data;

  g_free (bars->name);
  g_free (bars->values);
  g_free (bars);
}

static Bars *
bars_of (GPtrArray *all, GHashTable *by_name, const char *name, guint n)
{
  Bars *bars = g_hash_table_lookup (by_name, name);

  if (bars != NULL)
    return bars;
  bars = g_new0 (Bars, 1);
  bars->name = g_strdup (name);
  bars->values = g_new0 (gint64, n);
  g_ptr_array_add (all, bars);
  g_hash_table_insert (by_name, bars->name, bars);
  return bars;
}

static int
compare_bars (gconstpointer a, gconstpointer b)
{
  const Bars *x = *(const Bars *const *) a, *y = *(const Bars *const *) b;

  if (x->total != y->total)
    return x->total > y->total ? -1 : 1;
  return strcmp (x->name, y->name);
}

typedef struct
{
  DeadFacet by;
  Buckets buckets;
  GPtrArray *groups; /* StoredDeadGroup */
  GArray *minutes;   /* StoredDeadMinute */
} DeadCount;

static void
dead_count_clear (DeadCount *count)
{
  g_clear_pointer (&count->groups, g_ptr_array_unref);
  g_clear_pointer (&count->minutes, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DeadCount, dead_count_clear)

/* The largest first. */
static GPtrArray *
count_dead (const DeadCount *count, const DeliveryQuery *query)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (bars_free);
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < count->minutes->len; i++)
    {
      const StoredDeadMinute *minute = &g_array_index (count->minutes, StoredDeadMinute, i);
      const StoredDeadGroup *group = count->groups->pdata[minute->group];
      g_autofree char *name = NULL;
      guint place;
      Bars *bars;

      if (!buckets_find (&count->buckets, minute->at_us, &place) ||
          !dead_group_fits (group, query, DEAD_N_FACETS))
        continue;
      name = dead_facet_value (count->by, group);
      bars = bars_of (all, by_name, name, count->buckets.n);
      bars->values[place] += minute->n;
      bars->total += minute->n;
    }
  g_ptr_array_sort (all, compare_bars);
  return all;
}

static void
put_bars (JsonOut *out, const Bars *bars, guint n)
{
  json_out_object (out, NULL);
  json_out_string (out, "name", bars->name);
  json_out_int (out, "total", bars->total);
  put_values (out, "values", bars->values, n);
  json_out_end_object (out);
}

/* What is beyond the largest ones, as one without a name. */
static void
put_rest (JsonOut *out, const GPtrArray *all, guint n)
{
  g_autofree gint64 *values = g_new0 (gint64, n);
  Bars rest = { .values = values };

  for (guint i = MAX_SERIES; i < all->len; i++)
    {
      const Bars *bars = all->pdata[i];

      rest.total += bars->total;
      for (guint place = 0; place < n; place++)
        values[place] += bars->values[place];
    }
  if (all->len > MAX_SERIES)
    put_bars (out, &rest, n);
}

static void
answer_dead (HttpRequest *request, const DeadCount *count, const DeliveryQuery *query)
{
  g_autoptr (GPtrArray) all = count_dead (count, query);
  JsonOut *out = json_out_new ();
  gint64 total = 0;

  for (guint i = 0; i < all->len; i++)
    total += ((Bars *) all->pdata[i])->total;
  json_out_object (out, NULL);
  put_buckets (out, &count->buckets);
  json_out_string (out, "by", dead_facet_name (count->by));
  json_out_int (out, "total", total);
  json_out_array (out, "series");
  for (guint i = 0; i < MIN (all->len, MAX_SERIES); i++)
    put_bars (out, all->pdata[i], count->buckets.n);
  put_rest (out, all, count->buckets.n);
  json_out_end_array (out);
  json_out_end_object (out);
  api_answer_json (request, out);
}

static Problem *
read_by (HttpRequest *request, DeadFacet *out_by)
{
  const char *text = http_request_parameter (request, "by");

  *out_by = DEAD_FACET_CAUSE;
  for (guint facet = 0; text != NULL && facet < DEAD_N_FACETS; facet++)
    if (strcmp (text, dead_facet_name ((DeadFacet) facet)) == 0)
      {
        *out_by = (DeadFacet) facet;
        return NULL;
      }
  return text == NULL ? NULL
                      : api_refuse_parameter ("by", text,
                                              "cause, connector, rule, status, error-code, "
                                              "detail-type or fingerprint");
}

/* The first that is counted, when nobody says from when. */
static gint64
first_death (const DeadCount *count, const DeliveryQuery *query, gint64 now_us)
{
  gint64 first_us = now_us;

  for (guint i = 0; i < count->minutes->len; i++)
    {
      const StoredDeadMinute *minute = &g_array_index (count->minutes, StoredDeadMinute, i);

      if (minute->at_us < first_us &&
          dead_group_fits (count->groups->pdata[minute->group], query, DEAD_N_FACETS))
        first_us = minute->at_us;
    }
  return first_us;
}

void
api_count_dead_letters (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  Store *store = api->setup.store;
  g_auto (DeadCount) count = { 0 };
  g_autoptr (GError) error = NULL;
  gint64 now_us = clock_wall_us (api->setup.clock), from_us = 0, to_us = 0;
  guint points;
  DeliveryQuery query;
  g_autoptr (Problem) problem = api_dead_query (request, &query);

  if (problem == NULL)
    problem = read_by (request, &count.by);
  if (problem == NULL)
    problem = read_points (request, &points);
  if (problem == NULL)
    problem = api_time (request, "from", &from_us);
  if (problem == NULL)
    problem = api_time (request, "to", &to_us);
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  /* The first step may begin before from. */
  if (!store->engine->dead_minutes (store, 0, 0, &count.groups, &count.minutes, &error))
    {
      api_answer_error (request, error);
      return;
    }
  if (from_us == 0)
    from_us = first_death (&count, &query, now_us);
  buckets_choose (&count.buckets, from_us, to_us != 0 ? to_us : now_us + 1, points);
  answer_dead (request, &count, &query);
}
