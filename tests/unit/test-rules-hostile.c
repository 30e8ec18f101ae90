/* What is meant to hurt: small, the engine must say of it what the plain form of the language says.
 * How long it takes when it is large, bench-hostile shows. */
#include "bench/hostile.h"
#include "rules/oracle.h"

#include <glib.h>
#include <string.h>

#define MAX_RULES 40
#define MAX_ITEMS 12

static const gsize sizes[] = { 100, 400, 1500, 5000 };

static GString *
ids_to_text (const uint32_t *ids, size_t count)
{
  GString *text = g_string_new (NULL);

  for (size_t i = 0; i < count; i++)
    g_string_append_printf (text, "%u ", ids[i]);
  return text;
}

static void
compare (const HostileCase *one, const RulesSet *set, const RulesOracle *oracle, gsize bytes)
{
  g_autofree char *event = hostile_event (one, bytes);
  RulesScratch *scratch = NULL;
  const uint32_t *ids, *plain_ids;
  size_t count, plain_count;
  Arena arena;

  arena_init (&arena, NULL);
  g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
  g_assert_true (rules_match (set, scratch, event, strlen (event), &ids, &count, NULL));
  g_assert_true (
      rules_oracle_match (oracle, &arena, event, strlen (event), &plain_ids, &plain_count, NULL));
  {
    g_autoptr (GString) found = ids_to_text (ids, count);
    g_autoptr (GString) expected = ids_to_text (plain_ids, plain_count);

    g_test_message ("%s, %" G_GSIZE_FORMAT " bytes", one->name, bytes);
    g_assert_cmpstr (found->str, ==, expected->str);
  }
  rules_scratch_free (scratch);
  arena_clear (&arena);
}

static void
test_case (gconstpointer data)
{
  const RulesLimits limits = { .max_pattern_bytes = 1024 * 1024, .max_wildcard_score = 100 };
  const HostileCase *one = data;
  g_auto (GStrv) patterns = hostile_patterns (one, MAX_RULES, MAX_ITEMS);
  RulesSource sources[MAX_RULES];
  RulesSet *set = hostile_build (one, MAX_RULES, MAX_ITEMS);
  RulesOracle oracle;
  guint n = g_strv_length (patterns);

  for (guint i = 0; i < n; i++)
    sources[i] = (RulesSource){ patterns[i], strlen (patterns[i]) };
  g_assert_true (rules_oracle_build (&oracle, sources, n, &limits, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    compare (one, set, &oracle, sizes[i]);
  rules_oracle_clear (&oracle);
  rules_set_free (set);
}

/* More than 16 values at a path are looked at in another way than few: excluded by lists, blocks,
 * folded texts.  Each rule once true and once not. */
static void
test_many_values (void)
{
  static const struct
  {
    const char *pattern;
    const char *one; /* a value that makes it true */
  } cases[] = {
    { "[{\"anything-but\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]}]", "\"h\"" },
    { "[{\"anything-but\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]}]", "1" },
    { "[{\"anything-but\":[\"a\",\"b\"]}]", "null" },
    { "[{\"anything-but\":{\"prefix\":[\"a\",\"b\"]}}]", "\"ca\"" },
    { "[{\"anything-but\":{\"suffix\":[\"a\",\"b\"]}}]", "\"ac\"" },
    { "[{\"anything-but\":{\"wildcard\":[\"a*\",\"b*\"]}}]", "\"ca\"" },
    { "[{\"anything-but\":{\"equals-ignore-case\":[\"A\",\"B\"]}}]", "\"ab\"" },
    { "[{\"cidr\":\"10.1.0.0/16\"}]", "\"10.1.255.255\"" },
    { "[{\"cidr\":\"10.1.0.0/16\"}]", "\"10.1.0.0\"" },
    { "[{\"cidr\":\"2001:db8::/33\"}]", "\"2001:db8:7fff::\"" },
    { "[\"2001:db8::1\"]", "\"2001:DB8:0::1\"" },
    { "[{\"equals-ignore-case\":\"ÄÖÜSSE\"}]", "\"äÖüsSe\"" },
    { "[{\"equals-ignore-case\":\"ΣΑΣ\"}]", "\"σας\"" },
    { "[{\"prefix\":{\"equals-ignore-case\":\"éA\"}}]", "\"ÉaX\"" },
    { "[{\"suffix\":{\"equals-ignore-case\":\"aЖ\"}}]", "\"xAж\"" },
  };
  RulesScratch *scratch = NULL;

  g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint with = 0; with < 2; with++)
      {
        g_autofree char *pattern = g_strdup_printf ("{\"x\":%s}", cases[i].pattern);
        RulesSource source = { pattern, strlen (pattern) };
        g_autoptr (GString) event = g_string_new ("{\"x\":[");
        bool sigma = strstr (pattern, "Σ") != NULL;
        RulesSet *set = NULL;
        const uint32_t *ids;
        size_t count;

        for (guint k = 0; k < 20; k++)
          g_string_append_printf (event, "\"%c\",", 'a' + k % 2);
        g_string_append_printf (event, "%s]}", with ? cases[i].one : "\"b\"");
        g_test_message ("%s %s", pattern, event->str);
        g_assert_true (rules_set_build (&source, 1, NULL, NULL, &set, NULL));
        g_assert_true (rules_match (set, scratch, event->str, event->len, &ids, &count, NULL));
        /* A final sigma is no case of the other. */
        g_assert_cmpuint (count, ==, with && !sigma ? 1 : 0);
        rules_set_free (set);
      }
  rules_scratch_free (scratch);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < hostile_n_cases; i++)
    {
      g_autofree char *path = g_strconcat ("/rules/hostile/", hostile_cases[i].name, NULL);

      g_test_add_data_func (path, &hostile_cases[i], test_case);
    }
  g_test_add_func ("/rules/hostile/many-values", test_many_values);
  return g_test_run ();
}
