/* Folders compared and tested without a router. */
#include "ctl/ctl.h"

#include "support/ctl-run.h"

#include <glib/gstdio.h>

static char *
example (void)
{
  return g_test_build_filename (G_TEST_DIST, "..", "..", "examples", "quickstart", "config", NULL);
}

/* A folder with one bus, whose description is this. */
static char *
folder_new (const char *description)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("sb-ctl-XXXXXX", &error);
  g_autofree char *inner = g_build_filename (folder, "bus", NULL);
  g_autofree char *path = g_build_filename (inner, "a.json", NULL);
  g_autofree char *text = g_strdup_printf ("{\"Description\": \"%s\"}", description);

  g_assert_no_error (error);
  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, &error));
  return folder;
}

static void
folder_free (char *folder)
{
  g_autofree char *owned G_GNUC_UNUSED = folder;
  g_autofree char *inner = g_build_filename (folder, "bus", NULL);
  g_autofree char *path = g_build_filename (inner, "a.json", NULL);

  g_unlink (path);
  g_rmdir (inner);
  g_rmdir (folder);
}

static void
test_diff (void)
{
  char *first = folder_new ("one"), *second = folder_new ("two");
  g_autoptr (CtlRun) same = CTL_RUN ("diff", first, first);
  g_autoptr (CtlRun) differ = CTL_RUN ("diff", first, second);
  g_autoptr (CtlRun) json = CTL_RUN ("diff", "--json", first, second);
  g_autoptr (CtlRun) missing = CTL_RUN ("diff", first, "/nowhere");
  g_autoptr (CtlRun) usage = CTL_RUN ("diff");

  g_assert_cmpint (same->exit_code, ==, 0);
  g_assert_cmpstr (same->out, ==, "");
  g_assert_cmpint (differ->exit_code, ==, 1);
  g_assert_cmpstr (differ->out, ==, "~ bus a: Description \"one\" -> \"two\" (at once)\n");
  g_assert_cmpint (json->exit_code, ==, 1);
  ctl_run_assert_contains (json->out, "\"object\":\"bus a\"");
  g_assert_cmpint (missing->exit_code, ==, 2);
  g_assert_cmpint (usage->exit_code, ==, 2);
  folder_free (first);
  folder_free (second);
}

static void
test_test (void)
{
  g_autofree char *config = example ();
  g_autoptr (CtlRun) run = CTL_RUN ("test", config);
  g_autoptr (CtlRun) missing = CTL_RUN ("test", "/nowhere");

  g_assert_cmpstr (run->err, ==, "");
  g_assert_cmpint (run->exit_code, ==, EX_OK);
  ctl_run_assert_contains (run->out, "passed.");
  g_assert_cmpint (missing->exit_code, ==, EX_NOINPUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-config/diff", test_diff);
  g_test_add_func ("/ctl-config/test", test_test);
  return g_test_run ();
}
