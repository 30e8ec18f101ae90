/* sb-fields.h: which fields events have had lately, and which values: what is proposed to whoever
 * writes a pattern. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SB_TYPE_FIELDS (sb_fields_get_type ())
G_DECLARE_FINAL_TYPE (SbFields, sb_fields, SB, FIELDS, GObject)

SbFields *sb_fields_new (void);

/* Takes the fields of one event in, as the API has it. */
void sb_fields_add (SbFields *self, JsonObject *event);

/* All fields that are no objects, "detail.order.total", in order.  Caller frees. */
char **sb_fields_dup_paths (SbFields *self);

/* The names below an object, "" being the event: "detail", "source".  Caller frees. */
char **sb_fields_dup_names (SbFields *self, const char *path);

/* Some of the values that were seen, as JSON.  Caller frees. */
char **sb_fields_dup_values (SbFields *self, const char *path);

/* Signals:
 *   changed ()  there are more of them */

G_END_DECLS
