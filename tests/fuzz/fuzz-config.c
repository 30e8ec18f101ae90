/* Files of a configuration, each a line with its path and then its text: loaded, or refused with
 * problems that can be shown. */
#include "fuzz.h"

#include "config/configuration.h"
#include "connector/connector.h"

#include <glib/gstdio.h>

static GHashTable *
files (const uint8_t *data, size_t size)
{
  GHashTable *overlay = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  FuzzPart parts[6];
  size_t count = fuzz_split (data, size, parts, G_N_ELEMENTS (parts));

  for (size_t i = 0; i < count; i++)
    {
      g_autofree char *file = fuzz_string (parts[i]);
      char **halves = g_strsplit (file, "\n", 2);

      if (g_strv_length (halves) == 2)
        g_hash_table_replace (overlay, g_strdup (halves[0]), g_strdup (halves[1]));
      g_strfreev (halves);
    }
  return overlay;
}

static void
check_problems (GPtrArray *problems)
{
  FUZZ_CHECK (problems != NULL && problems->len > 0);
  for (guint i = 0; i < problems->len; i++)
    {
      const ConfigProblem *problem = g_ptr_array_index (problems, i);
      g_autofree char *text = config_problem_format (problem);

      FUZZ_CHECK (problem->message[0] != '\0' && (problem->line > 0) == (problem->column > 0));
      FUZZ_CHECK (g_utf8_validate (text, -1, NULL));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GHashTable) overlay = files (data, size);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (Configuration) loaded = NULL;
  g_autofree char *folder = g_dir_make_tmp ("fuzz-config-XXXXXX", NULL);

  FUZZ_CHECK (folder != NULL);
  loaded = config_load (folder, connector_schemas (), overlay, &problems);
  if (loaded == NULL)
    check_problems (problems);
  else
    FUZZ_CHECK (problems == NULL && g_hash_table_contains (loaded->buses, "default"));
  FUZZ_CHECK (g_rmdir (folder) == 0);
  return 0;
}
