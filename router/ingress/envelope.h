/* envelope.h: from a draft to an event with all that it owes. */
#pragma once

#include "ingress/draft.h"

#include "base/random.h"
#include "store/batch.h"

G_BEGIN_DECLS

typedef struct
{
  Clock *clock;
  Random *random;
  const Snapshot *snapshot;
  const IngressRequest *request;
  const Event *forwarded; /* out of another bus, or NULL: it came with the request */
  const char *ingress;    /* where it came in, when neither of these says so; or NULL */
  gint64 now_us;          /* wall clock */
  gint64 steady_us;       /* at the same moment */
  RulesScratch *scratch;
} EnvelopeContext;

/* Gives it an id, matches it and fills *out_append (which the caller frees also on failure).
 * pointer: the event's place in the request, "" or "/3".  NULL when it is fine. */
Problem *envelope_route (const EnvelopeContext *context,
                         const Draft *draft,
                         const char *pointer,
                         AppendEvent *out_append);

G_END_DECLS
