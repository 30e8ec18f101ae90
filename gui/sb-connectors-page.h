/* sb-connectors-page.h: where deliveries go to: how each connector is, and stopping and starting
 * it. */
#pragma once

#include "sb-document.h"
#include "sb-list-page.h"

G_BEGIN_DECLS

#define SB_TYPE_CONNECTORS_PAGE (sb_connectors_page_get_type ())
G_DECLARE_FINAL_TYPE (SbConnectorsPage, sb_connectors_page, SB, CONNECTORS_PAGE, SbListPage)

/* name: "webhook/desk". */
void sb_connectors_page_select (SbConnectorsPage *self, const char *name);

/* A connector that was made just now: it is selected, and undo takes it back. */
void sb_connectors_page_take_new (SbConnectorsPage *self, SbDocument *document);

G_END_DECLS
