/* sb-facets.h: what things have in common, with counts: one value of each facet can be chosen. */
#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SB_TYPE_FACETS (sb_facets_get_type ())
G_DECLARE_FINAL_TYPE (SbFacets, sb_facets, SB, FACETS, GtkWidget)

/* Shown in the order in which they are added; words says what a value is called (transfer full; "":
 * it is not shown), or is NULL where it is called by its name. */
void sb_facets_add (SbFacets *self,
                    const char *name,
                    const char *title,
                    char *(*words) (const char *value));

/* The API's object of objects: {"connector":{"webhook/a":3}}. */
void sb_facets_set_counts (SbFacets *self, JsonObject *counts);

/* value NULL: none. */
void sb_facets_set_chosen (SbFacets *self, const char *name, const char *value);

/* Signals:
 *   chosen (name, value)  the user clicked on it, whether it was chosen before or not */

G_END_DECLS
