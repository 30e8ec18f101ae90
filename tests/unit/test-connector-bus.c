/* Events into another bus: what is handed over, what is made of the answer, and an answer that
 * comes from another thread, or too late. */
#include "connector/connector.h"
#include "support/sender.h"

#include <string.h>

typedef struct
{
  const Outcome *answer;
  char *bus, *delivery;
  gboolean is_late; /* the answer waits for somebody to give it */
  ConnectorForwarded done;
  gpointer user_data;
} Entrance;

static gpointer
answer_in_thread (gpointer data)
{
  Entrance *entrance = data;

  entrance->done (entrance->answer, entrance->user_data);
  return NULL;
}

static void
forward (const ConnectorRequest *request,
         const char *bus,
         ConnectorForwarded done,
         gpointer user_data,
         gpointer forward_data)
{
  Entrance *entrance = forward_data;

  g_free (entrance->bus);
  g_free (entrance->delivery);
  entrance->bus = g_strdup (bus);
  entrance->delivery = g_strdup (request->delivery_id);
  entrance->done = done;
  entrance->user_data = user_data;
  if (!entrance->is_late)
    g_thread_join (g_thread_new ("answer", answer_in_thread, entrance));
}

static Sender *
sender_of (Entrance *entrance)
{
  Sender *sender = sender_new ("bus", "{}");

  g_assert_no_error (sender->error);
  sender->host.forward = forward;
  sender->host.forward_data = entrance;
  return sender;
}

static void
entrance_clear (Entrance *entrance)
{
  g_free (entrance->bus);
  g_free (entrance->delivery);
}

static void
test_outcomes (void)
{
  const Outcome answers[] = {
    { .kind = OUTCOME_DELIVERED, .retry_after_us = -1, .note = (char *) "" },
    { .kind = OUTCOME_RETRY,
      .error_code = ERROR_CODE_THROTTLING,
      .retry_after_us = 5 * G_TIME_SPAN_SECOND,
      .note = (char *) "it is full" },
    { .kind = OUTCOME_REFUSED,
      .error_code = ERROR_CODE_INVALID_PARAMETER,
      .retry_after_us = -1,
      .note = (char *) "no" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      Entrance entrance = { .answer = &answers[i] };
      g_autoptr (Sender) sender = sender_of (&entrance);
      g_autofree char *note = g_strconcat ("bus/test did not take it: ", answers[i].note, NULL);
      Outcome outcome;

      sender_send_text (sender, "{}", &outcome);
      g_assert_cmpstr (entrance.bus, ==, "test");
      g_assert_cmpstr (entrance.delivery, ==, "01934b1c-0000-7000-8000-000000000001-2");
      g_assert_cmpint (outcome.kind, ==, answers[i].kind);
      g_assert_cmpstr (outcome.error_code, ==, answers[i].error_code);
      g_assert_cmpint (outcome.retry_after_us, ==, answers[i].retry_after_us);
      g_assert_cmpstr (outcome.note, ==, i == 0 ? "" : note);
      outcome_clear (&outcome);
      entrance_clear (&entrance);
    }
}

static void
never_done (const Outcome *outcome, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
test_answer_after_close (void)
{
  const Outcome answer = { .kind = OUTCOME_DELIVERED, .retry_after_us = -1, .note = (char *) "" };
  Entrance entrance = { .answer = &answer, .is_late = TRUE };
  g_autoptr (Sender) sender = sender_of (&entrance);
  g_autoptr (GBytes) payload = g_bytes_new_static ("{}", 2);
  ConnectorRequest request = sender_request (payload);

  sender->kind->send (sender->connector, &request, never_done, NULL);
  g_clear_pointer (&sender->connector, sender->kind->close);
  g_thread_join (g_thread_new ("answer", answer_in_thread, &entrance));
  while (g_main_context_iteration (sender->context, FALSE))
    ;
  entrance_clear (&entrance);
}

static void
test_no_router (void)
{
  g_autoptr (Sender) sender = sender_new ("bus", "{}");
  Outcome outcome;

  sender_send_text (sender, "{}", &outcome);
  g_assert_cmpint (outcome.kind, ==, OUTCOME_MISCONFIGURED);
  outcome_clear (&outcome);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connector/bus/outcomes", test_outcomes);
  g_test_add_func ("/connector/bus/answer-after-close", test_answer_after_close);
  g_test_add_func ("/connector/bus/no-router", test_no_router);
  return g_test_run ();
}
