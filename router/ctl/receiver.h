/* receiver.h: a small HTTP server to deliver to: answers as it is told and hands on what arrived.
 */
#pragma once

#include "base/clock.h"
#include "base/random.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct Receiver Receiver;

typedef struct
{
  const char *address;     /* "127.0.0.1" */
  guint16 port;            /* 0: any free one */
  gboolean any_port;       /* take a free one when that one is taken */
  guint status;            /* what is answered when nothing below says otherwise */
  const char *status_file; /* while it exists its text is the status; or NULL */
  guint fail_status;       /* what the failing ones get */
  guint64 fail_first;      /* so many requests fail */
  guint fail_percent;      /* of the others, by chance */
  gint64 delay_us;         /* before each answer */
} ReceiverSettings;

typedef struct
{
  guint64 n; /* from 1 */
  gint64 at_us;
  const char *method, *path; /* with the query */
  GPtrArray *headers;        /* name, value, name, value … as they came */
  GBytes *body;
  guint status; /* that it will be answered with */
} ReceivedRequest;

/* On a server thread, one at a time, before the request is answered. */
typedef void (*ReceiverSink) (const ReceivedRequest *request, gpointer user_data);

/* clock and random outlive it.  Fails with a GIOError when it cannot listen. */
Receiver *receiver_new (const ReceiverSettings *settings,
                        Clock *clock,
                        Random *random,
                        ReceiverSink sink,
                        gpointer user_data,
                        GError **error);
guint16 receiver_get_port (Receiver *receiver);
/* Waits for the requests under way, whose delay is cut short. */
void receiver_free (Receiver *receiver);

/* The status for request n.  file_text: of the status file, or NULL. */
guint receiver_choose (const ReceiverSettings *settings,
                       guint64 n,
                       Random *random,
                       const char *file_text);

const char *received_header (const ReceivedRequest *request, const char *name); /* or NULL */
/* One JSON object on one line, as in listen's log. */
char *received_to_json (const ReceivedRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Receiver, receiver_free)

G_END_DECLS
