/* Queues over HTTP. */
#include "support/api-world.h"
#include "support/config-folder.h"

#include "config/queue.h"

/* queue/work with dead letters to queue/dead, and queue/line, which is FIFO. */
static void
set_up (ApiWorld *world, gconstpointer data)
{
  const ConfigSchema *const schemas[] = { test_connector_schemas[0], test_connector_schemas[1],
                                          &config_schema_queue, NULL };
  g_autoptr (Configuration) configuration = NULL;
  g_autoptr (Snapshot) snapshot = NULL;

  api_world_set_up (world, data);
  test_folder_put (world->folder, "queue/dead.json", "{\"Description\":\"Dead\"}");
  test_folder_put (world->folder, "queue/line.json", "{\"FifoQueue\":true}");
  test_folder_put (world->folder, "queue/work.json",
                   "{\"RedrivePolicy\":{\"deadLetterTargetArn\":\"queue/dead\"}}");
  configuration = config_load (world->folder, schemas, NULL, NULL);
  g_assert_nonnull (configuration);
  snapshot = snapshot_new (8, configuration);
  snapshot_publish (world->snapshots, snapshot);
}

static void
send (ApiWorld *world, const char *queue, const char *body)
{
  g_autofree char *path = g_strdup_printf ("/v1/queues/%s/messages", queue);
  g_autoptr (Reply) reply = world_post (world, path, body);

  g_assert_cmpuint (reply->status, ==, 200);
}

static char *
receipt_of (const Reply *reply, guint i)
{
  g_autofree char *path = g_strdup_printf ("messages.%u.receipt", i);

  return reply_string (reply, path);
}

static Reply *
with_receipt (ApiWorld *world, const char *path, const char *receipt, const char *more)
{
  g_autofree char *body = g_strdup_printf ("{'receipt':'%s'%s}", receipt, more);

  return world_post (world, path, body);
}

static void
test_life (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) received = NULL;
  g_autoptr (Reply) again = NULL;
  g_autoptr (Reply) deleted = NULL;
  g_autoptr (Reply) gone = NULL;
  g_autoptr (Reply) queue = NULL;
  g_autoptr (Reply) extended = NULL;
  g_autofree char *receipt = NULL;
  g_autofree char *second = NULL;

  send (world, "work", "{'body':'one','attributes':{'a':'b'},'content_type':'text/plain'}");
  send (world, "work", "{'body_base64':'/w==','priority':5}");
  received = world_post (world, "/v1/queues/work/receive", "{'max':10}");
  g_assert_cmpuint (reply_count (received, "messages"), ==, 2);
  reply_assert (received, "messages.0.body_base64", "\"/w==\"");
  reply_assert (received, "messages.0.priority", "5");
  reply_assert (received, "messages.1.body", "\"one\"");
  reply_assert (received, "messages.1.attributes", "{\"a\":\"b\"}");
  reply_assert (received, "messages.1.content_type", "\"text/plain\"");
  reply_assert (received, "messages.1.receives", "1");
  again = world_post (world, "/v1/queues/work/receive", "");
  g_assert_cmpuint (reply_count (again, "messages"), ==, 0);

  receipt = receipt_of (received, 0);
  second = receipt_of (received, 1);
  deleted = with_receipt (world, "/v1/queues/work/delete", receipt, "");
  reply_assert (deleted, "deleted", "1");
  gone = with_receipt (world, "/v1/queues/work/delete", receipt, "");
  reply_assert (gone, "deleted", "0");
  extended = with_receipt (world, "/v1/queues/work/extend", second, ",'visibility_seconds':100");
  reply_assert (extended, "extended", "1");
  queue = world_get (world, "/v1/queues/work");
  reply_assert (queue, "visible", "0");
  reply_assert (queue, "in_flight", "1");
  reply_assert (queue, "redrive_to", "\"dead\"");
}

static void
test_list_and_peek (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) queues = NULL;
  g_autoptr (Reply) first = NULL;
  g_autoptr (Reply) second = NULL;
  g_autoptr (Reply) purged = NULL;
  g_autofree char *next = NULL;
  g_autofree char *path = NULL;

  send (world, "dead", "{'body':'a'}");
  send (world, "dead", "{'body':'b','delay_seconds':9}");
  queues = world_get (world, "/v1/queues");
  g_assert_cmpuint (reply_count (queues, "queues"), ==, 3);
  reply_assert (queues, "queues.0.name", "\"dead\"");
  reply_assert (queues, "queues.0.visible", "1");
  reply_assert (queues, "queues.0.delayed", "1");
  reply_assert (queues, "queues.1.fifo", "true");
  first = world_get (world, "/v1/queues/dead/messages?limit=1");
  reply_assert (first, "messages.0.body", "\"a\"");
  reply_assert (first, "messages.0.state", "\"visible\"");
  g_assert_null (reply_at (first, "messages.0.receipt"));
  next = reply_at (first, "next");
  path = g_strconcat ("/v1/queues/dead/messages?after=", next, NULL);
  second = world_get (world, path);
  reply_assert (second, "messages.0.state", "\"delayed\"");
  reply_assert (second, "next", "null");
  purged = world_post (world, "/v1/queues/dead/purge", "");
  reply_assert (purged, "purged", "2");
}

static void
test_fifo (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) first = world_post (world, "/v1/queues/line/messages",
                                        "{'body':'a','group':'g','dedup_id':'x'}");
  g_autoptr (Reply) repeat = world_post (world, "/v1/queues/line/messages",
                                         "{'body':'b','group':'g','dedup_id':'x'}");
  g_autoptr (Reply) received = world_post (world, "/v1/queues/line/receive", "{'max':5}");
  g_autoptr (Reply) late = NULL;
  g_autofree char *receipt = receipt_of (received, 0);
  g_autofree char *id = reply_at (first, "id");

  reply_assert (first, "duplicate", "false");
  reply_assert (repeat, "duplicate", "true");
  reply_assert (repeat, "id", id);
  g_assert_cmpuint (reply_count (received, "messages"), ==, 1);
  clock_manual_advance (world->clock, 30 * G_TIME_SPAN_SECOND);
  late = with_receipt (world, "/v1/queues/line/delete", receipt, "");
  reply_assert_problem (late, 409, "stale-receipt");
}

/* What is set is the clock, not how long a message is hidden; people are shown its new time. */
static void
test_clock_set_back (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) first = NULL;
  g_autoptr (Reply) seen = NULL;
  g_autoptr (Reply) early = NULL;
  g_autoptr (Reply) again = NULL;
  g_autofree char *time = NULL;
  g_autofree char *quoted = NULL;

  send (world, "work", "{'body':'a'}");
  first = world_post (world, "/v1/queues/work/receive", "{'visibility_seconds':30}");
  g_assert_cmpuint (reply_count (first, "messages"), ==, 1);
  clock_manual_set (world->clock, clock_wall_us (world->clock) - 6 * G_TIME_SPAN_HOUR);
  seen = world_get (world, "/v1/queues/work/messages");
  time = clock_format_us (clock_wall_us (world->clock) + 30 * G_TIME_SPAN_SECOND);
  quoted = g_strdup_printf ("\"%s\"", time);
  reply_assert (seen, "messages.0.visible", quoted);
  clock_manual_advance (world->clock, 29 * G_TIME_SPAN_SECOND);
  early = world_post (world, "/v1/queues/work/receive", "{}");
  g_assert_cmpuint (reply_count (early, "messages"), ==, 0);
  clock_manual_advance (world->clock, 1 * G_TIME_SPAN_SECOND);
  again = world_post (world, "/v1/queues/work/receive", "{}");
  g_assert_cmpuint (reply_count (again, "messages"), ==, 1);
}

static void
test_redrive (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) nowhere = NULL;
  g_autoptr (Reply) moved = NULL;
  g_autoptr (Reply) work = NULL;

  send (world, "dead", "{'body':'a'}");
  nowhere = world_post (world, "/v1/queues/dead/redrive", "");
  reply_assert (nowhere, "moved", "0");
  moved = world_post (world, "/v1/queues/dead/redrive", "{'to':'queue/work'}");
  reply_assert (moved, "moved", "1");
  work = world_post (world, "/v1/queues/work/receive", "{}");
  reply_assert (work, "messages.0.origin", "\"queue/dead\"");
}

static gpointer
receive_in_thread (gpointer data)
{
  return world_post (data, "/v1/queues/work/receive", "{'wait_seconds':20}");
}

/* A receive that waits gets what is sent meanwhile, long before its time is over. */
static void
test_wait (ApiWorld *world, gconstpointer data)
{
  gint64 begun_us = g_get_monotonic_time ();
  GThread *thread = g_thread_new ("receive", receive_in_thread, world);
  g_autoptr (Reply) reply = NULL;

  send (world, "work", "{'body':'at last'}");
  reply = g_thread_join (thread);
  reply_assert (reply, "messages.0.body", "\"at last\"");
  g_assert_cmpint (g_get_monotonic_time () - begun_us, <, 15 * G_TIME_SPAN_SECOND);
}

static void
test_wait_ends (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) reply = world_post (world, "/v1/queues/work/receive", "{'wait_seconds':1}");

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpuint (reply_count (reply, "messages"), ==, 0);
}

static void
test_stop (ApiWorld *world, gconstpointer data)
{
  gint64 begun_us = g_get_monotonic_time ();
  GThread *thread = g_thread_new ("receive", receive_in_thread, world);
  g_autoptr (Reply) reply = NULL;

  api_set_stopping (world->api);
  reply = g_thread_join (thread);
  g_assert_cmpuint (reply_count (reply, "messages"), ==, 0);
  g_assert_cmpint (g_get_monotonic_time () - begun_us, <, 15 * G_TIME_SPAN_SECOND);
}

static void
test_refused (ApiWorld *world, gconstpointer data)
{
  static const struct
  {
    const char *path, *body;
    guint status;
    const char *slug;
  } cases[] = {
    { "none/receive", "", 404, "not-found" },
    { "none/purge", "", 404, "not-found" },
    { "work/receive", "{", 400, "invalid-json" },
    { "work/receive", "[]", 400, "invalid-request" },
    { "work/receive", "{'max':0}", 400, "invalid-request" },
    { "work/receive", "{'max':1.5}", 400, "invalid-request" },
    { "work/receive", "{'wait_seconds':21}", 400, "invalid-request" },
    { "work/receive", "{'wait':1}", 400, "invalid-request" },
    { "work/messages", "", 400, "invalid-request" },
    { "work/messages", "{'body':''}", 400, "invalid-request" },
    { "work/messages", "{'body':{}}", 400, "invalid-request" },
    { "work/messages", "{'body':'a','body_base64':'YQ=='}", 400, "invalid-request" },
    { "work/messages", "{'body_base64':'='}", 400, "invalid-request" },
    { "work/messages", "{'body':'a','priority':101}", 400, "invalid-request" },
    { "work/messages", "{'body':'a','delay_seconds':901}", 400, "invalid-request" },
    { "work/messages", "{'body':'a','attributes':{'a':1}}", 400, "invalid-request" },
    { "line/messages", "{'body':'a'}", 400, "invalid-request" },
    { "line/messages", "{'body':'a','group':'g'}", 400, "invalid-request" },
    { "line/messages", "{'body':'a','group':'g','dedup_id':'d','priority':1}", 400,
      "invalid-request" },
    { "work/delete", "{}", 400, "invalid-request" },
    { "work/delete", "{'receipt':'x'}", 400, "invalid-request" },
    { "work/extend", "{'receipt':'1.1.0000000000000000'}", 409, "stale-receipt" },
    { "work/redrive", "{'to':'queue/work'}", 400, "invalid-request" },
    { "work/redrive", "{'to':'queue/none'}", 400, "invalid-request" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/v1/queues/", cases[i].path, NULL);
      g_autoptr (Reply) reply = world_post (world, path, cases[i].body);

      g_test_message ("%s %s", path, cases[i].body);
      reply_assert_problem (reply, cases[i].status, cases[i].slug);
    }
}

#define TEST(path, data, function)                                                                 \
  g_test_add (path, ApiWorld, data, set_up, function, api_world_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  TEST ("/http/api-queues/life", NULL, test_life);
  TEST ("/http/api-queues/list-and-peek", NULL, test_list_and_peek);
  TEST ("/http/api-queues/fifo", NULL, test_fifo);
  TEST ("/http/api-queues/clock-set-back", NULL, test_clock_set_back);
  TEST ("/http/api-queues/redrive", NULL, test_redrive);
  TEST ("/http/api-queues/wait", NULL, test_wait);
  TEST ("/http/api-queues/wait-ends", NULL, test_wait_ends);
  TEST ("/http/api-queues/stop", NULL, test_stop);
  TEST ("/http/api-queues/refused", NULL, test_refused);

  return g_test_run ();
}
