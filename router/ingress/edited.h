/* edited.h: an event that an operator makes of another one.  Pure but for what it fills. */
#pragma once

#include "ingress/draft.h"

G_BEGIN_DECLS

/* NULL when it is fine. */
Problem *
edited_draft (const IngressEdit *edit, const Configuration *configuration, Draft *out_draft);

/* Once it is routed: leaves what it is meant for, and adds the records of where it came from. */
Problem *edited_finish (const IngressEdit *edit, BatchItem *item, gint64 now_us);

G_END_DECLS
