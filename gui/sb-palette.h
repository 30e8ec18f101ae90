/* sb-palette.h: everything that can be done from anywhere, found by typing a part of its name. */
#pragma once

#include <adwaita.h>

#include "sb-router.h"

G_BEGIN_DECLS

#define SB_TYPE_PALETTE (sb_palette_get_type ())
G_DECLARE_FINAL_TYPE (SbPalette, sb_palette, SB, PALETTE, AdwWindow)

/* Its actions are the parent's. */
SbPalette *sb_palette_new (GtkWindow *parent, SbRouter *router);

/* target: NULL or what the action takes; hint: where it belongs to, or how it is done by key. */
void sb_palette_add (SbPalette *self,
                     const char *icon_name,
                     const char *title,
                     const char *hint,
                     const char *action,
                     const char *target);

G_END_DECLS
