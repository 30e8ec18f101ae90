/* Problems as people read them. */
#include "config/problems.h"

static ConfigProblem *
problem_new (const char *file,
             guint line,
             guint column,
             const char *key,
             const char *message,
             const char *hint)
{
  ConfigProblem *problem = g_new0 (ConfigProblem, 1);

  problem->file = g_strdup (file);
  problem->line = line;
  problem->column = column;
  problem->key = g_strdup (key);
  problem->message = g_strdup (message);
  problem->hint = g_strdup (hint);
  return problem;
}

static void
test_format (void)
{
  static const struct
  {
    guint line;
    const char *key, *message, *hint, *text;
  } cases[] = {
    { 7, "Targets[0].Arn", "no connector “webhook/x”", "Did you mean “webhook/y”?",
      "rule/a/b.json:7:12: Targets[0].Arn: no connector “webhook/x”. Did you mean “webhook/y”?" },
    { 7, "", "not JSON", "", "rule/a/b.json:7:12: not JSON" },
    { 0, "", "cannot be read", "Remove it.", "rule/a/b.json: cannot be read. Remove it." },
    { 1, "a", "A whole sentence.", "Another.",
      "rule/a/b.json:1:12: a: A whole sentence. Another." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      ConfigProblem *problem = problem_new ("rule/a/b.json", cases[i].line, 12, cases[i].key,
                                            cases[i].message, cases[i].hint);
      g_autofree char *text = config_problem_format (problem);

      g_assert_cmpstr (text, ==, cases[i].text);
      config_problem_free (problem);
    }
  config_problem_free (NULL);
}

static void
test_sort (void)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (
      (GDestroyNotify) config_problem_free);
  g_autoptr (GString) order = g_string_new (NULL);

  g_ptr_array_add (problems, problem_new ("b", 1, 1, "6", "", ""));
  g_ptr_array_add (problems, problem_new ("a", 2, 1, "3", "", ""));
  g_ptr_array_add (problems, problem_new ("a", 10, 1, "5", "", ""));
  g_ptr_array_add (problems, problem_new ("a", 2, 9, "4", "", ""));
  g_ptr_array_add (problems, problem_new ("a", 0, 0, "1", "", ""));
  g_ptr_array_add (problems, problem_new ("a", 0, 0, "2", "", ""));
  config_problems_sort (problems);
  for (guint i = 0; i < problems->len; i++)
    g_string_append (order, ((ConfigProblem *) problems->pdata[i])->key);
  g_assert_cmpstr (order->str, ==, "123456");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-problems/format", test_format);
  g_test_add_func ("/config-problems/sort", test_sort);
  return g_test_run ();
}
