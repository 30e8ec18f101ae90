/* All calls of the API over a real listener: the memory engine, a real writer, and an operator's
 * actions that only note what they are asked. */
#include "api-world.h"

#include "support/config-folder.h"

#include "base/error.h"

#include <gio/gio.h>
#include <string.h>

/* ---- The configuration ---- */

static const char *const files[][2] = {
  { "file/a.json", "{'Description':'The first','Path':'a.jsonl'}" },
  { "file/b.json", "{'Path':'b.jsonl'}" },
  { "bus/eu.json", "{'Description':'Europe'}" },
  { "source/shop.json", "{'Description':'The shop'}" },
  { "source/off.json", "{'State':'DISABLED'}" },
  { "rule/default/paid.json",
    "{'Description':'Paid','EventPattern':{'source':['shop'],'detail':{'paid':[true]}},"
    "'Targets':[{'Id':'one','Arn':'file/a','InputPath':'$.detail'},{'Id':'two','Arn':'file/b',"
    "'InputTransformer':{'InputPathsMap':{'n':'$.detail.n'},'InputTemplate':'\\'n is <n>\\''}}]}" },
  { "rule/default/off.json", "{'State':'DISABLED','Targets':[{'Id':'t','Arn':'file/a'}]}" },
};

/* ' for ", and \\' for \\". */
static void
put_config (const char *folder, const char *relative, const char *text)
{
  g_autoptr (GString) readable = g_string_new (text);

  g_string_replace (readable, "\\'", "\\\"", 0);
  g_strdelimit (readable->str, "'", '"');
  test_folder_put (folder, relative, readable->str);
}

/* ---- The fixture ---- */

static void
on_due (const StoreDue *due, gpointer user_data)
{
}

/* FALSE: the operation fails as the test wishes. */
static gboolean
note (ApiWorld *world, GPtrArray **out_problems, GError **error, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static gboolean
note (ApiWorld *world, GPtrArray **out_problems, GError **error, const char *format, ...)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&world->lock);
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (world->asked, format, args);
  va_end (args);
  g_string_append_c (world->asked, ';');
  if (world->fail >= 0)
    g_set_error (error, ROUTER_ERROR, world->fail, "as wished");
  else if (world->invalid)
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
  world->fail = -1;
  world->invalid = FALSE;
  return FALSE;
}

static gboolean
op_reload (const char *author,
           const char *reason,
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
         const char *reason,
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
op_try (const ApiTrial *trial, ApiTried *out_tried, GError **error, gpointer user_data)
{
  if (strcmp (trial->connector, "webhook/nowhere") == 0)
    {
      g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND,
                           "There is no such connector");
      return FALSE;
    }
  *out_tried = (ApiTried){ .outcome = { .kind = trial->is_probe ? OUTCOME_DELIVERED : OUTCOME_RETRY,
                                        .retry_after_us = -1,
                                        .note = g_strdup (trial->detail != NULL ? trial->detail
                                                                                : "") },
                           .duration_us = 1500,
                           .event_id = g_strdup ("e-1") };
  return TRUE;
}

static gboolean
op_apply (const ApiApply *apply,
          ApiApplied *out_applied,
          GPtrArray **out_problems,
          GError **error,
          gpointer user_data)
{
  out_applied->generation = 10;
  out_applied->n_tests = 3;
  out_applied->changes = g_ptr_array_new ();
  return note (
      user_data, out_problems, error,
      "apply %u files expected=%" G_GUINT64_FORMAT " check=%d overwrite=%d skip=%d reason=%s",
      g_hash_table_size (apply->files), apply->expected, apply->check_only, apply->overwrite,
      apply->skip_tests, apply->reason != NULL ? apply->reason : "(none)");
}

static GHashTable *
op_generation_files (guint64 generation, GError **error, gpointer user_data)
{
  GHashTable *found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (generation != 3)
    {
      g_hash_table_unref (found);
      store_no_generation (error);
      return NULL;
    }
  g_hash_table_insert (found, g_strdup ("router.json"),
                       g_strdup ("{\"Limits\": {\"Connections\": 7}}"));
  return found;
}

static gboolean
op_is_edited (gpointer user_data)
{
  return TRUE;
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

static const char *
kind_name (JournalKind kind)
{
  static const char *const names[JOURNAL_N_KINDS] = {
    [JOURNAL_REPLAY] = "replay", [JOURNAL_DISCARD] = "discard",   [JOURNAL_RESTORE] = "restore",
    [JOURNAL_RETRY] = "retry",   [JOURNAL_POSTPONE] = "postpone", [JOURNAL_GIVE_UP] = "give-up",
  };

  return names[kind];
}

static const char *
how_text (const ApiReplay *how)
{
  if (how->by_rules_now)
    return how->skips_succeeded ? " now skipping" : " now";
  return how->skips_succeeded ? " skipping" : "";
}

static gboolean
op_ids (JournalKind kind,
        const ApiReplay *how,
        const char *const *ids,
        const char *actor,
        const char *reason,
        ApiOperated *out_operated,
        GError **error,
        gpointer user_data)
{
  g_autofree char *joined = g_strjoinv (",", (char **) ids);

  *out_operated = (ApiOperated){ 2, 1 };
  return note (user_data, NULL, error, "%s ids=%s actor=%s reason=%s%s", kind_name (kind), joined,
               actor, reason, how_text (how));
}

static gboolean
op_query (JournalKind kind,
          const ApiReplay *how,
          gint64 until_us,
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
      " to=%" G_GINT64_FORMAT "%s%s",
      kind_name (kind), query->connector, query->rule, query->target, query->source,
      query->detail_type, query->error_code, query->status, query->from_us, query->to_us,
      how_text (how), until_us != 0 ? " until" : "");
}

static gboolean
op_paused (const char *connector,
           gboolean paused,
           const char *actor,
           const char *reason,
           gboolean *out_applied,
           GError **error,
           gpointer user_data)
{
  *out_applied = paused;
  return note (user_data, NULL, error, "%s %s actor=%s reason=%s", paused ? "pause" : "resume",
               connector, actor, reason);
}

static gboolean
op_postpone (gint64 until_us,
             const char *const *ids,
             const char *actor,
             const char *reason,
             ApiOperated *out_operated,
             GError **error,
             gpointer user_data)
{
  g_autofree char *joined = g_strjoinv (",", (char **) ids);

  *out_operated = (ApiOperated){ 1, 0 };
  return note (user_data, NULL, error, "postpone until=%" G_GINT64_FORMAT " ids=%s", until_us,
               joined);
}

static gboolean
op_preview (const ApiReplay *how,
            const DeliveryQuery *query,
            StoreCursor *cursor,
            gint64 budget_us,
            ApiPreview *out_preview,
            gboolean *out_complete,
            GError **error,
            gpointer user_data)
{
  *out_preview = (ApiPreview){ 6, 1, 1, 1, 1, 1 };
  *out_complete = cursor->time_us != 0;
  cursor->time_us = 77;
  return note (user_data, NULL, error, "preview connector=%s%s", query->connector, how_text (how));
}

/* Leaves a record as a job does. */
static gboolean
op_create_job (const ApiJob *job, gint64 *out_id, GError **error, gpointer user_data)
{
  static const char value[] = "{\"kind\":\"replay\",\"filter\":{\"connector\":\"file/"
                              "a\"},\"state\":\"running\",\"note\":\"\","
                              "\"created_us\":1,\"changed_us\":2,\"total\":-1,\"rate\":2.5}";
  ApiWorld *world = user_data;
  BatchItem *item = batch_item_new_record (record_change_new (RECORD_JOB, 0, NULL, value));

  *out_id = 1;
  if (!note (world, NULL, error,
             "job %s %s rate=%.1f percent=%u confirms=%d actor=%s reason=%s%s%s",
             kind_name (job->kind), job->filter, job->rate, job->max_failed_percent, job->confirms,
             job->actor, job->reason, how_text (&job->how), job->until_us != 0 ? " until" : ""))
    {
      batch_item_free (item);
      return FALSE;
    }
  return writer_submit_and_wait (world->writer, item, error);
}

static gboolean
op_act_on_job (gint64 id, ApiJobAction action, double rate, GError **error, gpointer user_data)
{
  return note (user_data, NULL, error, "job %d action=%d rate=%.1f", (int) id, (int) action, rate);
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
start_ingress (ApiWorld *world)
{
  WriterSettings settings = { 1000, 100, 10, NULL };
  IngressSetup setup = { .clock = world->clock,
                         .random = world->random,
                         .snapshots = world->snapshots,
                         .due = on_due };

  settings.metrics = world->metrics = metrics_new (100);
  world->pulse = pulse_new (100);
  world->writer = setup.writer = writer_new (world->store, &settings, NULL, NULL);
  world->ingress = ingress_new (&setup);
}

static void
start_server (ApiWorld *world, gboolean read_only)
{
  static const char *const urls[] = { "http://here", "unix:/there", NULL };
  ApiSetup setup = { .clock = world->clock,
                     .random = world->random,
                     .store = world->store,
                     .writer = world->writer,
                     .ingress = world->ingress,
                     .snapshots = world->snapshots,
                     .metrics = world->metrics,
                     .pulse = world->pulse,
                     .operations = { op_reload, op_edit, op_read, op_ids, op_query, op_paused,
                                     op_try, op_apply, op_generation_files, op_is_edited,
                                     op_postpone, op_preview, op_create_job, op_act_on_job,
                                     op_stats, op_describe, world },
                     .config_dir = world->folder,
                     .state_dir = world->folder,
                     .connector_schemas = test_connector_schemas,
                     .config_read_only = read_only };
  HttpSettings settings = { .clock = world->clock,
                            .listen = "127.0.0.1:0",
                            .max_connections = 100,
                            .request_s = 30,
                            .max_body_bytes = api_max_body_bytes,
                            .refuse = api_refuse,
                            .refused = api_note_refusal,
                            .answered = api_note_answer,
                            .routes = api_routes () };
  g_autoptr (GError) error = NULL;

  world->api = api_new (&setup);
  api_set_listen (world->api, urls);
  settings.user_data = world->api;
  world->server = http_server_new (&settings, &error);
  g_assert_no_error (error);
  g_assert_true (http_server_start (world->server, &error));
}

static void
record_generation (ApiWorld *world, const Configuration *configuration)
{
  BatchItem *item = batch_item_new_generation ();
  g_autoptr (GError) error = NULL;

  item->generation = (NewGeneration){ 7, API_WORLD_US - 1, g_strdup ("start"),
                                      g_strdup (configuration->digest),
                                      g_strdup (configuration->content) };
  writer_submit_and_wait (world->writer, item, &error);
  g_assert_no_error (error);
}

void
api_world_set_up (ApiWorld *world, gconstpointer read_only)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Configuration) configuration = NULL;
  g_autoptr (Snapshot) snapshot = NULL;

  world->folder = test_folder_new ();
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    put_config (world->folder, files[i][0], files[i][1]);
  configuration = config_load (world->folder, test_connector_schemas, NULL, NULL);
  g_assert_nonnull (configuration);
  world->clock = clock_manual_new (API_WORLD_US);
  world->random = random_seeded_new (1);
  world->store = store_engine_memory.open ("", &error);
  g_assert_no_error (error);
  snapshot = snapshot_new (7, configuration);
  world->snapshots = snapshot_holder_new (snapshot);
  g_mutex_init (&world->lock);
  world->asked = g_string_new (NULL);
  world->fail = -1;
  start_ingress (world);
  record_generation (world, configuration);
  start_server (world, read_only != NULL);
}

void
api_world_tear_down (ApiWorld *world, gconstpointer data)
{
  http_server_free (world->server);
  api_free (world->api);
  writer_stop (world->writer);
  ingress_free (world->ingress);
  writer_free (world->writer);
  metrics_free (world->metrics);
  pulse_free (world->pulse);
  store_close (world->store);
  snapshot_holder_free (world->snapshots);
  random_free (world->random);
  clock_free (world->clock);
  g_string_free (world->asked, TRUE);
  g_mutex_clear (&world->lock);
  test_folder_free (world->folder);
}

/* ---- Asking ---- */

void
reply_free (Reply *reply)
{
  g_free (reply->head);
  g_free (reply->body);
  g_clear_pointer (&reply->json, json_node_unref);
  g_free (reply);
}

static GString *
exchange (ApiWorld *world, const char *request, gsize length)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  GString *answer = g_string_new (NULL);
  char block[4096];
  gssize n;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_uri (client, http_server_get_url (world->server), 80,
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
Reply *
world_ask (ApiWorld *world,
           const char *method,
           const char *path,
           const char *headers,
           const char *body)
{
  g_autofree char *readable = g_strdelimit (g_strdup (body), "'", '"');
  g_autofree char *shown = g_strescape (readable, "\"");
  g_autofree char *head = NULL;
  g_autofree char *text = g_strdup_printf (
      "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%sContent-Length: %" G_GSIZE_FORMAT
      "\r\n\r\n%s",
      method, path, headers, strlen (readable), readable);
  g_autoptr (GString) answer = NULL;
  Reply *reply = g_new0 (Reply, 1);
  const char *end;

  g_test_message ("%s %s %.300s", method, path, shown);
  answer = exchange (world, text, strlen (text));
  end = strstr (answer->str, "\r\n\r\n");
  g_assert_nonnull (end);
  reply->status = (guint) g_ascii_strtoull (answer->str + strlen ("HTTP/1.1 "), NULL, 10);
  reply->head = g_strndup (answer->str, (gsize) (end - answer->str));
  reply->length = answer->len - (gsize) (end + 4 - answer->str);
  /* It may have bytes of 0; one more ends it for those who read text. */
  reply->body = g_malloc0 (reply->length + 1);
  memcpy (reply->body, end + 4, reply->length);
  reply->json = json_from_string (reply->body, NULL);
  head = g_utf8_make_valid (reply->body, (gssize) MIN (reply->length, 300));
  g_test_message ("%u %s", reply->status, head);
  return reply;
}

Reply *
world_get (ApiWorld *world, const char *path)
{
  return world_ask (world, "GET", path, "", "");
}

Reply *
world_post (ApiWorld *world, const char *path, const char *body)
{
  return world_ask (world, "POST", path, "Content-Type: application/json\r\n", body);
}

/* The text of the value at a dotted path: "deliveries.0.state". */
char *
reply_at (const Reply *reply, const char *path)
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

void
reply_assert (const Reply *reply, const char *path, const char *expected)
{
  g_autofree char *value = reply_at (reply, path);
  g_autofree char *readable = g_strdelimit (g_strdup (expected), "'", '"');

  g_test_message ("%s", path);
  g_assert_cmpstr (value, ==, readable);
}

char *
reply_string (const Reply *reply, const char *path)
{
  g_autofree char *quoted = reply_at (reply, path);

  g_assert_nonnull (quoted);
  g_assert_cmpint (quoted[0], ==, '"');
  return g_strndup (quoted + 1, strlen (quoted) - 2);
}

guint
reply_count (const Reply *reply, const char *member)
{
  return json_array_get_length (
      json_object_get_array_member (json_node_get_object (reply->json), member));
}

void
reply_assert_problem (const Reply *reply, guint status, const char *slug)
{
  g_autofree char *urn = g_strdup_printf ("'urn:signalbox:problem:%s'", slug);
  g_autofree char *number = g_strdup_printf ("%u", status);

  g_assert_cmpuint (reply->status, ==, status);
  g_assert_nonnull (strstr (reply->head, "Content-Type: application/problem+json"));
  reply_assert (reply, "type", urn);
  reply_assert (reply, "status", number);
}

void
world_assert_asked (ApiWorld *world, const char *expected)
{
  g_mutex_lock (&world->lock);
  g_assert_cmpstr (world->asked->str, ==, expected);
  g_string_truncate (world->asked, 0);
  g_mutex_unlock (&world->lock);
}

/* ---- Events to look at ---- */

char *
world_accept (ApiWorld *world, const char *path, const char *body)
{
  g_autoptr (Reply) reply = world_post (world, path, body);

  g_assert_cmpuint (reply->status, ==, 202);
  return reply_string (reply, "id");
}

/* What an attempt came to; kind 0: done. */
void
world_settle (ApiWorld *world,
              const char *delivery_id,
              DeliveryState state,
              DeadReason dead,
              int status)
{
  BatchItem *item = batch_item_new_settle ();
  JournalEntry *entry = g_new0 (JournalEntry, 1);
  g_autoptr (GError) error = NULL;

  g_assert_true (store_find_key (world->store, delivery_id, &item->settlement.key, &error));
  clock_manual_advance (world->clock, G_USEC_PER_SEC);
  entry->kind = JOURNAL_ATTEMPT;
  entry->attempt = 1;
  entry->at_us = clock_wall_us (world->clock);
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
  item->settlement.due_us = state == DELIVERY_WAITING ? API_WORLD_US + 60 * G_USEC_PER_SEC : 0;
  writer_submit_and_wait (world->writer, item, &error);
  g_assert_no_error (error);
}

char *
world_delivery_id (const char *event_id, guint index)
{
  return g_strdup_printf ("%s-%u", event_id, index);
}
