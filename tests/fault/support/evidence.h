/* evidence.h: what the world outside of the router knows, and whether the store agrees with it.
 *
 * Senders say what was acknowledged, targets what they were asked and what they answered, whoever
 * crashed the router how much was under way.  evidence_check() then holds the store against the
 * invariants of the ledger:
 *
 *   L1 every acknowledged event exists, byte for byte
 *   L2 its deliveries are those that the plain form of the language says for its generation
 *   L3 every delivery is in exactly one state, as its history tells, and in the end in a last one
 *   L4 what is done, the target took
 *   L5 recorded attempts are requests that targets saw, up to those under way at a crash
 *   L6 after crashes no more is repeated than was under way
 *   L7 memory, descriptors and threads are back where they were
 *   L8 no secret is in a log, an answer or a difference
 *
 * Collecting is for any thread; the rest for one. */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

typedef struct Evidence Evidence;

Evidence *evidence_new (void);
void evidence_free (Evidence *evidence);

/* ---- Collecting ---- */

/* A sender has its 2xx. */
void evidence_acknowledged (Evidence *evidence, const char *event_id, const void *body, gsize n);
guint evidence_n_acknowledged (Evidence *evidence);

/* The connector's target keeps a log; L4 to L6 are about such connectors only. */
void evidence_watch (Evidence *evidence, const char *connector);
/* The target was asked this and answered with the status; 0: with none. */
void evidence_request (Evidence *evidence, const char *delivery_id, guint attempt, guint status);
/* The router ended without a warning when at most so many deliveries were under way. */
void evidence_crash (Evidence *evidence, guint max_under_way);

/* How generation number n was configured (ConfigSnapshot content: path -> text); what is not said
 * is read from the store, if it is the last. */
void evidence_generation (Evidence *evidence, guint64 generation, const char *content);
/* All that the store's file knows. */
void evidence_read_generations (Evidence *evidence, const char *state_dir);

/* What must never show, and texts in which it might. */
void evidence_secret (Evidence *evidence, const char *secret);
void evidence_text (Evidence *evidence, const char *name, const char *text, gssize length);

typedef struct
{
  guint threads, descriptors;
  gsize resident_bytes;
} Footprint;

/* Of a process, from /proc.  FALSE: there is no such process. */
gboolean footprint_take (GPid pid, Footprint *out_footprint);
/* allowed: how much more there may be. */
void evidence_footprint (Evidence *evidence,
                         const Footprint *before,
                         const Footprint *after,
                         const Footprint *allowed);

/* One JSON object a line; see evidence.c. */
gboolean evidence_load (Evidence *evidence, const char *path, GError **error);

/* ---- Checking ---- */

/* is_over: nothing is under way and nothing may be unsettled.  Texts that begin with the
 * invariant's name, none when all hold. */
GPtrArray *evidence_check (Evidence *evidence, Store *store, gboolean is_over);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Evidence, evidence_free)

G_END_DECLS
