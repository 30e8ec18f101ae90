/* pattern-case.c: does this pattern match that event, or is one of them refused? */
#include "case.h"

#include <string.h>

/* Cases come from AWS Event Ruler as well, which does not have EventBridge's limits. */
static const RulesLimits no_limits = {
  .max_pattern_bytes = 1024 * 1024,
  .max_combinations = 100000,
  .max_wildcard_score = 1000,
};

/* What AWS says of an event that is no envelope. */
static const char not_an_event[] = "Parameter Event is not valid.";

/* How the answer came out, in the words of the cases. */
typedef struct
{
  const char *outcome;
  RulesError error;
} Answer;

/* TestEventPattern's own check: an object with these members. */
static bool
is_envelope (const char *event)
{
  static const char *const wanted[] = { "/id",   "/account", "/source",
                                        "/time", "/region",  "/detail-type" };
  RulesJsonSpan span;

  for (size_t i = 0; i < G_N_ELEMENTS (wanted); i++)
    if (!rules_json_locate (event, strlen (event), wanted[i], &span))
      return false;
  return true;
}

static const char *
match (const RulesSet *set, const char *event, RulesError *error)
{
  RulesScratch *scratch = NULL;
  const uint32_t *ids;
  size_t count;
  const char *outcome = "event-error";

  if (!rules_scratch_new (NULL, &scratch, error))
    return "no memory";
  if (rules_match (set, scratch, event, strlen (event), &ids, &count, error))
    outcome = count > 0 ? "match" : "nomatch";
  else if (error->code != RULES_ERROR_JSON)
    outcome = "limit";
  rules_scratch_free (scratch);
  return outcome;
}

static void
ask (const char *pattern, const char *event, const RulesLimits *limits, Answer *answer)
{
  const RulesSource source = { pattern, strlen (pattern) };
  RulesSet *set = NULL;

  memset (answer, 0, sizeof *answer);
  if (!rules_set_build (&source, 1, limits, NULL, &set, &answer->error))
    {
      answer->outcome = "exception";
      return;
    }
  answer->outcome = match (set, event, &answer->error);
  rules_set_free (set);
}

/* Columns of mistakes in the JSON move between versions of EventBridge's parser. */
static char *
without_columns (const char *message)
{
  g_autoptr (GRegex) column = g_regex_new ("column: [0-9]+", 0, 0, NULL);

  return g_regex_replace_literal (column, message, -1, 0, "column: ?", 0, NULL);
}

static bool
same_message (const char *expected, const char *got, RulesErrorCode code)
{
  g_autofree char *a = without_columns (expected);
  g_autofree char *b = without_columns (got);

  return g_str_equal (expected, got) || (code == RULES_ERROR_JSON && g_str_equal (a, b));
}

static char *
full_message (const RulesError *error, const char *pattern)
{
  size_t size = rules_error_eventbridge (error, pattern, strlen (pattern), NULL, 0) + 1;
  char *message = g_malloc (size);

  rules_error_eventbridge (error, pattern, strlen (pattern), message, size);
  return message;
}

/* The library's own words, as cases from AWS Event Ruler have them: "Exception: words", and perhaps
 * not all of them. */
static const char *
ruler_words (const char *expected)
{
  static const char *const exceptions[] = { "JsonParseException: ", "JsonEOFException: ",
                                            "IllegalArgumentException: " };

  for (size_t i = 0; i < G_N_ELEMENTS (exceptions); i++)
    if (g_str_has_prefix (expected, exceptions[i]))
      return expected + strlen (exceptions[i]);
  return NULL;
}

static void
compare_messages (const char *expected,
                  const char *pattern,
                  const RulesError *error,
                  GString *problem)
{
  const char *words = ruler_words (expected);
  g_autofree char *message = full_message (error, pattern);

  if (words ? !g_str_has_prefix (error->reason, words)
            : !same_message (expected, message, error->code))
    g_string_append_printf (problem, "expected message \"%s\", got \"%s\"", expected,
                            words ? error->reason : message);
}

bool
pattern_case_run (const Case *test, GString *problem)
{
  const char *pattern = case_string (test, "pattern", "");
  const char *event = case_string (test, "event", NULL);
  const char *expected = case_string (test, "expected", "");
  const char *message = case_string (test, "error", NULL);
  g_autofree char *event_text = event ? g_strdup (event) : case_text (test, "/event");
  g_autofree char *pattern_text = NULL;
  bool within_limits = true;
  Answer answer;

  /* Pattern and event are texts; be content with values too. */
  if (!case_string (test, "pattern", NULL))
    pattern = pattern_text = case_text (test, "/pattern");
  if (!event_text)
    event_text = g_strdup ("{}");
  ask (pattern, event_text, NULL, &answer);
  if (answer.error.code == RULES_ERROR_LIMIT && !g_str_equal (expected, "exception"))
    {
      within_limits = false;
      ask (pattern, event_text, &no_limits, &answer);
    }
  if (g_strcmp0 (message, not_an_event) == 0)
    {
      if (g_str_equal (answer.outcome, "exception") || is_envelope (event_text))
        g_string_append_printf (problem, "expected the event to be refused, got %s",
                                answer.outcome);
      return within_limits;
    }
  if (!g_str_equal (answer.outcome, expected))
    g_string_append_printf (problem, "expected %s, got %s%s%s", expected, answer.outcome,
                            answer.error.reason[0] ? ": " : "", answer.error.reason);
  else if (test->messages && message && g_str_equal (expected, "exception"))
    compare_messages (message, pattern, &answer.error, problem);
  return within_limits;
}
