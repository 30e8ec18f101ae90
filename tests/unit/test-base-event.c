/* Ids, envelopes, delivery names, outcomes: the values that every other module handles. */
#include "base/delivery.h"
#include "base/event.h"
#include "base/id.h"
#include "base/outcome.h"
#include "rules/rules.h"

#include <string.h>

static Event *
example (const char *source, const char *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  Event fields = { .id = (char *) "01940000-0000-7000-8000-000000000001",
                   .bus = (char *) "default",
                   .ingress = (char *) "api",
                   .source = (char *) source,
                   .detail_type = (char *) "Order \"Paid\"",
                   .time_us = 1500000,
                   .received_us = 2500000,
                   .resources = (char *) "[\"a\"]",
                   .content_type = (char *) "application/json",
                   .body = bytes,
                   .generation = 7 };

  return event_new (&fields);
}

static void
test_envelope (void)
{
  g_autoptr (Event) event = example ("shop\n\x01\t\\", "{ \"n\": 1.50 }");
  g_autoptr (GString) text = event_envelope (event);

  g_assert_cmpstr (text->str, ==,
                   "{\"version\":\"0\",\"id\":\"01940000-0000-7000-8000-000000000001\","
                   "\"detail-type\":\"Order \\\"Paid\\\"\",\"source\":\"shop\\n\\u0001\\t\\\\\","
                   "\"account\":\"000000000000\",\"time\":\"1970-01-01T00:00:01Z\","
                   "\"region\":\"local\",\"resources\":[\"a\"],\"detail\":{ \"n\": 1.50 }}");
}

static void
test_id (void)
{
  g_autoptr (Clock) clock = clock_manual_new (G_GINT64_CONSTANT (1795252440123456));
  g_autoptr (Random) random = random_seeded_new (1);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  char previous[ID_LENGTH + 1] = "";

  for (guint i = 0; i < 1000; i++)
    {
      char id[ID_LENGTH + 1];

      id_new (clock, random, id);
      g_assert_true (id_is_valid (id));
      g_assert_cmpint (id[14], ==, '7');
      g_assert_nonnull (strchr ("89ab", id[19]));
      g_assert_true (g_hash_table_add (seen, g_strdup (id)));
      g_assert_cmpint (strcmp (id, previous), >, 0);
      memcpy (previous, id, sizeof id);
      clock_manual_advance (clock, 1000);
    }
  g_assert_false (id_is_valid (""));
  g_assert_false (id_is_valid ("01940000-0000-7000-8000-00000000000g"));
  g_assert_false (id_is_valid ("01940000-0000-7000-8000-0000000000011"));
}

static void
test_delivery_id (void)
{
  g_autofree char *event_id = NULL;
  guint32 index = 0;
  g_autofree char *id = delivery_id_new ("01940000-0000-7000-8000-000000000001", 12);

  g_assert_cmpstr (id, ==, "01940000-0000-7000-8000-000000000001-12");
  g_assert_true (delivery_id_parse (id, &event_id, &index));
  g_assert_cmpstr (event_id, ==, "01940000-0000-7000-8000-000000000001");
  g_assert_cmpuint (index, ==, 12);

  for (const char *const *bad =
           (const char *const[]){
               "", "x", "01940000-0000-7000-8000-000000000001",
               "01940000-0000-7000-8000-000000000001-", "01940000-0000-7000-8000-000000000001-0",
               "01940000-0000-7000-8000-000000000001-01", "01940000-0000-7000-8000-000000000001-x",
               "01940000-0000-7000-8000-000000000001-4294967296", NULL };
       *bad != NULL; bad++)
    {
      g_autofree char *none = NULL;

      g_test_message ("%s", *bad);
      g_assert_false (delivery_id_parse (*bad, &none, &index));
    }
}

static void
test_states (void)
{
  for (guint i = DELIVERY_READY; i < DELIVERY_N_STATES; i++)
    {
      DeliveryState state;

      g_assert_true (delivery_state_parse (delivery_state_name ((DeliveryState) i), &state));
      g_assert_cmpint (state, ==, i);
    }
  g_assert_cmpstr (dead_reason_name (DEAD_AGE), ==, "too-old");
  g_assert_true (error_code_intern ("TIMEOUT") == error_code_intern ("TIMEOUT"));
  g_assert_null (error_code_intern ("NONSENSE"));
  g_assert_null (error_code_intern (NULL));
}

static void
test_outcome (void)
{
  g_autoptr (GBytes) response = g_bytes_new_static ("no", 2);
  Outcome from = { .kind = OUTCOME_RETRY,
                   .status = 503,
                   .retry_after_us = -1,
                   .note = (char *) "busy",
                   .response = response };
  Outcome to;

  outcome_copy (&from, &to);
  g_assert_cmpstr (to.note, ==, "busy");
  g_assert_true (to.note != from.note);
  g_assert_true (g_bytes_equal (to.response, response));
  outcome_clear (&to);
  g_assert_null (to.note);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/event/envelope", test_envelope);
  g_test_add_func ("/base/id/unique-and-ascending", test_id);
  g_test_add_func ("/base/delivery/id", test_delivery_id);
  g_test_add_func ("/base/delivery/states", test_states);
  g_test_add_func ("/base/outcome/copy", test_outcome);
  return g_test_run ();
}
