/* sb-line-diff.h: how two texts differ, line by line. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char sign;        /* ' ' in both, '-' only before, '+' only after, '@' lines are left out here */
  const char *text; /* without its end; "" for '@' */
  guint line;       /* from 1, in the text that has it */
} SbDiffLine;

typedef struct SbLineDiff SbLineDiff;

/* NULL counts as an empty text.  context: lines around each difference that are told, too. */
SbLineDiff *sb_line_diff_new (const char *before, const char *after, guint context);
void sb_line_diff_free (SbLineDiff *self);

/* Owned by the difference. */
const SbDiffLine *sb_line_diff_get (SbLineDiff *self, guint *out_n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SbLineDiff, sb_line_diff_free)

G_END_DECLS
