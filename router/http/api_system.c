/* The disk below the store, and whether all of it is well: what signalboxctl doctor looks at, for
 * those who have no shell on the router's machine. */
#include "http/api-private.h"

#include "store/examine.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>

typedef enum
{
  KIND_EVENTS,
  KIND_LOG,
  KIND_INDEX,
  KIND_OTHER,
  N_KINDS,
} FileKind;

static FileKind
kind_of (const char *name)
{
  if (g_str_has_suffix (name, ".db"))
    return KIND_EVENTS;
  if (g_str_has_suffix (name, "-wal"))
    return KIND_LOG;
  if (g_str_has_suffix (name, "-shm"))
    return KIND_INDEX;
  return KIND_OTHER;
}

static void
put_kinds (JsonOut *out, const char *state_dir)
{
  static const char *const names[N_KINDS] = { "events", "log", "index", "other" };
  g_autoptr (GDir) folder = g_dir_open (state_dir, 0, NULL);
  gint64 bytes[N_KINDS] = { 0 };
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (state_dir, name, NULL);
      GStatBuf status;

      if (g_lstat (path, &status) == 0 && S_ISREG (status.st_mode))
        bytes[kind_of (name)] += status.st_size;
    }
  json_out_object (out, "bytes");
  for (guint i = 0; i < N_KINDS; i++)
    json_out_int (out, names[i], bytes[i]);
  json_out_end_object (out);
}

void
api_get_disk (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const char *state_dir = api->setup.state_dir;
  struct statvfs disk;
  JsonOut *out;

  if (statvfs (state_dir, &disk) != 0)
    {
      g_autoptr (Problem) problem = problem_new (500, "storage-failed", "The store failed",
                                                 "%s: %s", state_dir, g_strerror (errno));

      http_answer_problem (request, problem);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_string (out, "path", state_dir);
  put_kinds (out, state_dir);
  json_out_int (out, "free_bytes", (gint64) disk.f_bavail * (gint64) disk.f_frsize);
  json_out_int (out, "disk_bytes", (gint64) disk.f_blocks * (gint64) disk.f_frsize);
  json_out_end_object (out);
  api_answer_json (request, out);
}

static void
put_findings (JsonOut *out, GPtrArray *findings)
{
  static const char *const
      levels[] = { [FINDING_GOOD] = "good", [FINDING_WARNING] = "warning", [FINDING_BAD] = "bad" };

  json_out_array (out, "findings");
  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = g_ptr_array_index (findings, i);

      json_out_object (out, NULL);
      json_out_string (out, "name", finding->name);
      json_out_string (out, "level", levels[finding->level]);
      json_out_string (out, "text", finding->text);
      json_out_string (out, "remedy", *finding->remedy != '\0' ? finding->remedy : NULL);
      json_out_end_object (out);
    }
  json_out_end_array (out);
}

static Problem *
read_thorough (HttpRequest *request, gboolean *out_thorough)
{
  g_autoptr (JsonNode) root = NULL;
  Problem *problem = api_body_object (request, &root);
  JsonNode *node;

  if (problem != NULL)
    return problem;
  node = json_object_get_member (json_node_get_object (root), "thorough");
  if (node == NULL)
    return NULL;
  if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return problem_new (400, "invalid-request", "The request is not valid",
                        "“thorough” must be true or false");
  *out_thorough = json_node_get_boolean (node);
  return NULL;
}

void
api_examine (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  gboolean thorough = FALSE;
  g_autoptr (Problem) problem = read_thorough (request, &thorough);
  g_autoptr (GPtrArray) findings = NULL;
  JsonOut *out;

  if (problem == NULL && api->setup.store->engine->backup == NULL)
    problem = problem_new (409, "conflict", "The object is not in a state for this",
                           "The store is kept in memory; there are no files to look at");
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  findings = store_examine (api->setup.state_dir, thorough, api->setup.clock);
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_bool (out, "thorough", thorough);
  put_findings (out, findings);
  json_out_end_object (out);
  api_answer_json (request, out);
}
