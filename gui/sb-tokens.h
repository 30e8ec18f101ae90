/* sb-tokens.h: the tokens by which programs and other machines may ask the router: a group of rows,
 * with making and revoking them. */
#pragma once

#include "sb-page.h"

G_BEGIN_DECLS

#define SB_TYPE_TOKENS (sb_tokens_get_type ())
G_DECLARE_FINAL_TYPE (SbTokens, sb_tokens, SB, TOKENS, AdwPreferencesGroup)

/* page: that it is part of, once it has its router. */
void sb_tokens_set_page (SbTokens *self, SbPage *page);

/* Asks for them anew. */
void sb_tokens_refresh (SbTokens *self);

G_END_DECLS
