/* Patterns and, as the last part, an event: a set finds what each of its rules finds alone, what
 * the language without any index finds, and what the explanation of each says. */
#include "rules/oracle.h"

#include "trace.h"

#define MAX_RULES 8

/* The patterns that can be built, each with a set of its own. */
typedef struct
{
  FuzzPart patterns[MAX_RULES];
  RulesSource sources[MAX_RULES];
  RulesSet *alone[MAX_RULES];
  size_t count;
} Rules;

static void
add_rule (Rules *rules, FuzzPart pattern)
{
  RulesSource *source = &rules->sources[rules->count];

  *source = (RulesSource){ pattern.text, pattern.length };
  rules->patterns[rules->count] = pattern;
  if (rules_set_build (source, 1, NULL, NULL, &rules->alone[rules->count], NULL))
    rules->count++;
}

/* A bit a rule that matches; false when the event is none. */
static bool
match (const RulesSet *set, RulesScratch *scratch, FuzzPart event, uint32_t *out_bits)
{
  const uint32_t *ids;
  size_t count = 0;

  *out_bits = 0;
  if (!rules_match (set, scratch, event.text, event.length, &ids, &count, NULL))
    return false;
  for (size_t i = 0; i < count; i++)
    {
      FUZZ_CHECK (ids[i] < rules_set_count (set) && (i == 0 || ids[i - 1] < ids[i]));
      *out_bits |= 1u << ids[i];
    }
  return true;
}

/* What rules_oracle_match() says of the same rules and event; false when it takes no such event. */
static bool
match_plainly (const Rules *rules, FuzzPart event, uint32_t *out_bits)
{
  RulesOracle oracle;
  Arena arena;
  const uint32_t *ids;
  size_t count = 0;
  bool taken;

  *out_bits = 0;
  FUZZ_CHECK (rules_oracle_build (&oracle, rules->sources, rules->count, NULL, NULL, NULL));
  arena_init (&arena, NULL);
  taken = rules_oracle_match (&oracle, &arena, event.text, event.length, &ids, &count, NULL);
  for (size_t i = 0; taken && i < count; i++)
    *out_bits |= 1u << ids[i];
  arena_clear (&arena);
  rules_oracle_clear (&oracle);
  return taken;
}

static bool
is_object (FuzzPart text)
{
  RulesJsonSpan span;

  return rules_json_locate (text.text, text.length, "", &span) && span.type == RULES_JSON_OBJECT;
}

static void
check (const Rules *rules, const RulesSet *set, RulesScratch *scratch, FuzzPart event)
{
  uint32_t together, plainly, alone;

  if (!match (set, scratch, event, &together))
    {
      FUZZ_CHECK (!is_object (event));
      FUZZ_CHECK (!match_plainly (rules, event, &plainly));
      return;
    }
  FUZZ_CHECK (match_plainly (rules, event, &plainly) && plainly == together);
  for (uint32_t i = 0; i < rules->count; i++)
    {
      bool matched = (together >> i & 1) != 0;

      FUZZ_CHECK (match (rules->alone[i], scratch, event, &alone) && alone == (matched ? 1 : 0));
      fuzz_check_trace (set, i, rules->patterns[i], event, matched);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzPart parts[MAX_RULES + 1];
  size_t n_parts = fuzz_split (data, size, parts, MAX_RULES + 1);
  RulesScratch *scratch = NULL;
  RulesSet *set = NULL;
  Rules rules = { 0 };

  for (size_t i = 0; i + 1 < n_parts; i++)
    add_rule (&rules, parts[i]);
  FUZZ_CHECK (rules_set_build (rules.sources, rules.count, NULL, NULL, &set, NULL));
  FUZZ_CHECK (rules_set_count (set) == rules.count);
  FUZZ_CHECK (rules_scratch_new (NULL, &scratch, NULL));
  check (&rules, set, scratch, parts[n_parts - 1]);
  rules_scratch_free (scratch);
  rules_set_free (set);
  for (size_t i = 0; i < rules.count; i++)
    rules_set_free (rules.alone[i]);
  return 0;
}
