/* command-jobs.c: jobs and job: bulk work that goes on in the router. */
#include "config.h"

#include "commands.h"
#include "field.h"
#include "format.h"
#include "table.h"
#include "watcher.h"

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
  static const char *const actions[] = {
    "show", "follow", "pause", "resume", "cancel", "rate", NULL
  };

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
  *out_path = strcmp (rest[0], "show") == 0 || strcmp (rest[0], "follow") == 0
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

/* ---- follow ---- */

#define BAR_CELLS 30
#define FOLLOW_US G_TIME_SPAN_SECOND

static gboolean
is_over (const char *state)
{
  return strcmp (state, "done") == 0 || strcmp (state, "cancelled") == 0 ||
         strcmp (state, "stopped") == 0;
}

/* "[######          ] 12340 of 40218, 498/s, 56 s left" */
static void
print_bar (Ctl *ctl, JsonObject *job, double rate)
{
  gint64 done = field_int (job, "applied") + field_int (job, "skipped");
  gint64 total = field_int (job, "total");
  g_autoptr (GString) text = g_string_new (NULL);

  if (total > 0)
    {
      guint full = (guint) (BAR_CELLS * MIN (done, total) / total);

      g_string_append_c (text, '[');
      for (guint i = 0; i < BAR_CELLS; i++)
        g_string_append_c (text, i < full ? '#' : ' ');
      g_string_append_printf (text, "] %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, done, total);
    }
  else
    g_string_append_printf (text, "%" G_GINT64_FORMAT, done);
  if (rate > 0)
    g_string_append_printf (text, ", %.0f/s", rate);
  if (rate > 0 && total > done)
    {
      g_autofree char *left = format_duration (
          (gint64) ((double) (total - done) / rate * G_USEC_PER_SEC));

      g_string_append_printf (text, ", %s left", left);
    }
  if (strcmp (field_string (job, "state"), "running") != 0)
    g_string_append_printf (text, ", %s", field_string (job, "state"));
  if (ctl->terminal)
    output_raw (ctl->out, "\r\033[K", 4);
  output_put (ctl->out, STYLE_PLAIN, text->str);
  if (!ctl->terminal)
    output_newline (ctl->out);
  output_flush (ctl->out);
}

/* Until it is over; the end is said by the exit code too. */
static int
follow_job (Ctl *ctl, const char *path)
{
  int exit_code = EX_USAGE;
  g_autoptr (Client) client = ctl_client_new (ctl, &exit_code);
  g_autoptr (Watcher) watcher = NULL;
  gint64 before_us = 0, before = 0;

  if (client == NULL)
    return exit_code;
  watcher = watcher_new (ctl, "jobs");
  for (;;)
    {
      g_autoptr (ClientAnswer) answer = NULL;
      gint64 now_us = clock_monotonic_us (ctl->clock), done;
      JsonObject *job;

      exit_code = ctl_client_call (
          ctl, client, &(const ClientRequest){ .method = "GET", .path = path }, &answer);
      if (exit_code != EX_OK)
        return exit_code;
      job = client_answer_get_object (answer);
      done = field_int (job, "applied") + field_int (job, "skipped");
      if (ctl->json)
        ctl_print_body (ctl, answer);
      else
        print_bar (ctl, job,
                   before_us != 0 ? (double) (done - before) * G_USEC_PER_SEC /
                                        (double) MAX (now_us - before_us, 1)
                                  : 0);
      if (is_over (field_string (job, "state")))
        {
          if (ctl->terminal && !ctl->json)
            output_newline (ctl->out);
          return strcmp (field_string (job, "state"), "done") == 0 ? EX_OK : EX_NOTHING;
        }
      before = done;
      before_us = now_us;
      g_usleep (FOLLOW_US / 4); /* so that a rate can be told */
      watcher_wait (watcher, FOLLOW_US);
    }
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
    return ctl_fail_usage (
        ctl, command,
        "Write show, follow, pause, resume or cancel and the job's number, or rate, the "
        "number and how many a second");
  if (strcmp (rest[0], "follow") == 0)
    return follow_job (ctl, path);
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
