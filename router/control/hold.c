/* Pausing and resuming a connector. */
#include "control/core.h"

#include "base/error.h"
#include "base/log.h"
#include "store/mark.h"

/* Of one that is no longer configured a hold can still be ended. */
static gboolean
is_known (Control *control, const char *connector, gboolean *out_known, GError **error)
{
  Store *store = control->setup.store;
  g_autoptr (Snapshot) snapshot = snapshot_current (control->setup.snapshots);
  g_autoptr (GPtrArray) holds = NULL;

  *out_known = g_hash_table_contains (snapshot->configuration->connectors, connector);
  if (*out_known)
    return TRUE;
  if (!store->engine->holds (store, &holds, error))
    return FALSE;
  for (guint i = 0; i < holds->len; i++)
    *out_known |= g_str_equal (((StoredHold *) holds->pdata[i])->connector, connector);
  return TRUE;
}

/* Writer thread. */
static void
announce (const BatchItem *item, gpointer result, gpointer user_data)
{
  const ControlSetup *setup = &((Control *) user_data)->setup;
  const HoldChange *hold = &item->hold;
  gboolean paused = hold->since_us != 0;

  *(gboolean *) result = hold->out_applied;
  /* Resuming what is only shut has it tried at once. */
  if (hold->out_applied || !paused)
    setup->paused (hold->connector, paused, setup->user_data);
  if (hold->out_applied)
    log_message (LOG_INFO, "control", "%s is %s", hold->connector, paused ? "paused" : "resumed");
}

gboolean
control_set_paused (Control *control,
                    const char *connector,
                    gboolean paused,
                    const char *actor,
                    const char *reason,
                    gboolean *out_applied,
                    GError **error)
{
  BatchItem *item;
  gboolean known;

  if (!is_known (control, connector, &known, error))
    return FALSE;
  if (!known)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND, "There is no connector “%s”",
                   connector);
      return FALSE;
    }
  item = batch_item_new_hold (HOLD_PAUSE, connector);
  item->hold.since_us = paused ? clock_wall_us (control->setup.clock) : 0;
  item->hold.actor = g_strdup (actor);
  item->hold.reason = g_strdup (reason);
  batch_item_add_record (item, mark_to_record (&(const Mark){
                                   .kind = paused ? MARK_PAUSED : MARK_RESUMED,
                                   .at_us = clock_wall_us (control->setup.clock),
                                   .connector = connector,
                                   .actor = actor,
                                   .reason = reason,
                               }));
  return submitter_submit (control->submitter, item, announce, control, out_applied,
                           sizeof *out_applied, error);
}
