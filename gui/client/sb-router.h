/* sb-router.h: the router as the app sees it: is it there, what does it say, how old is that?
 *
 * While active it listens to the router's stream of changes and asks for the status after each of
 * its messages, and once in a while without; where there is no stream once a second.  It tells with
 * "changed" when lists and graphs are out of date.  When the router does not answer it tries again
 * by itself, at first after a second, at last every five.  What only somebody can mend, a token or
 * a certificate, is not tried again until it is poked. */
#pragma once

#include "sb-client.h"
#include "sb-status.h"

G_BEGIN_DECLS

typedef enum
{
  SB_ROUTER_CONNECTING, /* nothing is known yet */
  SB_ROUTER_CONNECTED,
  SB_ROUTER_AWAY,
} SbRouterState;

/* Why it is away. */
typedef enum
{
  SB_TROUBLE_NONE,
  SB_TROUBLE_SILENT,      /* nobody answers, or with what is no answer: tried again */
  SB_TROUBLE_TOKEN,       /* it wants a token, or another one */
  SB_TROUBLE_CERTIFICATE, /* it may be somebody else */
  SB_TROUBLE_PROTOCOL,    /* http in place of https, or the other way round */
} SbTrouble;

#define SB_TYPE_ROUTER (sb_router_get_type ())
G_DECLARE_FINAL_TYPE (SbRouter, sb_router, SB, ROUTER, GObject)

/* interval_ms: between two questions; 1000 but in tests. */
SbRouter *sb_router_new (SbClient *client, guint interval_ms);

SbClient *sb_router_get_client (SbRouter *self);
SbRouterState sb_router_get_state (SbRouter *self);

/* The last answer, also while the router is away; NULL when there has been none. */
const SbStatus *sb_router_get_status (SbRouter *self);

/* Why it is away, and in a sentence with what to do about it; SB_TROUBLE_NONE and NULL. */
SbTrouble sb_router_get_trouble (SbRouter *self);
const char *sb_router_get_error (SbRouter *self);

/* Does it try again by itself? */
gboolean sb_router_is_trying (SbRouter *self);

/* How old what is shown is, and how long until the next try; both in whole seconds. */
guint sb_router_get_age_s (SbRouter *self);
guint sb_router_get_retry_s (SbRouter *self);

/* The router's wall clock, as far as it is known. */
gint64 sb_router_get_now_us (SbRouter *self);

/* "Connected", "Connecting…", "Away, trying again in 3 s", "Not connected: the token is refused".
 */
char *sb_router_dup_words (SbRouter *self);

/* A command for a terminal that sends an event to the source at path ("/in/github"), or through the
 * events API ("/v1/events"). */
char *sb_router_dup_curl_line (SbRouter *self, const char *path);

/* Somebody is looking.  An inactive router wakes nobody. */
void sb_router_set_active (SbRouter *self, gboolean active);

/* Ask now, not at the next beat: after something was done, or because the user wants it. */
void sb_router_poke (SbRouter *self);

/* Signals:
 *   changed ()  what was fetched before is out of date: fetch it again
 *   beat ()     every interval while active, and when the state changes: say ages and countdowns
 * anew */

G_END_DECLS
