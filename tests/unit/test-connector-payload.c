/* The forms of a payload: text for people, JSON for files. */
#include "connector/payload.h"

#include <string.h>

static ConnectorRequest
request (const char *content_type, GBytes *payload)
{
  return (ConnectorRequest){ .content_type = content_type, .payload = payload };
}

typedef struct
{
  const char *content_type, *payload, *text, *json;
} Case;

#define JSON "application/json"
#define TEXT "text/plain; charset=utf-8"

static const Case cases[] = {
  { JSON, "{\"a\":1}", "{\"a\":1}", "{\"a\":1}" },
  { JSON, " {\"a\":\n 1}\r\n", "{\"a\":\n 1}", " {\"a\":  1}  " },
  { JSON, "\"hello\"", "hello", "\"hello\"" },
  { JSON, "\"a\\n\\t\\\"b\\\\ \\/ \\b\\f\\r\"", "a\n\t\"b\\ / \b\f\r",
    "\"a\\n\\t\\\"b\\\\ \\/ \\b\\f\\r\"" },
  { JSON, "\"\\u00e9\\u20AC \\ud83d\\ude00\"", "é€ 😀", "\"\\u00e9\\u20AC \\ud83d\\ude00\"" },
  { JSON, "\"\\ud83d \\ude00 \\u0000\"", "\uFFFD \uFFFD \uFFFD", "\"\\ud83d \\ude00 \\u0000\"" },
  { JSON, "12345678901234567890.10", "12345678901234567890.10", "12345678901234567890.10" },
  { TEXT, "\"Order <1> paid\"", "Order <1> paid", "\"Order <1> paid\"" },
  { TEXT, "\"one\"\n\"two\"", "one\ntwo", "\"one\\ntwo\"" },
  { TEXT, "\"one\"\r\n\r\n\"two\"\n", "one\n\ntwo", "\"one\\n\\ntwo\"" },
  { TEXT, "\"broken \"by\" a value\"", "\"broken \"by\" a value\"",
    "\"\\\"broken \\\"by\\\" a value\\\"\"" },
  { TEXT, "", "", "\"\"" },
};

static void
test_forms (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      g_autoptr (GBytes) payload = g_bytes_new_static (c->payload, strlen (c->payload));
      ConnectorRequest r = request (c->content_type, payload);
      g_autofree char *text = payload_text (&r, FALSE);
      g_autoptr (GBytes) json = payload_json (&r, TRUE);

      g_test_message ("%s", c->payload);
      g_assert_cmpstr (text, ==, c->text);
      g_assert_cmpmem (g_bytes_get_data (json, NULL), g_bytes_get_size (json), c->json,
                       strlen (c->json));
    }
}

static void
test_laid_out (void)
{
  static const struct
  {
    const char *payload, *text;
  } layouts[] = {
    { "{}", "{}" },
    { "[ ]", "[]" },
    { "7", "7" },
    { "\"s\"", "s" },
    { "{\"a\":1.50,\"b\":[true,{\"c\":\"x, {y}: \\\"z\\\"\"}]}",
      "{\n  \"a\": 1.50,\n  \"b\": [\n    true,\n    {\n      \"c\": \"x, {y}: \\\"z\\\"\"\n"
      "    }\n  ]\n}" },
    { " { \"a\" : [ ] ,\n\"b\":{ } } ", "{\n  \"a\": [],\n  \"b\": {}\n}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      const char *payload = layouts[i].payload;
      g_autoptr (GBytes) bytes = g_bytes_new_static (payload, strlen (payload));
      ConnectorRequest r = request (JSON, bytes);
      g_autofree char *text = payload_text (&r, TRUE);

      g_assert_cmpstr (text, ==, layouts[i].text);
    }
}

/* Depth must not make the text explode. */
static void
test_deep (void)
{
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (GBytes) payload = NULL;
  g_autofree char *text = NULL;
  ConnectorRequest r;

  for (guint i = 0; i < 900; i++)
    g_string_append_c (json, '[');
  for (guint i = 0; i < 1000; i++)
    g_string_append (json, i == 0 ? "1" : ",1");
  for (guint i = 0; i < 900; i++)
    g_string_append_c (json, ']');

  payload = g_bytes_new_static (json->str, json->len);
  r = request (JSON, payload);
  text = payload_text (&r, TRUE);
  g_assert_cmpuint (strlen (text), <, 2800 * (2 * 32 + 3));
}

/* What is no UTF-8 becomes so; bytes are never lost silently. */
static void
test_bad_bytes (void)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("a\xff\0b", 4);
  ConnectorRequest r = request (TEXT, payload);
  g_autofree char *text = payload_text (&r, FALSE);

  g_assert_cmpstr (text, ==, "a\uFFFD\uFFFDb");
}

/* GBytes of nothing have no address. */
static void
test_no_bytes (void)
{
  g_autoptr (GBytes) payload = g_bytes_new (NULL, 0);
  static const char *const types[] = { JSON, TEXT };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      ConnectorRequest r = request (types[i], payload);
      g_autofree char *text = payload_text (&r, TRUE);
      g_autoptr (GBytes) json = payload_json (&r, TRUE);

      g_assert_cmpstr (text, ==, "");
      g_assert_cmpuint (g_bytes_get_size (json), ==, i == 0 ? 0 : 2);
    }
}

static void
test_untouched (void)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("{\n}", 3);
  ConnectorRequest r = request (JSON, payload);
  g_autoptr (GBytes) json = payload_json (&r, FALSE);

  g_assert_true (g_bytes_equal (json, payload));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/payload/forms", test_forms);
  g_test_add_func ("/connector/payload/laid-out", test_laid_out);
  g_test_add_func ("/connector/payload/deep", test_deep);
  g_test_add_func ("/connector/payload/bad-bytes", test_bad_bytes);
  g_test_add_func ("/connector/payload/no-bytes", test_no_bytes);
  g_test_add_func ("/connector/payload/untouched", test_untouched);

  return g_test_run ();
}
