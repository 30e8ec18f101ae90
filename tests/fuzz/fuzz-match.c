/* Patterns and, as the last part, an event: a set finds what each of its rules finds alone, and the
 * explanation of each agrees. */
#include "trace.h"

#define MAX_RULES 8

/* Keeps the patterns that can be built. */
static size_t
keep_valid (FuzzPart *patterns, size_t count)
{
  size_t kept = 0;

  for (size_t i = 0; i < count; i++)
    {
      const RulesSource source = { patterns[i].text, patterns[i].length };
      RulesSet *set = NULL;

      if (rules_set_build (&source, 1, NULL, NULL, &set, NULL))
        patterns[kept++] = patterns[i];
      rules_set_free (set);
    }
  return kept;
}

static RulesSet *
build (const FuzzPart *patterns, size_t count)
{
  RulesSource sources[MAX_RULES];
  RulesSet *set = NULL;

  for (size_t i = 0; i < count; i++)
    sources[i] = (RulesSource){ patterns[i].text, patterns[i].length };
  FUZZ_CHECK (rules_set_build (sources, count, NULL, NULL, &set, NULL));
  FUZZ_CHECK (rules_set_count (set) == count);
  return set;
}

/* A bit a rule that matches; false when the event is none. */
static bool
match (const RulesSet *set, FuzzPart event, uint32_t *out_bits)
{
  RulesScratch *scratch = NULL;
  const uint32_t *ids;
  size_t count = 0;
  bool ok;

  *out_bits = 0;
  FUZZ_CHECK (rules_scratch_new (NULL, &scratch, NULL));
  ok = rules_match (set, scratch, event.text, event.length, &ids, &count, NULL);
  for (size_t i = 0; ok && i < count; i++)
    {
      FUZZ_CHECK (ids[i] < rules_set_count (set) && (i == 0 || ids[i - 1] < ids[i]));
      *out_bits |= 1u << ids[i];
    }
  rules_scratch_free (scratch);
  return ok;
}

static void
check_alone (FuzzPart pattern, FuzzPart event, bool matched)
{
  RulesSet *set = build (&pattern, 1);
  uint32_t bits;

  FUZZ_CHECK (match (set, event, &bits) && bits == (matched ? 1 : 0));
  rules_set_free (set);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const RulesJsonLimits lenient = { .max_depth = 1000, .allow_duplicates = true };
  FuzzPart parts[MAX_RULES + 1];
  size_t n_parts = fuzz_split (data, size, parts, MAX_RULES + 1);
  const FuzzPart event = parts[n_parts - 1];
  size_t count = keep_valid (parts, n_parts - 1);
  RulesSet *set = build (parts, count);
  RulesJsonSpan span;
  uint32_t bits;
  bool ok = match (set, event, &bits);

  if (rules_check_json (event.text, event.length, &lenient, NULL) &&
      rules_json_locate (event.text, event.length, "", &span) && span.type == RULES_JSON_OBJECT)
    FUZZ_CHECK (ok);
  for (uint32_t i = 0; ok && i < count; i++)
    {
      check_alone (parts[i], event, (bits >> i & 1) != 0);
      fuzz_check_trace (set, i, parts[i], event, (bits >> i & 1) != 0);
    }
  rules_set_free (set);
  return 0;
}
