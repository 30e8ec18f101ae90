/* own.h: events that the router makes itself, for a source that takes no requests. */
#pragma once

#include "ingress/draft.h"
#include "ingress/ingress.h"

G_BEGIN_DECLS

typedef struct
{
  Snapshot *snapshot;
  const ConfigSource *source;
  GArray *drafts;       /* Draft */
  RecordChange *record; /* taken; done in the same commit; or NULL */
  const char *key;      /* what they are known by when they come again, or NULL */
  gint64 keep_us;       /* for how long */
} OwnEvents;

/* Routes and keeps the source's events, all or none.  done as of ingress_accept(): the writer's
 * thread, once unless FALSE is returned. */
gboolean ingress_keep_own (Ingress *ingress,
                           const OwnEvents *own,
                           IngressDone done,
                           gpointer user_data,
                           Problem **out_problem);

/* The same, waiting until they are durable: 0, or the status of the problem, whose text goes to
 * *out_why.  Not on the writer's thread. */
guint ingress_keep_own_and_wait (Ingress *ingress, const OwnEvents *own, char **out_why);

/* May what was refused with this status be kept another time? */
gboolean own_may_pass (guint status);

G_END_DECLS
