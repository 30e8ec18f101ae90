/* Generations: numbered, recorded in the store before they are in force.
 *
 * A folder that is as it was keeps its number, over restarts too, so that the number that an event
 * records always names one configuration. */
#include "control/core.h"

#include "base/error.h"

static BatchItem *
make_item (guint64 generation,
           const ControlCause *cause,
           const Configuration *configuration,
           Clock *clock)
{
  BatchItem *item = batch_item_new_generation ();

  item->generation = (NewGeneration){
    .generation = generation,
    .at_us = clock_wall_us (clock),
    .author = g_strdup (cause->author),
    .digest = g_strdup (configuration->digest),
    .content = g_strdup (configuration->content),
    .reason = g_strdup (cause->reason),
  };
  return item;
}

/* The newest recorded one; 0 and "" when there is none. */
static gboolean
load_last (Store *store, guint64 *out_generation, char **out_digest, GError **error)
{
  g_autoptr (StoredGeneration) last = NULL;
  g_autoptr (GError) local = NULL;

  if (store->engine->last_generation (store, &last, &local))
    {
      *out_generation = last->generation;
      *out_digest = g_strdup (last->digest);
      return TRUE;
    }
  if (!g_error_matches (local, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  *out_generation = 0;
  *out_digest = g_strdup ("");
  return TRUE;
}

Snapshot *
control_first_snapshot (const char *config_dir,
                        const ConfigSchema *const *connector_schemas,
                        Store *store,
                        Writer *writer,
                        Clock *clock,
                        GPtrArray **out_problems,
                        GError **error)
{
  g_autoptr (Configuration) configuration = NULL;
  g_autofree char *last_digest = NULL;
  const ControlCause start = { .author = "start" };
  guint64 generation;

  configuration = config_load (config_dir, connector_schemas, NULL, out_problems);
  if (configuration == NULL)
    return NULL;
  if (!load_last (store, &generation, &last_digest, error))
    return NULL;
  if (generation == 0 || g_strcmp0 (last_digest, configuration->digest) != 0)
    {
      generation++;
      if (!writer_submit_and_wait (writer, make_item (generation, &start, configuration, clock),
                                   error))
        return NULL;
    }
  return snapshot_new (generation, configuration);
}

gboolean
control_publish (Control *control,
                 Configuration *configuration,
                 const ControlCause *cause,
                 guint64 *out_generation,
                 GError **error)
{
  const ControlSetup *setup = &control->setup;
  g_autoptr (Snapshot) current = snapshot_current (setup->snapshots);
  g_autoptr (Snapshot) next = NULL;
  BatchItem *item;

  if (g_strcmp0 (current->configuration->digest, configuration->digest) == 0)
    {
      *out_generation = current->generation;
      return TRUE;
    }
  item = make_item (current->generation + 1, cause, configuration, setup->clock);
  if (!submitter_submit (control->submitter, item, NULL, NULL, NULL, 0, error))
    return FALSE;
  next = snapshot_new (current->generation + 1, configuration);
  snapshot_publish (setup->snapshots, next);
  setup->reconfigured (setup->user_data);
  *out_generation = next->generation;
  return TRUE;
}

gboolean
control_reload (Control *control,
                const ControlCause *cause,
                guint64 *out_generation,
                GPtrArray **out_problems,
                GError **error)
{
  g_autoptr (Configuration) configuration = NULL;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&control->changing);
  g_autoptr (Snapshot) current = snapshot_current (control->setup.snapshots);

  configuration = config_reload (current->configuration, control->config_dir,
                                 control->setup.connector_schemas, NULL, out_problems);
  if (configuration == NULL)
    return FALSE;
  return control_publish (control, configuration, cause, out_generation, error);
}
