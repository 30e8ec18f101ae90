/* The log connector: to see what a rule matches, before it leads anywhere.  Delivery thread. */
#include "connector/log/log.h"

#include "base/log.h"
#include "config/settings.h"
#include "connector/payload.h"
#include "connector/wakeup.h"

#include <string.h>

static const char *const levels[] = { "error", "warning", "info", "debug", NULL };

static const ConfigSetting settings_table[] = {
  {
      .name = "Level",
      .effect = EFFECT_NEXT_ATTEMPT,
      .type = SETTING_STRING,
      .default_json = "\"info\"",
      .choices = levels,
      .help = "How loud: error, warning, info or debug.",
  },
  {
      .name = "MaxBytes",
      .effect = EFFECT_NEXT_ATTEMPT,
      .type = SETTING_INTEGER,
      .default_json = "2048",
      .min = 0,
      .max = 65536,
      .unit = "bytes",
      .help = "How much of what is delivered the line has.",
  },
  { 0 },
};

const ConfigSchema connector_schema_log = {
  .kind = "log",
  .title = "Log connector",
  .settings = settings_table,
};

typedef struct
{
  ConnectorDone done;
  gpointer user_data;
} Owed;

typedef struct
{
  Connector base;
  char *label;
  LogLevel level;
  gsize max_bytes;
  GArray *owed; /* Owed */
  GSource *teller;
} LogConnector;

/* All that were written before, as send may not call done. */
static gboolean
tell_cb (gpointer data)
{
  LogConnector *self = data;
  g_autoptr (GArray) owed = self->owed;
  const Outcome outcome = { .kind = OUTCOME_DELIVERED, .retry_after_us = -1, .note = (char *) "" };

  self->owed = g_array_new (FALSE, FALSE, sizeof (Owed));
  for (guint i = 0; i < owed->len; i++)
    {
      const Owed *one = &g_array_index (owed, Owed, i);

      one->done (&outcome, one->user_data);
    }
  return G_SOURCE_CONTINUE;
}

/* Values are quoted: none can end early and pass for the next. */
static void
append_field (GString *line, const char *name, const char *value)
{
  if (line->len > 0)
    g_string_append_c (line, ' ');
  g_string_append (line, name);
  g_string_append_c (line, '=');
  event_append_json_string (line, value, -1);
}

/* Cut between characters. */
static void
append_payload (GString *line, const ConnectorRequest *request, gsize max_bytes)
{
  g_autofree char *text = payload_text (request, FALSE);
  const char *end = text + MIN (strlen (text), max_bytes);
  g_autofree char *head = NULL;

  while (end > text && *end != '\0' && ((guchar) *end & 0xC0) == 0x80)
    end--;
  head = g_strdup_printf ("%.*s%s", (int) (end - text), text, *end != '\0' ? "…" : "");
  append_field (line, "payload", head);
}

static GString *
line_of (const ConnectorRequest *request, gsize max_bytes)
{
  GString *line = g_string_new (NULL);

  append_field (line, "delivery", request->delivery_id);
  append_field (line, "rule", request->rule);
  append_field (line, "source", request->source);
  append_field (line, "detail-type", request->detail_type);
  if (max_bytes > 0)
    append_payload (line, request, max_bytes);
  return line;
}

static void
log_send (Connector *connector,
          const ConnectorRequest *request,
          ConnectorDone done,
          gpointer user_data)
{
  LogConnector *self = (LogConnector *) connector;
  g_autoptr (GString) line = line_of (request, self->max_bytes);
  Owed one = { done, user_data };

  log_message (self->level, self->label, "%s", line->str);
  g_array_append_val (self->owed, one);
  wakeup_now (self->teller);
}

static Connector *
log_open (const char *name, JsonObject *settings, const ConnectorHost *host, GError **error)
{
  LogConnector *self = g_new0 (LogConnector, 1);

  self->base.kind = &connector_kind_log;
  self->label = g_strconcat ("log/", name, NULL);
  log_level_parse (config_settings_string (settings, "Level"), &self->level);
  self->max_bytes = (gsize) config_settings_integer (settings, "MaxBytes");
  self->owed = g_array_new (FALSE, FALSE, sizeof (Owed));
  self->teller = wakeup_new ("log done", host->context, tell_cb, self);
  return &self->base;
}

static void
log_close (Connector *connector)
{
  LogConnector *self = (LogConnector *) connector;

  wakeup_free (self->teller);
  g_array_unref (self->owed);
  g_free (self->label);
  g_free (self);
}

static char *
log_describe (const char *name, JsonObject *settings, const char *state_dir)
{
  return g_strdup_printf ("the router's log, as %s", config_settings_string (settings, "Level"));
}

const ConnectorKind connector_kind_log = {
  .kind = "log",
  .schema = &connector_schema_log,
  .open = log_open,
  .send = log_send,
  .close = log_close,
  .describe = log_describe,
};
