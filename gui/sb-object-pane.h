/* sb-object-pane.h: one source or connector: how it is, its settings as a form, and the same as
 * text.
 *
 * What is changed goes into force with Apply, all of it at once, and can be taken back.  Changes
 * that were not applied are kept while other objects are looked at. */
#pragma once

#include <adwaita.h>

#include "sb-document.h"
#include "sb-router.h"

G_BEGIN_DECLS

#define SB_TYPE_OBJECT_PANE (sb_object_pane_get_type ())
G_DECLARE_FINAL_TYPE (SbObjectPane, sb_object_pane, SB, OBJECT_PANE, AdwBin)

/* How it is: the first of the three views.  In a .ui file it is the pane's child. */
void sb_object_pane_set_state (SbObjectPane *self, GtkWidget *state);

/* path: "webhook/desk.json"; NULL: nothing is shown, as the object has no file. */
void sb_object_pane_open (SbObjectPane *self, SbRouter *router, const char *path);

/* NULL when nothing is open. */
SbDocument *sb_object_pane_get_document (SbObjectPane *self);

/* The router has a new generation. */
void sb_object_pane_look_again (SbObjectPane *self);

/* "state", "settings" or "text". */
void sb_object_pane_show (SbObjectPane *self, const char *view);

/* Takes the object out of the configuration.  Undo takes back what was applied or removed last. */
void sb_object_pane_remove (SbObjectPane *self);
void sb_object_pane_undo (SbObjectPane *self);

/* A file that was made elsewhere just now: undo takes it back. */
void sb_object_pane_adopt (SbObjectPane *self, SbDocument *document);

/* The first object whose changes were not applied, "webhook/desk.json"; NULL: there is none. */
const char *sb_object_pane_get_unsaved (SbObjectPane *self);

/* Signals:
 *   done (text)    something was applied, removed or taken back, in words; undo may follow
 *   told (text)    something could not be done, or was taken back: nothing to undo */

G_END_DECLS
