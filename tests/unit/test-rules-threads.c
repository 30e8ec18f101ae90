/* Threads that match, explain and render with sets that are swapped under them.  Meant for
 * ThreadSanitizer, and so with POSIX threads and locks, which that knows: GLib's own it does not
 * see through. */
#include "rules/rules.h"

#include <glib.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define N_THREADS 6
#define N_SWAPS 60
#define N_RULES 40
#define MATCHES_A_SET 50u /* at least so many, by all threads together, before the next set */

/* A set and who holds it.  Rules 0 to N_RULES - 1 match the event; in an odd generation the last
 * one does not. */
typedef struct
{
  RulesSet *set;
  guint generation;
  guint n_holders; /* under the lock */
} Snapshot;

typedef struct
{
  pthread_mutex_t lock;
  pthread_cond_t matched;
  Snapshot *current; /* with the lock */
  guint n_matches;   /* with the lock: since the last swap */
  gboolean stop;     /* with the lock */
  const RulesTemplate *template_;
} Shared;

static const char event[] =
    "{\"source\":\"shop\",\"detail\":{\"n\":7,\"name\":\"an\\u006ea\",\"l\":[{\"a\":1,\"b\":1},"
    "{\"a\":2,\"b\":2}]}}";

static Snapshot *
snapshot_new (guint generation)
{
  /* A number between the halves makes each rule one of its own. */
  static const char *const forms[][2] = {
    { "{\"source\":[\"shop\"],\"detail\":{\"n\":[{\"numeric\":[\"<\",", "]}]}}" },
    { "{\"detail\":{\"name\":[{\"wildcard\":\"*n*a\"},\"", "\"]}}" },
    { "{\"detail\":{\"name\":[{\"anything-but\":[\"bob\",\"", "\"]}]}}" },
    { "{\"detail\":{\"l\":{\"a\":[2,", "],\"b\":[2]}}}" },
    { "{\"detail\":{\"name\":[{\"equals-ignore-case\":\"ANNA\"}],\"x",
      "\":[{\"exists\":false}]}}" },
    { "{\"source\":[\"none", "\"]}" },
  };
  char texts[N_RULES][128];
  RulesSource sources[N_RULES];
  Snapshot *self = g_new0 (Snapshot, 1);
  RulesError error;

  for (guint i = 0; i < N_RULES; i++)
    {
      guint form = generation % 2 == 1 && i == N_RULES - 1 ? 5 : i % 5;

      g_snprintf (texts[i], sizeof texts[i], "%s%u%s", forms[form][0],
                  1000 + generation * N_RULES + i, forms[form][1]);
      sources[i] = (RulesSource){ texts[i], strlen (texts[i]) };
    }
  if (!rules_set_build (sources, N_RULES, NULL, NULL, &self->set, &error))
    g_error ("%s: %s", texts[error.rule], error.reason);
  self->generation = generation;
  self->n_holders = 1;
  return self;
}

/* With the lock. */
static void
snapshot_release (Snapshot *self)
{
  if (--self->n_holders > 0)
    return;
  rules_set_free (self->set);
  g_free (self);
}

static void
check_match (const Snapshot *snapshot, RulesScratch *scratch)
{
  guint expected = N_RULES - snapshot->generation % 2;
  const uint32_t *ids;
  size_t count = 0;

  g_assert_true (rules_match (snapshot->set, scratch, event, sizeof event - 1, &ids, &count, NULL));
  g_assert_cmpuint (count, ==, expected);
  g_assert_cmpuint (ids[count - 1], ==, expected - 1);
}

static void
check_explanation (const Snapshot *snapshot)
{
  RulesTrace trace;

  g_assert_true (rules_explain (snapshot->set, N_RULES - 1, event, sizeof event - 1, &trace, NULL));
  g_assert_cmpint (trace.matched, ==, snapshot->generation % 2 == 0);
  rules_trace_clear (snapshot->set, &trace);
}

static void
check_render (const RulesTemplate *template_)
{
  static const RulesContext context = { "rule", "arn", "2026-01-02T03:04:05Z" };
  RulesBuffer out = { 0 };

  g_assert_true (rules_template_render (template_, event, sizeof event - 1, &context, &out, NULL));
  g_assert_cmpmem (out.data, out.length, "{\"n\":7,\"s\":\"anna\"}",
                   strlen ("{\"n\":7,\"s\":\"anna\"}"));
  rules_buffer_clear (&out);
}

static void *
run_thread (void *data)
{
  Shared *shared = data;
  RulesScratch *scratch = NULL;
  gboolean stop = FALSE;

  g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
  while (!stop)
    {
      Snapshot *snapshot;

      pthread_mutex_lock (&shared->lock);
      snapshot = shared->current;
      snapshot->n_holders++;
      pthread_mutex_unlock (&shared->lock);

      check_match (snapshot, scratch);
      check_explanation (snapshot);
      check_render (shared->template_);

      pthread_mutex_lock (&shared->lock);
      shared->n_matches += snapshot == shared->current;
      if (shared->n_matches >= MATCHES_A_SET)
        pthread_cond_signal (&shared->matched);
      snapshot_release (snapshot);
      stop = shared->stop;
      pthread_mutex_unlock (&shared->lock);
    }
  rules_scratch_free (scratch);
  return NULL;
}

/* The new set is built while the threads go on with the old one. */
static void
swap (Shared *shared, guint generation)
{
  Snapshot *next = snapshot_new (generation);

  pthread_mutex_lock (&shared->lock);
  while (shared->n_matches < MATCHES_A_SET)
    pthread_cond_wait (&shared->matched, &shared->lock);
  snapshot_release (shared->current);
  shared->current = next;
  shared->n_matches = 0;
  pthread_mutex_unlock (&shared->lock);
}

static void
test_swap (void)
{
  static const RulesVariable variables[] = { { "n", "$.detail.n" }, { "s", "$.detail.name" } };
  RulesInput input = { .input_template = "{\"n\":<n>,\"s\":\"<s>\"}",
                       .variables = variables,
                       .n_variables = G_N_ELEMENTS (variables) };
  Shared shared = { .lock = PTHREAD_MUTEX_INITIALIZER, .matched = PTHREAD_COND_INITIALIZER };
  RulesTemplate *template_ = NULL;
  pthread_t threads[N_THREADS];

  g_assert_true (rules_template_new (&input, NULL, &template_, NULL));
  shared.template_ = template_;
  shared.current = snapshot_new (0);
  for (guint i = 0; i < N_THREADS; i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, run_thread, &shared), ==, 0);
  for (guint generation = 1; generation <= N_SWAPS; generation++)
    swap (&shared, generation);
  pthread_mutex_lock (&shared.lock);
  shared.stop = TRUE;
  pthread_mutex_unlock (&shared.lock);
  for (guint i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);
  g_assert_cmpuint (shared.current->n_holders, ==, 1);
  snapshot_release (shared.current);
  rules_template_free (template_);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/threads/swap", test_swap);
  return g_test_run ();
}
