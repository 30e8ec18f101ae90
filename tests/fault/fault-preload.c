/* Loaded into a daemon with LD_PRELOAD: at the n-th call of a kind something goes wrong.
 *
 * SIGNALBOX_FAULT="CALL:N:WHAT", where CALL is write, sync, send, open, truncate or unlink, N
 * counts from 1, and WHAT is kill (SIGKILL in place of the call), eio, enospc or short (half of a
 * write is done).  Writes are those at a place in a file, pwrite(2), which in this daemon are the
 * store's.
 *
 * SIGNALBOX_FAULT_WHILE=PATH: while there is such a file, no write at a place in a file is done:
 * the disk is read-only, or with PATH.full beside it full. */
/* Both of each pair of names are defined here: neither may stand for the other. */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

typedef enum
{
  NOTHING,
  FAIL,
  SHORT,
} Fault;

ssize_t pwrite (int fd, const void *bytes, size_t n, off_t offset);
ssize_t pwrite64 (int fd, const void *bytes, size_t n, off64_t offset);

static atomic_long n_calls;

/* What is to happen at this call; errno is set when it is to fail. */
static Fault
fault_at (const char *call)
{
  const char *plan = getenv ("SIGNALBOX_FAULT");
  size_t length = strlen (call);
  const char *what;
  long at;

  if (plan == NULL || strncmp (plan, call, length) != 0 || plan[length] != ':')
    return NOTHING;
  at = strtol (plan + length + 1, NULL, 10);
  what = strrchr (plan, ':') + 1;
  if (atomic_fetch_add (&n_calls, 1) + 1 != at)
    return NOTHING;
  if (strcmp (what, "kill") == 0)
    kill (getpid (), SIGKILL);
  if (strcmp (what, "short") == 0)
    return SHORT;
  errno = strcmp (what, "enospc") == 0 ? ENOSPC : EIO;
  return FAIL;
}

#define REAL(name, type) ((type) dlsym (RTLD_NEXT, name))

/* errno of the disk at this moment, or 0. */
static int
disk_error (void)
{
  const char *flag = getenv ("SIGNALBOX_FAULT_WHILE");
  char full[4096];

  if (flag == NULL || access (flag, F_OK) != 0)
    return 0;
  snprintf (full, sizeof full, "%s.full", flag);
  return access (full, F_OK) == 0 ? ENOSPC : EROFS;
}

ssize_t
pwrite64 (int fd, const void *bytes, size_t n, off64_t offset)
{
  static ssize_t (*real) (int, const void *, size_t, off64_t);
  Fault fault = fault_at ("write");
  int error = disk_error ();

  if (error != 0)
    {
      errno = error;
      fault = FAIL;
    }
  if (real == NULL)
    real = REAL ("pwrite64", ssize_t (*) (int, const void *, size_t, off64_t));
  if (fault == FAIL)
    return -1;
  return real (fd, bytes, fault == SHORT && n > 1 ? n / 2 : n, offset);
}

ssize_t
pwrite (int fd, const void *bytes, size_t n, off_t offset)
{
  return pwrite64 (fd, bytes, n, offset);
}

int
fdatasync (int fd)
{
  static int (*real) (int);

  if (real == NULL)
    real = REAL ("fdatasync", int (*) (int));
  return fault_at ("sync") == FAIL ? -1 : real (fd);
}

int
fsync (int fd)
{
  static int (*real) (int);

  if (real == NULL)
    real = REAL ("fsync", int (*) (int));
  return fault_at ("sync") == FAIL ? -1 : real (fd);
}

int
ftruncate64 (int fd, off64_t size)
{
  static int (*real) (int, off64_t);

  if (real == NULL)
    real = REAL ("ftruncate64", int (*) (int, off64_t));
  return fault_at ("truncate") == FAIL ? -1 : real (fd, size);
}

int
unlink (const char *path)
{
  static int (*real) (const char *);

  if (real == NULL)
    real = REAL ("unlink", int (*) (const char *));
  return fault_at ("unlink") == FAIL ? -1 : real (path);
}

ssize_t
sendmsg (int fd, const struct msghdr *message, int flags)
{
  static ssize_t (*real) (int, const struct msghdr *, int);

  if (real == NULL)
    real = REAL ("sendmsg", ssize_t (*) (int, const struct msghdr *, int));
  return fault_at ("send") == FAIL ? -1 : real (fd, message, flags);
}

ssize_t
send (int fd, const void *bytes, size_t n, int flags)
{
  static ssize_t (*real) (int, const void *, size_t, int);

  if (real == NULL)
    real = REAL ("send", ssize_t (*) (int, const void *, size_t, int));
  return fault_at ("send") == FAIL ? -1 : real (fd, bytes, n, flags);
}

int
open64 (const char *path, int flags, ...)
{
  static int (*real) (const char *, int, ...);
  mode_t mode = 0;

  if ((flags & (O_CREAT | O_TMPFILE)) != 0)
    {
      va_list args;

      va_start (args, flags);
      mode = va_arg (args, mode_t);
      va_end (args);
    }
  if (real == NULL)
    real = REAL ("open64", int (*) (const char *, int, ...));
  return fault_at ("open") == FAIL ? -1 : real (path, flags, mode);
}
