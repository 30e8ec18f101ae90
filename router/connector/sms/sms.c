/* The sms connector: one message for each recipient of a delivery, as a file in a folder from which
 * a gateway sends, or to a gateway by HTTP.  Delivery thread; the disk is the outbox's affair.
 *
 * A delivery to several recipients is done when all have it.  Those that a gateway took are
 * remembered until then, so that a retry does not write to them again; a restart forgets them. */
#include "connector/sms/sms.h"

#include "base/error.h"
#include "base/event.h"
#include "config/settings.h"
#include "connector/outbox.h"
#include "connector/payload.h"
#include "connector/sms/gateway.h"
#include "connector/sms/segments.h"
#include "connector/template.h"
#include "connector/wakeup.h"

#include <string.h>

/* Deliveries of which it is remembered who has them; beyond this all are forgotten. */
#define MAX_REMEMBERED 1000

typedef struct
{
  Connector base;
  char *label;
  Clock *clock;
  char *from;
  GPtrArray *to;  /* Template */
  Template *text; /* or NULL: what is delivered */
  guint max_segments;
  Outbox *outbox; /* or */
  Gateway *gateway;
  GHashTable *taken; /* "<delivery id> <number>" that the gateway took */
  GQueue sends;      /* Send, to the gateway */
  GQueue failed;     /* Send; their done is owed */
  GSource *failer;
} SmsConnector;

/* One delivery. */
typedef struct
{
  SmsConnector *sms;
  GList link; /* in sends or failed */
  char *delivery_id, *event_id;
  char *text;
  SmsSize size;
  GPtrArray *to; /* numbers */
  guint next;
  Outcome failure;
  ConnectorDone done;
  gpointer user_data;
} Send;

static void send_next (Send *send);

/* ---- Sends --------------------------------------------------------------------------------- */

static void
send_free (Send *send)
{
  g_free (send->delivery_id);
  g_free (send->event_id);
  g_free (send->text);
  g_clear_pointer (&send->to, g_ptr_array_unref);
  outcome_clear (&send->failure);
  g_free (send);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Send, send_free)

static void
free_sends (GQueue *sends)
{
  GList *link;

  while ((link = g_queue_pop_head_link (sends)) != NULL)
    send_free (link->data);
}

static gboolean
fail_cb (gpointer data)
{
  SmsConnector *self = data;
  GList *link;

  while ((link = g_queue_pop_head_link (&self->failed)) != NULL)
    {
      Send *send = link->data;

      send->done (&send->failure, send->user_data);
      send_free (send);
    }
  return G_SOURCE_CONTINUE;
}

/* Later, as send may not call done.  What the event has will not get better. */
static void
refuse (Send *send, const GError *error)
{
  send->failure = (Outcome){
    .kind = OUTCOME_REFUSED,
    .error_code = ERROR_CODE_INVALID_PARAMETER,
    .retry_after_us = -1,
    .note = g_strdup_printf ("%s %s", send->sms->label, error->message),
  };
  g_queue_push_tail_link (&send->sms->failed, &send->link);
  wakeup_now (send->sms->failer);
}

/* ---- What is sent -------------------------------------------------------------------------- */

static gboolean
render_numbers (Send *send, TemplateScope *scope, GError **error)
{
  SmsConnector *self = send->sms;

  send->to = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->to->len; i++)
    {
      char *number = template_render (self->to->pdata[i], scope);

      g_ptr_array_add (send->to, number);
      if (!sms_is_number (number))
        {
          g_autofree char *shown = g_strescape (number, NULL);

          g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                       "sent nothing: what the event has for To, “%.40s”, is not a number like "
                       "+4915112345678",
                       shown);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
render (Send *send, const ConnectorRequest *request, GError **error)
{
  SmsConnector *self = send->sms;
  g_auto (TemplateScope) scope = { request, NULL };

  send->text = self->text != NULL ? template_render (self->text, &scope)
                                  : payload_text (request, FALSE);
  sms_measure (send->text, &send->size);
  if (send->size.segments > self->max_segments)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                   "takes no text of %u messages, as MaxSegments is %u; shorten it with an "
                   "InputTransformer",
                   send->size.segments, self->max_segments);
      return FALSE;
    }
  return render_numbers (send, &scope, error);
}

/* ---- Into the outbox ----------------------------------------------------------------------- */

static void
append_member (GString *json, const char *name, const char *value)
{
  event_append_json_string (json, name, -1);
  g_string_append_c (json, ':');
  event_append_json_string (json, value, -1);
  g_string_append_c (json, ',');
}

static GBytes *
message_new (const Send *send, const char *to)
{
  g_autofree char *at = clock_format_us (clock_wall_us (send->sms->clock));
  GString *json = g_string_new ("{");

  append_member (json, "to", to);
  append_member (json, "from", send->sms->from);
  append_member (json, "text", send->text);
  append_member (json, "delivery", send->delivery_id);
  append_member (json, "event", send->event_id);
  append_member (json, "at", at);
  append_member (json, "encoding", send->size.is_ucs2 ? "UCS-2" : "GSM-7");
  g_string_append_printf (json, "\"length\":%u,\"segments\":%u}\n", send->size.length,
                          send->size.segments);
  return g_string_free_to_bytes (json);
}

static void
put (Send *send, const ConnectorRequest *request)
{
  g_autofree char *stem = outbox_file_stem (request);
  DiskJob *job = disk_job_new (send->to->len);

  for (guint i = 0; i < send->to->len; i++)
    {
      job->files[i].name = g_strdup_printf ("%s-%u.json", stem, i + 1);
      job->files[i].bytes = message_new (send, send->to->pdata[i]);
    }
  outbox_put (send->sms->outbox, job, send->done, send->user_data);
}

/* ---- To the gateway ------------------------------------------------------------------------ */

/* The same for every attempt. */
static char *
message_id (const Send *send, guint number)
{
  return g_strdup_printf ("%s-%u", send->delivery_id, number + 1);
}

static void
remember (Send *send)
{
  GHashTable *taken = send->sms->taken;

  if (g_hash_table_size (taken) >= MAX_REMEMBERED)
    g_hash_table_remove_all (taken);
  g_hash_table_add (taken, message_id (send, send->next));
}

static void
forget (Send *send)
{
  for (guint i = 0; i < send->to->len; i++)
    {
      g_autofree char *id = message_id (send, i);

      g_hash_table_remove (send->sms->taken, id);
    }
}

static void
finish (Send *send, const Outcome *outcome)
{
  g_queue_unlink (&send->sms->sends, &send->link);
  send->done (outcome, send->user_data);
  send_free (send);
}

static void
answered_cb (const Outcome *outcome, gpointer user_data)
{
  Send *send = user_data;

  if (outcome->kind == OUTCOME_DELIVERED && send->next + 1 < send->to->len)
    {
      remember (send);
      send->next++;
      send_next (send);
      return;
    }
  if (outcome->kind != OUTCOME_RETRY && outcome->kind != OUTCOME_DOWN)
    forget (send);
  finish (send, outcome);
}

/* One after the other: a gateway that stops taking them is not asked for the rest. */
static void
send_next (Send *send)
{
  g_autofree char *id = message_id (send, send->next);
  GatewayMessage message = { .from = send->sms->from,
                             .text = send->text,
                             .segments = send->size.segments };

  /* The last is never skipped: its answer is the delivery's. */
  while (send->next + 1 < send->to->len && g_hash_table_contains (send->sms->taken, id))
    {
      send->next++;
      g_free (id);
      id = message_id (send, send->next);
    }
  message.to = send->to->pdata[send->next];
  message.id = id;
  gateway_send (send->sms->gateway, &message, answered_cb, send);
}

static void
sms_send (Connector *connector,
          const ConnectorRequest *request,
          ConnectorDone done,
          gpointer user_data)
{
  SmsConnector *self = (SmsConnector *) connector;
  g_autoptr (Send) send = g_new0 (Send, 1);
  g_autoptr (GError) error = NULL;

  send->sms = self;
  send->link.data = send;
  send->delivery_id = g_strdup (request->delivery_id);
  send->event_id = g_strdup (request->event_id);
  send->done = done;
  send->user_data = user_data;
  if (!render (send, request, &error))
    refuse (g_steal_pointer (&send), error);
  else if (self->gateway == NULL)
    put (send, request);
  else
    {
      g_queue_push_tail_link (&self->sends, &send->link);
      send_next (g_steal_pointer (&send));
    }
}

static void
sms_probe (Connector *connector, ConnectorDone done, gpointer user_data)
{
  SmsConnector *self = (SmsConnector *) connector;

  if (self->gateway != NULL)
    gateway_probe (self->gateway, done, user_data);
  else
    outbox_probe (self->outbox, done, user_data);
}

/* ---- The connector ------------------------------------------------------------------------- */

static void
sms_close (Connector *connector)
{
  SmsConnector *self = (SmsConnector *) connector;

  g_clear_pointer (&self->outbox, outbox_free);
  g_clear_pointer (&self->gateway, gateway_free);
  free_sends (&self->sends);
  free_sends (&self->failed);
  wakeup_free (self->failer);
  g_hash_table_unref (self->taken);
  g_ptr_array_unref (self->to);
  g_clear_pointer (&self->text, template_free);
  g_free (self->from);
  g_free (self->label);
  g_free (self);
}

static void
read_texts (SmsConnector *self, JsonObject *settings)
{
  g_auto (GStrv) to = config_settings_strings (settings, "To");
  const char *text = config_settings_string (settings, "Text");

  self->max_segments = (guint) config_settings_integer (settings, "MaxSegments");
  self->from = g_strdup (config_settings_string (settings, "From"));
  self->text = text != NULL ? template_new (text, NULL) : NULL;
  self->to = g_ptr_array_new_with_free_func ((GDestroyNotify) template_free);
  for (char **number = to; *number != NULL; number++)
    g_ptr_array_add (self->to, template_new (*number, NULL));
}

static Connector *
sms_open (const char *name, JsonObject *settings, const ConnectorHost *host, GError **error)
{
  SmsConnector *self = g_new0 (SmsConnector, 1);

  self->base.kind = &connector_kind_sms;
  self->label = g_strconcat ("sms/", name, NULL);
  self->clock = host->clock;
  read_texts (self, settings);
  self->taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->failer = wakeup_new ("text failures", host->context, fail_cb, self);
  if (config_settings_object (settings, "Gateway") == NULL)
    {
      g_autofree char *folder = outbox_path ("sms", name, settings, host->state_dir);
      g_autofree char *staging_prefix = g_build_filename (folder, ".new-", NULL);

      self->outbox = outbox_new (self->label, host, folder, staging_prefix);
      return &self->base;
    }
  self->gateway = gateway_new (self->label, settings, host, error);
  if (self->gateway != NULL)
    return &self->base;
  sms_close (&self->base);
  return NULL;
}

static char *
sms_describe (const char *name, JsonObject *settings, const char *state_dir)
{
  g_autofree char *recipients = NULL;
  g_autofree char *gateway = NULL;

  if (config_settings_object (settings, "Gateway") == NULL)
    return outbox_describe ("sms", "text", name, settings, state_dir);
  recipients = outbox_describe_recipients (settings);
  gateway = gateway_describe (settings);
  return g_strdup_printf ("text to %s, by %s", recipients, gateway);
}

const ConnectorKind connector_kind_sms = {
  .kind = "sms",
  .schema = &connector_schema_sms,
  .open = sms_open,
  .send = sms_send,
  .probe = sms_probe,
  .close = sms_close,
  .describe = sms_describe,
};
