/* id.h: event ids: UUID version 7 (RFC 9562), lower case, which sort by time. */
#pragma once

#include "base/clock.h"
#include "base/random.h"

G_BEGIN_DECLS

#define ID_LENGTH 36

void id_new (Clock *clock, Random *random, char out_id[ID_LENGTH + 1]);

/* A UUID of any version in its canonical form, either case. */
gboolean id_is_valid (const char *text);

G_END_DECLS
