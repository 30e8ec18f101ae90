/* sb-proposals.h: what could be written at a place of a rule: fields and values as captured events
 * have them, operators of patterns, settings of a rule, connectors that there are. */
#pragma once

#include "sb-fields.h"
#include "sb-json-place.h"
#include "sb-settings.h"

G_BEGIN_DECLS

typedef struct
{
  char *text;       /* JSON, as it is written */
  gboolean is_name; /* a colon follows */
  char *comment;    /* what it is, in a few words */
} SbProposal;

/* fields, settings and files may be NULL.  The most likely first; those that begin with what is
 * written already before those that have it in them; none of the others.  GPtrArray of SbProposal.
 */
GPtrArray *sb_proposals_new (const SbJsonPlace *place,
                             SbFields *fields,
                             const SbSettings *settings,
                             const char *const *files);

G_END_DECLS
