/* The way of an event up to the commit, and the answer behind it.
 *
 * ingress_accept() runs on whatever thread the request is on and touches nothing shared but the
 * pool of scratches.  From the submission on the append is the writer's; `Pending` is what is left
 * here until the writer tells, on its thread, what became of it. */
#include "ingress/ingress.h"

#include "ingress/draft.h"
#include "ingress/envelope.h"
#include "ingress/refuse.h"
#include "ingress/reply.h"

#include "base/error.h"

struct Ingress
{
  IngressSetup setup;
  GMutex lock;
  GPtrArray *scratches; /* RulesScratch that nobody uses now; grows to the number of threads */
};

typedef struct
{
  Ingress *ingress;
  IngressDone done;
  gpointer user_data;
  GString *reply; /* made before the commit: everything in it is known by then */
} Pending;

Ingress *
ingress_new (const IngressSetup *setup)
{
  Ingress *ingress = g_new0 (Ingress, 1);

  ingress->setup = *setup;
  g_mutex_init (&ingress->lock);
  ingress->scratches = g_ptr_array_new_with_free_func ((GDestroyNotify) rules_scratch_free);
  return ingress;
}

void
ingress_free (Ingress *ingress)
{
  g_ptr_array_unref (ingress->scratches);
  g_mutex_clear (&ingress->lock);
  g_free (ingress);
}

static RulesScratch *
take_scratch (Ingress *ingress)
{
  RulesScratch *scratch = NULL;

  g_mutex_lock (&ingress->lock);
  if (ingress->scratches->len > 0)
    scratch = g_ptr_array_steal_index_fast (ingress->scratches, ingress->scratches->len - 1);
  g_mutex_unlock (&ingress->lock);
  if (scratch == NULL && !rules_scratch_new (NULL, &scratch, NULL))
    g_error ("No memory for matching");
  return scratch;
}

static void
give_scratch (Ingress *ingress, RulesScratch *scratch)
{
  g_mutex_lock (&ingress->lock);
  g_ptr_array_add (ingress->scratches, scratch);
  g_mutex_unlock (&ingress->lock);
}

/* ---- After the commit: the writer's thread ---- */

static Problem *
refuse_uncommitted (const GError *error)
{
  Problem *problem = problem_from_error (error);

  if (g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_FULL))
    problem_set_remedy (problem, "Nothing was kept; send it again when there is room");
  else if (g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE))
    problem_set_remedy (problem, "Nothing was kept; send it again once the router is back");
  else
    problem_set_remedy (problem, "It is not known whether it was kept; send it again");
  return problem;
}

static void
announce (Ingress *ingress, const BatchItem *item)
{
  const IngressSetup *setup = &ingress->setup;

  for (guint i = 0; i < item->append.n_events; i++)
    {
      const AppendEvent *event = &item->append.events[i];

      for (guint j = 0; j < event->n_deliveries; j++)
        setup->due ((DeliveryKey){ event->out_seq, j + 1 }, event->deliveries[j].connector,
                    event->deliveries[j].due_us, setup->due_data);
    }
}

static void
on_committed (const BatchItem *item, const GError *error, gpointer user_data)
{
  Pending *pending = user_data;

  if (error != NULL)
    {
      g_autoptr (Problem) problem = refuse_uncommitted (error);

      pending->done (NULL, problem, pending->user_data);
    }
  else
    {
      IngressReply reply = { pending->reply->str, pending->reply->len };

      announce (pending->ingress, item);
      pending->done (&reply, NULL, pending->user_data);
    }
  g_string_free (pending->reply, TRUE);
  g_free (pending);
}

/* ---- Before ---- */

static Problem *
read_drafts (const DraftContext *context, GArray *drafts, gboolean *out_several)
{
  const char *name = context->request->source_name;
  const ConfigSource *source;

  if (name == NULL)
    return draft_from_events (context, drafts, out_several);
  source = g_hash_table_lookup (context->configuration->sources, name);
  if (source == NULL || !source->enabled)
    return refuse_unknown_source (name, source != NULL);
  *out_several = FALSE;
  g_array_set_size (drafts, 1);
  return draft_from_webhook (context, source, &g_array_index (drafts, Draft, 0));
}

static Problem *
route_drafts (Ingress *ingress,
              EnvelopeContext *context,
              GArray *drafts,
              gboolean several,
              BatchItem *item)
{
  Problem *problem = NULL;

  context->scratch = take_scratch (ingress);
  for (guint i = 0; i < drafts->len && problem == NULL; i++)
    {
      char pointer[16] = "";

      if (several)
        g_snprintf (pointer, sizeof pointer, "/%u", i);
      problem = envelope_route (context, &g_array_index (drafts, Draft, i), pointer,
                                &item->append.events[i]);
    }
  give_scratch (ingress, context->scratch);
  return problem;
}

static Problem *
refuse_unsubmitted (const GError *error, const Configuration *configuration)
{
  if (g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_FULL))
    return refuse_queue_full (configuration);
  return problem_from_error (error);
}

/* NULL when it is on its way. */
static Problem *
submit (Ingress *ingress,
        BatchItem *item,
        gboolean several,
        const Configuration *configuration,
        IngressDone done,
        gpointer user_data)
{
  Pending *pending = g_new (Pending, 1);
  g_autoptr (GError) error = NULL;

  *pending = (Pending){ .ingress = ingress,
                        .done = done,
                        .user_data = user_data,
                        .reply = reply_new (item->append.events, item->append.n_events, several) };
  if (writer_submit (ingress->setup.writer, item, on_committed, pending, &error))
    return NULL;
  g_string_free (pending->reply, TRUE);
  g_free (pending);
  return refuse_unsubmitted (error, configuration);
}

gboolean
ingress_accept (Ingress *ingress,
                const IngressRequest *request,
                IngressDone done,
                gpointer user_data,
                Problem **out_problem)
{
  const IngressSetup *setup = &ingress->setup;
  g_autoptr (Snapshot) snapshot = snapshot_current (setup->snapshots);
  g_autoptr (GArray) drafts = g_array_new (FALSE, TRUE, sizeof (Draft));
  g_autoptr (BatchItem) item = NULL;
  DraftContext reading = { request, snapshot->configuration, clock_wall_us (setup->clock) };
  EnvelopeContext routing = { .clock = setup->clock,
                              .random = setup->random,
                              .snapshot = snapshot,
                              .request = request,
                              .now_us = reading.now_us };
  gboolean several;
  Problem *problem;

  g_array_set_clear_func (drafts, (GDestroyNotify) draft_clear);
  problem = read_drafts (&reading, drafts, &several);
  if (problem == NULL)
    {
      item = batch_item_new_append (drafts->len);
      problem = route_drafts (ingress, &routing, drafts, several, item);
    }
  if (problem == NULL)
    problem = submit (ingress, g_steal_pointer (&item), several, snapshot->configuration, done,
                      user_data);
  if (problem == NULL)
    return TRUE;
  *out_problem = problem;
  return FALSE;
}
