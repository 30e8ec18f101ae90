/* From bytes to what the store holds and the sender is told: the memory engine, a real writer. */
#include "ingress/ingress.h"

#include "support/config-folder.h"

#include "base/error.h"
#include "base/id.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define NOW_US G_GINT64_CONSTANT (1795252440123456) /* 2026-11-21T09:14:00.123456Z */

/* ---- A configuration in a folder of its own ---- */

static const char *const files[][2] = {
  { "router.json", "{'Limits':{'EventBytes':2048,'RequestBytes':65536,'EventsPerRequest':5,"
                   "'JsonDepth':8,'TargetsPerEvent':3}}" },
  { "file/a.json", "{'Path':'a'}" },
  { "file/b.json", "{'Path':'b'}" },
  { "bus/eu.json", "{}" },
  { "source/plain.json", "{}" },
  { "source/off.json", "{'State':'DISABLED'}" },
  { "source/eu.json", "{'Bus':'eu'}" },
  { "source/named.json", "{'Source':'shop','DetailType':{'Header':'X-Event','Default':'other'}}" },
  { "source/paths.json",
    "{'Source':{'Path':'$.who.name','Default':'nobody'},'DetailType':{'Path':'$.type'}}" },
  { "rule/default/all.json", "{'Targets':[{'Id':'t','Arn':'file/a'}]}" },
  { "rule/default/paid.json", "{'EventPattern':{'source':['shop'],'detail':{'total':[{'numeric':"
                              "['>',100]}]}},'Targets':[{'Id':'x','Arn':'file/a'},{'Id':'y','Arn':"
                              "'file/b'}]}" },
  { "rule/default/many.json",
    "{'EventPattern':{'detail-type':['many']},'Targets':[{'Id':'1','Arn':'file/a'},{'Id':'2','Arn':"
    "'file/a'},{'Id':'3','Arn':'file/a'}]}" },
  { "rule/default/off.json", "{'State':'DISABLED','Targets':[{'Id':'t','Arn':'file/a'}]}" },
  { "rule/eu/sea.json", "{'EventPattern':{'detail':{'sea':['north']}},'Targets':[{'Id':'t','Arn':"
                        "'file/b'}]}" },
};

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

  GMutex lock;
  GCond moved;
  GString *due; /* "seq-index connector;" … */
} Fixture;

static void
on_due (const StoreDue *due, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpint (due->due_us, ==, NOW_US);
  g_mutex_lock (&fixture->lock);
  g_string_append_printf (fixture->due, "%" G_GINT64_FORMAT "-%u %s;", due->key.event_seq,
                          due->key.index, due->connector);
  g_mutex_unlock (&fixture->lock);
}

static void
set_up_writer (Fixture *fixture, guint max_queued_events)
{
  const WriterSettings settings = { max_queued_events, 512, 10 };
  IngressSetup setup = { fixture->clock, fixture->random, NULL,   fixture->snapshots,
                         NULL,           on_due,          fixture };

  fixture->writer = writer_new (fixture->store, &settings, NULL, NULL);
  setup.writer = fixture->writer;
  fixture->ingress = ingress_new (&setup);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (Configuration) configuration = NULL;
  g_autoptr (Snapshot) snapshot = NULL;

  fixture->folder = test_folder_new ();
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *text = g_strdelimit (g_strdup (files[i][1]), "'", '"');

      test_folder_put (fixture->folder, files[i][0], text);
    }
  configuration = config_load (fixture->folder, test_connector_schemas, NULL, &problems);
  for (guint i = 0; problems != NULL && i < problems->len; i++)
    {
      g_autofree char *text = config_problem_format (problems->pdata[i]);

      g_test_message ("%s", text);
    }
  g_assert_nonnull (configuration);
  fixture->clock = clock_manual_new (NOW_US);
  fixture->random = random_seeded_new (1);
  fixture->store = store_engine_memory.open ("", &error);
  g_assert_no_error (error);
  snapshot = snapshot_new (7, configuration);
  fixture->snapshots = snapshot_holder_new (snapshot);
  fixture->due = g_string_new (NULL);
  g_mutex_init (&fixture->lock);
  g_cond_init (&fixture->moved);
  set_up_writer (fixture, 10000);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  writer_stop (fixture->writer);
  ingress_free (fixture->ingress);
  writer_free (fixture->writer);
  store_close (fixture->store);
  snapshot_holder_free (fixture->snapshots);
  random_free (fixture->random);
  clock_free (fixture->clock);
  g_string_free (fixture->due, TRUE);
  g_mutex_clear (&fixture->lock);
  g_cond_clear (&fixture->moved);
  test_folder_free (fixture->folder);
}

/* ---- One request, and its answer ---- */

typedef struct
{
  Fixture *fixture;
  gboolean done;
  char *reply;
  guint status;
  char *problem; /* JSON */
} Answer;

static void
answer_clear (Answer *answer)
{
  g_free (answer->reply);
  g_free (answer->problem);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
on_answer (const IngressReply *reply, const Problem *problem, gpointer user_data)
{
  Answer *answer = user_data;

  g_assert_true ((reply == NULL) != (problem == NULL));
  g_mutex_lock (&answer->fixture->lock);
  if (reply != NULL)
    answer->reply = g_strndup (reply->body, reply->length);
  else
    {
      answer->status = problem->status;
      answer->problem = problem_to_json (problem);
    }
  answer->done = TRUE;
  g_cond_broadcast (&answer->fixture->moved);
  g_mutex_unlock (&answer->fixture->lock);
}

static const char *
find_header (const char *name, gpointer user_data)
{
  return g_ascii_strcasecmp (name, "x-event") == 0 ? user_data : NULL;
}

/* where: "source/plain", "api" or "api/bus"; body with ' for ". */
static Answer
post_header (Fixture *fixture,
             const char *where,
             const char *content_type,
             const char *header,
             const char *body)
{
  Answer answer = { .fixture = fixture };
  g_autofree char *text = g_strdelimit (g_strdup (body), "'", '"');
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  IngressRequest request = {
    .content_type = content_type,
    .header = find_header,
    .header_data = (gpointer) header,
    .body = bytes,
  };
  Problem *refused = NULL;

  if (g_str_has_prefix (where, "source/"))
    request.source_name = where + strlen ("source/");
  else if (g_str_has_prefix (where, "api/"))
    request.bus = where + strlen ("api/");
  if (ingress_accept (fixture->ingress, &request, on_answer, &answer, &refused))
    {
      g_mutex_lock (&fixture->lock);
      while (!answer.done)
        g_cond_wait (&fixture->moved, &fixture->lock);
      g_mutex_unlock (&fixture->lock);
      return answer;
    }
  g_assert_false (answer.done);
  answer.status = refused->status;
  answer.problem = problem_to_json (refused);
  problem_free (refused);
  return answer;
}

static Answer
post (Fixture *fixture, const char *where, const char *content_type, const char *body)
{
  return post_header (fixture, where, content_type, NULL, body);
}

static StoredEvent *
load (Fixture *fixture, const char *id)
{
  StoredEvent *event = NULL;
  g_autoptr (GError) error = NULL;

  fixture->store->engine->load_event (fixture->store, id, &event, &error);
  g_assert_no_error (error);
  return event;
}

/* The id in a reply, event number i. */
static char *
reply_id (const Answer *answer, guint i)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object;

  g_test_message ("%s", answer->reply != NULL ? answer->reply : answer->problem);
  g_assert_nonnull (answer->reply);
  root = json_from_string (answer->reply, NULL);
  g_assert_nonnull (root);
  object = json_node_get_object (root);
  if (json_object_has_member (object, "events"))
    object = json_array_get_object_element (json_object_get_array_member (object, "events"), i);
  return g_strdup (json_object_get_string_member (object, "id"));
}

static void
assert_body (const StoredEvent *stored, const char *text)
{
  g_autofree char *expected = g_strdelimit (g_strdup (text), "'", '"');
  gsize length;
  const char *body = g_bytes_get_data (stored->event->body, &length);

  g_assert_cmpmem (body, length, expected, strlen (expected));
}

/* ---- Accepted ---- */

static void
test_webhook (Fixture *fixture, gconstpointer data)
{
  static const char body[] = " { 'total' : 1.50 ,\n'total2':9007199254740993 }\n";
  g_auto (Answer) answer = post (fixture, "source/plain", "application/json; charset=utf-8", body);
  g_autofree char *id = reply_id (&answer, 0);
  g_autofree char *expected = g_strdup_printf (
      "{\"id\":\"%s\",\"matched\":[\"default/all\"],\"deliveries\":1}\n", id);
  g_autoptr (StoredEvent) stored = load (fixture, id);

  g_assert_cmpstr (answer.reply, ==, expected);
  g_assert_true (id_is_valid (id));
  assert_body (stored, body);
  g_assert_cmpstr (stored->event->bus, ==, "default");
  g_assert_cmpstr (stored->event->ingress, ==, "source/plain");
  g_assert_cmpstr (stored->event->source, ==, "plain");
  g_assert_cmpstr (stored->event->detail_type, ==, "webhook");
  g_assert_cmpstr (stored->event->resources, ==, "[]");
  g_assert_cmpstr (stored->event->content_type, ==, "application/json; charset=utf-8");
  g_assert_cmpint (stored->event->time_us, ==, NOW_US);
  g_assert_cmpint (stored->event->received_us, ==, NOW_US);
  g_assert_cmpuint (stored->event->generation, ==, 7);
  g_assert_cmpstr (fixture->due->str, ==, "1-1 file/a;");
}

static void
test_any_json_is_a_detail (Fixture *fixture, gconstpointer data)
{
  static const char *const bodies[] = { "[]", "'text'", "null", "0", "{}", "[1,{'a':[]}]" };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_auto (Answer) answer = post (fixture, "source/plain", NULL, bodies[i]);
      g_autofree char *id = reply_id (&answer, 0);
      g_autoptr (StoredEvent) stored = load (fixture, id);

      assert_body (stored, bodies[i]);
      g_assert_cmpstr (stored->event->content_type, ==, "");
    }
}

static void
test_webhook_values (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *source, *header, *body;
    const char *expected_source, *expected_detail_type;
  } cases[] = {
    { "source/named", "push", "{}", "shop", "push" },
    { "source/named", NULL, "{}", "shop", "other" },
    { "source/named", "", "{}", "shop", "other" },
    { "source/named", "gr\xfc\xdf", "{}", "shop", "gr\xef\xbf\xbd\xef\xbf\xbd" },
    { "source/paths", NULL, "{'who':{'name':'Zo\\u00eb'},'type':'x'}", "Zoë", "x" },
    { "source/paths", NULL, "{'who':{'name':12},'type':true}", "12", "true" },
    { "source/paths", NULL, "{'who':{'name':null},'type':{}}", "nobody", "webhook" },
    { "source/paths", NULL, "{'who':{'name':''}}", "nobody", "webhook" },
    { "source/paths", NULL, "[]", "nobody", "webhook" },
    { "source/paths", NULL, "{'who':{'name':'a\\u0000b'},'type':['x']}", "nobody", "webhook" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Answer) answer = post_header (fixture, cases[i].source, NULL, cases[i].header,
                                            cases[i].body);
      g_autofree char *id = reply_id (&answer, 0);
      g_autoptr (StoredEvent) stored = load (fixture, id);

      g_test_message ("%s", cases[i].body);
      g_assert_cmpstr (stored->event->source, ==, cases[i].expected_source);
      g_assert_cmpstr (stored->event->detail_type, ==, cases[i].expected_detail_type);
    }
}

static void
test_buses (Fixture *fixture, gconstpointer data)
{
  g_auto (Answer) match = post (fixture, "source/eu", NULL, "{'sea':'north'}");
  g_auto (Answer) none = post (fixture, "source/eu", NULL, "{'sea':'south'}");
  g_auto (Answer) named = post (fixture, "api/eu", NULL,
                                "{'source':'s','detail-type':'d','detail':{'sea':'north'}}");
  g_auto (Answer) own = post (
      fixture, "api", NULL, "{'source':'s','detail-type':'d','detail':{'sea':'north'},'bus':'eu'}");
  g_auto (Answer) arn = post (
      fixture, "api", NULL,
      "{'Source':'s','DetailType':'d','Detail':'{\\'sea\\':\\'north\\'}','EventBusName':"
      "'arn:aws:events:us-east-1:000000000000:event-bus/eu'}");

  g_assert_nonnull (strstr (match.reply, "\"matched\":[\"eu/sea\"],\"deliveries\":1}"));
  g_assert_nonnull (strstr (none.reply, "\"matched\":[],\"deliveries\":0}"));
  g_assert_nonnull (strstr (named.reply, "\"matched\":[\"eu/sea\"]"));
  g_assert_nonnull (strstr (own.reply, "\"matched\":[\"eu/sea\"]"));
  g_assert_nonnull (strstr (arn.reply, "\"matched\":[\"eu/sea\"]"));
  g_assert_cmpstr (fixture->due->str, ==, "1-1 file/b;3-1 file/b;4-1 file/b;5-1 file/b;");
}

static void
test_entry (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *time;
    gint64 time_us;
  } times[] = {
    { "'2026-11-21T10:14:01.5+01:00'", NOW_US - 123456 + 1500000 },
    { "1795252441", NOW_US - 123456 + 1000000 },
    { "1795252441.25", NOW_US - 123456 + 1250000 },
    { "0", 0 },
    { "null", NOW_US },
  };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *body = g_strdup_printf (
          "{'version':'0','id':'x','detail-type':'Order \\u0022Paid\\u0022','source':'shop',"
          "'account':'1','time':%s,'region':'r','resources':['a' , 'b'],'detail':{ 'total':150.00 "
          "}}",
          times[i].time);
      g_auto (Answer) answer = post (fixture, "api", "application/json", body);
      g_autofree char *id = reply_id (&answer, 0);
      g_autoptr (StoredEvent) stored = load (fixture, id);

      g_assert_nonnull (strstr (
          answer.reply, "\"matched\":[\"default/all\",\"default/paid\"],\"deliveries\":3}"));
      assert_body (stored, "{ 'total':150.00 }");
      g_assert_cmpstr (stored->event->ingress, ==, "api");
      g_assert_cmpstr (stored->event->source, ==, "shop");
      g_assert_cmpstr (stored->event->detail_type, ==, "Order \"Paid\"");
      g_assert_cmpstr (stored->event->resources, ==, "[\"a\" , \"b\"]");
      g_assert_cmpint (stored->event->time_us, ==, times[i].time_us);
    }
}

static void
test_several (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *type, *body;
  } cases[] = {
    { NULL, "[{'source':'s','detail-type':'1','detail':{}} ,\n"
            "{'source':'s','detail-type':'2','detail':{'n':2}}]" },
    { "application/x-ndjson", "{'source':'s','detail-type':'1','detail':{}}\r\n\n"
                              "  {'source':'s','detail-type':'2','detail':{'n':2}}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Answer) answer = post (fixture, "api", cases[i].type, cases[i].body);
      g_autofree char *first = reply_id (&answer, 0);
      g_autofree char *second = reply_id (&answer, 1);
      g_autoptr (StoredEvent) stored = load (fixture, second);

      g_assert_true (g_str_has_prefix (answer.reply, "{\"events\":[{\"id\":\""));
      g_assert_cmpstr (first, !=, second);
      g_assert_cmpstr (stored->event->detail_type, ==, "2");
      assert_body (stored, "{'n':2}");
    }
  g_assert_cmpstr (fixture->due->str, ==, "1-1 file/a;2-1 file/a;3-1 file/a;4-1 file/a;");
}

static void
test_one_in_an_array (Fixture *fixture, gconstpointer data)
{
  g_auto (Answer) answer = post (fixture, "api", NULL,
                                 "[{'source':'s','detail-type':'1','detail':{}}]");

  g_assert_true (g_str_has_prefix (answer.reply, "{\"events\":[{"));
}

/* ---- Refused ---- */

/* One line a case can be read, nine lines a case cannot. */
/* clang-format off */
static const struct
{
  const char *where, *type, *body;
  guint status;
  const char *slug;
  const char *says[3];
} refusals[] = {
  /* not strict JSON */
  { "source/plain", NULL, "", 400, "invalid-json", { NULL } },
  { "source/plain", NULL, "hello", 400, "invalid-json", { "\"line\":1,\"column\":1" } },
  { "source/plain", NULL, "{'a':1,\n 'b':}",
    400, "invalid-json", { "\"line\":2,\"column\":6", "'}' where" } },
  { "source/plain", NULL, "{'a':1}{", 400, "invalid-json", { "\"line\":1,\"column\":8" } },
  { "source/plain", NULL, "{'a':1,'b':{'c':1,'c':2}}", 400, "invalid-json", { "/b/c" } },
  { "source/plain", NULL, "{'a':01}", 400, "invalid-json", { NULL } },
  { "source/plain", NULL, "{'a':NaN}", 400, "invalid-json", { NULL } },
  { "source/plain", NULL, "[1,]", 400, "invalid-json", { NULL } },
  { "source/plain", NULL, "{'a':'\xff'}", 400, "invalid-json", { NULL } },
  { "source/plain", NULL, "\xef\xbb\xbf{}", 400, "invalid-json", { NULL } },
  { "source/plain", NULL, "[[[[[[[[[]]]]]]]]]",
    400, "invalid-json", { "Limits.JsonDepth", "more than 8" } },
  { "api", NULL, "{'source':'s'", 400, "invalid-json", { NULL } },
  { "api", NULL, "[{'source':'s','detail-type':'d','detail':{}}", 400, "invalid-json", { NULL } },
  { "api", NULL, "[{'source':'s','detail-type':'d','detail':{}},\n{'source':}]",
    400, "invalid-json", { "\"line\":2" } },
  { "api", "application/x-ndjson", "{'source':'s','detail-type':'d','detail':{}}\n\n {'source':}",
    400, "invalid-json", { "\"line\":3,\"column\":12", "\"pointer\":\"/1\"" } },
  { "api", NULL, "{'source':'s','detail-type':'d','detail':{'a':[[[[[[[[]]]]]]]]}}",
    400, "invalid-json", { "Limits.JsonDepth" } },
  { "api", NULL, "{'source':'s','detail-type':'d','Detail':'{\\'a\\':}'}",
    400, "invalid-json", { "\"pointer\":\"/Detail\"" } },
  { "api", NULL, "{'source':'s','detail-type':'d','Detail':'[[[[[[[[[]]]]]]]]]'}",
    400, "invalid-json", { "Limits.JsonDepth" } },
  /* not what it says, or says it is */
  { "source/plain", "application/x-www-form-urlencoded", "{}",
    415, "unsupported-media-type", { "application/x-www-form-urlencoded", "--json" } },
  { "source/plain", "application/json; charset=latin1", "{}",
    415, "unsupported-media-type", { NULL } },
  { "source/plain", "application/x-ndjson", "{}", 415, "unsupported-media-type", { NULL } },
  { "api", "text/plain", "{}", 415, "unsupported-media-type", { "x-ndjson" } },
  /* where to */
  { "source/nowhere", NULL, "{}", 404, "unknown-source", { "nowhere" } },
  { "source/off", NULL, "{}", 404, "unknown-source", { "switched off" } },
  { "api/nowhere", NULL, "{'source':'s','detail-type':'d','detail':{}}",
    404, "unknown-bus", { "nowhere" } },
  { "api", NULL, "[{'source':'s','detail-type':'d','detail':{}},{'source':'s','detail-type':'d'"
    ",'detail':{},'bus':'moon'}]",
    404, "unknown-bus", { "moon", "\"pointer\":\"/1\"" } },
  /* events of the events API */
  { "api", NULL, "{}", 400, "invalid-event", { "source" } },
  { "api", NULL, "[]", 400, "invalid-event", { "no events" } },
  { "api", "application/x-ndjson", "\n\n", 400, "invalid-event", { "no events" } },
  { "api", NULL, "'x'", 400, "invalid-event", { "expected an object" } },
  { "api", NULL, "[1]", 400, "invalid-event", { "Event 0", "\"pointer\":\"/0\"" } },
  { "api", NULL, "{'detail-type':'d','detail':{}}", 400, "invalid-event", { "source" } },
  { "api", NULL, "{'source':'s','detail':{}}", 400, "invalid-event", { "detail-type" } },
  { "api", NULL, "{'source':'s','detail-type':'d'}", 400, "invalid-event", { "detail" } },
  { "api", NULL, "{'source':'','detail-type':'d','detail':{}}",
    400, "invalid-event", { "/source" } },
  { "api", NULL, "{'source':5,'detail-type':'d','detail':{}}",
    400, "invalid-event", { "/source" } },
  { "api", NULL, "{'source':'a\\u0000','detail-type':'d','detail':{}}",
    400, "invalid-event", { "/source" } },
  { "api", NULL, "{'source':'s','DetailType':null,'detail':{}}",
    400, "invalid-event", { "/DetailType" } },
  { "api", NULL, "{'source':'s','detail-type':'d','detail':[]}",
    400, "invalid-event", { "/detail" } },
  { "api", NULL, "{'source':'s','detail-type':'d','detail':'[]'}",
    400, "invalid-event", { "/detail" } },
  { "api", NULL, "{'source':'s','detail-type':'d','detail':null}",
    400, "invalid-event", { "/detail" } },
  { "api", NULL, "{'source':'s','detail-type':'d','detail':{},'time':'yesterday'}",
    400, "invalid-event", { "/time", "yesterday", "RFC 3339" } },
  { "api", NULL, "{'source':'s','detail-type':'d','detail':{},'time':-1}",
    400, "invalid-event", { "/time" } },
  { "api", NULL, "{'source':'s','detail-type':'d','detail':{},'time':1e300}",
    400, "invalid-event", { "/time" } },
  { "api", NULL, "{'source':'s','detail-type':'d','detail':{},'resources':'a'}",
    400, "invalid-event", { "/resources" } },
  { "api", NULL, "{'source':'s','detail-type':'d','detail':{},'resources':['a',1]}",
    400, "invalid-event", { "/resources" } },
  { "api", NULL, "{'source':'s','detail-type':'d','detail':{},'resources':[[]]}",
    400, "invalid-event", { "/resources" } },
  { "api", NULL, "{'source':'s','Source':'s','detail-type':'d','detail':{}}",
    400, "invalid-event", { "the same" } },
  { "api", NULL, "{'source':'s','detail_type':'d','detail':{}}",
    400, "invalid-event", { "detail_type" } },
  { "api", NULL, "[{'source':'s','detail-type':'d','detail':{}},{'source':'s','detail-type':'d'}]",
    400, "invalid-event", { "Event 1", "none of the request", "\"pointer\":\"/1\"" } },
  { "api", "application/x-ndjson", "{'source':'s','detail-type':'d','detail':{}}\n{'source':'s'}",
    400, "invalid-event", { "Event 1", "\"line\":2" } },
  /* limits */
  { "api", NULL, "[{'source':'s','detail-type':'d','detail':{}},{'source':'s','detail-type':'d'"
    ",'detail':{}},{'source':'s','detail-type':'d','detail':{}},{'source':'s','detail-type':'d'"
    ",'detail':{}},{'source':'s','detail-type':'d','detail':{}},{'source':'s','detail-type':'d'"
    ",'detail':{}}]",
    413, "too-many-events", { "Limits.EventsPerRequest", "more than 5" } },
  { "api", "application/x-ndjson", "{'source':'s','detail-type':'d','detail':{}}\n{'source':'s'"
    ",'detail-type':'d','detail':{}}\n{'source':'s','detail-type':'d','detail':{}}\n{'source':'"
    "s','detail-type':'d','detail':{}}\n{'source':'s','detail-type':'d','detail':{}}\n{'source'"
    ":'s','detail-type':'d','detail':{}}\n",
    413, "too-many-events", { "Limits.EventsPerRequest" } },
  { "api", NULL, "{'source':'s','detail-type':'many','detail':{}}",
    422, "too-many-targets", { "4 targets", "Limits.TargetsPerEvent allows 3" } },
};
/* clang-format on */

static void
assert_nothing_kept (Fixture *fixture)
{
  StoreLedger ledger;
  g_autoptr (GError) error = NULL;

  fixture->store->engine->ledger (fixture->store, TRUE, &ledger, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ledger.events, ==, 0);
  g_assert_cmpint (ledger.created, ==, 0);
  g_assert_cmpstr (fixture->due->str, ==, "");
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_auto (Answer) answer = post (fixture, refusals[i].where, refusals[i].type,
                                     refusals[i].body);
      g_autofree char *urn = g_strdup_printf ("\"urn:signalbox:problem:%s\"", refusals[i].slug);
      g_autofree char *shown = g_strescape (refusals[i].body, NULL);

      g_test_message ("%s %s\n  %s", refusals[i].where, shown,
                      answer.problem != NULL ? answer.problem : answer.reply);
      g_assert_cmpuint (answer.status, ==, refusals[i].status);
      g_assert_nonnull (strstr (answer.problem, urn));
      for (guint j = 0; j < G_N_ELEMENTS (refusals[i].says) && refusals[i].says[j] != NULL; j++)
        if (strstr (answer.problem, refusals[i].says[j]) == NULL)
          g_error ("“%s” is missing in %s", refusals[i].says[j], answer.problem);
    }
  assert_nothing_kept (fixture);
}

static void
test_sizes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *filling = g_strnfill (2048 - 2, 'x');
  g_autofree char *fits = g_strconcat ("'", filling, "'", NULL);
  g_autofree char *too_large = g_strconcat ("'", filling, "x'", NULL);
  g_autofree char *large_entry = g_strdup_printf (
      "{'source':'s','detail-type':'d','detail':{'a':'%s'}}", filling);
  g_autofree char *large_resources = g_strdup_printf (
      "{'source':'s','detail-type':'d','detail':{},'resources':['%s']}", filling);
  g_autofree char *deep = g_strnfill (200, '[');
  g_auto (Answer) ok = post (fixture, "source/plain", NULL, fits);
  g_auto (Answer) refused = post (fixture, "source/plain", NULL, too_large);
  g_auto (Answer) entry = post (fixture, "api", NULL, large_entry);
  g_auto (Answer) resources = post (fixture, "api", NULL, large_resources);
  g_auto (Answer) deeper = post (fixture, "source/plain", NULL, deep);

  g_assert_nonnull (ok.reply);
  g_assert_cmpuint (refused.status, ==, 413);
  g_assert_nonnull (strstr (refused.problem, "2049 bytes; Limits.EventBytes allows 2048"));
  g_assert_cmpuint (entry.status, ==, 413);
  g_assert_cmpuint (resources.status, ==, 413);
  g_assert_cmpuint (deeper.status, ==, 400);
  g_assert_nonnull (strstr (deeper.problem, "Limits.JsonDepth"));
}

static void
test_long_names (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strnfill (257, 'n');
  g_autofree char *body = g_strdup_printf ("{'who':{'name':'%s'}}", name);
  g_autofree char *entry = g_strdup_printf ("{'source':'s','detail-type':'%s','detail':{}}", name);
  g_auto (Answer) path = post (fixture, "source/paths", NULL, body);
  g_auto (Answer) header = post_header (fixture, "source/named", NULL, name, "{}");
  g_auto (Answer) api = post (fixture, "api", NULL, entry);

  g_assert_cmpuint (path.status, ==, 400);
  g_assert_cmpuint (header.status, ==, 400);
  g_assert_cmpuint (api.status, ==, 400);
  assert_nothing_kept (fixture);
}

/* ---- Stores that do not take it ---- */

/* The memory engine behind a door that can be shut; commit is called on the writer's thread only.
 */
typedef struct
{
  Store store;
  StoreEngine engine;
  Store *inner;
  int code; /* of ROUTER_ERROR, or -1 */
  GMutex gate;
} Door;

static gboolean
door_commit (Store *store, Batch *batch, GError **error)
{
  Door *door = (Door *) store;
  int code;

  g_mutex_lock (&door->gate);
  code = door->code;
  g_mutex_unlock (&door->gate);
  if (code >= 0)
    {
      g_set_error (error, ROUTER_ERROR, code, "door shut");
      return FALSE;
    }
  return door->inner->engine->commit (door->inner, batch, error);
}

static void
door_idle (Store *store)
{
}

static Door *
door_new (Fixture *fixture)
{
  Door *door = g_new0 (Door, 1);

  door->engine = *fixture->store->engine;
  door->engine.commit = door_commit;
  door->engine.idle = door_idle;
  door->store.engine = &door->engine;
  door->inner = fixture->store;
  door->code = -1;
  g_mutex_init (&door->gate);
  return door;
}

static void
put_door (Fixture *fixture, Door *door, guint max_queued_events)
{
  Store *inner = fixture->store;

  writer_stop (fixture->writer);
  ingress_free (fixture->ingress);
  writer_free (fixture->writer);
  fixture->store = &door->store;
  set_up_writer (fixture, max_queued_events);
  fixture->store = inner;
}

static void
remove_door (Fixture *fixture, Door *door)
{
  writer_stop (fixture->writer);
  g_mutex_clear (&door->gate);
  g_free (door);
}

static void
test_disk_full (Fixture *fixture, gconstpointer data)
{
  Door *door = door_new (fixture);

  put_door (fixture, door, 100);
  g_mutex_lock (&door->gate);
  door->code = ROUTER_ERROR_FULL;
  g_mutex_unlock (&door->gate);
  {
    g_auto (Answer) answer = post (fixture, "source/plain", NULL, "{}");

    g_assert_cmpuint (answer.status, ==, 507);
    g_assert_nonnull (strstr (answer.problem, "disk-full"));
  }
  g_mutex_lock (&door->gate);
  door->code = -1;
  g_mutex_unlock (&door->gate);
  {
    g_auto (Answer) answer = post (fixture, "source/plain", NULL, "{}");

    g_assert_nonnull (answer.reply);
  }
  g_assert_cmpstr (fixture->due->str, ==, "1-1 file/a;");
  remove_door (fixture, door);
}

static void
test_store_failed (Fixture *fixture, gconstpointer data)
{
  Door *door = door_new (fixture);

  put_door (fixture, door, 100);
  door->code = ROUTER_ERROR_STORAGE;
  {
    g_auto (Answer) unknown = post (fixture, "source/plain", NULL, "{}");
    g_auto (Answer) after = post (fixture, "source/plain", NULL, "{}");

    g_assert_cmpuint (unknown.status, ==, 500);
    g_assert_nonnull (strstr (unknown.problem, "storage-failed"));
    g_assert_nonnull (strstr (unknown.problem, "not known"));
    g_assert_cmpuint (after.status, ==, 503);
  }
  g_assert_cmpstr (fixture->due->str, ==, "");
  remove_door (fixture, door);
}

static gboolean
try_one (Fixture *fixture, Answer *answer, Problem **out_problem)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("{}", 2);
  IngressRequest request = { .source_name = "plain", .body = bytes };

  *answer = (Answer){ .fixture = fixture };
  return ingress_accept (fixture->ingress, &request, on_answer, answer, out_problem);
}

static void
test_queue_full (Fixture *fixture, gconstpointer data)
{
  Door *door = door_new (fixture);
  Answer answers[20];
  Problem *refused = NULL;
  guint n = 0;

  put_door (fixture, door, 3);
  g_mutex_lock (&door->gate);
  while (n < G_N_ELEMENTS (answers) && try_one (fixture, &answers[n], &refused))
    n++;
  g_mutex_unlock (&door->gate);
  g_assert_nonnull (refused);
  g_assert_cmpuint (refused->status, ==, 503);
  g_assert_cmpstr (refused->type, ==, "queue-full");
  g_assert_cmpuint (refused->retry_after_s, >, 0);
  g_assert_nonnull (strstr (refused->detail, "Limits.QueuedEvents"));
  g_assert_cmpuint (n, >=, 3);
  problem_free (refused);
  g_mutex_lock (&fixture->lock);
  for (guint i = 0; i < n; i++)
    while (!answers[i].done)
      g_cond_wait (&fixture->moved, &fixture->lock);
  g_mutex_unlock (&fixture->lock);
  for (guint i = 0; i < n; i++)
    {
      g_assert_nonnull (answers[i].reply);
      answer_clear (&answers[i]);
    }
  remove_door (fixture, door);
}

static void
test_stopping (Fixture *fixture, gconstpointer data)
{
  writer_stop (fixture->writer);
  {
    g_auto (Answer) answer = post (fixture, "source/plain", NULL, "{}");

    g_assert_cmpuint (answer.status, ==, 503);
    g_assert_nonnull (strstr (answer.problem, "shutting-down"));
  }
}

/* ---- Many at once ---- */

static gpointer
post_many (gpointer data)
{
  for (guint i = 0; i < 100; i++)
    {
      g_auto (Answer) answer = post (data, "api", NULL,
                                     "[{'source':'shop','detail-type':'d','detail':{'total':101}},"
                                     "{'source':'shop','detail-type':'d','detail':{'total':99}}]");

      g_assert_nonnull (strstr (answer.reply, "\"deliveries\":3}"));
      g_assert_nonnull (strstr (answer.reply, "\"deliveries\":1}"));
    }
  return NULL;
}

static void
test_threads (Fixture *fixture, gconstpointer data)
{
  GThread *threads[4];
  StoreLedger ledger;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("post", post_many, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  fixture->store->engine->ledger (fixture->store, TRUE, &ledger, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ledger.events, ==, 800);
  g_assert_cmpint (ledger.created, ==, 1600);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/ingress/accept/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("webhook", test_webhook);
  ADD ("any-json", test_any_json_is_a_detail);
  ADD ("webhook-values", test_webhook_values);
  ADD ("buses", test_buses);
  ADD ("entry", test_entry);
  ADD ("several", test_several);
  ADD ("one-in-an-array", test_one_in_an_array);
  ADD ("refusals", test_refusals);
  ADD ("sizes", test_sizes);
  ADD ("long-names", test_long_names);
  ADD ("disk-full", test_disk_full);
  ADD ("store-failed", test_store_failed);
  ADD ("queue-full", test_queue_full);
  ADD ("stopping", test_stopping);
  ADD ("threads", test_threads);
  return g_test_run ();
}
