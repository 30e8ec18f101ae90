/* settings.h: what a webhook connector is told, read from its settings once.  Immutable. */
#pragma once

#include "base/egress.h"
#include "config/schema.h"
#include "connector/template.h"
#include "connector/webhook/address.h"
#include "connector/webhook/cloudevent.h"
#include "connector/webhook/retry-on.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *name;
  Template *value;
} WebhookField; /* of the head or the query */

typedef enum
{
  WEBHOOK_AUTH_NONE,
  WEBHOOK_AUTH_BASIC,
  WEBHOOK_AUTH_BEARER,
  WEBHOOK_AUTH_KEY,
  WEBHOOK_AUTH_OAUTH,
} WebhookAuthKind;

/* Secrets are names. */
typedef struct
{
  WebhookAuthKind kind;
  char *user, *header, *secret;
  char *token_url, *client_id, *scope; /* of OAuth */
  gboolean client_in_body;
  char **parameters; /* name, value … of the request for a token */
} WebhookAuth;

typedef enum
{
  WEBHOOK_UNSIGNED,
  WEBHOOK_SIGNED_HMAC,
  WEBHOOK_SIGNED_ED25519,
} WebhookSigning;

typedef struct
{
  char *url;
  WebhookAddress *address;
  char *method;
  GPtrArray *headers, *query;                /* WebhookField */
  GPtrArray *path_values;                    /* Template */
  gboolean has_content_type, has_user_agent; /* among headers */
  WebhookAuth auth;
  WebhookSigning signing;
  char **signing_secrets; /* names */
  char *ca_file, *certificate_file, *key_secret;
  char *proxy, *proxy_user, *proxy_secret;
  gboolean proxy_asks;
  CloudEventMode cloudevents;
  gboolean sends_trace;
  Egress *egress;
  long timeout_ms, connect_timeout_ms;
  gsize max_response_bytes;
  RetryOn retry_on;
} WebhookSettings;

/* settings: checked by connector_schema_webhook. */
WebhookSettings *webhook_settings_new (JsonObject *settings, const char *state_dir);
void webhook_settings_free (WebhookSettings *settings);

G_END_DECLS
