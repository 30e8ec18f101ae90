/* write.c: putting one file of the configuration in place, whole or not at all.
 *
 * The new text is written beside the file under a hidden name, which the reader of the folder
 * passes over, and takes its place only when it is on the disk. */
#include "config/configuration.h"

#include "base/disk.h"
#include "base/error.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

gboolean
config_path_is_valid (const char *relative)
{
  g_auto (GStrv) parts = g_strsplit (relative, "/", -1);
  guint n_parts = g_strv_length (parts);

  if (n_parts < 1 || n_parts > 3)
    return FALSE;
  for (guint i = 0; i < n_parts - 1; i++)
    if (!config_name_is_valid (parts[i]))
      return FALSE;
  if (!g_str_has_suffix (relative, ".json"))
    return FALSE;
  parts[n_parts - 1][strlen (parts[n_parts - 1]) - strlen (".json")] = '\0';
  return config_name_is_valid (parts[n_parts - 1]);
}

/* Says what failed, from errno. */
static gboolean
fail (GError **error, const char *what, const char *path)
{
  int failure = errno;
  gboolean full = failure == ENOSPC || failure == EDQUOT;

  g_set_error (error, ROUTER_ERROR, full ? ROUTER_ERROR_FULL : ROUTER_ERROR_STORAGE,
               "Cannot %s “%s”: %s", what, path, g_strerror (failure));
  return FALSE;
}

static gboolean
sync_folder (const char *folder, GError **error)
{
  errno = disk_sync_folder (folder);
  return errno == 0 || fail (error, "bring to the disk the folder", folder);
}

/* Makes the folders between folder and the file. */
static gboolean
make_folders (const char *folder, const char *relative, GError **error)
{
  for (const char *slash = strchr (relative, '/'); slash; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *inner = g_strndup (relative, (gsize) (slash - relative));
      g_autofree char *path = g_build_filename (folder, inner, NULL);
      g_autofree char *parent = g_path_get_dirname (path);

      if (g_mkdir (path, 0777) == 0)
        {
          if (!sync_folder (parent, error))
            return FALSE;
        }
      else if (errno != EEXIST)
        return fail (error, "make the folder", path);
    }
  return TRUE;
}

static gboolean
write_all (int fd, const char *text, gsize length)
{
  errno = disk_write_all (fd, text, length);
  return errno == 0;
}

/* A new file is readable as the umask says; one that was there stays as it was.  The owner can be
 * kept only by root: that another cannot is no reason to refuse the edit. */
static gboolean
keep_mode (int fd, const struct stat *old)
{
  if (!old)
    return TRUE;
  if (old->st_uid != geteuid () || old->st_gid != getegid ())
    {
      int ignored G_GNUC_UNUSED = fchown (fd, old->st_uid, old->st_gid);
    }
  return fchmod (fd, old->st_mode & 07777) == 0;
}

static gboolean
replace (const char *path, const struct stat *old, const char *text, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *temporary = g_strdup_printf ("%s/.%s.XXXXXX", folder, name);
  /* What may be secret is never readable by others, not even for a moment. */
  int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, old ? 0600 : 0666);
  gboolean ok;

  if (fd < 0)
    return fail (error, "write beside", path);
  ok = write_all (fd, text, strlen (text)) && keep_mode (fd, old) && fsync (fd) == 0;
  if (!ok)
    fail (error, "write", temporary);
  close (fd);
  if (ok && g_rename (temporary, path) != 0)
    ok = fail (error, "put the new text in place of", path);
  if (!ok)
    {
      g_unlink (temporary);
      return FALSE;
    }
  return sync_folder (folder, error);
}

static gboolean
delete_file (const char *path, const char *relative, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_unlink (path) == 0)
    return sync_folder (folder, error);
  if (errno != ENOENT && errno != ENOTDIR)
    return fail (error, "delete", path);
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND, "There is no file “%s” to delete",
               relative);
  return FALSE;
}

gboolean
config_write_file (const char *folder, const char *relative, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, relative, NULL);
  g_autofree char *target = NULL;
  struct stat old;

  if (!config_path_is_valid (relative))
    {
      g_set_error (
          error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
          "“%s” is no file of a configuration: expected router.json, <kind>/<name>.json or "
          "rule/<bus>/<name>.json",
          relative);
      return FALSE;
    }
  if (!text)
    return delete_file (path, relative, error);
  if (!make_folders (folder, relative, error))
    return FALSE;
  /* A link stays a link: what it leads to is written. */
  target = realpath (path, NULL);
  if (!target)
    return replace (path, NULL, text, error);
  if (stat (target, &old) != 0)
    return fail (error, "look at", target);
  if (!S_ISREG (old.st_mode))
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT,
                   "“%s” is in the way: it is no regular file; remove it first", target);
      return FALSE;
    }
  return replace (target, &old, text, error);
}
