/* sb-sections.h: the window's sections in the order of the sidebar, and of Alt+1 to Alt+9. */
#pragma once

#include <glib-object.h>

#include "sb-status.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;  /* of the page in the window's stack */
  const char *label; /* to be translated */
  const char *icon_name;
  const char *style;        /* of the count's badge */
  GType (*get_type) (void); /* of the page: an SbPage */
  gboolean begins_group;    /* there is some space above its row */
  /* The number beside the label, and what it means; NULL: none. */
  gint64 (*count) (const SbStatus *status, char **out_words);
} SbSection;

const SbSection *sb_sections_get (guint *out_n);

/* The section that a page of the window's belongs to: itself, or, for one without a row in the
 * sidebar, the one that leads to it. */
const char *sb_sections_get_parent (const char *page);

G_END_DECLS
