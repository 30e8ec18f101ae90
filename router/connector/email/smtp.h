/* smtp.h: mails over SMTP (RFC 5321), by libcurl.
 *
 * Connections are kept for the next mail; addresses are checked as guard.h says.  It works on a
 * thread of its own: libcurl says goodbye to a server and waits for the answer, which must not hold
 * up other deliveries. */
#pragma once

#include "base/egress.h"
#include "connector/connector.h"

G_BEGIN_DECLS

typedef struct Smtp Smtp;

typedef enum
{
  SMTP_STARTTLS, /* or nothing is sent */
  SMTP_TLS,
  SMTP_CLEAR,
} SmtpSecurity;

/* Lives as long as the Smtp. */
typedef struct
{
  const char *host;
  guint port;
  SmtpSecurity security;
  const char *hello;   /* what the router calls itself, or NULL: its machine's name */
  const char *ca_file; /* or NULL: the system's */
  const Egress *egress;
  long timeout_ms, connect_timeout_ms;
  gsize max_kept_bytes;       /* of an answer */
  struct curl_slist *resolve; /* as ConnectorHost's */
} SmtpSettings;

/* Nothing but the addresses goes into commands: they are plain (address_mailbox()).  The message
 * ends in CRLF.  Secrets are given for each, as they may change. */
typedef struct
{
  char *sender;
  char **recipients;
  GBytes *message;       /* NULL: nothing is sent, the login alone is tried */
  char *user, *password; /* or NULL */
} SmtpMail;

void smtp_mail_free (SmtpMail *mail);

/* label: "email/ops".  Delivery thread, as all else. */
Smtp *smtp_new (const char *label, const SmtpSettings *settings, GMainContext *context);

/* Gives up what is under way, without done.  Does not wait for the server. */
void smtp_free (Smtp *smtp);

/* Takes the mail.  done is called from the loop. */
void smtp_send (Smtp *smtp, SmtpMail *mail, ConnectorDone done, gpointer user_data);

G_END_DECLS
