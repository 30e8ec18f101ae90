/* sb-event-payload.h: what an event carries: as it was received, indented or byte for byte, and
 * what each target is sent of it. */
#pragma once

#include <adwaita.h>

#include "sb-router.h"

G_BEGIN_DECLS

#define SB_TYPE_EVENT_PAYLOAD (sb_event_payload_get_type ())
G_DECLARE_FINAL_TYPE (SbEventPayload, sb_event_payload, SB, EVENT_PAYLOAD, AdwBin)

/* Another event: what was received is shown first, once it is known. */
void sb_event_payload_begin (SbEventPayload *self, SbRouter *router);
void sb_event_payload_set_body (SbEventPayload *self, GBytes *body);
/* GPtrArray of SbDelivery. */
void sb_event_payload_set_deliveries (SbEventPayload *self, GPtrArray *deliveries);

G_END_DECLS
