/* signalboxd: arguments -> router_run(). */
#include "config.h"

#include "router.h"

#include "base/log.h"
#include "base/paths.h"

#include <locale.h>
#include <malloc.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Freed memory that is kept for the next use. */
#define KEPT_BYTES (4 * 1024 * 1024)

static const char description[] =
    "Folders and sockets, unless named:\n"
    "  as root: /etc/signalbox, /var/lib/signalbox, /run/signalbox/socket\n"
    "  as a user: signalbox/ in the XDG folders for configuration, state and runtime\n"
    "\n"
    "Signals:\n"
    "  HUP        read the configuration anew; an invalid one changes nothing\n"
    "  TERM, INT  stop: end what is under way, keep the rest for the next start\n"
    "\n"
    "Exit status:\n"
    "  0   stopped by a signal\n"
    "  64  wrong arguments\n"
    "  69  cannot listen\n"
    "  74  the store failed, or another router uses it\n"
    "  78  the configuration is invalid; every problem is on standard error\n";

typedef struct
{
  char *config_dir, *state_dir, *secrets_dir, *socket, *listen, *store, *log_level, *log_format;
  gboolean read_only, version;
} Arguments;

static void
arguments_clear (Arguments *arguments)
{
  g_free (arguments->config_dir);
  g_free (arguments->state_dir);
  g_free (arguments->secrets_dir);
  g_free (arguments->socket);
  g_free (arguments->listen);
  g_free (arguments->store);
  g_free (arguments->log_level);
  g_free (arguments->log_format);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
parse (Arguments *arguments, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &arguments->config_dir,
      "The folder of configuration files", "DIR" },
    { "state", 's', 0, G_OPTION_ARG_FILENAME, &arguments->state_dir,
      "The folder of the store and of relative output paths", "DIR" },
    { "secrets", 0, 0, G_OPTION_ARG_FILENAME, &arguments->secrets_dir,
      "The folder of secrets, one file each (default: secrets/ in the folder of the store)",
      "DIR" },
    { "socket", 0, 0, G_OPTION_ARG_FILENAME, &arguments->socket,
      "The Unix socket for signalboxctl and the app", "PATH" },
    { "listen", 'l', 0, G_OPTION_ARG_STRING, &arguments->listen,
      "Where to take webhooks, instead of what router.json says; port 0 picks one, “none” turns it "
      "off",
      "ADDRESS:PORT" },
    { "store", 0, 0, G_OPTION_ARG_STRING, &arguments->store,
      "sqlite (the default), or memory, which forgets everything at its end", "ENGINE" },
    { "config-read-only", 0, 0, G_OPTION_ARG_NONE, &arguments->read_only,
      "Refuse edits through the API", NULL },
    { "log-level", 0, 0, G_OPTION_ARG_STRING, &arguments->log_level,
      "error, warning, info (the default) or debug", "LEVEL" },
    { "log-format", 0, 0, G_OPTION_ARG_STRING, &arguments->log_format,
      "text (the default) or logfmt", "FORMAT" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &arguments->version, "Print the version", NULL },
    { 0 },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- the durable event router");

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_description (context, description);
  return g_option_context_parse (context, argc, argv, error);
}

static int
usage_error (const char *message)
{
  g_printerr ("signalboxd: %s\nTry: signalboxd --help\n", message);
  return ROUTER_EXIT_USAGE;
}

/* Paths are said in answers and logs, so they are made absolute once. */
static char *
absolute (char *given, char *(*fallback) (void) )
{
  g_autofree char *path = given != NULL ? g_strdup (given) : fallback ();

  return g_canonicalize_filename (path, NULL);
}

/* A thousand connections are more than the usual soft limit of descriptors. */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

/* Bodies come and go by the hundred with every commit.  The C library would give that memory back
 * to the system each time and fetch it again page by page. */
static void
keep_freed_memory (void)
{
#ifdef M_TRIM_THRESHOLD
  mallopt (M_TRIM_THRESHOLD, KEPT_BYTES);
  mallopt (M_MMAP_THRESHOLD, KEPT_BYTES);
#endif
}

int
main (int argc, char **argv)
{
  g_auto (Arguments) arguments = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *config_dir = NULL;
  g_autofree char *state_dir = NULL;
  g_autofree char *secrets_dir = NULL;
  g_autofree char *socket = NULL;
  LogLevel level = LOG_INFO;
  RouterOptions options;

  setlocale (LC_ALL, "");
  if (!parse (&arguments, &argc, &argv, &error))
    return usage_error (error->message);
  if (arguments.version)
    {
      g_print ("signalboxd %s\n", SIGNALBOX_VERSION);
      return 0;
    }
  if (argc > 1)
    return usage_error ("it takes options only");
  if (arguments.log_level != NULL && !log_level_parse (arguments.log_level, &level))
    return usage_error ("--log-level is error, warning, info or debug");
  if (arguments.log_format != NULL && strcmp (arguments.log_format, "text") != 0 &&
      strcmp (arguments.log_format, "logfmt") != 0)
    return usage_error ("--log-format is text or logfmt");
  if (arguments.store != NULL && strcmp (arguments.store, "sqlite") != 0 &&
      strcmp (arguments.store, "memory") != 0)
    return usage_error ("--store is sqlite or memory");

  umask (077);
  keep_freed_memory ();
  raise_descriptor_limit ();
  log_start (level);
  if (g_strcmp0 (arguments.log_format, "logfmt") == 0)
    log_set_logfmt ();
  config_dir = absolute (arguments.config_dir, paths_config_dir);
  state_dir = absolute (arguments.state_dir, paths_state_dir);
  secrets_dir = arguments.secrets_dir != NULL
                    ? g_canonicalize_filename (arguments.secrets_dir, NULL)
                    : g_build_filename (state_dir, "secrets", NULL);
  socket = absolute (arguments.socket, paths_socket);
  options = (RouterOptions){
    .config_dir = config_dir,
    .state_dir = state_dir,
    .secrets_dir = secrets_dir,
    .socket_path = socket,
    .listen = arguments.listen,
    .store = arguments.store != NULL ? arguments.store : "sqlite",
    .config_read_only = arguments.read_only,
  };
  return router_run (&options);
}
