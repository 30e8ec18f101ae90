/* rules-failing-alloc.h: a RulesAlloc that gives memory a set number of times and then no more, so
 * that a test can let each allocation fail in turn.  Counts what has not been given back. */
#pragma once

#include "rules/rules.h"

#include <glib.h>
#include <stdlib.h>

typedef struct
{
  guint left;   /* allocations that will succeed */
  guint n_live; /* must be 0 in the end */
} FailingAlloc;

static inline void *
failing_alloc_resize (void *user, void *pointer, size_t size)
{
  FailingAlloc *self = user;

  if (size == 0)
    {
      if (pointer)
        self->n_live--;
      free (pointer);
      return NULL;
    }
  if (self->left == 0)
    return NULL;
  self->left--;
  if (!pointer)
    self->n_live++;
  return realloc (pointer, size);
}
