/* sb-connector.h: how one connector is: what it makes, what waits for it, what it last said. */
#pragma once

#include "sb-item.h"

G_BEGIN_DECLS

#define SB_TYPE_CONNECTOR (sb_connector_get_type ())
G_DECLARE_FINAL_TYPE (SbConnector, sb_connector, SB, CONNECTOR, SbItem)

typedef enum
{
  SB_CONNECTOR_OPEN,
  SB_CONNECTOR_SHUT, /* by its breaker */
  SB_CONNECTOR_PROBING,
  SB_CONNECTOR_PAUSED, /* by somebody */
} SbConnectorState;

/* Its id is its name: "webhook/billing".  All strings are owned by it and never NULL. */
const char *sb_connector_get_summary (SbConnector *self);     /* "POST https://…" */
const char *sb_connector_get_description (SbConnector *self); /* what somebody wrote about it */
SbConnectorState sb_connector_get_state (SbConnector *self);
/* Since when and by whom it is paused, why its breaker is shut: one sentence, or "". */
char *sb_connector_dup_reason (SbConnector *self, gint64 now_us);
const char *sb_connector_get_last_error (SbConnector *self); /* "" when there was none */
gint64 sb_connector_get_last_error_us (SbConnector *self);
gint64 sb_connector_get_last_success_us (SbConnector *self); /* -1: never */
gint64 sb_connector_get_pending (SbConnector *self);
gint64 sb_connector_get_done (SbConnector *self);
gint64 sb_connector_get_dead (SbConnector *self);
double sb_connector_get_oldest_pending_s (SbConnector *self);
double sb_connector_get_delivered_per_s (SbConnector *self);
double sb_connector_get_failed_per_s (SbConnector *self);
double sb_connector_get_p95_ms (SbConnector *self); /* negative: not known */

/* Does it fail just now? */
gboolean sb_connector_is_failing (SbConnector *self);

/* Of its state: a word, a glyph and the style class that goes with it. */
const char *sb_connector_get_state_words (SbConnector *self);
const char *sb_connector_get_state_icon (SbConnector *self);
const char *sb_connector_get_state_style (SbConnector *self);

G_END_DECLS
