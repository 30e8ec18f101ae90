/* sb-events-page.h: the events, newest first, and the journey of each. */
#pragma once

#include "sb-list-page.h"

G_BEGIN_DECLS

#define SB_TYPE_EVENTS_PAGE (sb_events_page_get_type ())
G_DECLARE_FINAL_TYPE (SbEventsPage, sb_events_page, SB, EVENTS_PAGE, SbListPage)

/* As if it had been typed, see sb-filter.h. */
void sb_events_page_set_filter (SbEventsPage *self, const char *text);

G_END_DECLS
