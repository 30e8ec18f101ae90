/* command-try.c: test-connector and probe: does a connector work? */
#include "config.h"

#include "commands.h"
#include "field.h"

#include <string.h>

typedef struct
{
  char *source, *detail_type, *detail;
  int wait_s;
} Trial;

static void
trial_clear (Trial *trial)
{
  g_free (trial->source);
  g_free (trial->detail_type);
  g_free (trial->detail);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Trial, trial_clear)

static void
add_string (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

/* NULL: the detail is no JSON. */
static GBytes *
request_body (const Trial *trial)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  char *text;

  add_string (object, "source", trial->source);
  add_string (object, "detail-type", trial->detail_type);
  if (trial->detail != NULL)
    {
      JsonNode *detail = json_from_string (trial->detail, NULL);

      if (detail == NULL)
        return NULL;
      json_object_set_member (object, "detail", detail);
    }
  if (trial->wait_s > 0)
    json_object_set_int_member (object, "wait_s", trial->wait_s);
  text = json_to_string (root, FALSE);
  return g_bytes_new_take (text, strlen (text));
}

static int
print_outcome (Ctl *ctl, const char *connector, gboolean is_probe, ClientAnswer *answer)
{
  JsonObject *tried = client_answer_get_object (answer);
  const char *outcome = field_string (tried, "outcome");
  gboolean is_good = strcmp (outcome, "delivered") == 0;
  const char *response = field_string (tried, "response");

  if (ctl->json)
    {
      ctl_print_body (ctl, answer);
      return is_good ? EX_OK : EX_NOTHING;
    }
  output_putf (ctl->out, is_good ? STYLE_GOOD : STYLE_BAD, "%s %s", connector,
               !is_good   ? outcome
               : is_probe ? "can be reached"
                          : "took the event");
  output_putf (ctl->out, STYLE_FAINT, "  %.1f ms",
               (double) field_int (tried, "duration_us") / 1000.0);
  output_newline (ctl->out);
  if (!is_good)
    {
      output_put (ctl->out, STYLE_PLAIN, field_string (tried, "note"));
      output_newline (ctl->out);
    }
  if (*response != '\0')
    {
      output_put (ctl->out, STYLE_FAINT, response);
      output_newline (ctl->out);
    }
  return is_good ? EX_OK : EX_NOTHING;
}

static int
try_connector (Ctl *ctl, const CtlCommand *command, char **rest, const Trial *trial)
{
  gboolean is_probe = strcmp (command->name, "probe") == 0;
  g_autoptr (GBytes) body = request_body (trial);
  g_autofree char *path = NULL;
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code;

  if (strchr (rest[0], '/') == NULL || strpbrk (rest[0], "?#% ") != NULL)
    return ctl_fail_usage (ctl, command, "“%s” is no connector: write it as webhook/billing",
                           rest[0]);
  if (body == NULL)
    return ctl_fail_usage (ctl, command, "--detail is no JSON");
  path = g_strdup_printf ("/v1/connectors/%s/%s", rest[0], is_probe ? "probe" : "test");
  exit_code = ctl_call (ctl,
                        &(const ClientRequest){ .method = "POST",
                                                .path = path,
                                                .content_type = "application/json",
                                                .body = body },
                        &answer);
  return exit_code != EX_OK ? exit_code : print_outcome (ctl, rest[0], is_probe, answer);
}

int
command_test_connector (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (Trial) trial = { 0 };
  const GOptionEntry entries[] = {
    { "source", 0, 0, G_OPTION_ARG_FILENAME, &trial.source, "The event's source", "NAME" },
    { "detail-type", 0, 0, G_OPTION_ARG_FILENAME, &trial.detail_type, "Its detail type", "TYPE" },
    { "detail", 0, 0, G_OPTION_ARG_FILENAME, &trial.detail, "Its detail", "JSON" },
    { "wait", 0, 0, G_OPTION_ARG_INT, &trial.wait_s, "How long to wait (default: 60)", "SECONDS" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 1, 1, &rest, &exit_code))
    return exit_code;
  return try_connector (ctl, command, rest, &trial);
}

int
command_probe (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (Trial) trial = { 0 };
  const GOptionEntry entries[] = {
    { "wait", 0, 0, G_OPTION_ARG_INT, &trial.wait_s, "How long to wait (default: 60)", "SECONDS" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 1, 1, &rest, &exit_code))
    return exit_code;
  return try_connector (ctl, command, rest, &trial);
}
