/* sb-dead-groups-page.h: dead letters by what they died of: seven groups, not 40 218 rows. */
#pragma once

#include "sb-list-page.h"

G_BEGIN_DECLS

#define SB_TYPE_DEAD_GROUPS_PAGE (sb_dead_groups_page_get_type ())
G_DECLARE_FINAL_TYPE (SbDeadGroupsPage, sb_dead_groups_page, SB, DEAD_GROUPS_PAGE, SbListPage)

G_END_DECLS
