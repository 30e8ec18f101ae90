/* The JSONPath subset: what a path finds, byte for byte, and where one that is not understood
 * breaks. */
#include "rules-failing-alloc.h"
#include "rules/json.h"
#include "rules/path.h"
#include "rules/rules.h"

#include <glib.h>
#include <string.h>

/* An event with what paths can meet: odd names, a name that occurs twice, nesting, big numbers. */
static const char event[] =
    "{ \"version\": \"0\", \"detail-type\": \"Order Placed\", \"n\": 1.50, \"big\": "
    "9007199254740993,"
    " \"a/b_c\": [ 1,  \"x\" , null ], \"h\\u00e9\": \"caf\\u00e9\", \"twice\": 1, \"twice\": "
    "{\"x\": 2},"
    " \"detail\": { \"items\": [ {\"id\": 1, \"tags\": [\"a\", \"b\"]}, {\"id\": 2.0}, 7,"
    " {\"id\": null, \"tags\": [] } ], \"empty\": [], \"none\": {}, \"s\\u006b\\\"u\": true,"
    " \"aws:tag\": false, \"@type\": \"t\", \"$ref\": \"r\", \"0\": \"zero\", \"name\": \"\" } }";

typedef struct
{
  const char *path;
  const char *text; /* NULL: finds nothing */
} Case;

static char *
get (const char *path, const char *text, gsize length)
{
  RulesBuffer out = { 0 };
  RulesError error = { 0 };
  bool found = false;
  char *result = NULL;

  if (!rules_path_get (path, text, length, &out, &found, &error))
    g_error ("%s: %s", path, error.reason);
  if (found)
    result = g_strndup (out.data, out.length);
  else
    g_assert_cmpuint (out.length, ==, 0);
  rules_buffer_clear (&out);
  return result;
}

static void
test_finds (void)
{
  static const Case cases[] = {
    { "$.version", "\"0\"" },
    { "$.detail-type", "\"Order Placed\"" },
    { "$.n", "1.50" },
    { "$.big", "9007199254740993" },
    { "$.a/b_c", "[ 1,  \"x\" , null ]" },
    { "$.a/b_c[0]", "1" },
    { "$.a/b_c[1]", "\"x\"" },
    { "$.a/b_c[2]", "null" },
    { "$.a/b_c[02]", "null" },
    { "$.hé", "\"caf\\u00e9\"" },
    { "$.twice", "{\"x\": 2}" },
    { "$.twice.x", "2" },
    { "$.detail.items[0].tags[1]", "\"b\"" },
    { "$.detail.items[3].id", "null" },
    { "$.detail.empty", "[]" },
    { "$.detail.none", "{}" },
    { "$.detail.aws:tag", "false" },
    { "$.detail.@type", "\"t\"" },
    { "$.detail.$ref", "\"r\"" },
    { "$.detail.0", "\"zero\"" },
    { "$.detail.name", "\"\"" },
    /* With a wildcard the answer is an array of what was found. */
    { "$.detail.items[*].id", "[1,2.0,null]" },
    { "$.detail.items.*.id", "[1,2.0,null]" },
    { "$.detail.items[*].tags", "[[\"a\", \"b\"],[]]" },
    { "$.detail.items[*].tags[*]", "[\"a\",\"b\"]" },
    { "$.detail.items[*].tags[1]", "[\"b\"]" },
    { "$.detail.items[*].nope", "[]" },
    { "$.detail.items[*].id.x[*].y", "[]" },
    { "$.detail.empty[*]", "[]" },
    { "$.detail.empty[*].x", "[]" },
    { "$.detail.none.*", "[]" },
    { "$.twice.*", "[2]" },
    { "$.twice[*]", "[2]" },
    { "$.a/b_c[*]", "[1,\"x\",null]" },
    /* Nothing there. */
    { "$.nope", NULL },
    { "$.version.x", NULL },
    { "$.version[0]", NULL },
    { "$.version[*]", NULL },
    { "$.n.*", NULL },
    { "$.nope[*].id", NULL },
    { "$.a/b_c[3]", NULL },
    { "$.a/b_c[18446744073709551616]", NULL },
    { "$.a/b_c[99999999999999999999999999999999]", NULL },
    { "$.a/b_c.0", NULL },
    { "$.detail[0]", NULL },
    { "$[0]", NULL },
    { "$.Version", NULL },
  };
  char *all;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = get (cases[i].path, event, strlen (event));

      g_test_message ("%s", cases[i].path);
      g_assert_cmpstr (found, ==, cases[i].text);
    }
  all = get ("$", event, strlen (event));
  g_assert_cmpstr (all, ==, event);
  g_free (all);
}

static void
test_roots (void)
{
  static const struct
  {
    const char *path, *event, *text;
  } cases[] = {
    { "$", " [1, 2] ", "[1, 2]" },
    { "$[1]", "[1, 2]", "2" },
    { "$[*]", "[1, {\"a\": 2}]", "[1,{\"a\": 2}]" },
    { "$.*", "{\"a\":1,\"b\":[2]}", "[1,[2]]" },
    { "$.*[0]", "{\"a\":1,\"b\":[2]}", "[2]" },
    { "$", "\"x\"", "\"x\"" },
    { "$.*", "5", NULL },
    { "$.\xf0\x9d\x84\x9e", "{\"\\ud834\\udd1e\": 1}", "1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = get (cases[i].path, cases[i].event, strlen (cases[i].event));

      g_test_message ("%s of %s", cases[i].path, cases[i].event);
      g_assert_cmpstr (found, ==, cases[i].text);
    }
}

static void
test_not_understood (void)
{
  static const struct
  {
    const char *path;
    guint column;
  } cases[] = {
    { "", 1 },       { "detail", 1 },   { ".detail", 1 },       { "$detail", 2 },
    { "$.", 3 },     { "$..id", 3 },    { "$.a.", 5 },          { "$.a..b", 5 },
    { "$.a b", 4 },  { "$.a.*b", 6 },   { "$.a*", 4 },          { "$.[0]", 3 },
    { "$['a']", 3 }, { "$[\"a\"]", 3 }, { "$[]", 3 },           { "$[", 3 },
    { "$[1", 4 },    { "$[*", 4 },      { "$[-1]", 3 },         { "$[1:2]", 4 },
    { "$[1,2]", 4 }, { "$[ 1]", 3 },    { "$[?(@.a)]", 3 },     { "$[(@.length)]", 3 },
    { "$.a]", 4 },   { "$.a[0]b", 7 },  { "$.a.length()", 11 }, { " $.a", 1 },
    { "$.a\n", 4 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RulesBuffer out = { 0 };
      RulesError error = { 0 };
      bool found = true;

      g_test_message ("%s", cases[i].path);
      g_assert_false (rules_path_get (cases[i].path, "{}", 2, &out, &found, &error));
      g_assert_cmpint (error.code, ==, RULES_ERROR_TEMPLATE);
      g_assert_cmpuint (error.line, ==, 1);
      g_assert_cmpuint (error.column, ==, cases[i].column);
      g_assert_cmpstr (error.reason, !=, "");
      g_assert_true (found);
      g_assert_cmpuint (out.length, ==, 0);
      rules_buffer_clear (&out);
    }
}

static void
test_length (void)
{
  g_autofree char *name = g_strnfill (254, 'x');
  g_autofree char *path = g_strconcat ("$.", name, NULL);
  g_autofree char *long_path = g_strconcat (path, "x", NULL);
  g_autofree char *text = g_strdup_printf ("{\"%s\": 1}", name);
  g_autofree char *found = get (path, text, strlen (text));
  RulesBuffer out = { 0 };
  RulesError error = { 0 };
  bool is_found;

  g_assert_cmpstr (found, ==, "1");
  g_assert_false (rules_path_get (long_path, text, strlen (text), &out, &is_found, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_LIMIT);
  g_assert_nonnull (strstr (error.reason, "257"));
  g_assert_nonnull (strstr (error.reason, "256"));
}

static void
test_bad_event (void)
{
  RulesBuffer out = { 0 };
  RulesError error = { 0 };
  bool found = true;

  g_assert_false (rules_path_get ("$.a", "{\"a\": 1", 7, &out, &found, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_JSON);
  g_assert_false (rules_path_get ("$.a", "{\"a\": 1", 7, &out, &found, NULL));
  g_assert_true (found);
}

/* What the buffer holds stays in front of what is appended. */
static void
test_appends (void)
{
  RulesBuffer out = { 0 };
  bool found = false;

  g_assert_true (rules_path_get ("$.a", "{\"a\":1}", 7, &out, &found, NULL));
  g_assert_true (rules_path_get ("$.b", "{\"a\":1}", 7, &out, &found, NULL));
  g_assert_false (found);
  g_assert_true (rules_path_get ("$", "{\"a\":1}", 7, &out, &found, NULL));
  g_assert_true (found);
  g_assert_cmpmem (out.data, out.length, "1{\"a\":1}", 8);
  rules_buffer_clear (&out);
}

static void
test_deep (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GString) path = g_string_new ("$");
  g_autofree char *found = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append (deep, "[");
  for (guint i = 0; i < 100000; i++)
    g_string_append (deep, "]");
  while (path->len + 3 <= PATH_MAX_CHARACTERS)
    g_string_append (path, path->len % 2 == 0 ? "[0]" : "[*]");
  found = get (path->str, deep->str, deep->len);
  g_assert_nonnull (found);
  g_assert_cmpuint (strspn (found, "[]"), ==, strlen (found));
}

static void
test_no_memory (void)
{
  bool ok = false;

  for (guint n = 0; !ok; n++)
    {
      FailingAlloc memory = { .left = n };
      RulesAlloc alloc = { failing_alloc_resize, &memory };
      RulesBuffer out = { .alloc = &alloc };
      RulesError error = { 0 };
      bool found = false;

      g_assert_cmpuint (n, <, 100);
      ok = rules_path_get ("$.detail.items[*].tags[*]", event, strlen (event), &out, &found,
                           &error);
      if (!ok)
        {
          g_assert_cmpint (error.code, ==, RULES_ERROR_NO_MEMORY);
          g_assert_cmpuint (out.length, ==, 0);
          g_assert_false (found);
        }
      else
        g_assert_cmpmem (out.data, out.length, "[\"a\",\"b\"]", 9);
      rules_buffer_clear (&out);
      g_assert_cmpuint (memory.n_live, ==, 0);
    }
}

static void
test_value_limit (void)
{
  g_autoptr (GString) many = g_string_new ("[0");
  RulesBuffer out = { 0 };
  RulesError error = { 0 };
  bool found = false;

  for (guint i = 1; i < PATH_MAX_VALUES; i++)
    g_string_append (many, ",0");
  g_string_append (many, "]");
  g_assert_true (rules_path_get ("$[*]", many->str, many->len, &out, &found, &error));
  g_assert_cmpuint (out.length, ==, many->len);
  rules_buffer_clear (&out);
  many->str[many->len - 1] = ',';
  g_string_append (many, "0]");
  g_assert_false (rules_path_get ("$[*]", many->str, many->len, &out, &found, &error));
  g_assert_cmpint (error.code, ==, RULES_ERROR_LIMIT);
  g_assert_nonnull (strstr (error.reason, "100000"));
  g_assert_cmpuint (out.length, ==, 0);
}

/* ---- Against a slow evaluation over the parsed tree ---- */

static void
append_random_value (GString *text, GRand *random, guint depth)
{
  static const char *const scalars[] = { "1", "-2.50", "true", "null", "\"\"", "\"x\\\"]\"" };
  static const char *const names[] = { "a", "b", "\\u0061", "c\\\\", "c\\u005c", "é" };
  static const char *const spaces[] = { "", "", " ", "\n\t" };
  guint kind = g_rand_int_range (random, 0, depth > 0 ? 3 : 1);
  guint n = g_rand_int_range (random, 0, 4);

  if (kind == 0)
    {
      g_string_append (text, scalars[g_rand_int_range (random, 0, G_N_ELEMENTS (scalars))]);
      return;
    }
  g_string_append (text, kind == 1 ? "[" : "{");
  for (guint i = 0; i < n; i++)
    {
      const char *space = spaces[g_rand_int_range (random, 0, G_N_ELEMENTS (spaces))];

      g_string_append_printf (text, "%s%s", i > 0 ? "," : "", space);
      if (kind == 2)
        g_string_append_printf (text, "\"%s\"%s:%s",
                                names[g_rand_int_range (random, 0, G_N_ELEMENTS (names))], space,
                                space);
      append_random_value (text, random, depth - 1);
      g_string_append (text, space);
    }
  g_string_append (text, kind == 1 ? "]" : "}");
}

static void
append_random_path (GString *text, GRand *random)
{
  static const char *const steps[] = { ".a", ".b", ".c\\", ".é", "[0]", "[1]", "[*]", ".*" };

  g_string_append (text, "$");
  for (guint n = g_rand_int_range (random, 0, 5); n > 0; n--)
    g_string_append (text, steps[g_rand_int_range (random, 0, G_N_ELEMENTS (steps))]);
}

/* The nodes one step further. */
static GPtrArray *
walk_step (GPtrArray *nodes, const PathStep *step)
{
  GPtrArray *further = g_ptr_array_new ();

  for (guint i = 0; i < nodes->len; i++)
    {
      const JsonNode *node = g_ptr_array_index (nodes, i);
      const JsonNode *child = NULL;

      if (step->kind == PATH_STEP_NAME)
        child = json_member (node, step->name, step->name_length);
      else if (step->kind == PATH_STEP_INDEX)
        child = json_element (node, step->index);
      if (child)
        g_ptr_array_add (further, (gpointer) child);
      if (step->kind == PATH_STEP_ALL)
        for (child = node->child; child; child = child->next)
          g_ptr_array_add (further, (gpointer) child);
    }
  return further;
}

/* What the path finds, or NULL. */
static char *
walk (const Path *path, const JsonNode *root, const char *text)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
  g_autoptr (GString) found = g_string_new ("[");
  bool is_array = false;

  g_ptr_array_add (nodes, (gpointer) root);
  for (gsize i = 0; i < path->n_steps; i++)
    {
      GPtrArray *further = walk_step (nodes, &path->steps[i]);

      for (guint k = 0; k < nodes->len; k++)
        if (path->steps[i].kind == PATH_STEP_ALL &&
            ((const JsonNode *) g_ptr_array_index (nodes, k))->type >= RULES_JSON_ARRAY)
          is_array = true;
      g_ptr_array_unref (nodes);
      nodes = further;
    }
  if (!is_array && nodes->len == 0)
    return NULL;
  for (guint i = 0; i < nodes->len; i++)
    {
      const JsonNode *node = g_ptr_array_index (nodes, i);

      g_string_append_printf (found, "%s%.*s", i > 0 ? "," : "", (int) node->length,
                              text + node->start);
    }
  if (!is_array)
    return g_strdup (found->str + 1);
  g_string_append (found, "]");
  return g_strdup (found->str);
}

#define N_PATHS 6

static void
compare_to_walk (const GString *text, GString **path_texts)
{
  RulesJsonLimits limits = { .max_depth = JSON_MAX_DEPTH, .allow_duplicates = true };
  Path compiled[N_PATHS];
  const Path *paths[N_PATHS];
  PathResult results[N_PATHS];
  const JsonNode *root;
  Arena arena;

  arena_init (&arena, NULL);
  for (guint i = 0; i < N_PATHS; i++)
    {
      g_assert_true (
          path_compile (path_texts[i]->str, path_texts[i]->len, &arena, &compiled[i], NULL));
      paths[i] = &compiled[i];
    }
  g_assert_true (json_parse (text->str, text->len, &limits, &arena, &root, NULL));
  g_assert_true (path_find (paths, N_PATHS, text->str, text->len, &arena, results, NULL));
  for (guint i = 0; i < N_PATHS; i++)
    {
      g_autofree char *expected = walk (&compiled[i], root, text->str);
      RulesBuffer out = { 0 };

      g_assert_cmpint (results[i].found, ==, expected != NULL);
      g_assert_true (path_result_append (&results[i], &out));
      if (expected &&
          (strlen (expected) != out.length || memcmp (expected, out.data, out.length) != 0))
        g_error ("%s of %s: %.*s instead of %s", path_texts[i]->str, text->str, (int) out.length,
                 out.data, expected);
      rules_buffer_clear (&out);
    }
  arena_clear (&arena);
}

static void
test_against_tree (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      GString *paths[N_PATHS];

      append_random_value (text, random, 4);
      for (guint i = 0; i < N_PATHS; i++)
        append_random_path (paths[i] = g_string_new (NULL), random);
      compare_to_walk (text, paths);
      for (guint i = 0; i < N_PATHS; i++)
        g_string_free (paths[i], TRUE);
    }
}

/* Text that is no JSON may yield anything but must be read within its bounds. */
static void
test_broken_events (void)
{
  static const char bytes[] = "{}[],:\"\\u0 aetn-";
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GString) path = g_string_new (NULL);
      g_autofree char *exact = NULL;
      RulesBuffer out = { 0 };
      bool found;

      append_random_value (text, random, 4);
      append_random_path (path, random);
      for (guint n = g_rand_int_range (random, 1, 4); n > 0; n--)
        text->str[g_rand_int_range (random, 0, (gint32) text->len)] =
            bytes[g_rand_int_range (random, 0, sizeof bytes - 1)];
      g_string_truncate (text, (gsize) g_rand_int_range (random, 1, (gint32) text->len + 1));
      exact = g_memdup2 (text->str, text->len);
      rules_path_get (path->str, exact, text->len, &out, &found, NULL);
      rules_buffer_clear (&out);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/path/finds", test_finds);
  g_test_add_func ("/rules/path/roots", test_roots);
  g_test_add_func ("/rules/path/not-understood", test_not_understood);
  g_test_add_func ("/rules/path/length", test_length);
  g_test_add_func ("/rules/path/bad-event", test_bad_event);
  g_test_add_func ("/rules/path/appends", test_appends);
  g_test_add_func ("/rules/path/deep", test_deep);
  g_test_add_func ("/rules/path/no-memory", test_no_memory);
  g_test_add_func ("/rules/path/value-limit", test_value_limit);
  g_test_add_func ("/rules/path/against-tree", test_against_tree);
  g_test_add_func ("/rules/path/broken-events", test_broken_events);
  return g_test_run ();
}
