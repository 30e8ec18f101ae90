/* Editing one file of the configuration: checked with the whole folder, guarded against lost
 * updates, written atomically, then in force.
 *
 * The guard and the write happen under one lock, so of two editors who began from the same text the
 * second is told; an editor outside the router can still slip in between, as with any file. */
#include "control/core.h"

#include "base/error.h"
#include "base/log.h"

#include <string.h>

static gboolean
check_path (const char *relative_path, GError **error)
{
  if (config_path_is_valid (relative_path))
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
               "“%s” is no path of a configuration file; expected one like "
               "“rule/default/orders.json”",
               relative_path);
  return FALSE;
}

static char *
digest_of (const char *text)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

gboolean
control_read (Control *control,
              const char *relative_path,
              char **out_text,
              char **out_digest,
              GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  gsize length;

  if (!check_path (relative_path, error))
    return FALSE;
  path = g_build_filename (control->config_dir, relative_path, NULL);
  if (!g_file_get_contents (path, &text, &length, &local))
    {
      gboolean missing = g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
                         g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);

      g_set_error (error, ROUTER_ERROR, missing ? ROUTER_ERROR_NOT_FOUND : ROUTER_ERROR_STORAGE,
                   "The configuration has no readable file “%s”: %s", relative_path,
                   local->message);
      return FALSE;
    }
  if (strlen (text) != length || !g_utf8_validate (text, (gssize) length, NULL))
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "“%s” is not UTF-8 text",
                   relative_path);
      return FALSE;
    }
  *out_digest = digest_of (text);
  *out_text = g_steal_pointer (&text);
  return TRUE;
}

/* Is the file still what the editor began from?  expected "": it must not be there. */
static gboolean
check_unchanged (Control *control,
                 const char *relative_path,
                 const char *expected_digest,
                 GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *digest = NULL;
  g_autoptr (GError) local = NULL;

  if (!control_read (control, relative_path, &text, &digest, &local))
    {
      if (!g_error_matches (local, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      digest = g_strdup ("");
    }
  if (strcmp (digest, expected_digest) == 0)
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT,
               "“%s” was changed meanwhile by somebody else; load it anew and make the edit again",
               relative_path);
  return FALSE;
}

/* What is in force is what the folder says now, not what it said a moment ago.  When it
 * cannot be put in force the file is put back: an answer that nothing was done must be true. */
static gboolean
write_and_publish (Control *control,
                   const char *relative_path,
                   const char *text,
                   const ControlCause *cause,
                   guint64 *out_generation,
                   GPtrArray **out_problems,
                   GError **error)
{
  const ControlSetup *setup = &control->setup;
  g_autoptr (Configuration) written = NULL;
  g_autofree char *before = NULL; /* NULL: a new file */
  g_autofree char *digest = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GError) undo_error = NULL;
  g_autoptr (Snapshot) current = snapshot_current (setup->snapshots);

  if (!control_read (control, relative_path, &before, &digest, &local_error) &&
      !g_error_matches (local_error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (!config_write_file (control->config_dir, relative_path, text, error))
    return FALSE;
  written = config_reload (current->configuration, control->config_dir, setup->connector_schemas,
                           NULL, out_problems);
  if (written != NULL && control_publish (control, written, cause, out_generation, error))
    return TRUE;
  if (!config_write_file (control->config_dir, relative_path, before, &undo_error))
    log_message (LOG_ERROR, "control", "cannot put “%s” back as it was: %s", relative_path,
                 undo_error->message);
  return FALSE;
}

gboolean
control_edit (Control *control,
              const char *relative_path,
              const char *text,
              const char *expected_digest,
              gboolean check_only,
              const ControlCause *cause,
              guint64 *out_generation,
              GPtrArray **out_problems,
              GError **error)
{
  const ControlSetup *setup = &control->setup;
  g_autoptr (GHashTable) overlay = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (Configuration) checked = NULL;
  g_autoptr (Snapshot) current = NULL;
  g_autoptr (GMutexLocker) locker = NULL;

  if (!check_path (relative_path, error))
    return FALSE;
  locker = g_mutex_locker_new (&control->changing);
  if (expected_digest != NULL && !check_unchanged (control, relative_path, expected_digest, error))
    return FALSE;
  g_hash_table_insert (overlay, (gpointer) relative_path, (gpointer) text);
  current = snapshot_current (setup->snapshots);
  checked = config_reload (current->configuration, control->config_dir, setup->connector_schemas,
                           overlay, out_problems);
  if (checked == NULL)
    return FALSE;
  if (check_only)
    {
      *out_generation = current->generation;
      return TRUE;
    }
  return write_and_publish (control, relative_path, text, cause, out_generation, out_problems,
                            error);
}
