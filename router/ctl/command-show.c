/* command-show.c: show, and dead show: the journey of one event or delivery. */
#include "config.h"

#include "command-show.h"
#include "commands.h"
#include "field.h"
#include "journey.h"
#include "pretty.h"

#include "base/delivery.h"

static char *
path_of (const char *kind, const char *id, const char *part)
{
  g_autofree char *escaped = g_uri_escape_string (id, NULL, FALSE);

  return g_strconcat ("/v1/", kind, "/", escaped, part, NULL);
}

/* Another GET whose answer is bytes, below a heading. */
static int
print_bytes (Ctl *ctl, const char *heading, const char *path)
{
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code = ctl_get (ctl, path, &answer);
  gsize length = 0;
  const char *text;

  if (exit_code != EX_OK)
    return exit_code;
  text = g_bytes_get_data (answer->body, &length);
  output_newline (ctl->out);
  output_put (ctl->out, STYLE_STRONG, heading);
  output_newline (ctl->out);
  pretty_print (ctl->out, text, length, 0);
  return EX_OK;
}

static int
show_event (Ctl *ctl, const char *id, gboolean payload)
{
  g_autofree char *path = path_of ("events", id, "");
  g_autofree char *body = path_of ("events", id, "/body");
  g_autoptr (ClientAnswer) answer = NULL;
  JsonArray *deliveries;
  int exit_code = ctl_get (ctl, path, &answer);

  if (exit_code != EX_OK)
    return exit_code;
  if (ctl->json)
    {
      ctl_print_body (ctl, answer);
      return EX_OK;
    }
  journey_print_event (ctl, field_object (client_answer_get_object (answer), "event"));
  deliveries = field_array (client_answer_get_object (answer), "deliveries");
  for (guint i = 0; i < field_length (deliveries); i++)
    {
      output_newline (ctl->out);
      journey_print_delivery (ctl, field_object_at (deliveries, i));
    }
  return payload ? print_bytes (ctl, "Body as received", body) : EX_OK;
}

int
show_delivery (Ctl *ctl, const char *id, gboolean payload)
{
  g_autofree char *path = path_of ("deliveries", id, "");
  g_autofree char *body = path_of ("deliveries", id, "/payload");
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code = ctl_get (ctl, path, &answer);

  if (exit_code != EX_OK)
    return exit_code;
  if (ctl->json)
    {
      ctl_print_body (ctl, answer);
      return EX_OK;
    }
  journey_print_delivery (ctl, client_answer_get_object (answer));
  return payload ? print_bytes (ctl, "What the target is sent", body) : EX_OK;
}

int
command_show (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  gboolean payload = FALSE;
  const GOptionEntry entries[] = {
    { "payload", 'p', 0, G_OPTION_ARG_NONE, &payload,
      "An event's body too, or what a delivery's target is sent", NULL },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autofree char *event_id = NULL;
  guint32 index;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 1, 1, &rest, &exit_code))
    return exit_code;
  if (delivery_id_parse (rest[0], &event_id, &index))
    return show_delivery (ctl, rest[0], payload);
  return show_event (ctl, rest[0], payload);
}
