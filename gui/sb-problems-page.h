/* sb-problems-page.h: what is wrong just now, one row a cause. */
#pragma once

#include "sb-list-page.h"

G_BEGIN_DECLS

#define SB_TYPE_PROBLEMS_PAGE (sb_problems_page_get_type ())
G_DECLARE_FINAL_TYPE (SbProblemsPage, sb_problems_page, SB, PROBLEMS_PAGE, SbListPage)

G_END_DECLS
