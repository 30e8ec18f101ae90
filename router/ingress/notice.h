/* notice.h: sleeps until something moves in a folder, inotify(7).
 *
 * What moved is not said: whoever is woken looks.  Folders are named before each look, and what is
 * not named any more is forgotten.  One thread, but for waking. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Notice Notice;

/* Where the kernel has no inotify left it notices nothing, and still sleeps and wakes. */
Notice *notice_new (void);
void notice_free (Notice *notice);

void notice_begin (Notice *notice);
/* From now on, a file that appears in this folder, is closed after writing or renamed into it, and
 * the folder's own end, are noticed.  FALSE: they are not, for example as the folder is on another
 * machine, whose changes the kernel does not see. */
gboolean notice_watch (Notice *notice, const char *path);
void notice_end (Notice *notice);

/* Until something moved, somebody wakes, or after so long; negative: for ever. */
void notice_wait (Notice *notice, gint64 timeout_us);
/* The next wait ends at once, or the one that goes on.  Any thread. */
void notice_wake (Notice *notice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Notice, notice_free)

G_END_DECLS
