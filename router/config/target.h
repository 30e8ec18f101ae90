/* target.h: one entry of a rule's Targets. */
#pragma once

#include "config/configuration.h"
#include "config/report.h"

G_BEGIN_DECLS

/* settings: of the target where the report is, completed.  Notes what only shows when a target is
 * built: a bad Id, an input that no event can give.  Never NULL, but worth something only when
 * nothing was noted. */
ConfigTarget *config_target_new (ConfigReport *report, JsonObject *settings);
void config_target_free (ConfigTarget *target);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfigTarget, config_target_free)

G_END_DECLS
