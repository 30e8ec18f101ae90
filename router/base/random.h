/* random.h: chance as a parameter.  Only random.c asks the system.  Any thread may use one. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Random Random;

Random *random_system_new (void);         /* getrandom(2) */
Random *random_seeded_new (guint64 seed); /* the same numbers each time; for tests */
void random_free (Random *random);

guint64 random_u64 (Random *random);
double random_unit (Random *random); /* [0, 1) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Random, random_free)

G_END_DECLS
