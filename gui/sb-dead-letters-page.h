/* sb-dead-letters-page.h: the deliveries that gave up, and what can be done about them. */
#pragma once

#include "sb-list-page.h"

G_BEGIN_DECLS

#define SB_TYPE_DEAD_LETTERS_PAGE (sb_dead_letters_page_get_type ())
G_DECLARE_FINAL_TYPE (SbDeadLettersPage, sb_dead_letters_page, SB, DEAD_LETTERS_PAGE, SbListPage)

/* Only those of one connector; NULL or "": all. */
void sb_dead_letters_page_set_connector (SbDeadLettersPage *self, const char *connector);

/* Only those that a query of the list of deliveries chooses, see sb_client_get_page_async. */
void sb_dead_letters_page_set_query (SbDeadLettersPage *self, const char *query);

G_END_DECLS
