/* sb-json-diff.h: what is different between two JSON texts, path by path. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *path;   /* "$.detail.items[0].price" */
  char *before; /* one line of JSON, cut when it is long; NULL: it is not there */
  char *after;  /* the same of the other text; never both NULL */
} SbJsonChange;

void sb_json_change_free (SbJsonChange *change);

/* GPtrArray of SbJsonChange in the order of the texts, at most max of them; out_n_all (may be NULL)
 * is how many there are.  NULL: one of the texts is not JSON.  root: "$" or "$.detail". */
GPtrArray *
sb_json_diff (const char *before, const char *after, const char *root, guint max, guint *out_n_all);

G_END_DECLS
