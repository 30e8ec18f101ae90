/* sb-queues-page.h: the pull queues, and one of them: its messages without receiving them, sending,
 * redriving, and purging, which can be undone until it happens. */
#pragma once

#include "sb-page.h"

G_BEGIN_DECLS

#define SB_TYPE_QUEUES_PAGE (sb_queues_page_get_type ())
G_DECLARE_FINAL_TYPE (SbQueuesPage, sb_queues_page, SB, QUEUES_PAGE, SbPage)

G_END_DECLS
