/* examine.h: whether a store and the disk below it are well, for signalboxctl doctor.
 *
 * Looks at the files: beside a running router as well as without one.  Nothing in the store is
 * changed; the disk is tried out with a small file of its own, which is removed again.  Blocks; any
 * thread. */
#pragma once

#include "base/clock.h"

G_BEGIN_DECLS

typedef enum
{
  FINDING_GOOD,
  FINDING_WARNING,
  FINDING_BAD,
} FindingLevel;

typedef struct
{
  char *name; /* "ledger": stable, for programs */
  FindingLevel level;
  char *text;   /* one sentence */
  char *remedy; /* what to do, or "" */
} Finding;

Finding *
finding_new (const char *name, FindingLevel level, const char *remedy, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
void finding_free (Finding *finding);

/* GPtrArray of Finding.  thorough: reads the whole file (PRAGMA integrity_check) and counts all
 * rows anew, which takes about a minute for 10 GB. */
GPtrArray *store_examine (const char *folder, gboolean thorough, Clock *clock);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Finding, finding_free)

G_END_DECLS
