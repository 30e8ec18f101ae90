/* sign.h: signing requests as Standard Webhooks 1.0.0 has it.  Pure; any thread. */
#pragma once

#include "connector/webhook/settings.h"

G_BEGIN_DECLS

/* The value of webhook-signature: one signature for each secret, so that a receiver may know any
 * of them.  id and timestamp: without a full stop.  ROUTER_ERROR_INVALID, which says nothing of the
 * secret: number i, from 0, is no key. */
char *webhook_sign (WebhookSigning kind,
                    GBytes *const *secrets,
                    guint n_secrets,
                    const char *id,
                    const char *timestamp,
                    GBytes *body,
                    GError **error);

G_END_DECLS
