/* hostile.c: see hostile.h. */
#include "hostile.h"

#include <string.h>

/* As many as EventBridge has wildcards on one bus. */
#define FEW 30

#define A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OPEN10 "[[[[[[[[[["
#define CLOSE10 "]]]]]]]]]]"

/* Numbers are of seven digits so that they end where the next text begins. */
const HostileCase hostile_cases[] = {
  /* Numbers. */
  { "ranges, array of numbers", 2000, 1, "{\"a\":[", "{\"numeric\":[\">\",$.25,\"<\",$.75]}", "]}",
    "{\"a\":[", "1#,", "1]}" },
  { "ranges, decimals of 17 digits", 2000, 1, "{\"a\":[", "{\"numeric\":[\">=\",0.$,\"<\",1.$]}",
    "]}", "{\"a\":[", "0.1234567890#,", "1]}" },
  { "ranges with other fields", 1000, 1, "{\"b\":[\"x$\"],\"a\":[", "{\"numeric\":[\"<\",-$]}",
    "]}", "{\"b\":\"x1\",\"a\":[", "1#,", "1]}" },
  { "one number of many digits", 500, 1, "{\"a\":[", "{\"numeric\":[\">\",$]}", "]}", "{\"a\":1",
    "0", "}" },
  { "decimals of many zeros", 500, 1, "{\"a\":[", "{\"numeric\":[\">\",$]}", "]}", "{\"a\":0.", "0",
    "1}" },
  { "great exponents", 500, 1, "{\"a\":[", "{\"numeric\":[\">\",$e300]}", "]}", "{\"a\":[",
    "1e30#,", "1]}" },
  { "equal numbers, array of numbers", 2000, 1, "{\"a\":[", "$.5", "]}", "{\"a\":[", "1#,", "1]}" },
  { "numbers that are only text", 500, 1, "{\"a\":[", "12345678901234567890$", "]}", "{\"a\":[",
    "12345678901234567890#,", "1]}" },
  /* anything-but. */
  { "anything-but a text", 500, 1, "{\"a\":[{\"anything-but\":", "\"x\"",
    "}],\"b$\":["
    "{\"exists\":false}]}",
    "{\"a\":[", "\"x\",", "\"x\"]}" },
  { "anything-but lists, the last excludes", 200, 100, "{\"a\":[{\"anything-but\":[\"y$\"",
    ",\"y#\"", ",\"x\"]}]}", "{\"a\":[", "\"x\",", "\"x\"]}" },
  { "anything-but lists, all excluded", 200, 100, "{\"a\":[{\"anything-but\":[\"y$\"", ",\"#\"",
    "]}]}", "{\"a\":[", "\"0000050\",\"0000099\",\"0000000\",", "\"0000000\"]}" },
  { "anything-but numbers", 200, 100, "{\"a\":[{\"anything-but\":[-$", ",1#", "]}]}", "{\"a\":[",
    "10000099,1.0000098e7,", "10000000]}" },
  { "anything-but prefixes", FEW, 30, "{\"a\":[{\"anything-but\":{\"prefix\":[\"y$\"", ",\"x#\"",
    ",\"ab\"]}}]}", "{\"a\":[", "\"ab#\",", "\"ab\"]}" },
  { "anything-but suffixes", FEW, 30, "{\"a\":[{\"anything-but\":{\"suffix\":[\"y$\"", ",\"x#\"",
    ",\"ab\"]}}]}", "{\"a\":[", "\"#ab\",", "\"ab\"]}" },
  { "anything-but ignoring case", FEW, 30,
    "{\"a\":[{\"anything-but\":{\"equals-ignore-case\":["
    "\"y$\"",
    ",\"x#\"", ",\"É\"]}}]}", "{\"a\":[", "\"É\",\"é\",", "\"é\"]}" },
  { "anything-but wildcards", FEW, 5, "{\"a\":[{\"anything-but\":{\"wildcard\":[\"y$*\"",
    ",\"x#*\"", ",\"a*b\"]}}]}", "{\"a\":[", "\"a#b\",", "\"ab\"]}" },
  /* Absence. */
  { "absence, many rules", 2000, 1, "{\"n$\":[{\"exists\":false}],\"a\":[", "\"x$\"", "]}",
    "{\"a\":[", "\"x#\",", "1]}" },
  { "absence in the same element", 100, 1, "{\"d\":{\"a\":[\"x\"],\"b$\":[", "{\"exists\":false}",
    "]}}", "{\"d\":[", "{\"a\":\"x\",\"b0000000\":1},", "{}]}" },
  { "absence in every element", 10, 1, "{\"d\":{\"a\":[\"x\"],\"b\":[{\"exists\":false}],\"c\":[",
    "\"$\"", "]}}", "{\"d\":[", "{\"a\":\"x\",\"b\":1,\"c\":\"0000000\"},", "{}]}" },
  { "only absence", 500, 1, "{\"x$\":[", "{\"exists\":false}", "]}", "{\"x\":[", "1,", "1]}" },
  /* Addresses. */
  { "blocks of addresses", 250, 1, "{\"a\":[{\"cidr\":", "\"10.1.$.0/24\"", "}]}", "{\"a\":[",
    "\"fe80::#:1\",\"9.1.2.3\",", "1]}" },
  { "addresses, IPv6", 500, 1, "{\"a\":[", "{\"cidr\":\"2001:db8:$::/48\"}", "]}", "{\"a\":[",
    "\"2001:db8:ffff::1\",", "1]}" },
  { "addresses as texts", 500, 1, "{\"a\":[", "\"2001:db8:$::1\"", "]}", "{\"a\":[",
    "\"2001:db8:0:0:0:0:0:2\",", "1]}" },
  { "texts that are nearly addresses", 500, 1, "{\"a\":[", "\"2001:db8:$::1\"", "]}", "{\"a\":[",
    "\"1:2:3:4:5:6:7:8:9\",\"1.2.3.4.5\",\"256.1.1.1\",", "1]}" },
  /* Case. */
  { "ignoring case, not ASCII", 1000, 1, "{\"a\":[{\"equals-ignore-case\":", "\"ÄÖÜ$\"", "}]}",
    "{\"a\":[", "\"äöü\",", "1]}" },
  { "prefixes ignoring case, not ASCII", 1000, 1, "{\"a\":[{\"prefix\":{\"equals-ignore-case\":",
    "\"ÄÖÜ$\"", "}}]}", "{\"a\":[", "\"äöü#\",", "1]}" },
  { "suffixes ignoring case, not ASCII", 1000, 1, "{\"a\":[{\"suffix\":{\"equals-ignore-case\":",
    "\"$ÄÖÜ\"", "}}]}", "{\"a\":[", "\"#äöü\",", "1]}" },
  { "ignoring case, many values", 2000, 1, "{\"a\":[", "{\"equals-ignore-case\":\"ABC$\"}", "]}",
    "{\"a\":[", "\"abC#\",", "1]}" },
  /* Texts. */
  { "prefixes of many lengths", 200, 1, "{\"a\":[{\"prefix\":", "\"" A40 "$\"", "}]}", "{\"a\":\"",
    "a", "\"}" },
  { "prefixes, many values", 2000, 1, "{\"a\":[", "{\"prefix\":\"ab$\"}", "]}", "{\"a\":[",
    "\"ab#cd\",", "1]}" },
  { "suffixes, many values", 2000, 1, "{\"a\":[", "{\"suffix\":\"$ab\"}", "]}", "{\"a\":[",
    "\"#ab\",", "1]}" },
  { "wildcards, each value a candidate", FEW, 1, "{\"a\":[{\"wildcard\":", "\"x*abcdefgh*$\"",
    "}]}", "{\"a\":[", "\"xabcdefgh\",", "1]}" },
  { "wildcards, each byte a candidate", FEW, 1, "{\"a\":[{\"wildcard\":", "\"*aaaaaaaaa*b$*\"",
    "}]}", "{\"a\":\"", "a", "\"}" },
  { "wildcards, many stars", FEW, 1, "{\"a\":[{\"wildcard\":", "\"*a*b*c*$\"", "}]}", "{\"a\":\"",
    "ab", "\"}" },
  { "wildcards, all but the end", FEW, 1, "{\"a\":[{\"wildcard\":", "\"a*ab*ab*$\"", "}]}",
    "{\"a\":\"a", "ab", "\"}" },
  { "any text", 500, 1, "{\"b\":[\"$\"],\"a\":[", "{\"wildcard\":\"*\"}", "]}", "{\"a\":[",
    "\"x\",", "1]}" },
  { "one long text of escapes", 500, 1, "{\"a\":[", "\"$\"", "]}", "{\"a\":\"",
    "\\u0041\\ud83d\\ude00\\n\\\\", "\"}" },
  { "many texts with escapes", 500, 1, "{\"a\":[", "\"A$\"", "]}", "{\"a\":[", "\"\\u0041#\",",
    "1]}" },
  { "many backslashes", 500, 1, "{\"a\":[", "\"$\"", "]}", "{\"a\":\"", "\\\\", "\"}" },
  /* Arrays. */
  { "deep arrays", 500, 1, "{\"a\":[", "\"$\"", "]}", "{\"a\":[",
    OPEN10 OPEN10 OPEN10 OPEN10 OPEN10 "1" CLOSE10 CLOSE10 CLOSE10 CLOSE10 CLOSE10 ",", "1]}" },
  { "deep objects", 500, 1, "{\"a\":{\"a\":{\"a\":{\"a\":[", "\"$\"", "]}}}}", "{\"a\":[",
    "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}},", "1]}" },
  { "fields of different elements", 100, 1, "{\"d\":{\"a\":[\"x\"],\"b\":[", "\"$\"", "]}}",
    "{\"d\":[", "{\"a\":\"x\"},{\"b\":\"0000001\"},", "{}]}" },
  { "fields of nested elements", 20, 1, "{\"d\":{\"a\":[\"x\"],\"e\":{\"b\":[\"y\"],\"c\":[",
    "\"$\"", "]}}}", "{\"d\":[", "{\"a\":\"x\",\"e\":[{\"b\":\"y\"},{\"c\":\"0000001\"}]},",
    "{}]}" },
  { "ten fields of an array", 20, 10, "{\"d\":{\"z\":[\"$\"]", ",\"f#\":[\"x\"]", "}}", "{\"d\":[",
    "{\"f0000001\":\"x\",\"f0000002\":\"x\",\"z\":\"0000003\"},", "{}]}" },
  { "elements with a name twice", 10, 1, "{\"d\":{\"a\":[\"x\"],\"b\":[\"$\"],\"c\":[", "\"$\"",
    "]}}", "{\"d\":[",
    "{\"a\":\"x\",\"a\":\"x\"},{\"b\":\"0000001\",\"b\":\"0000001\"},{\"c\":\"0000001\"},",
    "{}]}" },
  /* Names. */
  { "many names", 500, 1, "{\"k$\":[", "\"x\"", "]}", "{", "\"k#\":1,", "\"z\":1}" },
  { "names that begin alike", 500, 1, "{\"" A40 "$\":[", "\"x\"", "]}", "{", "\"" A40 "#\":1,",
    "\"z\":1}" },
  { "names of one length", 500, 1, "{\"d\":{\"k$\":[", "\"x\"", "]}}", "{\"d\":[",
    "{\"k#\":\"x\"},", "{}]}" },
  { "names with dots", 500, 1, "{\"a\":{\"b\":{\"k$\":[", "\"x\"", "]}}}", "{", "\"a.b.k#\":1,",
    "\"a\":{}}" },
  { "names with escapes", 500, 1, "{\"k$\":[", "\"x\"", "]}", "{", "\"\\u006b#\":1,", "\"z\":1}" },
  { "one name of many dots", 100, 1, "{\"a\":{\"a\":{\"a\":[", "\"$\"", "]}}}", "{\"", "a.",
    "a\":1}" },
  { "the same name again and again", 100, 1, "{\"a\":[", "\"$\"", "]}", "{", "\"a\":\"x\",",
    "\"a\":1}" },
  /* $or. */
  { "$or of very many", 2, 400, "{\"b\":[\"x\"],\"$or\":[{\"a\":[\"y\"]}", ",{\"a\":[\"#\"]}", "]}",
    "{\"b\":\"x\",\"a\":[", "\"#\",", "1]}" },
  { "$or over one array", 5, 30, "{\"$or\":[{\"d\":{\"a\":[\"y\"]}}",
    ",{\"d\":{\"a\":[\"x\"],\"b\":[\"#\"]}}", "]}", "{\"d\":[",
    "{\"a\":\"x\"},{\"b\":\"0000001\"},", "{}]}" },
};

const guint hostile_n_cases = G_N_ELEMENTS (hostile_cases);

static void
append (GString *out, const char *form, guint repetition, guint rule)
{
  for (; *form != '\0'; form++)
    if (*form == '#')
      g_string_append_printf (out, "%07u", repetition);
    else if (*form == '$' && form[1] != 'o')
      g_string_append_printf (out, "%u", rule + 1);
    else
      g_string_append_c (out, *form);
}

GStrv
hostile_patterns (const HostileCase *one, guint max_rules, guint max_items)
{
  guint n_rules = MIN (one->n_rules, max_rules), n_items = MIN (one->n_items, max_items);
  GStrv patterns = g_new0 (char *, n_rules + 1);

  for (guint i = 0; i < n_rules; i++)
    {
      GString *text = g_string_new (NULL);

      append (text, one->rule_head, 0, i);
      for (guint k = 0; k < n_items; k++)
        append (text, one->rule_item, k, i);
      append (text, one->rule_tail, 0, i);
      patterns[i] = g_string_free (text, FALSE);
    }
  return patterns;
}

RulesSet *
hostile_build (const HostileCase *one, guint max_rules, guint max_items)
{
  const RulesLimits limits = { .max_pattern_bytes = 1024 * 1024,
                               .max_values = 1000000,
                               .max_wildcard_score = 100 };
  g_auto (GStrv) patterns = hostile_patterns (one, max_rules, max_items);
  guint n = g_strv_length (patterns);
  g_autofree RulesSource *sources = g_new (RulesSource, n);
  RulesError error = { 0 };
  RulesSet *set = NULL;

  for (guint i = 0; i < n; i++)
    sources[i] = (RulesSource){ patterns[i], strlen (patterns[i]) };
  if (!rules_set_build (sources, n, &limits, NULL, &set, &error))
    g_error ("%s: %s: %s", one->name, patterns[error.rule], error.reason);
  return set;
}

char *
hostile_event (const HostileCase *one, gsize bytes)
{
  GString *event = g_string_sized_new (bytes + 100);
  gsize end = bytes - MIN (bytes, strlen (one->event_tail) + strlen (one->event_unit) + 8);

  append (event, one->event_head, 0, 0);
  for (guint i = 0; event->len < end || i == 0; i++)
    append (event, one->event_unit, i, 0);
  append (event, one->event_tail, 0, 0);
  return g_string_free (event, FALSE);
}
