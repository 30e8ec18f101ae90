/* sb-timeline.h: what changed at a router lately: deploys, breakers, replays, pauses, restarts.
 *
 * Gathered from what the router remembers for other ends: its history of generations, its jobs, its
 * audit log, the state of its connectors and the time of its start. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  SB_HAPPENING_DEPLOY,
  SB_HAPPENING_BREAKER,
  SB_HAPPENING_REPLAY, /* and whatever else was done to many deliveries */
  SB_HAPPENING_PAUSE,  /* or its end */
  SB_HAPPENING_RESTART,
} SbHappeningKind;

typedef struct
{
  SbHappeningKind kind;
  gint64 at_us;
  char *text; /* one sentence; words of others in it are made visible, see sb-text.h */
} SbHappening;

void sb_happening_free (SbHappening *self);

/* Of SbHappening, the newest first.  started_us: when the router was started, or -1; the others are
 * the answers of their calls, or NULL: connectors, config/history, jobs, audit. */
GPtrArray *sb_timeline_new (gint64 started_us,
                            JsonObject *connectors,
                            JsonObject *history,
                            JsonObject *jobs,
                            JsonObject *audit);

/* Of a kind: a glyph, a style class, the theme's name of its colour, and the section that says
 * more. */
const char *sb_happening_get_icon (SbHappeningKind kind);
const char *sb_happening_get_style (SbHappeningKind kind);
const char *sb_happening_get_color (SbHappeningKind kind);
const char *sb_happening_get_section (SbHappeningKind kind);

G_END_DECLS
