/* bench-match: how fast events are checked and matched, on one thread.
 *
 * Usage: bench-match                                  its own events and rules
 *        bench-match RULESETS.json EVENTS.jsonl       rule sets by name, all on the same events
 *        bench-match RULES.jsonl EVENTS.jsonl LABEL   one pattern a line; LABEL as in the table
 *                                                     below
 *
 * checked: bytes in, strict validation, ids out.  matched: the event is known to be JSON.
 */
#include "bench-clock.h"
#include "rules/rules.h"

#ifdef HAVE_SIMDJSON
#include "bench-simdjson.h"
#endif

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS 9u
#define BUILD_RULES 300000u /* so many are built in all when building is measured */

/* Events a second, in thousands, of AWS Event Ruler 2 (checks the whole event) and Quamina 2 (stops
 * early), one thread, measured on a two-core virtual machine with the same rules and events: Event
 * Ruler's own city-lots benchmark, and rules of mixed kinds on order events. */
static const struct
{
  const char *name;
  double ruler, quamina; /* 0: not supported or not measured */
} peers[] = {
  { "EXACT", 373, 2679 },
  { "WILDCARD", 455, 2387 },
  { "PREFIX", 386, 2326 },
  { "PREFIX_EQUALS_IGNORE_CASE", 537, 0 },
  { "SUFFIX", 574, 2116 },
  { "SUFFIX_EQUALS_IGNORE_CASE", 342, 0 },
  { "EQUALS_IGNORE_CASE", 501, 1878 },
  { "NUMERIC", 282, 0 },
  { "ANYTHING_BUT", 343, 782 },
  { "ANYTHING_BUT_IGNORE_CASE", 350, 0 },
  { "ANYTHING_BUT_PREFIX", 329, 0 },
  { "ANYTHING_BUT_SUFFIX", 343, 0 },
  { "ANYTHING_BUT_WILDCARD", 367, 0 },
  { "ANYTHING_BUT_AND3", 169, 0 },
  { "COMPLEX_ARRAYS", 66, 0 },
  { "PARTIAL_COMBO", 104, 0 },
  { "COMBO", 38, 0 },
  { "w2-1", 466.6, 0 },
  { "w2-10", 400.9, 0 },
  { "w2-100", 73.8, 0 },
  { "w2-1000", 25.2, 0 },
  { "w2-10000", 3.5, 0 },
  { "w2-100000", 0.23, 0 },
  { "w2q-1", 485.1, 940.3 },
  { "w2q-10", 427.8, 885.8 },
  { "w2q-100", 88.6, 168.1 },
  { "w2q-1000", 43.4, 29.7 },
  { "w2q-10000", 7.0, 0.48 },
  { "w2q-100000", 0.322, 0.056 },
};

/* ---- Matching -------------------------------------------------------------------------------- */

typedef bool (*MatchFunction) (const RulesSet *,
                               RulesScratch *,
                               const char *,
                               size_t,
                               const uint32_t **,
                               size_t *,
                               RulesError *);

typedef struct
{
  MatchFunction match;
  const RulesSet *set;
  RulesScratch *scratch;
  guint64 matches;
} Matcher;

static void
match_events (gpointer user, const BenchLines *events, guint first, guint last)
{
  Matcher *self = user;
  RulesError error;

  for (guint i = first; i < last; i++)
    {
      const GString *event = events->lines->pdata[i];
      const uint32_t *ids;
      size_t count;

      if (!self->match (self->set, self->scratch, event->str, event->len, &ids, &count, &error))
        g_error ("event %u: %s", i, error.reason);
      self->matches += count;
    }
}

typedef struct
{
  const char *name;
  const RulesSource *rules;
  size_t count;
  RulesSet *set;
} Builder;

static void
build_set (gpointer user)
{
  Builder *self = user;
  RulesError error;

  rules_set_free (self->set);
  if (!rules_set_build (self->rules, self->count, NULL, NULL, &self->set, &error))
    g_error ("%s, rule %zu: %s", self->name, error.rule, error.reason);
}

typedef struct
{
  const RulesSet *set;
  RulesEdit edit;
  guint count; /* rules in the set */
} Editor;

/* Gives a rule, another one each time, the pattern of its neighbour. */
static void
edit_set (gpointer user)
{
  Editor *self = user;
  RulesSet *edited;

  self->edit.id = (self->edit.id + 7919) % self->count;
  if (!rules_set_edit (self->set, &self->edit, 1, &edited, NULL))
    g_error ("an edit was refused");
  rules_set_free (edited);
}

/* How long it takes until one rule's change is in force. */
static void
run_edit (BenchClock *clock, const Builder *builder)
{
  Editor editor = { builder->set, { 0, builder->rules[0] }, (guint) builder->count };
  double best_ns, scaled_ns;

  bench_clock_once (clock, edit_set, &editor, 50, &best_ns, &scaled_ns);
  printf ("%-26s one rule of %zu changed: %.0f us, scaled %.0f us\n", builder->name, builder->count,
          best_ns / 1e3, scaled_ns / 1e3);
}

static void
print_header (void)
{
  printf (
      "\nbest: the shortest time seen.  scaled: the median of ratios to json-glib in the same "
      "moment, times what json-glib takes on the machine of the peers (%.1f us for %.0f bytes); "
      "\"x Ruler\" and \"x Quam.\" compare scaled times with theirs.\n",
      BENCH_YARDSTICK_NS / 1e3, BENCH_YARDSTICK_BYTES);
  printf ("%-26s %7s %8s | %-41s | %-50s | %-22s\n", "", "", "", "checked", "matched", "");
  printf ("%-26s %7s %8s | %9s %6s %6s %6s %7s | %9s %6s %6s %6s %7s %7s | %7s %7s %7s\n",
          "rule set", "rules", "matches", "best/s", "MB/s", "ns", "scaled", "x Ruler", "best/s",
          "MB/s", "ns", "scaled", "x Ruler", "x Quam.", "B/rule", "us/rule", "scaled");
}

static void
print_ratio (double scaled_ns, double peer)
{
  if (peer > 0)
    printf (" %7.1f", 1e6 / scaled_ns / peer);
  else
    printf ("       -");
}

static void
print_task (const BenchTask *task, double bytes)
{
  printf (" | %9.0f %6.0f %6.0f %6.0f", 1e9 / task->best_ns, bytes / task->best_ns * 1e3,
          task->best_ns, task->scaled_ns);
}

static void
run (BenchClock *clock,
     const char *name,
     const RulesSource *rules,
     size_t count,
     const BenchLines *events)
{
  Builder builder = { name, rules, count, NULL };
  double best_ns, scaled_ns, ruler = 0, quamina = 0;
  double bytes = (double) events->bytes / events->lines->len;
  Matcher matchers[] = { { .match = rules_match }, { .match = rules_match_valid } };
  BenchTask tasks[] = { { match_events, &matchers[0], 0, 0 },
                        { match_events, &matchers[1], 0, 0 } };

  bench_clock_once (clock, build_set, &builder, (guint) CLAMP (BUILD_RULES / count, 1, 9), &best_ns,
                    &scaled_ns);
  for (gsize i = 0; i < G_N_ELEMENTS (matchers); i++)
    {
      matchers[i].set = builder.set;
      if (!rules_scratch_new (NULL, &matchers[i].scratch, NULL))
        g_error ("no memory");
    }
  bench_clock_run (clock, tasks, G_N_ELEMENTS (tasks), events, ROUNDS);
  if (matchers[0].matches != matchers[1].matches)
    g_error ("%s: %" G_GUINT64_FORMAT " rules checked, %" G_GUINT64_FORMAT " matched", name,
             matchers[0].matches, matchers[1].matches);
  for (gsize i = 0; i < G_N_ELEMENTS (peers); i++)
    if (g_str_equal (peers[i].name, name))
      {
        ruler = peers[i].ruler;
        quamina = peers[i].quamina;
      }
  printf ("%-26s %7zu %8" G_GUINT64_FORMAT, name, count, matchers[0].matches / ROUNDS);
  print_task (&tasks[0], bytes);
  print_ratio (tasks[0].scaled_ns, ruler);
  print_task (&tasks[1], bytes);
  print_ratio (tasks[1].scaled_ns, ruler);
  print_ratio (tasks[1].scaled_ns, quamina);
  printf (" | %7.0f %7.2f %7.2f\n", (double) rules_set_bytes (builder.set) / count,
          best_ns / 1e3 / count, scaled_ns / 1e3 / count);
  if (count >= 10000)
    run_edit (clock, &builder);
  fflush (stdout);
  for (gsize i = 0; i < G_N_ELEMENTS (matchers); i++)
    rules_scratch_free (matchers[i].scratch);
  rules_set_free (builder.set);
}

/* ---- Validation ------------------------------------------------------------------------------ */

typedef struct
{
  RulesJsonLimits limits;
} Checker;

static void
check_events (gpointer user, const BenchLines *events, guint first, guint last)
{
  const Checker *self = user;

  for (guint i = first; i < last; i++)
    {
      const GString *event = events->lines->pdata[i];

      if (!rules_check_json (event->str, event->len, &self->limits, NULL))
        g_error ("event %u is not JSON", i);
    }
}

static void
parse_with_json_glib (gpointer user, const BenchLines *events, guint first, guint last)
{
  for (guint i = first; i < MIN (first + 10, last); i++)
    {
      const GString *event = events->lines->pdata[i];

      if (!json_parser_load_from_data (user, event->str, (gssize) event->len, NULL))
        g_error ("event %u is not JSON", i);
    }
}

#ifdef HAVE_SIMDJSON
static void
parse_with_dom (gpointer user, const BenchLines *events, guint first, guint last)
{
  for (guint i = first; i < last; i++)
    {
      const GString *event = events->lines->pdata[i];

      if (!bench_simdjson_dom (user, event->str, event->len))
        g_error ("event %u is not JSON", i);
    }
}

static void
walk_on_demand (gpointer user, const BenchLines *events, guint first, guint last)
{
  for (guint i = first; i < last; i++)
    {
      const GString *event = events->lines->pdata[i];

      if (!bench_simdjson_on_demand (user, event->str, event->len))
        g_error ("event %u is not JSON", i);
    }
}
#endif

/* How fast JSON is validated, and how that compares. */
static void
run_validation (BenchClock *clock, const char *name, const BenchLines *events)
{
  Checker unique = { { 0 } }, any = { { .allow_duplicates = true } };
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  double bytes = (double) events->bytes / events->lines->len;
  BenchTask tasks[5] = {
    { check_events, &unique, 0, 0 },
    { check_events, &any, 0, 0 },
    { parse_with_json_glib, parser, 0, 0 },
  };
  const char *called[] = { "names unique", "names may repeat", "json-glib", "simdjson dom",
                           "simdjson on demand, walked" };
  gsize n = 3;
#ifdef HAVE_SIMDJSON
  BenchSimdjson *simdjson = bench_simdjson_new ();

  tasks[n++] = (BenchTask){ parse_with_dom, simdjson, 0, 0 };
  tasks[n++] = (BenchTask){ walk_on_demand, simdjson, 0, 0 };
#endif
  bench_clock_run (clock, tasks, n, events, ROUNDS);
  /* Of each turn json-glib parses ten events, and those only. */
  tasks[2].best_ns *= 20;
  tasks[2].scaled_ns *= 20;
  printf ("\nvalidation: %s, %.0f bytes%s\n", name, bytes,
          n == 3 ? " (built without simdjson)" : "");
  printf ("%-28s %10s %8s %8s %8s %13s %13s\n", "", "best/s", "MB/s", "ns", "scaled", "x json-glib",
          "x simdjson dom");
  for (gsize i = 0; i < n; i++)
    {
      printf ("%-28s %10.0f %8.0f %8.0f %8.0f %13.1f", called[i], 1e9 / tasks[i].best_ns,
              bytes / tasks[i].best_ns * 1e3, tasks[i].best_ns, tasks[i].scaled_ns,
              tasks[2].scaled_ns / tasks[i].scaled_ns);
      if (n > 3)
        printf (" %13.2f", tasks[3].scaled_ns / tasks[i].scaled_ns);
      printf ("\n");
    }
  fflush (stdout);
#ifdef HAVE_SIMDJSON
  bench_simdjson_free (simdjson);
#endif
}

/* ---- Rules and events from files ------------------------------------------------------------- */

static int
run_rule_sets (BenchClock *clock, const char *file, const BenchLines *events)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GList) names = NULL;
  JsonObject *sets;

  if (!json_parser_load_from_file (parser, file, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 2;
    }
  sets = json_node_get_object (json_parser_get_root (parser));
  names = json_object_get_members (sets);
  run_validation (clock, "events of the file", events);
  print_header ();
  for (GList *name = names; name; name = name->next)
    {
      JsonObject *set = json_object_get_object_member (sets, name->data);
      JsonArray *patterns = json_object_get_array_member (set, "patterns");
      guint count = json_array_get_length (patterns);
      g_autofree RulesSource *rules = g_new (RulesSource, count);

      for (guint i = 0; i < count; i++)
        {
          const char *pattern = json_array_get_string_element (patterns, i);

          rules[i] = (RulesSource){ pattern, strlen (pattern) };
        }
      run (clock, name->data, rules, count, events);
    }
  return 0;
}

static RulesSource *
sources_of (const BenchLines *rules)
{
  RulesSource *sources = g_new (RulesSource, rules->lines->len);

  for (guint i = 0; i < rules->lines->len; i++)
    {
      const GString *line = rules->lines->pdata[i];

      sources[i] = (RulesSource){ line->str, line->len };
    }
  return sources;
}

static int
run_lines (BenchClock *clock, const char *file, const BenchLines *events, const char *label)
{
  g_autofree RulesSource *sources = NULL;
  BenchLines rules;
  gboolean ok;

  bench_lines_init (&rules);
  ok = bench_lines_read (&rules, file, G_MAXSIZE);
  if (ok)
    {
      sources = sources_of (&rules);
      run_validation (clock, "events of the file", events);
      print_header ();
      run (clock, label, sources, rules.lines->len, events);
    }
  bench_lines_clear (&rules);
  return ok ? 0 : 2;
}

/* ---- Its own rules and events ---------------------------------------------------------------- */

static void
run_kind (BenchClock *clock, BenchKind kind, guint n_rules)
{
  BenchLines rules, events;
  g_autofree RulesSource *sources = NULL;
  g_autofree char *label = g_strdup_printf ("%s", bench_kind_name (kind));

  bench_lines_init (&rules);
  bench_lines_init (&events);
  bench_add_rules (&rules, kind, n_rules);
  bench_add_events (&events, kind, kind < BENCH_PUSHES ? 4000 : 400, n_rules);
  sources = sources_of (&rules);
  run (clock, label, sources, n_rules, &events);
  bench_lines_clear (&rules);
  bench_lines_clear (&events);
}

static void
run_own (BenchClock *clock)
{
  static const guint sizes[] = { 10, 1000, 100000 };

  for (BenchKind kind = 0; kind < BENCH_N_KINDS; kind++)
    {
      BenchLines events;

      bench_lines_init (&events);
      bench_add_events (&events, kind, kind < BENCH_PUSHES ? 2000 : 400, 1000);
      run_validation (clock, bench_kind_name (kind), &events);
      bench_lines_clear (&events);
    }
  print_header ();
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (BenchKind kind = 0; kind < BENCH_N_KINDS; kind++)
      run_kind (clock, kind, sizes[i]);
}

int
main (int argc, char **argv)
{
  g_autoptr (BenchClock) clock = bench_clock_new ();
  BenchLines events;
  int status = 0;

  bench_lines_init (&events);
  if (argc == 1)
    run_own (clock);
  else if (argc != 3 && argc != 4)
    {
      fprintf (stderr, "Usage: bench-match [RULESETS.json EVENTS.jsonl | RULES.jsonl EVENTS.jsonl "
                       "LABEL]\n");
      status = 2;
    }
  else if (!bench_lines_read (&events, argv[2], 4 * 1000 * 1000))
    status = 2;
  else if (argc == 3)
    status = run_rule_sets (clock, argv[1], &events);
  else
    status = run_lines (clock, argv[1], &events, argv[3]);
  if (status == 0)
    printf ("\njson-glib took %.1f us for %.0f bytes here (median).\n",
            bench_clock_yardstick_ns (clock) / 1e3, BENCH_YARDSTICK_BYTES);
  bench_lines_clear (&events);
  return status;
}
