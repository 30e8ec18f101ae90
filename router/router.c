/* The composition root: builds, starts and stops every part, in order.
 *
 * Built from the bottom: store, writer, configuration, deliveries, ingress, API, listener.  Stopped
 * from the top: the listener first, so that nothing new comes in; then the deliveries, with a grace
 * for what is under way; then the writer, which commits what is queued; then the store.
 *
 * The main thread only waits for signals. */
#include "router.h"

#include "service.h"
#include "wiring.h"

#include "base/error.h"
#include "base/log.h"
#include "base/random.h"
#include "connector/connector.h"
#include "connector/fetch.h"
#include "control/control.h"
#include "deliver/deliver.h"
#include "http/api.h"
#include "http/listen.h"
#include "http/server.h"
#include "ingress/folders.h"
#include "ingress/ingress.h"
#include "ingress/timers.h"
#include "store/mark.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>

/* How long deliveries under way may take to end when the router stops. */
#define STOP_GRACE_MS 5000

/* Pause before a commit is tried again on a full disk. */
#define FULL_RETRY_MS 1000

typedef struct
{
  const RouterOptions *options;
  GMainLoop *loop;
  gboolean is_marked; /* that it started is on the time line */
  int exit_status;
  guint hangup; /* source of SIGHUP */

  Clock *clock;
  Random *random;
  Metrics *metrics;
  Pulse *pulse;
  Secrets *secrets;
  Store *store;
  Writer *writer;
  SnapshotHolder *snapshots;
  Deliver *deliver;
  Fetcher *fetcher;
  Ingress *ingress;
  Timers *timers;
  Folders *folders;
  Control *control;
  Wiring wiring;
  Api *api;
  HttpTls *tls; /* NULL: plain */
  HttpServer *server;
} Router;

/* ---- What the parts say to each other ------------------------------------------------------- */

static void
on_appended (const AppendEvent *append, gpointer user_data)
{
  Router *router = user_data;

  deliver_remember (router->deliver, append);
}

static void
on_due (const StoreDue *due, gpointer user_data)
{
  Router *router = user_data;

  deliver_add (router->deliver, due);
}

/* Delivery thread. */
static void
on_forward (const ConnectorRequest *request,
            const char *bus,
            ConnectorForwarded done,
            gpointer user_data,
            gpointer forward_data)
{
  Router *router = forward_data;

  ingress_forward (router->ingress, request->event, bus, request->delivery_id, done, user_data);
}

static void
on_changed (DeliveryKey key, gpointer user_data)
{
  Router *router = user_data;

  deliver_forget (router->deliver, key);
}

static void
set_retention (Router *router, const ConfigRouter *settings)
{
  const StoreRetention retention = {
    .age_us = { [DELIVERY_DONE] = settings->keep_done_us,
                [DELIVERY_DEAD] = settings->keep_dead_us,
                [DELIVERY_DISCARDED] = settings->keep_discarded_us },
    .max_bytes = settings->keep_bytes,
  };

  writer_set_retention (router->writer, &retention);
}

static void
on_reconfigured (gpointer user_data)
{
  Router *router = user_data;
  g_autoptr (Snapshot) snapshot = snapshot_current (router->snapshots);

  set_retention (router, &snapshot->configuration->router);
  deliver_reconfigure (router->deliver);
  timers_reconfigure (router->timers);
  folders_reconfigure (router->folders);
  api_note_generation (router->api, snapshot->generation);
}

static gboolean
end_loop (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/* Writer thread.  What was submitted has an unknown fate, so nobody is told that it succeeded; only
 * a fresh start, which reads what is really there, is safe. */
static void
on_writer_failed (const GError *error, gpointer user_data)
{
  Router *router = user_data;

  log_message (LOG_ERROR, "router",
               "the store failed: %s; stopping, as it is unknown what of the last commit was kept. "
               "Mend the disk and start again: everything that was acknowledged is there",
               error->message);
  router->exit_status = ROUTER_EXIT_STORE;
  g_idle_add (end_loop, router->loop);
}

static void
on_paused (const char *connector, gboolean paused, gpointer user_data)
{
  Router *router = user_data;

  deliver_set_paused (router->deliver, connector, paused);
}

/* ---- TLS ------------------------------------------------------------------------------------ */

/* How often a running router looks whether its certificate ends. */
#define CERTIFICATE_LOOK_S (24 * 60 * 60)

static void
warn_of_certificate (Router *router)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (router->snapshots);
  gint64 warn_us = (gint64) snapshot->configuration->router.certificate_warn_days * G_TIME_SPAN_DAY;
  g_auto (HttpTlsState) state = { 0 };
  gint64 left_us;

  http_tls_describe (router->tls, &state);
  left_us = state.expires_us - clock_wall_us (router->clock);
  if (left_us < warn_us)
    log_message (LOG_WARNING, "router",
                 "the certificate (%s) ends in %" G_GINT64_FORMAT
                 " days; put a new one into its file",
                 state.subject, MAX (left_us, 0) / G_TIME_SPAN_DAY);
}

static gboolean
on_certificate_look (gpointer router)
{
  warn_of_certificate (router);
  return G_SOURCE_CONTINUE;
}

static gboolean
start_tls (Router *router, const ConfigRouter *wanted)
{
  const char *state_dir = router->options->state_dir;
  g_autofree char *certificate = NULL, *key = NULL, *client_ca = NULL;
  g_autoptr (GError) error = NULL;
  HttpTlsSettings settings = { .only_1_3 = wanted->only_tls_1_3 };

  if (wanted->certificate_file == NULL)
    return TRUE;
  settings.certificate_file = certificate = g_canonicalize_filename (wanted->certificate_file,
                                                                     state_dir);
  settings.key_file = key = g_canonicalize_filename (wanted->key_file, state_dir);
  if (wanted->client_ca_file != NULL)
    settings.client_ca_file = client_ca = g_canonicalize_filename (wanted->client_ca_file,
                                                                   state_dir);
  router->tls = http_tls_new (&settings, router->clock, &error);
  if (router->tls == NULL)
    {
      log_message (LOG_ERROR, "router", "%s", error->message);
      router->exit_status = ROUTER_EXIT_UNAVAILABLE;
      return FALSE;
    }
  warn_of_certificate (router);
  g_timeout_add_seconds (CERTIFICATE_LOOK_S, on_certificate_look, router);
  return TRUE;
}

/* With TLS nobody reads along; what still needs somebody known is the API. */
static gboolean
check_tokens (Router *router, const char *listen, const ConfigRouter *wanted)
{
  if (router->tls == NULL || g_strcmp0 (listen, wanted->insecure_listen) == 0 ||
      !http_listen_is_exposed (listen) || api_has_tokens (router->api))
    return TRUE;
  log_message (LOG_ERROR, "router",
               "Refusing to listen on “%s”: other machines would reach it, and there is no token "
               "yet; start with --listen none, make one (signalboxctl token create), and start "
               "again as now",
               listen);
  router->exit_status = ROUTER_EXIT_UNAVAILABLE;
  return FALSE;
}

/* ---- Starting ------------------------------------------------------------------------------- */

static gboolean
make_folder (Router *router, const char *path, int exit_status)
{
  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;
  log_message (LOG_ERROR, "router", "cannot make the folder “%s”: %s", path, g_strerror (errno));
  router->exit_status = exit_status;
  return FALSE;
}

/* Every delivery is in exactly one state.  A store of which that is not true is damaged or wrong,
 * which is no reason not to deliver what it holds, but must be known. */
static void
check_ledger (Router *router)
{
  g_autoptr (GError) error = NULL;
  StoreLedger ledger;

  if (!router->store->engine->ledger (router->store, FALSE, &ledger, &error))
    log_message (LOG_ERROR, "router", "the ledger cannot be read: %s", error->message);
  else if (store_ledger_difference (&ledger) != 0)
    log_message (LOG_ERROR, "router",
                 "the ledger does not balance: of %" G_GINT64_FORMAT " deliveries %" G_GINT64_FORMAT
                 " are in no state or in two; keep a copy of “%s” and restore a backup",
                 ledger.created, ABS (store_ledger_difference (&ledger)),
                 router->options->state_dir);
}

static gboolean
start_store (Router *router)
{
  const StoreEngine *engine = store_engine_by_name (router->options->store);
  g_autoptr (GError) error = NULL;

  if (!make_folder (router, router->options->state_dir, ROUTER_EXIT_STORE))
    return FALSE;
  router->store = engine->open (router->options->state_dir, &error);
  if (router->store != NULL)
    {
      check_ledger (router);
      return TRUE;
    }
  log_message (LOG_ERROR, "router", "%s", error->message);
  router->exit_status = ROUTER_EXIT_STORE;
  return FALSE;
}

static void
log_problems (GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++)
    {
      g_autofree char *text = config_problem_format (problems->pdata[i]);

      log_message (LOG_ERROR, "config", "%s", text);
    }
}

/* The writer's limits are settings, and the first generation is recorded by the writer: so the
 * folder is read for the settings first, and taken in force after. */
static gboolean
start_configuration (Router *router)
{
  const char *folder = router->options->config_dir;
  g_autoptr (Configuration) settings = NULL;
  g_autoptr (Snapshot) first = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;

  if (!make_folder (router, folder, ROUTER_EXIT_CONFIG))
    return FALSE;
  if (!config_recover (folder, connector_schemas (), &error))
    {
      log_message (LOG_ERROR, "router", "%s", error->message);
      router->exit_status = ROUTER_EXIT_CONFIG;
      return FALSE;
    }
  settings = config_load (folder, connector_schemas (), NULL, &problems);
  if (settings != NULL)
    {
      WriterSettings limits = { .max_queued_events = settings->router.queued_events,
                                .max_batch_items = settings->router.batch_items,
                                .full_retry_ms = FULL_RETRY_MS };

      router->metrics = metrics_new (settings->router.metric_series);
      router->pulse = pulse_new (settings->router.metric_series);
      limits.metrics = router->metrics;
      router->writer = writer_new (router->store, &limits, on_writer_failed, router);
      first = control_first_snapshot (folder, connector_schemas (), router->store, router->writer,
                                      router->clock, &problems, &error);
    }
  if (first != NULL)
    {
      router->snapshots = snapshot_holder_new (first);
      set_retention (router, &first->configuration->router);
      return TRUE;
    }
  if (problems != NULL)
    {
      log_problems (problems);
      log_message (LOG_ERROR, "router", "the configuration in “%s” has %u problem%s; not started",
                   folder, problems->len, problems->len == 1 ? "" : "s");
    }
  else
    log_message (LOG_ERROR, "router", "%s", error->message);
  router->exit_status = problems != NULL ? ROUTER_EXIT_CONFIG : ROUTER_EXIT_STORE;
  return FALSE;
}

static gboolean
on_fetch (const char *url,
          const char *const *allowed,
          FetchDone done,
          gpointer user_data,
          gpointer fetch_data)
{
  return fetcher_get (fetch_data, url, allowed, done, user_data);
}

static void
make_ingress (Router *router)
{
  IngressSetup setup = { .clock = router->clock,
                         .random = router->random,
                         .writer = router->writer,
                         .snapshots = router->snapshots,
                         .secrets = router->secrets,
                         .due = on_due,
                         .due_data = router,
                         .appended = on_appended,
                         .fetch = on_fetch };

  router->fetcher = setup.fetch_data = fetcher_new ();
  router->ingress = ingress_new (&setup);
}

static gboolean
start_deliver (Router *router)
{
  DeliverSetup setup = { .clock = router->clock,
                         .random = router->random,
                         .store = router->store,
                         .writer = router->writer,
                         .snapshots = router->snapshots,
                         .secrets = router->secrets,
                         .state_dir = router->options->state_dir,
                         .metrics = router->metrics,
                         .pulse = router->pulse,
                         .forward = on_forward,
                         .forward_data = router };
  g_autoptr (GError) error = NULL;

  router->deliver = deliver_new (&setup);
  /* What leads to another bus comes in again. */
  make_ingress (router);
  if (deliver_start (router->deliver, &error))
    return TRUE;
  log_message (LOG_ERROR, "router", "%s", error->message);
  router->exit_status = ROUTER_EXIT_STORE;
  return FALSE;
}

static void
start_control (Router *router)
{
  ControlSetup control = { .clock = router->clock,
                           .random = router->random,
                           .store = router->store,
                           .writer = router->writer,
                           .snapshots = router->snapshots,
                           .config_dir = router->options->config_dir,
                           .connector_schemas = connector_schemas (),
                           .due = on_due,
                           .reconfigured = on_reconfigured,
                           .changed = on_changed,
                           .paused = on_paused,
                           .user_data = router };

  router->control = control_new (&control);
}

static gboolean
start_own_sources (Router *router)
{
  const FoldersSetup folders = { .clock = router->clock,
                                 .ingress = router->ingress,
                                 .snapshots = router->snapshots,
                                 .state_dir = router->options->state_dir };
  const TimersSetup setup = { .clock = router->clock,
                              .store = router->store,
                              .writer = router->writer,
                              .ingress = router->ingress,
                              .snapshots = router->snapshots };
  g_autoptr (GError) error = NULL;

  router->folders = folders_new (&folders);
  router->timers = timers_new (&setup, &error);
  if (router->timers != NULL)
    return TRUE;
  log_message (LOG_ERROR, "router", "%s", error->message);
  router->exit_status = ROUTER_EXIT_STORE;
  return FALSE;
}

static void
start_api (Router *router)
{
  ApiSetup setup = { .clock = router->clock,
                     .random = router->random,
                     .store = router->store,
                     .writer = router->writer,
                     .ingress = router->ingress,
                     .snapshots = router->snapshots,
                     .metrics = router->metrics,
                     .pulse = router->pulse,
                     .operations = wiring_for_api (&router->wiring),
                     .config_dir = router->options->config_dir,
                     .state_dir = router->options->state_dir,
                     .connector_schemas = connector_schemas (),
                     .config_read_only = router->options->config_read_only };

  router->wiring = (Wiring){ router->control, router->deliver, router->options->state_dir };
  router->api = api_new (&setup);
}

static gboolean
fail_to_listen (Router *router, const GError *error)
{
  log_message (LOG_ERROR, "router", "%s", error->message);
  router->exit_status = ROUTER_EXIT_UNAVAILABLE;
  return FALSE;
}

/* What is listened on, for the API and the log. */
static char **
listening (Router *router, const HttpSettings *settings)
{
  g_autoptr (GStrvBuilder) urls = g_strv_builder_new ();

  if (settings->listen != NULL)
    g_strv_builder_add (urls, http_server_get_url (router->server));
  if (settings->socket_path != NULL)
    {
      g_autofree char *url = g_strconcat ("unix:", settings->socket_path, NULL);

      g_strv_builder_add (urls, url);
    }
  return g_strv_builder_end (urls);
}

static gboolean
start_server (Router *router)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (router->snapshots);
  const ConfigRouter *limits = &snapshot->configuration->router;
  const char *listen = router->options->listen != NULL ? router->options->listen : limits->listen;
  HttpSettings settings;
  g_auto (GStrv) urls = NULL;
  g_autofree char *where = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_str_equal (listen, "none") &&
      (!start_tls (router, limits) || !check_tokens (router, listen, limits)))
    return FALSE;
  settings = (HttpSettings){ .clock = router->clock,
                             .listen = g_str_equal (listen, "none") ? NULL : listen,
                             .may_be_exposed = router->tls != NULL ||
                                               g_strcmp0 (listen, limits->insecure_listen) == 0,
                             .tls = router->tls,
                             .socket_path = router->options->socket_path,
                             .max_connections = limits->connections,
                             .request_s = limits->request_s,
                             .max_body_bytes = api_max_body_bytes,
                             .refuse = api_refuse,
                             .refused = api_note_refusal,
                             .answered = api_note_answer,
                             .routes = api_routes (),
                             .user_data = router->api };
  api_set_tls (router->api, router->tls);
  router->server = http_server_new (&settings, &error);
  if (router->server == NULL)
    return fail_to_listen (router, error);
  urls = listening (router, &settings);
  api_set_listen (router->api, (const char *const *) urls);
  if (!http_server_start (router->server, &error))
    return fail_to_listen (router, error);
  where = g_strjoinv (" and ", urls);
  log_message (LOG_INFO, "router",
               "ready: listening on %s, %u rules, %u connectors, generation %" G_GUINT64_FORMAT,
               where, g_hash_table_size (snapshot->configuration->rules),
               g_hash_table_size (snapshot->configuration->connectors), snapshot->generation);
  return TRUE;
}

/* ---- Signals -------------------------------------------------------------------------------- */

static gboolean
on_hangup (gpointer user_data)
{
  Router *router = user_data;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  const ControlCause cause = { .author = "SIGHUP" };
  guint64 generation;

  service_notify ("RELOADING=1");
  if (router->tls != NULL)
    http_tls_check (router->tls);
  if (control_reload (router->control, &cause, &generation, &problems, &error))
    log_message (LOG_INFO, "router", "generation %" G_GUINT64_FORMAT " is in force", generation);
  else if (problems != NULL)
    {
      log_problems (problems);
      log_message (LOG_ERROR, "router", "the running generation stays in force");
    }
  else
    log_message (LOG_ERROR, "router", "%s", error->message);
  service_notify ("READY=1");
  return G_SOURCE_CONTINUE;
}

static gboolean
on_stop_signal (gpointer user_data)
{
  Router *router = user_data;

  log_message (LOG_INFO, "router", "stopping; a second signal ends it at once");
  /* From here on the main loop no longer runs: the second signal has its plain effect. */
  signal (SIGTERM, SIG_DFL);
  signal (SIGINT, SIG_DFL);
  g_main_loop_quit (router->loop);
  return G_SOURCE_REMOVE;
}

static void
listen_to_signals (Router *router)
{
  /* A log or a peer that nobody reads any more is no reason to end. */
  signal (SIGPIPE, SIG_IGN);
  router->hangup = g_unix_signal_add (SIGHUP, on_hangup, router);
  g_unix_signal_add (SIGTERM, on_stop_signal, router);
  g_unix_signal_add (SIGINT, on_stop_signal, router);
}

/* ---- The story ------------------------------------------------------------------------------ */

/* What did not stop has crashed, or was killed, or lost its power. */
static const char *
say_how_it_ended (Store *store)
{
  g_autoptr (GPtrArray) last = NULL;
  g_autoptr (JsonNode) root = NULL;
  Mark mark;

  if (!store->engine->find_records (store, RECORD_MARK, MARK_ROUTER_KEY, 0, 1, &last, NULL) ||
      last->len == 0 || !mark_read (last->pdata[0], &root, &mark))
    return NULL;
  return mark.kind == MARK_STARTED ? "the one before did not stop by itself" : NULL;
}

static void
put_mark (Router *router, MarkKind kind, const char *reason)
{
  const Mark mark = {
    .kind = kind,
    .at_us = clock_wall_us (router->clock),
    .reason = reason,
  };

  writer_submit (router->writer, batch_item_new_record (mark_to_record (&mark)), NULL, NULL, NULL);
}

static gboolean
start (Router *router)
{
  if (!start_store (router) || !start_configuration (router) || !start_deliver (router))
    return FALSE;
  start_control (router);
  if (!start_own_sources (router))
    return FALSE;
  start_api (router);
  /* Whoever gets an answer may send a signal at once; it is taken up when the main loop runs. */
  listen_to_signals (router);
  if (!start_server (router))
    return FALSE;
  put_mark (router, MARK_STARTED, say_how_it_ended (router->store));
  router->is_marked = TRUE;
  timers_start (router->timers);
  folders_start (router->folders);
  return TRUE;
}

static void
stop (Router *router)
{
  if (router->store != NULL && router->store->engine->stop_backups != NULL)
    router->store->engine->stop_backups (router->store);
  if (router->api != NULL)
    api_set_stopping (router->api);
  if (router->control != NULL)
    control_stop (router->control);
  if (router->timers != NULL)
    timers_stop (router->timers);
  if (router->folders != NULL)
    folders_stop (router->folders);
  if (router->fetcher != NULL)
    fetcher_stop (router->fetcher);
  if (router->server != NULL)
    http_server_drain (router->server);
  if (router->deliver != NULL)
    deliver_stop (router->deliver, STOP_GRACE_MS);
  if (router->writer != NULL && router->is_marked)
    put_mark (router, MARK_STOPPED, NULL);
  if (router->writer != NULL)
    writer_stop (router->writer);
  g_clear_pointer (&router->server, http_server_free);
  g_clear_pointer (&router->api, api_free);
  g_clear_pointer (&router->tls, http_tls_free);
  g_clear_pointer (&router->control, control_free);
  g_clear_pointer (&router->timers, timers_free);
  g_clear_pointer (&router->folders, folders_free);
  g_clear_pointer (&router->fetcher, fetcher_free);
  g_clear_pointer (&router->ingress, ingress_free);
  g_clear_pointer (&router->deliver, deliver_free);
  g_clear_pointer (&router->writer, writer_free);
  g_clear_pointer (&router->snapshots, snapshot_holder_free);
  g_clear_pointer (&router->store, store_close);
  g_clear_pointer (&router->metrics, metrics_free);
  g_clear_pointer (&router->pulse, pulse_free);
}

static gint64
stuck_us (gpointer user_data)
{
  Router *router = user_data;

  return writer_stuck_us (router->writer);
}

int
router_run (const RouterOptions *options)
{
  Router router = { .options = options };

  router.loop = g_main_loop_new (NULL, FALSE);
  router.clock = clock_system_new ();
  router.random = random_system_new ();
  router.secrets = secrets_new (options->secrets_dir, router.clock);
  if (start (&router))
    {
      service_start_watchdog (stuck_us, &router);
      service_notify ("READY=1");
      g_main_loop_run (router.loop);
      g_source_remove (router.hangup);
      service_notify ("STOPPING=1");
    }
  stop (&router);
  secrets_free (router.secrets);
  random_free (router.random);
  clock_free (router.clock);
  g_main_loop_unref (router.loop);
  if (router.exit_status == 0)
    log_message (LOG_INFO, "router", "stopped");
  return router.exit_status;
}
