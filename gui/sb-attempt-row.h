/* sb-attempt-row.h: one line of a delivery's history: an attempt, or what an operator did. */
#pragma once

#include <adwaita.h>

#include "sb-delivery.h"

G_BEGIN_DECLS

/* A row for a boxed list; it opens to the head of the answer where there is one.  The entry is
 * needed only during the call.  Floating. */
GtkWidget *sb_attempt_row_new (const SbEntry *entry, const char *connector, gint64 now_us);

G_END_DECLS
