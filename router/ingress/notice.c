/* One inotify descriptor and one eventfd, looked at together. */
#include "ingress/notice.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Hard links and symbolic ones are only created; what is written is worth a look once it is closed,
 * and what is created for writing is looked at too early, which costs nothing but the look. */
#define WATCHED                                                                                    \
  (IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF |          \
   IN_ONLYDIR)

struct Notice
{
  int inotify_fd; /* -1: there is none */
  int wake_fd;
  GHashTable *watched; /* path -> watch descriptor */
  GHashTable *named;   /* the same, between begin and end; NULL else */
};

Notice *
notice_new (void)
{
  Notice *notice = g_new0 (Notice, 1);

  notice->inotify_fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  notice->wake_fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (notice->wake_fd < 0)
    g_error ("No descriptor is left to be woken by: %s", g_strerror (errno));
  notice->watched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return notice;
}

void
notice_free (Notice *notice)
{
  if (notice->inotify_fd >= 0)
    close (notice->inotify_fd);
  close (notice->wake_fd);
  g_hash_table_unref (notice->watched);
  g_clear_pointer (&notice->named, g_hash_table_unref);
  g_free (notice);
}

void
notice_begin (Notice *notice)
{
  notice->named = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* File systems whose files others change without this kernel: their numbers are in statfs(2). */
static gboolean
is_shared (const char *path)
{
  static const guint32 shared[] = {
    0x6969,     /* NFS */
    0x517b,     /* SMB */
    0xfe534d42, /* SMB 2 */
    0xff534d42, /* CIFS */
    0x65735546, /* FUSE */
    0x01021997, /* 9P */
    0x00c36400, /* Ceph */
    0x5346414f, /* AFS */
    0x73757245, /* Coda */
    0x564c,     /* NCP */
    0x01161970, /* GFS2 */
    0x7461636f, /* OCFS2 */
    0x0bd00bd0, /* Lustre */
    0x786f4256, /* VirtualBox's shared folders */
  };
  struct statfs found;

  if (statfs (path, &found) != 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (shared); i++)
    if ((guint32) found.f_type == shared[i])
      return TRUE;
  return FALSE;
}

gboolean
notice_watch (Notice *notice, const char *path)
{
  int watch;

  if (notice->inotify_fd < 0 || is_shared (path))
    return FALSE;
  /* The same folder has the same watch; one that was made anew gets another. */
  watch = inotify_add_watch (notice->inotify_fd, path, WATCHED);
  if (watch < 0)
    return FALSE;
  g_hash_table_insert (notice->named, g_strdup (path), GINT_TO_POINTER (watch));
  return TRUE;
}

static gboolean
is_named (Notice *notice, gpointer watch)
{
  GHashTableIter iter;
  gpointer named;

  g_hash_table_iter_init (&iter, notice->named);
  while (g_hash_table_iter_next (&iter, NULL, &named))
    if (named == watch)
      return TRUE;
  return FALSE;
}

void
notice_end (Notice *notice)
{
  GHashTableIter iter;
  gpointer watch;

  g_hash_table_iter_init (&iter, notice->watched);
  while (g_hash_table_iter_next (&iter, NULL, &watch))
    if (!is_named (notice, watch))
      inotify_rm_watch (notice->inotify_fd, GPOINTER_TO_INT (watch));
  g_hash_table_unref (notice->watched);
  notice->watched = g_steal_pointer (&notice->named);
}

static void
drain (int fd)
{
  char events[16 * (sizeof (struct inotify_event) + NAME_MAX + 1)];

  while (fd >= 0 && (read (fd, events, sizeof events) > 0 || errno == EINTR))
    ;
}

/* Rounded up, so that what is waited for is there. */
static int
milliseconds (gint64 timeout_us)
{
  return timeout_us < 0 ? -1 : (int) MIN ((timeout_us + 999) / 1000, G_MAXINT);
}

void
notice_wait (Notice *notice, gint64 timeout_us)
{
  struct pollfd looks[2] = { { .fd = notice->inotify_fd, .events = POLLIN },
                             { .fd = notice->wake_fd, .events = POLLIN } };

  if (poll (looks, G_N_ELEMENTS (looks), milliseconds (timeout_us)) <= 0)
    return;
  if (looks[0].revents != 0)
    drain (notice->inotify_fd);
  if (looks[1].revents != 0)
    drain (notice->wake_fd);
}

void
notice_wake (Notice *notice)
{
  const guint64 one = 1;

  while (write (notice->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
}
