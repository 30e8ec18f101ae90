/* set-edit.c: what edits do to ids, that they leave the old set alone, and when memory ends. */
#include "rules-failing-alloc.h"

#include <string.h>

static RulesSource
source (const char *pattern)
{
  return (RulesSource){ pattern, pattern ? strlen (pattern) : 0 };
}

static RulesSet *
build (guint count, const RulesAlloc *alloc)
{
  g_autofree RulesSource *sources = g_new (RulesSource, count);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  RulesSet *set = NULL;

  for (guint i = 0; i < count; i++)
    {
      char *text = g_strdup_printf ("{\"a\":[%u]}", i);

      g_ptr_array_add (texts, text);
      sources[i] = source (text);
    }
  g_assert_true (rules_set_build (sources, count, NULL, alloc, &set, NULL));
  return set;
}

static RulesSet *
edit (RulesSet *set, const RulesEdit *edits, gsize count)
{
  RulesSet *next = NULL;

  g_assert_true (rules_set_edit (set, edits, count, &next, NULL));
  return next;
}

/* The ids as text: "1 5 ". */
static char *
match (const RulesSet *set, const char *event)
{
  g_autoptr (GString) text = g_string_new (NULL);
  RulesScratch *scratch;
  const uint32_t *ids;
  size_t count;

  g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
  g_assert_true (rules_match (set, scratch, event, strlen (event), &ids, &count, NULL));
  for (size_t i = 0; i < count; i++)
    g_string_append_printf (text, "%u ", ids[i]);
  g_assert_true (rules_match_valid (set, scratch, event, strlen (event), &ids, &count, NULL));
  for (size_t i = 0; i < count; i++)
    g_string_append_printf (text, i ? " %u" : "= %u", ids[i]);
  rules_scratch_free (scratch);
  return g_strdup (text->str);
}

#define ASSERT_MATCH(set, event, expected)                                                         \
  do                                                                                               \
    {                                                                                              \
      g_autofree char *found = match ((set), (event));                                             \
      g_assert_cmpstr (found, ==, (expected));                                                     \
    }                                                                                              \
  while (0)

static void
test_ids (void)
{
  RulesSet *set = build (10, NULL);
  const RulesEdit edits[] = { { 7, source ("{\"a\":[3]}") },
                              { 3, source (NULL) },
                              { 12, source ("{\"a\":[3,5]}") },
                              { 0, source ("{\"b\":[1]}") },
                              { 0, source ("{\"a\":[5]}") } };
  RulesSet *edited = edit (set, edits, G_N_ELEMENTS (edits));
  const RulesEdit back[] = { { 12, source (NULL) }, { 3, source ("{\"a\":[3]}") } };
  RulesSet *again = edit (edited, back, G_N_ELEMENTS (back));

  g_assert_cmpuint (rules_set_count (set), ==, 10);
  g_assert_cmpuint (rules_set_count (edited), ==, 13);
  ASSERT_MATCH (set, "{\"a\":3}", "3 = 3");
  ASSERT_MATCH (set, "{\"a\":7}", "7 = 7");
  ASSERT_MATCH (edited, "{\"a\":3}", "7 12 = 7 12");
  ASSERT_MATCH (edited, "{\"a\":7}", "");
  ASSERT_MATCH (edited, "{\"a\":0}", "");
  ASSERT_MATCH (edited, "{\"b\":1}", "");
  ASSERT_MATCH (edited, "{\"a\":[9,5,4]}", "0 4 5 9 12 = 0 4 5 9 12");
  ASSERT_MATCH (again, "{\"a\":3}", "3 7 = 3 7");
  ASSERT_MATCH (again, "{\"a\":5}", "0 5 = 0 5");
  /* The first may go before those that have come of it. */
  rules_set_free (set);
  ASSERT_MATCH (again, "{\"a\":[3,2]}", "2 3 7 = 2 3 7");
  rules_set_free (edited);
  ASSERT_MATCH (again, "{\"a\":[3,2]}", "2 3 7 = 2 3 7");
  rules_set_free (again);
}

/* Nothing but removals, and a set in which nothing is left. */
static void
test_removals (void)
{
  RulesSet *set = build (5, NULL);

  for (uint32_t id = 0; id < 5; id++)
    {
      const RulesEdit removal = { id, source (NULL) };
      RulesSet *next = edit (set, &removal, 1);
      g_autofree char *event = g_strdup_printf ("{\"a\":%u}", id);

      rules_set_free (set);
      set = next;
      ASSERT_MATCH (set, event, "");
      ASSERT_MATCH (set, "{\"a\":4}", id < 4 ? "4 = 4" : "");
    }
  g_assert_cmpuint (rules_set_count (set), ==, 5);
  rules_set_free (set);
}

static void
test_refused (void)
{
  RulesSet *set = build (5, NULL), *next = NULL;
  const RulesEdit edits[] = { { 4, source ("{\"a\":[9]}") }, { 1, source ("{\"a\":9}") } };
  RulesError error = { 0 };

  g_assert_false (rules_set_edit (set, edits, G_N_ELEMENTS (edits), &next, &error));
  g_assert_null (next);
  g_assert_cmpint (error.code, ==, RULES_ERROR_PATTERN);
  g_assert_cmpuint (error.rule, ==, 1);
  ASSERT_MATCH (set, "{\"a\":4}", "4 = 4");
  rules_set_free (set);
}

static void
test_explain (void)
{
  RulesSet *set = build (5, NULL);
  const RulesEdit edits[] = { { 1, source ("{\"b\":[1]}") }, { 2, source (NULL) } };
  RulesSet *edited = edit (set, edits, G_N_ELEMENTS (edits));
  RulesTrace trace;

  g_assert_true (rules_explain (edited, 1, "{\"b\":1}", 7, &trace, NULL));
  g_assert_true (trace.matched);
  g_assert_cmpstr (trace.leaves[0].path, ==, "b");
  rules_trace_clear (edited, &trace);
  g_assert_false (rules_explain (edited, 2, "{\"b\":1}", 7, &trace, NULL));
  g_assert_false (rules_explain (edited, 5, "{\"b\":1}", 7, &trace, NULL));
  rules_set_free (set);
  rules_set_free (edited);
}

/* Rule after rule, far beyond what is kept beside the large part. */
static void
test_many (void)
{
  RulesSet *set = build (2000, NULL);

  for (uint32_t id = 0; id < 2000; id += 2)
    {
      g_autofree char *text = g_strdup_printf ("{\"a\":[%u]}", id + 1);
      const RulesEdit change = { id, source (text) };
      RulesSet *next = edit (set, &change, 1);

      rules_set_free (set);
      set = next;
    }
  for (guint value = 0; value < 2000; value++)
    {
      g_autofree char *event = g_strdup_printf ("{\"a\":%u}", value);
      g_autofree char *expected = value % 2 ? g_strdup_printf ("%u %u = %u %u", value - 1, value,
                                                               value - 1, value)
                                            : g_strdup ("");

      ASSERT_MATCH (set, event, expected);
    }
  rules_set_free (set);
}

/* The old set is intact and nothing is lost, whichever allocation fails. */
static void
test_memory (void)
{
  for (guint changes = 1; changes < 12; changes += 5)
    {
      FailingAlloc failing = { .left = G_MAXUINT };
      RulesAlloc alloc = { failing_alloc_resize, &failing };
      RulesSet *set = build (10, &alloc), *next = NULL;
      RulesEdit edits[12];
      guint live = failing.n_live;

      for (guint i = 0; i < changes; i++)
        edits[i] = (RulesEdit){ i, source (i ? "{\"c\":[{\"wildcard\":\"a*b\"}]}" : NULL) };
      for (guint most = 0; !next; most++)
        {
          RulesError error = { 0 };

          failing.left = most;
          if (rules_set_edit (set, edits, changes, &next, &error))
            break;
          g_assert_cmpint (error.code, ==, RULES_ERROR_NO_MEMORY);
          g_assert_cmpuint (failing.n_live, ==, live);
        }
      ASSERT_MATCH (set, "{\"a\":9}", "9 = 9");
      failing.left = G_MAXUINT;
      rules_set_free (set);
      rules_set_free (next);
      g_assert_cmpuint (failing.n_live, ==, 0);
    }
}

/* Sets of one family are made, asked and freed by several threads. */
static gpointer
edit_and_match (gpointer user)
{
  for (uint32_t i = 0; i < 200; i++)
    {
      const RulesEdit change = { i % 50, source ("{\"a\":[49]}") };
      RulesSet *mine = edit (user, &change, 1);
      g_autofree char *found = match (mine, "{\"a\":49}");

      g_assert_cmpuint (found[0], !=, '\0');
      rules_set_free (mine);
    }
  return NULL;
}

static void
test_threads (void)
{
  RulesSet *set = build (50, NULL);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("edit", edit_and_match, set);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  rules_set_free (set);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/set-edit/ids", test_ids);
  g_test_add_func ("/rules/set-edit/removals", test_removals);
  g_test_add_func ("/rules/set-edit/refused", test_refused);
  g_test_add_func ("/rules/set-edit/explain", test_explain);
  g_test_add_func ("/rules/set-edit/many", test_many);
  g_test_add_func ("/rules/set-edit/memory", test_memory);
  g_test_add_func ("/rules/set-edit/threads", test_threads);
  return g_test_run ();
}
