/* receiver.h: a scripted HTTP receiver on the loopback, for tests.
 *
 * Any thread may call anything.  What is expected and does not come within a minute fails the test.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Receiver Receiver;

typedef struct
{
  char *method;
  char *path;          /* decoded */
  char *target;        /* as sent: path and query */
  GHashTable *headers; /* lower-case name -> value */
  GBytes *body;
  guint answered; /* status that it was answered; 0: dropped, or not answered yet */
  gint64 at_us;   /* monotonic */
} ReceivedRequest;

/* Listens on a free port of 127.0.0.1 and answers 200 with an empty body. */
Receiver *receiver_new (void);
void receiver_free (Receiver *receiver);

const char *receiver_url (Receiver *receiver); /* "http://127.0.0.1:40123" */
guint receiver_port (Receiver *receiver);

#define RECEIVER_DROP 0 /* as a status: closes the connection without an answer */

/* The status of every request that no script covers. */
void receiver_set_status (Receiver *receiver, guint status);
/* The next n requests are answered with these, in order. */
void receiver_script (Receiver *receiver, const guint *statuses, gsize n);
/* This share of the requests (0 to 100) is answered 500 or dropped, by a seeded generator. */
void receiver_fail_randomly (Receiver *receiver, guint percent, guint32 seed);
/* Headers and body of the answers; name NULL removes all headers, body NULL means none. */
void receiver_set_header (Receiver *receiver, const char *name, const char *value);
void receiver_set_body (Receiver *receiver, const char *body, gssize length);
/* Bytes that are sent as they are in place of every answer, before the connection is closed; with
 * endless they are sent again and again until the peer has enough.  NULL: proper answers again. */
void receiver_set_raw (Receiver *receiver, const char *bytes, gboolean endless);

/* From hold on, requests are recorded but their answers wait until release. */
void receiver_hold (Receiver *receiver);
void receiver_release (Receiver *receiver);

/* Waits until at least n requests have come (their bodies whole). */
void receiver_wait (Receiver *receiver, guint n);
guint receiver_n_requests (Receiver *receiver);
guint receiver_n_connections (Receiver *receiver); /* ever opened */
guint receiver_most_at_once (Receiver *receiver);  /* requests that waited for an answer together */

/* Request i, from 0, in order of arrival.  Lives as long as the receiver. */
const ReceivedRequest *receiver_request (Receiver *receiver, guint i);
const char *received_header (const ReceivedRequest *request, const char *name);
char *received_body (const ReceivedRequest *request); /* as text */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Receiver, receiver_free)

G_END_DECLS
