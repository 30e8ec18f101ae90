/* sb-timeline.h: what changed at a router lately: deploys, breakers, replays, pauses, restarts. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  SB_HAPPENING_DEPLOY,
  SB_HAPPENING_BREAKER,  /* opened: the connector is shut */
  SB_HAPPENING_RECOVERY, /* closed: the connector takes deliveries again */
  SB_HAPPENING_REPLAY,   /* and whatever else was done to many deliveries */
  SB_HAPPENING_PAUSE,    /* or its end */
  SB_HAPPENING_RESTART,  /* or a stop */
} SbHappeningKind;

typedef struct
{
  SbHappeningKind kind;
  gint64 at_us;
  char *text; /* one sentence; words of others in it are made visible, see sb-text.h */
} SbHappening;

void sb_happening_free (SbHappening *self);

/* Of SbHappening, the newest first.  answer: of GET /v1/timeline, or NULL.  What a job did is one
 * happening; kinds of entries that are not known are left out. */
GPtrArray *sb_timeline_new (JsonObject *answer);

/* Of a kind: a glyph, a style class, the theme's name of its colour, and the section that says
 * more. */
const char *sb_happening_get_icon (SbHappeningKind kind);
const char *sb_happening_get_style (SbHappeningKind kind);
const char *sb_happening_get_color (SbHappeningKind kind);
const char *sb_happening_get_section (SbHappeningKind kind);

G_END_DECLS
