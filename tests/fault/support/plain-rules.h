/* plain-rules.h: the plain form of the language for who also knows events and JSON trees, whose
 * types have the same names as those of the rules.  One thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct PlainRules PlainRules;

/* The patterns must be ones that the router took, and outlive the rules. */
PlainRules *plain_rules_new (const char *const *patterns, guint n_patterns);
void plain_rules_free (PlainRules *rules);

/* Indexes of patterns, ascending, until the next call.  FALSE: this is no event that a router would
 * have taken. */
gboolean plain_rules_match (PlainRules *rules,
                            const char *event,
                            gsize length,
                            const guint32 **out_ids,
                            gsize *out_n_ids);

G_END_DECLS
