/* sb-event.h: one event as the router last described it. */
#pragma once

#include "sb-delivery.h"

G_BEGIN_DECLS

#define SB_TYPE_EVENT (sb_event_get_type ())
G_DECLARE_FINAL_TYPE (SbEvent, sb_event, SB, EVENT, SbItem)

/* All strings are owned by the event and never NULL. */
const char *sb_event_get_bus (SbEvent *self);
const char *sb_event_get_ingress (SbEvent *self);
const char *sb_event_get_source (SbEvent *self);
const char *sb_event_get_detail_type (SbEvent *self);
gint64 sb_event_get_received_us (SbEvent *self);
gint64 sb_event_get_bytes (SbEvent *self);
gint64 sb_event_get_generation (SbEvent *self);
const char *const *sb_event_get_matched (SbEvent *self);
guint sb_event_get_n_deliveries (SbEvent *self);

/* The state that says most about the event: dead before waiting before under way before delivered.
 * SB_DELIVERY_UNKNOWN when it has no deliveries. */
SbDeliveryState sb_event_get_state (SbEvent *self);

/* "2 delivered, 1 dead", "No rule matched". */
char *sb_event_dup_words (SbEvent *self);

G_END_DECLS
