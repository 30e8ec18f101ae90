/* trial.c: see trial.h. */
#include "config.h"

#include "trial.h"

#include "pretty.h"

#include "base/event.h"

#include <string.h>

void
trial_entries (TrialEvent *event, GOptionEntry entries[TRIAL_ENTRIES])
{
  const GOptionEntry all[TRIAL_ENTRIES] = {
    { "detail", 'd', 0, G_OPTION_ARG_NONE, &event->is_detail,
      "The event given is only what is inside, the detail", NULL },
    { "source", 0, 0, G_OPTION_ARG_FILENAME, &event->source,
      "… and this is its source (default: test)", "NAME" },
    { "detail-type", 0, 0, G_OPTION_ARG_FILENAME, &event->detail_type,
      "… and this its detail type (default: test)", "TYPE" },
    { NULL },
  };

  memcpy (entries, all, sizeof all);
}

void
trial_event_clear (TrialEvent *event)
{
  g_clear_pointer (&event->source, g_free);
  g_clear_pointer (&event->detail_type, g_free);
  g_clear_pointer (&event->text, g_free);
  g_clear_pointer (&event->name, g_free);
}

void
trial_event_find_detail (TrialEvent *event, gsize length)
{
  /* The detail is the envelope's last member. */
  event->given_start = strlen (event->text) - 1 - length;
  event->given_length = length;
}

static void
put_refusal (Output *output, const char *name, const char *what, const RulesError *error)
{
  const struct
  {
    const char *member, *text;
  } texts[] = {
    { "refused", what },           { "file", name },        { "reason", error->reason },
    { "pointer", error->pointer }, { "hint", error->hint },
  };
  g_autoptr (GString) out = g_string_new ("{");

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_string_append_printf (out, "\"%s\":", texts[i].member);
      event_append_json_string (out, texts[i].text, -1);
      g_string_append_c (out, ',');
    }
  g_string_append_printf (out, "\"line\":%u,\"column\":%u}\n", error->line, error->column);
  output_raw (output, out->str, out->len);
}

/* It is looked at all the same: what is there twice counts twice. */
static void
warn_of_duplicates (Ctl *ctl, const ArgumentText *text)
{
  const RulesJsonLimits strict = { .max_depth = 1000 };
  RulesError refused;

  if (!rules_check_json (text->text, text->length, &strict, &refused))
    ctl_hint (ctl, "The router would refuse this event, %s:%u:%u: %s", text->name, refused.line,
              refused.column, refused.reason);
}

int
trial_refused (Ctl *ctl,
               const char *name,
               const char *what,
               const char *text,
               gsize length,
               const RulesError *error)
{
  if (ctl->json)
    put_refusal (ctl->out, name, what, error);
  ctl_fail (ctl, EX_DATAERR, "%s:%u:%u: %s: %s", name, error->line, error->column, what,
            error->reason);
  pretty_excerpt (ctl->err, text, length, error->line, error->column);
  if (*error->pointer != '\0')
    ctl_hint (ctl, "At %s", error->pointer);
  if (*error->hint != '\0')
    ctl_hint (ctl, "%s", error->hint);
  return EX_DATAERR;
}

int
trial_read_event (Ctl *ctl, const CtlCommand *command, TrialEvent *event, const char *argument)
{
  const RulesJsonLimits limits = { .max_depth = 1000, .allow_duplicates = true };
  g_auto (ArgumentText) text = { 0 };
  g_autoptr (GError) error = NULL;
  RulesError refused;

  if (!event->is_detail && (event->source != NULL || event->detail_type != NULL))
    return ctl_fail_usage (ctl, command, "--source and --detail-type belong to --detail");
  if (!argument_read (argument, "The event", &text, &error))
    return ctl_fail (ctl, EX_NOINPUT, "%s", error->message);
  if (!rules_check_json (text.text, text.length, &limits, &refused))
    return trial_refused (ctl, text.name, "not valid JSON", text.text, text.length, &refused);
  warn_of_duplicates (ctl, &text);
  event->name = g_strdup (text.name);
  event->given_length = text.length;
  if (event->is_detail)
    event->text = argument_envelope (event->source != NULL ? event->source : "test",
                                     event->detail_type != NULL ? event->detail_type : "test",
                                     text.text, text.length, ctl->clock);
  if (event->is_detail)
    trial_event_find_detail (event, text.length);
  else
    event->text = g_steal_pointer (&text.text);
  return EX_OK;
}
