/* command-jobs.c: jobs and job: bulk work that goes on in the router. */
#include "config.h"

#include "commands.h"
#include "field.h"
#include "format.h"
#include "table.h"

#include <string.h>

static OutputStyle
style_of (const char *state)
{
  if (strcmp (state, "done") == 0)
    return STYLE_GOOD;
  return strcmp (state, "stopped") == 0 ? STYLE_BAD : STYLE_NOTICE;
}

static void
add_progress (Table *table, JsonObject *job)
{
  gint64 applied = field_int (job, "applied");

  if (json_object_has_member (job, "total") && !json_object_get_null_member (job, "total"))
    table_addf (table, STYLE_PLAIN, "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, applied,
                field_int (job, "total"));
  else
    table_addf (table, STYLE_PLAIN, "%" G_GINT64_FORMAT, applied);
}

static void
add_row (Table *table, JsonObject *job, gint64 now_us)
{
  g_autofree char *created = format_rfc3339 (field_string (job, "created"), now_us);
  const char *state = field_string (job, "state");
  const char *note = field_string (job, "note");

  table_addf (table, STYLE_NAME, "%" G_GINT64_FORMAT, field_int (job, "id"));
  table_add (table, STYLE_PLAIN, field_string (job, "kind"));
  table_add (table, style_of (state), state);
  add_progress (table, job);
  table_addf (table, STYLE_PLAIN, "%" G_GINT64_FORMAT, field_int (job, "failed"));
  table_add (table, STYLE_PLAIN, created);
  table_add (table, STYLE_FAINT, *note != '\0' ? note : field_string (job, "reason"));
}

static Table *
new_table (Ctl *ctl)
{
  static const TableColumn columns[] = {
    { "JOB", TRUE, FALSE },    { "KIND", FALSE, FALSE },
    { "STATE", FALSE, FALSE }, { "DONE", TRUE, FALSE },
    { "FAILED", TRUE, FALSE }, { "SINCE", FALSE, FALSE },
    { "NOTE", FALSE, TRUE },   { NULL },
  };

  return table_new (ctl->out, columns);
}

int
command_jobs (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (GStrv) rest = NULL;
  g_autoptr (ClientAnswer) answer = NULL;
  g_autoptr (Table) table = NULL;
  JsonArray *jobs;
  int exit_code;

  if (!ctl_parse (ctl, command, NULL, arguments, 0, 0, &rest, &exit_code))
    return exit_code;
  exit_code = ctl_get (ctl, "/v1/jobs", &answer);
  if (exit_code != EX_OK)
    return exit_code;
  jobs = field_array (client_answer_get_object (answer), "jobs");
  if (ctl->json)
    ctl_print_body (ctl, answer);
  else if (field_length (jobs) == 0)
    output_block (ctl->out, STYLE_FAINT, "There are no jobs.\n");
  else
    {
      table = new_table (ctl);
      for (guint i = 0; i < field_length (jobs); i++)
        add_row (table, field_object_at (jobs, i), clock_wall_us (ctl->clock));
      table_flush (table);
    }
  return field_length (jobs) > 0 ? EX_OK : EX_NOTHING;
}

static gboolean
is_action (const char *text)
{
  static const char *const actions[] = { "show", "pause", "resume", "cancel", "rate", NULL };

  return g_strv_contains (actions, text);
}

/* The path and body of what is asked; FALSE: the arguments are wrong. */
static gboolean
make_request (char **rest, char **out_path, char **out_body)
{
  guint n = g_strv_length (rest);
  double rate;
  char *end;

  if (!is_action (rest[0]) || n != (strcmp (rest[0], "rate") == 0 ? 3u : 2u) ||
      !g_ascii_string_to_unsigned (rest[1], 10, 1, G_MAXINT64 - 1, NULL, NULL))
    return FALSE;
  *out_path = strcmp (rest[0], "show") == 0
                  ? g_strconcat ("/v1/jobs/", rest[1], NULL)
                  : g_strconcat ("/v1/jobs/", rest[1], "/", rest[0], NULL);
  if (n < 3)
    return TRUE;
  rate = g_ascii_strtod (rest[2], &end);
  if (end == rest[2] || *end != '\0' || !(rate >= 0))
    return FALSE;
  *out_body = g_strdup_printf ("{\"rate_per_second\":%.3f}", rate);
  return TRUE;
}

int
command_job (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (GStrv) rest = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (ClientAnswer) answer = NULL;
  g_autoptr (Table) table = NULL;
  ClientRequest request = { .method = "POST" };
  int exit_code;

  if (!ctl_parse (ctl, command, NULL, arguments, 2, 3, &rest, &exit_code))
    return exit_code;
  if (!make_request (rest, &path, &text))
    return ctl_fail_usage (ctl, command,
                           "Write show, pause, resume or cancel and the job's number, or rate, the "
                           "number and how many a second");
  request.path = path;
  if (strcmp (rest[0], "show") == 0)
    request.method = "GET";
  if (text != NULL)
    {
      body = g_bytes_new (text, strlen (text));
      request.body = body;
      request.content_type = "application/json";
    }
  exit_code = ctl_call (ctl, &request, &answer);
  if (exit_code != EX_OK)
    return exit_code;
  if (ctl->json)
    {
      ctl_print_body (ctl, answer);
      return EX_OK;
    }
  table = new_table (ctl);
  add_row (table, client_answer_get_object (answer), clock_wall_us (ctl->clock));
  table_flush (table);
  return EX_OK;
}
