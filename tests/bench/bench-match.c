/* bench-match: how fast events are checked and matched, on one thread.
 *
 * Usage: bench-match                                  its own events and rules
 *        bench-match RULESETS.json EVENTS.jsonl       rule sets by name, all on the same events
 *        bench-match RULES.jsonl EVENTS.jsonl LABEL   one pattern a line; LABEL as in the table
 * below
 *
 * checked: bytes in, strict validation, ids out.  matched: the event is known to be JSON.  Times
 * are the processor's, of this thread, best of several rounds, so that other work on the machine
 * disturbs little.  Rows "validate" compare rules_check_json() with json-glib's parser.
 */
#include "rules/rules.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROUNDS 9
#define CHUNK 500u /* events: together more than fits in the nearest caches */

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

typedef struct
{
  GPtrArray *lines; /* GString */
  size_t bytes;
} Lines;

typedef bool (*MatchFunction) (const RulesSet *,
                               RulesScratch *,
                               const char *,
                               size_t,
                               const uint32_t **,
                               size_t *,
                               RulesError *);

static double
thread_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static void
free_line (gpointer line)
{
  g_string_free (line, TRUE);
}

static void
add_line (Lines *lines, const char *text, size_t length)
{
  g_ptr_array_add (lines->lines, g_string_new_len (text, (gssize) length));
  lines->bytes += length;
}

static bool
read_lines (const char *file, size_t most_bytes, Lines *out)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  *out = (Lines){ g_ptr_array_new_with_free_func (free_line), 0 };
  if (!g_file_get_contents (file, &text, &length, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return false;
    }
  for (char *line = text, *end; *line != '\0' && out->bytes < most_bytes; line = end + 1)
    {
      end = strchr (line, '\n');
      if (!end)
        end = text + length;
      if (end > line)
        add_line (out, line, (size_t) (end - line));
      if (*end == '\0')
        break;
    }
  return true;
}

/* ---- Measuring ------------------------------------------------------------------------------- */

static double
measure (MatchFunction match, const RulesSet *set, const Lines *events, uint64_t *out_matches)
{
  RulesScratch *scratch;
  RulesError error;
  double total = 0;

  if (!rules_scratch_new (NULL, &scratch, &error))
    g_error ("%s", error.reason);
  *out_matches = 0;
  for (guint first = 0; first < events->lines->len; first += CHUNK)
    {
      guint last = MIN (first + CHUNK, events->lines->len);
      double best = 1e9;
      uint64_t matches = 0;

      for (int round = 0; round < ROUNDS; round++)
        {
          double start = thread_seconds ();

          matches = 0;
          for (guint i = first; i < last; i++)
            {
              const GString *event = events->lines->pdata[i];
              const uint32_t *ids;
              size_t count;

              if (!match (set, scratch, event->str, event->len, &ids, &count, &error))
                g_error ("event %u: %s", i, error.reason);
              matches += count;
            }
          best = MIN (best, thread_seconds () - start);
        }
      total += best;
      *out_matches += matches;
    }
  rules_scratch_free (scratch);
  return total / events->lines->len;
}

static void
print_ratio (double rate, double peer)
{
  if (peer > 0)
    printf (" %8.1f", rate / 1e3 / peer);
  else
    printf ("        -");
}

static void
print_header (void)
{
  printf ("%-28s %8s %9s | %9s %8s %8s %8s | %9s %8s %8s %8s %8s | %8s %7s\n", "rule set", "rules",
          "matches", "checked/s", "ns", "MB/s", "x Ruler", "matched/s", "ns", "MB/s", "x Ruler",
          "x Quam.", "B/rule", "us/rule");
}

static void
run (const char *name, const RulesSource *rules, size_t count, const Lines *events)
{
  RulesSet *set = NULL;
  RulesError error;
  double start = thread_seconds (), built, checked, matched, ruler = 0, quamina = 0;
  double bytes = (double) events->bytes / events->lines->len;
  uint64_t n_checked, n_matched;

  if (!rules_set_build (rules, count, NULL, NULL, &set, &error))
    g_error ("%s, rule %zu: %s", name, error.rule, error.reason);
  built = thread_seconds () - start;
  checked = measure (rules_match, set, events, &n_checked);
  matched = measure (rules_match_valid, set, events, &n_matched);
  if (n_checked != n_matched)
    g_error ("%s: %" G_GUINT64_FORMAT " rules checked, %" G_GUINT64_FORMAT " matched", name,
             n_checked, n_matched);
  for (gsize i = 0; i < G_N_ELEMENTS (peers); i++)
    if (g_str_equal (peers[i].name, name))
      {
        ruler = peers[i].ruler;
        quamina = peers[i].quamina;
      }
  printf ("%-28s %8zu %9" G_GUINT64_FORMAT " | %9.0f %8.0f %8.0f", name, count, n_checked,
          1 / checked, checked * 1e9, bytes / checked / 1e6);
  print_ratio (1 / checked, ruler);
  printf (" | %9.0f %8.0f %8.0f", 1 / matched, matched * 1e9, bytes / matched / 1e6);
  print_ratio (1 / matched, ruler);
  print_ratio (1 / matched, quamina);
  printf (" | %8.0f %7.2f\n", (double) rules_set_bytes (set) / count, built * 1e6 / count);
  fflush (stdout);
  rules_set_free (set);
}

static void
print_validation (const char *what, double seconds, const Lines *events)
{
  printf ("%-28s %9.0f events/s %8.0f ns %8.0f MB/s\n", what, events->lines->len / seconds,
          seconds / events->lines->len * 1e9, events->bytes / seconds / 1e6);
}

static void
run_validation (const Lines *events)
{
  static const RulesJsonLimits limits = { .allow_duplicates = true };
  const RulesJsonLimits *modes[] = { NULL, &limits };
  static const char *const called[] = { "validate, names unique", "validate", "json-glib parse" };
  guint few = MIN (events->lines->len, 2000);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();

  for (int mode = 0; mode < 3; mode++)
    {
      double total = 0;

      for (guint first = 0; first < few; first += CHUNK)
        {
          double best = 1e9;

          for (int round = 0; round < ROUNDS; round++)
            {
              double start = thread_seconds ();

              for (guint i = first; i < MIN (first + CHUNK, few); i++)
                {
                  const GString *event = events->lines->pdata[i];
                  bool ok = mode == 2
                                ? json_parser_load_from_data (parser, event->str,
                                                              (gssize) event->len, NULL)
                                : rules_check_json (event->str, event->len, modes[mode], NULL);

                  if (!ok)
                    g_error ("event %u is not JSON", i);
                }
              best = MIN (best, thread_seconds () - start);
            }
          total += best;
        }
      print_validation (called[mode], total / few * events->lines->len, events);
    }
}

/* ---- Rules and events from files ------------------------------------------------------------- */

static int
run_rule_sets (const char *file, const Lines *events)
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
  run_validation (events);
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
      run (name->data, rules, count, events);
    }
  return 0;
}

static void
run_lines (const char *label, const Lines *rules, const Lines *events)
{
  g_autofree RulesSource *sources = g_new (RulesSource, rules->lines->len);

  for (guint i = 0; i < rules->lines->len; i++)
    {
      const GString *line = rules->lines->pdata[i];

      sources[i] = (RulesSource){ line->str, line->len };
    }
  run (label, sources, rules->lines->len, events);
}

/* ---- Its own rules and events ---------------------------------------------------------------- */

static uint64_t
draw (uint64_t *state)
{
  uint64_t z = (*state += UINT64_C (0x9E3779B97F4A7C15));

  z = (z ^ (z >> 30)) * UINT64_C (0xBF58476D1CE4E5B9);
  return z ^ (z >> 29);
}

/* About 900 bytes: a lot of land with its outline. */
static void
put_lot (GString *out, uint64_t *state)
{
  guint points = 5 + (guint) (draw (state) % 20), lot = (guint) (draw (state) % 200000);

  g_string_append_printf (out,
                          "{\"type\":\"Feature\",\"properties\":{\"MAPBLKLOT\":\"%07u\",\"STREET\":"
                          "\"STREET %u\",\"ST_TYPE\":\"ST\",\"ODD_EVEN\":\"%s\"},\"geometry\":{"
                          "\"type\":\"Polygon\",\"coordinates\":[",
                          lot, lot % 900, lot % 2 ? "O" : "E");
  for (guint i = 0; i < points; i++)
    g_string_append_printf (out, "%s{\"x\":-122.%014u,\"y\":37.%014u,\"z\":0}", i ? "," : "",
                            (guint) draw (state), (guint) draw (state));
  g_string_append (out, "]}}");
}

static void
put_order (GString *out, uint64_t *state, guint n_rules)
{
  guint who = (guint) (draw (state) % n_rules), items = 1 + (guint) (draw (state) % 4);

  g_string_append_printf (
      out,
      "{\"version\":\"0\",\"id\":\"%016" G_GINT64_MODIFIER "x\",\"detail-type\":\"Order "
      "Status Change\",\"source\":\"app.orders.s%u\",\"account\":\"123456789012\",\"region\":"
      "\"eu-west-1\",\"resources\":[],\"detail\":{\"tenant\":\"t%u\",\"state\":\"%s\","
      "\"amount\":%u.%02u,\"customer\":{\"email\":\"user@customer%u.example.com\",\"tier\":"
      "\"gold\"},\"items\":[",
      draw (state), who, who, who % 3 ? "running" : "failed", who % 1000, who % 100, who);
  for (guint i = 0; i < items; i++)
    g_string_append_printf (out, "%s{\"sku\":\"SKU-%u\",\"qty\":%u,\"price\":9.90}", i ? "," : "",
                            who + i, 1 + i);
  g_string_append_printf (out, "],\"path\":\"/api/v1/tenant%u/orders/7/items\",\"note\":null}}",
                          who);
}

/* A push, as GitHub sends it: deep, with long texts that nobody looks at. */
static void
put_push (GString *out, uint64_t *state, guint n_rules)
{
  guint who = (guint) (draw (state) % n_rules);

  g_string_append_printf (out,
                          "{\"source\":\"github\",\"detail\":{\"ref\":\"refs/heads/main\","
                          "\"repository\":{\"id\":%u,\"full_name\":\"org/repository-%u\",\"owner\":"
                          "{\"login\":\"org\",\"url\":\"https://api.example.com/users/org\"},"
                          "\"private\":false},\"commits\":[",
                          who, who);
  for (guint i = 0; i < 4; i++)
    g_string_append_printf (
        out,
        "%s{\"id\":\"%016" G_GINT64_MODIFIER "x\",\"message\":\"Fix \\\"it\\\" "
        "again\\n\\nA longer explanation of why this was needed: %u.\",\"author\":"
        "{\"name\":\"Jörg\",\"email\":\"j@example.com\"},\"modified\":[\"a.c\","
        "\"b.c\"]}",
        i ? "," : "", draw (state), who);
  g_string_append (out, "]}}");
}

static void
put_rule (GString *out, guint i)
{
  static const char *const rules[][2] = {
    { "{\"source\":[\"app.orders.s", "\"],\"detail\":{\"state\":[\"failed\",\"running\"]}}" },
    { "{\"detail\":{\"path\":[{\"prefix\":\"/api/v1/tenant", "/\"}]}}" },
    { "{\"detail\":{\"customer\":{\"email\":[{\"suffix\":\"@customer", ".example.com\"}]}}}" },
    { "{\"detail\":{\"path\":[{\"wildcard\":\"/api/*/tenant", "/orders/*\"}]}}" },
    { "{\"detail\":{\"tenant\":[\"t", "\"],\"amount\":[{\"numeric\":[\">\",100]}]}}" },
    { "{\"detail\":{\"items\":{\"sku\":[\"SKU-", "\"],\"qty\":[{\"numeric\":[\">\",2]}]}}}" },
    { "{\"source\":[\"app.orders.s", "\"],\"detail\":{\"error\":[{\"exists\":false}]}}" },
    { "{\"source\":[\"github\"],\"detail\":{\"repository\":{\"full_name\":[\"org/repository-",
      "\"]}}}" },
  };
  const char *const *rule = rules[i % G_N_ELEMENTS (rules)];

  g_string_append_printf (out, "%s%u%s", rule[0], i, rule[1]);
}

static void
run_own (void)
{
  static const guint sizes[] = { 10, 1000, 100000 };
  uint64_t state = 7;

  print_header ();
  for (gsize k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      Lines rules = { g_ptr_array_new_with_free_func (free_line), 0 };
      Lines events = { g_ptr_array_new_with_free_func (free_line), 0 };
      g_autofree char *label = g_strdup_printf ("own-%u", sizes[k]);

      for (guint i = 0; i < sizes[k]; i++)
        {
          GString *rule = g_string_new (NULL);

          put_rule (rule, i);
          g_ptr_array_add (rules.lines, rule);
        }
      for (guint i = 0; i < 9000; i++)
        {
          GString *event = g_string_new (NULL);

          if (i % 3 == 0)
            put_lot (event, &state);
          else if (i % 3 == 1)
            put_order (event, &state, sizes[k]);
          else
            put_push (event, &state, sizes[k]);
          events.bytes += event->len;
          g_ptr_array_add (events.lines, event);
        }
      if (k == 0)
        run_validation (&events);
      run_lines (label, &rules, &events);
      g_ptr_array_unref (rules.lines);
      g_ptr_array_unref (events.lines);
    }
}

int
main (int argc, char **argv)
{
  Lines events = { 0 }, rules = { 0 };
  int status = 0;

  if (argc == 1)
    {
      run_own ();
      return 0;
    }
  if (argc != 3 && argc != 4)
    {
      fprintf (stderr, "Usage: bench-match [RULESETS.json EVENTS.jsonl | RULES.jsonl EVENTS.jsonl "
                       "LABEL]\n");
      return 2;
    }
  if (!read_lines (argv[2], 4 * 1000 * 1000, &events))
    return 2;
  if (argc == 3)
    status = run_rule_sets (argv[1], &events);
  else if (!read_lines (argv[1], SIZE_MAX, &rules))
    status = 2;
  else
    {
      run_validation (&events);
      print_header ();
      run_lines (argv[3], &rules, &events);
      g_ptr_array_unref (rules.lines);
    }
  g_ptr_array_unref (events.lines);
  return status;
}
