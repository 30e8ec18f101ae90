/* embed.c: libsignalbox-rules in a program of your own.  It needs libc and nothing else. */
#include <signalbox/rules.h>

#include <stdio.h>
#include <string.h>

int
main (int argc, char **argv)
{
  static const char *const patterns[] = {
    "{\"source\": [\"shop\"], \"detail\": {\"total\": [{\"numeric\": [\">\", 100]}]}}",
    "{\"detail-type\": [{\"wildcard\": \"Order *\"}]}",
  };
  const RulesSource sources[] = { { patterns[0], strlen (patterns[0]) },
                                  { patterns[1], strlen (patterns[1]) } };
  const char *event = argc > 1 ? argv[1]
                               : "{\"source\": \"shop\", \"detail-type\": \"Order Placed\", "
                                 "\"detail\": {\"total\": 99.5}}";
  RulesSet *set = NULL;
  RulesScratch *scratch = NULL;
  const uint32_t *ids;
  size_t count;
  RulesTrace trace;
  RulesError error;
  int status = 1;

  if (!rules_set_build (sources, 2, NULL, NULL, &set, &error))
    fprintf (stderr, "pattern %zu, column %u: %s\n", error.rule, error.column, error.reason);
  else if (!rules_scratch_new (NULL, &scratch, &error) ||
           !rules_match (set, scratch, event, strlen (event), &ids, &count, &error))
    fprintf (stderr, "event, line %u, column %u: %s\n", error.line, error.column, error.reason);
  else
    {
      for (size_t i = 0; i < count; i++)
        printf ("matched: pattern %u\n", ids[i]);
      for (uint32_t id = 0; id < 2 && rules_explain (set, id, event, strlen (event), &trace, NULL);
           id++)
        {
          printf ("pattern %u: %s\n", id, trace.summary);
          for (size_t i = 0; i < trace.n_leaves; i++)
            printf ("  %s: %s\n", trace.leaves[i].path, trace.leaves[i].why);
          rules_trace_clear (set, &trace);
        }
      status = 0;
    }
  rules_scratch_free (scratch);
  rules_set_free (set);
  return status;
}
