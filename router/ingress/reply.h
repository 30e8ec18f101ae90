/* reply.h: what the sender of accepted events is told. */
#pragma once

#include "store/batch.h"

G_BEGIN_DECLS

/* {"id":…,"matched":[…],"deliveries":n}, or {"events":[{…},…]} when there may be several. */
GString *reply_new (const AppendEvent *events, guint n_events, gboolean several);

G_END_DECLS
