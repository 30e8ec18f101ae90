/* sb-connectors-page.h: where deliveries go to: how each connector is, and stopping and starting
 * it. */
#pragma once

#include "sb-list-page.h"

G_BEGIN_DECLS

#define SB_TYPE_CONNECTORS_PAGE (sb_connectors_page_get_type ())
G_DECLARE_FINAL_TYPE (SbConnectorsPage, sb_connectors_page, SB, CONNECTORS_PAGE, SbListPage)

G_END_DECLS
