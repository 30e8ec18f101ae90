/* sb-system-page.h: how the router itself is: version, disk, commits, the balance of its events,
 * checking and backing up the store, and who changed what. */
#pragma once

#include "sb-page.h"

G_BEGIN_DECLS

#define SB_TYPE_SYSTEM_PAGE (sb_system_page_get_type ())
G_DECLARE_FINAL_TYPE (SbSystemPage, sb_system_page, SB, SYSTEM_PAGE, SbPage)

G_END_DECLS
