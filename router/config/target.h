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

/* Appends to out what the target is sent for an event.  rule: the target's own; event: the whole
 * envelope, which is JSON; received_us: wall clock.  FALSE: nothing that may be sent came of it,
 * what is in out does not count.  The caller clears out in any case.  Any thread. */
gboolean config_target_render (const ConfigTarget *target,
                               const ConfigRule *rule,
                               const char *event,
                               gsize length,
                               gint64 received_us,
                               RulesBuffer *out,
                               RulesError *error);

/* Of what is sent; static. */
const char *config_target_content_type (const ConfigTarget *target);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfigTarget, config_target_free)

G_END_DECLS
