/* sns.h: messages of Amazon SNS that are not events: a subscription that wants to be confirmed, and
 * one that has ended.
 *
 * A subscription is confirmed by getting a URL.  Only its token is taken from the message: the
 * topic must be one that the source's settings name, and the host the service's own, so that
 * whoever can send here can have nothing else fetched.
 *
 * The fields are those of “Amazon SNS message and JSON formats” of the SNS developer guide.  Pure;
 * any thread. */
#pragma once

#include "ingress/draft.h"

G_BEGIN_DECLS

typedef enum
{
  SNS_EVENT,   /* on its way as any other */
  SNS_CONFIRM, /* to be answered once its URL was got */
  SNS_ENDED,   /* nothing is to be done */
} SnsAsks;

typedef struct
{
  SnsAsks asks;
  char *topic; /* ARN; NULL of an event */
  char *url;   /* of SNS_CONFIRM */
} SnsMessage;

/* Of an admitted request and its JSON.  A source without the handshake has events only.
 * is_let_in: an operator answers for who sent an event.  What may not be is a problem. */
Problem *sns_read (const DraftContext *context,
                   const ConfigSource *source,
                   GBytes *body,
                   gboolean is_let_in,
                   SnsMessage *out_message);
void sns_message_clear (SnsMessage *message);

G_END_DECLS
