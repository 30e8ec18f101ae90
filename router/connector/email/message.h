/* message.h: one mail as RFC 5322 and MIME want it, in lines of CRLF.  Pure; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *from;        /* as address_format() gives it */
  const char *const *to;   /* the same, NULL-terminated, at least one */
  const char *const *cc;   /* the same, or NULL */
  const char *reply_to;    /* the same, or NULL */
  const char *subject;     /* any text */
  const char *body;        /* UTF-8, any line ends */
  const char *html;        /* the same as HTML, beside the body; or NULL */
  const char *file_name;   /* any text: what the attachment is called; NULL: there is none */
  const char *file_type;   /* "application/json" */
  GBytes *file;            /* the attachment */
  gint64 date_us;          /* wall clock */
  const char *delivery_id; /* of letters, digits, '-', '_' and '.', at most 60: the Message-ID is
                              made from it, so that a repeat has the same */
  const char *event_id;
} EmailMessage;

GBytes *email_message_format (const EmailMessage *message);

/* What an attachment is called: one name without control characters and slashes, not hidden, at
 * most 200 bytes. */
char *email_file_name (const char *text);

G_END_DECLS
