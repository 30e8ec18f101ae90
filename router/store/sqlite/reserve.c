/* Room kept for settlements.  Writer thread. */
#include "store/sqlite/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* On a disk with less room than this many reserves, it would be in the way of the store itself. */
#define ROOM_FACTOR 4

static gboolean
has_room (const char *path, guint64 bytes)
{
  struct statvfs status;

  return statvfs (path, &status) == 0 && (guint64) status.f_bavail * status.f_frsize >= bytes;
}

/* Blocks that are really there: a file with holes would keep nothing. */
static gboolean
allocate (Reserve *reserve)
{
  int fd = open (reserve->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  gboolean ok = fd >= 0 && posix_fallocate (fd, 0, RESERVE_BYTES) == 0;

  if (!ok && fd >= 0 && ftruncate (fd, 0) != 0)
    g_debug ("Cannot empty %s: %s", reserve->path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return ok;
}

void
reserve_init (Reserve *reserve, const char *folder)
{
  *reserve = (Reserve){ .path = g_build_filename (folder, "reserve", NULL) };
  if (has_room (folder, (guint64) ROOM_FACTOR * RESERVE_BYTES))
    reserve->is_held = allocate (reserve);
}

void
reserve_clear (Reserve *reserve)
{
  g_clear_pointer (&reserve->path, g_free);
}

void
reserve_give_up (Reserve *reserve)
{
  if (!reserve->is_held)
    return;
  if (truncate (reserve->path, 0) != 0)
    g_debug ("Cannot empty %s: %s", reserve->path, g_strerror (errno));
  reserve->is_held = FALSE;
  reserve->was_given_up = TRUE;
}

gboolean
reserve_restore (Reserve *reserve)
{
  if (!reserve->was_given_up)
    return TRUE;
  reserve->is_held = allocate (reserve);
  reserve->was_given_up = !reserve->is_held;
  return reserve->is_held;
}
