/* replace.c: a whole folder's files, replaced all or not at all.
 *
 * What the folder shall say is written beside the files first, under a hidden name; only then are
 * they written, each atomically, and the hidden one goes last.  Whoever finds it at a start does
 * again what it says, which does no harm twice.  Blocks; one caller at a time. */
#include "config/configuration.h"

#include "config/diff.h"
#include "config/folder.h"

#include "base/disk.h"
#include "base/error.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define INTENT ".signalbox-apply"

static gboolean
fail (GError **error, const char *what, const char *path)
{
  int failure = errno;
  gboolean full = failure == ENOSPC || failure == EDQUOT;

  g_set_error (error, ROUTER_ERROR, full ? ROUTER_ERROR_FULL : ROUTER_ERROR_STORAGE,
               "Cannot %s “%s”: %s", what, path, g_strerror (failure));
  return FALSE;
}

static char *
content_of (GHashTable *files)
{
  g_autoptr (JsonObject) content = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), content);
  GHashTableIter iter;
  gpointer path, text;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &path, &text))
    json_object_set_string_member (content, path, text);
  return json_to_string (node, FALSE);
}

static gboolean
write_intent (const char *folder, GHashTable *files, GError **error)
{
  g_autofree char *path = g_build_filename (folder, INTENT, NULL);
  g_autofree char *temporary = g_strconcat (path, ".new", NULL);
  g_autofree char *text = content_of (files);
  int fd = g_open (temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  gboolean ok;

  if (fd < 0)
    return fail (error, "write", temporary);
  errno = disk_write_all (fd, text, strlen (text));
  ok = errno == 0 && fsync (fd) == 0;
  if (!ok)
    fail (error, "write", temporary);
  close (fd);
  if (ok && g_rename (temporary, path) != 0)
    ok = fail (error, "write", path);
  if (ok && (errno = disk_sync_folder (folder)) != 0)
    ok = fail (error, "bring to the disk the folder", folder);
  if (!ok)
    g_unlink (temporary);
  return ok;
}

static gboolean
drop_intent (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, INTENT, NULL);

  if (g_unlink (path) != 0 && errno != ENOENT)
    return fail (error, "delete", path);
  if ((errno = disk_sync_folder (folder)) != 0)
    return fail (error, "bring to the disk the folder", folder);
  return TRUE;
}

/* One that is not there is deleted already. */
static gboolean
delete_file (const char *folder, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (config_write_file (folder, path, NULL, &local) ||
      g_error_matches (local, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
write_differences (const char *folder, GHashTable *before, GHashTable *files, GError **error)
{
  GHashTableIter iter;
  gpointer path, text;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &path, &text))
    if (g_strcmp0 (g_hash_table_lookup (before, path), text) != 0 &&
        !config_write_file (folder, path, text, error))
      return FALSE;
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (!g_hash_table_contains (files, path) && !delete_file (folder, path, error))
      return FALSE;
  return TRUE;
}

gboolean
config_replace_files (const char *folder, GHashTable *before, GHashTable *files, GError **error)
{
  return write_intent (folder, files, error) && write_differences (folder, before, files, error) &&
         drop_intent (folder, error);
}

GHashTable *
config_read_files (const char *folder, const ConfigSchema *const *connector_schemas, GError **error)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (
      (GDestroyNotify) config_problem_free);
  g_autoptr (GPtrArray) read = config_folder_read (folder, connector_schemas, NULL, problems);
  g_autoptr (GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < read->len; i++)
    {
      const ConfigFile *file = read->pdata[i];

      if (!file->text || strlen (file->text) != file->length ||
          !g_utf8_validate (file->text, (gssize) file->length, NULL))
        {
          g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                       "“%s” in “%s” cannot be read as text", file->path, folder);
          return NULL;
        }
      g_hash_table_insert (files, g_strdup (file->path), g_strdup (file->text));
    }
  return g_steal_pointer (&files);
}

gboolean
config_recover (const char *folder, const ConfigSchema *const *connector_schemas, GError **error)
{
  g_autofree char *path = g_build_filename (folder, INTENT, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GHashTable) files = NULL, before = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  files = config_content_parse (text);
  if (!files)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                   "“%s” is left of an interrupted change and cannot be read; look at the "
                   "configuration and delete it",
                   path);
      return FALSE;
    }
  before = config_read_files (folder, connector_schemas, error);
  return before && write_differences (folder, before, files, error) && drop_intent (folder, error);
}
