/* sb-spinner.h: says that something is under way, and keeps still while nobody sees it.
 *
 * A GtkSpinner that spins on a hidden page of a stack, or in a minimised window, makes GTK draw as
 * often as the display can. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SB_TYPE_SPINNER (sb_spinner_get_type ())
G_DECLARE_FINAL_TYPE (SbSpinner, sb_spinner, SB, SPINNER, AdwBin)

void sb_spinner_set_spinning (SbSpinner *self, gboolean spinning);

G_END_DECLS
