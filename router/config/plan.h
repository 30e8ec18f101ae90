/* plan.h: when a target's delivery of an event is due, how urgent it is and what it must follow.
 *
 * Pure; any thread. */
#pragma once

#include "config/configuration.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 due_us;    /* wall clock */
  guint priority;   /* 0 to DELIVERY_MAX_PRIORITY */
  gint64 order_key; /* of rule, target and value together; 0: in no order */
} ConfigPlan;

/* FALSE: DeliverAt leads to something that is no time; *out_found is its JSON text, to be freed.
 * Nothing, and null, is no fault. */
gboolean config_target_check_time (const ConfigTarget *target,
                                   const char *event,
                                   gsize length,
                                   char **out_found);

/* event: the whole envelope, which is JSON.  What a path does not find, or finds to be nothing that
 * could be meant, is as if the target did not name the path. */
ConfigPlan config_target_plan (const ConfigTarget *target,
                               const char *rule_ref,
                               const char *event,
                               gsize length,
                               gint64 now_us);

G_END_DECLS
