/* refuse.h: the problems of events, worded in one place. */
#pragma once

#include "base/problem.h"
#include "config/configuration.h"

G_BEGIN_DECLS

/* A body, or a part of it at pointer, that is not strict JSON or too deep.  line_offset is added to
 * the error's line: lines of NDJSON are checked one by one. */
Problem *refuse_json (const RulesError *error,
                      const Configuration *configuration,
                      const char *pointer,
                      guint line_offset);

/* 400 invalid-event at pointer + member. */
Problem *refuse_event (const char *pointer, const char *member, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

Problem *refuse_media (const char *content_type, gboolean lines_too);
Problem *refuse_media_of_source (const char *content_type, char *const *content_types);
Problem *refuse_event_bytes (const char *pointer, const Configuration *configuration, gsize bytes);
Problem *refuse_event_count (const Configuration *configuration);
Problem *refuse_target_count (const char *pointer, const Configuration *configuration, guint n);
Problem *refuse_unknown_source (const char *name, gboolean switched_off);
Problem *refuse_unknown_bus (const char *pointer, const char *name);
Problem *refuse_queue_full (const Configuration *configuration);

G_END_DECLS
