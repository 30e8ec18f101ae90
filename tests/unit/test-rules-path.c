/* The JSONPath subset: what a path finds, byte for byte, and where one that is not understood
 * breaks. */
#include "rules/path.h"
#include "rules/rules.h"

#include <glib.h>
#include <stdlib.h>
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

  for (guint i = 0; i < JSON_MAX_DEPTH; i++)
    g_string_append (deep, "[");
  for (guint i = 0; i < JSON_MAX_DEPTH; i++)
    g_string_append (deep, "]");
  while (path->len + 3 <= PATH_MAX_CHARACTERS)
    g_string_append (path, path->len % 2 == 0 ? "[0]" : "[*]");
  found = get (path->str, deep->str, deep->len);
  g_assert_nonnull (found);
  g_assert_cmpuint (strspn (found, "[]"), ==, strlen (found));
}

typedef struct
{
  guint left; /* allocations that succeed */
  guint n_live;
} FailingMemory;

static void *
failing_resize (void *user, void *pointer, size_t size)
{
  FailingMemory *memory = user;

  if (size == 0)
    {
      if (pointer)
        memory->n_live--;
      free (pointer);
      return NULL;
    }
  if (memory->left == 0)
    return NULL;
  memory->left--;
  if (!pointer)
    memory->n_live++;
  return realloc (pointer, size);
}

static void
test_no_memory (void)
{
  bool ok = false;

  for (guint n = 0; !ok; n++)
    {
      FailingMemory memory = { .left = n };
      RulesAlloc alloc = { failing_resize, &memory };
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
  return g_test_run ();
}
