/* sb-document.h: one file of the configuration while it is being edited.
 *
 * Knows the text as the router has it, the text as the user has it, what is wrong with the latter,
 * and whether somebody else has changed the former.  Checks at every change without the router, and
 * with it when the user pauses. */
#pragma once

#include <json-glib/json-glib.h>

#include "sb-client.h"

G_BEGIN_DECLS

typedef enum
{
  SB_DOCUMENT_LOADING,
  SB_DOCUMENT_FAILED, /* could not be loaded; sb_document_get_error says why */
  SB_DOCUMENT_READY,
  SB_DOCUMENT_SAVING,
} SbDocumentState;

typedef enum
{
  SB_VERDICT_UNKNOWN, /* not checked by the router yet */
  SB_VERDICT_CHECKING,
  SB_VERDICT_VALID,
  SB_VERDICT_INVALID, /* there are diagnostics */
} SbVerdict;

#define SB_TYPE_DOCUMENT (sb_document_get_type ())
G_DECLARE_FINAL_TYPE (SbDocument, sb_document, SB, DOCUMENT, GObject)

/* pause_ms: how long the user must pause before the router is asked. */
SbDocument *sb_document_new (SbClient *client, const char *path, guint pause_ms);

/* Begins with the router's text, or, when it has no such file and text is not NULL, with text. */
void sb_document_load (SbDocument *self, const char *text);

const char *sb_document_get_path (SbDocument *self);
SbDocumentState sb_document_get_state (SbDocument *self);
const char *sb_document_get_error (SbDocument *self);

/* As the user has it. */
const char *sb_document_get_text (SbDocument *self);
void sb_document_set_text (SbDocument *self, const char *text);

/* A file that is new, and that nobody has looked for: saving fails when there is one by now.  May
 * be given another name until it is saved. */
void sb_document_begin (SbDocument *self, const char *text);
void sb_document_rename (SbDocument *self, const char *path);
gboolean sb_document_is_new (SbDocument *self);

/* The same text as JSON; NULL while it is none.  Owned by the document, until the next change. */
JsonNode *sb_document_get_root (SbDocument *self);
/* Change one value, see sb-json-edit.h.  The rest of the text stays as it is. */
void sb_document_set_value (SbDocument *self, const char *pointer, JsonNode *value);
void sb_document_remove_value (SbDocument *self, const char *pointer, gboolean prune);
/* Back to the router's text. */
void sb_document_revert (SbDocument *self);

/* Does it differ from the router's?  Has the router's changed since the user began? */
gboolean sb_document_get_modified (SbDocument *self);
gboolean sb_document_get_conflict (SbDocument *self);

SbVerdict sb_document_get_verdict (SbDocument *self);
GPtrArray *sb_document_get_diagnostics (SbDocument *self); /* of SbDiagnostic */

/* Writes the text.  Ends in "saved", in diagnostics, or in a conflict. */
void sb_document_save (SbDocument *self);

/* Takes the file out of the configuration.  Ends in "removed" or "failed". */
void sb_document_remove (SbDocument *self);

/* Takes the last save or removal back, unless somebody else has changed the file meanwhile.  Ends
 * in "undone" or "failed".  What was typed meanwhile stays. */
gboolean sb_document_may_undo (SbDocument *self);
void sb_document_undo (SbDocument *self);

/* The two ways out of a conflict: the router's text, or ours over it. */
void sb_document_reload (SbDocument *self);
void sb_document_keep (SbDocument *self);

/* The router has a new generation: is the file still the same?  An unmodified one is brought up to
 * date, a modified one is in conflict. */
void sb_document_look_again (SbDocument *self);

/* Signals:
 *   changed ()          something that the functions above say has changed, but not the text
 *   text-replaced ()    the text has changed, and not by sb_document_set_text()
 *   text-edited ()      the text has changed by sb_document_set_value()
 *   saved (generation)  the text is in force
 *   undone (generation), removed (generation)
 *   failed (message)    that did not work for another reason than the text */

G_END_DECLS
