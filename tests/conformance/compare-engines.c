/* compare-engines: random rule sets and events, the engine against the plain form of the language.
 *
 * Usage: compare-engines [PAIRS [SEED]]
 *
 * Makes PAIRS (50000) pairs of a rule set and an event, the same ones for the same SEED, and asks
 * rules_match(), rules_match_valid() and rules_oracle_match().  Every third set has come to what it
 * is by rules_set_edit().  Prints every difference with the patterns and the event; exits with 1
 * when there was one.  Texts are made of few letters and names so that rules and events meet often.
 */
#include "rules/oracle.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RULES 12
#define EVENTS_A_SET 32
#define PROGRESS_PAIRS 500000u /* after so many a line says how far it is */

typedef struct
{
  uint64_t state;
  bool clean; /* the event being made has no name twice and none with dots */
} Chance;

static uint64_t
draw (Chance *chance)
{
  uint64_t z = (chance->state += UINT64_C (0x9E3779B97F4A7C15));

  z = (z ^ (z >> 30)) * UINT64_C (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C (0x94D049BB133111EB);
  return z ^ (z >> 31);
}

static unsigned
below (Chance *chance, unsigned limit)
{
  return (unsigned) (draw (chance) % limit);
}

#define PICK(chance, array) ((array)[below ((chance), G_N_ELEMENTS (array))])

/* ---- Texts ----------------------------------------------------------------------------------- */

static const char *const names[] = { "a",        "b",         "c",   "d",  "ab",
                                     "abcdefgh", "abcdefghi", "x-y", "",   "é",
                                     "a.b",      "b.c",       "a.",  ".a", "long-name-of-a-field" };
static const char *const clean_names[] = {
  "a", "b", "c", "d", "ab", "abcdefgh", "abcdefghi", "x-y", "é", "long-name-of-a-field"
};
static const char *const words[] = {
  "abc",
  "ABC",
  "aBc",
  "abcabc",
  "bc",
  "",
  "a",
  "é",
  "É",
  "straße",
  "STRASSE",
  "ab*c",
  "x\\\\y",
  "10.0.0.1",
  "10.0.0.01",
  "10.0.0.255",
  "2001:db8::1",
  "2001:DB8:0:0::1",
  "5",
  "1e0",
  "null",
  "/api/v1/tenant12/orders/9",
  "/api/v2/tenant1/orders/",
  "user@example.com",
  "😀",
  "k",
  "K",
  "a quite long text that spans more than one word of sixteen bytes",
  "z\\n",
  "\\u00e9"
};
static const char *const numbers[] = { "0",
                                       "-0",
                                       "1",
                                       "1.0",
                                       "1e0",
                                       "10e-1",
                                       "5",
                                       "5.0",
                                       "300",
                                       "3.0e2",
                                       "0.1",
                                       "-3",
                                       "1e400",
                                       "2",
                                       "9007199254740993",
                                       "1.5",
                                       "122.42916360922355",
                                       "-122.42916360922355",
                                       "0.30000000000000004",
                                       "37.729900216217324",
                                       "0.1234567890123456789",
                                       "9007199254740991",
                                       "12345678901234567",
                                       "4.5",
                                       "122.4291636092236",
                                       "1E5",
                                       "100000",
                                       "0.00001",
                                       "1e-5",
                                       "167772160" };

/* A JSON string, letters now and then spelt as escapes. */
static void
put_string (Chance *chance, GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    if (*text == '\\')
      {
        unsigned n = text[1] == 'u' ? 6 : 2;

        g_string_append_len (out, text, n);
        text += n - 1;
      }
    else if (*text > ' ' && below (chance, 60) == 0)
      g_string_append_printf (out, "\\u%04x", (unsigned) *text);
    else
      g_string_append_c (out, *text);
  g_string_append_c (out, '"');
}

static void
put_word (Chance *chance, GString *out)
{
  if (below (chance, 4) > 0)
    put_string (chance, out, PICK (chance, words));
  else
    {
      char text[40];
      unsigned n = below (chance, below (chance, 4) ? 5 : 40);

      for (unsigned i = 0; i < n; i++)
        text[i] = "abcAB*/1"[below (chance, 8)];
      text[n] = '\0';
      put_string (chance, out, text);
    }
}

static void
put_number (Chance *chance, GString *out)
{
  if (below (chance, 3) > 0)
    g_string_append (out, PICK (chance, numbers));
  else if (below (chance, 2))
    g_string_append_printf (out, "%d", (int) below (chance, 2000) - 1000);
  else
    g_string_append_printf (out, "%.*g", (int) below (chance, 18) + 1,
                            ((double) draw (chance) / 1e15 - 9000) / (below (chance, 2) ? 1 : 1e6));
}

static void
put_blank (Chance *chance, GString *out)
{
  if (below (chance, 40) == 0)
    g_string_append (out, &"\n \t  "[below (chance, 5)]);
}

/* ---- Events ---------------------------------------------------------------------------------- */

static void put_value (Chance *chance, GString *out, unsigned depth);

static void
put_object (Chance *chance, GString *out, unsigned depth)
{
  unsigned n = below (chance, depth == 0 ? 7 : 5), first = below (chance, 100);

  g_string_append_c (out, '{');
  for (unsigned i = 0; i < n; i++)
    {
      put_blank (chance, out);
      if (i > 0)
        g_string_append_c (out, ',');
      put_blank (chance, out);
      put_string (chance, out,
                  chance->clean ? clean_names[(first + i) % G_N_ELEMENTS (clean_names)]
                                : names[below (chance, below (chance, 3) ? 5 : 15)]);
      put_blank (chance, out);
      g_string_append_c (out, ':');
      put_blank (chance, out);
      put_value (chance, out, depth + 1);
    }
  put_blank (chance, out);
  g_string_append_c (out, '}');
}

static void
put_array (Chance *chance, GString *out, unsigned depth)
{
  unsigned n = below (chance, 5);
  bool objects = below (chance, 2);

  g_string_append_c (out, '[');
  for (unsigned i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      put_blank (chance, out);
      if (objects && depth < 5)
        put_object (chance, out, depth + 1);
      else
        put_value (chance, out, depth + 1);
    }
  g_string_append_c (out, ']');
}

static void
put_value (Chance *chance, GString *out, unsigned depth)
{
  static const char *const literals[] = { "null", "true", "false" };

  switch (below (chance, depth > 4 ? 6 : 11))
    {
    case 0:
    case 1:
    case 2:
      put_word (chance, out);
      break;
    case 3:
    case 4:
      put_number (chance, out);
      break;
    case 5:
      g_string_append (out, PICK (chance, literals));
      break;
    case 6:
    case 7:
    case 8:
      put_object (chance, out, depth);
      break;
    default:
      put_array (chance, out, depth);
    }
}

/* ---- Patterns -------------------------------------------------------------------------------- */

static void
put_wildcard (Chance *chance, GString *out)
{
  static const char *const wildcards[] = { "*",
                                           "a*",
                                           "*c",
                                           "a*c",
                                           "*b*",
                                           "/api/*/tenant12/orders/*",
                                           "*/tenant1*",
                                           "ab\\\\*c",
                                           "*@example.com",
                                           "a*b*c",
                                           "*tenant*orders*",
                                           "*quite long text*" };

  g_string_append_printf (out, "\"%s\"", PICK (chance, wildcards));
}

static void
put_list (Chance *chance, GString *out, void (*put) (Chance *, GString *))
{
  unsigned n = below (chance, 3) + 1;

  g_string_append_c (out, '[');
  for (unsigned i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      put (chance, out);
    }
  g_string_append_c (out, ']');
}

static void
put_either (Chance *chance, GString *out, void (*put) (Chance *, GString *))
{
  if (below (chance, 2))
    put (chance, out);
  else
    put_list (chance, out, put);
}

static void
put_anything_but (Chance *chance, GString *out)
{
  static const char *const operators[] = { "prefix", "suffix", "equals-ignore-case", "wildcard" };
  const char *operator_;

  g_string_append (out, "{\"anything-but\":");
  switch (below (chance, 3))
    {
    case 0:
      put_either (chance, out, put_word);
      break;
    case 1:
      put_either (chance, out, put_number);
      break;
    default:
      operator_ = PICK (chance, operators);
      g_string_append_printf (out, "{\"%s\":", operator_);
      put_either (chance, out, *operator_ == 'w' ? put_wildcard : put_word);
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, '}');
}

static void
put_numeric (Chance *chance, GString *out)
{
  static const char *const operators[] = { "=", "<", "<=", ">", ">=" };
  int low = (int) below (chance, 20) - 5;

  switch (below (chance, 3))
    {
    case 0:
      g_string_append_printf (out, "{\"numeric\":[\"%s\",%d,\"%s\",%d]}",
                              below (chance, 2) ? ">" : ">=", low,
                              below (chance, 2) ? "<" : "<=", low + 1 + (int) below (chance, 300));
      break;
    default:
      g_string_append_printf (out, "{\"numeric\":[\"%s\",", PICK (chance, operators));
      put_number (chance, out);
      g_string_append (out, "]}");
    }
}

static void
put_affix (Chance *chance, GString *out, const char *operator_)
{
  bool ignore_case = below (chance, 2);

  g_string_append_printf (out, "{\"%s\":%s", operator_,
                          ignore_case ? "{\"equals-ignore-case\":" : "");
  put_word (chance, out);
  g_string_append (out, ignore_case ? "}}" : "}");
}

static void
put_alternative (Chance *chance, GString *out)
{
  static const char *const plain[] = { "null",
                                       "true",
                                       "false",
                                       "{\"exists\":true}",
                                       "{\"exists\":false}",
                                       "{\"exists\":false}",
                                       "{\"cidr\":\"10.0.0.0/24\"}",
                                       "{\"cidr\":\"10.0.0.0/8\"}",
                                       "{\"cidr\":\"2001:db8::/32\"}" };

  switch (below (chance, 13))
    {
    case 0:
    case 1:
    case 2:
      put_word (chance, out);
      break;
    case 3:
      put_number (chance, out);
      break;
    case 4:
    case 5:
      g_string_append (out, PICK (chance, plain));
      break;
    case 6:
      put_affix (chance, out, "prefix");
      break;
    case 7:
      put_affix (chance, out, "suffix");
      break;
    case 8:
      g_string_append (out, "{\"equals-ignore-case\":");
      put_word (chance, out);
      g_string_append_c (out, '}');
      break;
    case 9:
      g_string_append (out, "{\"wildcard\":");
      put_wildcard (chance, out);
      g_string_append_c (out, '}');
      break;
    case 10:
      put_numeric (chance, out);
      break;
    default:
      put_anything_but (chance, out);
    }
}

static void
put_pattern (Chance *chance, GString *out, unsigned depth, bool in_or)
{
  unsigned n = below (chance, depth == 0 ? 4 : 3) + 1;

  g_string_append_c (out, '{');
  for (unsigned i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      if (depth < 3 && below (chance, 12) == 0)
        {
          g_string_append (out, "\"$or\":[");
          put_pattern (chance, out, depth + 1, true);
          g_string_append_c (out, ',');
          put_pattern (chance, out, depth + 1, true);
          g_string_append_c (out, ']');
          continue;
        }
      put_string (chance, out, names[below (chance, below (chance, 3) ? 5 : 15)]);
      g_string_append_c (out, ':');
      if (depth < 3 && below (chance, 3) == 0)
        put_pattern (chance, out, depth + 1, in_or);
      else
        put_list (chance, out, put_alternative);
    }
  g_string_append_c (out, '}');
}

/* ---- Comparing ------------------------------------------------------------------------------- */

typedef struct
{
  GString *patterns[MAX_RULES];
  RulesSource sources[MAX_RULES];
  size_t n_rules;
  RulesSet *set;
  RulesOracle oracle;
  RulesScratch *scratch;
  Arena arena;
  uint64_t pairs, refused_sets, matches, refused_events, differences;
} Comparison;

static const RulesLimits limits = { .max_pattern_bytes = 65536,
                                    .max_combinations = 1000,
                                    .max_wildcard_score = 1000 };

/* An event that is refused. */
typedef struct
{
  bool ok;
  const uint32_t *ids;
  size_t count;
  RulesError error;
} Answer;

static bool
same_answer (const Answer *a, const Answer *b)
{
  if (a->ok != b->ok)
    return false;
  if (!a->ok)
    return a->error.code == b->error.code && a->error.offset == b->error.offset &&
           strcmp (a->error.reason, b->error.reason) == 0;
  return a->count == b->count &&
         (a->count == 0 || memcmp (a->ids, b->ids, a->count * sizeof *a->ids) == 0);
}

static void
print_answer (const char *who, const Answer *answer)
{
  printf ("  %s:", who);
  if (!answer->ok)
    printf (" refused, %s", answer->error.reason);
  for (size_t i = 0; answer->ok && i < answer->count; i++)
    printf (" %u", answer->ids[i]);
  printf ("\n");
}

static void
report (Comparison *self, const GString *event, const char *who, const Answer *a, const Answer *b)
{
  self->differences++;
  printf ("difference in pair %" G_GUINT64_FORMAT ":\n", self->pairs);
  for (size_t i = 0; i < self->n_rules; i++)
    printf ("  %zu %s\n", i, self->patterns[i]->str);
  printf ("  event %.*s\n", (int) event->len, event->str);
  print_answer ("plain", a);
  print_answer (who, b);
}

static void
compare_event (Comparison *self, const GString *event, bool valid)
{
  /* Not one byte more than the event's own, so that a sanitizer sees what is read beyond. */
  g_autofree char *text = g_memdup2 (event->str, event->len);
  Answer plain = { 0 }, engine = { 0 };

  plain.ok = rules_oracle_match (&self->oracle, &self->arena, text, event->len, &plain.ids,
                                 &plain.count, &plain.error);
  engine.ok = rules_match (self->set, self->scratch, text, event->len, &engine.ids, &engine.count,
                           &engine.error);
  self->pairs++;
  self->matches += plain.count;
  self->refused_events += !plain.ok;
  if (!same_answer (&plain, &engine))
    report (self, event, "rules_match", &plain, &engine);
  memset (&engine, 0, sizeof engine);
  engine.ok = rules_match_valid (self->set, self->scratch, text, event->len, &engine.ids,
                                 &engine.count, &engine.error);
  if (valid && !same_answer (&plain, &engine))
    report (self, event, "rules_match_valid", &plain, &engine);
}

/* Bytes changed, cut or doubled: mostly no JSON any more. */
static void
damage (Chance *chance, GString *event)
{
  static const char bytes[] = "\"\\{}[],:0e-. tnf\x01\xC3\xFF";
  gsize at = below (chance, (unsigned) event->len);

  switch (below (chance, 4))
    {
    case 0:
      g_string_truncate (event, at);
      break;
    case 1:
      g_string_erase (event, (gssize) at, 1);
      break;
    case 2:
      g_string_insert_c (event, (gssize) at, bytes[below (chance, sizeof bytes - 1)]);
      break;
    default:
      event->str[at] = bytes[below (chance, sizeof bytes - 1)];
    }
}

static void
compare_events (Comparison *self, Chance *chance, uint64_t limit)
{
  for (int i = 0; i < EVENTS_A_SET && self->pairs < limit; i++)
    {
      g_autoptr (GString) event = g_string_new (NULL);
      bool valid;

      chance->clean = valid = below (chance, 2);
      put_object (chance, event, 0);
      if (below (chance, 8) == 0)
        {
          damage (chance, event);
          valid = false;
        }
      compare_event (self, event, valid);
    }
}

/* The same rules by way of others: some are missing at first, some say what another says, some are
 * there that must go. */
static void
edit_set (Comparison *self, Chance *chance)
{
  RulesSource first[MAX_RULES + 3];
  RulesEdit edits[MAX_RULES + 3];
  size_t n_first = self->n_rules + below (chance, 4), n_edits = 0;
  RulesSet *set = NULL, *next;
  RulesError error;

  for (size_t i = 0; i < n_first; i++)
    {
      first[i] = self->sources[i < self->n_rules && below (chance, 3)
                                   ? i
                                   : below (chance, (unsigned) self->n_rules)];
      if (below (chance, 6) == 0)
        first[i] = (RulesSource){ 0 };
      if (i >= self->n_rules)
        edits[n_edits++] = (RulesEdit){ (uint32_t) i, { 0 } };
      else if (first[i].pattern != self->sources[i].pattern)
        edits[n_edits++] = (RulesEdit){ (uint32_t) i, self->sources[i] };
    }
  for (size_t i = n_edits; i > 1; i--)
    {
      size_t other = below (chance, (unsigned) i);
      RulesEdit swap = edits[i - 1];

      edits[i - 1] = edits[other];
      edits[other] = swap;
    }
  if (!rules_set_build (first, n_first, &limits, NULL, &set, &error))
    g_error ("rules that were taken one by one: %s", error.reason);
  for (size_t done = 0, n; done < n_edits; done += n)
    {
      n = 1 + below (chance, (unsigned) (n_edits - done));
      if (!rules_set_edit (set, edits + done, n, &next, &error))
        g_error ("an edit of rules that were taken before: %s", error.reason);
      rules_set_free (set);
      set = next;
    }
  rules_set_free (self->set);
  self->set = set;
}

static bool
build (Comparison *self, Chance *chance)
{
  RulesError error = { 0 }, plain_error = { 0 };
  bool ok, plain_ok;

  self->n_rules = below (chance, MAX_RULES) + 1;
  for (size_t i = 0; i < self->n_rules; i++)
    {
      RulesSet *one;

      /* Until it is a pattern. */
      do
        {
          g_string_truncate (self->patterns[i], 0);
          put_pattern (chance, self->patterns[i], 0, false);
          self->sources[i] = (RulesSource){ self->patterns[i]->str, self->patterns[i]->len };
          one = NULL;
        }
      while (!rules_set_build (&self->sources[i], 1, &limits, NULL, &one, &error));
      rules_set_free (one);
    }
  ok = rules_set_build (self->sources, self->n_rules, &limits, NULL, &self->set, &error);
  plain_ok = rules_oracle_build (&self->oracle, self->sources, self->n_rules, &limits, NULL,
                                 &plain_error);
  if (ok && plain_ok)
    {
      if (below (chance, 3) == 0)
        edit_set (self, chance);
      return true;
    }
  printf ("the set was refused: %s\n", ok ? plain_error.reason : error.reason);
  self->differences++;
  if (ok)
    rules_set_free (self->set);
  rules_oracle_clear (&self->oracle);
  return false;
}

int
main (int argc, char **argv)
{
  uint64_t limit = argc > 1 ? strtoull (argv[1], NULL, 10) : 50000;
  Chance chance = { .state = argc > 2 ? strtoull (argv[2], NULL, 10) : 1 };
  Comparison self = { 0 };
  RulesError error;

  arena_init (&self.arena, NULL);
  if (limit == 0 || !rules_scratch_new (NULL, &self.scratch, &error))
    return 2;
  for (int i = 0; i < MAX_RULES; i++)
    self.patterns[i] = g_string_new (NULL);
  while (self.pairs < limit && self.differences < 20)
    if (build (&self, &chance))
      {
        uint64_t before = self.pairs / PROGRESS_PAIRS;

        compare_events (&self, &chance, limit);
        rules_set_free (self.set);
        rules_oracle_clear (&self.oracle);
        if (self.pairs / PROGRESS_PAIRS > before)
          {
            printf ("%" G_GUINT64_FORMAT " pairs, %" G_GUINT64_FORMAT " differences\n", self.pairs,
                    self.differences);
            fflush (stdout);
          }
      }
  printf ("%" G_GUINT64_FORMAT " pairs, %" G_GUINT64_FORMAT " events refused, %" G_GUINT64_FORMAT
          " rules matched, %" G_GUINT64_FORMAT " differences\n",
          self.pairs, self.refused_events, self.matches, self.differences);
  for (int i = 0; i < MAX_RULES; i++)
    g_string_free (self.patterns[i], TRUE);
  arena_clear (&self.arena);
  rules_scratch_free (self.scratch);
  return self.differences > 0;
}
