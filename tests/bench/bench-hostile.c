/* bench-hostile: how long the worst events take that are known.
 *
 * Usage: bench-hostile [BYTES [PART OF A NAME]]
 *
 * Prints for each case of hostile.c the time for an event of BYTES (262144), how many times as long
 * that is as for half the size (2 is linear, 4 quadratic), and ratios to checking the same bytes
 * with rules_check_json() and to parsing them with json-glib, all in turns in the same run, so that
 * a machine whose clock drifts gives the same ratios.  The best of several rounds counts. */
#include "hostile.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 7
#define SLOW_US 200000 /* one round says enough */

static const RulesJsonLimits lenient = { .max_depth = 1000, .allow_duplicates = true };

typedef struct
{
  char *text;
  gsize length;
  double match_us, check_us, glib_us; /* the best */
} Sample;

static double
now_us (void)
{
  return (double) g_get_monotonic_time ();
}

static void
keep_least (double *best, double value)
{
  if (*best <= 0 || value < *best)
    *best = value;
}

static void
time_match (Sample *sample, const RulesSet *set, RulesScratch *scratch)
{
  const uint32_t *ids;
  size_t count;
  RulesError error;
  double start = now_us ();

  if (!rules_match (set, scratch, sample->text, sample->length, &ids, &count, &error) &&
      sample->match_us <= 0)
    printf ("  refused: %s\n", error.reason);
  keep_least (&sample->match_us, now_us () - start);
}

static void
time_others (Sample *sample)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  RulesError error;
  double start = now_us ();

  if (!rules_check_json (sample->text, sample->length, &lenient, &error))
    printf ("  not JSON: %s\n", error.reason);
  keep_least (&sample->check_us, now_us () - start);
  start = now_us ();
  json_parser_load_from_data (parser, sample->text, (gssize) sample->length, NULL);
  keep_least (&sample->glib_us, now_us () - start);
}

static void
run (const HostileCase *one, gsize bytes)
{
  RulesSet *set = hostile_build (one, G_MAXUINT, G_MAXUINT);
  RulesScratch *scratch = NULL;
  Sample samples[2] = { 0 };

  if (!rules_scratch_new (NULL, &scratch, NULL))
    return;
  for (guint i = 0; i < 2; i++)
    {
      samples[i].text = hostile_event (one, bytes >> i);
      samples[i].length = strlen (samples[i].text);
    }
  for (guint round = 0; round < ROUNDS && samples[0].match_us < SLOW_US; round++)
    {
      for (guint i = 0; i < 2; i++)
        time_match (&samples[i], set, scratch);
      if (round < 2)
        time_others (&samples[0]);
    }
  printf ("%-38s %6zu %9.0f %7.1f %9.1f %9.2f\n", one->name, rules_set_count (set),
          samples[0].match_us, samples[0].match_us / MAX (samples[1].match_us, 1),
          samples[0].match_us / MAX (samples[0].check_us, 1),
          samples[0].match_us / MAX (samples[0].glib_us, 1));
  fflush (stdout);
  for (guint i = 0; i < 2; i++)
    g_free (samples[i].text);
  rules_scratch_free (scratch);
  rules_set_free (set);
}

int
main (int argc, char **argv)
{
  gsize bytes = argc > 1 ? (gsize) strtoull (argv[1], NULL, 10) : 256 * 1024;
  guint n = 0;

  if (bytes < 1024)
    {
      fprintf (stderr, "Usage: bench-hostile [BYTES [PART OF A NAME]]\n");
      return 2;
    }
  printf ("%-38s %6s %9s %7s %9s %9s\n", "case", "rules", "us", "growth", "x check", "x json");
  for (guint i = 0; i < hostile_n_cases; i++)
    if (argc < 3 || strstr (hostile_cases[i].name, argv[2]) != NULL)
      {
        run (&hostile_cases[i], bytes);
        n++;
      }
  printf (
      "\n%u cases of %zu bytes.  growth: times as long as half the bytes take.  x check, x json:"
      "\ntimes as long as rules_check_json() and json-glib's parser take for the same bytes.\n",
      n, bytes);
  return 0;
}
