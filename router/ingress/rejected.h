/* rejected.h: requests that a source turned away, kept so that they can be seen and, once the cause
 * is mended, taken in after all.
 *
 * In memory, and bounded: the oldest go first, and all of them with the process.  Of their headers
 * only those are kept that the source reads values from; never what a sender says who it is with.
 * Any thread. */
#pragma once

#include "base/problem.h"
#include "config/configuration.h"
#include "ingress/ingress.h"

G_BEGIN_DECLS

typedef struct RejectedList RejectedList;

RejectedList *rejected_list_new (void);
void rejected_list_free (RejectedList *list);

/* Keeps it when its cause is one that can be mended: the sender's credentials, signature or
 * address, the source's secrets, or what the body is. */
void rejected_list_add (RejectedList *list,
                        const IngressRequest *request,
                        const Configuration *configuration,
                        const ConfigSource *source,
                        const Problem *problem,
                        const char *id,
                        gint64 now_us);

/* Newest first, of one source or of all; after: the id where the page before ended, or NULL.
 * GPtrArray of Rejected. */
GPtrArray *
rejected_list_find (RejectedList *list, const char *source, const char *after, guint limit);
Rejected *rejected_list_get (RejectedList *list, const char *id); /* a reference, or NULL */
void rejected_list_remove (RejectedList *list, const char *id);

/* Of one that is kept: a value of its headers, or NULL. */
const char *rejected_header (const char *name, gpointer rejected);

void rejected_each_header (void (*visit) (const char *name, const char *value, gpointer visit_data),
                           gpointer visit_data,
                           gpointer rejected);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RejectedList, rejected_list_free)

G_END_DECLS
