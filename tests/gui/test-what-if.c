/* How many stored events a rule would match: when it is asked, and what is said of the answer. */
#include "sb-what-if.h"

#include "support.h"

#define RULE "default/billing"
#define ASK "POST /v1/what-if"

typedef struct
{
  World world;
  SbWhatIf *what_if;
  guint n_changed;
} Fixture;

static void
count_cb (Fixture *fixture)
{
  fixture->n_changed++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  world_set_up (&fixture->world, data);
  fixture->what_if = sb_what_if_new (fixture->world.client, RULE, 10);
  g_signal_connect_swapped (fixture->what_if, "changed", G_CALLBACK (count_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->what_if);
  world_tear_down (&fixture->world, data);
}

static guint
n_asked (Fixture *fixture)
{
  return fake_router_count_requests (fixture->world.router, ASK);
}

static gboolean
knows (Fixture *fixture)
{
  g_autofree char *words = sb_what_if_dup_words (fixture->what_if, g_get_real_time ());

  return *words != '\0';
}

static void
test_answer (Fixture *fixture, gconstpointer data)
{
  g_autofree char *words = NULL;
  char **gained, **lost;

  g_assert_false (knows (fixture));
  sb_what_if_set_text (fixture->what_if, "{\"EventPattern\": {\"source\": [\"shop\"]}}");
  wait_until (knows (fixture));
  words = sb_what_if_dup_words (fixture->what_if, g_get_real_time ());
  g_assert_cmpstr (words, ==,
                   "Matches 1204 of the newest 10000 events, the oldest 2 h ago "
                   "(+37 / −2 against the rule in force)");
  g_assert_cmpint (sb_what_if_get_gained (fixture->what_if, &gained), ==, 37);
  g_assert_cmpuint (g_strv_length (gained), ==, 2);
  g_assert_cmpint (sb_what_if_get_lost (fixture->what_if, &lost), ==, 2);
  g_assert_cmpuint (g_strv_length (lost), ==, 1);
}

/* Only another pattern is another question. */
static void
test_asks (Fixture *fixture, gconstpointer data)
{
  sb_what_if_set_text (fixture->what_if, "{\"EventPattern\": {\"source\": [\"shop\"]}}");
  wait_until (knows (fixture));
  g_assert_cmpuint (n_asked (fixture), ==, 1);
  sb_what_if_set_text (fixture->what_if,
                       "{\"Description\": \"x\", \"EventPattern\": {\"source\": [\"shop\"]}}");
  g_assert_true (knows (fixture));
  sb_what_if_set_text (fixture->what_if, "{\"EventPattern\": {\"source\": [\"desk\"]}}");
  g_assert_false (knows (fixture));
  wait_until (knows (fixture));
  g_assert_cmpuint (n_asked (fixture), ==, 2);
  /* The rule in force may be another one. */
  sb_what_if_refresh (fixture->what_if);
  wait_until (n_asked (fixture) == 3);
}

/* What is wrong, or has no pattern, has no answer, and the one before is forgotten. */
static void
test_wrong (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = { "{\"EventPattern\": {\"source\": \"shop\"}}",
                                       "{\"EventPattern\": {", "[]",
                                       "{\"ScheduleExpression\": \"rate(5 minutes)\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      guint before;

      sb_what_if_set_text (fixture->what_if, "{\"EventPattern\": {\"source\": [\"shop\"]}}");
      wait_until (knows (fixture));
      before = fixture->n_changed;
      sb_what_if_set_text (fixture->what_if, texts[i]);
      g_assert_false (knows (fixture));
      g_assert_cmpuint (fixture->n_changed, ==, before + 1);
      /* And nothing is asked. */
      sb_what_if_refresh (fixture->what_if);
      g_assert_cmpuint (n_asked (fixture), ==, i + 1);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/what-if/answer", Fixture, NULL, set_up, test_answer, tear_down);
  g_test_add ("/what-if/asks", Fixture, NULL, set_up, test_asks, tear_down);
  g_test_add ("/what-if/wrong", Fixture, NULL, set_up, test_wrong, tear_down);
  return g_test_run ();
}
