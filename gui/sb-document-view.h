/* sb-document-view.h: a file of the configuration as text, with what is wrong underlined where it
 * stands. */
#pragma once

#include <gtksourceview/gtksource.h>

#include <adwaita.h>

#include "sb-document.h"

G_BEGIN_DECLS

#define SB_TYPE_DOCUMENT_VIEW (sb_document_view_get_type ())
G_DECLARE_FINAL_TYPE (SbDocumentView, sb_document_view, SB, DOCUMENT_VIEW, AdwBin)

/* NULL: none.  name: what an assistive technology calls it. */
void sb_document_view_set_document (SbDocumentView *self, SbDocument *document);
void sb_document_view_set_name (SbDocumentView *self, const char *name);

GtkSourceView *sb_document_view_get_view (SbDocumentView *self);

/* The cursor comes to the first problem. */
void sb_document_view_go_to_problem (SbDocumentView *self);

G_END_DECLS
