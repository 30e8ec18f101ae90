/* sb-section-row.h: a row of the sidebar: an icon, a name and a count. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SB_TYPE_SECTION_ROW (sb_section_row_get_type ())
G_DECLARE_FINAL_TYPE (SbSectionRow, sb_section_row, SB, SECTION_ROW, GtkListBoxRow)

/* The name that win.show-section knows it by. */
const char *sb_section_row_get_section (SbSectionRow *self);

/* 0 shows nothing; words say what is counted, for those who do not see where it stands. */
void sb_section_row_set_count (SbSectionRow *self, gint64 count, const char *words);

G_END_DECLS
