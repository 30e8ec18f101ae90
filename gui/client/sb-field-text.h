/* sb-field-text.h: settings of many values as text that people write: one a line.
 *
 * Pure; the two functions are each other's reverse. */
#pragma once

#include "sb-settings.h"

G_BEGIN_DECLS

/* value NULL: "". */
char *sb_field_text_format (SbSettingType type, JsonNode *value);

/* NULL when there is nothing in the text.  What cannot be read as the type stays a string, so that
 * the router can say what is wrong with it. */
JsonNode *sb_field_text_parse (SbSettingType type, const char *text);

G_END_DECLS
