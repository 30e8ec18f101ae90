/* sb-field-row.h: one setting of a file as a row of a form: what it is called, what it is for, a
 * control that fits its type, and what is wrong with it.
 *
 * What is set in the control goes into the document at once; a default is not written. */
#pragma once

#include <adwaita.h>

#include "sb-document.h"
#include "sb-settings.h"

G_BEGIN_DECLS

#define SB_TYPE_FIELD_ROW (sb_field_row_get_type ())
G_DECLARE_FINAL_TYPE (SbFieldRow, sb_field_row, SB, FIELD_ROW, AdwPreferencesRow)

/* setting must outlive the row.  place: of the setting in words, "Auth: Type".  names: what may be
 * chosen where the setting is the name of something ("webhook/desk"), or NULL.  prune: an object
 * that is empty without the value goes with it. */
SbFieldRow *sb_field_row_new (SbDocument *document,
                              const SbSetting *setting,
                              const char *pointer,
                              const char *place,
                              const char *const *names,
                              gboolean prune);

/* What the file has there; NULL: nothing. */
void sb_field_row_show (SbFieldRow *self, JsonNode *value);

/* "" when there is nothing wrong. */
void sb_field_row_set_problem (SbFieldRow *self, const char *text);

G_END_DECLS
