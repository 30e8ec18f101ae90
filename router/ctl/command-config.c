/* command-config.c: diff, apply, reload, history, rollback and test: the configuration as a whole.
 */
#include "config.h"

#include "argument.h"
#include "check.h"
#include "commands.h"
#include "field.h"
#include "format.h"
#include "table.h"

#include "config/cases.h"
#include "config/configuration.h"
#include "config/diff.h"
#include "connector/connector.h"

#include <string.h>

#define EX_TROUBLE 2 /* of diff, as diff(1) has it */

/* ---- Differences ----------------------------------------------------------------------------- */

static OutputStyle
style_of (const char *text)
{
  return *text == '+' ? STYLE_GOOD : *text == '-' ? STYLE_BAD : STYLE_PLAIN;
}

static void
print_change (Ctl *ctl, const char *text)
{
  output_put (ctl->out, style_of (text), text);
  output_newline (ctl->out);
}

static void
print_changes (Ctl *ctl, JsonArray *changes)
{
  for (guint i = 0; i < field_length (changes); i++)
    print_change (ctl, field_string (field_object_at (changes, i), "text"));
}

static void
print_restart (Ctl *ctl, JsonObject *answer)
{
  JsonArray *restart = field_array (answer, "restart");

  for (guint i = 0; i < field_length (restart); i++)
    {
      output_put (ctl->out, STYLE_NOTICE, "Needs a restart of the router: ");
      output_put (ctl->out, STYLE_PLAIN, json_array_get_string_element (restart, i));
      output_newline (ctl->out);
    }
}

static GHashTable *
read_folder (Ctl *ctl, const char *folder)
{
  g_autoptr (GError) error = NULL;
  GHashTable *files;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      ctl_fail (ctl, 0, "There is no folder “%s”", folder);
      return NULL;
    }
  files = config_read_files (folder, connector_schemas (), &error);
  if (files == NULL)
    ctl_fail (ctl, 0, "%s", error->message);
  return files;
}

static void
print_change_json (GString *out, const ConfigChange *change)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = config_change_format (change);
  g_autofree char *text = NULL;
  const char *const members[] = { "kind",    config_change_kind_name (change->kind),
                                  "file",    change->file,
                                  "object",  change->object,
                                  "setting", change->setting,
                                  "before",  change->before,
                                  "after",   change->after,
                                  "effect",  config_effect_name (change->effect),
                                  "text",    line };

  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (members); i += 2)
    {
      json_builder_set_member_name (builder, members[i]);
      if (members[i + 1] != NULL)
        json_builder_add_string_value (builder, members[i + 1]);
      else
        json_builder_add_null_value (builder);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  g_string_append_printf (out, "%s%s", out->str[out->len - 1] == '[' ? "" : ",", text);
}

static int
diff_files (Ctl *ctl, GHashTable *before, GHashTable *after)
{
  g_autoptr (GPtrArray) changes = config_diff (before, after, connector_schemas ());
  g_autoptr (GString) json = g_string_new ("{\"changes\":[");

  for (guint i = 0; i < changes->len; i++)
    {
      g_autofree char *text = config_change_format (changes->pdata[i]);

      if (ctl->json)
        print_change_json (json, changes->pdata[i]);
      else
        print_change (ctl, text);
    }
  if (ctl->json)
    {
      g_string_append (json, "]}\n");
      output_raw (ctl->out, json->str, json->len);
    }
  return changes->len > 0 ? EX_NOTHING : EX_OK;
}

static int
diff_generations (Ctl *ctl, const char *from, const char *to)
{
  g_autoptr (ClientAnswer) answer = NULL;
  g_autoptr (GString) path = g_string_new ("/v1/config/diff?from=");
  JsonArray *changes;

  g_string_append_uri_escaped (path, from, NULL, FALSE);
  if (to != NULL)
    {
      g_string_append (path, "&to=");
      g_string_append_uri_escaped (path, to, NULL, FALSE);
    }
  if (ctl_get (ctl, path->str, &answer) != EX_OK)
    return EX_TROUBLE;
  changes = field_array (client_answer_get_object (answer), "changes");
  if (ctl->json)
    ctl_print_body (ctl, answer);
  else
    print_changes (ctl, changes);
  return field_length (changes) > 0 ? EX_NOTHING : EX_OK;
}

/* The files in force, and their generation. */
static GHashTable *
fetch_files (Ctl *ctl, gint64 *out_generation, int *out_exit)
{
  g_autoptr (ClientAnswer) answer = NULL;
  g_autofree char *text = NULL;
  JsonObject *object;
  JsonNode *files;

  *out_exit = ctl_get (ctl, "/v1/config", &answer);
  if (*out_exit != EX_OK)
    return NULL;
  object = client_answer_get_object (answer);
  *out_generation = field_int (object, "generation");
  files = object != NULL ? json_object_get_member (object, "files") : NULL;
  text = files != NULL ? json_to_string (files, FALSE) : NULL;
  *out_exit = EX_SOFTWARE;
  return config_content_parse (text);
}

int
command_diff (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_autofree char *from = NULL, *to = NULL;
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_FILENAME, &from, "Compare this generation", "N" },
    { "to", 0, 0, G_OPTION_ARG_FILENAME, &to, "… with this one (default: the one in force)", "N" },
    { NULL },
  };
  g_autoptr (GHashTable) before = NULL, after = NULL;
  g_auto (GStrv) rest = NULL;
  gint64 generation;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 0, 2, &rest, &exit_code))
    return exit_code == EX_OK ? EX_OK : EX_TROUBLE;
  if (from != NULL && rest[0] == NULL)
    return diff_generations (ctl, from, to);
  if (rest[0] == NULL || from != NULL || to != NULL)
    {
      ctl_fail_usage (ctl, command, "diff needs a folder, two folders, or --from N");
      return EX_TROUBLE;
    }
  before = rest[1] != NULL ? read_folder (ctl, rest[0])
                           : fetch_files (ctl, &generation, &exit_code);
  after = before != NULL ? read_folder (ctl, rest[1] != NULL ? rest[1] : rest[0]) : NULL;
  return after != NULL ? diff_files (ctl, before, after) : EX_TROUBLE;
}

/* ---- Applying -------------------------------------------------------------------------------- */

typedef struct
{
  char *message, *expect;
  gboolean no_tests, dry_run, overwrite;
} Applying;

static void
applying_clear (Applying *applying)
{
  g_free (applying->message);
  g_free (applying->expect);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Applying, applying_clear)

#define APPLY_ENTRIES 6

static void
apply_entries (Applying *applying, GOptionEntry entries[APPLY_ENTRIES])
{
  const GOptionEntry all[APPLY_ENTRIES] = {
    { "message", 'm', 0, G_OPTION_ARG_FILENAME, &applying->message, "Why, kept in the history",
      "TEXT" },
    { "expect", 0, 0, G_OPTION_ARG_FILENAME, &applying->expect,
      "Refuse unless this generation is in force", "N" },
    { "no-tests", 0, 0, G_OPTION_ARG_NONE, &applying->no_tests, "Do not run the folder's tests",
      NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &applying->dry_run, "Only check, test and compare",
      NULL },
    { "overwrite", 0, 0, G_OPTION_ARG_NONE, &applying->overwrite,
      "Overwrite what was edited by hand in the router's folder", NULL },
    { NULL },
  };

  memcpy (entries, all, sizeof all);
}

static int
report_applied (Ctl *ctl, const Applying *applying, ClientAnswer *answer)
{
  JsonObject *object = client_answer_get_object (answer);
  gint64 tests = field_int (object, "tests");
  g_autofree char *count = format_count ((guint64) tests, "test", "tests");

  if (ctl->json)
    {
      ctl_print_body (ctl, answer);
      return EX_OK;
    }
  print_changes (ctl, field_array (object, "changes"));
  if (tests > 0)
    output_putf (ctl->out, STYLE_PLAIN, "%s passed.  ", count);
  if (applying->dry_run)
    output_put (ctl->out, STYLE_PLAIN, "Nothing was changed: this was a trial.");
  else
    output_putf (ctl->out, STYLE_GOOD, "Generation %" G_GINT64_FORMAT " is in force%s.",
                 field_int (object, "generation"),
                 field_bool (object, "changed") ? "" : " as before");
  output_newline (ctl->out);
  if (!applying->dry_run)
    print_restart (ctl, object);
  return EX_OK;
}

static int
send_change (Ctl *ctl,
             const Applying *applying,
             const char *method,
             const char *path,
             gint64 expected,
             JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  char *text = json_to_string (root, FALSE);
  g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));
  g_autofree char *match = g_strdup_printf ("If-Match: \"%" G_GINT64_FORMAT "\"", expected);
  const char *const headers[] = { expected > 0 ? match : "If-Match: *", NULL };
  g_autofree char *target = g_strdup_printf (
      "%s?check=%s&tests=%s&overwrite=%s", path, applying->dry_run ? "true" : "false",
      applying->no_tests ? "false" : "true", applying->overwrite ? "true" : "false");
  const ClientRequest request = { .method = method,
                                  .path = target,
                                  .content_type = "application/json",
                                  .body = body,
                                  .takes_long = TRUE,
                                  .headers = headers };
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code = ctl_call (ctl, &request, &answer);

  return exit_code == EX_OK ? report_applied (ctl, applying, answer) : exit_code;
}

static void
add_reason (JsonBuilder *builder, const Applying *applying)
{
  if (applying->message == NULL)
    return;
  json_builder_set_member_name (builder, "reason");
  json_builder_add_string_value (builder, applying->message);
}

static gboolean
read_expected (Ctl *ctl,
               const CtlCommand *command,
               const Applying *applying,
               gint64 *out_expected,
               int *out_exit)
{
  g_autoptr (GHashTable) files = NULL;

  if (applying->expect == NULL)
    {
      files = fetch_files (ctl, out_expected, out_exit);
      return files != NULL;
    }
  if (g_ascii_string_to_signed (applying->expect, 10, 1, G_MAXINT64, out_expected, NULL))
    return TRUE;
  *out_exit = ctl_fail_usage (ctl, command, "--expect takes a generation's number, not “%s”",
                              applying->expect);
  return FALSE;
}

int
command_apply (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (Applying) applying = { 0 };
  GOptionEntry entries[APPLY_ENTRIES];
  g_autoptr (Configuration) configuration = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GHashTable) files = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_auto (GStrv) rest = NULL;
  GHashTableIter iter;
  gpointer path, text;
  gint64 expected = 0;
  int exit_code = EX_OK;

  apply_entries (&applying, entries);
  if (!ctl_parse (ctl, command, entries, arguments, 1, 1, &rest, &exit_code))
    return exit_code;
  files = read_folder (ctl, rest[0]);
  if (files == NULL)
    return EX_NOINPUT;
  /* What is wrong is told here, where the lines can be shown. */
  configuration = config_load (rest[0], connector_schemas (), NULL, &problems);
  if (configuration == NULL)
    {
      check_print_problems (ctl->err, rest[0], problems, ctl->terminal);
      return EX_CONFIG;
    }
  if (!read_expected (ctl, command, &applying, &expected, &exit_code))
    return exit_code;
  json_builder_begin_object (builder);
  add_reason (builder, &applying);
  json_builder_set_member_name (builder, "files");
  json_builder_begin_object (builder);
  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &path, &text))
    {
      json_builder_set_member_name (builder, path);
      json_builder_add_string_value (builder, text);
    }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  return send_change (ctl, &applying, "PUT", "/v1/config", expected, builder);
}

int
command_rollback (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (Applying) applying = { 0 };
  GOptionEntry entries[APPLY_ENTRIES];
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_auto (GStrv) rest = NULL;
  gint64 expected = 0, generation;
  int exit_code = EX_OK;

  apply_entries (&applying, entries);
  if (!ctl_parse (ctl, command, entries, arguments, 1, 1, &rest, &exit_code))
    return exit_code;
  if (!g_ascii_string_to_signed (rest[0], 10, 1, G_MAXINT64, &generation, NULL))
    return ctl_fail_usage (ctl, command, "“%s” is no generation: see %s history", rest[0],
                           CTL_PROGRAM);
  if (applying.expect != NULL && !read_expected (ctl, command, &applying, &expected, &exit_code))
    return exit_code;
  json_builder_begin_object (builder);
  add_reason (builder, &applying);
  json_builder_set_member_name (builder, "generation");
  json_builder_add_int_value (builder, generation);
  json_builder_end_object (builder);
  return send_change (ctl, &applying, "POST", "/v1/config/rollback", expected, builder);
}

/* ---- Reloading ------------------------------------------------------------------------------- */

int
command_reload (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_autofree char *message = NULL;
  const GOptionEntry entries[] = {
    { "message", 'm', 0, G_OPTION_ARG_FILENAME, &message, "Why, kept in the history", "TEXT" },
    { NULL },
  };
  g_autoptr (GString) path = g_string_new ("/v1/reload");
  g_auto (GStrv) rest = NULL;
  g_autoptr (ClientAnswer) answer = NULL;
  JsonObject *object;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 0, 0, &rest, &exit_code))
    return exit_code;
  argument_query (path, "reason", message);
  exit_code = ctl_call (ctl, &(const ClientRequest){ .method = "POST", .path = path->str },
                        &answer);
  if (exit_code != EX_OK)
    return exit_code;
  if (ctl->json)
    {
      ctl_print_body (ctl, answer);
      return EX_OK;
    }
  object = client_answer_get_object (answer);
  if (field_bool (object, "changed"))
    output_putf (ctl->out, STYLE_GOOD, "Generation %" G_GINT64_FORMAT " is in force.",
                 field_int (object, "generation"));
  else
    output_putf (ctl->out, STYLE_PLAIN,
                 "Nothing has changed: generation %" G_GINT64_FORMAT " stays in force.",
                 field_int (object, "generation"));
  output_newline (ctl->out);
  print_restart (ctl, object);
  return EX_OK;
}

/* ---- History --------------------------------------------------------------------------------- */

static const TableColumn history_columns[] = {
  { .title = "GENERATION", .right = TRUE },
  { .title = "WHEN" },
  { .title = "WHO" },
  { .title = "WHY", .cut = TRUE },
  { NULL },
};

int
command_history (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  int limit = 20;
  const GOptionEntry entries[] = {
    { "limit", 'n', 0, G_OPTION_ARG_INT, &limit, "How many (default 20)", "N" },
    { NULL },
  };
  g_autofree char *path = NULL;
  g_autoptr (ClientAnswer) answer = NULL;
  g_autoptr (Table) table = NULL;
  g_auto (GStrv) rest = NULL;
  JsonArray *generations;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 0, 0, &rest, &exit_code))
    return exit_code;
  path = g_strdup_printf ("/v1/config/history?limit=%d", limit);
  exit_code = ctl_get (ctl, path, &answer);
  if (exit_code != EX_OK)
    return exit_code;
  if (ctl->json)
    {
      ctl_print_body (ctl, answer);
      return EX_OK;
    }
  table = table_new (ctl->out, history_columns);
  generations = field_array (client_answer_get_object (answer), "generations");
  for (guint i = 0; i < field_length (generations); i++)
    {
      JsonObject *generation = field_object_at (generations, i);
      gboolean in_force = field_bool (generation, "in_force");
      g_autofree char *at = format_rfc3339 (field_string (generation, "at"),
                                            clock_wall_us (ctl->clock));

      table_addf (table, in_force ? STYLE_STRONG : STYLE_PLAIN, "%s%" G_GINT64_FORMAT,
                  in_force ? "* " : "", field_int (generation, "generation"));
      table_add (table, STYLE_PLAIN, at);
      table_add (table, STYLE_PLAIN, field_string (generation, "author"));
      table_add (table, STYLE_PLAIN, field_string (generation, "reason"));
    }
  table_flush (table);
  return EX_OK;
}

/* ---- Tests ----------------------------------------------------------------------------------- */

int
command_test (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GPtrArray) failures = g_ptr_array_new_with_free_func (
      (GDestroyNotify) config_problem_free);
  g_autoptr (Configuration) configuration = NULL;
  g_autofree char *count = NULL;
  g_auto (GStrv) rest = NULL;
  int exit_code;
  guint n;

  if (!ctl_parse (ctl, command, NULL, arguments, 1, 1, &rest, &exit_code))
    return exit_code;
  if (!g_file_test (rest[0], G_FILE_TEST_IS_DIR))
    return ctl_fail (ctl, EX_NOINPUT, "There is no folder “%s”", rest[0]);
  configuration = config_load (rest[0], connector_schemas (), NULL, &problems);
  if (configuration == NULL)
    {
      if (ctl->json)
        check_print_json (ctl->out, problems);
      else
        check_print_problems (ctl->err, rest[0], problems, ctl->terminal);
      return EX_CONFIG;
    }
  n = config_cases_run (configuration, failures);
  if (ctl->json)
    check_print_json (ctl->out, failures);
  else if (failures->len > 0)
    check_print_problems (ctl->out, rest[0], failures, ctl->terminal);
  else if (n > 0)
    {
      count = format_count (n, "test", "tests");
      output_putf (ctl->out, STYLE_GOOD, "%s passed.", count);
      output_newline (ctl->out);
    }
  if (n == 0)
    return ctl_fail (ctl, EX_NOTHING, "“%s” has no tests: they are files tests/NAME.json", rest[0]);
  return failures->len > 0 ? EX_DATAERR : EX_OK;
}
