/* catalog.h: the numbers of names and routes, for the writer.
 *
 * Names repeat in every row, so rows hold their numbers.  They come from the configuration, so
 * there are few and all of them fit in memory.  Writer thread only. */
#pragma once

#include "store/sqlite/database.h"

G_BEGIN_DECLS

typedef struct Catalog Catalog;

/* Reads all names and routes of the file. */
Catalog *catalog_new (Database *database, GError **error);
void catalog_free (Catalog *catalog);

/* The number of a name or route, given to it in the open transaction when it is new. */
gboolean catalog_get_name (Catalog *catalog, const char *text, gint64 *out_id, GError **error);
gboolean catalog_get_route (Catalog *catalog,
                            const char *rule,
                            const char *target,
                            const char *connector,
                            gint64 *out_id,
                            GError **error);

/* The connector's name, interned, and its number; either out may be NULL. */
gboolean catalog_get_connector (Catalog *catalog,
                                gint64 route,
                                const char **out_connector,
                                gint64 *out_id,
                                GError **error);
/* The route with the same rule and target to another connector. */
gboolean catalog_get_route_to (Catalog *catalog,
                               gint64 route,
                               const char *connector,
                               gint64 *out_id,
                               GError **error);

/* The transaction became durable; or it did not, and the numbers given in it are free again. */
void catalog_keep (Catalog *catalog);
void catalog_take_back (Catalog *catalog);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Catalog, catalog_free)

G_END_DECLS
