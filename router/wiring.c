/* What the API asks of the parts beside it, in their own words.
 *
 * The API stands below control and beside the deliveries, so it knows neither; each call here says
 * in one's terms what the other asked for.  Any thread of the listener; control and the deliveries
 * lock for themselves. */
#include "wiring.h"

#include "connector/connector.h"

static gboolean
do_reload (const char *author,
           const char *reason,
           guint64 *out_generation,
           GPtrArray **out_problems,
           GError **error,
           gpointer user_data)
{
  Wiring *parts = user_data;
  const ControlCause cause = { author, reason };

  return control_reload (parts->control, &cause, out_generation, out_problems, error);
}

static gboolean
do_edit (const char *relative_path,
         const char *text,
         const char *expected_digest,
         gboolean check_only,
         const char *author,
         const char *reason,
         guint64 *out_generation,
         GPtrArray **out_problems,
         GError **error,
         gpointer user_data)
{
  Wiring *parts = user_data;
  const ControlCause cause = { author, reason };

  return control_edit (parts->control, relative_path, text, expected_digest, check_only, &cause,
                       out_generation, out_problems, error);
}

static gboolean
do_read (const char *relative_path,
         char **out_text,
         char **out_digest,
         GError **error,
         gpointer user_data)
{
  Wiring *parts = user_data;

  return control_read (parts->control, relative_path, out_text, out_digest, error);
}

static gboolean
do_apply (const ApiApply *apply,
          ApiApplied *out_applied,
          GPtrArray **out_problems,
          GError **error,
          gpointer user_data)
{
  Wiring *parts = user_data;
  const ControlApply change = {
    .files = apply->files,
    .expected = apply->expected,
    .check_only = apply->check_only,
    .overwrite = apply->overwrite,
    .skip_tests = apply->skip_tests,
    .cause = { apply->author, apply->reason },
  };
  g_auto (ControlApplied) applied = { 0 };

  if (!control_apply (parts->control, &change, &applied, out_problems, error))
    return FALSE;
  out_applied->generation = applied.generation;
  out_applied->changes = g_steal_pointer (&applied.changes);
  out_applied->n_tests = applied.n_tests;
  return TRUE;
}

static GHashTable *
do_generation_files (guint64 generation, GError **error, gpointer user_data)
{
  Wiring *parts = user_data;

  return control_generation_files (parts->control, generation, error);
}

static gboolean
do_is_edited (gpointer user_data)
{
  Wiring *parts = user_data;

  return control_is_edited (parts->control);
}

static void
tell (const OperateResult *result, ApiOperated *out_operated)
{
  *out_operated = (ApiOperated){ .applied = result->applied,
                                 .skipped = result->skipped,
                                 .operation = result->operation };
}

static ControlReplay
replay_of (const ApiReplay *how)
{
  return (ControlReplay){
    .rules = how->by_rules_now ? CONTROL_RULES_NOW : CONTROL_RULES_THEN,
    .skips_succeeded = how->skips_succeeded,
  };
}

static gboolean
do_operate_ids (JournalKind kind,
                const ApiReplay *how,
                const char *const *ids,
                const char *actor,
                const char *reason,
                ApiOperated *out_operated,
                GError **error,
                gpointer user_data)
{
  Wiring *parts = user_data;
  const ControlReplay replay = replay_of (how);
  OperateResult result;

  if (!control_operate_ids (parts->control, kind, &replay, ids, actor, reason, &result, error))
    return FALSE;
  tell (&result, out_operated);
  return TRUE;
}

static gboolean
do_operate_query (JournalKind kind,
                  const ApiReplay *how,
                  gint64 until_us,
                  const DeliveryQuery *query,
                  const char *actor,
                  const char *reason,
                  ApiOperated *out_operated,
                  GError **error,
                  gpointer user_data)
{
  Wiring *parts = user_data;
  const ControlReplay replay = replay_of (how);
  OperateResult result;

  if (!control_operate_query (parts->control, kind, &replay, until_us, query, actor, reason,
                              &result, error))
    return FALSE;
  tell (&result, out_operated);
  return TRUE;
}

static gboolean
do_postpone (gint64 until_us,
             const char *const *ids,
             const char *actor,
             const char *reason,
             ApiOperated *out_operated,
             GError **error,
             gpointer user_data)
{
  Wiring *parts = user_data;
  OperateResult result;

  if (!control_postpone (parts->control, until_us, ids, actor, reason, &result, error))
    return FALSE;
  tell (&result, out_operated);
  return TRUE;
}

static gboolean
do_preview_replay (const ApiReplay *how,
                   const DeliveryQuery *query,
                   StoreCursor *cursor,
                   gint64 budget_us,
                   ApiPreview *out_preview,
                   gboolean *out_complete,
                   GError **error,
                   gpointer user_data)
{
  Wiring *parts = user_data;
  const ControlReplay replay = replay_of (how);
  ControlPreview preview;

  if (!control_preview_replay (parts->control, &replay, query, cursor, budget_us, &preview,
                               out_complete, error))
    return FALSE;
  *out_preview = (ApiPreview){ preview.looked_at, preview.moved,   preview.more,
                               preview.elsewhere, preview.nowhere, preview.succeeded };
  return TRUE;
}

static gboolean
do_create_job (const ApiJob *job, gint64 *out_id, GError **error, gpointer user_data)
{
  Wiring *parts = user_data;
  const ControlJob wanted = { .kind = job->kind,
                              .until_us = job->until_us,
                              .filter = job->filter,
                              .how = replay_of (&job->how),
                              .actor = job->actor,
                              .reason = job->reason,
                              .rate = job->rate,
                              .max_failed_percent = job->max_failed_percent,
                              .confirms = job->confirms };

  return control_create_job (parts->control, &wanted, out_id, error);
}

static gboolean
do_act_on_job (gint64 id, ApiJobAction action, double rate, GError **error, gpointer user_data)
{
  static const ControlJobAction actions[] = {
    [API_JOB_PAUSE] = CONTROL_JOB_PAUSE,
    [API_JOB_RESUME] = CONTROL_JOB_RESUME,
    [API_JOB_CANCEL] = CONTROL_JOB_CANCEL,
    [API_JOB_RATE] = CONTROL_JOB_RATE,
  };
  Wiring *parts = user_data;

  return control_act_on_job (parts->control, id, actions[action], rate, error);
}

static gboolean
do_set_paused (const char *connector,
               gboolean paused,
               const char *actor,
               const char *reason,
               gboolean *out_applied,
               GError **error,
               gpointer user_data)
{
  Wiring *parts = user_data;

  return control_set_paused (parts->control, connector, paused, actor, reason, out_applied, error);
}

static gboolean
do_try_connector (const ApiTrial *trial, ApiTried *out_tried, GError **error, gpointer user_data)
{
  Wiring *parts = user_data;
  const DeliverTrial asked = { trial->connector, trial->is_probe, trial->source, trial->detail_type,
                               trial->detail };
  DeliverTried tried = { 0 };

  if (!deliver_try (parts->deliver, &asked, trial->wait_us, &tried, error))
    return FALSE;
  *out_tried = (ApiTried){ tried.outcome, tried.duration_us, tried.event_id };
  return TRUE;
}

static void
do_schedule_stats (guint *out_queued, guint *out_under_way, gpointer user_data)
{
  Wiring *parts = user_data;
  DeliverStats stats;

  deliver_stats (parts->deliver, &stats);
  *out_queued = stats.queued;
  *out_under_way = stats.under_way;
}

static char *
do_describe (const ConfigConnector *connector, gpointer user_data)
{
  Wiring *parts = user_data;
  const ConnectorKind *kind = connector_kind_by_name (connector->kind);

  return kind->describe (connector->name, connector->settings, parts->state_dir);
}

ApiOperations
wiring_for_api (Wiring *parts)
{
  return (ApiOperations){ .reload = do_reload,
                          .edit = do_edit,
                          .read = do_read,
                          .operate_ids = do_operate_ids,
                          .operate_query = do_operate_query,
                          .set_paused = do_set_paused,
                          .try_connector = do_try_connector,
                          .apply = do_apply,
                          .generation_files = do_generation_files,
                          .is_edited = do_is_edited,
                          .postpone = do_postpone,
                          .preview_replay = do_preview_replay,
                          .create_job = do_create_job,
                          .act_on_job = do_act_on_job,
                          .schedule_stats = do_schedule_stats,
                          .describe = do_describe,
                          .user_data = parts };
}
