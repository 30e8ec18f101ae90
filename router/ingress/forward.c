/* What the entrance says, in the words of deliveries.  Whatever thread tells. */
#include "ingress/forward.h"

struct Forward
{
  IngressForwarded done;
  gpointer user_data;
};

Forward *
forward_new (IngressForwarded done, gpointer user_data)
{
  Forward *forward = g_new (Forward, 1);

  *forward = (Forward){ done, user_data };
  return forward;
}

/* What may pass is tried again: a full queue, a full disk, a router that stops.  A bus that is no
 * longer there an operator must bring back; all else is the event's own fault. */
static void
outcome_of_problem (const Problem *problem, Outcome *out_outcome)
{
  out_outcome->note = g_strdup (problem->detail);
  if (problem->status >= 500 || problem->status == 409 || problem->status == 429)
    {
      out_outcome->kind = OUTCOME_RETRY;
      out_outcome->error_code = ERROR_CODE_THROTTLING;
      if (problem->retry_after_s > 0)
        out_outcome->retry_after_us = (gint64) problem->retry_after_s * G_USEC_PER_SEC;
    }
  else if (problem->status == 404)
    {
      out_outcome->kind = OUTCOME_MISCONFIGURED;
      out_outcome->error_code = ERROR_CODE_NO_RESOURCE;
    }
  else
    {
      out_outcome->kind = OUTCOME_REFUSED;
      out_outcome->error_code = ERROR_CODE_INVALID_PARAMETER;
    }
}

void
forward_done (const IngressReply *reply, const Problem *problem, gpointer user_data)
{
  g_autofree Forward *forward = user_data;
  Outcome outcome = { .kind = OUTCOME_DELIVERED, .retry_after_us = -1 };

  if (problem != NULL)
    outcome_of_problem (problem, &outcome);
  else
    {
      outcome.note = g_strdup ("");
      outcome.response = g_bytes_new (reply->body, reply->length);
    }
  forward->done (&outcome, forward->user_data);
  outcome_clear (&outcome);
}
