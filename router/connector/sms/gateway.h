/* gateway.h: text messages by HTTP, one request each, as a description says: a preset (data/sms)
 * and what the connector's own settings put in its place.  Delivery thread. */
#pragma once

#include "connector/connector.h"

G_BEGIN_DECLS

typedef struct Gateway Gateway;

/* Texts of UTF-8; they live as long as the call. */
typedef struct
{
  const char *to, *from, *text;
  const char *id; /* of this message, the same for all attempts */
  guint segments;
} GatewayMessage;

extern const ConfigSchema gateway_schema; /* the setting "Gateway" */

/* Of a connector's settings that fit their table, as ConfigSchema.check. */
gboolean gateway_check (JsonObject *settings, char **out_pointer, GError **error);

/* label: "sms/oncall"; settings: the connector's, checked, with a Gateway. */
Gateway *
gateway_new (const char *label, JsonObject *settings, const ConnectorHost *host, GError **error);

/* Gives up what is under way, without done. */
void gateway_free (Gateway *gateway);

/* done: from the loop. */
void gateway_send (Gateway *gateway,
                   const GatewayMessage *message,
                   ConnectorDone done,
                   gpointer user_data);

/* Connects and sends nothing.  done: from the loop. */
void gateway_probe (Gateway *gateway, ConnectorDone done, gpointer user_data);

/* Where it goes, without secrets. */
char *gateway_describe (JsonObject *settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Gateway, gateway_free)

G_END_DECLS
