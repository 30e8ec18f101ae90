/* settings.h: what an email connector is told, read from its settings once.  Immutable. */
#pragma once

#include "connector/email/smtp.h"
#include "connector/template.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *from;         /* as address_format() gives it */
  GPtrArray *to, *cc; /* Template */
  Template *reply_to; /* or NULL, as the next three */
  Template *text, *html;
  Template *file_name;
  Template *subject;
  gboolean is_smtp;
  SmtpSettings smtp; /* its strings are the following */
  char *host, *hello, *ca_file;
  char *user, *secret; /* of the login, a name; both or neither */
  Egress *egress;
} EmailSettings;

/* settings: checked by connector_schema_email.  host outlives them. */
EmailSettings *email_settings_new (JsonObject *settings, const ConnectorHost *host);
void email_settings_free (EmailSettings *settings);

G_END_DECLS
