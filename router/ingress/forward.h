/* forward.h: the answer to an event from another bus, as an outcome of its delivery. */
#pragma once

#include "ingress/ingress.h"

G_BEGIN_DECLS

typedef struct Forward Forward;

Forward *forward_new (IngressForwarded done, gpointer user_data);

/* An IngressDone, whose user_data is the Forward: tells and frees it. */
void forward_done (const IngressReply *reply, const Problem *problem, gpointer user_data);

G_END_DECLS
