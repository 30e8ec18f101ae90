/* The configuration as a whole: apply a folder, its history, differences, and the way back. */
#include "http/api-private.h"

#include "base/error.h"
#include "config/diff.h"
#include "config/folder.h"

#include <string.h>

/* How long what the files said is believed. */
#define EDITED_KNOWN_US (2 * G_USEC_PER_SEC)

#define MAX_REASON_BYTES 1000

static void
put_change (JsonOut *out, const ConfigChange *change)
{
  g_autofree char *text = config_change_format (change);

  json_out_object (out, NULL);
  json_out_string (out, "kind", config_change_kind_name (change->kind));
  json_out_string (out, "file", change->file);
  json_out_string (out, "object", change->object);
  json_out_string (out, "setting", change->setting);
  json_out_string (out, "before", change->before);
  json_out_string (out, "after", change->after);
  json_out_string (out, "effect", config_effect_name (change->effect));
  json_out_string (out, "text", text);
  json_out_end_object (out);
}

static void
put_changes (JsonOut *out, GPtrArray *changes)
{
  json_out_array (out, "changes");
  for (guint i = 0; i < changes->len; i++)
    put_change (out, changes->pdata[i]);
  json_out_end_array (out);
}

static void
put_files (JsonOut *out, GHashTable *files)
{
  g_autoptr (GList) paths = g_list_sort (g_hash_table_get_keys (files), (GCompareFunc) strcmp);

  json_out_object (out, "files");
  for (GList *path = paths; path != NULL; path = path->next)
    json_out_string (out, path->data, g_hash_table_lookup (files, path->data));
  json_out_end_object (out);
}

/* ---- What is in force ------------------------------------------------------------------------ */

gboolean
api_config_is_edited (Api *api)
{
  const ApiOperations *operations = &api->setup.operations;
  gint64 now_us = clock_steady_us (api->setup.clock);
  gboolean edited, is_known;

  g_mutex_lock (&api->lock);
  is_known = api->edited_checked_us != 0 && now_us - api->edited_checked_us < EDITED_KNOWN_US;
  edited = api->edited;
  g_mutex_unlock (&api->lock);
  if (is_known)
    return edited;
  edited = operations->is_edited (operations->user_data);
  g_mutex_lock (&api->lock);
  api->edited = edited;
  api->edited_checked_us = now_us;
  g_mutex_unlock (&api->lock);
  return edited;
}

void
api_put_restart (Api *api, JsonOut *out)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  g_autoptr (GHashTable) before = NULL, after = NULL;
  g_autoptr (GPtrArray) changes = NULL;

  json_out_array (out, "restart");
  if (strcmp (snapshot->configuration->digest, api->started_with->digest) != 0)
    {
      before = config_content_parse (api->started_with->content);
      after = config_content_parse (snapshot->configuration->content);
      changes = config_diff (before, after, api->setup.connector_schemas);
    }
  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      const ConfigChange *change = g_ptr_array_index (changes, i);
      g_autofree char *text = config_change_format (change);

      if (change->kind == CHANGE_CHANGED && change->effect == EFFECT_RESTART)
        json_out_string (out, NULL, text + strlen ("~ "));
    }
  json_out_end_array (out);
}

void
api_get_config (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  g_autoptr (GHashTable) files = config_content_parse (snapshot->configuration->content);
  g_autofree char *tag = g_strdup_printf ("\"%" G_GUINT64_FORMAT "\"", snapshot->generation);
  const char *headers[] = { "ETag", tag, NULL };
  JsonOut *out = json_out_new ();
  gsize length;

  json_out_object (out, NULL);
  json_out_int (out, "generation", (gint64) snapshot->generation);
  json_out_string (out, "digest", snapshot->configuration->digest);
  json_out_bool (out, "edited_by_hand", api_config_is_edited (api));
  api_put_restart (api, out);
  put_files (out, files);
  json_out_end_object (out);
  g_string_append_c (out, '\n');
  length = out->len;
  http_answer_take (request, 200, "application/json", g_string_free (out, FALSE), length, headers);
}

/* ---- History --------------------------------------------------------------------------------- */

static void
put_generation (JsonOut *out, const StoredGeneration *generation, guint64 in_force)
{
  json_out_int (out, "generation", (gint64) generation->generation);
  json_out_time (out, "at", generation->at_us);
  json_out_string (out, "author", generation->author);
  json_out_string (out, "reason", generation->reason);
  json_out_string (out, "digest", generation->digest);
  json_out_bool (out, "in_force", generation->generation == in_force);
}

void
api_list_generations (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  Store *store = api->setup.store;
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Problem) problem = NULL;
  guint limit = API_DEFAULT_LIMIT;
  gint64 before = 0;
  JsonOut *out;

  problem = api_limit (request, &limit);
  if (problem == NULL)
    problem = api_number (request, "before", 1, G_MAXINT64, &before);
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  if (!store->engine->find_generations (store, (guint64) before, limit, &found, &error))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_array (out, "generations");
  for (guint i = 0; i < found->len; i++)
    {
      json_out_object (out, NULL);
      put_generation (out, found->pdata[i], snapshot->generation);
      json_out_end_object (out);
    }
  json_out_end_array (out);
  if (found->len == limit)
    json_out_int (out, "next", (gint64) ((StoredGeneration *) found->pdata[limit - 1])->generation);
  else
    json_out_null (out, "next");
  json_out_end_object (out);
  api_answer_json (request, out);
}

static Problem *
refuse_generation (const char *text)
{
  return problem_new (400, "invalid-parameter", "The generation is not valid",
                      "“%s” is no generation; expected its number", text);
}

static gboolean
parse_generation (const char *text, guint64 *out_generation)
{
  return text != NULL && g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, out_generation, NULL);
}

void
api_get_generation (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  Store *store = api->setup.store;
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  g_autoptr (StoredGeneration) generation = NULL;
  g_autoptr (GHashTable) files = NULL;
  g_autoptr (GError) error = NULL;
  const char *text = http_request_segment (request, "generation");
  guint64 number;
  JsonOut *out;

  if (!parse_generation (text, &number))
    {
      g_autoptr (Problem) problem = refuse_generation (text);

      http_answer_problem (request, problem);
      return;
    }
  if (!store->engine->load_generation (store, number, &generation, &error))
    {
      api_answer_error (request, error);
      return;
    }
  files = config_content_parse (generation->content);
  out = json_out_new ();
  json_out_object (out, NULL);
  put_generation (out, generation, snapshot->generation);
  if (files != NULL)
    put_files (out, files);
  json_out_end_object (out);
  api_answer_json (request, out);
}

/* A side of a difference: a generation's number; nothing given: the one in force. */
static GHashTable *
files_of (HttpRequest *request, Api *api, const char *name, guint64 *out_number)
{
  const ApiOperations *operations = &api->setup.operations;
  const char *text = http_request_parameter (request, name);
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  g_autoptr (Problem) problem = NULL;
  g_autoptr (GError) error = NULL;
  GHashTable *files;

  if (text == NULL)
    {
      *out_number = snapshot->generation;
      return config_content_parse (snapshot->configuration->content);
    }
  if (!parse_generation (text, out_number))
    {
      problem = refuse_generation (text);
      http_answer_problem (request, problem);
      return NULL;
    }
  files = operations->generation_files (*out_number, &error, operations->user_data);
  if (files == NULL)
    api_answer_error (request, error);
  return files;
}

void
api_diff_generations (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  g_autoptr (GHashTable) before = NULL, after = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  guint64 from, to;
  JsonOut *out;

  before = files_of (request, api, "from", &from);
  if (before == NULL)
    return;
  after = files_of (request, api, "to", &to);
  if (after == NULL)
    return;
  changes = config_diff (before, after, api->setup.connector_schemas);
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_int (out, "from", (gint64) from);
  json_out_int (out, "to", (gint64) to);
  put_changes (out, changes);
  json_out_end_object (out);
  api_answer_json (request, out);
}

/* Texts are the administrator's own: those in force are in GET /v1/config, too. */
static void
put_text (JsonOut *out, const char *path, const char *in_force, const char *on_disk)
{
  if (g_strcmp0 (in_force, on_disk) == 0)
    return;
  json_out_object (out, NULL);
  json_out_string (out, "file", path);
  json_out_string (out, "in_force", in_force);
  json_out_string (out, "on_disk", on_disk);
  json_out_end_object (out);
}

/* The files that differ, in the order of their names; of one that cannot be read nothing is
 * said. */
static void
put_texts (JsonOut *out, Api *api, GHashTable *before)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (
      (GDestroyNotify) config_problem_free);
  g_autoptr (GPtrArray) files = config_folder_read (api->setup.config_dir,
                                                    api->setup.connector_schemas, NULL, problems);
  g_autoptr (GHashTable) there = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GList) paths = g_list_sort (g_hash_table_get_keys (before), (GCompareFunc) strcmp);

  json_out_array (out, "files");
  for (guint i = 0; i < files->len; i++)
    {
      const ConfigFile *file = files->pdata[i];

      g_hash_table_add (there, file->path);
      if (file->text != NULL && g_utf8_validate (file->text, -1, NULL))
        put_text (out, file->path, g_hash_table_lookup (before, file->path), file->text);
    }
  for (GList *path = paths; path != NULL; path = path->next)
    if (!g_hash_table_contains (there, path->data))
      put_text (out, path->data, g_hash_table_lookup (before, path->data), NULL);
  json_out_end_array (out);
}

/* What a reload would do: the folder as it is on disk against what is in force. */
void
api_list_pending (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  g_autoptr (GHashTable) before = config_content_parse (snapshot->configuration->content);
  g_autoptr (GHashTable) after = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (Configuration) read = config_reload (snapshot->configuration, api->setup.config_dir,
                                                  api->setup.connector_schemas, NULL, &problems);
  gboolean with_texts = FALSE;
  g_autoptr (Problem) problem = api_flag (request, "texts", &with_texts);
  JsonOut *out;

  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  out = json_out_new ();

  if (read != NULL)
    {
      after = config_content_parse (read->content);
      changes = config_diff (before, after, api->setup.connector_schemas);
    }
  else
    changes = g_ptr_array_new ();
  json_out_object (out, NULL);
  json_out_int (out, "generation", (gint64) snapshot->generation);
  json_out_bool (out, "pending",
                 read == NULL || strcmp (read->digest, snapshot->configuration->digest) != 0);
  put_changes (out, changes);
  api_put_problems (out, problems);
  if (with_texts)
    put_texts (out, api, before);
  json_out_end_object (out);
  api_answer_json (request, out);
}

/* ---- Applying -------------------------------------------------------------------------------- */

/* If-Match: the generation's ETag, or * for any. */
static Problem *
read_expected (HttpRequest *request, guint64 *out_expected)
{
  const char *match = http_request_header (request, "If-Match");
  gsize length = match != NULL ? strlen (match) : 0;
  g_autofree char *inner = NULL;

  *out_expected = 0;
  if (match == NULL || strcmp (match, "*") == 0)
    return NULL;
  if (length > 2 && match[0] == '"' && match[length - 1] == '"')
    inner = g_strndup (match + 1, length - 2);
  if (parse_generation (inner, out_expected))
    return NULL;
  return problem_new (
      400, "invalid-request", "The request is not valid",
      "Expected If-Match with the ETag of GET /v1/config, the generation in quotes");
}

static Problem *
read_reason (JsonNode *root, ApiApply *apply)
{
  JsonNode *reason = json_object_get_member (json_node_get_object (root), "reason");

  if (reason == NULL)
    return NULL;
  if (json_node_get_value_type (reason) != G_TYPE_STRING ||
      strlen (json_node_get_string (reason)) > MAX_REASON_BYTES)
    return problem_new (400, "invalid-request", "The request is not valid",
                        "“reason” must be a string of at most %u bytes", MAX_REASON_BYTES);
  apply->reason = json_node_get_string (reason);
  return NULL;
}

static Problem *
read_apply (HttpRequest *request, Api *api, ApiApply *out_apply, JsonNode **out_root)
{
  gboolean tests = TRUE;
  Problem *problem = api_flag (request, "check", &out_apply->check_only);

  if (problem == NULL)
    problem = api_flag (request, "tests", &tests);
  if (problem == NULL)
    problem = api_flag (request, "overwrite", &out_apply->overwrite);
  if (problem == NULL)
    problem = read_expected (request, &out_apply->expected);
  if (problem == NULL && api->setup.config_read_only && !out_apply->check_only)
    problem = api_refuse_read_only ();
  if (problem == NULL)
    problem = api_body_object (request, out_root);
  if (problem == NULL)
    problem = read_reason (*out_root, out_apply);
  out_apply->skip_tests = !tests;
  out_apply->author = http_request_peer (request);
  return problem;
}

static void
apply_files (HttpRequest *request, Api *api, const ApiApply *apply)
{
  const ApiOperations *operations = &api->setup.operations;
  g_autoptr (Snapshot) before = snapshot_current (api->setup.snapshots);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (GError) error = NULL;
  ApiApplied applied = { 0 };
  gboolean ok = operations->apply (apply, &applied, &problems, &error, operations->user_data);
  JsonOut *out;

  changes = applied.changes;
  if (!ok)
    {
      api_answer_config_failure (request, problems, error);
      return;
    }
  g_mutex_lock (&api->lock);
  api->edited_checked_us = 0;
  g_mutex_unlock (&api->lock);
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_int (out, "generation", (gint64) applied.generation);
  json_out_bool (out, "changed", applied.generation != before->generation);
  json_out_int (out, "tests", applied.n_tests);
  put_changes (out, changes);
  api_put_restart (api, out);
  json_out_end_object (out);
  api_answer_json (request, out);
}

static Problem *
read_files (JsonNode *root, ApiApply *apply)
{
  JsonNode *node = json_object_get_member (json_node_get_object (root), "files");
  g_autofree char *text = node != NULL ? json_to_string (node, FALSE) : NULL;

  apply->files = config_content_parse (text);
  if (apply->files != NULL)
    return NULL;
  return problem_new (400, "invalid-request", "The request is not valid",
                      "Expected {\"files\": {\"rule/default/x.json\": \"the file's text\", …}}");
}

void
api_put_config (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  g_autoptr (JsonNode) root = NULL;
  ApiApply apply = { 0 };
  g_autoptr (Problem) problem = read_apply (request, api, &apply, &root);

  if (problem == NULL)
    problem = read_files (root, &apply);
  if (problem != NULL)
    http_answer_problem (request, problem);
  else
    apply_files (request, api, &apply);
  g_clear_pointer (&apply.files, g_hash_table_unref);
}

void
api_roll_back (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const ApiOperations *operations = &api->setup.operations;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = NULL;
  ApiApply apply = { 0 };
  g_autoptr (Problem) problem = read_apply (request, api, &apply, &root);
  gint64 number = 0;

  if (problem == NULL)
    {
      number = json_object_get_int_member_with_default (json_node_get_object (root), "generation",
                                                        0);
      if (number < 1)
        problem = problem_new (400, "invalid-request", "The request is not valid",
                               "Expected {\"generation\": N}");
    }
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  apply.files = operations->generation_files ((guint64) number, &error, operations->user_data);
  if (apply.files == NULL)
    {
      api_answer_error (request, error);
      return;
    }
  reason = g_strdup_printf ("back to generation %" G_GINT64_FORMAT "%s%s", number,
                            apply.reason != NULL ? ": " : "",
                            apply.reason != NULL ? apply.reason : "");
  apply.reason = reason;
  apply_files (request, api, &apply);
  g_clear_pointer (&apply.files, g_hash_table_unref);
}
