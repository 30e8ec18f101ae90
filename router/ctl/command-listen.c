/* command-listen.c: listen: a receiver to try things with.
 *
 * The main thread waits for a signal; requests are printed and logged on the receiver's threads,
 * one at a time, so that two never mix. */
#include "config.h"

#include "commands.h"
#include "format.h"
#include "listener.h"
#include "pretty.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>

typedef struct
{
  char *address, *status_file, *log, *port_file, *delay;
  int status, fail_status, fail_percent;
  gint64 fail_first;
  gboolean any_port, quiet, all_headers;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->address);
  g_free (options->status_file);
  g_free (options->log);
  g_free (options->port_file);
  g_free (options->delay);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

typedef struct
{
  Ctl *ctl;
  const Options *options;
  FILE *log; /* or NULL */
  guint64 n;
} Printer;

/* ---- Printing -------------------------------------------------------------------------------- */

/* What every HTTP client sends says nothing about the event. */
static gboolean
is_of_interest (const char *name)
{
  static const char *const dull[] = { "accept", "accept-encoding", "connection", "content-length",
                                      "host",   "expect",          NULL };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return !g_strv_contains (dull, lower);
}

/* Credentials stay out of what is scrolled back and pasted. */
static gboolean
is_secret (const char *name)
{
  return g_ascii_strcasecmp (name, "authorization") == 0 ||
         g_ascii_strcasecmp (name, "cookie") == 0 ||
         g_ascii_strcasecmp (name, "proxy-authorization") == 0;
}

static void
print_headers (Printer *printer, GPtrArray *headers)
{
  Output *out = printer->ctl->out;

  for (guint i = 0; i + 1 < headers->len; i += 2)
    {
      const char *name = g_ptr_array_index (headers, i);

      if (!printer->options->all_headers && !is_of_interest (name))
        continue;
      output_spaces (out, 2);
      output_putf (out, STYLE_FAINT, "%s: ", name);
      output_put (out, STYLE_PLAIN,
                  is_secret (name) ? "(hidden)" : g_ptr_array_index (headers, i + 1));
      output_newline (out);
    }
}

static void
print_request (Printer *printer, const ListenerRequest *request)
{
  Output *out = printer->ctl->out;
  g_autofree char *time = format_time (request->at_us, clock_wall_us (printer->ctl->clock), NULL);
  gsize length = 0;
  const char *body = g_bytes_get_data (request->body, &length);
  g_autofree char *size = format_bytes (length);

  output_putf (out, STYLE_STRONG, "%" G_GUINT64_FORMAT "  %s  %s %s", request->n, time,
               request->method, request->path);
  output_putf (out, STYLE_FAINT, "  %s", size);
  output_putf (out, request->status < 300 ? STYLE_GOOD : STYLE_BAD, "  -> %u", request->status);
  output_newline (out);
  print_headers (printer, request->headers);
  if (length > 0)
    {
      output_spaces (out, 2);
      pretty_print (out, body, length, 2);
    }
  output_newline (out);
  output_flush (out);
}

static void
received (const ListenerRequest *request, gpointer user_data)
{
  Printer *printer = user_data;

  printer->n = request->n;
  if (printer->log != NULL)
    {
      g_autofree char *line = listener_request_to_json (request);

      fprintf (printer->log, "%s\n", line);
      fflush (printer->log);
    }
  if (!printer->options->quiet)
    print_request (printer, request);
}

/* ---- Running --------------------------------------------------------------------------------- */

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
run_until_signal (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint interrupt = g_unix_signal_add (SIGINT, quit_cb, loop);
  guint terminate = g_unix_signal_add (SIGTERM, quit_cb, loop);

  g_main_loop_run (loop);
  g_source_remove (interrupt);
  g_source_remove (terminate);
}

static int
announce (Ctl *ctl, const Options *options, const char *address, guint16 port)
{
  g_autofree char *text = g_strdup_printf ("%u\n", port);
  g_autoptr (GError) error = NULL;

  output_put (ctl->out, STYLE_PLAIN, "Listening on ");
  output_putf (ctl->out, STYLE_NAME,
               strchr (address, ':') != NULL ? "http://[%s]:%u/" : "http://%s:%u/", address, port);
  output_newline (ctl->out);
  output_flush (ctl->out);
  if (options->port_file != NULL && !g_file_set_contents (options->port_file, text, -1, &error))
    return ctl_fail (ctl, EX_CANTCREAT, "--port-file: %s", error->message);
  return EX_OK;
}

static int
listen_on (Ctl *ctl, const Options *options, const ListenerSettings *settings)
{
  g_autoptr (Random) random = random_system_new ();
  g_autoptr (GError) error = NULL;
  Printer printer = { .ctl = ctl, .options = options };
  Listener *listener;
  int exit_code;

  if (options->log != NULL)
    {
      printer.log = fopen (options->log, "ae");
      if (printer.log == NULL)
        return ctl_fail (ctl, EX_CANTCREAT, "--log %s: %s", options->log, g_strerror (errno));
    }
  listener = listener_new (settings, ctl->clock, random, received, &printer, &error);
  if (listener == NULL)
    {
      exit_code = ctl_fail (ctl, EX_CANTCREAT, "%s", error->message);
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        ctl_hint (ctl, "Another program listens there; port 0 or --any-port takes a free one");
    }
  else
    {
      exit_code = announce (ctl, options, settings->address, listener_get_port (listener));
      if (exit_code == EX_OK)
        run_until_signal ();
      listener_free (listener);
    }
  if (printer.log != NULL)
    fclose (printer.log);
  return exit_code;
}

/* ---- The options ----------------------------------------------------------------------------- */

static gboolean
is_status (int status)
{
  return status >= 200 && status <= 599;
}

static gboolean
fill_settings (Ctl *ctl,
               const CtlCommand *command,
               const Options *options,
               const char *port,
               ListenerSettings *settings,
               int *out_exit)
{
  g_autoptr (GError) error = NULL;
  guint64 number;

  if (!g_ascii_string_to_unsigned (port, 10, 0, 65535, &number, NULL))
    *out_exit = ctl_fail_usage (ctl, command, "“%s” is not a port: a number from 0 to 65535", port);
  else if (!is_status (options->status) || !is_status (options->fail_status))
    *out_exit = ctl_fail_usage (ctl, command, "A status is a number from 200 to 599");
  else if (options->fail_percent < 0 || options->fail_percent > 100 || options->fail_first < 0)
    *out_exit = ctl_fail_usage (ctl, command,
                                "--fail-random takes 0 to 100, --fail-first 0 or more");
  else if (options->delay != NULL &&
           !parse_duration (options->delay, 1000, &settings->delay_us, &error))
    *out_exit = ctl_fail_usage (ctl, command, "--delay: %s", error->message);
  else
    {
      settings->address = options->address != NULL ? options->address : "127.0.0.1";
      settings->port = (guint16) number;
      settings->any_port = options->any_port;
      settings->status = (guint) options->status;
      settings->status_file = options->status_file;
      settings->fail_status = (guint) options->fail_status;
      settings->fail_first = (guint64) options->fail_first;
      settings->fail_percent = (guint) options->fail_percent;
      return TRUE;
    }
  return FALSE;
}

int
command_listen (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (Options) options = { .status = 200, .fail_status = 503 };
  ListenerSettings settings = { 0 };
  const GOptionEntry entries[] = {
    { "status", 0, 0, G_OPTION_ARG_INT, &options.status, "Answer with this (default 200)", "CODE" },
    { "status-file", 0, 0, G_OPTION_ARG_FILENAME, &options.status_file,
      "While this file exists, answer with the status written in it", "FILE" },
    { "fail-first", 0, 0, G_OPTION_ARG_INT64, &options.fail_first, "The first N requests fail",
      "N" },
    { "fail-random", 0, 0, G_OPTION_ARG_INT, &options.fail_percent,
      "So many of a hundred fail, by chance", "PERCENT" },
    { "fail-status", 0, 0, G_OPTION_ARG_INT, &options.fail_status,
      "What those are answered with (default 503)", "CODE" },
    { "delay", 0, 0, G_OPTION_ARG_FILENAME, &options.delay, "Wait before each answer: 250 (ms), 2s",
      "TIME" },
    { "address", 0, 0, G_OPTION_ARG_FILENAME, &options.address, "Listen here (default 127.0.0.1)",
      "IP" },
    { "any-port", 0, 0, G_OPTION_ARG_NONE, &options.any_port,
      "Take a free port when this one is taken", NULL },
    { "port-file", 0, 0, G_OPTION_ARG_FILENAME, &options.port_file,
      "Write the port that it is to this file", "FILE" },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &options.log,
      "Append one JSON line a request to this file", "FILE" },
    { "headers", 0, 0, G_OPTION_ARG_NONE, &options.all_headers, "Print all headers", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet, "Do not print requests", NULL },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 1, 1, &rest, &exit_code) ||
      !fill_settings (ctl, command, &options, rest[0], &settings, &exit_code))
    return exit_code;
  return listen_on (ctl, &options, &settings);
}
