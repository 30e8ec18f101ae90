/* All calls of the API over a real listener: the memory engine, a real writer, and an operator's
 * actions that only note what they are asked. */
#include "http/api.h"

#include "base/error.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define NOW_US G_GINT64_CONSTANT (1795252440123456) /* 2026-11-21T09:14:00.123456Z */

/* ---- The configuration ---- */

static const ConfigSetting no_settings[] = { { NULL } };
static const ConfigSchema sink_schema = { "sink", "Sink", no_settings };
static const ConfigSchema *const schemas[] = { &sink_schema, NULL };

static const char *const files[][2] = {
  { "sink/a.json", "{'Description':'The first'}" },
  { "sink/b.json", "{}" },
  { "bus/eu.json", "{'Description':'Europe'}" },
  { "source/shop.json", "{'Description':'The shop'}" },
  { "source/off.json", "{'State':'DISABLED'}" },
  { "rule/default/paid.json",
    "{'Description':'Paid','EventPattern':{'source':['shop'],'detail':{'paid':[true]}},"
    "'Targets':[{'Id':'one','Arn':'sink/a','InputPath':'$.detail'},{'Id':'two','Arn':'sink/b',"
    "'InputTransformer':{'InputPathsMap':{'n':'$.detail.n'},'InputTemplate':'\\'n is <n>\\''}}]}" },
  { "rule/default/off.json", "{'State':'DISABLED','Targets':[{'Id':'t','Arn':'sink/a'}]}" },
};

static void
write_config (const char *folder, const char *relative, const char *text)
{
  g_autofree char *path = g_build_filename (folder, relative, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GString) readable = g_string_new (text);
  g_autoptr (GError) error = NULL;

  g_string_replace (readable, "\\'", "\\\"", 0);
  g_strdelimit (readable->str, "'", '"');
  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_file_set_contents (path, readable->str, -1, &error);
  g_assert_no_error (error);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

/* ---- The fixture ---- */

typedef struct
{
  char *folder;
  Clock *clock;
  Random *random;
  Store *store;
  Writer *writer;
  SnapshotHolder *snapshots;
  Ingress *ingress;
  Api *api;
  HttpServer *server;

  GMutex lock;      /* guards what follows: operations run on the pool */
  GString *asked;   /* what operations were asked for */
  int fail;         /* ROUTER_ERROR code that the next operation gives, or -1 */
  gboolean invalid; /* the next operation finds problems */
} Fixture;

static void
on_due (DeliveryKey key, const char *connector, gint64 due_us, gpointer user_data)
{
}

/* FALSE: the operation fails as the test wishes. */
static gboolean
note (Fixture *fixture, GPtrArray **out_problems, GError **error, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static gboolean
note (Fixture *fixture, GPtrArray **out_problems, GError **error, const char *format, ...)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&fixture->lock);
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (fixture->asked, format, args);
  va_end (args);
  g_string_append_c (fixture->asked, ';');
  if (fixture->fail >= 0)
    g_set_error (error, ROUTER_ERROR, fixture->fail, "as wished");
  else if (fixture->invalid)
    {
      ConfigProblem *problem = g_new0 (ConfigProblem, 1);

      problem->file = g_strdup ("rule/default/x.json");
      problem->line = 3;
      problem->column = 7;
      problem->key = g_strdup ("Targets[0].Arn");
      problem->message = g_strdup ("no connector “x/y”");
      problem->hint = g_strdup ("");
      *out_problems = g_ptr_array_new_with_free_func ((GDestroyNotify) config_problem_free);
      g_ptr_array_add (*out_problems, problem);
    }
  else
    return TRUE;
  fixture->fail = -1;
  fixture->invalid = FALSE;
  return FALSE;
}

static gboolean
op_reload (const char *author,
           guint64 *out_generation,
           GPtrArray **out_problems,
           GError **error,
           gpointer user_data)
{
  *out_generation = 8;
  return note (user_data, out_problems, error, "reload by %s", author);
}

static gboolean
op_edit (const char *relative_path,
         const char *text,
         const char *expected_digest,
         gboolean check_only,
         const char *author,
         guint64 *out_generation,
         GPtrArray **out_problems,
         GError **error,
         gpointer user_data)
{
  *out_generation = 9;
  return note (user_data, out_problems, error, "edit %s text=%s digest=%s check=%d", relative_path,
               text != NULL ? text : "(none)", expected_digest != NULL ? expected_digest : "(any)",
               check_only);
}

static gboolean
op_read (const char *relative_path,
         char **out_text,
         char **out_digest,
         GError **error,
         gpointer user_data)
{
  if (!note (user_data, NULL, error, "read %s", relative_path))
    return FALSE;
  *out_text = g_strdup ("{ \"a\": 1 }");
  *out_digest = g_strdup ("abc");
  return TRUE;
}

static gboolean
op_ids (JournalKind kind,
        const char *const *ids,
        const char *actor,
        const char *reason,
        ApiOperated *out_operated,
        GError **error,
        gpointer user_data)
{
  g_autofree char *joined = g_strjoinv (",", (char **) ids);

  *out_operated = (ApiOperated){ 2, 1 };
  return note (user_data, NULL, error, "%s ids=%s actor=%s reason=%s",
               kind == JOURNAL_REPLAY ? "replay" : "discard", joined, actor, reason);
}

static gboolean
op_query (JournalKind kind,
          const DeliveryQuery *query,
          const char *actor,
          const char *reason,
          ApiOperated *out_operated,
          GError **error,
          gpointer user_data)
{
  *out_operated = (ApiOperated){ G_GUINT64_CONSTANT (40000), 0 };
  return note (
      user_data, NULL, error,
      "%s connector=%s rule=%s target=%s source=%s type=%s code=%s status=%d from=%" G_GINT64_FORMAT
      " to=%" G_GINT64_FORMAT,
      kind == JOURNAL_REPLAY ? "replay" : "discard", query->connector, query->rule, query->target,
      query->source, query->detail_type, query->error_code, query->status, query->from_us,
      query->to_us);
}

static void
op_stats (guint *out_queued, guint *out_under_way, gpointer user_data)
{
  *out_queued = 3;
  *out_under_way = 4;
}

static char *
op_describe (const ConfigConnector *connector, gpointer user_data)
{
  return g_strconcat ("to ", connector->name, NULL);
}

static void
start_ingress (Fixture *fixture)
{
  const WriterSettings settings = { 1000, 100, 10 };
  IngressSetup setup = { .clock = fixture->clock,
                         .random = fixture->random,
                         .snapshots = fixture->snapshots,
                         .due = on_due };

  fixture->writer = setup.writer = writer_new (fixture->store, &settings, NULL, NULL);
  fixture->ingress = ingress_new (&setup);
}

static void
start_server (Fixture *fixture, gboolean read_only)
{
  static const char *const urls[] = { "http://here", "unix:/there", NULL };
  ApiSetup setup = { .clock = fixture->clock,
                     .store = fixture->store,
                     .writer = fixture->writer,
                     .ingress = fixture->ingress,
                     .snapshots = fixture->snapshots,
                     .operations = { op_reload, op_edit, op_read, op_ids, op_query, op_stats,
                                     op_describe, fixture },
                     .config_dir = "/config",
                     .state_dir = "/state",
                     .config_read_only = read_only };
  HttpSettings settings = { .clock = fixture->clock,
                            .listen = "127.0.0.1:0",
                            .max_connections = 100,
                            .request_s = 30,
                            .max_body_bytes = api_max_body_bytes,
                            .routes = api_routes () };
  g_autoptr (GError) error = NULL;

  fixture->api = api_new (&setup);
  api_set_listen (fixture->api, urls);
  settings.user_data = fixture->api;
  fixture->server = http_server_new (&settings, &error);
  g_assert_no_error (error);
  g_assert_true (http_server_start (fixture->server, &error));
}

static void
record_generation (Fixture *fixture, const Configuration *configuration)
{
  BatchItem *item = batch_item_new_generation ();
  g_autoptr (GError) error = NULL;

  item->generation = (NewGeneration){ 7, NOW_US - 1, g_strdup ("start"),
                                      g_strdup (configuration->digest),
                                      g_strdup (configuration->content) };
  writer_submit_and_wait (fixture->writer, item, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer read_only)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Configuration) configuration = NULL;
  g_autoptr (Snapshot) snapshot = NULL;

  fixture->folder = g_dir_make_tmp ("sb-api-XXXXXX", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    write_config (fixture->folder, files[i][0], files[i][1]);
  configuration = config_load (fixture->folder, schemas, NULL, NULL);
  g_assert_nonnull (configuration);
  fixture->clock = clock_manual_new (NOW_US);
  fixture->random = random_seeded_new (1);
  fixture->store = store_engine_memory.open ("", &error);
  g_assert_no_error (error);
  snapshot = snapshot_new (7, configuration);
  fixture->snapshots = snapshot_holder_new (snapshot);
  g_mutex_init (&fixture->lock);
  fixture->asked = g_string_new (NULL);
  fixture->fail = -1;
  start_ingress (fixture);
  record_generation (fixture, configuration);
  start_server (fixture, read_only != NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  http_server_free (fixture->server);
  api_free (fixture->api);
  writer_stop (fixture->writer);
  ingress_free (fixture->ingress);
  writer_free (fixture->writer);
  store_close (fixture->store);
  snapshot_holder_free (fixture->snapshots);
  random_free (fixture->random);
  clock_free (fixture->clock);
  g_string_free (fixture->asked, TRUE);
  g_mutex_clear (&fixture->lock);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

/* ---- Asking ---- */

typedef struct
{
  guint status;
  char *head;
  char *body;
  gsize length;
  JsonNode *json; /* NULL when it is none */
} Reply;

static void
reply_free (Reply *reply)
{
  g_free (reply->head);
  g_free (reply->body);
  g_clear_pointer (&reply->json, json_node_unref);
  g_free (reply);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reply, reply_free)

static GString *
exchange (Fixture *fixture, const char *request, gsize length)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  GString *answer = g_string_new (NULL);
  char block[4096];
  gssize n;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_uri (client, http_server_get_url (fixture->server), 80,
                                               NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
                             length, NULL, NULL, &error);
  g_assert_no_error (error);
  while ((n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), block,
                                   sizeof block, NULL, &error)) > 0)
    g_string_append_len (answer, block, n);
  g_assert_no_error (error);
  return answer;
}

/* body with ' for "; headers end with CRLF. */
static Reply *
ask_with (Fixture *fixture,
          const char *method,
          const char *path,
          const char *headers,
          const char *body)
{
  g_autofree char *readable = g_strdelimit (g_strdup (body), "'", '"');
  g_autofree char *text = g_strdup_printf (
      "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%sContent-Length: %" G_GSIZE_FORMAT
      "\r\n\r\n%s",
      method, path, headers, strlen (readable), readable);
  g_autoptr (GString) answer = NULL;
  Reply *reply = g_new0 (Reply, 1);
  const char *end;

  g_test_message ("%s %s %s", method, path, readable);
  answer = exchange (fixture, text, strlen (text));
  end = strstr (answer->str, "\r\n\r\n");
  g_assert_nonnull (end);
  reply->status = (guint) g_ascii_strtoull (answer->str + strlen ("HTTP/1.1 "), NULL, 10);
  reply->head = g_strndup (answer->str, (gsize) (end - answer->str));
  reply->length = answer->len - (gsize) (end + 4 - answer->str);
  reply->body = g_strndup (end + 4, reply->length);
  reply->json = json_from_string (reply->body, NULL);
  g_test_message ("%u %s", reply->status, reply->body);
  return reply;
}

static Reply *
get (Fixture *fixture, const char *path)
{
  return ask_with (fixture, "GET", path, "", "");
}

static Reply *
post (Fixture *fixture, const char *path, const char *body)
{
  return ask_with (fixture, "POST", path, "Content-Type: application/json\r\n", body);
}

/* The text of the value at a dotted path: "deliveries.0.state". */
static char *
at (const Reply *reply, const char *path)
{
  g_auto (GStrv) steps = g_strsplit (path, ".", -1);
  JsonNode *node = reply->json;

  for (char **step = steps; *step != NULL; step++)
    {
      g_assert_nonnull (node);
      if (JSON_NODE_HOLDS_ARRAY (node))
        {
          guint i = (guint) g_ascii_strtoull (*step, NULL, 10);

          g_assert_cmpuint (i, <, json_array_get_length (json_node_get_array (node)));
          node = json_array_get_element (json_node_get_array (node), i);
        }
      else
        {
          g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
          node = json_object_get_member (json_node_get_object (node), *step);
        }
    }
  return node != NULL ? json_to_string (node, FALSE) : NULL;
}

static void
assert_at (const Reply *reply, const char *path, const char *expected)
{
  g_autofree char *value = at (reply, path);
  g_autofree char *readable = g_strdelimit (g_strdup (expected), "'", '"');

  g_test_message ("%s", path);
  g_assert_cmpstr (value, ==, readable);
}

static char *
string_at (const Reply *reply, const char *path)
{
  g_autofree char *quoted = at (reply, path);

  g_assert_nonnull (quoted);
  g_assert_cmpint (quoted[0], ==, '"');
  return g_strndup (quoted + 1, strlen (quoted) - 2);
}

static guint
n_at (const Reply *reply, const char *member)
{
  return json_array_get_length (
      json_object_get_array_member (json_node_get_object (reply->json), member));
}

static void
assert_problem (const Reply *reply, guint status, const char *slug)
{
  g_autofree char *urn = g_strdup_printf ("'urn:signalbox:problem:%s'", slug);
  g_autofree char *number = g_strdup_printf ("%u", status);

  g_assert_cmpuint (reply->status, ==, status);
  g_assert_nonnull (strstr (reply->head, "Content-Type: application/problem+json"));
  assert_at (reply, "type", urn);
  assert_at (reply, "status", number);
}

static void
assert_asked (Fixture *fixture, const char *expected)
{
  g_mutex_lock (&fixture->lock);
  g_assert_cmpstr (fixture->asked->str, ==, expected);
  g_string_truncate (fixture->asked, 0);
  g_mutex_unlock (&fixture->lock);
}

/* ---- Events to look at ---- */

static char *
accept (Fixture *fixture, const char *path, const char *body)
{
  g_autoptr (Reply) reply = post (fixture, path, body);

  g_assert_cmpuint (reply->status, ==, 202);
  return string_at (reply, "id");
}

/* What an attempt came to; kind 0: done. */
static void
settle (Fixture *fixture, const char *delivery_id, DeliveryState state, DeadReason dead, int status)
{
  BatchItem *item = batch_item_new_settle ();
  JournalEntry *entry = g_new0 (JournalEntry, 1);
  g_autoptr (GError) error = NULL;

  g_assert_true (store_find_key (fixture->store, delivery_id, &item->settlement.key, &error));
  clock_manual_advance (fixture->clock, G_USEC_PER_SEC);
  entry->kind = JOURNAL_ATTEMPT;
  entry->attempt = 1;
  entry->at_us = clock_wall_us (fixture->clock);
  entry->duration_us = 1234;
  entry->outcome.kind = state == DELIVERY_DONE ? OUTCOME_DELIVERED : OUTCOME_RETRY;
  entry->outcome.status = status;
  entry->outcome.error_code = state == DELIVERY_DONE ? NULL : ERROR_CODE_ERROR_FROM_TARGET;
  entry->outcome.note = g_strdup (state == DELIVERY_DONE ? "" : "It answered 503");
  entry->outcome.response = g_bytes_new ("no\xff!", 4);
  entry->actor = g_strdup ("");
  entry->reason = g_strdup ("");
  item->settlement.entry = entry;
  item->settlement.state = state;
  item->settlement.dead = dead;
  item->settlement.due_us = state == DELIVERY_WAITING ? NOW_US + 60 * G_USEC_PER_SEC : 0;
  writer_submit_and_wait (fixture->writer, item, &error);
  g_assert_no_error (error);
}

static char *
delivery_id (const char *event_id, guint index)
{
  return g_strdup_printf ("%s-%u", event_id, index);
}

/* ---- Tests ---- */

static void
test_ingest (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Reply) hook = post (fixture, "/in/shop", "{'paid':true}");
  g_autoptr (Reply) api = post (fixture, "/v1/events?bus=eu",
                                "{'source':'s','detail-type':'d','detail':{}}");
  g_autoptr (Reply) none = post (fixture, "/in/none", "{}");
  g_autoptr (Reply) off = post (fixture, "/in/off", "{}");
  g_autoptr (Reply) bad = post (fixture, "/in/shop", "{'paid':\ntrue,}");
  g_autoptr (Reply) bus = post (fixture, "/v1/events?bus=moon",
                                "{'source':'s','detail-type':'d','detail':{}}");
  g_autoptr (Reply) undecodable = post (fixture, "/in/%ff", "{}");

  g_assert_cmpuint (hook->status, ==, 202);
  assert_at (hook, "matched", "['default/paid']");
  assert_at (hook, "deliveries", "2");
  g_assert_cmpuint (api->status, ==, 202);
  assert_at (api, "matched", "[]");
  assert_problem (none, 404, "unknown-source");
  assert_problem (off, 404, "unknown-source");
  assert_problem (bad, 400, "invalid-json");
  assert_at (bad, "line", "2");
  assert_at (bad, "column", "6");
  assert_problem (bus, 404, "unknown-bus");
  assert_problem (undecodable, 404, "not-found");
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *filling = g_strnfill (300 * 1024, 'x');
  g_autofree char *body = g_strdup_printf ("{'a':'%s'}", filling);
  g_autoptr (Reply) hook = post (fixture, "/in/shop", body);
  g_autofree char *detail = string_at (hook, "detail");

  assert_problem (hook, 413, "body-too-large");
  g_assert_nonnull (strstr (detail, "Limits.EventBytes"));
}

static void
test_status (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Reply) before = get (fixture, "/v1/status");
  g_autoptr (Reply) unchanged = get (fixture, "/v1/status");
  g_autofree char *id G_GNUC_UNUSED = accept (fixture, "/in/shop", "{'paid':true}");
  g_autoptr (Reply) after = get (fixture, "/v1/status");
  g_autofree char *revision = at (before, "revision");
  g_autofree char *later = at (after, "revision");

  g_assert_cmpuint (before->status, ==, 200);
  assert_at (before, "generation", "7");
  assert_at (before, "generation_at", "'2026-11-21T09:14:00.123455Z'");
  assert_at (before, "started_at", "'2026-11-21T09:14:00.123456Z'");
  assert_at (before, "now", "'2026-11-21T09:14:00.123456Z'");
  assert_at (before, "state", "'running'");
  assert_at (before, "store.engine", "'memory'");
  assert_at (before, "store.disk_full", "false");
  assert_at (before, "store.queued_events", "0");
  assert_at (before, "listen", "['http://here','unix:/there']");
  assert_at (before, "config_dir", "'/config'");
  assert_at (before, "state_dir", "'/state'");
  assert_at (before, "schedule", "{'queued':3,'under_way':4}");
  assert_at (before, "ledger",
             "{'events':0,'unmatched':0,'deliveries':0,'ready':0,'waiting':0,'held':0,'done':0,"
             "'dead':0,'discarded':0,'difference':0}");
  assert_at (after, "ledger.events", "1");
  assert_at (after, "ledger.deliveries", "2");
  assert_at (after, "ledger.ready", "2");
  assert_at (after, "ledger.difference", "0");
  assert_at (unchanged, "revision", revision);
  g_assert_cmpint (g_ascii_strtoll (later, NULL, 10), >, g_ascii_strtoll (revision, NULL, 10));
  api_set_stopping (fixture->api);
  {
    g_autoptr (Reply) stopping = get (fixture, "/v1/status");

    assert_at (stopping, "state", "'stopping'");
  }
}

static void
test_routes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Reply) before = get (fixture, "/v1/routes");
  g_autofree char *id = accept (fixture, "/in/shop", "{'paid':true}");
  g_autofree char *other G_GNUC_UNUSED = accept (fixture, "/v1/events",
                                                 "{'source':'s','detail-type':'d','detail':{}}");
  g_autofree char *delivery = delivery_id (id, 2);
  g_autoptr (Reply) after = NULL;

  settle (fixture, delivery, DELIVERY_DEAD, DEAD_ATTEMPTS, 503);
  after = get (fixture, "/v1/routes");
  g_assert_cmpuint (n_at (before, "sources"), ==, 2);
  assert_at (after, "generation", "7");
  assert_at (after, "sources.0.name", "'off'");
  assert_at (after, "sources.0.enabled", "false");
  assert_at (after, "sources.1",
             "{'name':'shop','description':'The shop','enabled':true,'path':'/in/shop','bus':"
             "'default','events':1}");
  assert_at (after, "sources.2.name", "'api'");
  assert_at (after, "sources.2.path", "'/v1/events'");
  assert_at (after, "sources.2.events", "1");
  assert_at (after, "buses",
             "[{'name':'default','description':''},{'name':'eu','description':'Europe'}]");
  assert_at (after, "rules.0.name", "'default/off'");
  assert_at (after, "rules.0.enabled", "false");
  assert_at (after, "rules.1.name", "'default/paid'");
  assert_at (after, "rules.1.bus", "'default'");
  assert_at (after, "rules.1.description", "'Paid'");
  assert_at (after, "rules.1.matched", "1");
  assert_at (after, "rules.1.targets.0.id", "'one'");
  assert_at (after, "rules.1.targets.0.counts.ready", "1");
  assert_at (after, "rules.1.targets.1.connector", "'sink/b'");
  assert_at (after, "rules.1.targets.1.counts",
             "{'ready':0,'waiting':0,'held':0,'done':0,'dead':1,'discarded':0}");
  assert_at (after, "connectors.0.name", "'sink/a'");
  assert_at (after, "connectors.0.kind", "'sink'");
  assert_at (after, "connectors.0.description", "'The first'");
  assert_at (after, "connectors.0.summary", "'to a'");
  assert_at (after, "connectors.0.counts.ready", "1");
  assert_at (after, "connectors.1.counts.dead", "1");
}

static void
test_event (Fixture *fixture, gconstpointer data)
{
  static const char body[] = "{ 'paid': true, 'n': 1.50, 'big': 9007199254740993 }";
  g_autofree char *id = accept (fixture, "/in/shop", body);
  g_autofree char *first = delivery_id (id, 1);
  g_autofree char *second = delivery_id (id, 2);
  g_autofree char *path = g_strconcat ("/v1/events/", id, NULL);
  g_autofree char *body_path = g_strconcat (path, "/body", NULL);
  g_autofree char *quoted = g_strdup_printf ("'%s'", id);
  g_autofree char *sent = g_strdelimit (g_strdup (body), "'", '"');
  g_autoptr (Reply) reply = NULL, raw = NULL;

  settle (fixture, first, DELIVERY_DONE, DEAD_NOT, 200);
  settle (fixture, second, DELIVERY_DEAD, DEAD_AGE, 503);
  reply = get (fixture, path);
  raw = get (fixture, body_path);
  g_assert_cmpstr (raw->body, ==, sent);
  g_assert_nonnull (strstr (reply->body, sent));
  assert_at (reply, "event.id", quoted);
  assert_at (reply, "event.bus", "'default'");
  assert_at (reply, "event.ingress", "'source/shop'");
  assert_at (reply, "event.source", "'shop'");
  assert_at (reply, "event.detail-type", "'webhook'");
  assert_at (reply, "event.time", "'2026-11-21T09:14:00.123456Z'");
  assert_at (reply, "event.received", "'2026-11-21T09:14:00.123456Z'");
  assert_at (reply, "event.bytes", "52");
  assert_at (reply, "event.matched", "['default/paid']");
  assert_at (reply, "event.generation", "7");
  assert_at (reply, "event.deliveries", "2");
  assert_at (reply, "event.counts", "{'done':1,'dead':1}");
  assert_at (reply, "event.resources", "[]");
  assert_at (reply, "event.content_type", "'application/json'");
  g_assert_cmpuint (n_at (reply, "deliveries"), ==, 2);
  assert_at (reply, "deliveries.0.state", "'done'");
  assert_at (reply, "deliveries.0.dead_letter", "null");
  assert_at (reply, "deliveries.0.dead_reason", "null");
  assert_at (reply, "deliveries.0.last.error_code", "null");
  assert_at (reply, "deliveries.1.state", "'dead'");
  assert_at (reply, "deliveries.1.due", "null");
  assert_at (reply, "deliveries.1.attempts", "1");
  assert_at (reply, "deliveries.1.dead_reason", "'too-old'");
  assert_at (reply, "deliveries.1.last",
             "{'outcome':'retry','status':503,'error_code':'ERROR_FROM_TARGET','note':'It answered "
             "503'}");
  assert_at (reply, "deliveries.1.history.0.kind", "'attempt'");
  assert_at (reply, "deliveries.1.history.0.n", "1");
  assert_at (reply, "deliveries.1.history.0.duration_us", "1234");
  assert_at (reply, "deliveries.1.history.0.response", "'no\xef\xbf\xbd!'");
  assert_at (
      reply, "deliveries.1.dead_letter",
      "{'RULE_ARN':'signalbox:rule/default/paid','TARGET_ARN':'signalbox:sink/b','ERROR_CODE':"
      "'ERROR_FROM_TARGET','ERROR_MESSAGE':'It answered 503','EXHAUSTED_RETRY_CONDITION':"
      "'MaximumEventAgeInSeconds','RETRY_ATTEMPTS':'0'}");
}

static void
test_time_of_1970 (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id G_GNUC_UNUSED = accept (
      fixture, "/v1/events", "{'source':'s','detail-type':'d','detail':{},'time':0}");
  g_autoptr (Reply) list = get (fixture, "/v1/events");

  assert_at (list, "events.0.time", "'1970-01-01T00:00:00.000000Z'");
}

static void
test_event_list (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *query;
    guint n;
  } cases[] = {
    { "", 5 },
    { "?source=shop", 3 },
    { "?source=other", 2 },
    { "?bus=eu", 1 },
    { "?ingress=api", 2 },
    { "?ingress=source%2Fshop", 3 },
    { "?detail-type=d", 2 },
    { "?rule=default/paid", 2 },
    { "?matched=true", 2 },
    { "?matched=false", 3 },
    { "?source=shop&matched=false", 1 },
    { "?from=2026-11-21T09:14:00Z", 5 },
    { "?from=2026-11-21T09:14:01Z", 0 },
    { "?to=2026-11-21T09:14:00Z", 0 },
    { "?source=none", 0 },
  };

  for (guint i = 0; i < 3; i++)
    g_free (accept (fixture, "/in/shop", i < 2 ? "{'paid':true}" : "{}"));
  g_free (accept (fixture, "/v1/events", "{'source':'other','detail-type':'d','detail':{}}"));
  g_free (
      accept (fixture, "/v1/events?bus=eu", "{'source':'other','detail-type':'d','detail':{}}"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/v1/events", cases[i].query, NULL);
      g_autoptr (Reply) reply = get (fixture, path);

      g_assert_cmpuint (reply->status, ==, 200);
      g_assert_cmpuint (n_at (reply, "events"), ==, cases[i].n);
      assert_at (reply, "next", "null");
    }
}

static void
test_paging (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = g_strdup ("/v1/events?limit=3");
  guint n_seen = 0;

  for (guint i = 0; i < 7; i++)
    g_ptr_array_add (ids, accept (fixture, "/in/shop", "{'paid':true}"));
  while (path != NULL)
    {
      g_autoptr (Reply) reply = get (fixture, path);
      g_autofree char *next = at (reply, "next");

      for (guint i = 0; i < n_at (reply, "events"); i++, n_seen++)
        {
          g_autofree char *where = g_strdup_printf ("events.%u.id", i);
          g_autofree char *id = string_at (reply, where);

          g_assert_cmpstr (id, ==, ids->pdata[6 - n_seen]);
        }
      g_clear_pointer (&path, g_free);
      if (strcmp (next, "null") != 0)
        path = g_strdup_printf ("/v1/events?limit=3&after=%.*s", (int) strlen (next) - 2, next + 1);
    }
  g_assert_cmpuint (n_seen, ==, 7);
}

static void
test_delivery_list (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *query;
    guint n;
  } cases[] = {
    { "", 4 },
    { "?state=ready", 1 },
    { "?state=waiting,dead", 2 },
    { "?state=discarded", 0 },
    { "?connector=sink/a", 2 },
    { "?rule=default/paid&target=two", 2 },
    { "?source=shop&detail-type=webhook", 4 },
    { "?error-code=ERROR_FROM_TARGET", 2 },
    { "?status=503", 1 },
    { "?status=200", 1 },
    { "?order=due", 2 },
    { "?order=newest&limit=1000", 4 },
    { "?from=2026-11-21T09:14:01Z", 3 },
  };
  g_autofree char *id = accept (fixture, "/in/shop", "{'paid':true}");
  g_autofree char *other = accept (fixture, "/in/shop", "{'paid':true}");
  g_autofree char *done = delivery_id (id, 1);
  g_autofree char *dead = delivery_id (id, 2);
  g_autofree char *waiting = delivery_id (other, 2);
  g_autofree char *path = g_strconcat ("/v1/deliveries/", waiting, NULL);
  g_autoptr (Reply) one = NULL;

  settle (fixture, done, DELIVERY_DONE, DEAD_NOT, 200);
  settle (fixture, dead, DELIVERY_DEAD, DEAD_ATTEMPTS, 503);
  settle (fixture, waiting, DELIVERY_WAITING, DEAD_NOT, 500);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *list_path = g_strconcat ("/v1/deliveries", cases[i].query, NULL);
      g_autoptr (Reply) reply = get (fixture, list_path);

      g_assert_cmpuint (reply->status, ==, 200);
      g_assert_cmpuint (n_at (reply, "deliveries"), ==, cases[i].n);
    }
  one = get (fixture, path);
  assert_at (one, "state", "'waiting'");
  assert_at (one, "due", "'2026-11-21T09:15:00.123456Z'");
  assert_at (one, "dead_letter", "null");
}

static void
test_payload (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = accept (fixture, "/in/shop", "{'paid':true, 'n': 1.50}");
  g_autofree char *first = g_strdup_printf ("/v1/deliveries/%s-1/payload", id);
  g_autofree char *second = g_strdup_printf ("/v1/deliveries/%s-2/payload", id);
  g_autoptr (Reply) json = get (fixture, first);
  g_autoptr (Reply) text = get (fixture, second);

  g_assert_cmpstr (json->body, ==, "{\"paid\":true, \"n\": 1.50}");
  g_assert_nonnull (strstr (json->head, "application/json"));
  g_assert_nonnull (strstr (text->body, "n is 1.50"));
  g_assert_nonnull (strstr (text->head, "text/plain"));
  /* The rule that made it is gone. */
  {
    g_autofree char *rule = g_build_filename (fixture->folder, "rule/default/paid.json", NULL);
    g_autoptr (Configuration) configuration = NULL;
    g_autoptr (Snapshot) next = NULL;
    g_autoptr (Reply) gone = NULL;

    g_assert_cmpint (g_unlink (rule), ==, 0);
    configuration = config_load (fixture->folder, schemas, NULL, NULL);
    next = snapshot_new (8, configuration);
    snapshot_publish (fixture->snapshots, next);
    gone = get (fixture, first);
    assert_problem (gone, 404, "no-target");
  }
}

static void
test_operate (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Reply) ids = post (fixture, "/v1/replay",
                                "{'ids':['a','b'],'actor':'ann','reason':'why'}");
  g_autoptr (Reply) discard = post (fixture, "/v1/discard", "{'ids':[]}");
  g_autoptr (Reply) all = post (fixture, "/v1/replay", "{'filter':{}}");
  g_autoptr (Reply) some = post (
      fixture, "/v1/discard",
      "{'filter':{'connector':'c','rule':'r','target':'t','source':'s','detail-type':'d','error-"
      "code':"
      "'e','status':503,'from':'1970-01-01T00:00:01Z','to':'1970-01-01T00:00:02Z'}}");

  assert_at (ids, "applied", "2");
  assert_at (ids, "skipped", "1");
  assert_at (all, "applied", "40000");
  g_assert_cmpuint (discard->status, ==, 200);
  g_assert_cmpuint (some->status, ==, 200);
  assert_asked (
      fixture,
      "replay ids=a,b actor=ann reason=why;discard ids= actor=127.0.0.1 reason=;"
      "replay connector=(null) rule=(null) target=(null) source=(null) type=(null) code=(null) "
      "status=0 from=0 to=0;"
      "discard connector=c rule=r target=t source=s type=d code=e status=503 from=1000000 "
      "to=2000000;");
}

static void
test_operate_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *body, *slug;
  } cases[] = {
    { "", "invalid-json" },
    { "{", "invalid-json" },
    { "{'ids':['a'],'ids':['b']}", "invalid-json" },
    { "[]", "invalid-request" },
    { "{}", "invalid-request" },
    { "{'ids':['a'],'filter':{}}", "invalid-request" },
    { "{'ids':'a'}", "invalid-request" },
    { "{'ids':[1]}", "invalid-request" },
    { "{'ids':[],'actor':1}", "invalid-request" },
    { "{'ids':[],'force':true}", "invalid-request" },
    { "{'filter':[]}", "invalid-request" },
    { "{'filter':{'colour':'red'}}", "invalid-request" },
    { "{'filter':{'rule':''}}", "invalid-request" },
    { "{'filter':{'rule':null}}", "invalid-request" },
    { "{'filter':{'status':'503'}}", "invalid-request" },
    { "{'filter':{'status':0}}", "invalid-request" },
    { "{'filter':{'from':'today'}}", "invalid-request" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Reply) reply = post (fixture, "/v1/replay", cases[i].body);

      assert_problem (reply, 400, cases[i].slug);
    }
  assert_asked (fixture, "");
}

static void
test_reload (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Reply) reply = post (fixture, "/v1/reload", "");
  g_autoptr (Reply) invalid = NULL;

  assert_at (reply, "generation", "8");
  assert_at (reply, "changed", "true");
  fixture->invalid = TRUE;
  invalid = post (fixture, "/v1/reload", "");
  assert_problem (invalid, 422, "invalid-configuration");
  assert_at (
      invalid, "problems",
      "[{'file':'rule/default/x.json','line':3,'column':7,'key':'Targets[0].Arn','message':'no "
      "connector “x/y”','hint':''}]");
  assert_asked (fixture, "reload by 127.0.0.1;reload by 127.0.0.1;");
}

static void
test_files (Fixture *fixture, gconstpointer data)
{
  static const char path[] = "/v1/config/file/rule/default/x.json";
  g_autoptr (Reply) list = get (fixture, "/v1/config/files");
  g_autoptr (Reply) file = get (fixture, path);
  g_autoptr (Reply) put = ask_with (fixture, "PUT", path, "If-Match: \"abc\"\r\n", "{'b':2}");
  g_autoptr (Reply) check = ask_with (fixture, "PUT",
                                      "/v1/config/file/rule/default/x.json?check=true", "", "{}");
  g_autoptr (Reply) new = ask_with (fixture, "PUT", path, "If-None-Match: *\r\n", "{}");
  g_autoptr (Reply) delete = ask_with (fixture, "DELETE", path, "", "");

  assert_at (list, "generation", "7");
  assert_at (list, "files",
             "['bus/eu.json','rule/default/off.json','rule/default/paid.json','sink/a.json','sink/"
             "b.json','source/off.json','source/shop.json']");
  g_assert_cmpstr (file->body, ==, "{ \"a\": 1 }");
  g_assert_nonnull (strstr (file->head, "ETag: \"abc\""));
  assert_at (put, "generation", "9");
  g_assert_cmpuint (check->status, ==, 200);
  g_assert_cmpuint (new->status, ==, 200);
  g_assert_cmpuint (delete->status, ==, 200);
  assert_asked (fixture, "read rule/default/x.json;"
                         "edit rule/default/x.json text={\"b\":2} digest=abc check=0;"
                         "edit rule/default/x.json text={} digest=(any) check=1;"
                         "edit rule/default/x.json text={} digest= check=0;"
                         "edit rule/default/x.json text=(none) digest=(any) check=0;");
}

static void
test_files_refused (Fixture *fixture, gconstpointer data)
{
  static const char path[] = "/v1/config/file/rule/default/x.json";
  static const struct
  {
    int fail;
    guint status;
    const char *slug;
  } failures[] = {
    { ROUTER_ERROR_CONFLICT, 412, "edited-meanwhile" },
    { ROUTER_ERROR_NOT_FOUND, 404, "not-found" },
    { ROUTER_ERROR_INVALID, 400, "invalid-request" },
    { ROUTER_ERROR_FULL, 507, "disk-full" },
    { ROUTER_ERROR_UNAVAILABLE, 503, "shutting-down" },
    { ROUTER_ERROR_STORAGE, 500, "storage-failed" },
  };
  static const char *const bad_guards[] = { "If-Match: abc\r\n", "If-Match: W/\"abc\"\r\n",
                                            "If-None-Match: \"abc\"\r\n",
                                            "If-Match: \"abc\"\r\nIf-None-Match: *\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autoptr (Reply) reply = NULL;

      fixture->fail = failures[i].fail;
      reply = ask_with (fixture, "PUT", path, "", "{}");
      assert_problem (reply, failures[i].status, failures[i].slug);
    }
  g_mutex_lock (&fixture->lock);
  g_string_truncate (fixture->asked, 0);
  g_mutex_unlock (&fixture->lock);
  for (guint i = 0; i < G_N_ELEMENTS (bad_guards); i++)
    {
      g_autoptr (Reply) reply = ask_with (fixture, "PUT", path, bad_guards[i], "{}");

      assert_problem (reply, 400, "invalid-request");
    }
  {
    g_autoptr (Reply) check = ask_with (
        fixture, "PUT", "/v1/config/file/rule/default/x.json?check=maybe", "", "{}");
    g_autoptr (Reply) bytes = ask_with (fixture, "PUT", path, "", "{\xff}");

    assert_problem (check, 400, "invalid-parameter");
    assert_problem (bytes, 400, "invalid-request");
  }
  assert_asked (fixture, "");
}

static void
test_read_only (Fixture *fixture, gconstpointer data)
{
  static const char path[] = "/v1/config/file/rule/default/x.json";
  g_autoptr (Reply) put = ask_with (fixture, "PUT", path, "", "{}");
  g_autoptr (Reply) delete = ask_with (fixture, "DELETE", path, "", "");
  g_autoptr (Reply) check = ask_with (fixture, "PUT",
                                      "/v1/config/file/rule/default/x.json?check=true", "", "{}");
  g_autoptr (Reply) reload = post (fixture, "/v1/reload", "");

  assert_problem (put, 403, "read-only-configuration");
  assert_problem (delete, 403, "read-only-configuration");
  g_assert_cmpuint (check->status, ==, 200);
  g_assert_cmpuint (reload->status, ==, 200);
}

static void
test_pattern (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Reply) match = post (fixture, "/v1/test-pattern",
                                  "{'pattern':{'source':['shop']},'event':{'source':'shop'}}");
  g_autoptr (Reply) strings = post (
      fixture, "/v1/test-pattern",
      "{'pattern':'{\\'source\\':[\\'shop\\']}','event':'{\\'source\\':"
      "\\'other\\'}'}");
  g_autoptr (Reply) bad = post (fixture, "/v1/test-pattern",
                                "{'pattern':{'source':'shop'},'event':{}}");
  g_autoptr (Reply) bad_event = post (fixture, "/v1/test-pattern",
                                      "{'pattern':{'source':['shop']},'event':'{'}");
  g_autoptr (Reply) missing = post (fixture, "/v1/test-pattern", "{'pattern':{}}");
  g_autofree char *detail = string_at (bad, "detail");

  g_assert_cmpuint (match->status, ==, 200);
  assert_at (match, "matches", "true");
  assert_at (match, "leaves.0.path", "'source'");
  assert_at (match, "leaves.0.held", "true");
  assert_at (match, "leaves.0.present", "true");
  assert_at (strings, "matches", "false");
  assert_at (strings, "leaves.0.held", "false");
  assert_problem (bad, 400, "invalid-pattern");
  g_assert_nonnull (strstr (detail, "Event pattern is not valid. Reason: "));
  assert_at (bad, "line", "1");
  assert_problem (bad_event, 400, "invalid-event");
  assert_problem (missing, 400, "invalid-request");
}

static void
test_refused_questions (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *path;
    guint status;
    const char *slug;
  } cases[] = {
    { "/v1/events?limit=0", 400, "invalid-parameter" },
    { "/v1/events?limit=1001", 400, "invalid-parameter" },
    { "/v1/events?limit=x", 400, "invalid-parameter" },
    { "/v1/events?after=x", 400, "invalid-parameter" },
    { "/v1/events?matched=1", 400, "invalid-parameter" },
    { "/v1/events?from=today", 400, "invalid-parameter" },
    { "/v1/events?to=1", 400, "invalid-parameter" },
    { "/v1/events?colour=red", 400, "unknown-parameter" },
    { "/v1/deliveries?state=lost", 400, "invalid-parameter" },
    { "/v1/deliveries?state=", 400, "invalid-parameter" },
    { "/v1/deliveries?order=oldest", 400, "invalid-parameter" },
    { "/v1/deliveries?status=0", 400, "invalid-parameter" },
    { "/v1/deliveries?status=2xx", 400, "invalid-parameter" },
    { "/v1/status?verbose=1", 400, "unknown-parameter" },
    { "/v1/events/nonsense", 404, "not-found" },
    { "/v1/events/%ff", 404, "not-found" },
    { "/v1/events/01940000-0000-7000-8000-000000000001", 404, "not-found" },
    { "/v1/events/01940000-0000-7000-8000-000000000001/body", 404, "not-found" },
    { "/v1/deliveries/nonsense", 404, "not-found" },
    { "/v1/deliveries/%ff", 404, "not-found" },
    { "/v1/deliveries/01940000-0000-7000-8000-000000000001-1", 404, "not-found" },
    { "/v1/deliveries/01940000-0000-7000-8000-000000000001-1/payload", 404, "not-found" },
    { "/v1/config/file/%ff", 404, "not-found" },
    { "/v1/replay", 405, "method-not-allowed" },
    { "/v2/status", 404, "not-found" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Reply) reply = get (fixture, cases[i].path);

      assert_problem (reply, cases[i].status, cases[i].slug);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/http/api/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("ingest", test_ingest);
  ADD ("too-large", test_too_large);
  ADD ("status", test_status);
  ADD ("routes", test_routes);
  ADD ("event", test_event);
  ADD ("time-of-1970", test_time_of_1970);
  ADD ("event-list", test_event_list);
  ADD ("paging", test_paging);
  ADD ("delivery-list", test_delivery_list);
  ADD ("payload", test_payload);
  ADD ("operate", test_operate);
  ADD ("operate-refused", test_operate_refused);
  ADD ("reload", test_reload);
  ADD ("files", test_files);
  ADD ("files-refused", test_files_refused);
  g_test_add ("/http/api/read-only", Fixture, "read-only", set_up, test_read_only, tear_down);
  ADD ("pattern", test_pattern);
  ADD ("refused-questions", test_refused_questions);
  return g_test_run ();
}
