/* rule.h: one rule: a pattern and its targets. */
#pragma once

#include "config/configuration.h"
#include "config/names.h"
#include "config/report.h"

G_BEGIN_DECLS

/* Checks and reads the report's file.  Never NULL, but worth something only when nothing was noted.
 */
ConfigRule *config_rule_new (ConfigReport *report, const ConfigNames *names);
void config_rule_free (ConfigRule *rule);

/* The target with this Id, or NULL. */
const ConfigTarget *config_rule_find_target (const ConfigRule *rule, const char *id);

/* EventBridge's limit.  It is sent compact text; people indent, and are not to pay for that. */
#define CONFIG_PATTERN_BYTES 4096

/* How long the pattern's JSON text is without white space between its tokens. */
gsize config_pattern_bytes (const char *text);

/* Compiles the patterns of a bus' rules; ids are indexes of rules.  NULL with error, which says
 * which one.
 *
 * previous: the bus as it was before, or NULL.  What is as it was is then not compiled again: rules
 * keep their ids, so that the array is put into that order, with NULL for ids that are free.  It
 * must have been compiled with the same wildcard_score, which is Limits.WildcardScore. */
RulesSet *config_rules_compile (GPtrArray *rules,
                                const ConfigBus *previous,
                                guint wildcard_score,
                                RulesError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfigRule, config_rule_free)

G_END_DECLS
