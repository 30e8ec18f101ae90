/* operations.h: what each call is for, what it takes and what it answers: API.md as a table.
 *
 * Static data; a test looks that there is one entry for each route, and that answers are as they
 * are said to be. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *method, *path; /* as in the table of routes */
  const char *summary;
  const char *body;   /* shape.h, or NULL: none, or not JSON */
  const char *answer; /* shape.h, or NULL: not JSON */
  const char *media;  /* of an answer that is not JSON */
  guint status;       /* 0: 200 */
} ApiOperation;

extern const ApiOperation api_operations[]; /* ends with method NULL */

typedef struct
{
  const char *name, *shape;
} ApiShape;

extern const ApiShape api_shapes[]; /* ends with name NULL */

G_END_DECLS
