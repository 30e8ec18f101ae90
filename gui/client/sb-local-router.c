#include "config.h"

#include "sb-local-router.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sb-error.h"

/* What a newcomer begins with: whatever is sent to /in/hello is written to the router's log. */
static const struct
{
  const char *path, *text;
} files[] = {
  { "router.json", "{\n  \"Description\": \"A router of one's own\"\n}\n" },
  { "source/hello.json",
    "{\n  \"Description\": \"Post JSON to /in/hello\",\n  \"Bus\": \"default\",\n"
    "  \"Source\": \"hello\"\n}\n" },
  { "file/events.json", "{\n  \"Description\": \"All events, one JSON line each\",\n  \"Path\": "
                        "\"events.jsonl\"\n}\n" },
  { "rule/default/everything.json",
    "{\n  \"Description\": \"Every event is written to a file\",\n"
    "  \"Targets\": [{ \"Id\": \"file\", \"Arn\": \"file/events\" }]\n}\n" },
};

static gboolean
make_folder (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;
  g_set_error (error, SB_ERROR, SB_ERROR_INVALID,
               _ ("The folder %s cannot be made: %s"), path, g_strerror (errno));
  return FALSE;
}

/* A configuration that is there already is left alone. */
static gboolean
write_configuration (const char *folder, GError **error)
{
  if (g_file_test (folder, G_FILE_TEST_EXISTS))
    return TRUE;
  for (gsize i = G_N_ELEMENTS (files); i > 0; i--)
    {
      g_autofree char *path = g_build_filename (folder, files[i - 1].path, NULL);
      g_autofree char *parent = g_path_get_dirname (path);

      if (!make_folder (parent, error) || !g_file_set_contents (path, files[i - 1].text, -1, error))
        return FALSE;
    }
  return TRUE;
}

/* Beside the app, as it is built and as it is installed, or wherever the shell would find it. */
static char *
find_program (void)
{
  const char *set = g_getenv ("SIGNALBOXD");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : g_strdup ("/");
  g_autofree char *installed = g_build_filename (folder, "signalboxd", NULL);
  g_autofree char *built = g_build_filename (folder, "..", "router", "signalboxd", NULL);

  if (set != NULL && *set != '\0')
    return g_strdup (set);
  if (g_file_test (installed, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&installed);
  if (g_file_test (built, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&built);
  return g_find_program_in_path ("signalboxd");
}

/* In the child: the signals of the app's terminal, and its end, are not the router's. */
static void
leave_session (gpointer user_data)
{
  setsid ();
}

GSubprocess *
sb_local_router_start (const char *socket, const char *data_dir, GError **error)
{
  g_autofree char *program = find_program ();
  g_autofree char *config = g_build_filename (data_dir, "signalbox", "config", NULL);
  g_autofree char *state = g_build_filename (data_dir, "signalbox", "state", NULL);
  g_autofree char *log = g_build_filename (data_dir, "signalbox", "log", NULL);
  g_autofree char *socket_folder = g_path_get_dirname (socket);
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) reason = NULL;
  GSubprocess *process;

  if (program == NULL)
    {
      g_set_error (error, SB_ERROR, SB_ERROR_NOT_FOUND,
                   _ ("The program signalboxd is not installed; install the package signalbox"));
      return NULL;
    }
  if (!make_folder (state, error) || !make_folder (socket_folder, error) ||
      !write_configuration (config, error))
    return NULL;
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  g_subprocess_launcher_set_child_setup (launcher, leave_session, NULL, NULL);
  process = g_subprocess_launcher_spawn (launcher, &reason, program, "--config", config, "--state",
                                         state, "--socket", socket, NULL);
  if (process == NULL)
    g_set_error (error, SB_ERROR, SB_ERROR_INVALID,
                 _ ("%s cannot be started: %s"), program, reason->message);
  return process;
}

char *
sb_local_router_dup_log (const char *data_dir)
{
  g_autofree char *path = g_build_filename (data_dir, "signalbox", "log", NULL);
  g_autofree char *text = NULL;
  char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_strdup ("");
  g_strchomp (text);
  line = strrchr (text, '\n');
  return g_utf8_make_valid (line != NULL ? line + 1 : text, -1);
}
