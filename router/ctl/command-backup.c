/* command-backup.c: backup and restore: the store as one file, and back. */
#include "config.h"

#include "commands.h"
#include "field.h"

#include "base/error.h"
#include "base/paths.h"
#include "store/restore.h"

#include <json-glib/json-glib.h>
#include <string.h>

static char *
request_body (const char *file, gint64 bytes_per_s)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);

  json_object_set_string_member (object, "file", file);
  if (bytes_per_s > 0)
    json_object_set_int_member (object, "bytes_per_second", bytes_per_s);
  return json_to_string (root, FALSE);
}

static void
print_backup (Ctl *ctl, const char *what, gint64 bytes, gint64 events, gint64 deliveries)
{
  g_autofree char *size = g_format_size ((guint64) bytes);

  output_putf (ctl->out, STYLE_GOOD,
               "%s: %s, %" G_GINT64_FORMAT " events, %" G_GINT64_FORMAT " deliveries", what, size,
               events, deliveries);
  output_newline (ctl->out);
}

int
command_backup (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  gint64 rate = 0;
  const GOptionEntry entries[] = {
    { "rate", 0, 0, G_OPTION_ARG_INT64, &rate, "Write at most so many bytes a second (64 MiB)",
      "BYTES" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autofree char *file = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (ClientAnswer) answer = NULL;
  JsonObject *object;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 1, 1, &rest, &exit_code))
    return exit_code;
  file = g_canonicalize_filename (rest[0], NULL);
  text = request_body (file, rate);
  body = g_bytes_new (text, strlen (text));
  exit_code = ctl_call (ctl,
                        &(const ClientRequest){ .method = "POST",
                                                .path = "/v1/backup",
                                                .content_type = "application/json",
                                                .takes_long = TRUE,
                                                .body = body },
                        &answer);
  if (exit_code != EX_OK)
    return exit_code;
  object = client_answer_get_object (answer);
  if (ctl->json)
    ctl_print_body (ctl, answer);
  else
    print_backup (ctl, file, field_int (object, "bytes"), field_int (object, "events"),
                  field_int (object, "deliveries"));
  return EX_OK;
}

static int
fail_restore (Ctl *ctl, const GError *error)
{
  if (g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT))
    return ctl_fail (ctl, EX_NOTHING, "%s", error->message);
  if (g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE))
    return ctl_fail (ctl, EX_DATAERR, "%s", error->message);
  return ctl_fail (ctl, EX_CANTCREAT, "%s", error->message);
}

int
command_restore (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_autofree char *state = NULL;
  gboolean replace = FALSE;
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &state, "The router's state folder", "DIR" },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &replace,
      "When there is a store in it already, put that aside", NULL },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autofree char *aside = NULL;
  g_autoptr (GError) error = NULL;
  StoreBackup backup;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 1, 1, &rest, &exit_code))
    return exit_code;
  if (state == NULL)
    state = paths_state_dir ();
  if (!store_restore (rest[0], state, replace, ctl->clock, &backup, &aside, &error))
    return fail_restore (ctl, error);
  print_backup (ctl, state, backup.bytes, backup.events, backup.deliveries);
  if (aside != NULL)
    {
      output_putf (ctl->out, STYLE_PLAIN, "What was there before is kept as %s", aside);
      output_newline (ctl->out);
    }
  return EX_OK;
}
