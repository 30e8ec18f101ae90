/* Is the router alive, and can it take an event?
 *
 * That it can is proved, not supposed: a small record is committed and synced on the way that every
 * event goes.  However many ask, one proof is made at a time, and it counts for a moment. */
#include "http/api-private.h"

/* How long a proof counts, and how long one is waited for. */
#define FRESH_US G_TIME_SPAN_SECOND
#define PATIENCE_US (5 * G_TIME_SPAN_SECOND)

struct ReadyProof
{
  GMutex lock;
  GCond done;
  gboolean under_way;
  gint64 proved_us; /* monotonic: when the last one ended; 0: there was none yet */
  gint64 took_us;
  GError *error; /* why it failed; NULL: it did not */
};

ReadyProof *
ready_proof_new (void)
{
  ReadyProof *proof = g_new0 (ReadyProof, 1);

  g_mutex_init (&proof->lock);
  g_cond_init (&proof->done);
  return proof;
}

/* The writer calls every completion, so this ends. */
void
ready_proof_free (ReadyProof *proof)
{
  g_mutex_lock (&proof->lock);
  while (proof->under_way)
    g_cond_wait (&proof->done, &proof->lock);
  g_mutex_unlock (&proof->lock);
  g_clear_error (&proof->error);
  g_mutex_clear (&proof->lock);
  g_cond_clear (&proof->done);
  g_free (proof);
}

/* With the lock. */
static void
end_proof (ReadyProof *proof, const GError *error)
{
  gint64 now_us = g_get_monotonic_time ();

  g_clear_error (&proof->error);
  proof->error = error != NULL ? g_error_copy (error) : NULL;
  proof->took_us = now_us - proof->proved_us;
  proof->proved_us = now_us;
  proof->under_way = FALSE;
  g_cond_broadcast (&proof->done);
}

/* Writer's thread. */
static void
on_committed (const BatchItem *item, const GError *error, gpointer user_data)
{
  ReadyProof *proof = user_data;

  g_mutex_lock (&proof->lock);
  end_proof (proof, error);
  g_mutex_unlock (&proof->lock);
}

/* With the lock, which it gives away meanwhile. */
static void
begin_proof (Api *api, ReadyProof *proof)
{
  BatchItem *item = batch_item_new_record (record_change_new (RECORD_PROOF, 1, NULL, "{}"));
  g_autoptr (GError) error = NULL;

  proof->under_way = TRUE;
  proof->proved_us = g_get_monotonic_time ();
  g_mutex_unlock (&proof->lock);
  if (!writer_takes_events (api->setup.writer, &error))
    batch_item_free (item);
  else if (writer_submit (api->setup.writer, item, on_committed, proof, &error))
    {
      g_mutex_lock (&proof->lock);
      return;
    }
  g_mutex_lock (&proof->lock);
  end_proof (proof, error);
}

static Problem *
not_ready (const char *detail)
{
  Problem *problem = problem_new (503, "not-ready", "The router cannot take events", "%s", detail);

  problem_set_remedy (problem, "Look at the disk of the state folder and at the router's log");
  return problem;
}

static Problem *
prove (Api *api, gint64 *out_took_us)
{
  ReadyProof *proof = api->ready;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&proof->lock);
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;

  if (!proof->under_way &&
      (proof->proved_us == 0 || g_get_monotonic_time () - proof->proved_us > FRESH_US))
    begin_proof (api, proof);
  while (proof->under_way)
    if (!g_cond_wait_until (&proof->done, &proof->lock, end_us))
      return not_ready ("A commit has not ended within 5 seconds");
  *out_took_us = proof->took_us;
  return proof->error == NULL ? NULL : problem_from_error (proof->error);
}

static Problem *
refuse_stopping (Api *api)
{
  gboolean stopping;

  g_mutex_lock (&api->lock);
  stopping = api->stopping;
  g_mutex_unlock (&api->lock);
  return stopping
             ? problem_new (503, "shutting-down", "The router stops", "It takes nothing any more")
             : NULL;
}

void
api_get_health (HttpRequest *request, gpointer user_data)
{
  JsonOut *out = json_out_new ();

  json_out_object (out, NULL);
  json_out_string (out, "status", "alive");
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_get_ready (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  gint64 took_us = 0;
  g_autoptr (Problem) problem = refuse_stopping (api);
  JsonOut *out;

  if (problem == NULL)
    problem = prove (api, &took_us);
  if (problem != NULL)
    {
      problem->status = 503; /* what asks this knows no other */
      http_answer_problem (request, problem);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_string (out, "status", "ready");
  json_out_int (out, "commit_us", took_us);
  json_out_end_object (out);
  api_answer_json (request, out);
}
