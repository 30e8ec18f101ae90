#include "config.h"

#include <string.h>

#include "sb-graph-overlay.h"
#include "sb-json.h"

/* The routes as files would make them, held against those in force.  The files are put into a copy
 * of the router's answer, in its own words; of the two graphs one is made. */

/* ---- The answer as it would be --------------------------------------------------------------- */

static JsonArray *
array_of (JsonObject *routes, const char *member)
{
  JsonArray *array = sb_json_array (routes, member);

  if (array == NULL)
    {
      array = json_array_new ();
      json_object_set_array_member (routes, member, array);
    }
  return array;
}

/* The object of a name, taken out; a new one where there is none. */
static JsonObject *
take_named (JsonArray *array, const char *name)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

      if (object == NULL || !g_str_equal (sb_json_string (object, "name"), name))
        continue;
      json_object_ref (object);
      json_array_remove_element (array, i);
      return object;
    }
  return json_object_new ();
}

/* Targets as they are told keep their counts. */
static JsonArray *
pending_targets (JsonObject *file)
{
  g_autoptr (GPtrArray) targets = sb_json_objects (file, "Targets");
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < targets->len; i++)
    {
      JsonObject *target = json_object_new ();

      json_object_set_string_member (target, "id", sb_json_string (targets->pdata[i], "Id"));
      json_object_set_string_member (target, "connector",
                                     sb_json_string (targets->pdata[i], "Arn"));
      json_array_add_object_element (array, target);
    }
  return array;
}

static void
put_rule (JsonObject *routes, const char *name, JsonObject *file)
{
  JsonArray *rules = array_of (routes, "rules");
  g_autoptr (JsonObject) rule = take_named (rules, name);
  g_autofree char *bus = g_strndup (name, strcspn (name, "/"));

  if (file == NULL)
    return;
  json_object_set_string_member (rule, "name", name);
  json_object_set_string_member (rule, "bus", bus);
  json_object_set_string_member (rule, "description", sb_json_string (file, "Description"));
  json_object_set_boolean_member (rule, "enabled",
                                  !g_str_equal (sb_json_string (file, "State"), "DISABLED"));
  json_object_set_array_member (rule, "targets", pending_targets (file));
  json_array_add_object_element (rules, g_steal_pointer (&rule));
}

/* Sources, buses and connectors. */
static void
put_object (JsonObject *routes, const char *member, const char *name, JsonObject *file)
{
  JsonArray *array = array_of (routes, member);
  g_autoptr (JsonObject) object = take_named (array, name);
  const char *bus = sb_json_string (file, "Bus");

  if (file == NULL)
    return;
  json_object_set_string_member (object, "name", name);
  if (g_str_equal (member, "sources"))
    json_object_set_string_member (object, "bus", *bus != '\0' ? bus : "default");
  if (!json_object_has_member (object, "description"))
    json_object_set_string_member (object, "description", sb_json_string (file, "Description"));
  json_array_add_object_element (array, g_steal_pointer (&object));
}

/* The id of the node that a file is about, or NULL. */
static char *
id_of_file (const char *path)
{
  g_autofree char *name = NULL;

  if (!g_str_has_suffix (path, ".json") || strchr (path, '/') == NULL)
    return NULL;
  name = g_strndup (path, strlen (path) - strlen (".json"));
  if (g_str_has_prefix (name, "rule/") || g_str_has_prefix (name, "source/") ||
      g_str_has_prefix (name, "bus/"))
    return g_steal_pointer (&name);
  return g_strconcat ("connector/", name, NULL);
}

static void
put_file (JsonObject *routes, const char *id, const char *text)
{
  g_autoptr (JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonObject *file = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node)
                                                                   : NULL;
  const char *name = strchr (id, '/') + 1;

  if (text != NULL && file == NULL)
    return;
  if (g_str_has_prefix (id, "rule/"))
    put_rule (routes, name, file);
  else if (g_str_has_prefix (id, "source/"))
    put_object (routes, "sources", name, file);
  else if (g_str_has_prefix (id, "bus/"))
    put_object (routes, "buses", name, file);
  else
    put_object (routes, "connectors", name, file);
}

/* ---- Two graphs in one ----------------------------------------------------------------------- */

static void
add_nodes (SbGraph *out, const SbGraph *graph, const SbGraph *other, SbChange when_missing)
{
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const SbNode *node = sb_graph_node (graph, i);
      SbNode *copy = sb_node_copy (node);

      copy->change = sb_graph_find (other, node->id) < 0 ? when_missing : SB_CHANGE_NONE;
      sb_graph_add (out, copy);
    }
}

static int
find_edge (const SbGraph *graph, const SbGraph *other, const SbEdge *edge)
{
  int from = sb_graph_find (other, sb_graph_node (graph, edge->from)->id);
  int to = sb_graph_find (other, sb_graph_node (graph, edge->to)->id);

  return from >= 0 && to >= 0 ? sb_graph_find_edge (other, (guint) from, (guint) to) : -1;
}

/* Of edges that are in both, only those of graph. */
static void
add_edges (SbGraph *out,
           const SbGraph *graph,
           const SbGraph *other,
           SbChange when_missing,
           gboolean both)
{
  for (guint i = 0; i < graph->edges->len; i++)
    {
      SbEdge edge = *sb_graph_edge (graph, i);
      gboolean missing = find_edge (graph, other, &edge) < 0;

      if (!missing && !both)
        continue;
      edge.change = missing ? when_missing : SB_CHANGE_NONE;
      sb_graph_add_edge (out, (guint) sb_graph_find (out, sb_graph_node (graph, edge.from)->id),
                         (guint) sb_graph_find (out, sb_graph_node (graph, edge.to)->id), &edge);
    }
}

SbGraph *
sb_graph_new_pending (JsonObject *routes, GHashTable *files)
{
  g_autoptr (JsonNode) now = json_node_init_object (json_node_alloc (), routes);
  g_autofree char *text = json_to_string (now, FALSE);
  g_autoptr (JsonNode) then = json_from_string (text, NULL);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SbGraph) before = sb_graph_new (routes);
  g_autoptr (SbGraph) after = NULL;
  SbGraph *out = sb_graph_new_empty ();
  GHashTableIter iter;
  gpointer path, content;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &path, &content))
    {
      char *id = id_of_file (path);

      if (id == NULL)
        continue;
      put_file (json_node_get_object (then), id, content);
      g_ptr_array_add (ids, id);
    }
  after = sb_graph_new (json_node_get_object (then));
  add_nodes (out, before, after, SB_CHANGE_REMOVED);
  add_nodes (out, after, before, SB_CHANGE_ADDED);
  sb_graph_sort (out);
  add_edges (out, before, after, SB_CHANGE_REMOVED, TRUE);
  add_edges (out, after, before, SB_CHANGE_ADDED, FALSE);
  for (guint i = 0; i < ids->len; i++)
    {
      int node = sb_graph_find (out, ids->pdata[i]);

      if (node >= 0 && sb_graph_node (out, (guint) node)->change == SB_CHANGE_NONE)
        sb_graph_node (out, (guint) node)->change = SB_CHANGE_CHANGED;
    }
  out->n_events = before->n_events;
  return out;
}
