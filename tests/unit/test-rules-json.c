/* JSON: the reader, the tree, and the public functions about it. */
#include "rules-failing-alloc.h"
#include "rules/json.h"
#include "rules/rules.h"

#include <glib.h>
#include <string.h>

/* Names a case in the test's output, which must be UTF-8. */
static void
say (const char *text)
{
  g_autofree char *shown = g_strescape (text, NULL);

  g_test_message ("%s", shown);
}

static gboolean
check (const char *text, RulesError *error)
{
  return rules_check_json (text, strlen (text), NULL, error);
}

static void
test_valid (void)
{
  static const char *const texts[] = {
    "{}",
    "[]",
    "\"\"",
    "0",
    "-0",
    "true",
    "false",
    "null",
    " \t\r\n[ ] \t\r\n",
    "-0.0e-0",
    "1E+5",
    "123456789012345678901234567890.123456789e99999",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uD83D\\ude00\"",
    "\"\\ud800\"",
    "\"\\udc00\\ud800x\"",
    "\"\x7f\"",
    "\"é\u2028😀\U0010FFFF\"",
    "[[[[[[[[]]]]]]]]",
    "{\"\":{\"\":[]},\"a\":1,\"A\":2,\"a \":3}",
    "[1,\"x\",null,true,false,{},[],{\"a\":[{}]}]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      RulesError error = { 0 };

      say (texts[i]);
      if (!check (texts[i], &error))
        g_error ("%s: %s", texts[i], error.reason);
    }
}

static void
test_invalid (void)
{
  static const struct
  {
    const char *text;
    guint line, column;
    const char *reason;
  } cases[] = {
    { "", 1, 1, "the text is empty" },
    { " \n ", 2, 2, "the text is empty" },
    { "{", 1, 2, "the text ends before the value is complete" },
    { "[1,", 1, 4, "the text ends before the value is complete" },
    { "{\"a\":", 1, 6, "the text ends before the value is complete" },
    { "{\"a\"", 1, 5, "the text ends before the value is complete" },
    { "\"a", 1, 3, "the text ends inside a string" },
    { "{\"a", 1, 4, "the text ends inside a string" },
    { "\"a\\", 1, 4, "the text ends inside a string" },
    { "\"\\u00", 1, 6, "the text ends inside a string" },
    { "-", 1, 2, "the text ends inside a number" },
    { "1e", 1, 3, "the text ends inside a number" },
    { "1e+", 1, 4, "the text ends inside a number" },
    { "[1}", 1, 3, "'}' where ] must come" },
    { "{\"a\":1]", 1, 7, "']' where } must come" },
    { "]", 1, 1, "']' where a value must come" },
    { "[1 2]", 1, 4, "'2' where a comma or ] must come" },
    { "{\"a\":1 \"b\":2}", 1, 8, "a double quote where a comma or } must come" },
    { "{\"a\" 1}", 1, 6, "'1' where a colon must come" },
    { "{\"a\":1,}", 1, 8, "'}' where a name in double quotes must come" },
    { "{a:1}", 1, 2, "'a' where a name in double quotes must come" },
    { "{1:1}", 1, 2, "'1' where a name in double quotes must come" },
    { "[1,]", 1, 4, "']' where a value must come" },
    { "[,1]", 1, 2, "',' where a value must come" },
    { "['x']", 1, 2, "''' where a value must come" },
    { "[\n  .5]", 2, 3, "'.' where a value must come" },
    { "\xEF\xBB\xBF{}", 1, 1, "a byte order mark where a value must come" },
    { "[é]", 1, 2, "é is not a JSON value" },
    { "\x01", 1, 1, "control character 1 where a value must come" },
    { "[1,\f2]", 1, 4, "control character 12 where a value must come" },
    { "// x\n1", 1, 1, "JSON has no comments" },
    { "[1 /* x */]", 1, 4, "JSON has no comments" },
    { "[tru]", 1, 2, "tru is not a JSON value" },
    { "[True]", 1, 2, "True is not a JSON value" },
    { "[nullx]", 1, 2, "nullx is not a JSON value" },
    { "[NaN]", 1, 2, "NaN is not a JSON value" },
    { "[-Infinity]", 1, 3, "a minus sign needs a digit after it" },
    { "[+1]", 1, 2, "a number cannot begin with +" },
    { "[01]", 1, 3, "a number cannot begin with 0 and another digit" },
    { "[-01]", 1, 4, "a number cannot begin with 0 and another digit" },
    { "[1.]", 1, 4, "a decimal point needs a digit after it" },
    { "[1.e5]", 1, 4, "a decimal point needs a digit after it" },
    { "[1e]", 1, 4, "an exponent needs a digit" },
    { "[1e+x]", 1, 5, "an exponent needs a digit" },
    { "[0x10]", 1, 3, "'x' where a comma or ] must come" },
    { "1x", 1, 2, "'x' where the end of the text must come" },
    { "{} {}", 1, 4, "'{' where the end of the text must come" },
    { "1 2", 1, 3, "'2' where the end of the text must come" },
    { "\"a\nb\"", 1, 3, "the line ends inside a string" },
    { "{\"\t\":1}", 1, 3, "control character 9 inside a string" },
    { "\"\\x41\"", 1, 3, "'x' cannot follow a backslash" },
    { "\"\\u12G4\"", 1, 6, "\\u needs four hexadecimal digits" },
    { "\"\xff\"", 1, 2, "invalid UTF-8" },
    { "\"a\xc3\"", 1, 3, "invalid UTF-8" },
    { "\"\xc0\x80\"", 1, 2, "invalid UTF-8" },
    { "\"\xed\xa0\x80\"", 1, 2, "invalid UTF-8" },
    { "\"\xf4\x90\x80\x80\"", 1, 2, "invalid UTF-8" },
    { "\"\xe2\x82\"", 1, 2, "invalid UTF-8" },
    { "{\"\x80\":1}", 1, 3, "invalid UTF-8" },
    { "{\"id\":1,\n \"x\":2, \"id\":3}", 2, 9, "name \"id\" occurs twice" },
    { "{\"a\":1,\"\\u0061\":2}", 1, 8, "name \"\\u0061\" occurs twice" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RulesError error = { 0 };

      say (cases[i].text);
      g_assert_false (check (cases[i].text, &error));
      g_assert_cmpint (error.code, ==, RULES_ERROR_JSON);
      g_assert_cmpstr (error.reason, ==, cases[i].reason);
      g_assert_cmpuint (error.line, ==, cases[i].line);
      g_assert_cmpuint (error.column, ==, cases[i].column);
      g_assert_false (check (cases[i].text, NULL));
    }
}

/* A NUL byte in the text is a control character like any other. */
static void
test_nul (void)
{
  static const char *const texts[] = { "\0",    "[1\0]",       "\"\0\"", "1\0",
                                       "tru\0", "{\"a\0\":1}", "\\\0" };
  static const gsize lengths[] = { 1, 4, 3, 2, 4, 7, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_false (rules_check_json (texts[i], lengths[i], NULL, NULL));
}

static void
test_limits (void)
{
  g_autofree char *deep = g_strnfill (200, '[');
  g_autofree char *deep_text = g_strconcat (deep, "]", NULL);
  RulesJsonLimits limits = { .max_bytes = 10 };
  RulesError error = { 0 };

  g_assert_true (rules_check_json ("[1,2,3,45]", 10, &limits, &error));
  g_assert_false (rules_check_json ("[1,2,3,456]", 11, &limits, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_LIMIT);
  g_assert_cmpstr (error.reason, ==, "11 bytes, at most 10 are accepted");
  g_assert_false (check (deep_text, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_LIMIT);
  g_assert_cmpstr (error.reason, ==, "nested deeper than 64 levels");
  g_assert_cmpuint (error.offset, ==, 64);
  limits = (RulesJsonLimits){ .max_depth = 2 };
  g_assert_true (rules_check_json ("{\"a\":[1]}", 9, &limits, &error));
  g_assert_false (rules_check_json ("{\"a\":[1,{}]}", 12, &limits, &error));
  g_assert_cmpstr (error.pointer, ==, "/a");
  limits = (RulesJsonLimits){ .allow_duplicates = true };
  g_assert_true (rules_check_json ("{\"a\":1,\"a\":2}", 13, &limits, &error));
}

static void
test_pointer_of_repeated (void)
{
  RulesError error = { 0 };

  g_assert_false (check ("{\"x\":[0,{\"a/b~c\":1,\"y\":[],\"a/b~c\":3}]}", &error));
  g_assert_cmpstr (error.pointer, ==, "/x/1/a~1b~0c");
  g_assert_cmpstr (error.hint, !=, "");
  /* Of several the first in the text is named. */
  g_assert_false (check ("{\"z\":1,\"y\":2,\"z\":3,\"y\":4}", &error));
  g_assert_cmpstr (error.reason, ==, "name \"z\" occurs twice");
}

/* ---- The tree -------------------------------------------------------------------------------- */

static void
test_tree (void)
{
  static const char text[] =
      " { \"a\" : [ 1.50 , \"x\\u00e9\\n\" ] , \"\\u0062\" : null, \"c\": {} } ";
  const JsonNode *root, *list, *node;
  Arena arena;

  arena_init (&arena, NULL);
  g_assert_true (json_parse (text, strlen (text), NULL, &arena, &root, NULL));
  g_assert_cmpint (root->type, ==, RULES_JSON_OBJECT);
  g_assert_cmpuint (root->n_children, ==, 3);
  g_assert_cmpuint (root->start, ==, 1);
  g_assert_cmpuint (root->length, ==, strlen (text) - 2);
  list = json_member (root, "a", 1);
  g_assert_cmpmem (text + list->start, list->length, "[ 1.50 , \"x\\u00e9\\n\" ]", 22);
  g_assert_cmpmem (text + list->name_start, list->name_length, "\"a\"", 3);
  node = json_element (list, 0);
  g_assert_cmpmem (node->bytes, node->n_bytes, "1.50", 4);
  node = json_element (list, 1);
  g_assert_cmpmem (node->bytes, node->n_bytes, "xé\n", 4);
  g_assert_null (json_element (list, 2));
  g_assert_null (json_element (root, 0));
  node = json_member (root, "b", 1);
  g_assert_cmpint (node->type, ==, RULES_JSON_NULL);
  g_assert_cmpmem (text + node->name_start, node->name_length, "\"\\u0062\"", 8);
  g_assert_null (json_member (root, "d", 1));
  g_assert_null (json_member (list, "a", 1));
  g_assert_true (json_member (root, "c", 1)->parent == root);
  arena_clear (&arena);
}

static void
test_decode (void)
{
  static const struct
  {
    const char *text, *bytes;
    gsize length;
  } cases[] = {
    { "abc", "abc", 3 },
    { "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", 8 },
    { "\\u0041\\u00E9\\u20ac\\ud83d\\uDE00", "Aé€😀", 10 },
    { "\\ud83d", "?", 1 },
    { "\\ude00", "?", 1 },
    { "\\ud83dx", "?x", 2 },
    { "\\ud83d\\u0041", "?A", 2 },
    { "\\ud83d\\ud83d\\ude00", "?😀", 5 },
    { "a\\u0000b", "a\0b", 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char out[64];
      gsize length = json_decode (cases[i].text, strlen (cases[i].text), out);

      say (cases[i].text);
      g_assert_cmpmem (out, length, cases[i].bytes, cases[i].length);
    }
}

static void
test_prefix (void)
{
  const JsonNode *root;
  Arena arena;

  arena_init (&arena, NULL);
  g_assert_true (json_parse_prefix ("{\"a\":1} rest", 12, NULL, &arena, &root, NULL));
  g_assert_cmpuint (root->length, ==, 7);
  g_assert_false (json_parse ("{\"a\":1} rest", 12, NULL, &arena, &root, NULL));
  arena_clear (&arena);
}

/* ---- The reader ------------------------------------------------------------------------------ */

/* Where EventBridge's parser stands after each token. */
static void
test_reader_positions (void)
{
  static const char text[] = "{\"a\" : [1, \"xy\", true], \"b\":{}}";
  static const struct
  {
    JsonToken token;
    gsize position;
  } steps[] = {
    { JSON_TOKEN_OBJECT, 1 },      { JSON_TOKEN_NAME, 8 },        { JSON_TOKEN_ARRAY, 8 },
    { JSON_TOKEN_NUMBER, 9 },      { JSON_TOKEN_STRING, 12 },     { JSON_TOKEN_TRUE, 21 },
    { JSON_TOKEN_ARRAY_END, 22 },  { JSON_TOKEN_NAME, 29 },       { JSON_TOKEN_OBJECT, 29 },
    { JSON_TOKEN_OBJECT_END, 30 }, { JSON_TOKEN_OBJECT_END, 31 }, { JSON_TOKEN_END, 31 },
  };
  JsonReader reader;

  json_reader_init (&reader, text, strlen (text), 0);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      JsonToken token;

      g_test_message ("step %u", i);
      g_assert_true (json_reader_next (&reader, &token));
      g_assert_cmpint (token, ==, steps[i].token);
      g_assert_cmpuint (reader.position, ==, steps[i].position);
    }
}

static void
test_reader_finish_and_skip (void)
{
  static const char text[] = "[\"a\\n\",{\"x\":[[1],{}]},7]";
  JsonReader reader;
  JsonToken token;

  json_reader_init (&reader, text, strlen (text), 0);
  json_reader_next (&reader, &token);
  json_reader_next (&reader, &token);
  g_assert_true (json_reader_finish (&reader));
  g_assert_true (reader.escaped);
  g_assert_cmpmem (text + reader.start, reader.end - reader.start, "\"a\\n\"", 5);
  g_assert_true (json_reader_next (&reader, &token));
  g_assert_true (json_reader_skip (&reader));
  g_assert_true (json_reader_next (&reader, &token));
  g_assert_cmpint (token, ==, JSON_TOKEN_NUMBER);
  g_assert_true (json_reader_skip (&reader));
  g_assert_true (json_reader_next (&reader, &token));
  g_assert_cmpint (token, ==, JSON_TOKEN_ARRAY_END);
  /* A fault stays. */
  json_reader_init (&reader, "[1 2]", 5, 0);
  json_reader_next (&reader, &token);
  json_reader_next (&reader, &token);
  g_assert_false (json_reader_next (&reader, &token));
  g_assert_false (json_reader_next (&reader, &token));
  g_assert_cmpint (reader.fault, ==, JSON_FAULT_COMMA);
}

/* ---- The public rest ------------------------------------------------------------------------- */

/* In any text, and if it is JSON in the quick way too. */
static gboolean
locate_span (const char *text, const char *pointer, RulesJsonSpan *out_span)
{
  static const RulesJsonLimits lenient = { .allow_duplicates = true };
  gsize length = strlen (text);
  RulesJsonSpan quick;
  gboolean found = rules_json_locate (text, length, pointer, out_span);

  if (!rules_check_json (text, length, &lenient, NULL))
    return found;
  g_assert_cmpint (rules_json_locate_valid (text, length, pointer, &quick), ==, found);
  if (!found)
    return FALSE;
  g_assert_cmpint (quick.type, ==, out_span->type);
  g_assert_cmpuint (quick.start, ==, out_span->start);
  g_assert_cmpuint (quick.length, ==, out_span->length);
  g_assert_cmpuint (quick.name_length, ==, out_span->name_length);
  if (quick.name_length > 0)
    g_assert_cmpuint (quick.name_start, ==, out_span->name_start);
  return TRUE;
}

static char *
locate (const char *text, const char *pointer)
{
  RulesJsonSpan span;

  if (!locate_span (text, pointer, &span))
    return NULL;
  return g_strndup (text + span.start, span.length);
}

static void
test_locate (void)
{
  static const char text[] =
      "{\"a\":[10,{\"b\" : \"x\"}],\"\":1,\"a/b\":2,\"m~n\":3,\"\\u00e9\":4,\"d\":1,\"d\":[5]}";
  static const struct
  {
    const char *pointer, *value;
  } cases[] = {
    { "/a", "[10,{\"b\" : \"x\"}]" },
    { "/a/0", "10" },
    { "/a/1/b", "\"x\"" },
    { "/", "1" },
    { "/a~1b", "2" },
    { "/m~0n", "3" },
    { "/é", "4" },
    { "/d", "[5]" },
    { "/d/0", "5" },
    { "/a/2", NULL },
    { "/a/00", NULL },
    { "/a/-", NULL },
    { "/a/", NULL },
    { "/a/1/b/c", NULL },
    { "/nope", NULL },
    { "a", NULL },
    { "/m~n", NULL },
    { "/m~", NULL },
    { "/a/99999999999999999999", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *value = locate (text, cases[i].pointer);

      g_test_message ("%s", cases[i].pointer);
      g_assert_cmpstr (value, ==, cases[i].value);
    }
  g_assert_null (locate ("{\"a\":1} x", "/a"));
  g_assert_null (locate ("7", "/a"));
  g_assert_null (locate ("{}", "/a"));
  g_assert_null (locate ("[ ]", "/0"));
}

static void
test_locate_span (void)
{
  static const char text[] = " [ {\"n\" : true} ] ";
  RulesJsonSpan span;

  g_assert_true (locate_span (text, "/0/n", &span));
  g_assert_cmpint (span.type, ==, RULES_JSON_TRUE);
  g_assert_cmpmem (text + span.name_start, span.name_length, "\"n\"", 3);
  g_assert_true (locate_span (text, "/0", &span));
  g_assert_cmpuint (span.name_length, ==, 0);
  g_assert_true (locate_span (text, "", &span));
  g_assert_cmpint (span.type, ==, RULES_JSON_ARRAY);
  g_assert_cmpuint (span.start, ==, 1);
  g_assert_cmpuint (span.length, ==, 16);
}

static bool
collect (void *user, const char *element, size_t length)
{
  GString *out = user;

  g_string_append_len (out, element, (gssize) length);
  g_string_append_c (out, '|');
  return length != 4;
}

static void
test_each (void)
{
  static const char text[] = "[1, {\"a\": [2]} ,\"x\", null, 5]";
  g_autoptr (GString) out = g_string_new (NULL);
  RulesError error = { 0 };

  g_assert_true (rules_json_each (text, strlen (text), NULL, collect, out, &error));
  g_assert_cmpstr (out->str, ==, "1|{\"a\": [2]}|\"x\"|null|");
  g_assert_false (rules_json_each ("{}", 2, NULL, collect, out, &error));
  g_assert_cmpstr (error.reason, ==, "not an array");
  g_assert_false (rules_json_each ("[1,", 3, NULL, collect, out, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_JSON);
  g_string_truncate (out, 0);
  g_assert_true (rules_json_each ("[]", 2, NULL, collect, out, &error));
  g_assert_cmpstr (out->str, ==, "");
}

static void
test_position (void)
{
  static const char text[] = "ab\nc\r\n\nd";
  static const guint lines[] = { 1, 1, 1, 2, 2, 2, 3, 4, 4 };
  static const guint columns[] = { 1, 2, 3, 1, 2, 3, 1, 1, 2 };

  for (guint i = 0; i <= strlen (text) + 1; i++)
    {
      guint line, column, at = MIN (i, (guint) strlen (text));

      rules_text_position (text, strlen (text), i, &line, &column);
      g_assert_cmpuint (line, ==, lines[at]);
      g_assert_cmpuint (column, ==, columns[at]);
    }
}

/* ---- Hostile input and failing memory -------------------------------------------------------- */

static void
test_many_names (void)
{
  g_autoptr (GString) text = g_string_new ("{");
  RulesError error = { 0 };

  for (guint i = 0; i < 100000; i++)
    g_string_append_printf (text, "\"name-%u\":%u,", i * 7919 % 100000, i);
  g_string_append (text, "\"last\":1}");
  g_assert_true (rules_check_json (text->str, text->len, NULL, &error));
  g_string_truncate (text, text->len - 1);
  g_string_append (text, ",\"name-4711\":1}");
  g_assert_false (rules_check_json (text->str, text->len, NULL, &error));
  g_assert_cmpstr (error.reason, ==, "name \"name-4711\" occurs twice");
  g_assert_cmpstr (error.pointer, ==, "/name-4711");
}

static void
test_large (void)
{
  g_autofree char *text = g_strnfill (1024 * 1024, 'x');
  g_autofree char *escapes = g_malloc (6 * 100000 + 3);

  text[0] = text[1024 * 1024 - 1] = '"';
  g_assert_true (rules_check_json (text, 1024 * 1024, NULL, NULL));
  escapes[0] = '"';
  for (guint i = 0; i < 100000; i++)
    memcpy (escapes + 1 + 6 * i, "\\u00e9", 6);
  strcpy (escapes + 1 + 6 * 100000, "\"");
  g_assert_true (check (escapes, NULL));
}

/* Thousand levels, each with a name: an error in the deepest one names the way. */
static void
test_deep (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  RulesJsonLimits limits = { .max_depth = 100000 };
  RulesError error = { 0 };

  for (guint i = 0; i < 1000; i++)
    g_string_append (text, "{\"a\":");
  g_string_append_c (text, '1');
  for (guint i = 0; i < 1000; i++)
    g_string_append_c (text, '}');
  g_assert_true (rules_check_json (text->str, text->len, &limits, &error));
  g_string_prepend_c (text, '[');
  g_string_append_c (text, ']');
  g_assert_false (rules_check_json (text->str, text->len, &limits, &error));
  g_assert_cmpstr (error.reason, ==, "nested deeper than 1000 levels");
  g_assert_true (g_str_has_prefix (error.pointer, "/0/a/a/a"));
}

static void
test_failing_memory (void)
{
  static const char text[] =
      "{\"a\":[1,\"x\\n\",{\"b\":2,\"c\":3}],\"d\":[[[[[[1,2,3,4,5,6,7,8]]]]]]}";

  for (guint left = 0;; left++)
    {
      FailingAlloc user = { left, 0 };
      RulesAlloc alloc = { failing_alloc_resize, &user };
      RulesError error = { 0 };
      const JsonNode *root = NULL;
      Arena arena;
      gboolean ok;

      arena_init (&arena, &alloc);
      ok = json_parse (text, strlen (text), NULL, &arena, &root, &error);
      if (!ok)
        {
          g_assert_cmpint (error.code, ==, RULES_ERROR_NO_MEMORY);
          g_assert_null (root);
        }
      arena_clear (&arena);
      g_assert_cmpuint (user.n_live, ==, 0);
      if (ok)
        break;
      g_assert_cmpuint (left, <, 100);
    }
}

/* Anything at all: never reads outside, and what is taken is what GLib takes for UTF-8. */
static void
test_random (void)
{
  static const char *const pieces[] = {
    "{",  "}", "[",   "]",    ",",    ":", "\"", "\"a\"", "\\", "\\u",  "d83d", "1", "-",
    ".5", "e", "tru", "true", "null", " ", "\n", "\xff",  "é",  "\xe2", "/",    "0",
  };
  g_autoptr (GRand) random = g_rand_new_with_seed (4242);
  guint valid = 0;

  for (guint i = 0; i < 100000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      guint n = (guint) g_rand_int_range (random, 0, 12);
      g_autofree char *exact = NULL;

      for (guint j = 0; j < n; j++)
        g_string_append (text, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
      /* Without the terminator, so that a sanitizer sees a read behind the end. */
      exact = g_memdup2 (text->str, text->len);
      if (rules_check_json (exact ? exact : "", text->len, NULL, NULL))
        {
          g_assert_true (g_utf8_validate_len (text->str, text->len, NULL));
          valid++;
        }
    }
  g_assert_cmpuint (valid, >, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/json/valid", test_valid);
  g_test_add_func ("/rules/json/invalid", test_invalid);
  g_test_add_func ("/rules/json/nul", test_nul);
  g_test_add_func ("/rules/json/limits", test_limits);
  g_test_add_func ("/rules/json/pointer-of-repeated", test_pointer_of_repeated);
  g_test_add_func ("/rules/json/tree", test_tree);
  g_test_add_func ("/rules/json/decode", test_decode);
  g_test_add_func ("/rules/json/prefix", test_prefix);
  g_test_add_func ("/rules/json/reader/positions", test_reader_positions);
  g_test_add_func ("/rules/json/reader/finish-and-skip", test_reader_finish_and_skip);
  g_test_add_func ("/rules/json/locate", test_locate);
  g_test_add_func ("/rules/json/locate-span", test_locate_span);
  g_test_add_func ("/rules/json/each", test_each);
  g_test_add_func ("/rules/json/position", test_position);
  g_test_add_func ("/rules/json/many-names", test_many_names);
  g_test_add_func ("/rules/json/large", test_large);
  g_test_add_func ("/rules/json/deep", test_deep);
  g_test_add_func ("/rules/json/failing-memory", test_failing_memory);
  g_test_add_func ("/rules/json/random", test_random);
  return g_test_run ();
}
