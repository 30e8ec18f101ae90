/* command-status.c: status, reload and wait: the router as a whole. */
#include "config.h"

#include "argument.h"
#include "commands.h"
#include "field.h"
#include "format.h"
#include "watcher.h"

#include "base/error.h"

#define POLL_US (100 * 1000)
/* Whatever the stream of changes says, it is looked as often. */
#define LOOK_US (2 * G_TIME_SPAN_SECOND)

/* ---- status ---------------------------------------------------------------------------------- */

static void
put_count (Ctl *ctl, JsonObject *ledger, const char *name, OutputStyle style, gboolean first)
{
  gint64 n = field_int (ledger, name);

  output_put (ctl->out, STYLE_PLAIN, first ? "" : ", ");
  output_putf (ctl->out, n > 0 ? style : STYLE_FAINT, "%" G_GINT64_FORMAT " %s", n, name);
}

static void
print_ledger (Ctl *ctl, JsonObject *ledger)
{
  g_autofree char *events = g_strdup_printf (
      "%" G_GINT64_FORMAT " received, %" G_GINT64_FORMAT " matched no rule",
      field_int (ledger, "events"), field_int (ledger, "unmatched"));
  gint64 expired_events = field_int (ledger, "expired_events");
  g_autofree char *total = g_strdup_printf ("%" G_GINT64_FORMAT " in all: ",
                                            field_int (ledger, "deliveries"));
  gint64 difference = field_int (ledger, "difference");

  output_field (ctl->out, "Events", STYLE_PLAIN, events);
  output_put (ctl->out, STYLE_FAINT, "Deliveries");
  output_spaces (ctl->out, 5);
  output_put (ctl->out, STYLE_PLAIN, total);
  put_count (ctl, ledger, "done", STYLE_GOOD, TRUE);
  put_count (ctl, ledger, "ready", STYLE_NOTICE, FALSE);
  put_count (ctl, ledger, "waiting", STYLE_NOTICE, FALSE);
  put_count (ctl, ledger, "held", STYLE_NOTICE, FALSE);
  put_count (ctl, ledger, "dead", STYLE_BAD, FALSE);
  put_count (ctl, ledger, "discarded", STYLE_PLAIN, FALSE);
  if (field_int (ledger, "expired") > 0)
    put_count (ctl, ledger, "expired", STYLE_PLAIN, FALSE);
  output_newline (ctl->out);
  if (difference != 0)
    {
      g_autofree char *text = g_strdup_printf ("out of balance by %" G_GINT64_FORMAT
                                               "; that is a fault of the router, please report it",
                                               difference);

      output_field (ctl->out, "Ledger", STYLE_BAD, text);
    }
  if (expired_events > 0)
    {
      g_autofree char *text = g_strdup_printf (
          "%" G_GINT64_FORMAT " events, as Retention in router.json says", expired_events);

      output_field (ctl->out, "Removed", STYLE_PLAIN, text);
    }
}

static void
print_store (Ctl *ctl, JsonObject *store)
{
  g_autofree char *commit = format_duration (field_int (store, "last_commit_us"));
  g_autofree char *text = g_strdup_printf ("%s, %s, last commit took %s",
                                           field_string (store, "engine"),
                                           field_string (store, "path"), commit);

  output_field (ctl->out, "Store", STYLE_PLAIN, text);
  if (field_bool (store, "disk_full"))
    output_field (ctl->out, "Disk", STYLE_BAD,
                  "full: events are refused until there is room; deliveries go on");
  if (field_bool (store, "disk_blocked"))
    output_field (ctl->out, "Disk", STYLE_BAD,
                  "takes nothing: events are refused until it does; the log says why");
}

/* What the files say is not what the router does. */
static void
print_differences (Ctl *ctl, JsonObject *status)
{
  JsonArray *restart = field_array (status, "restart");

  if (field_bool (status, "config_edited_by_hand"))
    output_field (ctl->out, "Files", STYLE_NOTICE,
                  "edited by hand and not in force: signalboxctl check the folder, then reload");
  for (guint i = 0; i < field_length (restart); i++)
    output_field (ctl->out, i == 0 ? "Needs restart" : "", STYLE_NOTICE,
                  json_array_get_string_element (restart, i));
}

static void
print_certificate (Ctl *ctl, JsonObject *tls)
{
  const char *problem = field_string (tls, "problem");
  g_autofree char *ends = NULL, *text = NULL;

  if (tls == NULL)
    return;
  ends = format_rfc3339 (field_string (tls, "expires"), 0);
  text = g_strdup_printf ("%s, valid until %s", field_string (tls, "subject"), ends);
  output_field (ctl->out, "Certificate",
                field_bool (tls, "expires_soon") ? STYLE_NOTICE : STYLE_PLAIN, text);
  if (*problem != '\0')
    output_field (ctl->out, "", STYLE_BAD, problem);
}

static void
print_status (Ctl *ctl, JsonObject *status)
{
  gint64 now_us = field_time (status, "now");
  g_autofree char *listen = field_join (field_array (status, "listen"), ", ");
  g_autofree char *since = format_rfc3339 (field_string (status, "started_at"), now_us);
  g_autofree char *age = format_duration (now_us - field_time (status, "started_at"));
  g_autofree char *taken = format_rfc3339 (field_string (status, "generation_at"), now_us);
  g_autofree char *router = g_strdup_printf (
      "%s since %s (%s), version %s, process %" G_GINT64_FORMAT, field_string (status, "state"),
      since, age, field_string (status, "version"), field_int (status, "pid"));
  g_autofree char *configuration = g_strdup_printf ("generation %" G_GINT64_FORMAT " of %s, %s",
                                                    field_int (status, "generation"), taken,
                                                    field_string (status, "config_dir"));
  gboolean running = g_str_equal (field_string (status, "state"), "running");

  output_field (ctl->out, "Router", running ? STYLE_GOOD : STYLE_NOTICE, router);
  output_field (ctl->out, "Listens on", STYLE_NAME, listen);
  print_certificate (ctl, field_object (status, "tls"));
  output_field (ctl->out, "Configuration", STYLE_PLAIN, configuration);
  print_differences (ctl, status);
  print_store (ctl, field_object (status, "store"));
  print_ledger (ctl, field_object (status, "ledger"));
}

int
command_status (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (GStrv) rest = NULL;
  g_autoptr (ClientAnswer) answer = NULL;
  JsonObject *status;
  int exit_code;

  if (!ctl_parse (ctl, command, NULL, arguments, 0, 0, &rest, &exit_code))
    return exit_code;
  exit_code = ctl_get (ctl, "/v1/status", &answer);
  if (exit_code != EX_OK)
    return exit_code;
  status = client_answer_get_object (answer);
  if (ctl->json)
    ctl_print_body (ctl, answer);
  else
    print_status (ctl, status);
  return field_int (field_object (status, "ledger"), "difference") != 0 ||
                 field_bool (field_object (status, "store"), "disk_full") ||
                 field_bool (field_object (status, "store"), "disk_blocked")
             ? EX_NOTHING
             : EX_OK;
}

/* ---- wait ------------------------------------------------------------------------------------ */

typedef enum
{
  WAIT_REACHED,
  WAIT_NOT_YET,
  WAIT_UNREACHABLE,
  WAIT_FAILED,
} WaitState;

static gint64
unsettled (JsonObject *counts)
{
  return field_int (counts, "ready") + field_int (counts, "waiting") + field_int (counts, "held");
}

/* Asks quietly: that the router cannot be reached may be what is waited for to end. */
static WaitState
ask (Client *client, const char *path, ClientAnswer **out_answer)
{
  g_autoptr (ClientAnswer) answer = client_call (
      client, &(const ClientRequest){ .method = "GET", .path = path }, NULL);

  if (answer == NULL)
    return WAIT_UNREACHABLE;
  if (answer->status != 200)
    return WAIT_FAILED;
  *out_answer = g_steal_pointer (&answer);
  return WAIT_REACHED;
}

static WaitState
check_running (Client *client, const char *const *events)
{
  g_autoptr (ClientAnswer) answer = NULL;

  return ask (client, "/v1/status", &answer) == WAIT_REACHED ? WAIT_REACHED : WAIT_NOT_YET;
}

static WaitState
check_settled (Client *client, const char *const *events)
{
  g_autoptr (ClientAnswer) answer = NULL;
  WaitState state = ask (client, "/v1/status", &answer);
  JsonObject *status;

  if (state != WAIT_REACHED)
    return state;
  status = client_answer_get_object (answer);
  return unsettled (field_object (status, "ledger")) == 0 &&
                 field_int (field_object (status, "store"), "queued_events") == 0
             ? WAIT_REACHED
             : WAIT_NOT_YET;
}

static WaitState
check_events_settled (Client *client, const char *const *events)
{
  for (gsize i = 0; events[i] != NULL; i++)
    {
      g_autofree char *id = g_uri_escape_string (events[i], NULL, FALSE);
      g_autofree char *path = g_strconcat ("/v1/events/", id, NULL);
      g_autoptr (ClientAnswer) answer = NULL;
      WaitState state = ask (client, path, &answer);
      JsonObject *event;

      if (state != WAIT_REACHED)
        return state;
      event = field_object (client_answer_get_object (answer), "event");
      if (unsettled (field_object (event, "counts")) > 0)
        return WAIT_NOT_YET;
    }
  return WAIT_REACHED;
}

typedef WaitState (*WaitCheck) (Client *client, const char *const *events);

static WaitState
wait_for (Ctl *ctl, Client *client, WaitCheck check, const char *const *events, gint64 timeout_us)
{
  gint64 deadline_us = clock_monotonic_us (ctl->clock) + timeout_us;
  g_autoptr (Watcher) watcher = NULL;

  for (;;)
    {
      WaitState state = check (client, events);

      if (state != WAIT_NOT_YET || clock_monotonic_us (ctl->clock) >= deadline_us)
        return state;
      if (check == check_running)
        g_usleep (POLL_US);
      else
        {
          if (watcher == NULL)
            watcher = watcher_new (ctl, "events,deliveries");
          watcher_wait (watcher, MIN (deadline_us - clock_monotonic_us (ctl->clock), LOOK_US));
        }
    }
}

static int
report_wait (Ctl *ctl, Client *client, WaitState state, const char *what, gint64 timeout_us)
{
  g_autofree char *time = format_duration (timeout_us);

  switch (state)
    {
    case WAIT_REACHED:
      return EX_OK;
    case WAIT_UNREACHABLE:
      return ctl_fail (ctl, EX_UNAVAILABLE, "The router cannot be reached at %s",
                       client_get_place (client));
    case WAIT_FAILED:
      return ctl_fail (ctl, EX_NOTHING, "The router does not know what is waited for");
    case WAIT_NOT_YET:
    default:
      return ctl_fail (ctl, EX_NOTHING, "Not %s within %s at %s", what, time,
                       client_get_place (client));
    }
}

int
command_wait (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_autofree char *timeout = NULL;
  g_auto (GStrv) events = NULL;
  const GOptionEntry entries[] = {
    { "timeout", 't', 0, G_OPTION_ARG_FILENAME, &timeout, "At most so long (default 30s)", "TIME" },
    { "event", 'e', 0, G_OPTION_ARG_FILENAME_ARRAY, &events,
      "Only this event's deliveries; may be repeated", "ID" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Client) client = NULL;
  WaitCheck check = check_running;
  gint64 timeout_us = 0;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 1, 1, &rest, &exit_code))
    return exit_code;
  if (!parse_duration (timeout != NULL ? timeout : "30s", G_USEC_PER_SEC, &timeout_us, &error))
    return ctl_fail_usage (ctl, command, "--timeout: %s", error->message);
  if (g_str_equal (rest[0], "settled"))
    check = events != NULL ? check_events_settled : check_settled;
  else if (!g_str_equal (rest[0], "running"))
    return ctl_fail_usage (ctl, command, "One can wait for running or settled, not for “%s”",
                           rest[0]);
  client = ctl_client_new (ctl, &exit_code);
  if (client == NULL)
    return exit_code;
  return report_wait (ctl, client,
                      wait_for (ctl, client, check, (const char *const *) events, timeout_us),
                      rest[0], timeout_us);
}
