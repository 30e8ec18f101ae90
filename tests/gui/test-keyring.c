/* gui/client/sb-keyring.c, with libsecret's file in the place of a secret service. */
#include <glib/gstdio.h>

#include "sb-error.h"
#include "sb-keyring.h"
#include "support.h"

#define PLACE "https://router.example:4610"

static void
take_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static char *
look_up (const char *place, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sb_keyring_look_up_async (place, NULL, take_result, &result);
  wait_until (result != NULL);
  return sb_keyring_look_up_finish (result, error);
}

static void
keep (const char *place, const char *token)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sb_keyring_keep_async (place, token, NULL, take_result, &result);
  wait_until (result != NULL);
  g_assert_true (sb_keyring_keep_finish (result, &error));
  g_assert_no_error (error);
}

static void
assert_kept (const char *place, const char *expected)
{
  g_autoptr (GError) error = NULL;
  char *token = look_up (place, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (token, ==, expected);
  sb_keyring_free_token (token);
}

static void
test_first (void)
{
  assert_kept (PLACE, NULL);
  keep (PLACE, "a token");
  assert_kept (PLACE, "a token");
  assert_kept ("https://other.example", NULL);
}

static void
test_second (void)
{
  assert_kept (PLACE, "a token");
  keep (PLACE, "another");
  assert_kept (PLACE, "another");
}

static void
test_forget (void)
{
  keep (PLACE, "");
  assert_kept (PLACE, NULL);
  keep (PLACE, "");
}

static void
in_own_process (const char *path)
{
  g_test_trap_subprocess (path, 30 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* From one run of the app to the next.  Who writes a file that is there already is not asked for
 * leaks: libsecret 0.20 then puts the file's new etag over the old one without freeing that. */
static void
test_keep (void)
{
  const char *given = g_getenv ("ASAN_OPTIONS");
  g_autofree char *options = g_strdup (given != NULL ? given : "");
  g_autofree char *without_leaks = g_strconcat (options, ":detect_leaks=0", NULL);

  in_own_process ("/keyring/keep/subprocess/first");
  g_setenv ("ASAN_OPTIONS", without_leaks, TRUE);
  in_own_process ("/keyring/keep/subprocess/second");
  in_own_process ("/keyring/keep/subprocess/forget");
  g_setenv ("ASAN_OPTIONS", options, TRUE);
}

/* A desktop without a secret service, in a process of its own: libsecret connects once. */
static void
test_no_service (void)
{
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ())
    {
      g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
      g_setenv ("SECRET_BACKEND", "service", TRUE);
      g_test_trap_subprocess (NULL, 30 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  g_assert_null (look_up (PLACE, &error));
  g_assert_error (error, SB_ERROR, SB_ERROR_UNREACHABLE);
  g_assert_true (g_str_has_prefix (error->message, "This desktop has no keyring that answers ("));
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = g_dir_make_tmp ("keyring-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "keyring", NULL);
  int status;

  g_test_init (&argc, &argv, NULL);
  g_setenv ("SECRET_BACKEND", "file", FALSE);
  g_setenv ("SECRET_FILE_TEST_PATH", file, FALSE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "test", TRUE);
  g_test_add_func ("/keyring/keep", test_keep);
  g_test_add_func ("/keyring/keep/subprocess/first", test_first);
  g_test_add_func ("/keyring/keep/subprocess/second", test_second);
  g_test_add_func ("/keyring/keep/subprocess/forget", test_forget);
  g_test_add_func ("/keyring/no-service", test_no_service);
  status = g_test_run ();
  g_remove (file);
  g_rmdir (folder);
  return status;
}
