/* sb-rule-check.h: what can be said about a file's text without asking the router. */
#pragma once

#include "sb-diagnostic.h"

G_BEGIN_DECLS

/* GPtrArray of SbDiagnostic: the first thing that is wrong, or nothing.  Strict JSON, an object,
 * and an EventPattern that EventBridge would take; whether its targets exist only the router knows.
 */
GPtrArray *sb_rule_check (const char *text, gsize length);

/* The same for any file: strict JSON, an object. */
GPtrArray *sb_file_check (const char *text, gsize length);
gboolean sb_file_is_readable (const char *text, gsize length);

G_END_DECLS
