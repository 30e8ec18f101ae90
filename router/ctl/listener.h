/* listener.h: a small HTTP server to deliver to: answers as it is told and hands on what arrived.
 */
#pragma once

#include "base/clock.h"
#include "base/random.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct Listener Listener;

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
} ListenerSettings;

typedef struct
{
  guint64 n; /* from 1 */
  gint64 at_us;
  const char *method, *path; /* as sent, with the query */
  GPtrArray *headers;        /* name, value, name, value … as they came */
  GBytes *body;
  guint status; /* that it will be answered with */
} ListenerRequest;

/* On a server thread, one at a time, before the request is answered. */
typedef void (*ListenerSink) (const ListenerRequest *request, gpointer user_data);

/* clock and random outlive it.  Fails with a GIOError when it cannot listen. */
Listener *listener_new (const ListenerSettings *settings,
                        Clock *clock,
                        Random *random,
                        ListenerSink sink,
                        gpointer user_data,
                        GError **error);
guint16 listener_get_port (Listener *listener);
guint listener_get_n_waiting (Listener *listener); /* requests that are not answered yet */
/* Answers the requests that wait, at once. */
void listener_free (Listener *listener);

/* The status for request n.  file_text: of the status file, or NULL. */
guint listener_choose (const ListenerSettings *settings,
                       guint64 n,
                       Random *random,
                       const char *file_text);

/* One JSON object on one line, as in listen's log. */
char *listener_request_to_json (const ListenerRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Listener, listener_free)

G_END_DECLS
