/* manual.h: the reference of all settings as the manual page signalbox.settings(5). */
#pragma once

#include "output.h"

#include "config/schema.h"

G_BEGIN_DECLS

/* Prints the page in mdoc(7).  catalog: see config/catalog.h. */
void manual_print_settings (Output *output, GPtrArray *catalog);

/* When a change shows, as a phrase. */
const char *manual_effect (SettingEffect effect);

G_END_DECLS
