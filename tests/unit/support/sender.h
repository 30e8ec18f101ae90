/* sender.h: one open connector and a main loop for it, for tests.
 *
 * The state folder is a temporary one, deleted at the end.  The test's thread plays the delivery
 * thread. */
#pragma once

#include "connector/connector.h"

G_BEGIN_DECLS

typedef struct
{
  GMainContext *context;
  Clock *clock;
  Random *random;
  char *state_dir, *secrets_dir;
  Secrets *secrets;
  ConnectorHost host;
  const ConnectorKind *kind;
  JsonObject *settings;
  Connector *connector; /* NULL when open failed, error then says why */
  GError *error;
} Sender;

/* kind "webhook" and so on, named "test"; settings: JSON text, which is completed with the defaults
 * of the kind's schema. */
Sender *sender_new (const char *kind, const char *settings);
void sender_free (Sender *sender);

/* The detail of the event that sender_send_text() sends. */
#define SENDER_DETAIL                                                                              \
  "{\"id\":17,\"name\":\"Zoë & co\",\"path\":\"a/../b\",\"nasty\":\"x\\r\\nEvil: "                \
  "1\",\"dots\":\"..\"}"

/* That event, the caller's. */
Event *sender_event (void);

/* A secret that is open in the connector's host. */
void sender_put_secret (Sender *sender, const char *name, const char *text);

/* Closes the connector and opens it anew. */
void sender_reopen (Sender *sender);

/* A request with every member filled but the event; payload as application/json. */
ConnectorRequest sender_request (GBytes *payload);

/* Sends and runs the loop until done, at most 20 seconds.  The outcome is the caller's to clear. */
void sender_send (Sender *sender, const ConnectorRequest *request, Outcome *out_outcome);
void sender_send_text (Sender *sender, const char *json, Outcome *out_outcome);

/* The same with the connector's probe, which it must have. */
void sender_probe (Sender *sender, Outcome *out_outcome);

/* The path of a file in the state folder; its text. */
char *sender_path (Sender *sender, const char *relative);
char *sender_read (Sender *sender, const char *relative);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sender, sender_free)

G_END_DECLS
