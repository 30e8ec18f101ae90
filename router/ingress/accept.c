/* The way of an event up to the commit, and the answer behind it.
 *
 * ingress_accept() runs on whatever thread the request is on and touches nothing shared but the
 * pool of scratches.  From the submission on the append is the writer's; `Pending` is what is left
 * here until the writer tells, on its thread, what became of it. */
#include "ingress/ingress.h"

#include "ingress/admit.h"
#include "ingress/cloudevents.h"
#include "ingress/draft.h"
#include "ingress/edited.h"
#include "ingress/envelope.h"
#include "ingress/forward.h"
#include "ingress/own.h"
#include "ingress/refuse.h"
#include "ingress/rejected.h"
#include "ingress/repeat.h"
#include "ingress/reply.h"
#include "ingress/sns.h"

#include "base/error.h"
#include "base/id.h"
#include "base/log.h"

#include <string.h>

struct Ingress
{
  IngressSetup setup;
  GMutex lock;
  GPtrArray *scratches; /* RulesScratch that nobody uses now; grows to the number of threads */
  RepeatGuard *repeats;
  Gatekeeper *gatekeeper;
  RejectedList *rejected;
};

typedef struct
{
  Ingress *ingress;
  IngressDone done;
  gpointer user_data;
  GString *reply;     /* made before the commit: everything in it is known by then */
  char *ticket;       /* of the request's key, or NULL */
  Snapshot *snapshot; /* of which answer is, or NULL */
  const ConfigAnswer *answer;
} Pending;

Ingress *
ingress_new (const IngressSetup *setup)
{
  Ingress *ingress = g_new0 (Ingress, 1);

  ingress->setup = *setup;
  g_mutex_init (&ingress->lock);
  ingress->scratches = g_ptr_array_new_with_free_func ((GDestroyNotify) rules_scratch_free);
  ingress->repeats = repeat_guard_new ();
  ingress->rejected = rejected_list_new ();
  ingress->gatekeeper = gatekeeper_new (setup->clock, setup->secrets);
  return ingress;
}

void
ingress_free (Ingress *ingress)
{
  g_ptr_array_unref (ingress->scratches);
  repeat_guard_free (ingress->repeats);
  rejected_list_free (ingress->rejected);
  gatekeeper_free (ingress->gatekeeper);
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

static void
pending_free (Pending *pending)
{
  g_string_free (pending->reply, TRUE);
  g_clear_pointer (&pending->snapshot, snapshot_unref);
  g_free (pending);
}

/* ---- After the commit: the writer's thread ---- */

static Problem *
refuse_uncommitted (const GError *error)
{
  Problem *problem = problem_from_error (error);

  if (g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_FULL))
    problem_set_remedy (problem, "Nothing was kept; send it again when there is room");
  else if (g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_BLOCKED))
    problem_set_remedy (problem, "Nothing was kept; send it again when the disk is well");
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

      if (setup->appended != NULL)
        setup->appended (event, setup->due_data);
      for (guint j = 0; j < event->n_deliveries; j++)
        {
          const NewDelivery *delivery = &event->deliveries[j];
          StoreDue due = { .key = { event->out_seq, j + 1 },
                           .connector = delivery->connector,
                           .due_us = delivery->out_due_us,
                           .priority = delivery->priority };

          if (due.due_us != DELIVERY_NEVER_US)
            setup->due (&due, setup->due_data);
        }
    }
}

static void
tell (Pending *pending, const char *json, gsize length, gboolean repeated)
{
  const ConfigAnswer *answer = pending->answer;
  IngressReply reply = { 202, "application/json", NULL, json, length, repeated };

  if (answer != NULL)
    reply = (IngressReply){
      answer->status, answer->content_type,  (const char *const *) answer->headers,
      answer->body,   strlen (answer->body), repeated
    };
  pending->done (&reply, NULL, pending->user_data);
}

/* What the first one was told; of another request with its key, that. */
static void
answer_repeat (Pending *pending, const Repeat *repeat)
{
  if (repeat->out_verdict == REPEAT_SAME)
    tell (pending, repeat->out_answer, strlen (repeat->out_answer), TRUE);
  else
    {
      g_autoptr (Problem) problem = refuse_repeat_other ();

      pending->done (NULL, problem, pending->user_data);
    }
}

static void
on_committed (const BatchItem *item, const GError *error, gpointer user_data)
{
  Pending *pending = user_data;

  /* Before the answer: whoever has it may send the next one at once. */
  repeat_guard_leave (pending->ingress->repeats, g_steal_pointer (&pending->ticket));
  if (error == NULL && !batch_item_was_appended (item))
    answer_repeat (pending, item->append.repeat);
  else if (error != NULL)
    {
      g_autoptr (Problem) problem = refuse_uncommitted (error);

      pending->done (NULL, problem, pending->user_data);
    }
  else
    {
      announce (pending->ingress, item);
      tell (pending, pending->reply->str, pending->reply->len, FALSE);
    }
  pending_free (pending);
}

/* ---- Before ---- */

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

/* What is known of one request on its way. */
typedef struct
{
  DraftContext reading;
  IngressRequest request;
  Snapshot *snapshot;         /* not owned */
  const ConfigSource *source; /* NULL: the events API */
  GBytes *body;               /* of a source's request: its JSON; NULL with a batch */
  GArray *drafts;
  gboolean several;
  char *key;               /* that tells it from others, or NULL */
  Repeat *repeat;          /* or NULL */
  gboolean has_shaken;     /* it was a handshake, and is answered */
  gboolean is_let_in;      /* by an operator: the source is given by its name, and asks nothing */
  const IngressEdit *edit; /* NULL: from outside */
  Handshake handshake;
  SnsMessage sns;
  const Event *forwarded; /* out of another bus, or NULL */
  RecordChange *record;   /* done in the same commit, or NULL */
} Way;

/* NULL when it is on its way. */
static Problem *
submit (Ingress *ingress, Way *way, BatchItem *item, IngressDone done, gpointer user_data)
{
  Pending *pending = g_new (Pending, 1);
  g_autoptr (GError) error = NULL;

  *pending = (Pending){ .ingress = ingress,
                        .done = done,
                        .user_data = user_data,
                        .reply = reply_new (item->append.events, item->append.n_events,
                                            way->several) };
  if (way->source != NULL && way->source->answer != NULL && !way->is_let_in)
    {
      pending->snapshot = snapshot_ref (way->snapshot);
      pending->answer = way->source->answer;
    }
  if (way->repeat != NULL)
    {
      pending->ticket = repeat_guard_enter (ingress->repeats, way->repeat);
      way->repeat->answer = g_strdup (pending->reply->str);
      item->append.repeat = g_steal_pointer (&way->repeat);
    }
  if (item->append.repeat != NULL && pending->ticket == NULL)
    {
      batch_item_free (item);
      pending_free (pending);
      return refuse_repeat_under_way ();
    }
  if (writer_submit (ingress->setup.writer, item, on_committed, pending, &error))
    return NULL;
  repeat_guard_leave (ingress->repeats, g_steal_pointer (&pending->ticket));
  pending_free (pending);
  return refuse_unsubmitted (error, way->reading.configuration);
}

/* From here on the request's source is called by its name, whatever its path. */
static Problem *
find_source (Way *way)
{
  const char *path = way->request.source_name;

  if (path == NULL)
    return NULL;
  way->source = g_hash_table_lookup (way->is_let_in ? way->reading.configuration->sources
                                                    : way->reading.configuration->paths,
                                     path);
  if (way->source == NULL || !way->source->enabled)
    return refuse_unknown_source (path, way->source != NULL);
  way->request.source_name = way->source->name;
  return NULL;
}

static gboolean
is_cloudevent (const Way *way)
{
  if (way->source != NULL && way->source->cloudevents == CONFIG_CLOUDEVENTS_OFF)
    return FALSE;
  return cloudevents_mode (&way->request) != CLOUDEVENTS_NONE;
}

static Problem *
refuse_other_than_cloudevent (void)
{
  return refuse_event ("", "",
                       "it is no CloudEvent, and the source takes nothing else; send the "
                       "headers ce-id, ce-source, ce-specversion and ce-type, or the type "
                       "application/cloudevents+json");
}

/* A batch may be empty (HTTP binding, section 3.3): there is nothing to keep. */
static void
answer_nothing (Way *way)
{
  way->has_shaken = TRUE;
  way->handshake = (Handshake){ .status = 200,
                                .content_type = "application/json",
                                .body = g_strdup ("{\"events\":[]}\n"),
                                .headers = g_new0 (char *, 1) };
}

static Problem *
read_cloudevents (Way *way)
{
  Problem *problem = draft_from_cloudevents (&way->reading, way->source, way->drafts, &way->key,
                                             &way->several);

  if (problem != NULL)
    return problem;
  if (way->drafts->len == 0)
    answer_nothing (way);
  else if (!way->several && way->source != NULL)
    way->body = g_bytes_ref (g_array_index (way->drafts, Draft, 0).detail);
  return NULL;
}

static Problem *
read_webhook (Ingress *ingress, Way *way)
{
  Problem *problem = NULL;

  if (!way->is_let_in &&
      handshake_preflight (&way->reading, way->source, &way->handshake, &problem))
    {
      way->has_shaken = problem == NULL;
      return problem;
    }
  if (!way->is_let_in)
    problem = gatekeeper_admit (ingress->gatekeeper, &way->reading, way->source);
  if (problem == NULL && is_cloudevent (way))
    return read_cloudevents (way);
  if (problem == NULL && way->source->cloudevents == CONFIG_CLOUDEVENTS_REQUIRE)
    problem = refuse_other_than_cloudevent ();
  if (problem == NULL)
    problem = admit_body (&way->reading, way->source, &way->body);
  if (problem != NULL)
    return problem;
  g_array_set_size (way->drafts, 1);
  problem = draft_from_webhook (&way->reading, way->source, way->body,
                                &g_array_index (way->drafts, Draft, 0));
  if (problem == NULL)
    problem = sns_read (&way->reading, way->source, way->body, way->is_let_in, &way->sns);
  if (problem == NULL)
    way->has_shaken = way->sns.asks != SNS_EVENT ||
                      handshake_challenge (way->source, way->body, &way->handshake);
  return problem;
}

/* Everything that can refuse it before there is anything to route. */
static Problem *
read_request (Ingress *ingress, Way *way)
{
  Problem *problem = find_source (way);

  if (problem == NULL && way->source != NULL)
    problem = read_webhook (ingress, way);
  else if (problem == NULL && is_cloudevent (way))
    problem = read_cloudevents (way);
  else if (problem == NULL)
    problem = draft_from_events (&way->reading, way->drafts, &way->several);
  if (problem == NULL && !way->has_shaken)
    problem = repeat_read (&way->reading, way->source, way->body, way->key, &way->repeat);
  return problem;
}

static void
way_clear (Way *way)
{
  g_array_unref (way->drafts);
  repeat_free (way->repeat);
  g_free (way->key);
  g_clear_pointer (&way->body, g_bytes_unref);
  handshake_clear (&way->handshake);
  sns_message_clear (&way->sns);
  g_clear_pointer (&way->record, record_change_free);
}

/* ---- Subscriptions ---- */

/* What a confirmation comes back to.  The request stays its caller's until done. */
typedef struct
{
  Ingress *ingress;
  Snapshot *snapshot;
  const ConfigSource *source;
  IngressRequest request;
  gboolean is_let_in;
  char *topic;
  IngressDone done;
  gpointer user_data;
} Confirming;

static const IngressReply nothing_said = { .status = 200,
                                           .content_type = "text/plain; charset=utf-8",
                                           .body = "" };

static void
confirming_free (Confirming *confirming)
{
  snapshot_unref (confirming->snapshot);
  g_free (confirming->topic);
  g_free (confirming);
}

static void
keep_rejected (Ingress *ingress,
               const IngressRequest *request,
               const Configuration *configuration,
               const ConfigSource *source,
               const Problem *problem)
{
  const IngressSetup *setup = &ingress->setup;
  char id[ID_LENGTH + 1];

  id_new (setup->clock, setup->random, id);
  rejected_list_add (ingress->rejected, request, configuration, source, problem, id,
                     clock_wall_us (setup->clock));
}

/* The fetcher's thread.  A sender that is told of the failure sends it again. */
static void
on_confirmed (guint status, const char *reason, gpointer user_data)
{
  Confirming *confirming = user_data;
  g_autofree char *why = reason != NULL ? g_strdup (reason)
                                        : g_strdup_printf ("it answered %u", status);
  g_autoptr (Problem) problem = NULL;

  if (status >= 200 && status < 300)
    {
      log_message (LOG_INFO, "ingress", "source “%s” is subscribed to the topic “%s”",
                   confirming->source->name, confirming->topic);
      confirming->done (&nothing_said, NULL, confirming->user_data);
      confirming_free (confirming);
      return;
    }
  log_message (LOG_WARNING, "ingress",
               "source “%s”: the subscription to the topic “%s” is not confirmed: %s",
               confirming->source->name, confirming->topic, why);
  problem = problem_new (502, "confirmation-failed", "The subscription is not confirmed",
                         "The URL of the confirmation was fetched without success: %s", why);
  if (!confirming->is_let_in)
    keep_rejected (confirming->ingress, &confirming->request, confirming->snapshot->configuration,
                   confirming->source, problem);
  confirming->done (NULL, problem, confirming->user_data);
  confirming_free (confirming);
}

static Problem *
confirm (Ingress *ingress, Way *way, IngressDone done, gpointer user_data)
{
  const IngressSetup *setup = &ingress->setup;
  const char *const *allowed = (const char *const *)
                                   way->reading.configuration->router.allow_addresses;
  Confirming *confirming = g_new (Confirming, 1);
  Problem *problem;

  *confirming = (Confirming){ .ingress = ingress,
                              .snapshot = snapshot_ref (way->snapshot),
                              .source = way->source,
                              .request = way->request,
                              .is_let_in = way->is_let_in,
                              .topic = g_steal_pointer (&way->sns.topic),
                              .done = done,
                              .user_data = user_data };
  if (setup->fetch != NULL &&
      setup->fetch (way->sns.url, allowed, on_confirmed, confirming, setup->fetch_data))
    return NULL;
  confirming_free (confirming);
  problem = problem_new (503, "too-many-requests", "Too many requests",
                         "Too many subscriptions wait to be confirmed");
  problem->retry_after_s = 10;
  return problem;
}

/* ---- Answers without an event ---- */

static Problem *
answer_sns (Ingress *ingress, Way *way, IngressDone done, gpointer user_data)
{
  if (way->sns.asks == SNS_CONFIRM)
    return confirm (ingress, way, done, user_data);
  log_message (LOG_WARNING, "ingress",
               "source “%s” is no longer subscribed to the topic “%s”: its messages end",
               way->source->name, way->sns.topic);
  done (&nothing_said, NULL, user_data);
  return NULL;
}

static void
answer_handshake (const Way *way, IngressDone done, gpointer user_data)
{
  const Handshake *handshake = &way->handshake;
  IngressReply reply = {
    handshake->status, handshake->content_type,  (const char *const *) handshake->headers,
    handshake->body,   strlen (handshake->body), FALSE
  };

  done (&reply, NULL, user_data);
}

static Problem *
keep (Ingress *ingress, Way *way, IngressDone done, gpointer user_data)
{
  const IngressSetup *setup = &ingress->setup;
  g_autoptr (BatchItem) item = batch_item_new_append (way->drafts->len);
  EnvelopeContext routing = { .clock = setup->clock,
                              .random = setup->random,
                              .snapshot = way->snapshot,
                              .request = &way->request,
                              .forwarded = way->forwarded,
                              .now_us = way->reading.now_us,
                              .steady_us = clock_steady_from_wall (setup->clock,
                                                                   way->reading.now_us) };
  Problem *problem = route_drafts (ingress, &routing, way->drafts, way->several, item);

  if (problem == NULL && way->edit != NULL)
    problem = edited_finish (way->edit, item, way->reading.now_us);
  if (problem == NULL && way->record != NULL)
    batch_item_add_record (item, g_steal_pointer (&way->record));
  return problem != NULL ? problem
                         : submit (ingress, way, g_steal_pointer (&item), done, user_data);
}

static gboolean
take_in (Ingress *ingress,
         const IngressRequest *request,
         gboolean is_let_in,
         IngressDone done,
         gpointer user_data,
         Problem **out_problem)
{
  const IngressSetup *setup = &ingress->setup;
  g_autoptr (Snapshot) snapshot = snapshot_current (setup->snapshots);
  Way way = { .request = *request,
              .snapshot = snapshot,
              .is_let_in = is_let_in,
              .drafts = g_array_new (FALSE, TRUE, sizeof (Draft)) };
  Problem *problem;

  way.reading = (DraftContext){ &way.request, snapshot->configuration,
                                clock_wall_us (setup->clock) };
  g_array_set_clear_func (way.drafts, (GDestroyNotify) draft_clear);
  problem = read_request (ingress, &way);
  if (problem != NULL && way.source != NULL && !is_let_in)
    keep_rejected (ingress, &way.request, way.reading.configuration, way.source, problem);
  else if (problem == NULL && way.sns.asks != SNS_EVENT)
    problem = answer_sns (ingress, &way, done, user_data);
  else if (problem == NULL && way.has_shaken)
    answer_handshake (&way, done, user_data);
  else if (problem == NULL)
    problem = keep (ingress, &way, done, user_data);
  way_clear (&way);
  if (problem == NULL)
    return TRUE;
  *out_problem = problem;
  return FALSE;
}

gboolean
ingress_accept (Ingress *ingress,
                const IngressRequest *request,
                IngressDone done,
                gpointer user_data,
                Problem **out_problem)
{
  return take_in (ingress, request, FALSE, done, user_data, out_problem);
}

/* ---- What the router makes itself ---- */

gboolean
ingress_keep_own (Ingress *ingress,
                  const OwnEvents *own,
                  IngressDone done,
                  gpointer user_data,
                  Problem **out_problem)
{
  gint64 now_us = clock_wall_us (ingress->setup.clock);
  Way way = { .request = { .source_name = own->source->name },
              .snapshot = own->snapshot,
              .source = own->source,
              .drafts = g_array_ref (own->drafts),
              .several = own->drafts->len > 1,
              .record = own->record };

  way.reading = (DraftContext){ &way.request, own->snapshot->configuration, now_us };
  if (own->key != NULL)
    {
      way.repeat = g_new0 (Repeat, 1);
      way.repeat->scope = g_strconcat ("source/", own->source->name, NULL);
      way.repeat->key = g_strdup (own->key);
      way.repeat->at_us = now_us;
      way.repeat->expires_us = now_us + own->keep_us;
    }
  *out_problem = keep (ingress, &way, done, user_data);
  way_clear (&way);
  return *out_problem == NULL;
}

/* ---- From bus to bus ---- */

/* Its delivery is the key, so that one which is made again finds that it was made. */
static Repeat *
repeat_of_delivery (const char *bus, const char *delivery_id, gint64 now_us, gint64 keep_us)
{
  Repeat *repeat = g_new0 (Repeat, 1);

  repeat->scope = g_strconcat ("bus/", bus, NULL);
  repeat->key = g_strdup (delivery_id);
  repeat->at_us = now_us;
  repeat->expires_us = now_us + keep_us;
  return repeat;
}

void
ingress_forward (Ingress *ingress,
                 const Event *event,
                 const char *bus,
                 const char *delivery_id,
                 IngressForwarded done,
                 gpointer user_data)
{
  const IngressSetup *setup = &ingress->setup;
  g_autoptr (Snapshot) snapshot = snapshot_current (setup->snapshots);
  const Draft draft = { .bus = g_strdup (bus),
                        .source = g_strdup (event->source),
                        .detail_type = g_strdup (event->detail_type),
                        .time_us = event->time_us,
                        .resources = g_strdup (event->resources),
                        .metadata = g_strdup (event->metadata),
                        .detail = g_bytes_ref (event->body) };
  Way way = { .snapshot = snapshot,
              .forwarded = event,
              .drafts = g_array_new (FALSE, TRUE, sizeof (Draft)) };
  Forward *forward = forward_new (done, user_data);
  g_autoptr (Problem) problem = NULL;

  way.reading = (DraftContext){ &way.request, snapshot->configuration,
                                clock_wall_us (setup->clock) };
  g_array_set_clear_func (way.drafts, (GDestroyNotify) draft_clear);
  g_array_append_val (way.drafts, draft);
  way.repeat = repeat_of_delivery (
      bus, delivery_id, way.reading.now_us,
      MAX (snapshot->configuration->router.repeat_us, G_TIME_SPAN_DAY));
  problem = keep (ingress, &way, forward_done, forward);
  way_clear (&way);
  if (problem != NULL)
    forward_done (NULL, problem, forward);
}

/* ---- What was turned away ---- */

GPtrArray *
ingress_find_rejected (Ingress *ingress, const char *source, const char *after, guint limit)
{
  return rejected_list_find (ingress->rejected, source, after, limit);
}

Rejected *
ingress_get_rejected (Ingress *ingress, const char *id)
{
  return rejected_list_get (ingress->rejected, id);
}

typedef struct
{
  Ingress *ingress;
  Rejected *rejected;
  IngressDone done;
  gpointer user_data;
} LettingIn;

static void
letting_in_free (LettingIn *letting)
{
  g_atomic_int_set (&letting->rejected->accepting, FALSE);
  rejected_unref (letting->rejected);
  g_free (letting);
}

/* Only what is kept as an event is no longer kept as a request. */
static void
on_let_in (const IngressReply *reply, const Problem *problem, gpointer user_data)
{
  LettingIn *letting = user_data;

  if (reply != NULL)
    rejected_list_remove (letting->ingress->rejected, letting->rejected->id);
  letting->done (reply, problem, letting->user_data);
  letting_in_free (letting);
}

gboolean
ingress_accept_rejected (Ingress *ingress,
                         const char *id,
                         IngressDone done,
                         gpointer user_data,
                         Problem **out_problem)
{
  g_autoptr (Rejected) rejected = rejected_list_get (ingress->rejected, id);
  IngressRequest request = { .header = rejected_header,
                             .each_header = rejected_each_header,
                             .header_data = rejected };
  LettingIn *letting;

  if (rejected == NULL)
    {
      *out_problem = problem_new (404, "not-found", "There is no such object",
                                  "There is no rejected request “%s”: it was accepted, or made "
                                  "room for newer ones",
                                  id);
      return FALSE;
    }
  if (!g_atomic_int_compare_and_exchange (&rejected->accepting, FALSE, TRUE))
    {
      *out_problem = refuse_repeat_under_way ();
      return FALSE;
    }
  request.source_name = rejected->source;
  request.method = rejected->method;
  request.target = rejected->target;
  request.content_type = rejected->content_type;
  request.body = rejected->body;
  letting = g_new (LettingIn, 1);
  *letting = (LettingIn){ ingress, rejected_ref (rejected), done, user_data };
  if (take_in (ingress, &request, TRUE, on_let_in, letting, out_problem))
    return TRUE;
  letting_in_free (letting);
  return FALSE;
}

/* ---- An event made of another one ---- */

gboolean
ingress_accept_edited (Ingress *ingress,
                       const IngressEdit *edit,
                       IngressDone done,
                       gpointer user_data,
                       Problem **out_problem)
{
  const IngressSetup *setup = &ingress->setup;
  const char *entrance = edit->original->ingress;
  g_autoptr (Snapshot) snapshot = snapshot_current (setup->snapshots);
  Way way = { .snapshot = snapshot,
              .is_let_in = TRUE,
              .edit = edit,
              .drafts = g_array_new (FALSE, TRUE, sizeof (Draft)) };
  Problem *problem;

  if (g_str_has_prefix (entrance, "source/"))
    way.request.source_name = entrance + strlen ("source/");
  way.request.content_type = edit->original->content_type;
  way.reading = (DraftContext){ &way.request, snapshot->configuration,
                                clock_wall_us (setup->clock) };
  g_array_set_clear_func (way.drafts, (GDestroyNotify) draft_clear);
  g_array_set_size (way.drafts, 1);
  problem = edited_draft (edit, snapshot->configuration, &g_array_index (way.drafts, Draft, 0));
  if (problem == NULL)
    problem = keep (ingress, &way, done, user_data);
  way_clear (&way);
  if (problem == NULL)
    return TRUE;
  *out_problem = problem;
  return FALSE;
}
