/* schema.h: the tables, and how a file of any earlier version becomes one of this version. */
#pragma once

#include "store/sqlite/database.h"

G_BEGIN_DECLS

/* "SgBx": marks a file as a Signalbox store. */
#define SCHEMA_APPLICATION_ID 0x53674278

/* A delivery's number in the file: its event's seq and its index in one integer, so that the
 * deliveries of an event lie side by side and the order by number is the order by (seq, index). */
#define SCHEMA_INDEX_BITS 16
#define SCHEMA_MAX_INDEX ((1 << SCHEMA_INDEX_BITS) - 1)
#define SCHEMA_MAX_SEQ (G_MAXINT64 >> SCHEMA_INDEX_BITS)

/* Migration i brings a file from version i to i + 1.  What was once released never changes: a new
 * version is a new entry at the end. */
extern const char *const schema_migrations[];
extern const guint schema_n_migrations;

/* Changes nothing.  ROUTER_ERROR_STORAGE for a file of a newer version than n_migrations, and for
 * one that another program made. */
gboolean schema_check (Database *database, guint n_migrations, GError **error);

/* Checks, then brings the file to version n_migrations, one transaction a step: a step that fails
 * leaves the version before it. */
gboolean schema_migrate (Database *database,
                         const char *const *migrations,
                         guint n_migrations,
                         GError **error);

G_END_DECLS
