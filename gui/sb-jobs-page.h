/* sb-jobs-page.h: what the router does to many deliveries, now and before. */
#pragma once

#include "sb-list-page.h"

G_BEGIN_DECLS

#define SB_TYPE_JOBS_PAGE (sb_jobs_page_get_type ())
G_DECLARE_FINAL_TYPE (SbJobsPage, sb_jobs_page, SB, JOBS_PAGE, SbListPage)

G_END_DECLS
