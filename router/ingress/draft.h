/* draft.h: an event before it is one: what the sender said, taken apart but not yet routed. */
#pragma once

#include "base/problem.h"
#include "config/snapshot.h"
#include "ingress/ingress.h"
#include "ingress/scan.h"

G_BEGIN_DECLS

/* Source and detail-type are words for patterns, lists and headers, not data: EventBridge allows
 * 256 and 128 characters. */
#define DRAFT_MAX_NAME_BYTES 256

typedef struct
{
  char *bus;
  char *source, *detail_type;
  gint64 time_us;
  char *resources;    /* JSON text of an array of strings */
  GBytes *detail;     /* one JSON value */
  char *content_type; /* of the detail, where the request's is another, or NULL */
  char *metadata;     /* as Event's, or NULL */
} Draft;

void draft_clear (Draft *draft);

/* What one request is read with. */
typedef struct
{
  const IngressRequest *request;
  const Configuration *configuration;
  gint64 now_us;
} DraftContext;

/* A webhook's one event: the body, as admit_body() gives it, is the detail.  NULL when it is fine.
 */
Problem *draft_from_webhook (const DraftContext *context,
                             const ConfigSource *source,
                             GBytes *body,
                             Draft *out_draft);

/* The events of a request that is a CloudEvent or a batch of them; source: NULL with the events
 * API. Appends Draft to drafts (which clears them).  out_key: what tells the request from others,
 * of ids and sources; the caller's.  out_several: a batch, which may be empty. */
Problem *draft_from_cloudevents (const DraftContext *context,
                                 const ConfigSource *source,
                                 GArray *drafts,
                                 char **out_key,
                                 gboolean *out_several);

/* All events of a request to the events API: appends Draft to drafts (which clears them).
 * out_several: an array or lines, not just one. */
Problem *draft_from_events (const DraftContext *context, GArray *drafts, gboolean *out_several);

/* One entry of the events API, an accepted JSON value.  pointer: where it is in the body, "" or
 * "/3"; it begins every problem's place. */
Problem *draft_from_entry (const DraftContext *context,
                           JsonSlice entry,
                           const char *pointer,
                           Draft *out_draft);

G_END_DECLS
