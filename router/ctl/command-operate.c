/* command-operate.c: replay and discard: what an operator does to dead letters. */
#include "config.h"

#include "commands.h"
#include "field.h"
#include "filters.h"
#include "format.h"

#include <string.h>

typedef struct
{
  const char *path;
  const char *done; /* "replayed" */
} Action;

typedef struct
{
  Filters filters;
  gboolean all;
  char *reason, *actor;
} Choice;

static void
choice_clear (Choice *choice)
{
  filters_clear (&choice->filters);
  g_free (choice->reason);
  g_free (choice->actor);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Choice, choice_clear)

static char *
request_body (const Choice *choice, const char *const *ids)
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
report (Ctl *ctl, const Action *action, ClientAnswer *answer)
{
  JsonObject *object = client_answer_get_object (answer);
  gint64 applied = field_int (object, "applied");
  gint64 skipped = field_int (object, "skipped");
  g_autofree char *count = format_count ((guint64) applied, "dead letter", "dead letters");

  if (ctl->json)
    ctl_print_body (ctl, answer);
  else if (applied == 0 && skipped == 0)
    output_block (ctl->out, STYLE_FAINT, "There are no such dead letters.\n");
  else
    {
      output_putf (ctl->out, applied > 0 ? STYLE_GOOD : STYLE_NOTICE, "%s %s", count, action->done);
      if (skipped > 0)
        output_putf (ctl->out, STYLE_NOTICE,
                     ", %" G_GINT64_FORMAT " skipped: not known, or not a dead letter", skipped);
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
operate (Ctl *ctl, const CtlCommand *command, const Action *action, const char *const *arguments)
{
  g_auto (Choice) choice = { 0 };
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code;

  filters_add_entries (&choice.filters, FILTERS_DEAD, entries);
  filters_add_entry (entries, &(const GOptionEntry){ "all", 0, 0, G_OPTION_ARG_NONE, &choice.all,
                                                     "All dead letters", NULL });
  filters_add_entry (entries,
                     &(const GOptionEntry){ "reason", 0, 0, G_OPTION_ARG_FILENAME, &choice.reason,
                                            "Kept in the history", "TEXT" });
  filters_add_entry (
      entries, &(const GOptionEntry){ "actor", 0, 0, G_OPTION_ARG_FILENAME, &choice.actor,
                                      "Who does it, kept in the history (default: you)", "NAME" });
  if (!ctl_parse (ctl, command, (const GOptionEntry *) entries->data, arguments, 0, G_MAXUINT, &ids,
                  &exit_code) ||
      !check_choice (ctl, command, &choice, ids, &exit_code))
    return exit_code;
  if (!filters_resolve (&choice.filters, clock_wall_us (ctl->clock), &error))
    return ctl_fail_usage (ctl, command, "%s", error->message);
  text = request_body (&choice, (const char *const *) ids);
  body = g_bytes_new (text, strlen (text));
  exit_code = ctl_call (ctl,
                        &(const ClientRequest){ .method = "POST",
                                                .path = action->path,
                                                .content_type = "application/json",
                                                .body = body },
                        &answer);
  return exit_code == EX_OK ? report (ctl, action, answer) : exit_code;
}

int
command_replay (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  static const Action action = { "/v1/replay", "replayed" };

  return operate (ctl, command, &action, arguments);
}

int
command_discard (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  static const Action action = { "/v1/discard", "discarded" };

  return operate (ctl, command, &action, arguments);
}
