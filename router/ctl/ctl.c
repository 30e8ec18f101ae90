/* ctl.c: the frame around every command: errors, options, and which command it is. */
#include "config.h"

#include "ctl.h"

#include "help.h"

#include "config/suggest.h"
#include "watcher.h"

#include <string.h>

/* Of --watch: no oftener, and at least so often, as times that are shown grow old. */
#define WATCH_PAUSE_US (G_TIME_SPAN_SECOND / 2)
#define WATCH_US (10 * G_TIME_SPAN_SECOND)

/* ---- Errors ---------------------------------------------------------------------------------- */

static void put_error (Ctl *ctl, const char *format, va_list arguments) G_GNUC_PRINTF (2, 0);

static void
put_error (Ctl *ctl, const char *format, va_list arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);

  output_flush (ctl->out);
  output_put (ctl->err, STYLE_BAD, CTL_PROGRAM ": ");
  output_put (ctl->err, STYLE_PLAIN, text);
  output_newline (ctl->err);
}

int
ctl_fail (Ctl *ctl, int exit_code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  put_error (ctl, format, arguments);
  va_end (arguments);
  return exit_code;
}

void
ctl_hint (Ctl *ctl, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  output_spaces (ctl->err, 2);
  output_put (ctl->err, STYLE_PLAIN, text);
  output_newline (ctl->err);
}

int
ctl_fail_usage (Ctl *ctl, const CtlCommand *command, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  put_error (ctl, format, arguments);
  va_end (arguments);
  if (command != NULL)
    ctl_hint (ctl, "More: %s help %s", CTL_PROGRAM, command->name);
  else
    ctl_hint (ctl, "More: %s help", CTL_PROGRAM);
  return EX_USAGE;
}

/* ---- Options --------------------------------------------------------------------------------- */

/* What the options of every command are parsed into. */
typedef struct
{
  char *socket, *url, *token_file, *ca_file, *colour;
  gboolean json, watch, help, version;
} Common;

static void
common_clear (Common *common)
{
  g_free (common->socket);
  g_free (common->url);
  g_free (common->token_file);
  g_free (common->ca_file);
  g_free (common->colour);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Common, common_clear)

#define N_COMMON 10

static void
common_entries (Common *common, GOptionEntry entries[N_COMMON])
{
  const GOptionEntry all[N_COMMON] = {
    { "socket", 's', 0, G_OPTION_ARG_FILENAME, &common->socket,
      "The router's Unix socket ($SIGNALBOX_SOCKET)", "PATH" },
    { "url", 'u', 0, G_OPTION_ARG_FILENAME, &common->url,
      "The router's address instead: http://127.0.0.1:4610", "URL" },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &common->token_file,
      "A file with the token to ask with, for --url ($SIGNALBOX_TOKEN)", "FILE" },
    { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &common->ca_file,
      "Whose certificates to believe, for https ($SIGNALBOX_CA_FILE)", "FILE" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &common->json, "Print JSON, for programs", NULL },
    { "watch", 0, 0, G_OPTION_ARG_NONE, &common->watch,
      "Show it again whenever something changes, until Ctrl-C", NULL },
    { "color", 0, 0, G_OPTION_ARG_FILENAME, &common->colour,
      "auto (a terminal without $NO_COLOR), always or never", "WHEN" },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &common->help, "Show this", NULL },
    { "version", 'V', 0, G_OPTION_ARG_NONE, &common->version, "Show the version", NULL },
    { NULL },
  };

  memcpy (entries, all, sizeof all);
}

static void
suggest_option (Ctl *ctl, const char *message, const GOptionEntry *const *lists)
{
  const char *dashes = strstr (message, "--");
  Suggestion suggestion;

  if (dashes == NULL)
    return;
  suggestion_init (&suggestion, dashes + 2);
  for (gsize i = 0; lists[i] != NULL; i++)
    for (gsize j = 0; lists[i][j].long_name != NULL; j++)
      suggestion_offer (&suggestion, lists[i][j].long_name);
  if (suggestion_get (&suggestion) != NULL)
    ctl_hint (ctl, "Did you mean --%s?", suggestion_get (&suggestion));
}

/* Moves the common options to the context. */
static gboolean
take_common (Ctl *ctl, Common *common, int *out_exit)
{
  if (common->colour != NULL)
    {
      if (!g_str_equal (common->colour, "auto") && !g_str_equal (common->colour, "always") &&
          !g_str_equal (common->colour, "never"))
        {
          *out_exit = ctl_fail_usage (ctl, NULL, "--color takes auto, always or never, not “%s”",
                                      common->colour);
          return FALSE;
        }
      output_set_colour (ctl->out, output_wants_colour (stdout, common->colour));
      output_set_colour (ctl->err, output_wants_colour (stderr, common->colour));
    }
  if (common->socket != NULL)
    {
      g_free (ctl->socket);
      ctl->socket = g_steal_pointer (&common->socket);
    }
  if (common->url != NULL)
    {
      g_free (ctl->url);
      ctl->url = g_steal_pointer (&common->url);
    }
  if (common->token_file != NULL)
    {
      g_free (ctl->token_file);
      ctl->token_file = g_steal_pointer (&common->token_file);
    }
  if (common->ca_file != NULL)
    {
      g_free (ctl->ca_file);
      ctl->ca_file = g_steal_pointer (&common->ca_file);
    }
  ctl->json = ctl->json || common->json;
  if (ctl->socket != NULL && ctl->url != NULL)
    {
      *out_exit = ctl_fail_usage (ctl, NULL, "--socket and --url exclude each other");
      return FALSE;
    }
  return TRUE;
}

/* An argument vector as GLib wants it: with a program's name, and its own to change. */
static GStrv
vector_new (const char *const *arguments)
{
  guint n = g_strv_length ((GStrv) arguments);
  GStrv vector = g_new0 (char *, n + 2);

  vector[0] = g_strdup (CTL_PROGRAM);
  for (guint i = 0; i < n; i++)
    vector[i + 1] = g_strdup (arguments[i]);
  return vector;
}

static gboolean
parse_vector (GStrv *vector,
              const GOptionEntry *entries,
              const GOptionEntry *common,
              gboolean strict,
              GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_strict_posix (context, strict);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, common, NULL);
  return g_option_context_parse_strv (context, vector, error);
}

static int
check_count (Ctl *ctl, const CtlCommand *command, char *const *rest, guint min, guint max)
{
  guint n = g_strv_length ((GStrv) rest);

  if (n < min)
    return ctl_fail_usage (ctl, command, "%s needs %s", command->name, command->arguments);
  if (n <= max)
    return EX_OK;
  if (max == 0)
    return ctl_fail_usage (ctl, command, "%s takes no arguments, “%s” is one too many",
                           command->name, rest[0]);
  return ctl_fail_usage (ctl, command, "“%s” is one argument too many; %s takes %s", rest[max],
                         command->name, command->arguments);
}

/* Without the program's name.  GLib leaves the "--" that ends the options in when what follows
 * looks like an option. */
static GStrv
rest_of (GStrv vector)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean ended = FALSE;

  for (gsize i = 1; vector[0] != NULL && vector[i] != NULL; i++)
    if (!ended && g_str_equal (vector[i], "--"))
      ended = TRUE;
    else
      g_strv_builder_add (builder, vector[i]);
  return g_strv_builder_end (builder);
}

static void
print_version (Ctl *ctl)
{
  output_put (ctl->out, STYLE_PLAIN, CTL_PROGRAM " " SIGNALBOX_VERSION);
  output_newline (ctl->out);
}

gboolean
ctl_parse (Ctl *ctl,
           const CtlCommand *command,
           const GOptionEntry *entries,
           const char *const *arguments,
           guint min,
           guint max,
           GStrv *out_rest,
           int *out_exit)
{
  g_auto (Common) common = { 0 };
  g_auto (GStrv) vector = vector_new (arguments);
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  GOptionEntry shared[N_COMMON];
  const GOptionEntry *const lists[] = { shared, entries, NULL };

  common_entries (&common, shared);
  if (!parse_vector (&vector, entries, shared, FALSE, &error))
    {
      *out_exit = ctl_fail_usage (ctl, command, "%s", error->message);
      if (g_error_matches (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
        suggest_option (ctl, error->message, lists);
      return FALSE;
    }
  if (!take_common (ctl, &common, out_exit))
    return FALSE;
  if (common.version)
    {
      print_version (ctl);
      *out_exit = EX_OK;
      return FALSE;
    }
  if (common.help)
    {
      help_command (ctl, command, entries, shared);
      *out_exit = EX_OK;
      return FALSE;
    }
  rest = rest_of (vector);
  *out_exit = check_count (ctl, command, rest, min, max);
  if (*out_exit != EX_OK)
    return FALSE;
  *out_rest = g_steal_pointer (&rest);
  return TRUE;
}

/* ---- The program ----------------------------------------------------------------------------- */

static const CtlCommand *
find_command (const char *name)
{
  for (const CtlCommand *command = ctl_commands; command->name != NULL; command++)
    if (g_str_equal (command->name, name))
      return command;
  return NULL;
}

static int
unknown_command (Ctl *ctl, const char *name)
{
  Suggestion suggestion;

  ctl_fail_usage (ctl, NULL, "There is no command “%s”", name);
  suggestion_init (&suggestion, name);
  for (const CtlCommand *command = ctl_commands; command->name != NULL; command++)
    suggestion_offer (&suggestion, command->name);
  suggestion_offer (&suggestion, "help");
  if (suggestion_get (&suggestion) != NULL)
    ctl_hint (ctl, "Did you mean “%s”?", suggestion_get (&suggestion));
  return EX_USAGE;
}

static int
run_help (Ctl *ctl, const char *name, const GOptionEntry *common)
{
  static const char *const help[] = { "--help", NULL };
  const CtlCommand *command;

  if (name == NULL || g_str_equal (name, "help"))
    {
      help_overview (ctl, common);
      return EX_OK;
    }
  command = find_command (name);
  return command != NULL ? command->run (ctl, command, help) : unknown_command (ctl, name);
}

/* Before a "--". */
static gboolean
takes_watch (char *const *arguments)
{
  for (gsize i = 0; arguments[i] != NULL && !g_str_equal (arguments[i], "--"); i++)
    if (g_str_equal (arguments[i], "--watch"))
      return TRUE;
  return FALSE;
}

/* Only what looks may be done again by itself. */
static int
run_again_and_again (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  static const char clear[] = "\033[H\033[J";
  g_autoptr (Watcher) watcher = NULL;
  int exit_code;

  if (!g_str_equal (command->group, "Looking"))
    return ctl_fail_usage (ctl, command, "--watch is for commands that only look; %s acts",
                           command->name);
  watcher = watcher_new (ctl, NULL);
  for (;;)
    {
      if (ctl->terminal)
        output_raw (ctl->out, clear, strlen (clear));
      exit_code = command->run (ctl, command, arguments);
      output_flush (ctl->out);
      if (output_failed (ctl->out) || exit_code >= EX__BASE)
        return exit_code;
      g_usleep (WATCH_PAUSE_US);
      watcher_wait (watcher, WATCH_US);
    }
}

static int
run (Ctl *ctl, const char *const *argv)
{
  g_auto (Common) common = { 0 };
  g_auto (GStrv) vector = vector_new (argv);
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  GOptionEntry entries[N_COMMON];
  const CtlCommand *command;
  int exit_code;

  common_entries (&common, entries);
  if (!parse_vector (&vector, NULL, entries, TRUE, &error))
    return ctl_fail_usage (ctl, NULL, "%s", error->message);
  if (!take_common (ctl, &common, &exit_code))
    return exit_code;
  if (common.version)
    {
      print_version (ctl);
      return EX_OK;
    }
  rest = g_strdupv (vector + 1);
  if (common.help)
    return run_help (ctl, rest[0], entries);
  if (rest[0] == NULL)
    return ctl_fail_usage (ctl, NULL, "Which command?  For example: %s status", CTL_PROGRAM);
  if (g_str_equal (rest[0], "help"))
    return run_help (ctl, rest[1], entries);
  command = find_command (rest[0]);
  if (command == NULL)
    return unknown_command (ctl, rest[0]);
  if (common.watch || takes_watch (rest + 1))
    return run_again_and_again (ctl, command, (const char *const *) rest + 1);
  return command->run (ctl, command, (const char *const *) rest + 1);
}

int
ctl_main (Ctl *ctl, const char *const *argv)
{
  int exit_code;

  /* What is sent as JSON and in URLs must be text. */
  for (gsize i = 0; argv[i] != NULL; i++)
    if (!g_utf8_validate (argv[i], -1, NULL))
      return ctl_fail_usage (ctl, NULL, "The argument “%s” is not UTF-8", argv[i]);
  exit_code = run (ctl, argv);

  if (output_failed (ctl->out) && exit_code == EX_OK)
    return ctl_fail (ctl, EX_IOERR, "Not everything could be written to standard output");
  return exit_code;
}

void
ctl_clear (Ctl *ctl)
{
  g_clear_pointer (&ctl->out, output_free);
  g_clear_pointer (&ctl->err, output_free);
  g_clear_pointer (&ctl->clock, clock_free);
  g_clear_pointer (&ctl->socket, g_free);
  g_clear_pointer (&ctl->url, g_free);
  g_clear_pointer (&ctl->token_file, g_free);
  g_clear_pointer (&ctl->ca_file, g_free);
}
