/* The email connector: each delivery becomes one file of a Maildir, from which any mail program
 * reads and any mail transport sends.  Delivery thread; the disk is the outbox's affair. */
#include "connector/email/email.h"

#include "connector/email/address.h"
#include "connector/email/message.h"
#include "connector/outbox.h"
#include "connector/payload.h"

#include <string.h>

typedef struct
{
  Connector base;
  Clock *clock;
  char *from;
  GPtrArray *to; /* NULL-terminated */
  char *subject;
  Outbox *outbox;
} EmailConnector;

/* ---- Opening ------------------------------------------------------------------------------- */

static GPtrArray *
recipients_new (JsonArray *to)
{
  GPtrArray *recipients = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < json_array_get_length (to); i++)
    g_ptr_array_add (recipients, address_format (json_array_get_string_element (to, i), NULL));
  g_ptr_array_add (recipients, NULL);
  return recipients;
}

static Connector *
email_open (const char *name, JsonObject *settings, const ConnectorHost *host, GError **error)
{
  g_autofree char *label = g_strconcat ("email/", name, NULL);
  g_autofree char *maildir = outbox_path ("email", name, settings, host->state_dir);
  g_autofree char *folder = g_build_filename (maildir, "new", NULL);
  g_autofree char *seen = g_build_filename (maildir, "cur", NULL);
  g_autofree char *staging_prefix = g_build_filename (maildir, "tmp", "/", NULL);
  EmailConnector *self = g_new0 (EmailConnector, 1);

  self->base.kind = &connector_kind_email;
  self->clock = host->clock;
  self->from = address_format (json_object_get_string_member (settings, "From"), NULL);
  self->to = recipients_new (json_object_get_array_member (settings, "To"));
  self->subject = g_strdup (json_object_get_string_member (settings, "Subject"));
  self->outbox = outbox_new (label, host, folder, staging_prefix);
  /* Without it mail programs do not take the folder for a Maildir. */
  outbox_set_companion (self->outbox, seen);
  return &self->base;
}

static void
email_close (Connector *connector)
{
  EmailConnector *self = (EmailConnector *) connector;

  outbox_free (self->outbox);
  g_ptr_array_unref (self->to);
  g_free (self->from);
  g_free (self->subject);
  g_free (self);
}

/* ---- Sending ------------------------------------------------------------------------------- */

/* What <name> stands for, or NULL when it is just text. */
static const char *
placeholder_value (const ConnectorRequest *request, const char *name, gsize length)
{
  const struct
  {
    const char *name, *value;
  } known[] = {
    { "source", request->source },   { "detail-type", request->detail_type },
    { "bus", request->bus },         { "rule", request->rule },
    { "time", request->event_time }, { "event-id", request->event_id },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (strlen (known[i].name) == length && strncmp (known[i].name, name, length) == 0)
      return known[i].value;
  return NULL;
}

/* One pass: what a value brings along is never looked at again. */
static char *
fill_subject (const char *subject, const ConnectorRequest *request)
{
  GString *out = g_string_new (NULL);

  for (const char *p = subject; *p != '\0'; p++)
    {
      gsize length = *p == '<' ? strcspn (p + 1, "<>") : 0;
      const char *value = NULL;

      if (length > 0 && p[1 + length] == '>')
        value = placeholder_value (request, p + 1, length);
      if (value == NULL)
        {
          g_string_append_c (out, *p);
          continue;
        }
      g_string_append (out, value);
      p += length + 1;
    }
  return g_string_free (out, FALSE);
}

static void
email_send (Connector *connector,
            const ConnectorRequest *request,
            ConnectorDone done,
            gpointer user_data)
{
  EmailConnector *self = (EmailConnector *) connector;
  g_autofree char *delivery_id = disk_safe_name (request->delivery_id);
  g_autofree char *event_id = disk_safe_name (request->event_id);
  g_autofree char *stem = outbox_file_stem (request);
  g_autofree char *subject = fill_subject (self->subject, request);
  g_autofree char *body = payload_text (request, TRUE);
  EmailMessage message = {
    .from = self->from,
    .to = (const char *const *) self->to->pdata,
    .subject = subject,
    .body = body,
    .date_us = clock_wall_us (self->clock),
    .delivery_id = delivery_id,
    .event_id = event_id,
  };
  DiskJob *job = disk_job_new (1);

  /* A Maildir's names are unique by time, by what makes them so within it, and by host. */
  job->files[0].name = g_strconcat (stem, ".signalbox", NULL);
  job->files[0].bytes = email_message_format (&message);
  outbox_put (self->outbox, job, done, user_data);
}

static char *
email_describe (const char *name, JsonObject *settings, const char *state_dir)
{
  return outbox_describe ("email", "mail", name, settings, state_dir);
}

const ConnectorKind connector_kind_email = {
  .kind = "email",
  .schema = &connector_schema_email,
  .open = email_open,
  .send = email_send,
  .close = email_close,
  .describe = email_describe,
};
