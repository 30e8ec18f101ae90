/* A connector kind whose answers come from a script and a seed.  Runs on the delivery thread.
 *
 * connector_kind_by_name() is wrapped, so that the router finds this kind for webhooks. */
#include "targets.h"

#include "connector/wakeup.h"

#include <string.h>

typedef struct
{
  Connector base;
  const ConnectorHost *host;
  TargetKind kind;
  GQueue asked; /* Question */
} Target;

typedef struct
{
  Target *target;
  ConnectorDone done;
  gpointer user_data;
  Outcome outcome;
  GSource *wakeup;
} Question;

static struct
{
  Evidence *evidence;
  GRand *rand;
  gboolean is_healed, is_unplugged;
  TargetsWatch watch;
  gpointer watch_data;
  guint64 n_asked;
  guint n_open;
} world;

static const char *const names[] = { "healthy",   "slow",  "busy",     "flapping",
                                     "resetting", "lying", "refusing", "away" };

const ConnectorKind *__real_connector_kind_by_name (const char *kind);
const ConnectorKind *__wrap_connector_kind_by_name (const char *kind);

const char *
target_name (TargetKind kind)
{
  return names[kind];
}

/* ---- What is answered ---- */

typedef struct
{
  gboolean is_seen;
  guint status;          /* 0: no answer */
  gint64 retry_after_us; /* -1: none is named */
  gint64 after_us;
} Answer;

static gint64
between (gint64 from_us, gint64 to_us)
{
  return from_us + (gint64) (g_rand_double (world.rand) * (double) (to_us - from_us));
}

static gboolean
happens (gdouble share)
{
  return g_rand_double (world.rand) < share;
}

static Answer
answer_of (TargetKind kind, Clock *clock)
{
  Answer answer = { TRUE, 200, -1, between (1000, 20 * 1000) };

  if (world.is_healed)
    return answer;
  switch (kind)
    {
    case TARGET_HEALTHY:
    case N_TARGETS:
      break;
    case TARGET_SLOW:
      answer.after_us = between (5 * G_USEC_PER_SEC, 25 * G_USEC_PER_SEC);
      break;
    case TARGET_BUSY:
      if (!happens (0.6))
        break;
      answer.status = 429;
      if (happens (0.7))
        answer.retry_after_us = between (0, happens (0.1) ? G_TIME_SPAN_HOUR : G_TIME_SPAN_MINUTE);
      break;
    case TARGET_FLAPPING:
      if (clock_monotonic_us (clock) / (3 * G_TIME_SPAN_MINUTE) % 2 == 0)
        answer = (Answer){ FALSE, 0, -1, between (100, 1000) };
      break;
    case TARGET_RESETTING:
      if (happens (0.5))
        answer.status = 0;
      break;
    case TARGET_LYING:
      if (happens (0.5))
        answer.status = 500;
      break;
    case TARGET_REFUSING:
      if (happens (0.8))
        answer.status = 404;
      break;
    case TARGET_AWAY:
      answer = (Answer){ FALSE, 0, -1, between (100, 5 * G_USEC_PER_SEC) };
      break;
    }
  return answer;
}

static Outcome
outcome_of (const Answer *answer)
{
  Outcome outcome = { .kind = OUTCOME_DELIVERED,
                      .status = (int) answer->status,
                      .retry_after_us = answer->retry_after_us };

  if (answer->status == 200)
    outcome.note = g_strdup ("");
  else if (answer->status == 404)
    {
      outcome.kind = OUTCOME_REFUSED;
      outcome.error_code = ERROR_CODE_ERROR_FROM_TARGET;
      outcome.note = g_strdup ("404");
    }
  else
    {
      outcome.kind = answer->is_seen ? OUTCOME_RETRY : OUTCOME_DOWN;
      outcome.error_code = answer->status == 429 ? ERROR_CODE_THROTTLING
                           : answer->status != 0 ? ERROR_CODE_ERROR_FROM_TARGET
                                                 : ERROR_CODE_CONNECTION_FAILURE;
      outcome.note = g_strdup ("not now");
    }
  return outcome;
}

/* ---- The connector ---- */

static void
question_free (Question *question)
{
  wakeup_free (question->wakeup);
  outcome_clear (&question->outcome);
  g_free (question);
  world.n_open--;
}

static gboolean
answer_cb (gpointer data)
{
  Question *question = data;

  if (world.is_unplugged)
    return G_SOURCE_CONTINUE;
  g_queue_remove (&question->target->asked, question);
  question->done (&question->outcome, question->user_data);
  question_free (question);
  return G_SOURCE_CONTINUE;
}

static Connector *
target_open (const char *name, JsonObject *settings, const ConnectorHost *host, GError **error)
{
  Target *target = g_new0 (Target, 1);

  target->base.kind = targets_kind ();
  target->host = host;
  for (guint i = 0; i < N_TARGETS; i++)
    if (g_str_has_prefix (name, names[i]))
      target->kind = (TargetKind) i;
  g_queue_init (&target->asked);
  return &target->base;
}

static void
target_send (Connector *connector,
             const ConnectorRequest *request,
             ConnectorDone done,
             gpointer user_data)
{
  Target *target = (Target *) connector;
  Answer answer = answer_of (target->kind, target->host->clock);
  Question *question = g_new0 (Question, 1);

  *question = (Question){ .target = target, .done = done, .user_data = user_data };
  question->outcome = outcome_of (&answer);
  question->wakeup = wakeup_new ("answer", target->host->context, answer_cb, question);
  g_queue_push_tail (&target->asked, question);
  world.n_open++;
  if (world.is_unplugged)
    return;
  world.n_asked++;
  if (answer.is_seen)
    evidence_request (world.evidence, request->delivery_id, request->attempt, answer.status);
  if (world.watch != NULL)
    world.watch (request->delivery_id, request->attempt, answer.status, world.watch_data);
  wakeup_in (question->wakeup, answer.after_us);
}

static void
target_close (Connector *connector)
{
  Target *target = (Target *) connector;
  Question *question;

  while ((question = g_queue_pop_head (&target->asked)) != NULL)
    question_free (question);
  g_free (target);
}

static char *
target_describe (const char *name, JsonObject *settings, const char *state_dir)
{
  return g_strdup (name);
}

const ConnectorKind *
targets_kind (void)
{
  static ConnectorKind kind = { .kind = "webhook",
                                .open = target_open,
                                .send = target_send,
                                .close = target_close,
                                .describe = target_describe };

  kind.schema = __real_connector_kind_by_name ("webhook")->schema;
  return &kind;
}

const ConnectorKind *
__wrap_connector_kind_by_name (const char *kind)
{
  return g_str_equal (kind, "webhook") ? targets_kind () : __real_connector_kind_by_name (kind);
}

/* ---- Public ---- */

void
targets_begin (Evidence *evidence, guint32 seed)
{
  world.evidence = evidence;
  g_clear_pointer (&world.rand, g_rand_free);
  world.rand = g_rand_new_with_seed (seed);
}

void
targets_heal (gboolean healed)
{
  world.is_healed = healed;
}

void
targets_unplug (gboolean unplugged)
{
  world.is_unplugged = unplugged;
}

void
targets_watch (TargetsWatch watch, gpointer data)
{
  world.watch = watch;
  world.watch_data = data;
}

guint64
targets_n_asked (void)
{
  return world.n_asked;
}

guint
targets_n_open (void)
{
  return world.n_open;
}
