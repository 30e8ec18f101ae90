/* sb-map-rows.h: a map from names to texts as rows that are added, changed and removed. */
#pragma once

#include <adwaita.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SB_TYPE_MAP_ROWS (sb_map_rows_get_type ())
G_DECLARE_FINAL_TYPE (SbMapRows, sb_map_rows, SB, MAP_ROWS, AdwBin)

/* place: what it is of, in words, to name the controls by.  name, value: what is written into an
 * empty row. */
GtkWidget *sb_map_rows_new (const char *place, const char *name, const char *value);

/* What is set: an object; rows without a name are left out.  NULL when there are none. */
JsonNode *sb_map_rows_dup_value (SbMapRows *self);
/* value: NULL for none.  Emits nothing. */
void sb_map_rows_show (SbMapRows *self, JsonNode *value);

/* Signals:
 *   changed ()  by the user */

G_END_DECLS
