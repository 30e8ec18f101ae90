/* The exec connector: a program for each delivery.  Delivery thread.
 *
 * A Run is one process, the leader of a group of its own, with pipes that never block the thread.
 * It ends when the process does: what a descendant still holds open is not waited for, and what is
 * left of the group is killed.  What must stay true: a run owes exactly one done, and its process
 * is waited for exactly once. */
#include "connector/exec/exec.h"

#include "config/settings.h"
#include "connector/template.h"
#include "connector/wakeup.h"
#include "connector/webhook/redact.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* From the polite signal to the other one. */
#define GRACE_US (2 * G_TIME_SPAN_SECOND)

#define PIECE_BYTES 16384

typedef struct
{
  Connector base;
  const ConnectorHost *host;
  char *label, *program, *folder;
  GPtrArray *arguments; /* Template */
  char **environment;
  char **secrets; /* variable, name of a secret … */
  gint64 timeout_us;
  gsize max_output_bytes;
  guint8 delivered_on[256], refused_on[256];
  GQueue runs;     /* Run */
  GQueue failed;   /* Run: not started; their done is owed */
  GSource *failer; /* ready when there are any */
} Exec;

typedef enum
{
  ENDED_BY_ITSELF,
  ENDED_FOR_TIME,
  ENDED_FOR_OUTPUT,
} EndReason;

typedef struct
{
  Exec *exec;
  GList link; /* in runs or failed */
  GBytes *input;
  gsize written;
  GPid pid; /* 0: never started, or waited for */
  int in, out, ended;
  GSource *in_source, *out_source, *ended_source, *deadline;
  gboolean was_asked; /* to end */
  EndReason reason;
  gsize output_bytes;
  GByteArray *kept;
  GPtrArray *secret_texts; /* that the output may not give away */
  Outcome failure;
  ConnectorDone done;
  gpointer user_data;
} Run;

/* ---- Runs ---------------------------------------------------------------------------------- */

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
drop_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static void
close_input (Run *run)
{
  drop_source (&run->in_source);
  drop_fd (&run->in);
}

static void
close_output (Run *run)
{
  drop_source (&run->out_source);
  drop_fd (&run->out);
}

static Run *
run_new (Exec *exec, const ConnectorRequest *request, ConnectorDone done, gpointer user_data)
{
  Run *run = g_new0 (Run, 1);

  run->exec = exec;
  run->link.data = run;
  run->input = g_bytes_ref (request->payload);
  run->in = run->out = run->ended = -1;
  run->kept = g_byte_array_new ();
  run->done = done;
  run->user_data = user_data;
  g_queue_push_tail_link (&exec->runs, &run->link);
  return run;
}

/* In no queue any more. */
static void
run_free (Run *run)
{
  if (run->pid != 0)
    {
      kill (-run->pid, SIGKILL);
      waitpid (run->pid, NULL, 0);
    }
  close_input (run);
  close_output (run);
  drop_source (&run->ended_source);
  drop_fd (&run->ended);
  g_clear_pointer (&run->deadline, wakeup_free);
  g_bytes_unref (run->input);
  g_byte_array_unref (run->kept);
  g_clear_pointer (&run->secret_texts, g_ptr_array_unref);
  outcome_clear (&run->failure);
  g_free (run);
}

static void
run_finish (Run *run, const Outcome *outcome)
{
  g_queue_unlink (&run->exec->runs, &run->link);
  run->done (outcome, run->user_data);
  run_free (run);
}

static gboolean
fail_cb (gpointer data)
{
  Exec *self = data;
  GList *link;

  while ((link = g_queue_pop_head_link (&self->failed)) != NULL)
    {
      Run *run = link->data;

      g_queue_push_tail_link (&self->runs, link);
      run_finish (run, &run->failure);
    }
  return G_SOURCE_CONTINUE;
}

/* Later, as send may not call done. */
static void
run_fail (Run *run, OutcomeKind kind, const char *code, const char *why)
{
  Exec *self = run->exec;

  run->failure = (Outcome){
    .kind = kind,
    .error_code = code,
    .retry_after_us = -1,
    .note = g_strdup_printf ("%s was not started: %s", self->label, why),
  };
  g_queue_unlink (&self->runs, &run->link);
  g_queue_push_tail_link (&self->failed, &run->link);
  wakeup_now (self->failer);
}

/* ---- How it ended -------------------------------------------------------------------------- */

static OutcomeKind
kind_of_status (const Exec *self, int status)
{
  if (self->delivered_on[status])
    return OUTCOME_DELIVERED;
  return self->refused_on[status] ? OUTCOME_REFUSED : OUTCOME_RETRY;
}

static void
judge (const Run *run, int status, Outcome *outcome)
{
  const Exec *self = run->exec;

  *outcome = (Outcome){ .kind = OUTCOME_RETRY,
                        .error_code = ERROR_CODE_ERROR_FROM_TARGET,
                        .retry_after_us = -1 };
  if (run->reason == ENDED_FOR_TIME)
    {
      outcome->error_code = ERROR_CODE_TIMEOUT;
      outcome->note = g_strdup_printf ("%s was not done after %" G_GINT64_FORMAT " s", self->label,
                                       self->timeout_us / G_USEC_PER_SEC);
    }
  else if (run->reason == ENDED_FOR_OUTPUT)
    outcome->note = g_strdup_printf ("%s wrote more than MaxOutputBytes, which is %" G_GSIZE_FORMAT,
                                     self->label, self->max_output_bytes);
  else if (WIFSIGNALED (status))
    outcome->note = g_strdup_printf ("%s was ended by signal %d", self->label, WTERMSIG (status));
  else
    {
      outcome->status = WEXITSTATUS (status);
      outcome->kind = kind_of_status (self, outcome->status);
      outcome->note = outcome->kind == OUTCOME_DELIVERED
                          ? g_strdup ("")
                          : g_strdup_printf ("%s ended with status %d", self->label,
                                             outcome->status);
    }
  if (outcome->kind == OUTCOME_DELIVERED)
    outcome->error_code = NULL;
  if (run->kept->len > 0)
    outcome->response = g_bytes_new (run->kept->data, run->kept->len);
}

/* ---- While it runs ------------------------------------------------------------------------- */

static void
ask_to_end (Run *run, EndReason reason)
{
  if (run->was_asked || run->pid == 0)
    return;
  run->was_asked = TRUE;
  run->reason = reason;
  kill (-run->pid, SIGTERM);
  wakeup_in (run->deadline, GRACE_US);
}

static gboolean
deadline_cb (gpointer data)
{
  Run *run = data;

  if (run->was_asked)
    kill (-run->pid, SIGKILL);
  else
    ask_to_end (run, ENDED_FOR_TIME);
  return G_SOURCE_CONTINUE;
}

static gboolean
write_cb (int fd, GIOCondition condition, gpointer data)
{
  Run *run = data;
  gsize length;
  const char *bytes = g_bytes_get_data (run->input, &length);
  gssize n = run->written < length ? write (fd, bytes + run->written, length - run->written) : 0;

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n > 0)
    run->written += (gsize) n;
  /* A program need not read what it gets. */
  if (n < 0 || run->written >= length)
    close_input (run);
  return G_SOURCE_CONTINUE;
}

/* FALSE: nothing more at this moment. */
static gboolean
read_piece (Run *run)
{
  gsize max_kept = run->exec->host->max_response_bytes;
  guint8 piece[PIECE_BYTES];
  gssize n = read (run->out, piece, sizeof piece);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return FALSE;
  if (n <= 0)
    {
      close_output (run);
      return FALSE;
    }
  run->output_bytes += (gsize) n;
  if (run->kept->len < max_kept)
    g_byte_array_append (run->kept, piece, (guint) MIN ((gsize) n, max_kept - run->kept->len));
  if (run->output_bytes > run->exec->max_output_bytes)
    ask_to_end (run, ENDED_FOR_OUTPUT);
  return TRUE;
}

static gboolean
read_cb (int fd, GIOCondition condition, gpointer data)
{
  read_piece (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
ended_cb (int fd, GIOCondition condition, gpointer data)
{
  Run *run = data;
  int status = 0;
  Outcome outcome;

  /* Its group may have members left; while it is not waited for, its number is nobody else's. */
  kill (-run->pid, SIGKILL);
  while (waitpid (run->pid, &status, 0) < 0 && errno == EINTR)
    ;
  run->pid = 0;
  while (run->out >= 0 && run->output_bytes <= run->exec->max_output_bytes && read_piece (run))
    ;
  judge (run, status, &outcome);
  redact_outcome (&outcome, run->secret_texts);
  run_finish (run, &outcome);
  outcome_clear (&outcome);
  return G_SOURCE_CONTINUE;
}

/* ---- Starting ------------------------------------------------------------------------------ */

/* In the child, between fork and exec: only what is safe there.  The signals that the delivery
 * thread does not take are no affair of the program, and when the router is killed it must not work
 * on while the delivery is made anew. */
static void
in_child (gpointer data)
{
  sigset_t none;

  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  setsid ();
  dup2 (STDOUT_FILENO, STDERR_FILENO);
}

static GSource *
watch (Run *run, int fd, GIOCondition condition, GUnixFDSourceFunc callback)
{
  GSource *source = g_unix_fd_source_new (fd, condition);

  g_source_set_callback (source, G_SOURCE_FUNC (callback), run, NULL);
  g_source_attach (source, run->exec->host->context);
  return source;
}

/* NULL: what the event has would be taken for an option; said in error. */
static char **
arguments_of (Exec *self, const ConnectorRequest *request, char **out_why)
{
  g_auto (TemplateScope) scope = { request, NULL };
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();

  g_strv_builder_add (argv, self->program);
  for (guint i = 0; i < self->arguments->len; i++)
    {
      const Template *template_ = self->arguments->pdata[i];
      g_autofree char *argument = template_render (template_, &scope);

      if (*argument == '-' && !template_begins_with_text (template_))
        {
          *out_why = g_strdup_printf (
              "what the event has for argument %u begins with “-” and would be an option", i + 1);
          return NULL;
        }
      g_strv_builder_add (argv, argument);
    }
  return g_strv_builder_end (argv);
}

static char **
environment_of (const Exec *self, const ConnectorRequest *request)
{
  char **environment = g_strdupv (self->environment);
  g_autofree char *attempt = g_strdup_printf ("%u", request->attempt);

  environment = g_environ_setenv (environment, "SIGNALBOX_EVENT_ID", request->event_id, TRUE);
  environment = g_environ_setenv (environment, "SIGNALBOX_DELIVERY_ID", request->delivery_id, TRUE);
  environment = g_environ_setenv (environment, "SIGNALBOX_ATTEMPT", attempt, TRUE);
  environment = g_environ_setenv (environment, "SIGNALBOX_RULE", request->rule, TRUE);
  return environment;
}

/* Their values are looked up for each run, so that a secret that was changed counts at once. */
static gboolean
add_secrets (Run *run, char ***environment, GError **error)
{
  for (char **pair = run->exec->secrets; *pair != NULL; pair += 2)
    {
      g_autoptr (GBytes) bytes = secrets_get (run->exec->host->secrets, pair[1], error);
      char *text;

      if (bytes == NULL)
        return FALSE;
      text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      if (run->secret_texts == NULL)
        run->secret_texts = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (run->secret_texts, text);
      *environment = g_environ_setenv (*environment, pair[0], text, TRUE);
    }
  return TRUE;
}

static void
attend (Run *run)
{
  g_unix_set_fd_nonblocking (run->in, TRUE, NULL);
  g_unix_set_fd_nonblocking (run->out, TRUE, NULL);
  run->in_source = watch (run, run->in, G_IO_OUT, write_cb);
  run->out_source = watch (run, run->out, G_IO_IN | G_IO_HUP, read_cb);
  run->ended_source = watch (run, run->ended, G_IO_IN, ended_cb);
  run->deadline = wakeup_new ("program deadline", run->exec->host->context, deadline_cb, run);
  wakeup_in (run->deadline, run->exec->timeout_us);
}

static void
start (Run *run, char **argv, char **environment)
{
  Exec *self = run->exec;
  g_autoptr (GError) error = NULL;

  if (!g_spawn_async_with_pipes (self->folder, argv, environment, G_SPAWN_DO_NOT_REAP_CHILD,
                                 in_child, NULL, &run->pid, &run->in, &run->out, NULL, &error))
    {
      gboolean is_busy = g_error_matches (error, G_SPAWN_ERROR, G_SPAWN_ERROR_FORK) ||
                         g_error_matches (error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED);

      run->pid = 0;
      run_fail (run, is_busy ? OUTCOME_RETRY : OUTCOME_MISCONFIGURED,
                is_busy ? ERROR_CODE_INTERNAL_ERROR : ERROR_CODE_NO_RESOURCE, error->message);
      return;
    }
  run->ended = (int) syscall (SYS_pidfd_open, run->pid, 0);
  if (run->ended >= 0)
    {
      attend (run);
      return;
    }
  run_fail (run, OUTCOME_RETRY, ERROR_CODE_INTERNAL_ERROR, g_strerror (errno));
}

static void
exec_send (Connector *connector,
           const ConnectorRequest *request,
           ConnectorDone done,
           gpointer user_data)
{
  Exec *self = (Exec *) connector;
  Run *run = run_new (self, request, done, user_data);
  g_autofree char *why = NULL;
  g_auto (GStrv) argv = arguments_of (self, request, &why);
  g_auto (GStrv) environment = environment_of (self, request);
  g_autoptr (GError) error = NULL;

  if (argv == NULL)
    run_fail (run, OUTCOME_REFUSED, ERROR_CODE_INVALID_PARAMETER, why);
  else if (!add_secrets (run, &environment, &error))
    run_fail (run, OUTCOME_DOWN, ERROR_CODE_NO_PERMISSIONS, error->message);
  else
    start (run, argv, environment);
}

/* The program is there and may be run, and so may its folder be entered. */
static void
exec_probe (Connector *connector, ConnectorDone done, gpointer user_data)
{
  Exec *self = (Exec *) connector;
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  Run *run = run_new (self, &(ConnectorRequest){ .payload = nothing }, done, user_data);
  const char *wrong = access (self->program, X_OK) != 0  ? self->program
                      : access (self->folder, X_OK) != 0 ? self->folder
                                                         : NULL;

  if (wrong != NULL)
    {
      g_autofree char *why = g_strdup_printf ("%s: %s", wrong, g_strerror (errno));

      run_fail (run, OUTCOME_MISCONFIGURED, ERROR_CODE_NO_RESOURCE, why);
      return;
    }
  run_fail (run, OUTCOME_DELIVERED, NULL, "");
  g_clear_pointer (&run->failure.note, g_free);
  run->failure.note = g_strdup ("");
}

/* ---- The connector ------------------------------------------------------------------------- */

static char **
read_environment (JsonObject *settings)
{
  JsonObject *map = config_settings_object (settings, "Environment");
  char **environment = g_new0 (char *, 1);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  environment = g_environ_setenv (environment, "PATH", "/usr/local/bin:/usr/bin:/bin", TRUE);
  environment = g_environ_setenv (environment, "LANG", "C.UTF-8", TRUE);
  if (map == NULL)
    return environment;
  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    environment = g_environ_setenv (environment, name, json_node_get_string (node), TRUE);
  return environment;
}

static char **
read_secrets (JsonObject *settings)
{
  JsonObject *map = config_settings_object (settings, "Secrets");
  g_autoptr (GStrvBuilder) pairs = g_strv_builder_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (map != NULL)
    {
      json_object_iter_init_ordered (&iter, map);
      while (json_object_iter_next_ordered (&iter, &name, &node))
        g_strv_builder_add_many (pairs, name, json_node_get_string (node), NULL);
    }
  return g_strv_builder_end (pairs);
}

static void
read_statuses (JsonObject *settings, const char *key, guint8 statuses[256])
{
  JsonArray *array = config_settings_array (settings, key);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    statuses[(guint8) json_array_get_int_element (array, i)] = 1;
}

static Connector *
exec_open (const char *name, JsonObject *settings, const ConnectorHost *host, GError **error)
{
  g_auto (GStrv) command = config_settings_strings (settings, "Command");
  const char *folder = config_settings_string (settings, "Folder");
  Exec *self = g_new0 (Exec, 1);

  self->base.kind = &connector_kind_exec;
  self->host = host;
  self->label = g_strconcat ("exec/", name, NULL);
  self->program = g_strdup (command[0]);
  self->folder = g_canonicalize_filename (folder != NULL ? folder : ".", host->state_dir);
  self->arguments = g_ptr_array_new_with_free_func ((GDestroyNotify) template_free);
  for (guint i = 1; command[i] != NULL; i++)
    g_ptr_array_add (self->arguments, template_new (command[i], NULL));
  self->environment = read_environment (settings);
  self->secrets = read_secrets (settings);
  self->timeout_us = config_settings_seconds (settings, "TimeoutSeconds");
  self->max_output_bytes = (gsize) config_settings_integer (settings, "MaxOutputBytes");
  read_statuses (settings, "DeliveredOn", self->delivered_on);
  read_statuses (settings, "RefusedOn", self->refused_on);
  self->failer = wakeup_new ("program failures", host->context, fail_cb, self);
  return &self->base;
}

static void
free_runs (GQueue *runs)
{
  GList *link;

  while ((link = g_queue_pop_head_link (runs)) != NULL)
    run_free (link->data);
}

static void
exec_close (Connector *connector)
{
  Exec *self = (Exec *) connector;

  free_runs (&self->runs);
  free_runs (&self->failed);
  wakeup_free (self->failer);
  g_ptr_array_unref (self->arguments);
  g_strfreev (self->environment);
  g_strfreev (self->secrets);
  g_free (self->folder);
  g_free (self->program);
  g_free (self->label);
  g_free (self);
}

static char *
exec_describe (const char *name, JsonObject *settings, const char *state_dir)
{
  g_auto (GStrv) command = config_settings_strings (settings, "Command");

  return g_strconcat ("program ", command[0], NULL);
}

const ConnectorKind connector_kind_exec = {
  .kind = "exec",
  .schema = &connector_schema_exec,
  .open = exec_open,
  .send = exec_send,
  .probe = exec_probe,
  .close = exec_close,
  .describe = exec_describe,
};
