/* sb-dead-filter.h: which dead letters are meant: what was chosen among their facets, as the filter
 * of a job and as the query of a list.
 *
 * Facets have the API's names: "connector", "rule", "cause", "status", "error-code", "detail-type",
 * "fingerprint", "replayed". */
#pragma once

#include "sb-dead-group.h"

G_BEGIN_DECLS

typedef struct SbDeadFilter SbDeadFilter;

/* Nothing is chosen: all are meant. */
SbDeadFilter *sb_dead_filter_new (void);
void sb_dead_filter_free (SbDeadFilter *self);

/* NULL: not chosen.  Setting what is set, or NULL, chooses nothing of that facet. */
const char *sb_dead_filter_get (SbDeadFilter *self, const char *facet);
void sb_dead_filter_set (SbDeadFilter *self, const char *facet, const char *value);
void sb_dead_filter_clear (SbDeadFilter *self);
gboolean sb_dead_filter_is_empty (SbDeadFilter *self);

/* As the API's filter; group: of this one only, or NULL; to_us: that died before, or 0. */
JsonObject *sb_dead_filter_new_object (SbDeadFilter *self, SbDeadGroup *group, gint64 to_us);

/* The same as the query of a list of deliveries, without its state. */
char *sb_dead_filter_dup_query (SbDeadFilter *self, SbDeadGroup *group);
/* As the query of groups and of the histogram, which cannot be asked for what was replayed. */
char *sb_dead_filter_dup_groups_query (SbDeadFilter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SbDeadFilter, sb_dead_filter_free)

G_END_DECLS
