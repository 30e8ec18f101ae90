/* sb-sources-page.h: where events come in, how each is, and what it is set to. */
#pragma once

#include "sb-document.h"
#include "sb-list-page.h"

G_BEGIN_DECLS

#define SB_TYPE_SOURCES_PAGE (sb_sources_page_get_type ())
G_DECLARE_FINAL_TYPE (SbSourcesPage, sb_sources_page, SB, SOURCES_PAGE, SbListPage)

/* name: "shop". */
void sb_sources_page_select (SbSourcesPage *self, const char *name);

/* A source that was made just now: it is selected, and undo takes it back. */
void sb_sources_page_take_new (SbSourcesPage *self, SbDocument *document);

G_END_DECLS
