/* scan.h: one way through an event, guided by the names that rules look at. */
#pragma once

#include "event.h"
#include "field-tree.h"
#include "rest.h"
#include "skip.h"

typedef enum
{
  SCAN_OK,
  SCAN_BROKEN,   /* this cannot be JSON */
  SCAN_TOO_DEEP, /* nested deeper than JSON_MAX_DEPTH */
  SCAN_NO_MEMORY,
  SCAN_ENOUGH,  /* for the taker */
  SCAN_STOPPED, /* by the taker */
} ScanResult;

/* A value at one of the paths. */
typedef struct
{
  uint32_t path;
  RulesJsonType type;
  const char *start, *end; /* of its text, quotes included */
  bool escaped;            /* a string with escapes in it */
  bool last; /* unless a name has dots or comes twice, no other value is at the path */
  const Trail *trail;
} ScanValue;

typedef enum
{
  SCAN_TAKE_MORE,
  SCAN_TAKE_ENOUGH, /* with `early`: nothing else counts */
  SCAN_TAKE_FAILED,
} ScanTake;

/* An array or object on the way down. */
typedef struct ScanFrame ScanFrame;

typedef struct
{
  const FieldTree *tree;
  SkipContainer skip;
  const RulesAlloc *alloc;
  Arena *arena; /* for trails, and names with escapes */
  const char *text, *end;
  bool early;      /* stop as soon as every path has been seen once, or the taker has enough */
  RestIsFree rest; /* stop there when this says that nothing more can come; or NULL */
  ScanTake (*take) (void *user, const ScanValue *value);
  void *user;
  ScanFrame **frames; /* room that is kept for the next time */
  size_t *frames_capacity;
  size_t n_frames;
  size_t n_arrays; /* out */
  bool dotted;     /* some name with dots has led to a node */
  bool trails;     /* out: some value has one */
} Scan;

/* The text must be valid JSON for the answer to be right; it may be anything for nothing bad to
 * happen.  A trail's array_end is set when the scan is over. */
ScanResult scan_event (Scan *scan);
