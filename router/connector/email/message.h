/* message.h: one mail as RFC 5322 wants it: a text of UTF-8, in lines of CRLF.  Pure; any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *from;        /* as address_format() gives it */
  const char *const *to;   /* the same, NULL-terminated, at least one */
  const char *subject;     /* any text */
  const char *body;        /* UTF-8, any line ends */
  gint64 date_us;          /* wall clock */
  const char *delivery_id; /* the Message-ID is made from it, so that a repeat has the same */
  const char *event_id;
} EmailMessage;

GBytes *email_message_format (const EmailMessage *message);

G_END_DECLS
