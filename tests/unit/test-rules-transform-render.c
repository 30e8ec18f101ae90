/* What a target receives: every kind of value in every place, what is not delivered and why, and
 * that no event, however made, gets a JSON template to yield something that is not JSON. */
#include "rules-failing-alloc.h"
#include "rules/json.h"
#include "rules/rules.h"

#include <glib.h>
#include <string.h>

static const char event[] =
    "{\"version\":\"0\",\"id\":\"7bf7\",\"detail-type\":\"Order Placed\",\"source\":\"shop\","
    "\"account\":\"123456789012\",\"time\":\"2026-01-02T03:04:05Z\",\"region\":\"local\","
    "\"resources\":[\"arn:a\", \"arn:b\"],\"detail\":{\"n\": 1.50, \"big\": 9007199254740993,"
    " \"e\": -1E+2, \"t\": true, \"f\": false, \"nul\": null, \"s\": \"text\", \"empty\": \"\","
    " \"q\": \"say \\\"hi\\\"\", \"bs\": \"a\\\\b\", \"nl\": \"a\\nb\", \"u\": "
    "\"h\\u00e9\\/\\ud834\\udd1e\","
    " \"zero\": \"a\\u0000b\", \"lone\": \"<\\ud800>\", \"tab\": \"\\t\","
    " \"o\": { \"k\" : \"v\",\n \"q\" : \"\\\"\\u00e9\" , \"a\":[ 1, {} ] }, \"eo\": { }, \"ea\": "
    "[ ],"
    " \"nums\": [ 1, 2.0 ], \"recs\": [{\"id\": \"r1\"}, {\"id\": \"r2\"}],"
    " \"inject\": \"x\\\", \\\"admin\\\": \\\"true\", \"ph\": \"<s>\"}}";

#define V(name)                                                                                    \
  {                                                                                                \
#name, "$.detail." #name                                                                       \
  }

static const RulesVariable variables[] = {
  V (n),
  V (big),
  V (e),
  V (t),
  V (f),
  V (nul),
  V (s),
  V (empty),
  V (q),
  V (bs),
  V (nl),
  V (u),
  V (zero),
  V (lone),
  V (tab),
  V (o),
  V (eo),
  V (ea),
  V (nums),
  V (inject),
  V (ph),
  V (nope),
  { "all", "$" },
  { "type", "$.detail-type" },
  { "ids", "$.detail.recs[*].id" },
  { "none", "$.detail.recs[*].nope" },
  { "odd", "$..id" },
  { "twice", "$.detail.n" },
  { "twice", "$.detail.s" },
};

static const RulesContext context = { .rule_name = "my-rule",
                                      .rule_arn = "arn:aws:events:local:1:rule/b/my-rule",
                                      .ingestion_time = "2026-01-02T03:04:06Z" };

static RulesTemplate *
compile (const RulesInput *input)
{
  RulesTemplate *compiled = NULL;
  RulesError error;

  if (!rules_template_new (input, NULL, &compiled, &error))
    g_error ("refused: %s", error.reason);
  return compiled;
}

static RulesTemplate *
compile_template (const char *text)
{
  RulesInput input = { .input_template = text,
                       .variables = variables,
                       .n_variables = G_N_ELEMENTS (variables) };

  return compile (&input);
}

/* NULL when it is not delivered, error then being filled.  Whatever was in the buffer must stay. */
static GBytes *
render (const RulesTemplate *compiled, const char *text, gsize length, RulesError *error)
{
  RulesBuffer out = { 0 };
  GBytes *result = NULL;
  bool found = false;

  g_assert_true (rules_path_get ("$", "\"before\"", 8, &out, &found, NULL));
  if (rules_template_render (compiled, text, length, &context, &out, error))
    result = g_bytes_new (out.data + 8, out.length - 8);
  else
    g_assert_cmpuint (out.length, ==, 8);
  g_assert_cmpmem (out.data, 8, "\"before\"", 8);
  rules_buffer_clear (&out);
  return result;
}

static void
assert_bytes (GBytes *bytes, const char *expected, gsize length)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  g_assert_cmpmem (data, size, expected, length);
}

static void
assert_renders (const char *text, const char *expected)
{
  RulesTemplate *compiled = compile_template (text);
  RulesError error = { 0 };
  g_autoptr (GBytes) result = render (compiled, event, strlen (event), &error);

  g_test_message ("%s", text);
  if (!result)
    g_error ("not delivered: %s (%s)", error.reason, error.hint);
  assert_bytes (result, expected, strlen (expected));
  rules_template_free (compiled);
}

static void
test_constant_and_event (void)
{
  static const char *const constants[] = { " {\"a\": 1.0,\n \"b\": \"<x>\"} ", "null", "\"\"" };
  RulesInput input = { 0 };
  RulesTemplate *compiled = compile (&input);
  g_autoptr (GBytes) whole = render (compiled, event, strlen (event), NULL);

  assert_bytes (whole, event, strlen (event));
  rules_template_free (compiled);
  for (gsize i = 0; i < G_N_ELEMENTS (constants); i++)
    {
      g_autoptr (GBytes) result = NULL;

      input.input = constants[i];
      compiled = compile (&input);
      result = render (compiled, event, strlen (event), NULL);
      assert_bytes (result, constants[i], strlen (constants[i]));
      rules_template_free (compiled);
    }
}

static void
test_input_path (void)
{
  static const struct
  {
    const char *path, *expected;
  } cases[] = {
    { "$", event },
    { "$.detail.s", "\"text\"" },
    { "$.detail.n", "1.50" },
    { "$.detail.big", "9007199254740993" },
    { "$.detail.u", "\"h\\u00e9\\/\\ud834\\udd1e\"" },
    { "$.detail.o", "{ \"k\" : \"v\",\n \"q\" : \"\\\"\\u00e9\" , \"a\":[ 1, {} ] }" },
    { "$.detail.nul", "null" },
    { "$.detail.recs[*].id", "[\"r1\",\"r2\"]" },
    { "$.detail.recs[*].nope", "[]" },
    { "$.resources", "[\"arn:a\", \"arn:b\"]" },
    { "$.nope", NULL },
    { "$.detail.s[*]", NULL },
    { "$..id", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RulesInput input = { .input_path = cases[i].path };
      RulesTemplate *compiled = compile (&input);
      RulesError error = { 0 };
      g_autoptr (GBytes) result = render (compiled, event, strlen (event), &error);

      g_test_message ("%s", cases[i].path);
      if (cases[i].expected)
        assert_bytes (result, cases[i].expected, strlen (cases[i].expected));
      else
        {
          g_assert_null (result);
          g_assert_cmpint (error.code, ==, RULES_ERROR_RENDER);
          g_assert_cmpstr (error.reason, ==, "Invalid input for target.");
          g_assert_cmpstr (error.pointer, ==, "/InputPath");
          g_assert_cmpstr (error.hint, !=, "");
        }
      rules_template_free (compiled);
    }
}

static void
test_json_values (void)
{
  static const struct
  {
    const char *text, *expected;
  } cases[] = {
    { "{\"a\": <n>}", "{\"a\": 1.50}" },
    { "{\"a\":<big>,\"b\":<e>}", "{\"a\":9007199254740993,\"b\":-1E+2}" },
    { "{\"a\": <t>, \"b\": <f>, \"c\": <nul>}", "{\"a\": true, \"b\": false, \"c\": null}" },
    { "{\"a\": <s>, \"b\": <empty>}", "{\"a\": \"text\", \"b\": \"\"}" },
    { "{\"a\": <q>}", "{\"a\": \"say \\\"hi\\\"\"}" },
    { "{\"a\": <bs>, \"b\": <nl>}", "{\"a\": \"a\\\\b\", \"b\": \"a\\nb\"}" },
    { "{\"a\": <u>}", "{\"a\": \"h\\u00e9\\/\\ud834\\udd1e\"}" },
    { "{\"a\": <zero>, \"b\": <lone>}", "{\"a\": \"a\\u0000b\", \"b\": \"<\\ud800>\"}" },
    { "{\"a\": <o>}", "{\"a\": { \"k\" : \"v\",\n \"q\" : \"\\\"\\u00e9\" , \"a\":[ 1, {} ] }}" },
    { "{\"a\": <eo>, \"b\": <ea>}", "{\"a\": { }, \"b\": [ ]}" },
    { "{\"a\": <nums>, \"b\": <ids>, \"c\": <none>}",
      "{\"a\": [ 1, 2.0 ], \"b\": [\"r1\",\"r2\"], \"c\": []}" },
    { "{\"a\": <nope>, \"b\": <odd>}", "{\"a\": \"\", \"b\": \"\"}" },
    { "[<n>, <s>, [<type>]]", "[1.50, \"text\", [\"Order Placed\"]]" },
    { "[<n>,<n>,<n>]", "[1.50,1.50,1.50]" },
    { "[<twice>]", "[\"text\"]" },
    { "[<inject>]", "[\"x\\\", \\\"admin\\\": \\\"true\"]" },
    { "[<ph>]", "[\"<s>\"]" },
    /* White space around the template goes, inside it stays. */
    { " \r\n\t{\r\n \"a\" :\t<n>\r\n}\r\n", "{\r\n \"a\" :\t1.50\r\n}" },
    { "{}", "{}" },
    { "[]", "[]" },
    { "{\"a\": 1, \"a\": 2}", "{\"a\": 1, \"a\": 2}" },
    { "{\"a\": \"h\\u00e9 é \\\" <\"}", "{\"a\": \"h\\u00e9 é \\\" <\"}" },
    /* What touches other text is JSON or not as it comes out. */
    { "{\"a\": -<big>, \"b\": <n>0, \"c\": 1<big>}",
      "{\"a\": -9007199254740993, \"b\": 1.500, \"c\": 19007199254740993}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_renders (cases[i].text, cases[i].expected);
}

static void
test_json_quoted (void)
{
  static const struct
  {
    const char *text, *expected;
  } cases[] = {
    { "{\"a\": \"<s>\"}", "{\"a\": \"text\"}" },
    { "{\"a\": \"x<s>y<s>\"}", "{\"a\": \"xtextytext\"}" },
    { "{\"a\": \"<n>/<big>/<e>\"}", "{\"a\": \"1.50/9007199254740993/-1E+2\"}" },
    { "{\"a\": \"<t> <f> <nul>\"}", "{\"a\": \"true false null\"}" },
    { "{\"a\": \"<empty>\", \"b\": \"<nope>\", \"c\": \"<odd>\"}",
      "{\"a\": \"\", \"b\": \"\", \"c\": \"\"}" },
    { "{\"a\": \"<u>!\"}", "{\"a\": \"hé/\xf0\x9d\x84\x9e!\"}" },
    { "{\"a\": \"<lone>\"}", "{\"a\": \"<?>\"}" },
    { "{\"a\": \"<ph>\"}", "{\"a\": \"<s>\"}" },
    { "{\"a\": \"is \\\"<s>\\\"\"}", "{\"a\": \"is \\\"text\\\"\"}" },
    { "{\"a\": \"{\\\"t\\\":\\\"<type>\\\"}\"}", "{\"a\": \"{\\\"t\\\":\\\"Order Placed\\\"}\"}" },
    { "{\"a\": \"\\\\<s>\\\\\", \"b\": <n>}", "{\"a\": \"\\\\text\\\\\", \"b\": 1.50}" },
    { "{\"a:\": \"<s>:\", \"b\": [\"<s>\"]}", "{\"a:\": \"text:\", \"b\": [\"text\"]}" },
    /* Arrays and objects without a quote are text like any other. */
    { "{\"a\": \"<nums> <ea> <eo> <none>\"}", "{\"a\": \"[1,2.0] [] {} []\"}" },
    { "[\"<aws.events.rule-name>\"]", "[\"my-rule\"]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_renders (cases[i].text, cases[i].expected);
}

static void
test_strings (void)
{
  static const struct
  {
    const char *text, *expected;
  } cases[] = {
    { "\"<s> is <n>\"", "\"text is 1.50\"" },
    { "\"<t><f><nul>\"", "\"truefalsenull\"" },
    { "\"[<empty>][<nope>][<odd>]\"", "\"[][][]\"" },
    { "\"<o>\"", "\"{k:v,q:\\é,a:[1,{}]}\"" },
    { "\"<nums> <ids> <none> <eo> <ea>\"", "\"[1,2.0] [r1,r2] [] {} []\"" },
    { "\"<q>\"", "\"say \"hi\"\"" },
    { "\"<bs>|<nl>\"", "\"a\\b|a\nb\"" },
    { "\"<u>\"", "\"hé/\xf0\x9d\x84\x9e\"" },
    { "\"is \\\"<s>\\\"\"", "\"is \\\"text\\\"\"" },
    { "\"line <s>\"\n\"and <n>\"", "\"line text\"\n\"and 1.50\"" },
    { "\"line <s>\"\r\n\r\n\"and <n>\"\r\n", "\"line text\"\r\n\r\n\"and 1.50\"" },
    { " \n\"<s>\" \n", "\"text\"" },
    { "\"{[/<s>\"", "\"{[/text\"" },
    { "\"a\\u00e9\\n<s>\"", "\"a\\u00e9\\ntext\"" },
    { "\"<ph>\"", "\"<s>\"" },
    { "\"\"", "\"\"" },
    { "\"<aws.events.rule-name> <aws.events.rule-arn> <aws.events.event.ingestion-time>\"",
      "\"my-rule arn:aws:events:local:1:rule/b/my-rule 2026-01-02T03:04:06Z\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_renders (cases[i].text, cases[i].expected);
}

static void
test_nul_byte (void)
{
  RulesTemplate *compiled = compile_template ("\"<zero>\"");
  g_autoptr (GBytes) result = render (compiled, event, strlen (event), NULL);

  assert_bytes (result, "\"a\0b\"", 5);
  rules_template_free (compiled);
}

static void
test_predefined (void)
{
  assert_renders ("{\"a\": <aws.events.rule-name>, \"b\": <aws.events.rule-arn>, \"c\": "
                  "<aws.events.event.ingestion-time>}",
                  "{\"a\": \"my-rule\", \"b\": \"arn:aws:events:local:1:rule/b/my-rule\", \"c\": "
                  "\"2026-01-02T03:04:06Z\"}");
  assert_renders ("[<aws.events.event>]",
                  "[{\"id\":\"7bf7\",\"account\":\"123456789012\",\"detailType\":\"Order Placed\","
                  "\"time\":\"2026-01-02T03:04:05Z\",\"source\":\"shop\",\"region\":\"local\","
                  "\"resources\":[\"arn:a\", \"arn:b\"],\"version\":\"0\"}]");
}

/* Whatever the envelope has or lacks, <aws.events.event> is an object; the last of a name counts.
 */
static void
test_event_variables (void)
{
  static const struct
  {
    const char *event, *expected;
  } cases[] = {
    { "{}", "[{}|{}]" },
    { " {\"detail\":{\"a\":1}} ", "[{}|{\"detail\":{\"a\":1}}]" },
    { "{\"region\":\"r\", \"replay-name\" : \"p\",\"id\":1.0}",
      "[{\"id\":1.0,\"region\":\"r\",\"replay-name\":\"p\"}|"
      "{\"region\":\"r\", \"replay-name\" : \"p\",\"id\":1.0}]" },
    { "{\"id\":1,\"id\":2,\"\\u0069d2\":3}",
      "[{\"id\":2,\"\\u0069d2\":3}|{\"id\":1,\"id\":2,\"\\u0069d2\":3}]" },
    { "[1]", "[{}|[1]]" },
    { "5", "[{}|5]" },
  };
  RulesTemplate *compiled = compile_template ("[<aws.events.event>,<aws.events.event.json>]");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *expected = g_strdelimit (g_strdup (cases[i].expected), "|", ',');
      g_autoptr (GBytes) result = render (compiled, cases[i].event, strlen (cases[i].event), NULL);

      g_test_message ("%s", cases[i].event);
      assert_bytes (result, expected, strlen (expected));
    }
  rules_template_free (compiled);
}

static void
test_context (void)
{
  static const char expected[] = "[\"a\\\"b\\\\\\n\",\"\",\"\"]\"a\"b\\\n\"[\"\",\"\",\"\"][\"\"]";
  static const RulesContext odd = { .rule_name = "a\"b\\\n", .rule_arn = NULL };
  RulesTemplate *values = compile_template (
      "[<aws.events.rule-name>,<aws.events.rule-arn>,<aws.events.event.ingestion-time>]");
  RulesTemplate *quoted = compile_template ("[\"<aws.events.rule-name>\"]");
  RulesTemplate *text = compile_template ("\"<aws.events.rule-name><aws.events.rule-arn>\"");
  RulesBuffer out = { 0 };
  RulesError error = { 0 };

  g_assert_true (rules_template_render (values, "{}", 2, &odd, &out, NULL));
  g_assert_true (rules_template_render (text, "{}", 2, &odd, &out, NULL));
  g_assert_false (rules_template_render (quoted, "{}", 2, &odd, &out, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_RENDER);
  g_assert_true (rules_template_render (values, "{}", 2, NULL, &out, NULL));
  g_assert_true (rules_template_render (quoted, "{}", 2, NULL, &out, NULL));
  g_assert_cmpmem (out.data, out.length, expected, sizeof expected - 1);
  rules_buffer_clear (&out);
  rules_template_free (values);
  rules_template_free (quoted);
  rules_template_free (text);
}

static void
test_not_delivered (void)
{
  static const struct
  {
    const char *text;
    guint line, column;
    const char *hint; /* is part of it */
  } cases[] = {
    { "{\"a\": \"<o>\"}", 1, 8, "<o> at line 1, column 8, inside quotes, is an object" },
    { "{\"a\": 1,\n \"b\": \"x <ids>\"}", 2, 10,
      "<ids> at line 2, column 10, inside quotes, is an array" },
    { "{\"a\": \"<all>\"}", 1, 8, "is an object" },
    { "{\"a\": \"<q>\"}", 1, 8, "has a \" in it" },
    { "{\"a\": <s>, \"b\": \"<s><bs>\"}", 1, 21, "has a \\ in it" },
    { "{\"a\": \"<nl>\"}", 1, 8, "has a control character (U+000A) in it" },
    { "{\"a\": \"<tab>\"}", 1, 8, "(U+0009)" },
    { "{\"a\": \"<zero>\"}", 1, 8, "(U+0000)" },
    { "{\"a\": \"<inject>\"}", 1, 8, "has a \" in it" },
    { "{\"a\": \"{\\\"o\\\": <o>}\"}", 1, 16, "is an object" },
    { "{\"a\": -<s>}", 1, 8, "<s> at line 1, column 8 touches" },
    { "{\"a\": <n><s>}", 1, 7, "<n> at line 1, column 7 touches" },
    { "{\"a\": <n>.5}", 1, 7, "touches" },
    { "{\"<s>\": 1}", 1, 3, "member's name" },
    { "<s> is free", 1, 1, "must begin" },
    { "<o>", 1, 1, "must begin" },
    { "{\"a\": <s>", 1, 10, "not JSON" },
    { "\"<aws.events.event.json>\"", 1, 2, "is an object" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RulesTemplate *compiled = compile_template (cases[i].text);
      RulesError error = { 0 };
      g_autoptr (GBytes) result = render (compiled, event, strlen (event), &error);

      g_test_message ("%s: %s", cases[i].text, error.hint);
      g_assert_null (result);
      g_assert_cmpint (error.code, ==, RULES_ERROR_RENDER);
      g_assert_cmpstr (error.reason, ==, "Invalid input for target.");
      g_assert_cmpstr (error.pointer, ==, "/InputTransformer/InputTemplate");
      g_assert_cmpuint (error.line, ==, cases[i].line);
      g_assert_cmpuint (error.column, ==, cases[i].column);
      g_assert_nonnull (strstr (error.hint, cases[i].hint));
      g_assert_cmpuint (strlen (error.hint), <, sizeof error.hint - 1);
      g_assert_null (render (compiled, event, strlen (event), NULL));
      rules_template_free (compiled);
    }
}

static void
test_bad_event (void)
{
  static const char *const events[] = { "", "{", "{\"a\":1}x", "{'a':1}" };
  RulesTemplate *compiled = compile_template ("\"<s>\"");

  for (gsize i = 0; i < G_N_ELEMENTS (events); i++)
    {
      RulesError error = { 0 };

      g_assert_null (render (compiled, events[i], strlen (events[i]), &error));
      g_assert_cmpint (error.code, ==, RULES_ERROR_JSON);
    }
  rules_template_free (compiled);
}

/* An object or array in itself, depth times. */
static GString *
nest (guint depth)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, i % 2 == 0 ? "{\"detail\": " : "[ ");
  g_string_append (text, "1");
  for (guint i = depth; i-- > 0;)
    g_string_append (text, i % 2 == 0 ? "}" : " ]");
  return text;
}

static void
test_deep_event (void)
{
  enum
  {
    DEPTH = 100000
  };
  g_autoptr (GString) deep = nest (DEPTH);
  RulesTemplate *value = compile_template ("{\"a\": [<all>]}");
  RulesTemplate *text = compile_template ("\"<all>\"");
  RulesTemplate *quoted = compile_template ("{\"a\": \"<all>\"}");
  g_autoptr (GBytes) in_value = render (value, deep->str, deep->len, NULL);
  g_autoptr (GBytes) in_text = render (text, deep->str, deep->len, NULL);
  RulesError error = { 0 };

  g_assert_cmpuint (g_bytes_get_size (in_value), ==, deep->len + strlen ("{\"a\": []}"));
  /* In a text: without the quotes, the spaces, … */
  g_assert_cmpuint (g_bytes_get_size (in_text), ==,
                    2 + 1 + DEPTH / 2 * (strlen ("{detail:}") + strlen ("[]")));
  g_assert_null (render (quoted, deep->str, deep->len, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_RENDER);
  rules_template_free (value);
  rules_template_free (text);
  rules_template_free (quoted);
}

static void
test_output_limit (void)
{
  RulesVariable all = { "a", "$" };
  RulesInput input = { .input_template = "[<a>, <a>]", .variables = &all, .n_variables = 1 };
  g_autofree char *huge = g_strnfill (9 * 1024 * 1024, 'x');
  g_autofree char *huge_event = g_strdup_printf ("\"%s\"", huge);
  RulesError error = { 0 };
  RulesTemplate *compiled;
  g_autoptr (GBytes) result = NULL;

  compiled = compile (&input);
  g_assert_null (render (compiled, huge_event, strlen (huge_event), &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_LIMIT);
  g_assert_cmpuint (error.column, ==, 7);
  g_assert_nonnull (strstr (error.reason, "16777216"));
  rules_template_free (compiled);

  input.max_output_bytes = 10;
  compiled = compile (&input);
  result = render (compiled, "[1]", 3, &error);
  assert_bytes (result, "[[1], [1]]", 10);
  g_assert_null (render (compiled, "[1 ]", 4, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_LIMIT);
  rules_template_free (compiled);
}

/* The value of the template's only variable in every place. */
static void
render_everywhere (const char *value)
{
  static const char *const templates[] = {
    "{\"a\": <v>}",
    "{\"a\": \"<v>\"}",
    "[\"x<v>y\", <v>, \"\\\"<v>\\\\\"]",
    "{\"a\": -<v>}",
    "{\"a\": <v><v>}",
    "[1<v>]",
    "{\"a\": \"\\\\<v>\"}",
    "[<v>, \"<v><v>\", [<v>]]",
    "{\"<v>\": <v>}",
    "{\"a\": \"\\<v>\"}",
    "[<v> ]",
  };
  RulesVariable variable = { "v", "$.v" };
  RulesInput input = { .variables = &variable, .n_variables = 1 };
  RulesJsonLimits limits = { .max_depth = JSON_MAX_DEPTH, .allow_duplicates = true };
  g_autofree char *text = g_strdup_printf ("{\"v\": %s}", value);

  for (gsize i = 0; i < G_N_ELEMENTS (templates); i++)
    {
      RulesTemplate *compiled;
      g_autoptr (GBytes) result = NULL;
      RulesError error = { 0 };
      gsize size;
      const char *data;

      input.input_template = templates[i];
      compiled = compile (&input);
      result = render (compiled, text, strlen (text), &error);
      if (result)
        {
          data = g_bytes_get_data (result, &size);
          if (!rules_check_json (data, size, &limits, &error))
            g_error ("%s with %s gives %.*s", templates[i], value, (int) size, data);
        }
      else if (error.code == RULES_ERROR_JSON)
        g_error ("not an event: %s", text);
      else
        g_assert_cmpint (error.code, ==, RULES_ERROR_RENDER);
      rules_template_free (compiled);
    }
}

static void
append_random_value (GString *text, GRand *random, guint depth)
{
  static const char *const scalars[] = {
    "0",           "-1",          "1.5",         "2e3",         "true",        "false", "null",
    "\"\"",        "\"a\"",       "\"\\\"\"",    "\"\\\\\"",    "\"\\n\"",     "\"u\"", "\"u0041\"",
    "\"\\u0041\"", "\"\\u0022\"", "\"\\u005c\"", "\"\\u0000\"", "\"\\ud800\"", "\"é\"", "\"\x7f\"",
    "\", \"",      "\":\"",       "\"}\"",       "\"<v>\"",
  };
  guint kind = g_rand_int_range (random, 0, depth > 0 ? 4 : 2);
  guint n = g_rand_int_range (random, 0, 4);

  if (kind < 2)
    {
      g_string_append (text, scalars[g_rand_int_range (random, 0, G_N_ELEMENTS (scalars))]);
      return;
    }
  g_string_append (text, kind == 2 ? "[" : "{");
  for (guint i = 0; i < n; i++)
    {
      g_string_append_printf (text, "%s%s", i > 0 ? " ," : " ", kind == 2 ? "" : "\"k\\\"\" : ");
      append_random_value (text, random, depth - 1);
    }
  g_string_append (text, kind == 2 ? "]" : "}");
}

static void
test_always_json (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint i = 0; i < 3000; i++)
    {
      g_autoptr (GString) value = g_string_new (NULL);

      append_random_value (value, random, 3);
      render_everywhere (value->str);
    }
}

/* Text around and in placeholders at random: what compiles and renders is JSON. */
static void
test_random_templates (void)
{
  static const char *const parts[] = { "{",  "}",     "[",   "]",      ",",      ":",
                                       "\"", "\\",    "<s>", "<n>",    "<o>",    "<q>",
                                       "1",  "\"a\"", " ",   "<nope>", "\"k\":", "<ids>" };
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  RulesJsonLimits limits = { .max_depth = JSON_MAX_DEPTH, .allow_duplicates = true };
  guint n_rendered = 0;

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) text = g_string_new (i % 2 == 0 ? "[" : "{\"k\":");
      RulesTemplate *compiled;
      g_autoptr (GBytes) result = NULL;
      gsize size;
      const char *data;

      for (guint n = g_rand_int_range (random, 0, 6); n > 0; n--)
        g_string_append (text, parts[g_rand_int_range (random, 0, G_N_ELEMENTS (parts))]);
      g_string_append (text, i % 2 == 0 ? "]" : "}");
      compiled = compile_template (text->str);
      result = render (compiled, event, strlen (event), NULL);
      if (result)
        {
          n_rendered++;
          g_assert_true (rules_template_check (compiled, NULL));
          data = g_bytes_get_data (result, &size);
          if (!rules_check_json (data, size, &limits, NULL))
            g_error ("%s gives %.*s", text->str, (int) size, data);
        }
      rules_template_free (compiled);
    }
  g_assert_cmpuint (n_rendered, >, 100);
}

/* An event that is no JSON may yield anything but must be read within its bounds. */
static void
test_broken_events (void)
{
  static const char bytes[] = "{}[],:\"\\u0 aetn-";
  static const char *const templates[] = {
    "{\"a\": <all>, \"b\": <aws.events.event>, \"c\": <ids>, \"d\": \"<s><u><n>\"}",
    "\"<all> <o> <ids> <u> <q>\"",
    "[\"<nums>\", <aws.events.event.json>, -<n>]",
  };
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (gsize i = 0; i < G_N_ELEMENTS (templates); i++)
    {
      RulesTemplate *compiled = compile_template (templates[i]);

      for (guint round = 0; round < 3000; round++)
        {
          gsize length = strlen (event);
          g_autofree char *broken = g_memdup2 (event, length);
          RulesBuffer out = { 0 };

          for (guint n = g_rand_int_range (random, 1, 4); n > 0; n--)
            broken[g_rand_int_range (random, 0, (gint32) length)] =
                bytes[g_rand_int_range (random, 0, sizeof bytes - 1)];
          if (!rules_template_render (compiled, broken, length, &context, &out, NULL))
            g_assert_cmpuint (out.length, ==, 0);
          rules_buffer_clear (&out);
        }
      rules_template_free (compiled);
    }
}

static void
test_no_memory (void)
{
  static const char *const templates[] = {
    "{\"a\": <all>, \"b\": \"<nums>\", \"c\": <ids>, \"d\": <aws.events.event>, \"e\": <u>, "
    "\"f\": \"<u>\", \"g\": <aws.events.rule-name>, \"h\": <nope>, \"i\": -<n>}",
    "\"<all> <all> <all> <all> <ids> <aws.events.rule-arn> <n>\"",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (templates); i++)
    {
      RulesTemplate *compiled = compile_template (templates[i]);
      bool ok = false;

      for (guint n = 0; !ok; n++)
        {
          FailingAlloc memory = { .left = n };
          RulesAlloc alloc = { failing_alloc_resize, &memory };
          RulesBuffer out = { .alloc = &alloc };
          RulesError error = { 0 };

          g_assert_cmpuint (n, <, 100);
          ok = rules_template_render (compiled, event, strlen (event), &context, &out, &error);
          if (!ok)
            {
              g_assert_cmpint (error.code, ==, RULES_ERROR_NO_MEMORY);
              g_assert_cmpuint (out.length, ==, 0);
            }
          rules_buffer_clear (&out);
          g_assert_cmpuint (memory.n_live, ==, 0);
        }
      rules_template_free (compiled);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/transform-render/constant-and-event", test_constant_and_event);
  g_test_add_func ("/rules/transform-render/input-path", test_input_path);
  g_test_add_func ("/rules/transform-render/json-values", test_json_values);
  g_test_add_func ("/rules/transform-render/json-quoted", test_json_quoted);
  g_test_add_func ("/rules/transform-render/strings", test_strings);
  g_test_add_func ("/rules/transform-render/nul-byte", test_nul_byte);
  g_test_add_func ("/rules/transform-render/predefined", test_predefined);
  g_test_add_func ("/rules/transform-render/event-variables", test_event_variables);
  g_test_add_func ("/rules/transform-render/context", test_context);
  g_test_add_func ("/rules/transform-render/not-delivered", test_not_delivered);
  g_test_add_func ("/rules/transform-render/bad-event", test_bad_event);
  g_test_add_func ("/rules/transform-render/deep-event", test_deep_event);
  g_test_add_func ("/rules/transform-render/output-limit", test_output_limit);
  g_test_add_func ("/rules/transform-render/always-json", test_always_json);
  g_test_add_func ("/rules/transform-render/random-templates", test_random_templates);
  g_test_add_func ("/rules/transform-render/broken-events", test_broken_events);
  g_test_add_func ("/rules/transform-render/no-memory", test_no_memory);
  return g_test_run ();
}
