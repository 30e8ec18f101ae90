/* inbox.h: what other threads tell the delivery thread.
 *
 * Counted, because the writer may have something to say after the delivery thread has ended: that
 * is dropped. */
#pragma once

#include "base/delivery.h"

G_BEGIN_DECLS

typedef struct Inbox Inbox;

typedef enum
{
  INBOX_ADD,     /* key, connector, due_us, priority */
  INBOX_SETTLED, /* key; failed: nobody knows whether it was written */
  INBOX_RECONFIGURE,
  INBOX_PAUSE, /* connector, paused: an operator has paused or resumed it */
  INBOX_STOP,  /* grace_ms */
} InboxKind;

typedef struct
{
  InboxKind kind;
  gboolean failed;
  gboolean paused;
  guint grace_ms;
  DeliveryKey key;
  const char *connector; /* interned */
  gint64 due_us;
  guint priority;
} InboxMessage;

/* Delivery thread: messages (of InboxMessage) in the order in which they were put. */
typedef void (*InboxHandler) (GArray *messages, gpointer user_data);

Inbox *inbox_new (void);
Inbox *inbox_ref (Inbox *inbox);
void inbox_unref (Inbox *inbox);

/* Any thread.  Messages wait until the inbox is open. */
void inbox_put (Inbox *inbox, const InboxMessage *message);

/* Delivery thread. */
void inbox_open (Inbox *inbox, GMainContext *context, InboxHandler handler, gpointer user_data);
/* The handler is not called any more; what is put later is dropped. */
void inbox_close (Inbox *inbox);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Inbox, inbox_unref)

G_END_DECLS
