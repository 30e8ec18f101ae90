/* command-top.c: top: rates, backlogs and breakers of a running router, again and again.
 *
 * On a terminal it takes the screen and gives it back however it ends; elsewhere it prints one
 * picture after the other.  Signals come as file descriptors, so that nothing global is needed. */
#include "config.h"

#include "commands.h"
#include "field.h"
#include "format.h"
#include "table.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#define ENTER_SCREEN "\033[?1049h\033[?25l"
#define LEAVE_SCREEN "\033[?25h\033[?1049l"
#define HOME_AND_CLEAR "\033[H\033[J"

/* Lines around the table. */
#define OTHER_LINES 6

typedef struct
{
  Ctl *ctl;
  Client *client;
  gint64 before_us;      /* steady: of the picture before; 0: none */
  gint64 events, done;   /* of the picture before */
  GHashTable *done_of;   /* connector -> gint64 *: likewise */
  struct termios cooked; /* the terminal as it was */
  gboolean has_screen, is_raw;
  int signals; /* signalfd */
} Top;

/* ---- The terminal ---------------------------------------------------------------------------- */

static void
take_screen (Top *top)
{
  struct termios raw;

  if (tcgetattr (STDIN_FILENO, &top->cooked) == 0)
    {
      raw = top->cooked;
      raw.c_lflag &= ~(tcflag_t) (ICANON | ECHO);
      top->is_raw = tcsetattr (STDIN_FILENO, TCSANOW, &raw) == 0;
    }
  output_raw (top->ctl->out, ENTER_SCREEN, strlen (ENTER_SCREEN));
  output_flush (top->ctl->out);
  top->has_screen = TRUE;
}

static void
give_screen_back (Top *top)
{
  if (!top->has_screen)
    return;
  output_raw (top->ctl->out, LEAVE_SCREEN, strlen (LEAVE_SCREEN));
  output_flush (top->ctl->out);
  if (top->is_raw)
    tcsetattr (STDIN_FILENO, TCSANOW, &top->cooked);
  top->has_screen = FALSE;
}

static guint
screen_lines (const Top *top)
{
  struct winsize size;

  if (!top->has_screen || ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
    return G_MAXUINT;
  return size.ws_row;
}

/* ---- The picture ----------------------------------------------------------------------------- */

static const TableColumn columns[] = {
  { .title = "CONNECTOR", .cut = TRUE },
  { .title = "STATE" },
  { .title = "READY", .right = TRUE },
  { .title = "WAITING", .right = TRUE },
  { .title = "HELD", .right = TRUE },
  { .title = "DEAD", .right = TRUE },
  { .title = "DONE", .right = TRUE },
  { .title = "DONE/S", .right = TRUE },
  { NULL },
};

static gint64
backlog (JsonObject *connector)
{
  JsonObject *counts = field_object (connector, "counts");

  return field_int (counts, "ready") + field_int (counts, "waiting") + field_int (counts, "held");
}

/* The longest backlog first. */
static int
compare_connectors (gconstpointer a, gconstpointer b)
{
  JsonObject *left = *(JsonObject *const *) a, *right = *(JsonObject *const *) b;
  gint64 difference = backlog (right) - backlog (left);

  return difference != 0 ? (difference > 0 ? 1 : -1)
                         : strcmp (field_string (left, "name"), field_string (right, "name"));
}

static char *
rate_text (gint64 now, gint64 before, double seconds)
{
  return seconds > 0 ? g_strdup_printf ("%.1f", (double) MAX (now - before, 0) / seconds)
                     : g_strdup ("");
}

static void
add_connector (Top *top, Table *table, JsonObject *connector, double seconds)
{
  static const char *const counts[] = { "ready", "waiting", "held", "dead", "done" };
  JsonObject *numbers = field_object (connector, "counts");
  const char *name = field_string (connector, "name");
  const char *state = field_string (connector, "state");
  gint64 done = field_int (numbers, "done");
  gint64 *before = g_hash_table_lookup (top->done_of, name);
  g_autofree char *rate = rate_text (done, before != NULL ? *before : done,
                                     before != NULL ? seconds : 0);

  table_add (table, STYLE_NAME, name);
  table_add (table,
             g_str_equal (state, "open")   ? STYLE_GOOD
             : g_str_equal (state, "shut") ? STYLE_BAD
                                           : STYLE_NOTICE,
             state);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      gint64 n = field_int (numbers, counts[i]);

      table_addf (table, i == 3 && n > 0 ? STYLE_BAD : STYLE_PLAIN, "%" G_GINT64_FORMAT, n);
    }
  table_add (table, STYLE_PLAIN, rate);
  before = g_new (gint64, 1);
  *before = done;
  g_hash_table_replace (top->done_of, g_strdup (name), before);
}

static void
print_heading (Top *top, Output *out, JsonObject *status, double seconds)
{
  JsonObject *ledger = field_object (status, "ledger");
  gint64 events = field_int (ledger, "events"), done = field_int (ledger, "done");
  gint64 now_us = field_time (status, "now");
  g_autofree char *age = format_duration (now_us - field_time (status, "started_at"));
  g_autofree char *now = format_rfc3339 (field_string (status, "now"), now_us);
  g_autofree char *in = rate_text (events, top->events, seconds);
  g_autofree char *out_rate = rate_text (done, top->done, seconds);

  output_put (out, STYLE_STRONG, "Signalbox");
  output_putf (out, STYLE_PLAIN, " %s, %s for %s, generation %" G_GINT64_FORMAT ", %s",
               field_string (status, "version"), field_string (status, "state"), age,
               field_int (status, "generation"), now);
  output_newline (out);
  output_putf (out, STYLE_PLAIN, "Events      %" G_GINT64_FORMAT " received%s%s%s", events,
               *in != '\0' ? ", " : "", in, *in != '\0' ? "/s" : "");
  output_newline (out);
  output_putf (out, STYLE_PLAIN,
               "Deliveries  %" G_GINT64_FORMAT " done%s%s%s, %" G_GINT64_FORMAT
               " ready, %" G_GINT64_FORMAT " waiting, %" G_GINT64_FORMAT " held, %" G_GINT64_FORMAT
               " dead",
               done, *out_rate != '\0' ? ", " : "", out_rate, *out_rate != '\0' ? "/s" : "",
               field_int (ledger, "ready"), field_int (ledger, "waiting"),
               field_int (ledger, "held"), field_int (ledger, "dead"));
  output_newline (out);
  output_newline (out);
  top->events = events;
  top->done = done;
}

static void
print_connectors (Top *top, Output *out, JsonArray *array, double seconds)
{
  g_autoptr (Table) table = table_new (out, columns);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  guint lines = screen_lines (top);
  guint shown = lines > OTHER_LINES ? lines - OTHER_LINES : 1;

  for (guint i = 0; i < field_length (array); i++)
    g_ptr_array_add (sorted, field_object_at (array, i));
  g_ptr_array_sort (sorted, compare_connectors);
  for (guint i = 0; i < sorted->len && i < shown; i++)
    add_connector (top, table, g_ptr_array_index (sorted, i), seconds);
  table_flush (table);
  if (sorted->len > shown)
    output_putf (out, STYLE_FAINT, "… and %u more", sorted->len - shown);
}

static int
print_picture (Top *top)
{
  Ctl *ctl = top->ctl;
  g_autoptr (ClientAnswer) status = NULL, routes = NULL;
  g_autoptr (Output) out = NULL;
  gint64 now_us = clock_monotonic_us (ctl->clock);
  double seconds = top->before_us != 0 ? (double) (now_us - top->before_us) / G_USEC_PER_SEC : 0;
  int exit_code;

  exit_code = ctl_client_call (
      ctl, top->client, &(const ClientRequest){ .method = "GET", .path = "/v1/status" }, &status);
  if (exit_code == EX_OK)
    exit_code = ctl_client_call (
        ctl, top->client, &(const ClientRequest){ .method = "GET", .path = "/v1/routes" }, &routes);
  if (exit_code != EX_OK)
    return exit_code;
  if (top->has_screen)
    {
      /* The width may have changed since the picture before. */
      output_raw (ctl->out, HOME_AND_CLEAR, strlen (HOME_AND_CLEAR));
      output_flush (ctl->out);
      out = output_new (stdout, output_has_colour (ctl->out), output_terminal_width (stdout));
    }
  print_heading (top, out != NULL ? out : ctl->out, client_answer_get_object (status), seconds);
  print_connectors (top, out != NULL ? out : ctl->out,
                    field_array (client_answer_get_object (routes), "connectors"), seconds);
  output_flush (out != NULL ? out : ctl->out);
  top->before_us = now_us;
  return EX_OK;
}

static int
probe (Top *top)
{
  g_autoptr (ClientAnswer) answer = NULL;

  return ctl_client_call (top->ctl, top->client,
                          &(const ClientRequest){ .method = "GET", .path = "/v1/status" }, &answer);
}

/* ---- Until somebody has seen enough ---------------------------------------------------------- */

static int
open_signals (void)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGWINCH);
  sigprocmask (SIG_BLOCK, &set, NULL);
  return signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* TRUE: go on.  A key other than q, and a new size of the terminal, ask for a picture at once. */
static gboolean
wait_for_next (Top *top, gint64 interval_us)
{
  struct pollfd polled[] = { { .fd = top->signals, .events = POLLIN },
                             { .fd = top->has_screen ? STDIN_FILENO : -1, .events = POLLIN } };
  struct signalfd_siginfo info;
  char key = 0;

  if (poll (polled, G_N_ELEMENTS (polled), (int) (interval_us / 1000)) < 0)
    return errno == EINTR;
  if ((polled[0].revents & POLLIN) && read (top->signals, &info, sizeof info) == sizeof info &&
      info.ssi_signo != SIGWINCH)
    return FALSE;
  if (polled[1].revents & POLLIN)
    return read (STDIN_FILENO, &key, 1) == 1 && key != 'q' && key != 'Q';
  return (polled[1].revents & (POLLHUP | POLLERR)) == 0;
}

int
command_top (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_autofree char *interval = NULL;
  int count = 0, exit_code = EX_OK;
  const GOptionEntry entries[] = {
    { "interval", 'i', 0, G_OPTION_ARG_FILENAME, &interval, "How often (default 1 s)", "TIME" },
    { "count", 'n', 0, G_OPTION_ARG_INT, &count, "End after so many pictures", "N" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  gint64 interval_us = G_USEC_PER_SEC;
  Top top = { .ctl = ctl };

  if (!ctl_parse (ctl, command, entries, arguments, 0, 0, &rest, &exit_code))
    return exit_code;
  if (interval != NULL && !parse_duration (interval, G_USEC_PER_SEC, &interval_us, &error))
    return ctl_fail_usage (ctl, command, "--interval: %s", error->message);
  interval_us = CLAMP (interval_us, 100 * 1000, G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC);
  top.client = ctl_client_new (ctl, &exit_code);
  if (top.client == NULL)
    return exit_code;
  top.done_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  top.signals = open_signals ();
  /* Whether there is a router at all shows before the screen is taken. */
  exit_code = probe (&top);
  if (exit_code == EX_OK && ctl->terminal && count != 1)
    take_screen (&top);
  for (int shown = 0; exit_code == EX_OK && (count <= 0 || shown < count); shown++)
    {
      if (shown > 0 && !wait_for_next (&top, interval_us))
        break;
      exit_code = print_picture (&top);
    }
  /* What went wrong was said on a screen that goes now. */
  if (exit_code != EX_OK && top.has_screen)
    {
      give_screen_back (&top);
      exit_code = probe (&top);
    }
  give_screen_back (&top);
  if (top.signals >= 0)
    close (top.signals);
  g_hash_table_unref (top.done_of);
  client_free (top.client);
  return exit_code;
}
