/* What changed, on one axis: configurations, jobs, what operators did, connectors that were paused
 * or shut, starts and stops. */
#include "http/api-private.h"

#include "store/mark.h"

#include <string.h>

#define DEFAULT_SPAN_US G_TIME_SPAN_DAY
#define PAGE 200

typedef struct
{
  gint64 at_us;
  GString *json;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_string_free (entry->json, TRUE);
  g_free (entry);
}

typedef struct
{
  gint64 from_us, to_us;
  guint limit;
  GPtrArray *entries;
} Timeline;

static void
timeline_clear (Timeline *timeline)
{
  g_clear_pointer (&timeline->entries, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Timeline, timeline_clear)

static gboolean
is_within (const Timeline *timeline, gint64 at_us)
{
  return at_us >= timeline->from_us && at_us < timeline->to_us;
}

/* What all entries have in common; the object is still open. */
static JsonOut *
begin (Timeline *timeline, gint64 at_us, const char *kind, const char *actor, const char *reason)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->at_us = at_us;
  entry->json = json_out_new ();
  g_ptr_array_add (timeline->entries, entry);
  json_out_object (entry->json, NULL);
  json_out_time (entry->json, "at", at_us);
  json_out_string (entry->json, "kind", kind);
  json_out_string (entry->json, "actor", actor != NULL && *actor != '\0' ? actor : NULL);
  json_out_string (entry->json, "reason", reason != NULL ? reason : "");
  return entry->json;
}

/* ---- Configurations ---- */

static gboolean
add_generations (Timeline *timeline, Store *store, GError **error)
{
  guint64 before = 0;
  gboolean goes_on = TRUE;

  while (goes_on)
    {
      g_autoptr (GPtrArray) page = NULL;

      if (!store->engine->find_generations (store, before, PAGE, &page, error))
        return FALSE;
      goes_on = page->len == PAGE;
      for (guint i = 0; i < page->len; i++)
        {
          const StoredGeneration *one = page->pdata[i];

          before = one->generation;
          goes_on &= one->at_us >= timeline->from_us;
          if (is_within (timeline, one->at_us))
            {
              JsonOut *out = begin (timeline, one->at_us, "generation", one->author, one->reason);

              json_out_int (out, "generation", (gint64) one->generation);
              json_out_end_object (out);
            }
        }
    }
  return TRUE;
}

/* ---- Jobs ---- */

/* The one that its filter names, or NULL. */
static const char *
connector_of (JsonObject *job)
{
  JsonNode *filter = json_object_get_member (job, "filter");

  return filter != NULL && JSON_NODE_HOLDS_OBJECT (filter)
             ? json_object_get_string_member_with_default (json_node_get_object (filter),
                                                           "connector", NULL)
             : NULL;
}

static void
add_job (Timeline *timeline, const StoredRecord *record, JsonObject *job)
{
  gint64 created_us = json_object_get_int_member_with_default (job, "created_us", 0);
  gint64 changed_us = json_object_get_int_member_with_default (job, "changed_us", 0);
  const char *state = json_object_get_string_member_with_default (job, "state", "");
  gboolean is_over = strcmp (state, "running") != 0 && strcmp (state, "paused") != 0;
  const char *connector = connector_of (job);
  JsonOut *out;

  if (created_us >= timeline->to_us || (is_over && changed_us < timeline->from_us))
    return;
  out = begin (timeline, created_us, "job",
               json_object_get_string_member_with_default (job, "actor", NULL),
               json_object_get_string_member_with_default (job, "reason", ""));
  json_out_time (out, "until", is_over ? changed_us : 0);
  json_out_int (out, "job", record->id);
  if (connector != NULL)
    json_out_string (out, "connector", connector);
  json_out_string (out, "action", json_object_get_string_member_with_default (job, "kind", ""));
  json_out_string (out, "state", state);
  json_out_int (out, "operation", json_object_get_int_member_with_default (job, "operation", 0));
  json_out_int (out, "applied", record->counts[0]);
  json_out_end_object (out);
}

static gboolean
add_jobs (Timeline *timeline, Store *store, GError **error)
{
  g_autoptr (GPtrArray) records = NULL;

  /* Old ones may still run, so all of them are looked at; they are few. */
  if (!store->engine->find_records (store, RECORD_JOB, NULL, 0, G_MAXINT, &records, error))
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    {
      const StoredRecord *record = records->pdata[i];
      g_autoptr (JsonNode) root = json_from_string (record->value, NULL);

      if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
        add_job (timeline, record, json_node_get_object (root));
    }
  return TRUE;
}

/* ---- Marks ---- */

static void
add_mark (Timeline *timeline, const Mark *mark)
{
  JsonOut *out;

  if (!is_within (timeline, mark->at_us))
    return;
  out = begin (timeline, mark->at_us, mark->kind == MARK_OPERATED ? "operation" : mark_name (mark),
               mark->actor, mark->reason);
  if (mark->connector != NULL)
    json_out_string (out, "connector", mark->connector);
  if (mark->kind == MARK_OPERATED)
    {
      json_out_string (out, "action", mark_name (mark));
      json_out_int (out, "operation", mark->operation);
      json_out_int (out, "applied", mark->applied);
    }
  json_out_end_object (out);
}

/* From the newest back; the clock may have been set meanwhile, so that all of them are read. */
static gboolean
add_marks (Timeline *timeline, Store *store, GError **error)
{
  g_autoptr (GPtrArray) records = NULL;

  if (!store->engine->find_records (store, RECORD_MARK, NULL, 0, MARKS_KEPT, &records, error))
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr (JsonNode) root = NULL;
      Mark mark;

      if (mark_read (records->pdata[i], &root, &mark))
        add_mark (timeline, &mark);
    }
  return TRUE;
}

/* ---- The answer ---- */

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *x = *(const Entry *const *) a, *y = *(const Entry *const *) b;

  return x->at_us > y->at_us ? -1 : x->at_us < y->at_us ? 1 : 0;
}

static void
answer (HttpRequest *request, const Timeline *timeline)
{
  guint n = MIN (timeline->entries->len, timeline->limit);
  JsonOut *out = json_out_new ();

  g_ptr_array_sort (timeline->entries, compare_entries);
  json_out_object (out, NULL);
  json_out_time (out, "from", timeline->from_us);
  json_out_time (out, "to", timeline->to_us);
  json_out_bool (out, "complete", n == timeline->entries->len);
  json_out_array (out, "entries");
  for (guint i = 0; i < n; i++)
    {
      const Entry *entry = timeline->entries->pdata[i];

      json_out_raw (out, NULL, entry->json->str, (gssize) entry->json->len);
    }
  json_out_end_array (out);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_get_timeline (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  Store *store = api->setup.store;
  g_auto (Timeline) timeline = {
    .to_us = clock_wall_us (api->setup.clock) + 1,
    .limit = API_MAX_LIMIT,
    .entries = g_ptr_array_new_with_free_func (entry_free),
  };
  g_autoptr (Problem) problem = api_limit (request, &timeline.limit);
  g_autoptr (GError) error = NULL;

  if (problem == NULL)
    problem = api_time (request, "to", &timeline.to_us);
  timeline.from_us = MAX (timeline.to_us - DEFAULT_SPAN_US, 1);
  if (problem == NULL)
    problem = api_time (request, "from", &timeline.from_us);
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  if (add_generations (&timeline, store, &error) && add_jobs (&timeline, store, &error) &&
      add_marks (&timeline, store, &error))
    answer (request, &timeline);
  else
    api_answer_error (request, error);
}
