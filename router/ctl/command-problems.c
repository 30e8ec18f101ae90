/* command-problems.c: problems: what is wrong now, one line a cause. */
#include "config.h"

#include "commands.h"
#include "field.h"
#include "format.h"

#include <string.h>

static void
print_problem (Ctl *ctl, JsonObject *problem, gint64 now_us)
{
  gboolean is_seen = strcmp (field_string (problem, "state"), "acknowledged") == 0;
  g_autofree char *first = format_rfc3339 (field_string (problem, "first"), now_us);
  JsonObject *seen = is_seen ? field_object (problem, "acknowledged") : NULL;

  output_put (ctl->out, is_seen ? STYLE_FAINT : STYLE_BAD, field_string (problem, "sentence"));
  output_newline (ctl->out);
  output_spaces (ctl->out, 2);
  output_putf (ctl->out, STYLE_FAINT, "%s, first at %s, %s", field_string (problem, "fingerprint"),
               first, field_string (problem, "trend"));
  if (seen != NULL)
    output_putf (ctl->out, STYLE_FAINT, ", acknowledged by %s%s%s", field_string (seen, "by"),
                 *field_string (seen, "reason") != '\0' ? ": " : "", field_string (seen, "reason"));
  output_newline (ctl->out);
}

static int
list_problems (Ctl *ctl)
{
  g_autoptr (ClientAnswer) answer = NULL;
  gint64 now_us = clock_wall_us (ctl->clock);
  int exit_code = ctl_get (ctl, "/v1/problems", &answer);
  JsonArray *problems;
  guint n_open = 0;

  if (exit_code != EX_OK)
    return exit_code;
  problems = field_array (client_answer_get_object (answer), "problems");
  for (guint i = 0; i < field_length (problems); i++)
    {
      JsonObject *problem = field_object_at (problems, i);

      n_open += strcmp (field_string (problem, "state"), "open") == 0;
      if (!ctl->json)
        print_problem (ctl, problem, now_us);
    }
  if (ctl->json)
    ctl_print_body (ctl, answer);
  else if (field_length (problems) == 0)
    {
      output_put (ctl->out, STYLE_GOOD, "Nothing is wrong");
      output_newline (ctl->out);
    }
  return n_open == 0 ? EX_OK : EX_NOTHING;
}

static GBytes *
reason_body (const char *reason)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  char *text;

  json_builder_begin_object (builder);
  if (reason != NULL)
    {
      json_builder_set_member_name (builder, "reason");
      json_builder_add_string_value (builder, reason);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  return g_bytes_new_take (text, strlen (text));
}

static int
set_seen (Ctl *ctl, const char *fingerprint, gboolean is_seen, const char *reason)
{
  g_autofree char *escaped = g_uri_escape_string (fingerprint, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/v1/problems/%s/%s", escaped,
                                           is_seen ? "acknowledge" : "reopen");
  g_autoptr (GBytes) body = reason_body (reason);
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code = ctl_call (ctl,
                            &(const ClientRequest){ .method = "POST",
                                                    .path = path,
                                                    .content_type = "application/json",
                                                    .body = body },
                            &answer);

  if (exit_code != EX_OK)
    return exit_code;
  if (ctl->json)
    ctl_print_body (ctl, answer);
  else
    {
      output_putf (ctl->out, STYLE_GOOD, "%s is %s", fingerprint,
                   is_seen ? "acknowledged" : "open again");
      output_newline (ctl->out);
    }
  return EX_OK;
}

int
command_problems (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = {
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, "Shown with the problem; of acknowledge",
      "TEXT" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 0, 2, &rest, &exit_code))
    return exit_code;
  if (rest[0] == NULL)
    return list_problems (ctl);
  if (rest[1] != NULL && strcmp (rest[0], "acknowledge") == 0)
    return set_seen (ctl, rest[1], TRUE, reason);
  if (rest[1] != NULL && strcmp (rest[0], "reopen") == 0)
    return set_seen (ctl, rest[1], FALSE, reason);
  return ctl_fail_usage (ctl, command, "problems takes %s", command->arguments);
}
