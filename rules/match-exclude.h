/* match-exclude.h: whether an anything-but leaves any of very many values over. */
#pragma once

#include "matching.h"

/* Whether this can be asked: what it excludes are texts, by their beginnings, ends or wildcards. */
bool match_can_exclude (const Predicate *predicate);

/* Whether some of these values, all different, is not excluded.  False in *out_known: no memory,
 * and it was not found out. */
bool match_leaves_over (const Matching *self,
                        const Predicate *predicate,
                        uint32_t path,
                        const uint32_t *leaves,
                        uint32_t count,
                        bool *out_known);
