/* lines.h: a file that grows by whole lines, and is turned over when it is full.
 *
 * It is full when the next line would make it longer than max_bytes, or when that line comes more
 * than max_age_us after the file was begun (0: never for that).  A line counts as written when it
 * is synced; lines that come together are written and synced together.  A full file becomes name.1,
 * that becomes name.2, and so on to name.keep, the oldest. All but new and free is the disk
 * worker's thread. */
#pragma once

#include "connector/disk.h"

G_BEGIN_DECLS

typedef struct LineFile LineFile;

/* clock outlives it. */
LineFile *
line_file_new (const char *path, gint64 max_bytes, gint64 max_age_us, guint keep, Clock *clock);
void line_file_free (LineFile *file);

/* A DiskPerform.  Every job has one file without a name: a line, newline included. */
void line_file_append (GPtrArray *jobs, gpointer file);

G_END_DECLS
