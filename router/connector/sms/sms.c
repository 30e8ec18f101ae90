/* The sms connector: one JSON file for each recipient of a delivery, from which a gateway sends.
 * Delivery thread; the disk is the outbox's affair. */
#include "connector/sms/sms.h"

#include "base/event.h"
#include "connector/outbox.h"
#include "connector/payload.h"
#include "connector/sms/segments.h"

#include <string.h>

typedef struct
{
  Connector base;
  char *label;
  Clock *clock;
  char *from;
  GPtrArray *to;
  guint max_segments;
  Outbox *outbox;
} SmsConnector;

static Connector *
sms_open (const char *name, JsonObject *settings, const ConnectorHost *host, GError **error)
{
  g_autofree char *folder = outbox_path ("sms", name, settings, host->state_dir);
  g_autofree char *staging_prefix = g_build_filename (folder, ".new-", NULL);
  JsonArray *to = json_object_get_array_member (settings, "To");
  SmsConnector *self = g_new0 (SmsConnector, 1);

  self->base.kind = &connector_kind_sms;
  self->label = g_strconcat ("sms/", name, NULL);
  self->clock = host->clock;
  self->max_segments = (guint) json_object_get_int_member (settings, "MaxSegments");
  self->from = g_strdup (json_object_get_string_member (settings, "From"));
  self->to = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < json_array_get_length (to); i++)
    g_ptr_array_add (self->to, g_strdup (json_array_get_string_element (to, i)));
  self->outbox = outbox_new (self->label, host, folder, staging_prefix);
  return &self->base;
}

static void
sms_close (Connector *connector)
{
  SmsConnector *self = (SmsConnector *) connector;

  outbox_free (self->outbox);
  g_ptr_array_unref (self->to);
  g_free (self->from);
  g_free (self->label);
  g_free (self);
}

/* ---- Sending ------------------------------------------------------------------------------- */

static void
append_member (GString *json, const char *name, const char *value)
{
  event_append_json_string (json, name, -1);
  g_string_append_c (json, ':');
  event_append_json_string (json, value, -1);
  g_string_append_c (json, ',');
}

static GBytes *
message_new (SmsConnector *self,
             const ConnectorRequest *request,
             const char *to,
             const char *text,
             guint segments)
{
  g_autofree char *at = clock_format_us (clock_wall_us (self->clock));
  GString *json = g_string_new ("{");

  append_member (json, "to", to);
  append_member (json, "from", self->from);
  append_member (json, "text", text);
  append_member (json, "delivery", request->delivery_id);
  append_member (json, "event", request->event_id);
  append_member (json, "at", at);
  g_string_append_printf (json, "\"segments\":%u}\n", segments);
  return g_string_free_to_bytes (json);
}

static DiskJob *
job_new (SmsConnector *self, const ConnectorRequest *request)
{
  g_autofree char *text = payload_text (request, FALSE);
  g_autofree char *stem = outbox_file_stem (request);
  guint segments = sms_segments (text);
  DiskJob *job;

  if (segments > self->max_segments)
    {
      job = disk_job_new (0);
      disk_job_refuse (job, ERROR_CODE_INVALID_PARAMETER,
                       "takes no text of %u messages, as MaxSegments is %u; shorten it with an "
                       "InputTransformer",
                       segments, self->max_segments);
      return job;
    }

  job = disk_job_new (self->to->len);
  for (guint i = 0; i < self->to->len; i++)
    {
      job->files[i].name = g_strdup_printf ("%s-%u.json", stem, i + 1);
      job->files[i].bytes = message_new (self, request, g_ptr_array_index (self->to, i), text,
                                         segments);
    }
  return job;
}

static void
sms_send (Connector *connector,
          const ConnectorRequest *request,
          ConnectorDone done,
          gpointer user_data)
{
  SmsConnector *self = (SmsConnector *) connector;

  outbox_put (self->outbox, job_new (self, request), done, user_data);
}

static char *
sms_describe (const char *name, JsonObject *settings, const char *state_dir)
{
  return outbox_describe ("sms", "text", name, settings, state_dir);
}

const ConnectorKind connector_kind_sms = {
  .kind = "sms",
  .schema = &connector_schema_sms,
  .open = sms_open,
  .send = sms_send,
  .close = sms_close,
  .describe = sms_describe,
};
