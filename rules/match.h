/* match.h: which rules of an engine does an event satisfy? */
#pragma once

#include "engine.h"
#include "event.h"
#include "scan.h"

/* A value of the event. */
typedef struct
{
  Leaf leaf;     /* number and address are set when they are first asked for */
  uint32_t next; /* at the same path, or UINT32_MAX */
  bool has_number, has_address;
} MatchLeaf;

typedef struct MatchColumns MatchColumns;

/* The values at a path. */
typedef struct
{
  uint32_t generation; /* of the event that the rest is of */
  uint32_t first, last, count;
  bool trails;
  bool listed; /* list is made */
  LeafList list;
  uint32_t *distinct; /* once they are asked for: leaves of which no two are the same value */
  uint32_t n_distinct;
  MatchColumns *columns; /* once they are asked for; see match-exclude.c */
} MatchPath;

/* Room that is used again for the next event; for one thread at a time. */
typedef struct
{
  const RulesAlloc *alloc;
  Arena arena;
  MatchLeaf *leaves;
  size_t n_leaves, leaves_capacity;
  MatchPath *paths;
  size_t paths_capacity;
  /* For each atom twice the generation, plus 1 when it holds.  Older generations say nothing. */
  uint32_t *truths;
  size_t truths_capacity;
  uint32_t generation;
  /* For each wildcard that is first under its key: the generation, and the number of the last value
   * that those under the key were tried on. */
  uint64_t *tried;
  size_t tried_capacity;
  uint32_t *hits; /* atoms that hold and that combinations hang on */
  size_t n_hits, hits_capacity;
  uint32_t *ids;
  size_t n_ids, ids_capacity;
  uint64_t *marks; /* a bit for each rule, all zero between events */
  size_t marks_capacity;
  char *folded;
  size_t folded_capacity;
  ScanFrame *frames;
  size_t frames_capacity;
  Decided decided;
} MatchRoom;

void match_room_init (MatchRoom *room, const RulesAlloc *alloc);
void match_room_clear (MatchRoom *room);

/* The rules that hold, ascending, in room->ids.  The text must be valid JSON for the answer to be
 * right.  stop_early: stop reading as soon as all paths have been seen; otherwise every name
 * counts, however often it occurs. */
bool match_event (const Engine *engine,
                  MatchRoom *room,
                  const char *text,
                  size_t length,
                  bool stop_early,
                  RulesError *error);
