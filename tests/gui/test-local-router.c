/* gui/client/sb-local-router.c, with a script in the place of the router. */
#include <glib/gstdio.h>

#include "sb-local-router.h"

typedef struct
{
  char *folder;
  char *program;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer script)
{
  fixture->folder = g_dir_make_tmp ("local-router-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->program = g_build_filename (fixture->folder, "program", NULL);
  if (script != NULL)
    {
      g_assert_true (g_file_set_contents (fixture->program, script, -1, NULL));
      g_assert_no_errno (g_chmod (fixture->program, 0700));
    }
  g_setenv ("SIGNALBOXD", fixture->program, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer script)
{
  const char *argv[] = { "rm", "-rf", fixture->folder, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_free (fixture->folder);
  g_free (fixture->program);
}

static GSubprocess *
start (Fixture *fixture, GError **error)
{
  g_autofree char *socket = g_build_filename (fixture->folder, "run", "socket", NULL);

  return sb_local_router_start (socket, fixture->folder, error);
}

static char *
in_folder (Fixture *fixture, const char *path)
{
  return g_build_filename (fixture->folder, "signalbox", path, NULL);
}

/* It gets folders and a configuration to begin with, and is the head of a session. */
static void
test_start (Fixture *fixture, gconstpointer script)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = start (fixture, &error);
  g_autofree char *rule = in_folder (fixture, "config/rule/default/everything.json");
  g_autofree char *state = in_folder (fixture, "state");
  g_autofree char *log = NULL;

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_false (g_subprocess_get_successful (process));
  log = sb_local_router_dup_log (fixture->folder);
  g_assert_true (g_str_has_prefix (log, "--config "));
  g_assert_true (g_str_has_suffix (log, " leads"));
  g_assert_true (g_file_test (rule, G_FILE_TEST_IS_REGULAR));
  g_assert_true (g_file_test (state, G_FILE_TEST_IS_DIR));
}

static void
test_keeps_configuration (Fixture *fixture, gconstpointer script)
{
  g_autofree char *config = in_folder (fixture, "config");
  g_autofree char *file = in_folder (fixture, "config/router.json");
  g_autofree char *rule = in_folder (fixture, "config/rule");
  g_autofree char *text = NULL;
  g_autoptr (GSubprocess) process = NULL;

  g_assert_no_errno (g_mkdir_with_parents (config, 0700));
  g_assert_true (g_file_set_contents (file, "mine", -1, NULL));
  process = start (fixture, NULL);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
  g_assert_false (g_file_test (rule, G_FILE_TEST_EXISTS));
}

static void
test_no_program (Fixture *fixture, gconstpointer script)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = start (fixture, &error);
  g_autofree char *log = NULL;

  g_assert_null (process);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "cannot be started"));
  log = sb_local_router_dup_log ("/nonexistent");
  g_assert_cmpstr (log, ==, "");
}

int
main (int argc, char *argv[])
{
  static const char script[] = "#!/bin/sh\n"
                               "echo first line >&2\n"
                               "read -r pid name state parent group session rest </proc/$$/stat\n"
                               "[ \"$session\" = $$ ] && leads=leads\n"
                               "echo \"$@ $leads\" >&2\n"
                               "exit 1\n";

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/local-router/start", Fixture, script, set_up, test_start, tear_down);
  g_test_add ("/local-router/keeps-configuration", Fixture, script, set_up,
              test_keeps_configuration, tear_down);
  g_test_add ("/local-router/no-program", Fixture, NULL, set_up, test_no_program, tear_down);
  return g_test_run ();
}
