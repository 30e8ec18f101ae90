/* The lock on a store's folder: an flock(2) on the file "lock" in it.
 *
 * The kernel lets go of it when the process dies, so there is no stale lock to clean up; the
 * process id in the file is for messages only. */
#include "store/sqlite/lock.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static void
refuse (const char *folder, int fd, GError **error)
{
  char holder[32] = "";
  gssize length = pread (fd, holder, sizeof holder - 1, 0);

  holder[length > 0 ? length : 0] = '\0';
  g_strstrip (holder);
  g_set_error (
      error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT,
      "The folder %s is in use by another signalboxd (process %s); stop that one first, or "
      "give this one a folder of its own",
      folder, *holder != '\0' ? holder : "unknown");
}

int
lock_take (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "lock", NULL);
  g_autofree char *holder = g_strdup_printf ("%d\n", (int) getpid ());
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE,
                   "Cannot open %s: %s; check that the folder exists and who owns it", path,
                   g_strerror (errno));
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (errno == EWOULDBLOCK)
        refuse (folder, fd, error);
      else
        g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE, "Cannot lock %s: %s", path,
                     g_strerror (errno));
      close (fd);
      return -1;
    }
  /* Failing to note the holder, on a full disk say, costs no more than a poorer message. */
  if (ftruncate (fd, 0) != 0 || write (fd, holder, strlen (holder)) < 0)
    g_debug ("Cannot note the process id in %s: %s", path, g_strerror (errno));
  return fd;
}

gboolean
lock_is_held (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "lock", NULL);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean is_held = fd >= 0 && flock (fd, LOCK_SH | LOCK_NB) != 0;

  if (fd >= 0)
    close (fd);
  return is_held;
}

void
lock_release (int lock)
{
  close (lock);
}
