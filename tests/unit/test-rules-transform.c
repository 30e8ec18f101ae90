/* Compiling a target's input: what is refused and in which words, what is taken but flawed. */
#include "rules-failing-alloc.h"
#include "rules/rules.h"

#include <glib.h>
#include <string.h>

static const RulesVariable some_variables[] = {
  { "x", "$.detail.x" },
  { "y", "$.detail.y" },
  { "detail-type", "$.detail-type" },
  { "odd", "$.detail['x']" },
};

static RulesInput
template_input (const char *text)
{
  RulesInput input = { .input_template = text,
                       .variables = some_variables,
                       .n_variables = G_N_ELEMENTS (some_variables),
                       .target_id = "my-target" };

  return input;
}

/* NULL when it is refused, error then being filled. */
static RulesTemplate *
compile (const RulesInput *input, RulesError *error)
{
  RulesTemplate *compiled = NULL;
  RulesTemplate *before = GINT_TO_POINTER (1);
  RulesTemplate *result = before;

  memset (error, 0xAA, sizeof *error);
  if (rules_template_new (input, NULL, &result, error))
    compiled = result;
  else
    g_assert_true (result == before);
  return compiled;
}

static void
assert_taken (const RulesInput *input)
{
  RulesError error;
  RulesTemplate *compiled = compile (input, &error);

  if (!compiled)
    g_error ("refused: %s", error.reason);
  rules_template_free (compiled);
}

static void
assert_refused (const RulesInput *input,
                RulesErrorCode code,
                const char *reason,
                const char *pointer)
{
  RulesError error;
  RulesTemplate *compiled = compile (input, &error);

  g_assert_null (compiled);
  g_assert_cmpint (error.code, ==, code);
  g_assert_cmpstr (error.reason, ==, reason);
  g_assert_cmpstr (error.pointer, ==, pointer);
  g_assert_false (rules_template_new (input, NULL, &compiled, NULL));
}

static void
test_only_one (void)
{
  static const char only_one[] =
      "Only one of Input, InputPath, or InputTransformer must be provided for target my-target.";
  RulesInput input = { .target_id = "my-target", .input = "{}", .input_path = "$" };

  assert_refused (&input, RULES_ERROR_TEMPLATE, only_one, "");
  input = template_input ("{}");
  input.input_path = "$.detail";
  assert_refused (&input, RULES_ERROR_TEMPLATE, only_one, "");
  input = template_input ("{}");
  input.input = "{}";
  assert_refused (&input, RULES_ERROR_TEMPLATE, only_one, "");
  input = template_input (NULL);
  input.input = "{}";
  assert_refused (&input, RULES_ERROR_TEMPLATE, only_one, "");
  input.target_id = NULL;
  assert_refused (&input, RULES_ERROR_TEMPLATE,
                  "Only one of Input, InputPath, or InputTransformer must be provided.", "");
  input = template_input (NULL);
  assert_refused (&input, RULES_ERROR_TEMPLATE, "InputTransformer has no InputTemplate",
                  "/InputTransformer");
}

static void
test_constant (void)
{
  static const char *const texts[] = { "{\"a\": 1}", " [1,\n2] ", "\"x\"",
                                       "5",          "null",      "{\"a\":1,\"a\":2}" };
  static const struct
  {
    const char *text;
    guint line, column;
  } bad[] = {
    { "", 1, 1 },        { "x", 1, 1 },        { "{\"a\":\n 01}", 2, 3 }, { "{} {}", 1, 4 },
    { "{'a':1}", 1, 2 }, { "\"a\nb\"", 1, 3 }, { "[1,]", 1, 4 },
  };
  RulesInput input = { .target_id = "my-target" };
  RulesError error;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_test_message ("%s", texts[i]);
      input.input = texts[i];
      assert_taken (&input);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i].text);
      input.input = bad[i].text;
      assert_refused (&input, RULES_ERROR_TEMPLATE,
                      "Input for target my-target is not a valid JSON text.", "/Input");
      g_assert_null (compile (&input, &error));
      g_assert_cmpuint (error.line, ==, bad[i].line);
      g_assert_cmpuint (error.column, ==, bad[i].column);
      g_assert_cmpstr (error.hint, !=, "");
    }
  input.target_id = NULL;
  assert_refused (&input, RULES_ERROR_TEMPLATE, "Input is not a valid JSON text.", "/Input");
}

static void
test_invalid_placeholder (void)
{
  static const struct
  {
    const char *text, *name;
    guint line, column;
  } cases[] = {
    { "\"Event of <detail-type> type, with <nope>\"", "nope", 1, 36 },
    { "{\"a\":\n  <X>}", "X", 2, 3 },
    { "{\"a\": <>}", "", 1, 7 },
    { "{\"a\": < x>}", " x", 1, 7 },
    { "{\"a\": <<x>>}", "<x", 1, 7 },
    { "{\"a\": <x.y>}", "x.y", 1, 7 },
    { "{\"a\": <$.detail>}", "$.detail", 1, 7 },
    { "{\"a\": <aws.events.nope>}", "aws.events.nope", 1, 7 },
    { "{\"a\": <aws.events.event.jso>}", "aws.events.event.jso", 1, 7 },
    { "{\"a\": <aws.events.event.json2>}", "aws.events.event.json2", 1, 7 },
    { "\"p < q, \\\"r > s\"", " q, \\\"r ", 1, 4 },
    { "free <text>", "text", 1, 6 },
    { "\"<hé>\"", "hé", 1, 2 },
    { "\"<aws.events.rule-arn><aws.events.rule-name><aws.events.event.ingestion-time>"
      "<aws.events.event><aws.events.event.json><x><y><detail-type><odd><z>\"",
      "z", 1, 0 },
  };
  RulesError error;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RulesInput input = template_input (cases[i].text);
      g_autofree char *named = g_strdup_printf (
          "InputTemplate for target my-target contains invalid placeholder %s.", cases[i].name);
      g_autofree char *unnamed = g_strdup_printf ("InputTemplate contains invalid placeholder %s.",
                                                  cases[i].name);

      g_test_message ("%s", cases[i].text);
      assert_refused (&input, RULES_ERROR_TEMPLATE, named, "/InputTransformer/InputTemplate");
      g_assert_null (compile (&input, &error));
      g_assert_cmpuint (error.line, ==, cases[i].line);
      if (cases[i].column > 0)
        g_assert_cmpuint (error.column, ==, cases[i].column);
      input.target_id = NULL;
      assert_refused (&input, RULES_ERROR_TEMPLATE, unnamed, "/InputTransformer/InputTemplate");
    }
}

/* What the expression <(.*?)> does not find is text. */
static void
test_no_placeholder (void)
{
  static const char *const texts[] = {
    "\"a < b\"",
    "\"a > b\"",
    "\"b > a < c\"",
    "{\"a\": \"<\"}",
    "{\"a\": \"<\",\n \"b\": \">\"}",
    "{\"a\": \"<\",\r\n \"b\": \"<x>\"}",
    "\"<\r>\"",
    "{}",
    "\"\"",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      RulesInput input = template_input (texts[i]);

      g_test_message ("%s", texts[i]);
      assert_taken (&input);
    }
}

static void
test_names (void)
{
  static const struct
  {
    const char *name, *reason, *pointer;
  } cases[] = {
    { "AWS.x", "InputPathsMap: the name AWS.x begins with AWS., which is reserved",
      "/InputTransformer/InputPathsMap/AWS.x" },
    { "a.b", "InputPathsMap: the name \"a.b\" does not satisfy the pattern [A-Za-z0-9_-]+",
      "/InputTransformer/InputPathsMap/a.b" },
    { "", "InputPathsMap: the name \"\" does not satisfy the pattern [A-Za-z0-9_-]+",
      "/InputTransformer/InputPathsMap/" },
    { "a/b~c", "InputPathsMap: the name \"a/b~c\" does not satisfy the pattern [A-Za-z0-9_-]+",
      "/InputTransformer/InputPathsMap/a~1b~0c" },
    { "hé", "InputPathsMap: the name \"hé\" does not satisfy the pattern [A-Za-z0-9_-]+",
      "/InputTransformer/InputPathsMap/hé" },
  };
  RulesVariable variable = { "AWS-x_9", "$" };
  RulesInput input = { .input_template = "{}", .variables = &variable, .n_variables = 1 };

  assert_taken (&input);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].name);
      variable.name = cases[i].name;
      assert_refused (&input, RULES_ERROR_TEMPLATE, cases[i].reason, cases[i].pointer);
    }
}

/* Each limit: the largest that is taken, and one more. */
static void
test_limits (void)
{
  g_autofree char *spaces = g_strnfill (8190, ' ');
  g_autofree char *constant = g_strconcat ("{", spaces, "}", NULL);
  g_autofree char *long_constant = g_strconcat ("{ ", spaces, "}", NULL);
  g_autofree char *letters = g_strnfill (256, 'a');
  g_autofree char *long_name = g_strconcat (letters, "a", NULL);
  g_autofree char *path = g_strconcat ("$.", letters + 2, NULL);
  g_autofree char *long_path = g_strconcat ("$.", letters + 1, NULL);
  RulesVariable variables[101];
  RulesInput input = { .input = constant };

  assert_taken (&input);
  input.input = long_constant;
  assert_refused (&input, RULES_ERROR_LIMIT, "Input of 8193 characters; the limit is 8192",
                  "/Input");
  input = (RulesInput){ .input_template = constant };
  assert_taken (&input);
  input.input_template = long_constant;
  assert_refused (&input, RULES_ERROR_LIMIT, "InputTemplate of 8193 characters; the limit is 8192",
                  "/InputTransformer/InputTemplate");
  input.input_template = "";
  assert_refused (&input, RULES_ERROR_LIMIT,
                  "an empty InputTemplate; it has from 1 to 8192 characters",
                  "/InputTransformer/InputTemplate");
  input = (RulesInput){ .input_path = path };
  assert_taken (&input);
  input.input_path = long_path;
  assert_refused (&input, RULES_ERROR_LIMIT, "InputPath of 257 characters; the limit is 256",
                  "/InputPath");

  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
    variables[i] = (RulesVariable){ "x", "$" };
  input = (RulesInput){ .input_template = "{}", .variables = variables, .n_variables = 100 };
  assert_taken (&input);
  input.n_variables = 101;
  assert_refused (&input, RULES_ERROR_LIMIT, "InputPathsMap with 101 entries; the limit is 100",
                  "/InputTransformer/InputPathsMap");
  input.n_variables = 1;
  variables[0] = (RulesVariable){ letters, path };
  assert_taken (&input);
  variables[0] = (RulesVariable){ "x", long_path };
  assert_refused (&input, RULES_ERROR_LIMIT,
                  "InputPathsMap: a path of 257 characters for x; the limit is 256",
                  "/InputTransformer/InputPathsMap/x");
  variables[0] = (RulesVariable){ long_name, "$" };
  g_assert_null (compile (&input, &(RulesError){ 0 }));
}

/* A character is not a byte. */
static void
test_limits_count_characters (void)
{
  g_autoptr (GString) text = g_string_new ("\"");
  RulesInput input = { 0 };

  for (guint i = 0; i < 8190; i++)
    g_string_append (text, "é");
  g_string_append (text, "\"");
  input.input = text->str;
  assert_taken (&input);
  input = (RulesInput){ .input_template = text->str };
  assert_taken (&input);
  g_string_append (text, "\n");
  assert_refused (&input, RULES_ERROR_LIMIT, "InputTemplate of 8193 characters; the limit is 8192",
                  "/InputTransformer/InputTemplate");
}

static void
test_not_utf8 (void)
{
  RulesInput input = template_input ("\"a\xff\"");
  RulesError error;

  assert_refused (&input, RULES_ERROR_TEMPLATE, "InputTemplate is not UTF-8",
                  "/InputTransformer/InputTemplate");
  g_assert_null (compile (&input, &error));
  g_assert_cmpuint (error.offset, ==, 2);
}

static void
test_check (void)
{
  static const struct
  {
    const char *text;
    guint column;     /* 0: nothing to complain of */
    const char *hint; /* is part of it */
  } cases[] = {
    { "{\"a\": <x>}", 0, NULL },
    { "[<x>, \"<y>\"]", 0, NULL },
    { "\"<x> is <y>\"", 0, NULL },
    { "\n {\"a\": <aws.events.event>, \"b\": [<aws.events.event.json>]}\n", 0, NULL },
    { "{\"a\": -<x>, \"b\": <x><y>, \"c\": 1<x>}", 0, NULL },
    { "{\"a\": \"\\\"<x>\\\\\"}", 0, NULL },
    { "{\"a\": \"<x>\\\\\", \"b\": \"\\\\<y>\"}", 0, NULL },
    { "{\"a:\": \"<x>\", \"<\": 1}", 0, NULL },
    { "free <x>", 1, "must begin with" },
    { "<x>", 1, "must begin with" },
    { " 5", 2, "must begin with" },
    { "true", 1, "must begin with" },
    { " ", 2, "must begin with" },
    { "<aws.events.event.json>", 1, "must begin with" },
    { "{<x>: 1}", 2, "<x> at line 1, column 2 stands in the place of a member's name" },
    { "{\"<x>\": 1}", 3, "<x> at line 1, column 3 stands in the place of a member's name" },
    { "{\"k<x>-<y>k\" : 1}", 4, "<x> at line 1, column 4" },
    { "{\"a\": \"\\\\\", \"<x>\\\"\" : 1}", 14, "<x> at line 1, column 14" },
    { "{\"a\": \"<aws.events.event>\"}", 8, "<aws.events.event> at line 1, column 8 is an object" },
    { "{\"a\": \"x<aws.events.event.json>\"}", 9, "is an object" },
    { "\"got <aws.events.event.json>\"", 6, "is an object" },
    { "{\"a\": }", 7, "not JSON at line 1, column 7" },
    { "{\"a\": <x>", 10, "not JSON at line 1, column 10" },
    { "{\"a\": <x> <y>}", 11, "<y> at line 1, column 11" },
    { "{\"a\": \"<x>}", 12, "not JSON" },
    { "{\"a\": \"<x>\", b}", 14, "not JSON at line 1, column 14" },
    { "{\"a\": <x>} {}", 12, "not JSON" },
    { "{\"a\": \"\\<x>\"}", 9, "<x> at line 1, column 9" },
    { "{\"a\": \"\\u00<x>41\"}", 12, "<x> at line 1, column 12" },
    { "{\"a\": 0<x>}", 8, "<x> at" },
    { "[<x>,]", 6, "not JSON" },
    { "{\"a\": t<x>}", 7, "not JSON" },
    { "\"one <x>\"\n\"two <y>\"", 0, NULL },
    { "\"<x> says \\\"<y>\\\"\"", 0, NULL },
    { "\"<x>\\\\\"", 0, NULL },
    { "\"over\ntwo lines\"", 0, NULL },
    { "\"order <x>", 1, "begins at line 1, column 1 is never closed" },
    { "  \"order <x>\\\"  ", 3, "column 3 is never closed" },
    { "\"one <x>\"\n\"two <y>", 1, "line 2, column 1 is never closed" },
    { "\"one <x>\n\"two <y>\"", 1, "line 1, column 1 is never closed" },
    { "\"<x>\"\"", 6, "line 1, column 6 is never closed" },
    { "{\"a\": <odd>}", 10, "" },
  };
  RulesError error;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RulesInput input = template_input (cases[i].text);
      RulesTemplate *compiled = compile (&input, &error);
      bool ok;

      g_test_message ("%s", cases[i].text);
      g_assert_nonnull (compiled);
      ok = rules_template_check (compiled, &error);
      g_assert_cmpint (ok, ==, cases[i].column == 0);
      if (!ok)
        {
          g_test_message ("%s: %s", error.reason, error.hint);
          g_assert_nonnull (strstr (error.hint, cases[i].hint));
          g_assert_cmpuint (error.column, ==, cases[i].column);
          g_assert_false (rules_template_check (compiled, NULL));
        }
      rules_template_free (compiled);
    }
  g_assert_cmpint (error.code, ==, RULES_ERROR_TEMPLATE);
  g_assert_cmpstr (error.pointer, ==, "/InputTransformer/InputPathsMap/odd");
}

static void
test_check_path (void)
{
  RulesInput input = { .input_path = "$.detail..id" };
  RulesError error;
  RulesTemplate *compiled = compile (&input, &error);

  g_assert_nonnull (compiled);
  g_assert_false (rules_template_check (compiled, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_RENDER);
  g_assert_cmpstr (error.reason, ==, "Invalid input for target.");
  g_assert_cmpstr (error.pointer, ==, "/InputPath");
  g_assert_cmpuint (error.column, ==, 10);
  g_assert_nonnull (strstr (error.hint, "$.detail..id"));
  rules_template_free (compiled);

  input.input_path = "$.detail.id";
  compiled = compile (&input, &error);
  g_assert_true (rules_template_check (compiled, &error));
  rules_template_free (compiled);
  rules_template_free (NULL);
}

/* A placeholder that nobody closes must not be looked for again and again. */
static void
test_many_brackets (void)
{
  g_autoptr (GString) text = g_string_new ("\"");
  RulesInput input;
  RulesError error;

  while (text->len < 8191)
    g_string_append_c (text, '<');
  g_string_append_c (text, '"');
  input = template_input (text->str);
  assert_taken (&input);

  g_string_assign (text, "[");
  while (text->len < 8180)
    g_string_append (text, "<x>,");
  g_string_append (text, "<y>]");
  input = template_input (text->str);
  assert_taken (&input);

  g_string_assign (text, "\"<");
  while (text->len < 8000)
    g_string_append (text, "é");
  g_string_append (text, ">\"");
  input = template_input (text->str);
  g_assert_null (compile (&input, &error));
  g_assert_true (g_utf8_validate (error.reason, -1, NULL));
}

static void
test_deep_template (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  RulesInput input;
  RulesError error;
  RulesTemplate *compiled;

  for (guint i = 0; i < 4000; i++)
    g_string_append_c (text, '[');
  for (guint i = 0; i < 4000; i++)
    g_string_append_c (text, ']');
  input = template_input (text->str);
  compiled = compile (&input, &error);
  g_assert_nonnull (compiled);
  g_assert_false (rules_template_check (compiled, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_RENDER);
  rules_template_free (compiled);
}

static void
compile_until_memory_suffices (const RulesInput *input)
{
  bool ok = false;

  for (guint n = 0; !ok; n++)
    {
      FailingAlloc memory = { .left = n };
      RulesAlloc alloc = { failing_alloc_resize, &memory };
      RulesTemplate *compiled = NULL;
      RulesError error = { 0 };

      g_assert_cmpuint (n, <, 100);
      ok = rules_template_new (input, &alloc, &compiled, &error);
      if (!ok)
        {
          g_assert_cmpint (error.code, ==, RULES_ERROR_NO_MEMORY);
          g_assert_null (compiled);
        }
      rules_template_free (compiled);
      g_assert_cmpuint (memory.n_live, ==, 0);
    }
}

static void
test_no_memory (void)
{
  g_autofree char *long_text = g_strnfill (3000, ' ');
  g_autofree char *long_template = g_strconcat ("{\"a\": <x>,", long_text,
                                                "\"b\": [<y>, \"<detail-type>\", <odd>]}", NULL);
  g_autofree char *long_constant = g_strconcat ("[1", long_text, "]", NULL);
  const char *templates[] = { "{\"a\": <x>}", "{\"a\": <x>", "\"<x> <y>\"", "free", long_template };

  for (gsize i = 0; i < G_N_ELEMENTS (templates); i++)
    {
      RulesInput input = template_input (templates[i]);

      compile_until_memory_suffices (&input);
    }
  compile_until_memory_suffices (&(RulesInput){ 0 });
  compile_until_memory_suffices (&(RulesInput){ .input = long_constant });
  compile_until_memory_suffices (&(RulesInput){ .input_path = "$.detail.x[*].y" });
  compile_until_memory_suffices (&(RulesInput){ .input_path = "$..y" });
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/transform/only-one", test_only_one);
  g_test_add_func ("/rules/transform/constant", test_constant);
  g_test_add_func ("/rules/transform/invalid-placeholder", test_invalid_placeholder);
  g_test_add_func ("/rules/transform/no-placeholder", test_no_placeholder);
  g_test_add_func ("/rules/transform/names", test_names);
  g_test_add_func ("/rules/transform/limits", test_limits);
  g_test_add_func ("/rules/transform/limits-count-characters", test_limits_count_characters);
  g_test_add_func ("/rules/transform/not-utf8", test_not_utf8);
  g_test_add_func ("/rules/transform/check", test_check);
  g_test_add_func ("/rules/transform/check-path", test_check_path);
  g_test_add_func ("/rules/transform/many-brackets", test_many_brackets);
  g_test_add_func ("/rules/transform/deep-template", test_deep_template);
  g_test_add_func ("/rules/transform/no-memory", test_no_memory);
  return g_test_run ();
}
