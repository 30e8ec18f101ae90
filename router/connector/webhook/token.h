/* token.h: access tokens of OAuth 2.0, by client credentials (RFC 6749, section 4.4).
 *
 * One token serves all requests of a connector until a minute before it ends, and whoever needs one
 * while it is fetched waits for the same.  Delivery thread. */
#pragma once

#include "connector/connector.h"
#include "connector/webhook/exchange.h"
#include "connector/webhook/settings.h"

G_BEGIN_DECLS

typedef struct Tokens Tokens;

/* label: "webhook/chat".  All of it outlives the tokens.  NULL: too many open files. */
Tokens *tokens_new (const char *label,
                    const WebhookAuth *auth,
                    const ConnectorHost *host,
                    const ExchangeSettings *exchange,
                    GError **error);

/* Gives up what is under way; nobody who waits is told. */
void tokens_free (Tokens *tokens);

/* The token at hand, or NULL: fetch one. */
const char *tokens_current (Tokens *tokens);

/* token NULL: it could not be had, and failure says why. */
typedef void (*TokensDone) (const char *token, const Outcome *failure, gpointer user_data);

/* From the loop, never from within tokens_fetch(). */
void tokens_fetch (Tokens *tokens, TokensDone done, gpointer user_data);

/* The server that it is for did not take this one: it is not used again. */
void tokens_drop (Tokens *tokens, const char *token);

G_END_DECLS
