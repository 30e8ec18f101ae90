/* command-operate.c: what an operator does to deliveries. */
#include "config.h"

#include "argument.h"
#include "commands.h"
#include "field.h"
#include "filters.h"
#include "format.h"

#include <string.h>

typedef struct
{
  const char *path;
  const char *done; /* "replayed" */
  const char *kind; /* of the job that does it */
  const char *one, *many;
} Action;

typedef struct
{
  Filters filters;
  gboolean all;
  char *reason, *actor;
  char *until; /* RFC 3339, or NULL */
  gboolean as_job, guarded;
  double rate;
  char *rules; /* of a replay: "now", "then", or NULL */
  gboolean skips_succeeded;
} Choice;

static void
choice_clear (Choice *choice)
{
  filters_clear (&choice->filters);
  g_free (choice->reason);
  g_free (choice->actor);
  g_free (choice->until);
  g_free (choice->rules);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Choice, choice_clear)

static char *
request_body (const Choice *choice, const Action *action, const char *const *ids)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  if (ids[0] != NULL)
    {
      json_builder_set_member_name (builder, "ids");
      json_builder_begin_array (builder);
      for (gsize i = 0; ids[i] != NULL; i++)
        json_builder_add_string_value (builder, ids[i]);
      json_builder_end_array (builder);
    }
  else
    {
      g_autofree char *filter = filters_to_json (&choice->filters);

      json_builder_set_member_name (builder, "filter");
      json_builder_add_value (builder, json_from_string (filter, NULL));
    }
  json_builder_set_member_name (builder, "actor");
  json_builder_add_string_value (builder,
                                 choice->actor != NULL ? choice->actor : g_get_user_name ());
  if (choice->as_job)
    {
      json_builder_set_member_name (builder, "kind");
      json_builder_add_string_value (builder, action->kind);
      json_builder_set_member_name (builder, "rate_per_second");
      json_builder_add_double_value (builder, choice->rate);
      if (choice->guarded)
        {
          json_builder_set_member_name (builder, "guard");
          json_builder_add_boolean_value (builder, TRUE);
        }
    }
  if (choice->rules != NULL)
    {
      json_builder_set_member_name (builder, "rules");
      json_builder_add_string_value (builder, choice->rules);
    }
  if (choice->skips_succeeded)
    {
      json_builder_set_member_name (builder, "skip_succeeded");
      json_builder_add_boolean_value (builder, TRUE);
    }
  if (choice->until != NULL)
    {
      json_builder_set_member_name (builder, "until");
      json_builder_add_string_value (builder, choice->until);
    }
  if (choice->reason != NULL)
    {
      json_builder_set_member_name (builder, "reason");
      json_builder_add_string_value (builder, choice->reason);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static int
report (Ctl *ctl, const Action *action, const Choice *choice, ClientAnswer *answer)
{
  JsonObject *object = client_answer_get_object (answer);
  gint64 applied = field_int (object, "applied");
  gint64 skipped = field_int (object, "skipped");
  g_autofree char *count = format_count ((guint64) applied, action->one, action->many);

  if (ctl->json)
    ctl_print_body (ctl, answer);
  else if (applied == 0 && skipped == 0)
    {
      output_putf (ctl->out, STYLE_FAINT, "There are no such %s.", action->many);
      output_newline (ctl->out);
    }
  else
    {
      output_putf (ctl->out, applied > 0 ? STYLE_GOOD : STYLE_NOTICE, "%s %s", count, action->done);
      if (skipped > 0)
        output_putf (ctl->out, STYLE_NOTICE,
                     ", %" G_GINT64_FORMAT " skipped: not known, or in another state%s", skipped,
                     choice->skips_succeeded ? ", or delivered meanwhile"
                     : choice->rules != NULL ? ", or to go nowhere now"
                                             : "");
      output_newline (ctl->out);
    }
  return applied > 0 ? EX_OK : EX_NOTHING;
}

/* Ids, filters or --all, and only one of them: a filter beside ids would look as if it narrowed
 * them. */
static gboolean
check_choice (Ctl *ctl,
              const CtlCommand *command,
              const Choice *choice,
              char *const *ids,
              int *out_exit)
{
  gboolean filtered = filters_any (&choice->filters);
  guint n = (ids[0] != NULL) + filtered + choice->all;

  if (n == 1)
    return TRUE;
  if (n == 0)
    *out_exit = ctl_fail_usage (ctl, command, "Which ones?  Give ids, filters, or --all");
  else
    *out_exit = ctl_fail_usage (ctl, command, "Give either ids, or filters, or --all");
  return FALSE;
}

static int
report_job (Ctl *ctl, ClientAnswer *answer)
{
  if (ctl->json)
    ctl_print_body (ctl, answer);
  else
    {
      output_putf (ctl->out, STYLE_GOOD,
                   "Job %" G_GINT64_FORMAT " does it; “signalboxctl jobs” shows how far it is",
                   field_int (client_answer_get_object (answer), "id"));
      output_newline (ctl->out);
    }
  return EX_OK;
}

static void
add_job_entries (Choice *choice, const Action *action, GArray *entries)
{
  filters_add_entry (entries,
                     &(const GOptionEntry){ "job", 0, 0, G_OPTION_ARG_NONE, &choice->as_job,
                                            "As a job, which goes on by itself", NULL });
  filters_add_entry (entries,
                     &(const GOptionEntry){ "rate", 0, 0, G_OPTION_ARG_DOUBLE, &choice->rate,
                                            "A job of so many a second", "N" });
  if (!g_str_equal (action->kind, "replay"))
    return;
  filters_add_entry (entries, &(const GOptionEntry){
                                  "guarded", 0, 0, G_OPTION_ARG_NONE, &choice->guarded,
                                  "A job of 1, 10, 100, then the rest; ends when 5 % fail", NULL });
  filters_add_entry (entries,
                     &(const GOptionEntry){ "rules", 0, 0, G_OPTION_ARG_FILENAME, &choice->rules,
                                            "now: routed anew; then: to the targets chosen then",
                                            "now|then" });
  filters_add_entry (entries, &(const GOptionEntry){ "skip-succeeded", 0, 0, G_OPTION_ARG_NONE,
                                                     &choice->skips_succeeded,
                                                     "Not what was delivered meanwhile", NULL });
}

static gboolean
check_rules (Ctl *ctl, const CtlCommand *command, const Choice *choice, int *out_exit)
{
  if (choice->rules == NULL || g_str_equal (choice->rules, "now") ||
      g_str_equal (choice->rules, "then"))
    return TRUE;
  *out_exit = ctl_fail_usage (ctl, command, "--rules is “now” or “then”, not “%s”", choice->rules);
  return FALSE;
}

/* A job is by filter: it is what it goes on with after a restart. */
static gboolean
check_job (Ctl *ctl, const CtlCommand *command, Choice *choice, char *const *ids, int *out_exit)
{
  choice->as_job |= choice->guarded || choice->rate > 0;
  if (!choice->as_job || (ids[0] == NULL && choice->rate >= 0))
    return TRUE;
  *out_exit = ctl_fail_usage (ctl, command, "A job takes filters or --all, and a rate above 0");
  return FALSE;
}

/* --until takes a time, or how long from now. */
static gboolean
read_until (Ctl *ctl, const CtlCommand *command, Choice *choice, const char *text, int *out_exit)
{
  gint64 now_us = clock_wall_us (ctl->clock), until_us;

  if (text != NULL &&
      (clock_parse (text, &until_us) || parse_duration (text, G_USEC_PER_SEC, &until_us, NULL)))
    {
      if (!clock_parse (text, &until_us))
        until_us += now_us;
      choice->until = clock_format_us (until_us);
      return TRUE;
    }
  *out_exit = ctl_fail_usage (ctl, command,
                              "--until takes a time from now (10min) or one like "
                              "2026-11-21T09:14:00Z");
  return FALSE;
}

static int
operate (Ctl *ctl, const CtlCommand *command, const Action *action, const char *const *arguments)
{
  g_auto (Choice) choice = { 0 };
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (ClientAnswer) answer = NULL;
  g_autofree char *until = NULL;
  gboolean postpones = g_str_equal (action->path, "/v1/postpone");
  int exit_code;

  filters_add_entries (&choice.filters, FILTERS_DEAD, entries);
  filters_add_entry (entries, &(const GOptionEntry){ "all", 0, 0, G_OPTION_ARG_NONE, &choice.all,
                                                     "All of them", NULL });
  if (postpones)
    filters_add_entry (entries, &(const GOptionEntry){ "until", 0, 0, G_OPTION_ARG_FILENAME, &until,
                                                       "When to try again", "TIME" });
  add_job_entries (&choice, action, entries);
  filters_add_entry (entries,
                     &(const GOptionEntry){ "reason", 0, 0, G_OPTION_ARG_FILENAME, &choice.reason,
                                            "Kept in the history", "TEXT" });
  filters_add_entry (
      entries, &(const GOptionEntry){ "actor", 0, 0, G_OPTION_ARG_FILENAME, &choice.actor,
                                      "Who does it, kept in the history (default: you)", "NAME" });
  if (!ctl_parse (ctl, command, (const GOptionEntry *) entries->data, arguments, 0, G_MAXUINT, &ids,
                  &exit_code) ||
      !check_choice (ctl, command, &choice, ids, &exit_code) ||
      !check_job (ctl, command, &choice, ids, &exit_code) ||
      !check_rules (ctl, command, &choice, &exit_code) ||
      (postpones && !read_until (ctl, command, &choice, until, &exit_code)))
    return exit_code;
  if (!filters_resolve (&choice.filters, clock_wall_us (ctl->clock), &error))
    return ctl_fail_usage (ctl, command, "%s", error->message);
  text = request_body (&choice, action, (const char *const *) ids);
  body = g_bytes_new (text, strlen (text));
  exit_code = ctl_call (ctl,
                        &(const ClientRequest){ .method = "POST",
                                                .path = choice.as_job ? "/v1/jobs" : action->path,
                                                .content_type = "application/json",
                                                .body = body },
                        &answer);
  if (exit_code != EX_OK)
    return exit_code;
  return choice.as_job ? report_job (ctl, answer) : report (ctl, action, &choice, answer);
}

int
command_replay (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  static const Action action = { "/v1/replay", "replayed", "replay", "dead letter",
                                 "dead letters" };

  return operate (ctl, command, &action, arguments);
}

int
command_discard (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  static const Action action = { "/v1/discard", "discarded", "discard", "dead letter",
                                 "dead letters" };

  return operate (ctl, command, &action, arguments);
}

int
command_undiscard (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  static const Action action = { "/v1/restore", "restored", "restore", "discarded delivery",
                                 "discarded deliveries" };

  return operate (ctl, command, &action, arguments);
}

int
command_retry (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  static const Action action = { "/v1/retry", "tried now", "retry", "waiting delivery",
                                 "waiting deliveries" };

  return operate (ctl, command, &action, arguments);
}

int
command_postpone (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  static const Action action = { "/v1/postpone", "postponed", "postpone", "waiting delivery",
                                 "waiting deliveries" };

  return operate (ctl, command, &action, arguments);
}

int
command_give_up (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  static const Action action = { "/v1/give-up", "given up", "give-up", "waiting delivery",
                                 "waiting deliveries" };

  return operate (ctl, command, &action, arguments);
}
