/* admit.h: what a source asks of a request before it takes it in: method, address, rate, content
 * type, credentials, signature; and the handshakes by which senders make sure of a receiver. */
#pragma once

#include "base/secret.h"
#include "ingress/draft.h"

G_BEGIN_DECLS

/* The rates of sources, and what was last logged of secrets.  Any thread. */
typedef struct Gatekeeper Gatekeeper;

/* Both must outlive it.  secrets may be NULL: then there are none. */
Gatekeeper *gatekeeper_new (Clock *clock, Secrets *secrets);
void gatekeeper_free (Gatekeeper *gatekeeper);

/* NULL: it may come in. */
Problem *
gatekeeper_admit (Gatekeeper *gatekeeper, const DraftContext *context, const ConfigSource *source);

/* What is answered without becoming an event. */
typedef struct
{
  guint status;
  const char *content_type; /* static */
  char *body;
  char **headers; /* name, value … NULL-terminated */
} Handshake;

/* The preflight of CloudEvents (http-webhook, section 4); nothing is asked of who sends it, since
 * it does not hold anything.  FALSE: the request is none. */
gboolean handshake_preflight (const DraftContext *context,
                              const ConfigSource *source,
                              Handshake *out_handshake,
                              Problem **out_problem);
/* Slack's url_verification, of an admitted request.  FALSE: the request is none. */
gboolean handshake_challenge (const ConfigSource *source, GBytes *detail, Handshake *out_handshake);
/* Do the source's settings name it? */
gboolean handshake_is_wanted (const ConfigSource *source, const char *name);
void handshake_clear (Handshake *handshake);

/* The string at a path of accepted JSON, or NULL. */
char *admit_string_at (const char *path, GBytes *body);

/* The body as JSON: as it came, or made of a form or a query. */
Problem *admit_body (const DraftContext *context, const ConfigSource *source, GBytes **out_body);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Gatekeeper, gatekeeper_free)

G_END_DECLS
