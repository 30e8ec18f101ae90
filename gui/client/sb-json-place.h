/* sb-json-place.h: where in a JSON text somebody is writing, though what is before is all there is
 * to go by and need not be whole: what text completion begins with. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SB_JSON_ELEMENT "[]" /* in a path: of an array */

typedef struct
{
  /* The way there: names of members, and SB_JSON_ELEMENT for each array. */
  char **path;
  gboolean is_name; /* a member's name is due here, else a value */
  gsize start;      /* bytes before what is being written: a string with its quote, or a word */
  char *written;    /* of it until here, without the quote */
  gboolean quoted;
} SbJsonPlace;

/* length: bytes of text before the cursor.  NULL when nothing can be written there, as between a
 * value and the comma behind it. */
SbJsonPlace *sb_json_place_new (const char *text, gsize length);
void sb_json_place_free (SbJsonPlace *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SbJsonPlace, sb_json_place_free)

G_END_DECLS
