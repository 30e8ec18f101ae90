/* edited.h: an event that an operator makes of another one, edited or routed anew.  Pure but for
 * what it fills. */
#pragma once

#include "ingress/draft.h"

G_BEGIN_DECLS

/* NULL when it is fine. */
Problem *
edited_draft (const IngressEdit *edit, const Configuration *configuration, Draft *out_draft);

/* What two records say of an event and the one that was made of it. */
typedef struct
{
  gint64 at_us; /* wall clock */
  const char *actor, *reason;
  /* 0: it was edited; else it is as it was, and was routed by the rules of this generation. */
  guint64 rules;
  guint of_action; /* of the item, as RecordChange has it */
} EditedTie;

void edited_tie (BatchItem *item, const char *original, const char *made, const EditedTie *tie);

/* Only the deliveries that are wanted stay. */
void edited_leave (AppendEvent *append,
                   gboolean (*wants) (const NewDelivery *delivery, gpointer user_data),
                   gpointer user_data);

/* Once it is routed: leaves what it is meant for, and adds the records of where it came from. */
Problem *edited_finish (const IngressEdit *edit, BatchItem *item, gint64 now_us);

G_END_DECLS
