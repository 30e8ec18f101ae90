/* Writing so that it stays written. */
#include "base/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
disk_sync_folder (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int error_number = 0;

  if (fd < 0)
    return errno;
  if (fsync (fd) != 0)
    error_number = errno;
  close (fd);
  return error_number;
}

/* One folder whose parent is there. */
static int
make_folder (const char *folder, const char *parent)
{
  if (mkdir (folder, 0750) == 0)
    return disk_sync_folder (parent);
  if (errno == EEXIST)
    return g_file_test (folder, G_FILE_TEST_IS_DIR) ? 0 : ENOTDIR;
  return errno;
}

int
disk_make_folders (const char *folder)
{
  g_autofree char *parent = g_path_get_dirname (folder);
  int error_number = make_folder (folder, parent);

  if (error_number != ENOENT || strcmp (parent, folder) == 0)
    return error_number;
  error_number = disk_make_folders (parent);
  /* Once more only: there are folders that are there and take none in, those of /proc for example.
   */
  return error_number != 0 ? error_number : make_folder (folder, parent);
}

int
disk_write_all (int fd, const char *bytes, gsize length)
{
  while (length > 0)
    {
      ssize_t n = write (fd, bytes, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno;
      bytes += n;
      length -= (gsize) n;
    }
  return 0;
}
