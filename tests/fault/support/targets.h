/* targets.h: scripted targets in place of webhooks, for a router whose time is made up.
 *
 * How a target behaves follows from its connector's name: "busy-1" is busy.  Everything that a
 * target is asked goes to the evidence. */
#pragma once

#include "evidence.h"

#include "connector/connector.h"

G_BEGIN_DECLS

typedef enum
{
  TARGET_HEALTHY,
  TARGET_SLOW,      /* 200, after some seconds */
  TARGET_BUSY,      /* often 429 with Retry-After */
  TARGET_FLAPPING,  /* away for minutes, there for minutes */
  TARGET_RESETTING, /* often takes it and gives no answer */
  TARGET_LYING,     /* often takes it and answers 500 */
  TARGET_REFUSING,  /* 404, and sometimes 200 */
  TARGET_AWAY,      /* never there */
  N_TARGETS,
} TargetKind;

const char *target_name (TargetKind kind); /* "healthy" … */

/* One process has one of these. */
void targets_begin (Evidence *evidence, guint32 seed);

/* From now on all targets take everything at once; FALSE: as their names say. */
void targets_heal (gboolean healed);
/* The router that asks is one that has crashed: nothing that it does reaches anybody. */
void targets_unplug (gboolean unplugged);

/* Told of everything that a target is asked, when it is. */
typedef void (*TargetsWatch) (const char *delivery_id, guint attempt, guint status, gpointer data);
void targets_watch (TargetsWatch watch, gpointer data);
guint64 targets_n_asked (void);
/* Asked, and neither answered nor given up. */
guint targets_n_open (void);

/* The kind "webhook", with the settings of the real one. */
const ConnectorKind *targets_kind (void);

G_END_DECLS
