/* redact.h: what an outcome may not give away.  Pure; any thread. */
#pragma once

#include "base/outcome.h"

G_BEGIN_DECLS

/* Replaces each of the texts, in the answer that is kept and in the note, by asterisks.  texts may
 * be NULL. */
void redact_outcome (Outcome *outcome, const GPtrArray *texts);

G_END_DECLS
