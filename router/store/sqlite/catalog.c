/* Names and routes by number, as the writing connection sees them.
 *
 * Mirrors two tables to which rows are only ever added.  What was added in a transaction that is
 * rolled back is forgotten here too, else later rows would hold numbers that nothing explains. */
#include "store/sqlite/catalog.h"

/* No configuration has as many names. */
#define MAX_ID G_MAXINT32

typedef struct
{
  gint64 id;
  char *text;
} Name;

typedef struct
{
  gint64 id;
  gint64 rule, target, connector; /* names */
} Route;

struct Catalog
{
  Database *database;
  GPtrArray *names; /* Name; what the last transaction added is at the end */
  GHashTable *name_by_text;
  GHashTable *name_by_id;
  guint n_names_kept;
  GPtrArray *routes; /* Route, likewise */
  GHashTable *route_by_names;
  GHashTable *route_by_id;
  guint n_routes_kept;
};

static guint
route_hash (gconstpointer data)
{
  const Route *route = data;

  return (guint) (route->rule * 31 * 31 + route->target * 31 + route->connector);
}

static gboolean
route_equal (gconstpointer a, gconstpointer b)
{
  const Route *x = a, *y = b;

  return x->rule == y->rule && x->target == y->target && x->connector == y->connector;
}

static void
name_free (Name *name)
{
  g_free (name->text);
  g_free (name);
}

static void
add_name (Catalog *catalog, gint64 id, const char *text)
{
  Name *name = g_new (Name, 1);

  *name = (Name){ id, g_strdup (text) };
  g_ptr_array_add (catalog->names, name);
  g_hash_table_insert (catalog->name_by_text, name->text, name);
  g_hash_table_insert (catalog->name_by_id, &name->id, name);
}

static void
add_route (Catalog *catalog, const Route *new)
{
  Route *route = g_new (Route, 1);

  *route = *new;
  g_ptr_array_add (catalog->routes, route);
  g_hash_table_add (catalog->route_by_names, route);
  g_hash_table_insert (catalog->route_by_id, &route->id, route);
}

static gboolean
load_names (Catalog *catalog, GError **error)
{
  g_autoptr (Statement) statement = database_prepare (
      catalog->database, "SELECT id, text FROM name ORDER BY id", error);
  gboolean has_row = TRUE;

  if (statement == NULL)
    return FALSE;
  while (TRUE)
    {
      gint64 id;
      const char *text;

      if (!statement_step (statement, &has_row, "read the names", error))
        return FALSE;
      if (!has_row)
        return TRUE;
      id = statement_read_int_between (statement, 1, MAX_ID);
      text = statement_read_text (statement);
      if (!statement_check_row (statement, "name", id, error))
        return FALSE;
      add_name (catalog, id, text);
    }
}

static gboolean
load_routes (Catalog *catalog, GError **error)
{
  g_autoptr (Statement) statement = database_prepare (
      catalog->database, "SELECT id, rule, target, connector FROM route ORDER BY id", error);
  gboolean has_row;

  if (statement == NULL)
    return FALSE;
  while (TRUE)
    {
      Route route;

      if (!statement_step (statement, &has_row, "read the routes", error))
        return FALSE;
      if (!has_row)
        return TRUE;
      route.id = statement_read_int_between (statement, 1, MAX_ID);
      route.rule = statement_read_int (statement);
      route.target = statement_read_int (statement);
      route.connector = statement_read_int (statement);
      if (!statement_check_row (statement, "route", route.id, error))
        return FALSE;
      add_route (catalog, &route);
    }
}

Catalog *
catalog_new (Database *database, GError **error)
{
  g_autoptr (Catalog) catalog = g_new0 (Catalog, 1);

  catalog->database = database;
  catalog->names = g_ptr_array_new_with_free_func ((GDestroyNotify) name_free);
  catalog->name_by_text = g_hash_table_new (g_str_hash, g_str_equal);
  catalog->name_by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  catalog->routes = g_ptr_array_new_with_free_func (g_free);
  catalog->route_by_names = g_hash_table_new (route_hash, route_equal);
  catalog->route_by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  if (!load_names (catalog, error) || !load_routes (catalog, error))
    return NULL;
  catalog_keep (catalog);
  return g_steal_pointer (&catalog);
}

void
catalog_free (Catalog *catalog)
{
  g_hash_table_unref (catalog->name_by_text);
  g_hash_table_unref (catalog->name_by_id);
  g_hash_table_unref (catalog->route_by_names);
  g_hash_table_unref (catalog->route_by_id);
  g_ptr_array_unref (catalog->names);
  g_ptr_array_unref (catalog->routes);
  g_free (catalog);
}

static gint64
last_id (GPtrArray *entries)
{
  /* Both kinds of entry begin with their id. */
  return entries->len > 0 ? *(gint64 *) g_ptr_array_index (entries, entries->len - 1) : 0;
}

gboolean
catalog_get_name (Catalog *catalog, const char *text, gint64 *out_id, GError **error)
{
  Name *name = g_hash_table_lookup (catalog->name_by_text, text);
  gint64 id = last_id (catalog->names) + 1;
  Statement *insert;

  if (name != NULL)
    {
      *out_id = name->id;
      return TRUE;
    }
  insert = database_prepare (catalog->database, "INSERT INTO name VALUES (?, ?)", error);
  if (insert == NULL)
    return FALSE;
  statement_bind_int (insert, id);
  statement_bind_text (insert, text);
  if (!statement_run (insert, "add a name", error))
    return FALSE;
  add_name (catalog, id, text);
  *out_id = id;
  return TRUE;
}

static gboolean
insert_route (Catalog *catalog, const Route *route, GError **error)
{
  Statement *insert = database_prepare (catalog->database, "INSERT INTO route VALUES (?, ?, ?, ?)",
                                        error);

  if (insert == NULL)
    return FALSE;
  statement_bind_int (insert, route->id);
  statement_bind_int (insert, route->rule);
  statement_bind_int (insert, route->target);
  statement_bind_int (insert, route->connector);
  return statement_run (insert, "add a route", error);
}

gboolean
catalog_get_route (Catalog *catalog,
                   const char *rule,
                   const char *target,
                   const char *connector,
                   gint64 *out_id,
                   GError **error)
{
  Route route = { .id = last_id (catalog->routes) + 1 };
  const Route *known;

  if (!catalog_get_name (catalog, rule, &route.rule, error) ||
      !catalog_get_name (catalog, target, &route.target, error) ||
      !catalog_get_name (catalog, connector, &route.connector, error))
    return FALSE;
  known = g_hash_table_lookup (catalog->route_by_names, &route);
  if (known == NULL)
    {
      if (!insert_route (catalog, &route, error))
        return FALSE;
      add_route (catalog, &route);
    }
  *out_id = known != NULL ? known->id : route.id;
  return TRUE;
}

static gboolean
route_is_missing (Catalog *catalog, gint64 route, GError **error)
{
  return database_damaged (catalog->database, error,
                           "route %" G_GINT64_FORMAT " or one of its names is missing", route);
}

static const char *
find_text (Catalog *catalog, gint64 name)
{
  const Name *known = g_hash_table_lookup (catalog->name_by_id, &name);

  return known != NULL ? known->text : NULL;
}

gboolean
catalog_get_connector (Catalog *catalog,
                       gint64 route,
                       const char **out_connector,
                       gint64 *out_id,
                       GError **error)
{
  const Route *known = g_hash_table_lookup (catalog->route_by_id, &route);
  const char *text = known != NULL ? find_text (catalog, known->connector) : NULL;

  if (text == NULL)
    return route_is_missing (catalog, route, error);
  if (out_connector != NULL)
    *out_connector = g_intern_string (text);
  if (out_id != NULL)
    *out_id = known->connector;
  return TRUE;
}

gboolean
catalog_get_route_to (Catalog *catalog,
                      gint64 route,
                      const char *connector,
                      gint64 *out_id,
                      GError **error)
{
  const Route *known = g_hash_table_lookup (catalog->route_by_id, &route);
  const char *rule = known != NULL ? find_text (catalog, known->rule) : NULL;
  const char *target = known != NULL ? find_text (catalog, known->target) : NULL;

  if (rule == NULL || target == NULL)
    return route_is_missing (catalog, route, error);
  return catalog_get_route (catalog, rule, target, connector, out_id, error);
}

void
catalog_keep (Catalog *catalog)
{
  catalog->n_names_kept = catalog->names->len;
  catalog->n_routes_kept = catalog->routes->len;
}

void
catalog_take_back (Catalog *catalog)
{
  while (catalog->names->len > catalog->n_names_kept)
    {
      Name *name = g_ptr_array_index (catalog->names, catalog->names->len - 1);

      g_hash_table_remove (catalog->name_by_text, name->text);
      g_hash_table_remove (catalog->name_by_id, &name->id);
      g_ptr_array_set_size (catalog->names, (int) catalog->names->len - 1);
    }
  while (catalog->routes->len > catalog->n_routes_kept)
    {
      Route *route = g_ptr_array_index (catalog->routes, catalog->routes->len - 1);

      g_hash_table_remove (catalog->route_by_names, route);
      g_hash_table_remove (catalog->route_by_id, &route->id);
      g_ptr_array_set_size (catalog->routes, (int) catalog->routes->len - 1);
    }
}
