/* sb-replay-preview.h: what a replay of dead letters would do, before it is done.
 *
 * The router looks at some hundreds of them at a time and says where it stopped; the preview asks
 * on until all were looked at, so that the number is exact in the end and there is one soon. */
#pragma once

#include "sb-client.h"

G_BEGIN_DECLS

#define SB_TYPE_REPLAY_PREVIEW (sb_replay_preview_get_type ())
G_DECLARE_FINAL_TYPE (SbReplayPreview, sb_replay_preview, SB, REPLAY_PREVIEW, GObject)

/* filter: as jobs take it. */
SbReplayPreview *sb_replay_preview_new (SbClient *client, JsonObject *filter);

/* Begins anew.  rules_now: the events are matched by the rules in force. */
void sb_replay_preview_ask (SbReplayPreview *self, gboolean rules_now, gboolean skips_succeeded);

typedef struct
{
  gint64 looked_at;
  gint64 differently; /* not just to the connector that it was for: nowhere among them */
  gint64 nowhere;     /* these stay dead letters */
  gint64 succeeded;   /* these are left out */
  gboolean is_complete;
  gboolean has_failed; /* the router does not say, or not any more */
} SbReplayFigures;

const SbReplayFigures *sb_replay_preview_get_figures (SbReplayPreview *self);

/* Signals:
 *   changed ()  more is known */

G_END_DECLS
