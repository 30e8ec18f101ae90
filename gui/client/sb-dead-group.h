/* sb-dead-group.h: dead letters that died of the same: one row instead of 40 218. */
#pragma once

#include "sb-item.h"

G_BEGIN_DECLS

#define SB_TYPE_DEAD_GROUP (sb_dead_group_get_type ())
G_DECLARE_FINAL_TYPE (SbDeadGroup, sb_dead_group, SB, DEAD_GROUP, SbItem)

/* All strings are owned by the group and never NULL; "" is what is not known. */
const char *sb_dead_group_get_connector (SbDeadGroup *self);
const char *sb_dead_group_get_rule (SbDeadGroup *self);
const char *sb_dead_group_get_message (SbDeadGroup *self);
const char *sb_dead_group_get_sample (SbDeadGroup *self); /* a delivery's id */
gint64 sb_dead_group_get_count (SbDeadGroup *self);
gint64 sb_dead_group_get_replayed (SbDeadGroup *self); /* of them, before now */
gint64 sb_dead_group_get_first_us (SbDeadGroup *self);
gint64 sb_dead_group_get_last_us (SbDeadGroup *self);

/* What they died of in a few words: "401 Unauthorized", "Retries ran out". */
char *sb_dead_group_dup_title (SbDeadGroup *self);

G_END_DECLS
