/* Putting a whole folder in force: checked, tested, guarded against lost updates, written,
 * recorded.
 *
 * Under the same lock as edits of one file. */
#include "control/core.h"

#include "base/error.h"
#include "base/log.h"
#include "config/cases.h"
#include "config/diff.h"

#include <string.h>

void
control_applied_clear (ControlApplied *applied)
{
  g_clear_pointer (&applied->changes, g_ptr_array_unref);
}

GHashTable *
control_generation_files (Control *control, guint64 generation, GError **error)
{
  const ControlSetup *setup = &control->setup;
  g_autoptr (StoredGeneration) stored = NULL;
  GHashTable *files;

  if (!setup->store->engine->load_generation (setup->store, generation, &stored, error))
    {
      g_prefix_error (error, "Generation %" G_GUINT64_FORMAT ": ", generation);
      return NULL;
    }
  files = config_content_parse (stored->content);
  if (files == NULL)
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE,
                 "Generation %" G_GUINT64_FORMAT " cannot be read from the store", generation);
  return files;
}

/* ---- Guards ---------------------------------------------------------------------------------- */

static gboolean
is_equal (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer path, text;

  if (g_hash_table_size (a) != g_hash_table_size (b))
    return FALSE;
  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &path, &text))
    if (g_strcmp0 (g_hash_table_lookup (b, path), text) != 0)
      return FALSE;
  return TRUE;
}

static gboolean
check_expected (const ControlApply *apply, const Snapshot *current, GError **error)
{
  if (apply->expected == 0 || apply->expected == current->generation)
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT,
               "Generation %" G_GUINT64_FORMAT " is in force by now, not %" G_GUINT64_FORMAT
               ", from which the change was made; look at the difference and apply it again",
               current->generation, apply->expected);
  return FALSE;
}

/* What somebody wrote into the files and did not put in force would be lost. */
static gboolean
check_unedited (const ControlApply *apply, GHashTable *present, GHashTable *known, GError **error)
{
  if (apply->overwrite || is_equal (present, known) || is_equal (present, apply->files))
    return TRUE;
  g_set_error (
      error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT,
      "The router's files were edited by hand and are not in force; reload them or restore "
      "them first, or overwrite them");
  return FALSE;
}

gboolean
control_is_edited (Control *control)
{
  const ControlSetup *setup = &control->setup;
  g_autoptr (Snapshot) current = snapshot_current (setup->snapshots);
  g_autoptr (GHashTable) known = config_content_parse (current->configuration->content);
  g_autoptr (GHashTable) present = NULL;
  g_autoptr (GError) error = NULL;

  present = config_read_files (control->config_dir, setup->connector_schemas, &error);
  return present == NULL || known == NULL || !is_equal (present, known);
}

/* ---- Applying -------------------------------------------------------------------------------- */

/* As config_load() has it: what is there and shall not be has no text. */
static GHashTable *
overlay_new (GHashTable *present, GHashTable *files)
{
  GHashTable *overlay = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer path, text;

  g_hash_table_iter_init (&iter, present);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    g_hash_table_insert (overlay, path, NULL);
  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &path, &text))
    g_hash_table_insert (overlay, path, text);
  return overlay;
}

static gboolean
check_paths (GHashTable *files, GError **error)
{
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (!config_path_is_valid (path))
      {
        g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                     "“%s” is no path of a configuration file; expected one like "
                     "“rule/default/orders.json”",
                     (const char *) path);
        return FALSE;
      }
  return TRUE;
}

static gboolean
run_tests (const Configuration *checked, ControlApplied *out_applied, GPtrArray **out_problems)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (
      (GDestroyNotify) config_problem_free);

  out_applied->n_tests = config_cases_run (checked, problems);
  if (problems->len == 0)
    return TRUE;
  *out_problems = g_steal_pointer (&problems);
  return FALSE;
}

static gboolean
write_and_publish (Control *control,
                   const ControlApply *apply,
                   GHashTable *present,
                   guint64 *out_generation,
                   GPtrArray **out_problems,
                   GError **error)
{
  const ControlSetup *setup = &control->setup;
  g_autoptr (Snapshot) current = snapshot_current (setup->snapshots);
  g_autoptr (Configuration) written = NULL;
  g_autoptr (GError) undo_error = NULL;

  if (config_replace_files (control->config_dir, present, apply->files, error))
    written = config_reload (current->configuration, control->config_dir, setup->connector_schemas,
                             NULL, out_problems);
  if (written != NULL && control_publish (control, written, &apply->cause, out_generation, error))
    return TRUE;
  /* An answer that nothing was done must be true. */
  if (!config_replace_files (control->config_dir, apply->files, present, &undo_error))
    log_message (LOG_ERROR, "control", "cannot put the configuration back as it was: %s",
                 undo_error->message);
  return FALSE;
}

gboolean
control_apply (Control *control,
               const ControlApply *apply,
               ControlApplied *out_applied,
               GPtrArray **out_problems,
               GError **error)
{
  const ControlSetup *setup = &control->setup;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&control->changing);
  g_autoptr (Snapshot) current = snapshot_current (setup->snapshots);
  g_autoptr (GHashTable) known = config_content_parse (current->configuration->content);
  g_autoptr (GHashTable) present = NULL, overlay = NULL;
  g_autoptr (Configuration) checked = NULL;

  if (!check_expected (apply, current, error) || !check_paths (apply->files, error))
    return FALSE;
  present = config_read_files (control->config_dir, setup->connector_schemas, error);
  if (present == NULL || !check_unedited (apply, present, known, error))
    return FALSE;
  overlay = overlay_new (present, apply->files);
  checked = config_reload (current->configuration, control->config_dir, setup->connector_schemas,
                           overlay, out_problems);
  if (checked == NULL || (!apply->skip_tests && !run_tests (checked, out_applied, out_problems)))
    return FALSE;
  out_applied->changes = config_diff (known, apply->files, setup->connector_schemas);
  out_applied->generation = current->generation;
  return apply->check_only ||
         write_and_publish (control, apply, present, &out_applied->generation, out_problems, error);
}
