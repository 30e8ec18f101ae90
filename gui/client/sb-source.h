/* sb-source.h: how one source is: what comes in by it, and what it last turned away. */
#pragma once

#include "sb-item.h"

G_BEGIN_DECLS

#define SB_TYPE_SOURCE (sb_source_get_type ())
G_DECLARE_FINAL_TYPE (SbSource, sb_source, SB, SOURCE, SbItem)

/* Its id is its name: "shop"; "api" is the events API.  All strings are owned by it and never NULL.
 */
const char *sb_source_get_description (SbSource *self);
const char *sb_source_get_path (SbSource *self); /* "/in/shop", a schedule, or a folder */
const char *sb_source_get_bus (SbSource *self);
gboolean sb_source_get_enabled (SbSource *self);
gint64 sb_source_get_events (SbSource *self);
double sb_source_get_in_per_s (SbSource *self);
double sb_source_get_refused_per_s (SbSource *self);
gint64 sb_source_get_last_event_us (SbSource *self);     /* -1: never */
gint64 sb_source_get_last_refused_us (SbSource *self);   /* -1: never */
const char *sb_source_get_last_refusal (SbSource *self); /* what was wrong with it, or "" */

/* Its file, "source/shop.json"; NULL of the events API. */
char *sb_source_dup_file (SbSource *self);

/* Can events be sent to it? */
gboolean sb_source_takes_requests (SbSource *self);

/* Was its last request turned away? */
gboolean sb_source_is_refusing (SbSource *self);

/* Of its state: a word, a glyph and the style class that goes with it. */
const char *sb_source_get_state_words (SbSource *self);
const char *sb_source_get_state_icon (SbSource *self);
const char *sb_source_get_state_style (SbSource *self);

G_END_DECLS
