/* search.h: searches that no index answers.  Any thread. */
#pragma once

#include "store/sqlite/find.h"
#include "store/sqlite/sqlite-store.h"

G_BEGIN_DECLS

/* With a text or a comparison: adds events, and moves the cursor to the last body looked at. */
gboolean search_bodies (Reader *reader,
                        const EventQuery *query,
                        StoreCursor *cursor,
                        guint limit,
                        GPtrArray *events,
                        GError **error);

/* Adds what fits, and moves the cursor to the last one added. */
typedef gboolean (*SearchStretch) (Reader *reader,
                                   const EventQuery *query,
                                   StoreCursor *cursor,
                                   guint limit,
                                   GPtrArray *events,
                                   GError **error);

/* The same by columns that no index has, a stretch after the other. */
gboolean search_in_stretches (Reader *reader,
                              const EventQuery *query,
                              StoreCursor *cursor,
                              guint limit,
                              GPtrArray *events,
                              SearchStretch look,
                              GError **error);

G_END_DECLS
