/* Bulk jobs: made, shown, paused, resumed, cancelled. */
#include "http/api-private.h"

#include "store/delivery-filter.h"

#include <string.h>

#define MAX_RATE 1000000.0
#define MAX_REMARK_BYTES 1024u
#define DEFAULT_FAILED_PERCENT 5

static Problem *refuse (const char *pointer, const char *format, ...) G_GNUC_PRINTF (2, 3);

static Problem *
refuse (const char *pointer, const char *format, ...)
{
  g_autofree char *detail = NULL;
  Problem *problem;
  va_list args;

  va_start (args, format);
  detail = g_strdup_vprintf (format, args);
  va_end (args);
  problem = problem_new (400, "invalid-request", "The request is not valid", "%s", detail);
  problem_set_place (problem, pointer, 0, 0);
  return problem;
}

/* ---- Showing ---- */

static void
put_member (JsonOut *out, JsonObject *job, const char *member, const char *name)
{
  g_autofree char *text = json_object_has_member (job, member)
                              ? json_to_string (json_object_get_member (job, member), FALSE)
                              : NULL;

  if (text != NULL)
    json_out_raw (out, name, text, (gssize) strlen (text));
}

static gint64
int_of (JsonObject *job, const char *member)
{
  return json_object_get_int_member_with_default (job, member, 0);
}

static void
put_guard (JsonOut *out, JsonObject *job)
{
  static const gint64 steps[] = { 1, 10, 100 };
  gint64 step = int_of (job, "step");

  if (int_of (job, "max_failed_percent") == 0)
    {
      json_out_null (out, "guard");
      return;
    }
  json_out_object (out, "guard");
  put_member (out, job, "max_failed_percent", "max_failed_percent");
  put_member (out, job, "confirms", "confirm");
  if (step >= 0 && step < (gint64) G_N_ELEMENTS (steps))
    json_out_int (out, "step", steps[step]);
  else
    json_out_null (out, "step");
  put_member (out, job, "step_succeeded", "succeeded");
  put_member (out, job, "step_failed", "failed");
  json_out_end_object (out);
}

/* Of a replay; one from before this could be said went to its own targets. */
static void
put_how (JsonOut *out, JsonObject *job)
{
  if (strcmp (json_object_get_string_member_with_default (job, "kind", ""), "replay") != 0)
    return;
  json_out_string (out, "rules", json_object_get_string_member_with_default (job, "rules", "then"));
  json_out_bool (out, "skip_succeeded",
                 json_object_get_boolean_member_with_default (job, "skip_succeeded", FALSE));
  json_out_int (out, "left_succeeded", int_of (job, "left_succeeded"));
  json_out_int (out, "left_nowhere", int_of (job, "left_nowhere"));
}

static void
put_job (JsonOut *out, const StoredRecord *record)
{
  g_autoptr (JsonNode) root = json_from_string (record->value, NULL);
  JsonObject *job = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root)
                                                                  : NULL;

  if (job == NULL)
    return;
  json_out_object (out, NULL);
  json_out_int (out, "id", record->id);
  put_member (out, job, "kind", "kind");
  put_member (out, job, "filter", "filter");
  if (int_of (job, "until_us") != 0)
    json_out_time (out, "until", int_of (job, "until_us"));
  put_how (out, job);
  put_member (out, job, "state", "state");
  put_member (out, job, "note", "note");
  put_member (out, job, "actor", "actor");
  put_member (out, job, "reason", "reason");
  if (int_of (job, "operation") != 0)
    json_out_int (out, "operation", int_of (job, "operation"));
  else
    json_out_null (out, "operation");
  json_out_time (out, "created", int_of (job, "created_us"));
  json_out_time (out, "changed", int_of (job, "changed_us"));
  put_member (out, job, "rate", "rate_per_second");
  if (int_of (job, "total") >= 0)
    json_out_int (out, "total", int_of (job, "total"));
  else
    json_out_null (out, "total");
  json_out_int (out, "applied", record->counts[0]);
  json_out_int (out, "skipped", record->counts[1]);
  put_member (out, job, "succeeded", "succeeded");
  put_member (out, job, "failed", "failed");
  put_guard (out, job);
  json_out_end_object (out);
}

/* NULL: answered. */
static GPtrArray *
find (HttpRequest *request, Api *api, gint64 before, guint limit)
{
  Store *store = api->setup.store;
  g_autoptr (GError) error = NULL;
  GPtrArray *records = NULL;

  if (!store->engine->find_records (store, RECORD_JOB, NULL, before, limit, &records, &error))
    api_answer_error (request, error);
  return records;
}

static void
answer_job (HttpRequest *request, Api *api, gint64 id)
{
  g_autoptr (GPtrArray) records = find (request, api, id + 1, 1);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  JsonOut *out;

  if (records == NULL)
    return;
  if (records->len == 0 || ((StoredRecord *) records->pdata[0])->id != id)
    {
      api_answer_not_found (request, "job", text);
      return;
    }
  out = json_out_new ();
  put_job (out, records->pdata[0]);
  api_answer_json (request, out);
}

void
api_list_jobs (HttpRequest *request, gpointer api)
{
  gint64 before = 0;
  guint limit = API_DEFAULT_LIMIT;
  g_autoptr (Problem) problem = api_limit (request, &limit);
  g_autoptr (GPtrArray) records = NULL;
  JsonOut *out;

  if (problem == NULL)
    problem = api_number (request, "after", 1, G_MAXINT64, &before);
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  records = find (request, api, before, limit);
  if (records == NULL)
    return;
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_array (out, "jobs");
  for (guint i = 0; i < records->len; i++)
    put_job (out, records->pdata[i]);
  json_out_end_array (out);
  if (records->len == limit)
    json_out_int (out, "next", ((StoredRecord *) records->pdata[limit - 1])->id);
  else
    json_out_null (out, "next");
  json_out_end_object (out);
  api_answer_json (request, out);
}

/* FALSE: answered. */
static gboolean
read_id (HttpRequest *request, gint64 *out_id)
{
  const char *text = http_request_segment (request, "id");

  if (text != NULL && g_ascii_string_to_signed (text, 10, 1, G_MAXINT64 - 1, out_id, NULL))
    return TRUE;
  api_answer_not_found (request, "job", text);
  return FALSE;
}

void
api_get_job (HttpRequest *request, gpointer api)
{
  gint64 id;

  if (read_id (request, &id))
    answer_job (request, api, id);
}

/* ---- Making ---- */

typedef struct
{
  JsonNode *root;
  char *filter;
  ApiJob job;
  gboolean has_kind;
  gboolean has_how; /* anything was said of how it replays */
} Wanted;

static void
wanted_clear (Wanted *wanted)
{
  g_clear_pointer (&wanted->root, json_node_unref);
  g_clear_pointer (&wanted->filter, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wanted, wanted_clear)

static gboolean
get_number (JsonNode *node, double *out_number)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return FALSE;
  *out_number = json_node_get_double (node);
  return TRUE;
}

static Problem *
read_rate (JsonNode *node, double *out_rate)
{
  return get_number (node, out_rate) && *out_rate >= 0 && *out_rate <= MAX_RATE
             ? NULL
             : refuse ("/rate_per_second",
                       "“rate_per_second” must be a number up to a million; 0: as fast as it goes");
}

static Problem *
read_kind (JsonNode *node, Wanted *wanted)
{
  static const struct
  {
    const char *name;
    JournalKind kind;
  } kinds[] = {
    { "replay", JOURNAL_REPLAY }, { "discard", JOURNAL_DISCARD },   { "restore", JOURNAL_RESTORE },
    { "retry", JOURNAL_RETRY },   { "postpone", JOURNAL_POSTPONE }, { "give-up", JOURNAL_GIVE_UP },
  };
  const char *text = JSON_NODE_HOLDS_VALUE (node) &&
                             json_node_get_value_type (node) == G_TYPE_STRING
                         ? json_node_get_string (node)
                         : "";

  wanted->has_kind = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (text, kinds[i].name) == 0)
      {
        wanted->job.kind = kinds[i].kind;
        return NULL;
      }
  return refuse ("/kind", "“kind” must be replay, discard, restore, retry, postpone or give-up");
}

static Problem *
read_until (JsonNode *node, gint64 *out_us)
{
  const char *text = JSON_NODE_HOLDS_VALUE (node) &&
                             json_node_get_value_type (node) == G_TYPE_STRING
                         ? json_node_get_string (node)
                         : "";

  return clock_parse (text, out_us)
             ? NULL
             : refuse ("/until", "“until” must be a time like 2026-11-21T09:14:00Z (RFC 3339)");
}

static Problem *
read_filter (JsonNode *node, Wanted *wanted)
{
  DeliveryQuery ignored = { 0 };
  g_autoptr (GError) error = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse ("/filter", "“filter” must be an object; {} is all");
  if (!delivery_filter_read (json_node_get_object (node), &ignored, &error))
    return refuse ("/filter", "%s", error->message);
  wanted->filter = json_to_string (node, FALSE);
  return NULL;
}

/* true, or an object. */
static Problem *
read_guard (JsonNode *node, ApiJob *job)
{
  JsonObject *guard;
  double percent = DEFAULT_FAILED_PERCENT;

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    {
      job->max_failed_percent = json_node_get_boolean (node) ? DEFAULT_FAILED_PERCENT : 0;
      return NULL;
    }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse ("/guard", "“guard” must be true, false or an object");
  guard = json_node_get_object (node);
  if (json_object_has_member (guard, "max_failed_percent") &&
      (!get_number (json_object_get_member (guard, "max_failed_percent"), &percent) ||
       percent < 1 || percent > 100))
    return refuse ("/guard/max_failed_percent", "“max_failed_percent” must be from 1 to 100");
  job->max_failed_percent = (guint) percent;
  job->confirms = json_object_get_boolean_member_with_default (guard, "confirm", FALSE);
  return NULL;
}

static Problem *
read_remark (const char *name, JsonNode *node, const char **out_text)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING ||
      strlen (json_node_get_string (node)) > MAX_REMARK_BYTES)
    return refuse (NULL, "“%s” must be a string of at most %u bytes", name, MAX_REMARK_BYTES);
  *out_text = json_node_get_string (node);
  return NULL;
}

static Problem *
read_member (Wanted *wanted, const char *name, JsonNode *node)
{
  if (strcmp (name, "kind") == 0)
    return read_kind (node, wanted);
  if (strcmp (name, "filter") == 0)
    return read_filter (node, wanted);
  if (strcmp (name, "until") == 0)
    return read_until (node, &wanted->job.until_us);
  if (strcmp (name, "rules") == 0 || strcmp (name, "skip_succeeded") == 0)
    {
      wanted->has_how = TRUE;
      return api_read_how (name, node, &wanted->job.how);
    }
  if (strcmp (name, "rate_per_second") == 0)
    return read_rate (node, &wanted->job.rate);
  if (strcmp (name, "guard") == 0)
    return read_guard (node, &wanted->job);
  if (strcmp (name, "actor") == 0)
    return read_remark (name, node, &wanted->job.actor);
  if (strcmp (name, "reason") == 0)
    return read_remark (name, node, &wanted->job.reason);
  return refuse (
      NULL,
      "The body has a member “%s”; known are kind, filter, until, rules, skip_succeeded, "
      "rate_per_second, guard, actor and reason",
      name);
}

static Problem *
read_wanted (HttpRequest *request, Wanted *wanted)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  Problem *problem = api_body_object (request, &wanted->root);

  if (problem != NULL)
    return problem;
  json_object_iter_init (&iter, json_node_get_object (wanted->root));
  while (problem == NULL && json_object_iter_next (&iter, &name, &member))
    problem = read_member (wanted, name, member);
  if (problem == NULL && (!wanted->has_kind || wanted->filter == NULL))
    problem = refuse (NULL, "“kind” and “filter” must be there; the filter {} is all");
  if (problem == NULL && wanted->job.max_failed_percent > 0 && wanted->job.kind != JOURNAL_REPLAY)
    problem = refuse ("/guard", "Only a replay can be guarded");
  if (problem == NULL && wanted->has_how && wanted->job.kind != JOURNAL_REPLAY)
    problem = refuse (NULL, "“rules” and “skip_succeeded” are for replaying only");
  if (problem == NULL && (wanted->job.until_us != 0) != (wanted->job.kind == JOURNAL_POSTPONE))
    problem = refuse ("/until", "“until” is the time to which a job of postponing postpones");
  wanted->job.filter = wanted->filter;
  return problem;
}

void
api_create_job (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const ApiOperations *operations = &api->setup.operations;
  g_auto (Wanted) wanted = { .job = { .actor = http_request_peer (request), .reason = "" } };
  g_autoptr (Problem) problem = read_wanted (request, &wanted);
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (problem != NULL)
    http_answer_problem (request, problem);
  else if (!operations->create_job (&wanted.job, &id, &error, operations->user_data))
    api_answer_error (request, error);
  else
    answer_job (request, api, id);
}

/* ---- Acting ---- */

static void
act (HttpRequest *request, Api *api, ApiJobAction action, double rate)
{
  const ApiOperations *operations = &api->setup.operations;
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (!read_id (request, &id))
    return;
  if (!operations->act_on_job (id, action, rate, &error, operations->user_data))
    api_answer_error (request, error);
  else
    answer_job (request, api, id);
}

void
api_pause_job (HttpRequest *request, gpointer api)
{
  act (request, api, API_JOB_PAUSE, 0);
}

void
api_resume_job (HttpRequest *request, gpointer api)
{
  act (request, api, API_JOB_RESUME, 0);
}

void
api_cancel_job (HttpRequest *request, gpointer api)
{
  act (request, api, API_JOB_CANCEL, 0);
}

void
api_set_job_rate (HttpRequest *request, gpointer api)
{
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (Problem) problem = api_body_object (request, &root);
  JsonObject *body;
  double rate = 0;

  if (problem == NULL)
    {
      body = json_node_get_object (root);
      problem = json_object_has_member (body, "rate_per_second")
                    ? read_rate (json_object_get_member (body, "rate_per_second"), &rate)
                    : refuse ("/rate_per_second", "“rate_per_second” is missing");
    }
  if (problem != NULL)
    http_answer_problem (request, problem);
  else
    act (request, api, API_JOB_RATE, rate);
}
