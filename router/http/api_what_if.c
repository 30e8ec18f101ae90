/* What a pattern would have matched: a draft tried on the events that are kept, beside the rule
 * that is in force. */
#include "http/api-private.h"

#include <string.h>

#define DEFAULT_EVENTS 10000
#define MAX_EVENTS 100000
#define PAGE 500
/* Of events that differ. */
#define MAX_LISTED 100
#define MESSAGE_BYTES 2048

typedef struct
{
  RulesSet *draft, *live; /* live NULL: there is nothing to compare with, or it matches all */
  RulesScratch *scratch;
  gboolean live_matches_all;
  gint64 looked_at, matches, live_matches;
  gint64 gained, lost;
  GPtrArray *gained_ids, *lost_ids;
  gint64 oldest_us;
} Trial;

static void
trial_clear (Trial *trial)
{
  g_clear_pointer (&trial->draft, rules_set_free);
  g_clear_pointer (&trial->live, rules_set_free);
  g_clear_pointer (&trial->scratch, rules_scratch_free);
  g_clear_pointer (&trial->gained_ids, g_ptr_array_unref);
  g_clear_pointer (&trial->lost_ids, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Trial, trial_clear)

static Problem *
refuse (const char *pointer, const char *detail)
{
  Problem *problem = problem_new (400, "invalid-request", "The request is not valid", "%s", detail);

  problem_set_place (problem, pointer, 0, 0);
  return problem;
}

static Problem *
refuse_pattern (const RulesError *error, const char *pattern)
{
  char message[MESSAGE_BYTES];
  Problem *problem;

  rules_error_eventbridge (error, pattern, strlen (pattern), message, sizeof message);
  problem = problem_new (400, "invalid-pattern", "The pattern is not valid", "%s", message);
  if (error->hint[0] != '\0')
    problem_set_remedy (problem, "%s", error->hint);
  problem_set_place (problem, error->pointer[0] != '\0' ? error->pointer : NULL, error->line,
                     error->column);
  return problem;
}

static Problem *
build (const char *pattern, RulesSet **out_set)
{
  const RulesSource source = { pattern, strlen (pattern) };
  RulesError error;

  return rules_set_build (&source, 1, NULL, NULL, out_set, &error)
             ? NULL
             : refuse_pattern (&error, pattern);
}

/* ---- What is asked ---- */

/* The pattern as it is written: an object byte for byte, a string as what it means. */
static Problem *
read_draft (HttpRequest *request, JsonObject *body, Trial *trial)
{
  gsize length;
  const char *text = g_bytes_get_data (http_request_body (request), &length);
  g_autofree char *pattern = NULL;
  RulesJsonSpan span;

  if (!rules_json_locate (text, length, "/pattern", &span))
    return refuse ("/pattern", "“pattern” is missing: the draft, as JSON or as a string of it");
  if (span.type == RULES_JSON_STRING)
    pattern = g_strdup (json_object_get_string_member (body, "pattern"));
  else
    pattern = g_strndup (text + span.start, span.length);
  return build (pattern, &trial->draft);
}

static Problem *
read_live (const Configuration *configuration, JsonObject *body, Trial *trial, const char **out_bus)
{
  const char *name = json_object_get_string_member_with_default (body, "rule", NULL);
  const ConfigRule *rule;

  *out_bus = json_object_get_string_member_with_default (body, "bus", NULL);
  if (name == NULL)
    return NULL;
  rule = g_hash_table_lookup (configuration->rules, name);
  if (rule == NULL)
    return problem_new (404, "not-found", "There is no such object", "There is no rule “%s”", name);
  if (*out_bus == NULL)
    *out_bus = rule->bus;
  trial->live_matches_all = rule->pattern == NULL;
  return rule->pattern != NULL ? build (rule->pattern, &trial->live) : NULL;
}

static Problem *
read_limit (JsonObject *body, gint64 *out_limit)
{
  *out_limit = json_object_get_int_member_with_default (body, "events", DEFAULT_EVENTS);
  return *out_limit >= 1 && *out_limit <= MAX_EVENTS
             ? NULL
             : refuse ("/events", "“events” must be from 1 to 100000");
}

static Problem *
refuse_unknown (JsonObject *body)
{
  static const char *const known[] = { "pattern", "rule", "bus", "events", NULL };
  g_autoptr (GList) members = json_object_get_members (body);

  for (GList *one = members; one != NULL; one = one->next)
    if (!g_strv_contains (known, one->data))
      return refuse (NULL, "Known members are pattern, rule, bus and events");
  return NULL;
}

/* ---- Trying ---- */

static gboolean
matches (Trial *trial, const RulesSet *set, const GString *event)
{
  const uint32_t *ids;
  size_t n = 0;
  RulesError error;

  return rules_match (set, trial->scratch, event->str, event->len, &ids, &n, &error) && n > 0;
}

static void
note_difference (gint64 *count, GPtrArray *ids, const char *id)
{
  (*count)++;
  if (ids->len < MAX_LISTED)
    g_ptr_array_add (ids, g_strdup (id));
}

static void
try_event (Trial *trial, const Event *event, gboolean compares)
{
  g_autoptr (GString) envelope = event_envelope (event);
  gboolean drafted = matches (trial, trial->draft, envelope);
  gboolean live = trial->live_matches_all ||
                  (trial->live != NULL && matches (trial, trial->live, envelope));

  trial->looked_at++;
  trial->oldest_us = event->received_us;
  trial->matches += drafted;
  trial->live_matches += live;
  if (compares && drafted && !live)
    note_difference (&trial->gained, trial->gained_ids, event->id);
  if (compares && live && !drafted)
    note_difference (&trial->lost, trial->lost_ids, event->id);
}

static gboolean
try_all (Trial *trial,
         Store *store,
         const char *bus,
         gint64 limit,
         gboolean compares,
         GError **error)
{
  const EventQuery query = { .matched = -1, .bus = bus };
  StoreCursor cursor = { 0 };
  guint found;

  do
    {
      guint wanted = (guint) MIN (PAGE, limit - trial->looked_at);
      g_autoptr (GPtrArray) page = NULL;

      if (!store->engine->find_events (store, &query, &cursor, wanted, &page, error))
        return FALSE;
      found = page->len;
      for (guint i = 0; i < found; i++)
        {
          const StoredEvent *listed = page->pdata[i];
          g_autoptr (StoredEvent) whole = NULL;

          /* One that has expired meanwhile is not there to be tried on. */
          if (store->engine->load_event (store, listed->event->id, &whole, NULL))
            try_event (trial, whole->event, compares);
        }
      if (found < wanted)
        break;
    }
  while (trial->looked_at < limit && found > 0);
  return TRUE;
}

/* ---- The answer ---- */

static void
put_ids (JsonOut *out, const char *name, gint64 n, GPtrArray *ids)
{
  json_out_object (out, name);
  json_out_int (out, "count", n);
  json_out_array (out, "events");
  for (guint i = 0; i < ids->len; i++)
    json_out_string (out, NULL, ids->pdata[i]);
  json_out_end_array (out);
  json_out_end_object (out);
}

static void
answer (HttpRequest *request, const Trial *trial, gboolean compares)
{
  JsonOut *out = json_out_new ();

  json_out_object (out, NULL);
  json_out_int (out, "looked_at", trial->looked_at);
  json_out_time (out, "oldest", trial->oldest_us);
  json_out_int (out, "matches", trial->matches);
  if (compares)
    {
      json_out_int (out, "live_matches", trial->live_matches);
      put_ids (out, "gained", trial->gained, trial->gained_ids);
      put_ids (out, "lost", trial->lost, trial->lost_ids);
    }
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_what_if (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  g_auto (Trial) trial = { 0 };
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (Problem) problem = api_body_object (request, &root);
  JsonObject *body = problem == NULL ? json_node_get_object (root) : NULL;
  g_autoptr (GError) error = NULL;
  const char *bus = NULL;
  gint64 limit = 0;
  gboolean compares;
  RulesError rules_error;

  if (problem == NULL)
    problem = refuse_unknown (body);
  if (problem == NULL)
    problem = read_draft (request, body, &trial);
  if (problem == NULL)
    problem = read_live (snapshot->configuration, body, &trial, &bus);
  if (problem == NULL)
    problem = read_limit (body, &limit);
  if (problem == NULL && !rules_scratch_new (NULL, &trial.scratch, &rules_error))
    problem = problem_new (503, "out-of-memory", "There is no memory for this", "%s",
                           rules_error.reason);
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  compares = trial.live != NULL || trial.live_matches_all;
  trial.gained_ids = g_ptr_array_new_with_free_func (g_free);
  trial.lost_ids = g_ptr_array_new_with_free_func (g_free);
  if (try_all (&trial, api->setup.store, bus, limit, compares, &error))
    answer (request, &trial, compares);
  else
    api_answer_error (request, error);
}
