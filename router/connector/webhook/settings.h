/* settings.h: what a webhook connector is told, read from its settings once.  Immutable. */
#pragma once

#include "config/schema.h"
#include "connector/webhook/retry-on.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *url;
  char *method;
  char **headers; /* "Name: value", NULL-terminated, as libcurl takes them */
  gboolean has_content_type, has_user_agent; /* among headers */
  long timeout_ms, connect_timeout_ms;
  gsize max_response_bytes;
  RetryOn retry_on;
} WebhookSettings;

/* settings: checked by connector_schema_webhook. */
WebhookSettings *webhook_settings_new (JsonObject *settings);
void webhook_settings_free (WebhookSettings *settings);

/* The URL without user, password, query and fragment, which may be secrets. */
char *webhook_settings_public_url (const char *url);

G_END_DECLS
