/* sb-overview-page.h: how it goes: six numbers, two plots, and one cell a connector. */
#pragma once

#include "sb-page.h"

G_BEGIN_DECLS

#define SB_TYPE_OVERVIEW_PAGE (sb_overview_page_get_type ())
G_DECLARE_FINAL_TYPE (SbOverviewPage, sb_overview_page, SB, OVERVIEW_PAGE, SbPage)

G_END_DECLS
