/* problems.c: one problem of a configuration folder, and the order in which people read them. */
#include "config/problems.h"

#include <string.h>

void
config_problem_free (ConfigProblem *problem)
{
  if (!problem)
    return;
  g_free (problem->file);
  g_free (problem->key);
  g_free (problem->message);
  g_free (problem->hint);
  g_free (problem);
}

char *
config_problem_format (const ConfigProblem *problem)
{
  GString *text = g_string_new (problem->file);

  if (problem->line > 0)
    g_string_append_printf (text, ":%u:%u", problem->line, problem->column);
  if (*problem->key)
    g_string_append_printf (text, ": %s", problem->key);
  g_string_append_printf (text, ": %s", problem->message);
  if (*problem->hint)
    g_string_append_printf (text, "%s %s", g_str_has_suffix (problem->message, ".") ? "" : ".",
                            problem->hint);
  return g_string_free (text, FALSE);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const ConfigProblem *left = *(const ConfigProblem *const *) a;
  const ConfigProblem *right = *(const ConfigProblem *const *) b;
  int files = strcmp (left->file, right->file);

  if (files != 0)
    return files;
  if (left->line != right->line)
    return left->line < right->line ? -1 : 1;
  if (left->column != right->column)
    return left->column < right->column ? -1 : 1;
  return 0;
}

void
config_problems_sort (GPtrArray *problems)
{
  g_ptr_array_sort (problems, compare);
}
