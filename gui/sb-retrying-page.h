/* sb-retrying-page.h: the deliveries that wait for another attempt, the next one first. */
#pragma once

#include "sb-list-page.h"

G_BEGIN_DECLS

#define SB_TYPE_RETRYING_PAGE (sb_retrying_page_get_type ())
G_DECLARE_FINAL_TYPE (SbRetryingPage, sb_retrying_page, SB, RETRYING_PAGE, SbListPage)

G_END_DECLS
