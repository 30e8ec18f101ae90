/* cases.c: the tests of a configuration: events, which rules they must match and what is sent. */
#include "config/cases.h"

#include "config/check.h"
#include "config/settings.h"
#include "config/target.h"

#include <string.h>

/* What an event has that says nothing of it. */
#define TEST_TIME "2026-01-01T00:00:00Z"
#define TEST_TIME_US G_GINT64_CONSTANT (1767225600000000)

/* So many differences of one output are told. */
#define SHOWN_DIFFERENCES 5

/* ---- Checking -------------------------------------------------------------------------------- */

static void
check_event (ConfigReport *report, JsonObject *test)
{
  JsonObject *event = config_settings_object (test, "Event");
  gsize mark = config_report_enter (report, "Event");

  if (json_object_has_member (test, "Event") && !event)
    config_check_expected (report, "", "an object");
  else if (event && (!config_settings_string (event, "source") ||
                     !config_settings_string (event, "detail-type") ||
                     !json_object_has_member (event, "detail")))
    config_report_value (report, "Write {\"source\": …, \"detail-type\": …, \"detail\": {…}}.",
                         "an event has source, detail-type and detail");
  config_report_leave (report, mark);
}

static void
check_outputs (ConfigReport *report, JsonObject *test)
{
  gsize mark = config_report_enter (report, "Outputs");

  if (json_object_has_member (test, "Outputs") && !config_settings_object (test, "Outputs"))
    config_check_expected (report, "", "an object, {\"rule/target\": …}");
  config_report_leave (report, mark);
}

void
config_cases_check (ConfigReport *report, const ConfigNames *names)
{
  JsonObject *object = json_node_get_object (report->file->root);
  JsonArray *tests = config_settings_array (object, "Tests");
  gsize mark;

  config_check_object (report, names, object, &config_schema_tests, NULL);
  mark = config_report_enter (report, "Tests");
  for (guint i = 0; tests && i < json_array_get_length (tests); i++)
    {
      JsonNode *test = json_array_get_element (tests, i);
      gsize inner = config_report_enter_index (report, i);

      if (JSON_NODE_HOLDS_OBJECT (test))
        {
          check_event (report, json_node_get_object (test));
          check_outputs (report, json_node_get_object (test));
        }
      config_report_leave (report, inner);
    }
  config_report_leave (report, mark);
}

GPtrArray *
config_cases_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) config_file_free);
}

void
config_cases_add (GPtrArray *cases, const ConfigFile *file)
{
  ConfigFile *copy = g_new0 (ConfigFile, 1);

  copy->schema = file->schema;
  copy->path = g_strdup (file->path);
  copy->name = g_strdup (file->name);
  copy->text = g_strndup (file->text, file->length);
  copy->length = file->length;
  copy->root = json_node_ref (file->root);
  g_ptr_array_add (cases, copy);
}

/* ---- Running --------------------------------------------------------------------------------- */

typedef struct
{
  const Configuration *configuration;
  ConfigReport *report;
  const char *name; /* of the test */
  const ConfigBus *bus;
  char *event; /* the whole envelope */
} Case;

static void
set_unless_there (JsonObject *object, const char *name, const char *json)
{
  if (!json_object_has_member (object, name))
    json_object_set_member (object, name, json_from_string (json, NULL));
}

/* The event with all that EventBridge's envelope has. */
static char *
envelope (JsonObject *given)
{
  g_autoptr (JsonObject) event = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), event);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, given);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    json_object_set_member (event, name, json_node_copy (value));
  set_unless_there (event, "version", "\"0\"");
  set_unless_there (event, "id", "\"00000000-0000-7000-8000-000000000000\"");
  set_unless_there (event, "account", "\"000000000000\"");
  set_unless_there (event, "time", "\"" TEST_TIME "\"");
  set_unless_there (event, "region", "\"local\"");
  set_unless_there (event, "resources", "[]");
  return json_to_string (node, FALSE);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* "a, b" or "none" */
static char *
join (GPtrArray *names)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *) names->pdata[i]);
  return g_strdup (names->len > 0 ? text->str : "none");
}

/* FALSE: the event cannot be matched, which has been said. */
static gboolean
match (Case *self, GPtrArray *out_rules)
{
  RulesScratch *scratch = NULL;
  RulesError error;
  const uint32_t *ids;
  size_t n = 0;
  gboolean ok = rules_scratch_new (NULL, &scratch, &error) &&
                rules_match (self->bus->set, scratch, self->event, strlen (self->event), &ids, &n,
                             &error);

  for (size_t i = 0; ok && i < n; i++)
    {
      const ConfigRule *rule = g_ptr_array_index (self->bus->rules, ids[i]);

      g_ptr_array_add (out_rules, rule->name);
    }
  rules_scratch_free (scratch);
  if (!ok)
    config_report_value (self->report, error.hint, "test “%s”: the event cannot be matched: %s",
                         self->name, error.reason);
  return ok;
}

static void
run_matches (Case *self, JsonObject *test, GPtrArray *matched)
{
  JsonArray *expected = config_settings_array (test, "Matches");
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *wanted = NULL, *seen = join (matched), *hint = NULL;
  gsize mark;

  for (guint i = 0; i < json_array_get_length (expected); i++)
    g_ptr_array_add (names, (gpointer) json_array_get_string_element (expected, i));
  wanted = join (names);
  if (strcmp (wanted, seen) == 0)
    return;
  for (guint i = 0; i < names->len && !hint; i++)
    {
      g_autofree char *ref = g_strconcat (self->bus->name, "/", names->pdata[i], NULL);
      const ConfigRule *rule = g_hash_table_lookup (self->configuration->rules, ref);

      if (!rule)
        hint = g_strdup_printf ("There is no rule “%s”.", ref);
      else if (!rule->enabled)
        hint = g_strdup_printf ("Rule “%s” is disabled.", ref);
    }
  mark = config_report_enter (self->report, "Matches");
  config_report_value (
      self->report, hint ? hint : "signalboxctl explain RULE EVENT says why a rule does not.",
      "test “%s”: expected to match %s, but it matches %s", self->name, wanted, seen);
  config_report_leave (self->report, mark);
}

/* ---- Outputs --------------------------------------------------------------------------------- */

static char *
text_of (JsonNode *node)
{
  return node ? json_to_string (node, FALSE) : g_strdup ("nothing");
}

/* Adds "$.order: expected 7, not 8" for each place where the two differ. */
static void
list_differences (GString *out, guint *n, const char *path, JsonNode *expected, JsonNode *seen)
{
  if (expected && seen && json_node_equal (expected, seen))
    return;
  if (expected && seen && JSON_NODE_HOLDS_OBJECT (expected) && JSON_NODE_HOLDS_OBJECT (seen))
    {
      JsonObject *sides[] = { json_node_get_object (expected), json_node_get_object (seen) };

      for (guint side = 0; side < 2; side++)
        {
          JsonObjectIter iter;
          const char *name;

          json_object_iter_init_ordered (&iter, sides[side]);
          while (json_object_iter_next_ordered (&iter, &name, NULL))
            {
              g_autofree char *inner = g_strconcat (path, ".", name, NULL);

              if (side == 0 || !json_object_has_member (sides[0], name))
                list_differences (out, n, inner, json_object_get_member (sides[0], name),
                                  json_object_get_member (sides[1], name));
            }
        }
    }
  else if (++*n <= SHOWN_DIFFERENCES)
    {
      g_autofree char *wanted = text_of (expected), *is = text_of (seen);
      g_autofree char *wanted_head = config_report_shorten (wanted);
      g_autofree char *is_head = config_report_shorten (is);

      g_string_append_printf (out, "%s%s: expected %s, not %s", *n > 1 ? "; " : "", path,
                              wanted_head, is_head);
    }
  else if (*n == SHOWN_DIFFERENCES + 1)
    g_string_append (out, "; and more");
}

static void
compare_output (Case *self, const char *key, JsonNode *expected, JsonNode *seen)
{
  g_autoptr (GString) differences = g_string_new (NULL);
  guint n = 0;

  list_differences (differences, &n, "$", expected, seen);
  if (n > 0)
    config_report_value (self->report, "", "test “%s”: %s would be sent something else: %s",
                         self->name, key, differences->str);
}

static const ConfigTarget *
find_target (const ConfigRule *rule, const char *id)
{
  for (guint i = 0; rule && i < rule->targets->len; i++)
    {
      const ConfigTarget *target = g_ptr_array_index (rule->targets, i);

      if (strcmp (target->id, id) == 0)
        return target;
    }
  return NULL;
}

/* A template of strings yields text in quotes, a line each: one line is a JSON string. */
static JsonNode *
parse_output (const char *text)
{
  JsonNode *node = json_from_string (text, NULL);

  return node ? node : json_node_init_string (json_node_alloc (), text);
}

static void
run_output (Case *self, const char *key, JsonNode *expected)
{
  const char *slash = strrchr (key, '/');
  g_autofree char *rule_name = g_strndup (key, slash ? (gsize) (slash - key) : 0);
  g_autofree char *ref = g_strconcat (self->bus->name, "/", rule_name, NULL);
  const ConfigRule *rule = g_hash_table_lookup (self->configuration->rules, ref);
  const ConfigTarget *target = slash ? find_target (rule, slash + 1) : NULL;
  RulesBuffer buffer = { 0 };
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) seen = NULL;
  RulesError error;

  if (!target)
    {
      config_report_value (self->report, "Write the rule's name, / and the target's Id.",
                           "test “%s”: there is no rule and target “%s” on bus “%s”", self->name,
                           key, self->bus->name);
      return;
    }
  if (!config_target_render (target, rule, self->event, strlen (self->event), TEST_TIME_US, &buffer,
                             &error))
    config_report_value (self->report, error.hint, "test “%s”: %s would be sent nothing: %s",
                         self->name, key, error.reason);
  else
    {
      text = g_strndup (buffer.data, buffer.length);
      seen = parse_output (text);
      compare_output (self, key, expected, seen);
    }
  rules_buffer_clear (&buffer);
}

static void
run_outputs (Case *self, JsonObject *outputs)
{
  gsize mark = config_report_enter (self->report, "Outputs");
  JsonObjectIter iter;
  const char *key;
  JsonNode *expected;

  json_object_iter_init_ordered (&iter, outputs);
  while (json_object_iter_next_ordered (&iter, &key, &expected))
    {
      gsize inner = config_report_enter (self->report, key);

      run_output (self, key, expected);
      config_report_leave (self->report, inner);
    }
  config_report_leave (self->report, mark);
}

static void
run_case (const Configuration *configuration, ConfigReport *report, JsonObject *test)
{
  const char *bus = config_settings_string (test, "Bus");
  g_autofree char *event = envelope (config_settings_object (test, "Event"));
  g_autoptr (GPtrArray) matched = g_ptr_array_new ();
  Case self = {
    .configuration = configuration,
    .report = report,
    .name = config_settings_string (test, "Name"),
    .bus = g_hash_table_lookup (configuration->buses, bus ? bus : "default"),
    .event = event,
  };
  JsonObject *outputs = config_settings_object (test, "Outputs");

  if (!match (&self, matched))
    return;
  run_matches (&self, test, matched);
  if (outputs)
    run_outputs (&self, outputs);
}

static guint
run_file (const Configuration *configuration, const ConfigFile *file, GPtrArray *problems)
{
  JsonArray *tests = config_settings_array (json_node_get_object (file->root), "Tests");
  guint n = json_array_get_length (tests);
  ConfigReport report;

  config_report_init (&report, file, problems);
  config_report_enter (&report, "Tests");
  for (guint i = 0; i < n; i++)
    {
      gsize mark = config_report_enter_index (&report, i);

      run_case (configuration, &report, json_array_get_object_element (tests, i));
      config_report_leave (&report, mark);
    }
  config_report_clear (&report);
  return n;
}

guint
config_cases_run (const Configuration *configuration, GPtrArray *problems)
{
  guint n = 0;

  for (guint i = 0; i < configuration->cases->len; i++)
    n += run_file (configuration, g_ptr_array_index (configuration->cases, i), problems);
  return n;
}
