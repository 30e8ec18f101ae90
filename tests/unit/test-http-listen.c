/* Listening sockets: what is refused, and what becomes of stale socket files. */
#include "http/listen.h"

#include "base/error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void
test_tcp (void)
{
  static const char *const good[] = { "127.0.0.1:0", "localhost:0", "127.0.0.2:0" };
  static const char *const bad[] = {
    "",      ":0",    "127.0.0.1", "127.0.0.1:x", "127.0.0.1:65536",
    "::1:0", "[::1]", "[]:0",      "[::1]0:1",    "host.example:0",
  };
  static const char *const open_to_all[] = { "0.0.0.0:0", "[::]:0", "192.0.2.1:0" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *place = NULL;
      int fd = http_listen_tcp (good[i], FALSE, &place, &error);

      g_assert_no_error (error);
      g_assert_cmpint (fd, >=, 0);
      g_assert_true (g_str_has_prefix (place, "127.0.0."));
      g_assert_false (g_str_has_suffix (place, ":0"));
      close (fd);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad) + G_N_ELEMENTS (open_to_all); i++)
    {
      const char *listen_on = i < G_N_ELEMENTS (bad) ? bad[i] : open_to_all[i - G_N_ELEMENTS (bad)];
      g_autoptr (GError) error = NULL;
      char *place = NULL;

      g_test_message ("%s", listen_on);
      g_assert_cmpint (http_listen_tcp (listen_on, FALSE, &place, &error), ==, -1);
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, listen_on));
      if (i >= G_N_ELEMENTS (bad))
        g_assert_nonnull (strstr (error->message, "InsecureListen"));
    }
}

static void
test_exposed (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *place = NULL;
  int fd = http_listen_tcp ("0.0.0.0:0", TRUE, &place, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_true (http_listen_is_exposed ("0.0.0.0:0"));
  g_assert_true (http_listen_is_exposed ("[::]:1"));
  g_assert_false (http_listen_is_exposed ("localhost:1"));
  g_assert_false (http_listen_is_exposed ("[::1]:1"));
  g_assert_false (http_listen_is_exposed ("nonsense"));
}

static void
test_port_in_use (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *place = NULL, *other = NULL;
  int fd = http_listen_tcp ("127.0.0.1:0", FALSE, &place, &error);

  g_assert_no_error (error);
  g_assert_cmpint (http_listen_tcp (place, FALSE, &other, &error), ==, -1);
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE);
  close (fd);
}

static void
test_unix (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("sb-listen-XXXXXX", &error);
  g_autofree char *inner = g_build_filename (folder, "run", NULL);
  g_autofree char *path = g_build_filename (inner, "socket", NULL);
  struct stat info;
  int first, second;
  mode_t mask;

  g_assert_no_error (error);
  mask = umask (0);
  first = http_listen_unix (path, &error);
  umask (mask);
  g_assert_no_error (error);
  g_assert_cmpint (first, >=, 0);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (inner, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);

  g_assert_cmpint (http_listen_unix (path, &error), ==, -1);
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT);
  g_clear_error (&error);

  close (first);
  second = http_listen_unix (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (second, >=, 0);
  close (second);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_true (g_file_set_contents (path, "precious", -1, &error));
  g_assert_cmpint (http_listen_unix (path, &error), ==, -1);
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  g_unlink (path);
  g_rmdir (inner);
  g_rmdir (folder);
}

static void
test_unix_path_too_long (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_strnfill (200, 'x');

  *path = '/';
  g_assert_cmpint (http_listen_unix (path, &error), ==, -1);
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
}

/* As sd_listen_fds(3) hands sockets over: from descriptor 3 on. */
static void
check_inherited (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 5), ==, 0);
  g_assert_cmpint (dup2 (fd, 3), ==, 3);
  g_setenv ("LISTEN_FDS", "1", TRUE);
  g_setenv ("LISTEN_PID", "1", TRUE);
  g_assert_false (http_listen_is_inherited (3));
  g_setenv ("LISTEN_PID", pid, TRUE);
  g_assert_true (http_listen_is_inherited (3));
  g_assert_false (http_listen_is_inherited (4));
  g_assert_cmpint (http_listen_unix (path, &error), ==, 3);
  g_assert_no_error (error);
  g_assert_true (fcntl (3, F_GETFL) & O_NONBLOCK);
  g_unlink (path);
}

/* Descriptor 3 may be the test's own, so that this is a process of its own. */
static void
test_inherited (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL, *path = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      return;
    }
  folder = g_dir_make_tmp ("sb-listen-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (folder, "socket", NULL);
  check_inherited (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/listen/tcp", test_tcp);
  g_test_add_func ("/http/listen/exposed", test_exposed);
  g_test_add_func ("/http/listen/port-in-use", test_port_in_use);
  g_test_add_func ("/http/listen/unix", test_unix);
  g_test_add_func ("/http/listen/inherited", test_inherited);
  g_test_add_func ("/http/listen/path-too-long", test_unix_path_too_long);
  return g_test_run ();
}
