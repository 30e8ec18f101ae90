/* command-explain.c: explain: why a rule did or did not match an event.
 *
 * Rule and event may be what the running router has; then it is asked for them, and the answer is
 * found here, by the library that it uses itself. */
#include "config.h"

#include "commands.h"
#include "field.h"
#include "trial-pattern.h"

#include "base/event.h"
#include "base/id.h"

#include <string.h>

/* Neither JSON nor standard input nor a file that is there. */
static gboolean
is_name (const char *argument)
{
  const char *begin = argument + strspn (argument, " \t\r\n");

  return *begin != '{' && *begin != '[' && *begin != '\0' && !g_str_equal (argument, "-") &&
         !g_file_test (argument, G_FILE_TEST_EXISTS);
}

/* ---- From the router ------------------------------------------------------------------------- */

static char *
escape (const char *text, gboolean keep_slashes)
{
  return g_uri_escape_string (text, keep_slashes ? "/" : NULL, FALSE);
}

/* The file of a rule that is in force: "default/paid", or "paid" on the bus default. */
static int
fetch_rule (Ctl *ctl, const char *name, ArgumentText *out_text)
{
  g_autofree char *escaped = escape (name, TRUE);
  g_autofree char *file = g_strconcat ("rule/", strchr (name, '/') != NULL ? "" : "default/",
                                       escaped, ".json", NULL);
  g_autofree char *path = g_strconcat ("/v1/config/file/", file, NULL);
  g_autoptr (ClientAnswer) answer = NULL;
  int exit_code = ctl_get (ctl, path, &answer);
  gsize length;
  const char *text;

  if (exit_code != EX_OK)
    return exit_code;
  text = g_bytes_get_data (answer->body, &length);
  out_text->name = g_steal_pointer (&file);
  out_text->text = g_strndup (text, length);
  out_text->length = length;
  return EX_OK;
}

static char *
text_of (JsonObject *event, const char *name, const char *otherwise)
{
  JsonNode *node = event != NULL ? json_object_get_member (event, name) : NULL;

  return node != NULL ? json_to_string (node, FALSE) : g_strdup (otherwise);
}

/* The very envelope that the router matched. */
static char *
make_envelope (JsonObject *fields, GBytes *body)
{
  g_autofree char *resources = text_of (fields, "resources", "[]");
  g_autofree char *metadata = text_of (fields, "metadata", "");
  g_autoptr (Event) event = event_new (&(const Event){
      .id = (char *) field_string (fields, "id"),
      .bus = (char *) field_string (fields, "bus"),
      .ingress = (char *) field_string (fields, "ingress"),
      .source = (char *) field_string (fields, "source"),
      .detail_type = (char *) field_string (fields, "detail-type"),
      .time_us = field_time (fields, "time"),
      .received_us = field_time (fields, "received"),
      .resources = resources,
      .content_type = (char *) field_string (fields, "content_type"),
      .metadata = metadata,
      .body = body,
  });

  return g_string_free (event_envelope (event), FALSE);
}

static int
fetch_event (Ctl *ctl, const char *id, TrialEvent *event)
{
  g_autofree char *escaped = escape (id, FALSE);
  g_autofree char *path = g_strconcat ("/v1/events/", escaped, NULL);
  g_autofree char *body_path = g_strconcat (path, "/body", NULL);
  g_autoptr (ClientAnswer) answer = NULL;
  g_autoptr (ClientAnswer) body = NULL;
  int exit_code = ctl_get (ctl, path, &answer);

  if (exit_code == EX_OK)
    exit_code = ctl_get (ctl, body_path, &body);
  if (exit_code != EX_OK)
    return exit_code;
  event->text = make_envelope (field_object (client_answer_get_object (answer), "event"),
                               body->body);
  event->name = g_strdup ("body");
  trial_event_find_detail (event, g_bytes_get_size (body->body));
  return EX_OK;
}

/* ---- The command ----------------------------------------------------------------------------- */

static int
read_rule (Ctl *ctl, const char *argument, ArgumentText *out_text)
{
  g_autoptr (GError) error = NULL;

  if (is_name (argument) && !g_str_has_suffix (argument, ".json"))
    return fetch_rule (ctl, argument, out_text);
  if (argument_read (argument, "The pattern", out_text, &error))
    return EX_OK;
  return ctl_fail (ctl, EX_NOINPUT, "%s", error->message);
}

int
command_explain (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (TrialEvent) event = { 0 };
  GOptionEntry entries[TRIAL_ENTRIES];
  g_auto (GStrv) rest = NULL;
  g_auto (ArgumentText) text = { 0 };
  g_auto (TrialPattern) pattern = { 0 };
  int exit_code;

  trial_entries (&event, entries);
  if (!ctl_parse (ctl, command, entries, arguments, 2, 2, &rest, &exit_code))
    return exit_code;
  if (event.is_detail || !id_is_valid (rest[1]))
    exit_code = trial_read_event (ctl, command, &event, rest[1]);
  else
    exit_code = fetch_event (ctl, rest[1], &event);
  if (exit_code == EX_OK)
    exit_code = read_rule (ctl, rest[0], &text);
  if (exit_code == EX_OK)
    exit_code = trial_pattern_compile (ctl, &text, TRIAL_ANY_SCORE, &pattern);
  return exit_code == EX_OK ? trial_pattern_explain (ctl, &pattern, &event) : exit_code;
}
