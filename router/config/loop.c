/* loop.c: circles among buses.
 *
 * A walk in depth from each bus along the targets that lead to buses.  Names are taken in order, so
 * that the same folder is always told of the same rule. */
#include "config/loop.h"

#include "config/report.h"

#include <string.h>

typedef struct
{
  const Configuration *configuration;
  const ConfigNames *names;
  GPtrArray *problems;
  GHashTable *finished; /* names of buses that nothing is left to be said of */
  GPtrArray *trail;     /* names of the buses on the way to here */
} Walk;

static int
compare_rules (gconstpointer a, gconstpointer b)
{
  const ConfigRule *const *x = a, *const *y = b;

  return strcmp ((*x)->name, (*y)->name);
}

/* "a, b, a" from the bus on that is met again. */
static char *
circle (const Walk *walk, const char *bus)
{
  GString *text = g_string_new (NULL);
  gboolean is_in = FALSE;

  for (guint i = 0; i < walk->trail->len; i++)
    {
      const char *name = walk->trail->pdata[i];

      is_in = is_in || strcmp (name, bus) == 0;
      if (is_in)
        g_string_append_printf (text, "%s, ", name);
    }
  g_string_append (text, bus);
  return g_string_free (text, FALSE);
}

static void
report (Walk *walk, const ConfigRule *rule, guint target, const char *bus)
{
  const ConfigFile *file = config_names_find (walk->names, "rule", rule->ref);
  g_autofree char *way = circle (walk, bus);
  ConfigReport report;

  config_report_init (&report, file, walk->problems);
  config_report_enter (&report, "Targets");
  config_report_enter_index (&report, target);
  config_report_enter (&report, "Arn");
  config_report_value (&report, "Send them somewhere else, or disable one of the rules.",
                       "this sends events round in a circle of buses: %s", way);
  config_report_clear (&report);
}

static gboolean
is_on_trail (const Walk *walk, const char *bus)
{
  for (guint i = 0; i < walk->trail->len; i++)
    if (strcmp (walk->trail->pdata[i], bus) == 0)
      return TRUE;
  return FALSE;
}

static void visit (Walk *walk, const char *name);

static void
follow (Walk *walk, const ConfigRule *rule)
{
  for (guint i = 0; i < rule->targets->len; i++)
    {
      const ConfigTarget *target = rule->targets->pdata[i];
      const char *bus = target->connector ? config_bus_of_reference (target->connector) : NULL;

      if (!bus)
        continue;
      if (is_on_trail (walk, bus))
        report (walk, rule, i, bus);
      else
        visit (walk, bus);
    }
}

static void
visit (Walk *walk, const char *name)
{
  const ConfigBus *bus = g_hash_table_lookup (walk->configuration->buses, name);
  g_autoptr (GPtrArray) rules = NULL;

  if (!bus || !g_hash_table_add (walk->finished, (gpointer) name))
    return;
  g_ptr_array_add (walk->trail, (gpointer) name);
  rules = g_ptr_array_new ();
  g_ptr_array_extend (rules, bus->rules, NULL, NULL);
  g_ptr_array_sort (rules, compare_rules);
  for (guint i = 0; i < rules->len; i++)
    follow (walk, rules->pdata[i]);
  g_ptr_array_set_size (walk->trail, (gint) walk->trail->len - 1);
}

void
config_loops_check (const Configuration *configuration,
                    const ConfigNames *names,
                    GPtrArray *problems)
{
  g_autoptr (GHashTable) finished = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) trail = g_ptr_array_new ();
  g_autoptr (GList) buses = g_list_sort (g_hash_table_get_keys (configuration->buses),
                                         (GCompareFunc) strcmp);
  Walk walk = { configuration, names, problems, finished, trail };

  for (GList *link = buses; link; link = link->next)
    visit (&walk, link->data);
}
