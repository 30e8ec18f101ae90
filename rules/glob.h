/* glob.h: "wildcard" patterns: * stands for any run of bytes, \* and \\ for themselves. */
#pragma once

#include "memory.h"

typedef enum
{
  GLOB_OK,
  GLOB_CONSECUTIVE, /* ** */
  GLOB_ESCAPE,      /* \ before anything but * and \ */
  GLOB_NO_MEMORY,
} GlobResult;

/* The literal pieces between the stars: n_pieces is one more than there are stars. */
typedef struct
{
  const char **pieces;
  size_t *lengths;
  size_t n_pieces;
} Glob;

/* *out_position: of what is wrong, in bytes of the text. */
GlobResult
glob_parse (const char *text, size_t length, Arena *arena, Glob *out, size_t *out_position);

/* Linear but for repeated search of one piece at a time, which is fine for pieces of a pattern. */
bool glob_matches (const Glob *glob, const char *value, size_t length);
