/* command-hold.c: pause, resume and breaker: connectors that take nothing. */
#include "config.h"

#include "commands.h"
#include "field.h"
#include "table.h"

#include <string.h>

static GBytes *
request_body (const char *actor, const char *reason)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  char *text;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "actor");
  json_builder_add_string_value (builder, actor != NULL ? actor : g_get_user_name ());
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

/* "kind/name": what may stand in a path. */
static gboolean
is_reference (const char *text)
{
  const char *slash = strchr (text, '/');

  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr (".-_/", *at) == NULL)
      return FALSE;
  return slash != NULL && slash > text && slash[1] != '\0' && strchr (slash + 1, '/') == NULL;
}

static int
set_paused (Ctl *ctl, const CtlCommand *command, const char *const *arguments, gboolean pause)
{
  g_autofree char *reason = NULL;
  g_autofree char *actor = NULL;
  const GOptionEntry entries[] = {
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, "Shown where the connector is", "TEXT" },
    { "actor", 0, 0, G_OPTION_ARG_FILENAME, &actor, "Who does it (default: you)", "NAME" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (ClientAnswer) answer = NULL;
  gboolean applied;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 1, 1, &rest, &exit_code))
    return exit_code;
  if (!is_reference (rest[0]))
    return ctl_fail_usage (ctl, command, "“%s” is no connector: write it as webhook/billing",
                           rest[0]);
  path = g_strdup_printf ("/v1/connectors/%s/%s", rest[0], pause ? "pause" : "resume");
  body = request_body (actor, reason);
  exit_code = ctl_call (ctl,
                        &(const ClientRequest){ .method = "POST",
                                                .path = path,
                                                .content_type = "application/json",
                                                .body = body },
                        &answer);
  if (exit_code != EX_OK)
    return exit_code;
  applied = field_bool (client_answer_get_object (answer), "applied");
  if (ctl->json)
    ctl_print_body (ctl, answer);
  else
    {
      output_putf (ctl->out, applied ? STYLE_GOOD : STYLE_NOTICE, "%s %s %s", rest[0],
                   applied ? "is"
                   : pause ? "was paused"
                           : "was not",
                   applied ? (pause ? "paused" : "resumed") : (pause ? "already" : "paused"));
      output_newline (ctl->out);
    }
  return applied ? EX_OK : EX_NOTHING;
}

int
command_pause (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  return set_paused (ctl, command, arguments, TRUE);
}

int
command_resume (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  return set_paused (ctl, command, arguments, FALSE);
}

/* ---- breaker ---- */

static const char *
why (JsonObject *connector)
{
  JsonObject *paused = field_object (connector, "paused");

  return field_string (paused != NULL ? paused : field_object (connector, "shut"), "reason");
}

static guint
print_states (Ctl *ctl, JsonArray *connectors)
{
  static const TableColumn columns[] = {
    { "CONNECTOR", FALSE, FALSE }, { "STATE", FALSE, FALSE }, { "HELD", TRUE, FALSE },
    { "UNTIL", FALSE, FALSE },     { "WHY", FALSE, TRUE },    { NULL },
  };
  g_autoptr (Table) table = table_new (ctl->out, columns);
  guint n_held = 0;

  for (guint i = 0; i < field_length (connectors); i++)
    {
      JsonObject *connector = field_object_at (connectors, i);
      const char *state = field_string (connector, "state");
      gboolean is_open = strcmp (state, "open") == 0;
      gboolean is_shut = strcmp (state, "shut") == 0;

      n_held += !is_open;
      table_add (table, STYLE_NAME, field_string (connector, "name"));
      table_add (table, is_open ? STYLE_GOOD : STYLE_NOTICE, state);
      table_addf (table, STYLE_PLAIN, "%" G_GINT64_FORMAT,
                  field_int (field_object (connector, "counts"), "held"));
      table_add (table, STYLE_PLAIN,
                 is_shut ? field_string (field_object (connector, "shut"), "until") : "");
      table_add (table, STYLE_FAINT, is_open ? "" : why (connector));
    }
  table_flush (table);
  return n_held;
}

int
command_breaker (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (GStrv) rest = NULL;
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code;

  if (!ctl_parse (ctl, command, NULL, arguments, 0, 0, &rest, &exit_code))
    return exit_code;
  exit_code = ctl_get (ctl, "/v1/routes", &answer);
  if (exit_code != EX_OK)
    return exit_code;
  if (ctl->json)
    {
      ctl_print_body (ctl, answer);
      return EX_OK;
    }
  return print_states (ctl, field_array (client_answer_get_object (answer), "connectors")) == 0
             ? EX_OK
             : EX_NOTHING;
}
