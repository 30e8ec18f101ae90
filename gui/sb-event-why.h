/* sb-event-why.h: which rules match an event, and of the others what in it they do not like. Worked
 * out here, with the rules as they are in force now. */
#pragma once

#include <adwaita.h>

#include "sb-event.h"
#include "sb-router.h"

G_BEGIN_DECLS

#define SB_TYPE_EVENT_WHY (sb_event_why_get_type ())
G_DECLARE_FINAL_TYPE (SbEventWhy, sb_event_why, SB, EVENT_WHY, AdwBin)

/* Another event, of which the rest is known later: as the API has it, with its resources and
 * metadata, and its body. */
void sb_event_why_begin (SbEventWhy *self, SbRouter *router, SbEvent *event);
void sb_event_why_set_object (SbEventWhy *self, JsonObject *object);
void sb_event_why_set_body (SbEventWhy *self, GBytes *body);

G_END_DECLS
