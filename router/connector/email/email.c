/* The email connector: each delivery becomes one mail, for a server or as one file of a Maildir,
 * from which any mail program reads and any mail transport sends.  Delivery thread; the disk is the
 * outbox's affair, the network smtp.c's. */
#include "connector/email/email.h"

#include "base/error.h"
#include "connector/email/address.h"
#include "connector/email/message.h"
#include "connector/email/settings.h"
#include "connector/outbox.h"
#include "connector/payload.h"
#include "connector/wakeup.h"

#include <string.h>

typedef struct
{
  Connector base;
  const ConnectorHost *host;
  char *label;
  EmailSettings *settings;
  Outbox *outbox; /* or */
  Smtp *smtp;
  GQueue failed;   /* Failure; their done is owed */
  GSource *failer; /* ready when there are any */
} EmailConnector;

typedef struct
{
  Outcome outcome;
  ConnectorDone done;
  gpointer user_data;
} Failure;

/* What one mail is made of. */
typedef struct
{
  GPtrArray *to, *cc; /* as address_format() gives them, NULL-terminated */
  char *reply_to, *subject, *text, *html, *file_name;
} Parts;

/* ---- Opening ------------------------------------------------------------------------------- */

static gboolean
fail_cb (gpointer data)
{
  EmailConnector *self = data;
  Failure *failure;

  while ((failure = g_queue_pop_head (&self->failed)) != NULL)
    {
      failure->done (&failure->outcome, failure->user_data);
      outcome_clear (&failure->outcome);
      g_free (failure);
    }
  return G_SOURCE_CONTINUE;
}

static void
open_outbox (EmailConnector *self, const char *name, JsonObject *settings)
{
  g_autofree char *maildir = outbox_path ("email", name, settings, self->host->state_dir);
  g_autofree char *folder = g_build_filename (maildir, "new", NULL);
  g_autofree char *seen = g_build_filename (maildir, "cur", NULL);
  g_autofree char *staging_prefix = g_build_filename (maildir, "tmp", "/", NULL);

  self->outbox = outbox_new (self->label, self->host, folder, staging_prefix);
  /* Without it mail programs do not take the folder for a Maildir. */
  outbox_set_companion (self->outbox, seen);
}

static Connector *
email_open (const char *name, JsonObject *settings, const ConnectorHost *host, GError **error)
{
  EmailConnector *self = g_new0 (EmailConnector, 1);

  self->base.kind = &connector_kind_email;
  self->host = host;
  self->label = g_strconcat ("email/", name, NULL);
  self->settings = email_settings_new (settings, host);
  self->failer = wakeup_new ("mail failures", host->context, fail_cb, self);
  if (self->settings->is_smtp)
    self->smtp = smtp_new (self->label, &self->settings->smtp, host->context);
  else
    open_outbox (self, name, settings);
  return &self->base;
}

static void
email_close (Connector *connector)
{
  EmailConnector *self = (EmailConnector *) connector;
  Failure *failure;

  g_clear_pointer (&self->outbox, outbox_free);
  g_clear_pointer (&self->smtp, smtp_free);
  while ((failure = g_queue_pop_head (&self->failed)) != NULL)
    {
      outcome_clear (&failure->outcome);
      g_free (failure);
    }
  wakeup_free (self->failer);
  email_settings_free (self->settings);
  g_free (self->label);
  g_free (self);
}

/* ---- The mail ------------------------------------------------------------------------------ */

static void
parts_clear (Parts *parts)
{
  g_clear_pointer (&parts->to, g_ptr_array_unref);
  g_clear_pointer (&parts->cc, g_ptr_array_unref);
  g_free (parts->reply_to);
  g_free (parts->subject);
  g_free (parts->text);
  g_free (parts->html);
  g_free (parts->file_name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

/* What an event brings along is one address or none: no list, no line break, no command. */
static char *
render_address (const Template *template_, const char *key, TemplateScope *scope, GError **error)
{
  g_autofree char *text = template_render (template_, scope);
  char *address = address_format (text, error);

  if (address == NULL)
    g_prefix_error (error, "what the event has for %s: ", key);
  return address;
}

/* NULL: one of them is none. */
static GPtrArray *
render_addresses (GPtrArray *templates, const char *key, TemplateScope *scope, GError **error)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < templates->len; i++)
    {
      char *address = render_address (templates->pdata[i], key, scope, error);

      if (address == NULL)
        return NULL;
      g_ptr_array_add (addresses, address);
    }
  g_ptr_array_add (addresses, NULL);
  return g_steal_pointer (&addresses);
}

static gboolean
render (EmailConnector *self, const ConnectorRequest *request, Parts *parts, GError **error)
{
  const EmailSettings *settings = self->settings;
  g_auto (TemplateScope) scope = { request, NULL };

  if ((parts->to = render_addresses (settings->to, "To", &scope, error)) == NULL ||
      (parts->cc = render_addresses (settings->cc, "Cc", &scope, error)) == NULL)
    return FALSE;
  if (settings->reply_to != NULL &&
      (parts->reply_to = render_address (settings->reply_to, "ReplyTo", &scope, error)) == NULL)
    return FALSE;
  parts->subject = template_render (settings->subject, &scope);
  parts->text = settings->text != NULL ? template_render (settings->text, &scope)
                                       : payload_text (request, TRUE);
  if (settings->html != NULL)
    parts->html = template_render_html (settings->html, &scope);
  if (settings->file_name != NULL)
    parts->file_name = template_render (settings->file_name, &scope);
  return TRUE;
}

static GBytes *
format (EmailConnector *self, const ConnectorRequest *request, const Parts *parts)
{
  g_autofree char *delivery_id = disk_safe_name (request->delivery_id);
  g_autofree char *event_id = disk_safe_name (request->event_id);
  EmailMessage message = {
    .from = self->settings->from,
    .to = (const char *const *) parts->to->pdata,
    .cc = (const char *const *) parts->cc->pdata,
    .reply_to = parts->reply_to,
    .subject = parts->subject,
    .body = parts->text,
    .html = parts->html,
    .file_name = parts->file_name,
    .file_type = payload_is_text (request) ? "text/plain; charset=utf-8" : "application/json",
    .file = request->payload,
    .date_us = clock_wall_us (self->host->clock),
    .delivery_id = delivery_id,
    .event_id = event_id,
  };

  return email_message_format (&message);
}

/* ---- Sending ------------------------------------------------------------------------------- */

/* Later, as send may not call done. */
static void
fail (EmailConnector *self,
      OutcomeKind kind,
      const char *code,
      const GError *error,
      ConnectorDone done,
      gpointer user_data)
{
  Failure *failure = g_new0 (Failure, 1);

  failure->outcome = (Outcome){
    .kind = kind,
    .error_code = code,
    .retry_after_us = -1,
    .note = g_strdup_printf ("%s sent nothing: %s", self->label, error->message),
  };
  failure->done = done;
  failure->user_data = user_data;
  g_queue_push_tail (&self->failed, failure);
  wakeup_now (self->failer);
}

static void
put (EmailConnector *self,
     const ConnectorRequest *request,
     GBytes *message,
     ConnectorDone done,
     gpointer user_data)
{
  g_autofree char *stem = outbox_file_stem (request);
  DiskJob *job = disk_job_new (1);

  /* A Maildir's names are unique by time, by what makes them so within it, and by host. */
  job->files[0].name = g_strconcat (stem, ".signalbox", NULL);
  job->files[0].bytes = g_bytes_ref (message);
  outbox_put (self->outbox, job, done, user_data);
}

/* With who sends and who logs in.  NULL: the password is not there. */
static SmtpMail *
mail_new (EmailConnector *self, GError **error)
{
  const EmailSettings *settings = self->settings;
  SmtpMail *mail = g_new0 (SmtpMail, 1);
  g_autoptr (GBytes) password = NULL;

  mail->sender = address_mailbox (settings->from);
  if (settings->secret == NULL)
    return mail;
  password = secrets_get (self->host->secrets, settings->secret, error);
  if (password == NULL)
    {
      smtp_mail_free (mail);
      return NULL;
    }
  mail->user = g_strdup (settings->user);
  mail->password = g_strndup (g_bytes_get_data (password, NULL), g_bytes_get_size (password));
  return mail;
}

static char **
mailboxes_of (const Parts *parts)
{
  g_autoptr (GStrvBuilder) mailboxes = g_strv_builder_new ();
  const GPtrArray *const lists[] = { parts->to, parts->cc };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; lists[i]->pdata[j] != NULL; j++)
      {
        g_autofree char *mailbox = address_mailbox (lists[i]->pdata[j]);

        g_strv_builder_add (mailboxes, mailbox);
      }
  return g_strv_builder_end (mailboxes);
}

static void
email_send (Connector *connector,
            const ConnectorRequest *request,
            ConnectorDone done,
            gpointer user_data)
{
  EmailConnector *self = (EmailConnector *) connector;
  g_auto (Parts) parts = { 0 };
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GError) error = NULL;
  SmtpMail *mail;

  /* What the event has will not get better; a secret may. */
  if (!render (self, request, &parts, &error))
    {
      fail (self, OUTCOME_REFUSED, ERROR_CODE_INVALID_PARAMETER, error, done, user_data);
      return;
    }
  message = format (self, request, &parts);
  if (self->smtp == NULL)
    put (self, request, message, done, user_data);
  else if ((mail = mail_new (self, &error)) == NULL)
    fail (self, OUTCOME_DOWN, ERROR_CODE_NO_PERMISSIONS, error, done, user_data);
  else
    {
      mail->recipients = mailboxes_of (&parts);
      mail->message = g_steal_pointer (&message);
      smtp_send (self->smtp, mail, done, user_data);
    }
}

/* Up to and with the login. */
static void
email_probe (Connector *connector, ConnectorDone done, gpointer user_data)
{
  EmailConnector *self = (EmailConnector *) connector;
  g_autoptr (GError) error = NULL;
  SmtpMail *mail;

  if (self->smtp == NULL)
    outbox_probe (self->outbox, done, user_data);
  else if ((mail = mail_new (self, &error)) == NULL)
    fail (self, OUTCOME_DOWN, ERROR_CODE_NO_PERMISSIONS, error, done, user_data);
  else
    smtp_send (self->smtp, mail, done, user_data);
}

static char *
email_describe (const char *name, JsonObject *settings, const char *state_dir)
{
  JsonObject *smtp = json_object_has_member (settings, "Smtp")
                         ? json_object_get_object_member (settings, "Smtp")
                         : NULL;
  g_autofree char *recipients = NULL;

  if (smtp == NULL)
    return outbox_describe ("email", "mail", name, settings, state_dir);
  recipients = outbox_describe_recipients (settings);
  return g_strdup_printf ("mail to %s, by %s", recipients,
                          json_object_get_string_member (smtp, "Host"));
}

const ConnectorKind connector_kind_email = {
  .kind = "email",
  .schema = &connector_schema_email,
  .open = email_open,
  .send = email_send,
  .probe = email_probe,
  .close = email_close,
  .describe = email_describe,
};
