/* command-token.c: token: who may ask over TCP, and for what. */
#include "config.h"

#include "commands.h"
#include "field.h"
#include "format.h"
#include "table.h"

#include <string.h>

static int
list_tokens (Ctl *ctl)
{
  static const TableColumn columns[] = {
    { "NAME", FALSE, FALSE },
    { "ROLE", FALSE, FALSE },
    { "STATE", FALSE, FALSE },
    { "EXPIRES", FALSE, FALSE },
    { "MADE", FALSE, FALSE },
    { "BY", FALSE, TRUE },
    { NULL },
  };
  g_autoptr (ClientAnswer) answer = NULL;
  gint64 now_us = clock_wall_us (ctl->clock);
  int exit_code = ctl_get (ctl, "/v1/tokens", &answer);
  g_autoptr (Table) table = NULL;
  JsonArray *tokens;

  if (exit_code != EX_OK)
    return exit_code;
  tokens = field_array (client_answer_get_object (answer), "tokens");
  if (ctl->json)
    {
      ctl_print_body (ctl, answer);
      return EX_OK;
    }
  table = table_new (ctl->out, columns);
  for (guint i = 0; i < field_length (tokens); i++)
    {
      JsonObject *token = field_object_at (tokens, i);
      const char *state = field_string (token, "state");
      g_autofree char *expires = format_rfc3339 (field_string (token, "expires"), now_us);
      g_autofree char *created = format_rfc3339 (field_string (token, "created"), now_us);

      table_add (table, STYLE_NAME, field_string (token, "name"));
      table_add (table, STYLE_PLAIN, field_string (token, "role"));
      table_add (table, strcmp (state, "valid") == 0 ? STYLE_GOOD : STYLE_FAINT, state);
      table_add (table, STYLE_PLAIN, *expires != '\0' ? expires : "never");
      table_add (table, STYLE_FAINT, created);
      table_add (table, STYLE_FAINT, field_string (token, "by"));
    }
  table_flush (table);
  return field_length (tokens) > 0 ? EX_OK : EX_NOTHING;
}

static GBytes *
creation_body (const char *name, const char *role, gint64 expires_us)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  char *text;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, name);
  json_builder_set_member_name (builder, "role");
  json_builder_add_string_value (builder, role);
  if (expires_us > 0)
    {
      json_builder_set_member_name (builder, "expires_in_seconds");
      json_builder_add_int_value (builder, MAX (expires_us / G_USEC_PER_SEC, 1));
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  return g_bytes_new_take (text, strlen (text));
}

/* The token alone on standard output, so that it can be put into a file. */
static int
create_token (Ctl *ctl, const char *name, const char *role, gint64 expires_us)
{
  g_autoptr (GBytes) body = creation_body (name, role, expires_us);
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code = ctl_call (ctl,
                            &(const ClientRequest){ .method = "POST",
                                                    .path = "/v1/tokens",
                                                    .content_type = "application/json",
                                                    .body = body },
                            &answer);

  if (exit_code != EX_OK)
    return exit_code;
  if (ctl->json)
    {
      ctl_print_body (ctl, answer);
      return EX_OK;
    }
  output_put (ctl->out, STYLE_PLAIN, field_string (client_answer_get_object (answer), "token"));
  output_newline (ctl->out);
  output_flush (ctl->out);
  output_putf (ctl->err, STYLE_FAINT, "This is shown once: keep it where only %s can read it.",
               name);
  output_newline (ctl->err);
  return EX_OK;
}

static int
revoke_token (Ctl *ctl, const char *name)
{
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/v1/tokens/", escaped, NULL);
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code = ctl_call (ctl, &(const ClientRequest){ .method = "DELETE", .path = path },
                            &answer);

  if (exit_code != EX_OK)
    return exit_code;
  if (ctl->json)
    ctl_print_body (ctl, answer);
  else
    {
      output_putf (ctl->out, STYLE_GOOD, "%s is revoked", name);
      output_newline (ctl->out);
    }
  return EX_OK;
}

int
command_token (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_autofree char *role = NULL, *expires = NULL;
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_FILENAME, &role,
      "viewer (default), operator, editor or admin; of create", "ROLE" },
    { "expires", 0, 0, G_OPTION_ARG_FILENAME, &expires,
      "When it ends, from now on: 30d, 12h; of create", "DURATION" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  gint64 expires_us = 0;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 1, 2, &rest, &exit_code))
    return exit_code;
  if (expires != NULL && !parse_duration (expires, G_USEC_PER_SEC, &expires_us, &error))
    return ctl_fail_usage (ctl, command, "%s", error->message);
  if (strcmp (rest[0], "list") == 0 && rest[1] == NULL)
    return list_tokens (ctl);
  if (strcmp (rest[0], "create") == 0 && rest[1] != NULL)
    return create_token (ctl, rest[1], role != NULL ? role : "viewer", expires_us);
  if (strcmp (rest[0], "revoke") == 0 && rest[1] != NULL)
    return revoke_token (ctl, rest[1]);
  return ctl_fail_usage (ctl, command, "token takes %s", command->arguments);
}
