/* The bus connector: hands the event to the router's own entrance and waits until it is durable
 * there.  Delivery thread.
 *
 * The entrance tells on a thread of its own, perhaps after the connector was closed: what it tells
 * goes through a Mailbox, which lives as long as anybody may still put something into it.  What
 * must stay true: done is called on the delivery thread, once, and never after close. */
#include "connector/bus/bus.h"

#include "config/configuration.h"
#include "connector/wakeup.h"

typedef struct
{
  gatomicrefcount n_refs;
  GMutex lock;
  GQueue answered; /* Crossing; guarded by lock */
  GSource *wakeup; /* guarded by lock; NULL: nobody reads any more */
} Mailbox;

typedef struct
{
  Connector base;
  const ConnectorHost *host;
  char *bus;
  char *label;
  Mailbox *mailbox;
} BusConnector;

/* One event on its way. */
typedef struct
{
  Mailbox *mailbox;
  char *label;
  Outcome outcome;
  ConnectorDone done;
  gpointer user_data;
} Crossing;

/* ---- The mailbox --------------------------------------------------------------------------- */

static void
crossing_free (gpointer data)
{
  Crossing *crossing = data;

  outcome_clear (&crossing->outcome);
  g_free (crossing->label);
  g_free (crossing);
}

static Mailbox *
mailbox_new (void)
{
  Mailbox *mailbox = g_new0 (Mailbox, 1);

  g_atomic_ref_count_init (&mailbox->n_refs);
  g_mutex_init (&mailbox->lock);
  return mailbox;
}

static void
mailbox_unref (Mailbox *mailbox)
{
  if (!g_atomic_ref_count_dec (&mailbox->n_refs))
    return;
  g_queue_clear_full (&mailbox->answered, crossing_free);
  g_mutex_clear (&mailbox->lock);
  g_free (mailbox);
}

/* Any thread. */
static void
answered_cb (const Outcome *outcome, gpointer user_data)
{
  Crossing *crossing = user_data;
  Mailbox *mailbox = crossing->mailbox;

  outcome_copy (outcome, &crossing->outcome);
  g_mutex_lock (&mailbox->lock);
  g_queue_push_tail (&mailbox->answered, crossing);
  if (mailbox->wakeup != NULL)
    wakeup_now (mailbox->wakeup);
  g_mutex_unlock (&mailbox->lock);
  mailbox_unref (mailbox);
}

static void
finish (Crossing *crossing)
{
  Outcome *outcome = &crossing->outcome;

  if (outcome->kind != OUTCOME_DELIVERED)
    {
      char *note = g_strdup_printf ("%s did not take it: %s", crossing->label, outcome->note);

      g_free (outcome->note);
      outcome->note = note;
    }
  crossing->done (outcome, crossing->user_data);
  crossing_free (crossing);
}

static gboolean
finish_cb (gpointer data)
{
  Mailbox *mailbox = data;
  GQueue answered;
  Crossing *crossing;

  g_mutex_lock (&mailbox->lock);
  answered = mailbox->answered;
  g_queue_init (&mailbox->answered);
  g_mutex_unlock (&mailbox->lock);
  while ((crossing = g_queue_pop_head (&answered)) != NULL)
    finish (crossing);
  return G_SOURCE_CONTINUE;
}

/* ---- The connector ------------------------------------------------------------------------- */

static void
bus_send (Connector *connector,
          const ConnectorRequest *request,
          ConnectorDone done,
          gpointer user_data)
{
  BusConnector *self = (BusConnector *) connector;
  Crossing *crossing = g_new0 (Crossing, 1);

  *crossing = (Crossing){ .mailbox = self->mailbox,
                          .label = g_strdup (self->label),
                          .done = done,
                          .user_data = user_data };
  g_atomic_ref_count_inc (&self->mailbox->n_refs);
  if (self->host->forward != NULL)
    {
      self->host->forward (request, self->bus, answered_cb, crossing, self->host->forward_data);
      return;
    }
  answered_cb (&(Outcome){ .kind = OUTCOME_MISCONFIGURED,
                           .error_code = ERROR_CODE_NO_RESOURCE,
                           .retry_after_us = -1,
                           .note = (char *) "there is no router around it" },
               crossing);
}

static Connector *
bus_open (const char *name, JsonObject *settings, const ConnectorHost *host, GError **error)
{
  BusConnector *self = g_new0 (BusConnector, 1);

  self->base.kind = &connector_kind_bus;
  self->host = host;
  self->bus = g_strdup (name);
  self->label = g_strconcat ("bus/", name, NULL);
  self->mailbox = mailbox_new ();
  self->mailbox->wakeup = wakeup_new ("bus answers", host->context, finish_cb, self->mailbox);
  return &self->base;
}

static void
bus_close (Connector *connector)
{
  BusConnector *self = (BusConnector *) connector;
  Mailbox *mailbox = self->mailbox;

  g_mutex_lock (&mailbox->lock);
  wakeup_free (g_steal_pointer (&mailbox->wakeup));
  g_mutex_unlock (&mailbox->lock);
  mailbox_unref (mailbox);
  g_free (self->bus);
  g_free (self->label);
  g_free (self);
}

static char *
bus_describe (const char *name, JsonObject *settings, const char *state_dir)
{
  return g_strdup_printf ("the bus %s of this router", name);
}

const ConnectorKind connector_kind_bus = {
  .kind = "bus",
  .schema = &config_schema_bus,
  .open = bus_open,
  .send = bus_send,
  .close = bus_close,
  .describe = bus_describe,
};
