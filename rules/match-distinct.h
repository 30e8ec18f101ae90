/* match-distinct.h: the values of a path, each once.
 *
 * What excludes values must look at each of them.  An event that repeats a few excluded values a
 * hundred thousand times would make every such rule walk through all of them.
 */
#pragma once

#include "match.h"

/* Fewer values are looked at one after the other. */
#define DISTINCT_MANY 16u

/* The numbers of leaves at the path of which no two are the same value, found once an event.  NULL
 * when there is no memory for it: all leaves will do as well.  They live in the room's arena. */
const uint32_t *match_distinct (MatchRoom *room, uint64_t seed, uint32_t path, uint32_t *out_count);

/* Looks for the blocks of addresses among these atoms of the path that some value lies in, and
 * calls found for each.  All values together: to compare each with each block would be quadratic.
 * match_distinct()
 * has been asked for the path, and numbers and addresses of its leaves are set.  False: no memory,
 * or found returned false. */
bool match_addresses (const Engine *engine,
                      MatchRoom *room,
                      uint32_t path,
                      FinderRun atoms,
                      bool (*found) (void *user, uint32_t atom),
                      void *user);
