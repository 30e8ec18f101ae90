/* sb-form.h: the settings of a file, or of an object in it, as rows.
 *
 * Made from the router's own tables, over the same text as an editor beside it: what is set here
 * changes the document, and what changes in the document is shown here.  Problems stand where they
 * are. */
#pragma once

#include <adwaita.h>

#include "sb-document.h"
#include "sb-settings.h"

G_BEGIN_DECLS

#define SB_TYPE_FORM (sb_form_get_type ())
G_DECLARE_FINAL_TYPE (SbForm, sb_form, SB, FORM, AdwBin)

/* Which of the settings, by name, in this order; NULL: all but skip. */
typedef struct
{
  const char *const *only;
  const char *const *skip;
} SbFormChoice;

/* Makes the rows; settings NULL: none.  files: of the configuration ("webhook/desk.json"), to
 * choose from where a setting is the name of one. */
void sb_form_set (SbForm *self,
                  SbDocument *document,
                  SbSettings *settings,
                  SbFormChoice choice,
                  const char *const *files);

G_END_DECLS
