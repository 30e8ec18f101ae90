/* traffic.h: senders that post to a router until they are told to stop, and whatever becomes of it.
 *
 * What is acknowledged goes to the evidence.  What is not is sent again, as senders of webhooks do,
 * so that the router may hold it twice. */
#pragma once

#include "evidence.h"
#include "support/receiver.h"

G_BEGIN_DECLS

typedef struct Traffic Traffic;

/* url: of the source that is posted to. */
Traffic *traffic_start (const char *url, guint n_senders, Evidence *evidence);
guint traffic_n_acknowledged (Traffic *traffic);
/* 507: there was no room. */
guint traffic_n_turned_away (Traffic *traffic);
/* Ends when every sender has its answer, or none. */
void traffic_stop (Traffic *traffic);

/* The connector's target is this receiver, whose log is evidence.  Returns how many requests. */
guint traffic_read_receiver (Evidence *evidence, const char *connector, Receiver *receiver);

G_END_DECLS
