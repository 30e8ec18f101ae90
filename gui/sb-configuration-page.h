/* sb-configuration-page.h: the folder's files and what is wrong with them, what was changed on disk
 * and is not in force yet, and every configuration that was: with the way back. */
#pragma once

#include "sb-page.h"

G_BEGIN_DECLS

#define SB_TYPE_CONFIGURATION_PAGE (sb_configuration_page_get_type ())
G_DECLARE_FINAL_TYPE (SbConfigurationPage, sb_configuration_page, SB, CONFIGURATION_PAGE, SbPage)

G_END_DECLS
