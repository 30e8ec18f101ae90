/* Any bytes as a pattern: refused with a whole message, or usable. */
#include "trace.h"

static const char event[] =
    "{\"version\":\"0\",\"id\":\"1\",\"detail-type\":\"Paid\",\"source\":\"shop\",\"account\":"
    "\"0\","
    "\"time\":\"2026-01-02T03:04:05Z\",\"region\":\"local\",\"resources\":[\"a\",\"b\"],"
    "\"detail\":{\"n\":-1.5e2,\"ip\":\"10.0.0.9\",\"f\":\"img/"
    "cat.png\",\"a\":[{\"b\":1,\"c\":null},"
    "{\"b\":\"x\",\"c\":true}],\"e\":[],\"o\":{}}}";

/* However small the buffer, the length is the whole message's and what fits is its beginning. */
static void
check_message (const RulesError *error, FuzzPart pattern)
{
  char whole[16384], cut[64];
  size_t length = rules_error_eventbridge (error, pattern.text, pattern.length, whole,
                                           sizeof whole);

  FUZZ_CHECK (length > 0);
  FUZZ_CHECK (rules_error_eventbridge (error, pattern.text, pattern.length, NULL, 0) == length);
  FUZZ_CHECK (rules_error_eventbridge (error, pattern.text, pattern.length, cut, sizeof cut) ==
              length);
  if (memchr (pattern.text, '\0', pattern.length) == NULL)
    FUZZ_CHECK (strlen (cut) < sizeof cut && strncmp (whole, cut, strlen (cut)) == 0);
}

static void
check_set (const RulesSet *set, FuzzPart pattern)
{
  RulesScratch *scratch = NULL;
  const uint32_t *ids;
  unsigned score = 0;
  size_t count = 0;

  FUZZ_CHECK (rules_wildcard_score (pattern.text, pattern.length, &score, NULL) && score <= 10);
  FUZZ_CHECK (rules_scratch_new (NULL, &scratch, NULL));
  FUZZ_CHECK (rules_match (set, scratch, event, sizeof event - 1, &ids, &count, NULL));
  FUZZ_CHECK (count <= 1);
  fuzz_check_trace (set, 0, pattern, (FuzzPart){ event, sizeof event - 1 }, count == 1);
  rules_scratch_free (scratch);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const FuzzPart pattern = { (const char *) data, size };
  const RulesSource source = { pattern.text, pattern.length };
  RulesError error = { 0 };
  RulesSet *set = NULL;

  if (!rules_set_build (&source, 1, NULL, NULL, &set, &error))
    {
      FUZZ_CHECK (set == NULL && error.offset <= size && error.reason[0] != '\0');
      check_message (&error, pattern);
      return 0;
    }
  check_set (set, pattern);
  rules_set_free (set);
  return 0;
}
