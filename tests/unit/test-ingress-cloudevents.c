/* CloudEvents in, and out again by the webhook's own code: nothing is lost on the way. */
#include "ingress/cloudevents.h"

#include "connector/webhook/cloudevent.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define NOW_US G_GINT64_CONSTANT (1795252440123456) /* 2026-11-21T09:14:00.123456Z */
#define STRUCTURED "application/cloudevents+json"
#define BATCHED "application/cloudevents-batch+json; charset=UTF-8"

static const char *
find_header (const char *name, gpointer user_data)
{
  char **headers = user_data;

  for (; headers != NULL && *headers != NULL; headers += 2)
    if (g_ascii_strcasecmp (headers[0], name) == 0)
      return headers[1];
  return NULL;
}

static void
each_header (void (*visit) (const char *name, const char *value, gpointer visit_data),
             gpointer visit_data,
             gpointer user_data)
{
  char **headers = user_data;

  for (; headers != NULL && *headers != NULL; headers += 2)
    visit (headers[0], headers[1], visit_data);
}

typedef struct
{
  Configuration configuration;
  IngressRequest request;
  DraftContext context;
  GArray *drafts;
  char *key;
  gboolean several;
  Problem *problem;
} Taken;

static void
taken_clear (Taken *taken)
{
  g_clear_pointer (&taken->request.body, g_bytes_unref);
  g_array_unref (taken->drafts);
  g_free (taken->key);
  g_clear_pointer (&taken->problem, problem_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Taken, taken_clear)

static void
take (Taken *taken, const char *type, const char *const *headers, GBytes *body)
{
  *taken = (Taken){ .configuration = { .router = { .event_bytes = 4096,
                                                   .json_depth = 8,
                                                   .events_per_request = 3 } },
                    .request = { .content_type = type,
                                 .header = find_header,
                                 .each_header = each_header,
                                 .header_data = (gpointer) headers,
                                 .body = g_bytes_ref (body) },
                    .drafts = g_array_new (FALSE, TRUE, sizeof (Draft)) };
  g_array_set_clear_func (taken->drafts, (GDestroyNotify) draft_clear);
  taken->context = (DraftContext){ &taken->request, &taken->configuration, NOW_US };
  taken->problem = draft_from_cloudevents (&taken->context, NULL, taken->drafts, &taken->key,
                                           &taken->several);
}

static void
take_text (Taken *taken, const char *type, const char *const *headers, const char *body)
{
  g_autofree char *text = g_strdelimit (g_strdup (body), "'", '"');
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  take (taken, type, headers, bytes);
  if (taken->problem != NULL)
    g_test_message ("%s: %s", body, taken->problem->detail);
}

static const Draft *
only_draft (Taken *taken)
{
  g_assert_null (taken->problem);
  g_assert_cmpuint (taken->drafts->len, ==, 1);
  return &g_array_index (taken->drafts, Draft, 0);
}

/* What a webhook would send of it. */
static void
send_out (const Draft *draft, CloudEventMode mode, CloudEvent *out)
{
  g_autofree char *time = clock_format_seconds (draft->time_us);
  g_autoptr (Event) event = event_new (&(const Event){ .id = (char *) "own-id",
                                                       .source = draft->source,
                                                       .detail_type = draft->detail_type,
                                                       .resources = draft->resources,
                                                       .time_us = draft->time_us,
                                                       .metadata = draft->metadata,
                                                       .body = draft->detail });
  g_autoptr (GString) envelope = event_envelope (event);
  g_autoptr (GBytes) payload = g_bytes_new (envelope->str, envelope->len);
  const ConnectorRequest request = { .event_id = "own-id",
                                     .source = draft->source,
                                     .detail_type = draft->detail_type,
                                     .event_time = time,
                                     .content_type = "application/json",
                                     .payload = payload,
                                     .is_envelope = TRUE,
                                     .event = event };

  g_assert_true (rules_check_json (envelope->str, envelope->len, NULL, NULL));
  cloudevent_make (&request, mode, out);
}

static void
assert_json (const char *text, gsize length, const char *expected)
{
  g_autofree char *wanted = g_strdelimit (g_strdup (expected), "'", '"');
  g_autofree char *found = g_strndup (text, length);
  g_autoptr (JsonNode) a = json_from_string (found, NULL);
  g_autoptr (JsonNode) b = json_from_string (wanted, NULL);

  g_test_message ("%s", found);
  g_assert_nonnull (a);
  g_assert_nonnull (b);
  g_assert_true (json_node_equal (a, b));
}

/* ---- Round trips ---- */

static const char *const rich[] = {
  /* Every attribute type of the JSON format, and extensions. */
  "{'specversion':'1.0','id':'A 1','source':'/a/b','type':'com.example','subject':'s/1',"
  "'time':'2018-04-05T17:31:00.123456789+02:00','dataschema':'http://x.test/s#1',"
  "'datacontenttype':'application/json','yes':true,'no':false,'number':-2147483648,"
  "'text':'Euro \xe2\x82\xac \xf0\x9f\x98\x80 \\\\ \\' / %25','empty':'',"
  "'traceparent':'00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',"
  "'data':{'big':9007199254740993,'exp':1.50e400,'list':[]}}",
  "{'specversion':'1.0','id':'1','source':'s','type':'t','data':null}",
  "{'specversion':'1.0','id':'1','source':'s','type':'t','data':'a string'}",
  "{'specversion':'1.0','id':'1','source':'s','type':'t','datacontenttype':'application/xml',"
  "'data':'<a>\\u00e4\\n</a>'}",
  "{'specversion':'1.0','id':'1','source':'s','type':'t','data_base64':'AAEC/w=='}",
  "{'specversion':'1.0','id':'1','source':'s','type':'t','datacontenttype':'application/json',"
  "'data_base64':'e30='}",
  "{'specversion':'1.0','id':'1','source':'s','type':'t','datacontenttype':'image/png',"
  "'data_base64':''}",
  "{'specversion':'1.0','id':'1','source':'s','type':'t','datacontenttype':'a/b+json',"
  "'data':[1,{'x':'y'}]}",
  "{'specversion':'1.0','id':'1','source':'s','type':'t'}",
  "{'specversion':'1.0','id':'1','source':'s','type':'t','datacontenttype':'text/plain'}",
};

static char *
quoted (const char *text)
{
  g_autoptr (GString) out = g_string_new (text);

  g_string_replace (out, "\\'", "\001", 0);
  g_strdelimit (out->str, "'", '"');
  g_string_replace (out, "\001", "\\\"", 0);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
test_structured_round (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rich); i++)
    {
      g_autofree char *text = quoted (rich[i]);
      g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
      g_auto (Taken) taken = { 0 };
      g_auto (CloudEvent) out = { 0 };
      gsize length;
      const char *sent;

      take (&taken, STRUCTURED, NULL, body);
      send_out (only_draft (&taken), CLOUDEVENT_STRUCTURED, &out);
      sent = g_bytes_get_data (out.body, &length);
      assert_json (sent, length, text);
      g_assert_cmpstr (out.content_type, ==, "application/cloudevents+json; charset=UTF-8");
      g_assert_null (out.headers[0]);
      if (i == 0)
        g_assert_nonnull (strstr (sent, "\"data\":{\"big\":9007199254740993,\"exp\":1.50e400,"));
    }
}

/* Structured, out as binary, in as that, out again: attributes become text, nothing else changes.
 */
static void
test_binary_round (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rich); i++)
    {
      g_autofree char *text = quoted (rich[i]);
      g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
      g_auto (Taken) first = { 0 };
      g_auto (Taken) second = { 0 };
      g_auto (CloudEvent) out = { 0 };
      g_auto (CloudEvent) again = { 0 };

      g_test_message ("%s", text);
      take (&first, STRUCTURED, NULL, body);
      send_out (only_draft (&first), CLOUDEVENT_BINARY, &out);
      take (&second, out.content_type, (const char *const *) out.headers, out.body);
      send_out (only_draft (&second), CLOUDEVENT_BINARY, &again);
      g_assert_cmpstrv (out.headers, again.headers);
      g_assert_cmpstr (out.content_type, ==, again.content_type);
      g_assert_true (g_bytes_equal (out.body, again.body));
      g_assert_cmpstr (first.key, ==, second.key);
    }
}

static void
test_binary_bytes (void)
{
  static const struct
  {
    const char *type; /* NULL: none */
    const char *body;
    gsize length;
    const char *detail;
  } cases[] = {
    { "application/json", " {\"a\": 1.0} ", 12, " {\"a\": 1.0} " },
    { "application/json; charset=ISO-8859-1", "\"\xe4\"", 3, "\"IuQi\"" },
    { "text/plain; charset=utf-8", "a\r\n\tb\"", 6, "\"a\\r\\n\\tb\\\"\"" },
    { "text/plain", "\xff", 1, "\"/w==\"" },
    { "text/plain", "a\0b", 3, "\"YQBi\"" },
    { NULL, "{}", 2, "\"{}\"" },
    { "application/octet-stream", "\x00\xff", 2, "\"AP8=\"" },
    { "application/json", "", 0, "{}" },
  };
  static const char *const headers[] = { "ce-specversion", "1.0", "ce-id", "1", "ce-source", "s",
                                         "ce-type",        "t",   NULL };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new (cases[i].body, cases[i].length);
      g_auto (Taken) taken = { 0 };
      g_auto (CloudEvent) out = { 0 };
      const Draft *draft;
      gsize length;
      const char *detail;

      take (&taken, cases[i].type, headers, body);
      draft = only_draft (&taken);
      detail = g_bytes_get_data (draft->detail, &length);
      g_assert_cmpmem (detail, length, cases[i].detail, strlen (cases[i].detail));
      send_out (draft, CLOUDEVENT_BINARY, &out);
      g_assert_true (g_bytes_equal (out.body, body));
      g_assert_cmpstr (out.content_type, ==, cases[i].type);
    }
}

/* ---- The envelope ---- */

static void
test_envelope (void)
{
  g_auto (Taken) taken = { 0 };
  const Draft *draft;

  take_text (&taken, STRUCTURED, NULL,
             "{'specversion':'1.0','id':'A1','source':'/shop','type':'paid','subject':'o/1',"
             "'time':'2026-11-21T10:00:00+01:00','data':{'a':1}}");
  draft = only_draft (&taken);
  g_assert_cmpstr (draft->source, ==, "/shop");
  g_assert_cmpstr (draft->detail_type, ==, "paid");
  g_assert_cmpstr (draft->resources, ==, "[\"o/1\"]");
  g_assert_cmpstr (draft->bus, ==, "default");
  g_assert_cmpint (draft->time_us, ==, G_GINT64_CONSTANT (1795251600000000));
  assert_json (draft->metadata, strlen (draft->metadata),
               "{'id':'A1','cloudevent':{'specversion':'1.0','id':'A1','source':'/shop',"
               "'type':'paid','subject':'o/1','time':'2026-11-21T10:00:00+01:00'}}");
}

/* An event that never was a CloudEvent, through another router and back. */
static void
test_from_envelope (void)
{
  static const char *const resources[] = { "[]", "[\"one\"]", "[\"a\",\"b\"]" };
  static const CloudEventMode modes[] = { CLOUDEVENT_BINARY, CLOUDEVENT_STRUCTURED };

  for (guint i = 0; i < G_N_ELEMENTS (resources) * G_N_ELEMENTS (modes); i++)
    {
      g_autoptr (GBytes) detail = g_bytes_new_static ("{ \"n\":1.50}", 11);
      const Draft draft = { .source = (char *) "aws.s3",
                            .detail_type = (char *) "Order Paid",
                            .time_us = G_GINT64_CONSTANT (1795251600000000),
                            .resources = (char *) resources[i / 2],
                            .detail = detail };
      g_auto (CloudEvent) out = { 0 };
      g_auto (Taken) taken = { 0 };
      const Draft *back;

      send_out (&draft, modes[i % 2], &out);
      take (&taken, out.content_type, (const char *const *) out.headers, out.body);
      back = only_draft (&taken);
      g_assert_cmpstr (back->source, ==, draft.source);
      g_assert_cmpstr (back->detail_type, ==, draft.detail_type);
      g_assert_cmpint (back->time_us, ==, draft.time_us);
      g_assert_cmpstr (back->resources, ==, draft.resources);
      g_assert_true (g_bytes_equal (back->detail, detail));
      g_assert_nonnull (strstr (back->metadata, "{\"id\":\"own-id\""));
    }
}

/* ---- Batches ---- */

static void
test_batch (void)
{
  g_auto (Taken) taken = { 0 };
  g_auto (Taken) empty = { 0 };
  g_auto (Taken) wrong = { 0 };
  g_auto (Taken) many = { 0 };

  take_text (&taken, BATCHED, NULL,
             "[{'specversion':'1.0','id':'1','source':'s','type':'t'},"
             "{'specversion':'1.0','id':'2','source':'s','type':'t','data':7}]");
  g_assert_null (taken.problem);
  g_assert_true (taken.several);
  g_assert_cmpuint (taken.drafts->len, ==, 2);
  g_assert_nonnull (taken.key);

  take_text (&empty, BATCHED, NULL, "[]");
  g_assert_null (empty.problem);
  g_assert_cmpuint (empty.drafts->len, ==, 0);
  g_assert_null (empty.key);

  take_text (&wrong, BATCHED, NULL,
             "[{'specversion':'1.0','id':'1','source':'s','type':'t'},{'id':'2'}]");
  g_assert_nonnull (wrong.problem);
  g_assert_cmpstr (wrong.problem->pointer, ==, "/1");

  take_text (&many, BATCHED, NULL,
             "[{'specversion':'1.0','id':'1','source':'s','type':'t'},"
             "{'specversion':'1.0','id':'2','source':'s','type':'t'},"
             "{'specversion':'1.0','id':'3','source':'s','type':'t'},"
             "{'specversion':'1.0','id':'4','source':'s','type':'t'}]");
  g_assert_nonnull (many.problem);
  g_assert_cmpuint (many.problem->status, ==, 413);
}

/* ---- Refused ---- */

static void
test_refused_structured (void)
{
  static const char *const bodies[] = {
    "{'specversion':'1.0','source':'s','type':'t'}",
    "{'specversion':'1.0','id':'','source':'s','type':'t'}",
    "{'specversion':'1.0','id':1,'source':'s','type':'t'}",
    "{'specversion':'1.0','id':null,'source':'s','type':'t'}",
    "{'specversion':'0.3','id':'1','source':'s','type':'t'}",
    "{'id':'1','source':'s','type':'t'}",
    "{'specversion':'1.0','id':'1','source':'s','type':'t','subject':''}",
    "{'specversion':'1.0','id':'1','source':'s','type':'t','time':'yesterday'}",
    "{'specversion':'1.0','id':'1','source':'s','type':'t','Upper':'x'}",
    "{'specversion':'1.0','id':'1','source':'s','type':'t','a-b':'x'}",
    "{'specversion':'1.0','id':'1','source':'s','type':'t','ext':1.5}",
    "{'specversion':'1.0','id':'1','source':'s','type':'t','ext':2147483648}",
    "{'specversion':'1.0','id':'1','source':'s','type':'t','ext':{}}",
    "{'specversion':'1.0','id':'1','source':'s','type':'t','ext':'a\\nb'}",
    "{'specversion':'1.0','id':'1','source':'s','type':'t','ext':'a\\u0000b'}",
    "{'specversion':'1.0','id':'1','source':'s','type':'t','ext':'\\ufffe'}",
    "{'specversion':'1.0','id':'1','source':'s','type':'t','data':1,'data_base64':'AA=='}",
    "{'specversion':'1.0','id':'1','source':'s','type':'t','data_base64':'A'}",
    "{'specversion':'1.0','id':'1','source':'s','type':'t','data_base64':7}",
    "{'specversion':'1.0','id':'1','source':'s','type':'t','datacontenttype':'text/xml','data':{}}",
    "[]",
    "'x'",
    "{'specversion':'1.0'",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_auto (Taken) taken = { 0 };

      take_text (&taken, STRUCTURED, NULL, bodies[i]);
      g_assert_nonnull (taken.problem);
      g_assert_cmpuint (taken.problem->status, ==, 400);
    }
}

static void
test_refused_binary (void)
{
  static const char *const more[][2] = {
    { "ce-datacontenttype", "text/plain" },
    { "ce-ext", "%C0%A0" },
    { "ce-ext", "%" },
    { "ce-ext", "%0" },
    { "ce-ext", "%00" },
    { "ce-ext", "%0A" },
    { "ce-ext", "\"open" },
    { "ce-a-b", "x" },
    { "ce-data", "x" },
    { "CE-ID", "2" },
    { "ce-time", "x" },
    { "ce-", "x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (more); i++)
    {
      const char *const headers[] = { "ce-specversion", "1.0",      "ce-id",   "1",
                                      "ce-source",      "s",        "ce-type", "t",
                                      more[i][0],       more[i][1], NULL };
      g_auto (Taken) taken = { 0 };

      take_text (&taken, "application/json", headers, "{}");
      g_assert_nonnull (taken.problem);
      g_assert_cmpuint (taken.problem->status, ==, 400);
    }
}

static void
test_mode (void)
{
  static const char *const all[] = { "CE-Id", "1",       "ce-source", "s", "ce-specversion",
                                     "1.0",   "ce-type", "t",         NULL };
  static const struct
  {
    const char *type;
    const char *const *headers;
    CloudEventsMode mode;
  } cases[] = {
    { NULL, all, CLOUDEVENTS_BINARY },
    { "application/json", all, CLOUDEVENTS_BINARY },
    { "application/json", all + 2, CLOUDEVENTS_NONE },
    { "application/json", NULL, CLOUDEVENTS_NONE },
    { " APPLICATION/CloudEvents+JSON; charset=UTF-8", NULL, CLOUDEVENTS_STRUCTURED },
    { "application/cloudevents-batch+json", all, CLOUDEVENTS_BATCHED },
    { "application/cloudevents+avro", NULL, CLOUDEVENTS_STRUCTURED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const IngressRequest request = { .content_type = cases[i].type,
                                       .header = find_header,
                                       .header_data = (gpointer) cases[i].headers };

      g_assert_cmpint (cloudevents_mode (&request), ==, cases[i].mode);
    }
}

static void
test_header (void)
{
  static const char *const cases[][2] = {
    { "Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro \xe2\x82\xac \xf0\x9f\x98\x80" },
    { "%e2%82%ac", "\xe2\x82\xac" },
    { "\"a \\\" b\"", "a \" b" },
    { "\"a%20b\"", "a b" },
    { "%41", "A" },
    { "%2520", "%20" },
    { "  x ", "x" },
    { "", "" },
  };
  g_autofree char *encoded = cloudevent_encode_header ("Euro \xe2\x82\xac \xf0\x9f\x98\x80 %\"~");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = cloudevents_decode_header (cases[i][0]);

      g_assert_cmpstr (text, ==, cases[i][1]);
    }
  g_assert_cmpstr (encoded, ==, "Euro%20%E2%82%AC%20%F0%9F%98%80%20%25%22~");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingress/cloudevents/mode", test_mode);
  g_test_add_func ("/ingress/cloudevents/header", test_header);
  g_test_add_func ("/ingress/cloudevents/envelope", test_envelope);
  g_test_add_func ("/ingress/cloudevents/from-envelope", test_from_envelope);
  g_test_add_func ("/ingress/cloudevents/structured-round", test_structured_round);
  g_test_add_func ("/ingress/cloudevents/binary-round", test_binary_round);
  g_test_add_func ("/ingress/cloudevents/binary-bytes", test_binary_bytes);
  g_test_add_func ("/ingress/cloudevents/batch", test_batch);
  g_test_add_func ("/ingress/cloudevents/refused-structured", test_refused_structured);
  g_test_add_func ("/ingress/cloudevents/refused-binary", test_refused_binary);
  return g_test_run ();
}
