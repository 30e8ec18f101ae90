/* command-test-pattern.c: test-pattern: does this pattern match this event, and why; without a
 * router. */
#include "config.h"

#include "commands.h"
#include "trial-pattern.h"

#include "base/limits.h"

int
command_test_pattern (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (TrialEvent) event = { 0 };
  gint max_score = LIMIT_WILDCARD_SCORE;
  GOptionEntry entries[TRIAL_ENTRIES + 1] = { 0 };
  g_auto (GStrv) rest = NULL;
  g_auto (ArgumentText) text = { 0 };
  g_auto (TrialPattern) pattern = { 0 };
  g_autoptr (GError) error = NULL;
  int exit_code;

  trial_entries (&event, entries);
  entries[TRIAL_ENTRIES - 1] = (GOptionEntry){
    "wildcard-score",
    0,
    0,
    G_OPTION_ARG_INT,
    &max_score,
    "Refuse patterns above this Limits.WildcardScore (default: 10)",
    "N"
  };
  if (!ctl_parse (ctl, command, entries, arguments, 2, 2, &rest, &exit_code))
    return exit_code;
  if (max_score < 1)
    return ctl_fail_usage (ctl, command, "--wildcard-score is %d; it must be at least 1",
                           max_score);
  exit_code = trial_read_event (ctl, command, &event, rest[1]);
  if (exit_code != EX_OK)
    return exit_code;
  if (!argument_read (rest[0], "The pattern", &text, &error))
    return ctl_fail (ctl, EX_NOINPUT, "%s", error->message);
  exit_code = trial_pattern_compile (ctl, &text, (unsigned) max_score, &pattern);
  return exit_code == EX_OK ? trial_pattern_explain (ctl, &pattern, &event) : exit_code;
}
