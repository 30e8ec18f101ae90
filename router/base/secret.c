/* Secrets: found, checked, and kept for a second.
 *
 * What is kept is freed by overwriting it.  Nothing here logs. */
#include "base/secret.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK_AGAIN_US G_USEC_PER_SEC
#define MAX_NAME_BYTES 64

typedef struct
{
  GBytes *bytes;
  gint64 checked_us; /* monotonic */
} Kept;

struct Secrets
{
  char *folder; /* or NULL */
  char *credentials;
  Clock *clock;
  GMutex lock;
  GHashTable *kept; /* name -> Kept */
};

static void
kept_free (Kept *kept)
{
  g_bytes_unref (kept->bytes);
  g_free (kept);
}

Secrets *
secrets_new (const char *folder, Clock *clock)
{
  Secrets *secrets = g_new0 (Secrets, 1);

  secrets->folder = g_strdup (folder);
  secrets->credentials = g_strdup (g_getenv ("CREDENTIALS_DIRECTORY"));
  secrets->clock = clock;
  g_mutex_init (&secrets->lock);
  secrets->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) kept_free);
  return secrets;
}

void
secrets_free (Secrets *secrets)
{
  g_hash_table_unref (secrets->kept);
  g_mutex_clear (&secrets->lock);
  g_free (secrets->folder);
  g_free (secrets->credentials);
  g_free (secrets);
}

gboolean
secret_name_is_valid (const char *name)
{
  gsize length = strlen (name);

  if (length < 1 || length > MAX_NAME_BYTES || name[0] == '.')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && strchr (".-_", name[i]) == NULL)
      return FALSE;
  return TRUE;
}

typedef struct
{
  gsize length;
  char text[];
} Wiped;

static void
wipe (gpointer data)
{
  Wiped *wiped = data;

  explicit_bzero (wiped->text, wiped->length);
  g_free (wiped);
}

/* NULL with an error when it is empty or too long. */
static GBytes *
wrap (const char *name, const char *text, gsize length, GError **error)
{
  Wiped *wiped;

  if (length > SECRET_MAX_BYTES)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                   "The secret “%s” has more than %d bytes", name, SECRET_MAX_BYTES);
      return NULL;
    }
  if (length > 0 && text[length - 1] == '\n')
    length--;
  if (length > 0 && text[length - 1] == '\r')
    length--;
  if (length == 0)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "The secret “%s” is empty", name);
      return NULL;
    }
  wiped = g_malloc (sizeof *wiped + length);
  wiped->length = length;
  memcpy (wiped->text, text, length);
  return g_bytes_new_with_free_func (wiped->text, length, wipe, wiped);
}

static gboolean
check_private (const char *path, const struct stat *status, GError **error)
{
  if (S_ISREG (status->st_mode) && (status->st_uid == geteuid () || status->st_uid == 0) &&
      (status->st_mode & 077) == 0)
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
               "%s: a secret must be a file of the router's user that nobody else can read "
               "(mode 0600, not %04o)",
               path, status->st_mode & 07777);
  return FALSE;
}

static gssize
read_whole (int fd, char *buffer, gsize size)
{
  gsize length = 0;

  while (length < size)
    {
      gssize n = read (fd, buffer + length, size - length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      length += (gsize) n;
    }
  return (gssize) length;
}

static GBytes *
read_open (int fd, const char *path, const char *name, gboolean must_be_private, GError **error)
{
  char *buffer;
  struct stat status;
  gssize length;
  GBytes *bytes = NULL;

  if (fstat (fd, &status) != 0 || (must_be_private && !check_private (path, &status, error)))
    return NULL;
  buffer = g_malloc0 (SECRET_MAX_BYTES + 2);
  length = read_whole (fd, buffer, SECRET_MAX_BYTES + 2);
  if (length < 0)
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "%s: %s", path, g_strerror (errno));
  else
    bytes = wrap (name, buffer, (gsize) length, error);
  explicit_bzero (buffer, SECRET_MAX_BYTES + 2);
  g_free (buffer);
  return bytes;
}

/* FALSE: there is no such file.  Else either *out_bytes or error is set. */
static gboolean
try_file (const char *folder,
          const char *name,
          gboolean must_be_private,
          GBytes **out_bytes,
          GError **error)
{
  g_autofree char *path = folder != NULL ? g_build_filename (folder, name, NULL) : NULL;
  int fd = path != NULL ? open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;

  if (fd < 0 && (path == NULL || errno == ENOENT || errno == ENOTDIR))
    return FALSE;
  if (fd < 0)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "%s: %s", path, g_strerror (errno));
      return TRUE;
    }
  *out_bytes = read_open (fd, path, name, must_be_private, error);
  close (fd);
  return TRUE;
}

static char *
variable_name (const char *name)
{
  char *variable = g_strconcat ("SIGNALBOX_SECRET_", name, NULL);

  for (char *at = variable; *at != '\0'; at++)
    *at = g_ascii_isalnum (*at) ? g_ascii_toupper (*at) : '_';
  return variable;
}

static GBytes *
find (Secrets *secrets, const char *name, GError **error)
{
  g_autofree char *variable = variable_name (name);
  const char *value;
  GBytes *bytes = NULL;

  /* The service manager made its folder for this service alone. */
  if (try_file (secrets->credentials, name, FALSE, &bytes, error) ||
      try_file (secrets->folder, name, TRUE, &bytes, error))
    return bytes;
  value = g_getenv (variable);
  if (value != NULL)
    return wrap (name, value, strlen (value), error);
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND,
               "There is no secret “%s”: write it to %s/%s (mode 0600), or set %s", name,
               secrets->folder != NULL ? secrets->folder : "the secrets folder", name, variable);
  return NULL;
}

GBytes *
secrets_get (Secrets *secrets, const char *name, GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&secrets->lock);
  gint64 now_us = clock_monotonic_us (secrets->clock);
  Kept *kept = g_hash_table_lookup (secrets->kept, name);
  GBytes *bytes;

  if (kept != NULL && now_us - kept->checked_us < CHECK_AGAIN_US)
    return g_bytes_ref (kept->bytes);
  if (!secret_name_is_valid (name))
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "“%s” is no name of a secret", name);
      return NULL;
    }
  bytes = find (secrets, name, error);
  if (bytes == NULL)
    {
      g_hash_table_remove (secrets->kept, name);
      return NULL;
    }
  kept = g_new (Kept, 1);
  *kept = (Kept){ g_bytes_ref (bytes), now_us };
  g_hash_table_replace (secrets->kept, g_strdup (name), kept);
  return bytes;
}
