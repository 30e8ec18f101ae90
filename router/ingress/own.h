/* own.h: events that the router makes itself, for a source that takes no requests. */
#pragma once

#include "ingress/draft.h"
#include "ingress/ingress.h"

G_BEGIN_DECLS

/* Routes and keeps an event of the source; takes what the draft has, and the record (or NULL),
 * which is done in the same commit.  done as of ingress_accept(): the writer's thread, once unless
 * FALSE is returned. */
gboolean ingress_keep_own (Ingress *ingress,
                           Snapshot *snapshot,
                           const ConfigSource *source,
                           Draft *draft,
                           RecordChange *record,
                           IngressDone done,
                           gpointer user_data,
                           Problem **out_problem);

G_END_DECLS
