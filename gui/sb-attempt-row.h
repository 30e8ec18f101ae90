/* sb-attempt-row.h: one line of a delivery's history: an attempt, or what an operator did. */
#pragma once

#include <gtk/gtk.h>

#include "sb-delivery.h"

G_BEGIN_DECLS

#define SB_TYPE_ATTEMPT_ROW (sb_attempt_row_get_type ())
G_DECLARE_FINAL_TYPE (SbAttemptRow, sb_attempt_row, SB, ATTEMPT_ROW, GtkListBoxRow)

/* A row for a boxed list; where there is an answer it opens and closes by the action
 * "attempt.toggle".  The entry is needed only during the call. */
GtkWidget *sb_attempt_row_new (const SbEntry *entry, const char *connector, gint64 now_us);

G_END_DECLS
