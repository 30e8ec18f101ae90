/* sb-event-detail.h: the journey of one event: received, matched, and every delivery it owes. */
#pragma once

#include <adwaita.h>

#include "sb-event.h"
#include "sb-router.h"

G_BEGIN_DECLS

#define SB_TYPE_EVENT_DETAIL (sb_event_detail_get_type ())
G_DECLARE_FINAL_TYPE (SbEventDetail, sb_event_detail, SB, EVENT_DETAIL, AdwBin)

/* event NULL: nothing is shown. */
void sb_event_detail_show (SbEventDetail *self, SbRouter *router, SbEvent *event);

/* Says countdowns as of now. */
void sb_event_detail_beat (SbEventDetail *self);

/* What the first of its targets that is a webhook is sent; nothing where there is none. */
void sb_event_detail_copy_curl (SbEventDetail *self);

G_END_DECLS
