/* ingress.h: bytes -> accepted events.
 *
 * Validates, wraps into the envelope, matches against the current snapshot and submits the event
 * with all that it owes as one append.  The caller is told once that is durable. */
#pragma once

#include "base/clock.h"
#include "base/event.h"
#include "base/outcome.h"
#include "base/problem.h"
#include "base/random.h"
#include "base/secret.h"
#include "config/snapshot.h"
#include "store/writer.h"

G_BEGIN_DECLS

typedef struct Ingress Ingress;

typedef struct
{
  Clock *clock;
  Random *random;
  Writer *writer;
  SnapshotHolder *snapshots;
  Secrets *secrets; /* or NULL: there are none */
  /* Writer thread, after the commit: a delivery is due.  Must not block. */
  void (*due) (const StoreDue *due, gpointer user_data); /* its names: as long as the call */
  gpointer due_data;
  /* Writer thread, after the commit and before its deliveries are due; may be NULL.  Must not
   * block. */
  void (*appended) (const AppendEvent *append, gpointer user_data);
  /* Gets a URL, on a thread of its own; allowed: addresses that may be connected to although they
   * are not public.  status 0: no answer came, and why.  FALSE: too many wait.  NULL: nothing is
   * ever got. */
  gboolean (*fetch) (const char *url,
                     const char *const *allowed,
                     void (*done) (guint status, const char *reason, gpointer user_data),
                     gpointer user_data,
                     gpointer fetch_data);
  gpointer fetch_data;
} IngressSetup;

Ingress *ingress_new (const IngressSetup *setup);
void ingress_free (Ingress *ingress);

typedef struct
{
  const char *source_name;  /* of /in/<source>, or NULL: the events API */
  const char *method;       /* NULL: POST */
  const char *target;       /* path and query as sent, or NULL */
  const char *bus;          /* events API: the bus unless an event names one; NULL: "default" */
  const char *content_type; /* as sent, or NULL */
  /* Value of a request header by name, case-insensitive, or NULL. */
  const char *(*header) (const char *name, gpointer user_data);
  /* Calls visit for every request header, in order.  May be NULL: there are none. */
  void (*each_header) (void (*visit) (const char *name, const char *value, gpointer visit_data),
                       gpointer visit_data,
                       gpointer user_data);
  /* How many headers of that name there are. */
  guint (*count_headers) (const char *name, gpointer user_data);
  /* Who is at the other end of the connection: an address, or something else.  May be NULL. */
  const char *(*peer) (gpointer user_data);
  gpointer header_data;
  GBytes *body;
} IngressRequest;

/* What the sender is told: {"id":…,"matched":[…],"deliveries":n}, or {"events":[…]} for several;
 * or what the source's settings say instead. */
typedef struct
{
  guint status;
  const char *content_type;
  const char *const *headers; /* name, value … NULL-terminated, or NULL */
  const char *body;
  gsize length;
  gboolean repeated; /* the request had come before: this is what it was told then */
} IngressReply;

/* Writer thread, exactly once unless ingress_accept() returned FALSE; a handshake, which keeps
 * nothing, is answered from within ingress_accept(), or from whatever thread fetched what it asked
 * for.  Either reply or problem. */
typedef void (*IngressDone) (const IngressReply *reply, const Problem *problem, gpointer user_data);

/* Any thread.  FALSE: refused at once, nothing was accepted, *out_problem says why. */
gboolean ingress_accept (Ingress *ingress,
                         const IngressRequest *request,
                         IngressDone done,
                         gpointer user_data,
                         Problem **out_problem);

/* ---- From bus to bus ---- */

/* Any thread.  The outcome is the callee's to copy. */
typedef void (*IngressForwarded) (const Outcome *outcome, gpointer user_data);

/* Takes an event out of one bus into another, with an id of its own and a trail (event_trail()) but
 * otherwise as it is.  Of one delivery it is taken in once, however often this is called.  done:
 * exactly once, on the writer's thread or from within; delivered means durable.  Any thread. */
void ingress_forward (Ingress *ingress,
                      const Event *event,
                      const char *bus,
                      const char *delivery_id,
                      IngressForwarded done,
                      gpointer user_data);

/* ---- An event made of another one ---- */

typedef struct
{
  const Event *original;
  const char *source, *detail_type; /* NULL: as the original's */
  GBytes *detail;                   /* any JSON; NULL: likewise */
  /* Pairs of a rule "bus/name" and a target's Id, NULL-terminated: only these are owed it, if it
   * matches their rules.  NULL: whatever it matches. */
  const char *const *only;
  const char *actor, *reason;
} IngressEdit;

/* A new event with the original's bus, entrance, time and resources, routed by what is in force; in
 * the same commit records say of each of the two what became of it (RECORD_ORIGIN, RECORD_COPY).
 * As ingress_accept(); 422 when a rule of only does not match it. */
gboolean ingress_accept_edited (Ingress *ingress,
                                const IngressEdit *edit,
                                IngressDone done,
                                gpointer user_data,
                                Problem **out_problem);

/* ---- What sources turned away ---- */

/* Immutable but for accepting, and counted. */
typedef struct
{
  char *id; /* UUID v7 */
  gint64 at_us;
  char *source; /* name */
  char *cause;  /* slug of the problem that it was answered with */
  guint status;
  char *detail;
  char *method, *target, *content_type, *peer; /* or NULL */
  char **headers;                              /* name, value … */
  GBytes *body;
  gint accepting; /* atomic: somebody takes it in right now */
} Rejected;

Rejected *rejected_ref (Rejected *rejected);
void rejected_unref (Rejected *rejected);

/* Newest first, of one source or (NULL) of all; after: the id where the page before ended, or NULL.
 * GPtrArray of Rejected.  Any thread, as the others. */
GPtrArray *
ingress_find_rejected (Ingress *ingress, const char *source, const char *after, guint limit);
Rejected *ingress_get_rejected (Ingress *ingress, const char *id); /* NULL: there is none */

/* Takes it in as its source would now, except that nobody asks who sent it.  It is no longer kept
 * once its event is.  As ingress_accept(); 404 when there is none, 409 while it is under way. */
gboolean ingress_accept_rejected (Ingress *ingress,
                                  const char *id,
                                  IngressDone done,
                                  gpointer user_data,
                                  Problem **out_problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rejected, rejected_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ingress, ingress_free)

G_END_DECLS
