/* folder.c: which files make up a configuration, and their bytes.
 *
 * The folder is two levels deep, three for rules: <kind>/<name>.json, rule/<bus>/<name>.json and
 * router.json.  Whatever else is found is a problem, because a misspelt folder that is silently
 * left out would be a router that silently does not route; only what editors, version control and
 * people's notes leave behind is passed over.  Symbolic links are followed. */
#include "config/folder.h"

#include "config/configuration.h"
#include "config/report.h"
#include "config/suggest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".json"

typedef struct
{
  const char *folder;
  const ConfigSchema *const *connector_schemas;
  GHashTable *overlay;
  GPtrArray *files;
  GPtrArray *problems;
} Reader;

void
config_file_free (ConfigFile *file)
{
  if (!file)
    return;
  g_free (file->path);
  g_free (file->bus);
  g_free (file->name);
  g_free (file->text);
  g_clear_pointer (&file->root, json_node_unref);
  g_free (file);
}

gboolean
config_name_is_valid (const char *name)
{
  gsize length = strlen (name);

  if (length < 1 || length > 64 || name[0] == '.')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && !strchr (".-_", name[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_ignored (const char *name)
{
  return name[0] == '.' || g_str_has_prefix (name, "README") || g_str_has_suffix (name, "~") ||
         g_str_has_suffix (name, ".swp") || (name[0] == '#' && g_str_has_suffix (name, "#"));
}

/* "bus, source, rule, webhook, file" */
static char *
known_folders (Reader *reader)
{
  GString *list = g_string_new ("bus, signature, source, rule, tests");

  for (guint i = 0; reader->connector_schemas && reader->connector_schemas[i]; i++)
    g_string_append_printf (list, ", %s", reader->connector_schemas[i]->kind);
  return g_string_free (list, FALSE);
}

static const char *
closest_folder (Reader *reader, const char *name)
{
  Suggestion suggestion;

  suggestion_init (&suggestion, name);
  suggestion_offer (&suggestion, "bus");
  suggestion_offer (&suggestion, "signature");
  suggestion_offer (&suggestion, "source");
  suggestion_offer (&suggestion, "rule");
  suggestion_offer (&suggestion, "tests");
  for (guint i = 0; reader->connector_schemas && reader->connector_schemas[i]; i++)
    suggestion_offer (&suggestion, reader->connector_schemas[i]->kind);
  return suggestion_get (&suggestion);
}

static const ConfigSchema *
folder_schema (Reader *reader, const char *name)
{
  const ConfigSchema *schema = config_schema_by_kind (name, reader->connector_schemas);

  return schema == &config_schema_router ? NULL : schema;
}

static void
add_unknown_folder (Reader *reader, const char *path, const char *name)
{
  g_autofree char *known = known_folders (reader);
  const char *closest = closest_folder (reader, name);
  g_autofree char *hint = closest
                              ? g_strdup_printf ("Did you mean “%s”?", closest)
                              : g_strdup_printf ("The folders of a configuration are %s.", known);

  config_problem_add (reader->problems, path, hint, "unknown folder “%s”", name);
}

static void
add_stray_file (Reader *reader, const char *path)
{
  g_autofree char *known = known_folders (reader);
  g_autofree char *hint = NULL;
  Suggestion suggestion;

  suggestion_init (&suggestion, path);
  suggestion_offer (&suggestion, "router.json");
  if (suggestion_get (&suggestion))
    hint = g_strdup ("Did you mean “router.json”?");
  else
    hint = g_strdup_printf ("Move it into one of the folders %s, or out of the configuration.",
                            known);
  config_problem_add (reader->problems, path, hint,
                      "only router.json stands beside the folders of a configuration");
}

static void
add_bad_name (Reader *reader, const char *path, const char *what, const char *name)
{
  config_problem_add (reader->problems, path,
                      "Use 1 to 64 letters, digits, “.”, “-” and “_”, not beginning with “.”.",
                      "“%s” is no name for a %s", name, what);
}

/* The name of the object in a file of this name, or NULL with a problem. */
static char *
object_name (Reader *reader, const char *path, const char *file_name, const ConfigSchema *schema)
{
  g_autofree char *name = NULL;

  if (is_ignored (file_name))
    {
      config_problem_add (reader->problems, path, "Choose another name.",
                          "files with a name such as “%s” are not read", file_name);
      return NULL;
    }
  if (!g_str_has_suffix (file_name, SUFFIX))
    {
      config_problem_add (
          reader->problems, path,
          "Give it a name that ends in “.json”, or move it out of the configuration.",
          "“%s” does not end in “.json”", file_name);
      return NULL;
    }
  name = g_strndup (file_name, strlen (file_name) - strlen (SUFFIX));
  if (config_name_is_valid (name))
    return g_steal_pointer (&name);
  add_bad_name (reader, path, schema->kind, name);
  return NULL;
}

/* What the file at this path is; NULL with a problem when it cannot be any. */
static ConfigFile *
file_new (Reader *reader, const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  guint n_parts = g_strv_length (parts);
  g_autoptr (ConfigFile) file = g_new0 (ConfigFile, 1);

  file->path = g_strdup (path);
  if (n_parts < 2)
    {
      file->schema = &config_schema_router;
      file->name = g_strdup ("router");
      if (strcmp (path, "router" SUFFIX) == 0)
        return g_steal_pointer (&file);
      add_stray_file (reader, path);
      return NULL;
    }
  file->schema = folder_schema (reader, parts[0]);
  if (!file->schema)
    {
      add_unknown_folder (reader, path, parts[0]);
      return NULL;
    }
  if (file->schema == &config_schema_rule && n_parts == 2)
    {
      g_autofree char *hint = g_strdup_printf ("Move it to rule/default/%s.", parts[1]);

      config_problem_add (reader->problems, path, hint, "a rule stands in the folder of its bus");
      return NULL;
    }
  if (n_parts != (file->schema == &config_schema_rule ? 3 : 2))
    {
      config_problem_add (reader->problems, path, "Move it up.", "files stand no deeper than %s",
                          file->schema == &config_schema_rule ? "rule/<bus>/<name>.json"
                                                              : "<kind>/<name>.json");
      return NULL;
    }
  if (n_parts == 3)
    {
      file->bus = g_strdup (parts[1]);
      if (!config_name_is_valid (file->bus))
        {
          add_bad_name (reader, path, "bus", file->bus);
          return NULL;
        }
    }
  file->name = object_name (reader, path, parts[n_parts - 1], file->schema);
  return file->name ? g_steal_pointer (&file) : NULL;
}

/* At most CONFIG_FILE_BYTES; FALSE with errno, which is EFBIG when there are more. */
static gboolean
read_all (int fd, char **out_text, gsize *out_length)
{
  g_autofree char *text = NULL;
  gsize room = 4096, length = 0;

  text = g_malloc (room + 1);
  for (;;)
    {
      gssize n = read (fd, text + length, room - length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      if (n == 0)
        break;
      length += (gsize) n;
      if (length > CONFIG_FILE_BYTES)
        {
          errno = EFBIG;
          return FALSE;
        }
      if (length == room)
        text = g_realloc (text, (room *= 2) + 1);
    }
  text[length] = '\0';
  *out_text = g_steal_pointer (&text);
  *out_length = length;
  return TRUE;
}

static void
add_too_large (Reader *reader, const char *path)
{
  config_problem_add (reader->problems, path, "Split it.",
                      "larger than %d bytes, which no file of a configuration may be",
                      CONFIG_FILE_BYTES);
}

/* Leaves the text NULL when it cannot be had: the object exists all the same, so that what refers
 * to it is not told otherwise. */
static void
read_text (Reader *reader, ConfigFile *file)
{
  g_autofree char *full = g_build_filename (reader->folder, file->path, NULL);
  int saved_errno;
  gboolean ok;
  /* Not to hang on a pipe that was put in place of the file since we looked. */
  int fd = open (full, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  ok = fd >= 0 && read_all (fd, &file->text, &file->length);
  saved_errno = errno;
  if (fd >= 0)
    close (fd);
  if (ok)
    return;
  if (saved_errno == EFBIG)
    add_too_large (reader, file->path);
  else
    config_problem_add (reader->problems, file->path,
                        saved_errno == EACCES ? "Let the router's user read it." : "",
                        "cannot be read: %s", g_strerror (saved_errno));
}

static void
read_file (Reader *reader, const char *path)
{
  g_autoptr (ConfigFile) file = file_new (reader, path);

  if (!file)
    return;
  read_text (reader, file);
  g_ptr_array_add (reader->files, g_steal_pointer (&file));
}

static void read_folder (Reader *reader, const char *path);

/* A folder in the configuration folder, or in one of those. */
static void
enter_folder (Reader *reader, const char *path)
{
  const char *slash = strchr (path, '/');

  if (!slash && folder_schema (reader, path))
    read_folder (reader, path);
  else if (!slash)
    add_unknown_folder (reader, path, path);
  else if (!g_str_has_prefix (path, "rule/") || strchr (slash + 1, '/'))
    config_problem_add (reader->problems, path, "Move its files up and remove it.",
                        "a folder must not stand here");
  else if (!config_name_is_valid (slash + 1))
    add_bad_name (reader, path, "bus", slash + 1);
  else
    read_folder (reader, path);
}

static void
read_entry (Reader *reader, const char *path)
{
  g_autofree char *full = g_build_filename (reader->folder, path, NULL);
  struct stat status;
  int failure = stat (full, &status) == 0 ? 0 : errno;

  if (failure == 0 && S_ISDIR (status.st_mode))
    {
      enter_folder (reader, path);
      return;
    }
  if (reader->overlay && g_hash_table_contains (reader->overlay, path))
    return;
  /* What went away between listing and looking never was; a link to nowhere is still there. */
  if (failure == ENOENT && lstat (full, &status) != 0)
    return;
  if (failure != 0)
    config_problem_add (reader->problems, path, "Repair or remove it.", "cannot be read: %s",
                        g_strerror (failure));
  else if (S_ISREG (status.st_mode))
    read_file (reader, path);
  else
    config_problem_add (reader->problems, path, "Remove it.",
                        "neither a regular file nor a folder");
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* path: "" for the configuration folder itself. */
static void
read_folder (Reader *reader, const char *path)
{
  g_autofree char *full = g_build_filename (reader->folder, *path ? path : NULL, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  GDir *directory = g_dir_open (full, 0, &error);
  const char *name;

  if (!directory)
    {
      config_problem_add (reader->problems, path, "Let the router's user read it.",
                          "the folder cannot be read: %s", error->message);
      return;
    }
  while ((name = g_dir_read_name (directory)))
    if (!is_ignored (name))
      g_ptr_array_add (names, *path ? g_strconcat (path, "/", name, NULL) : g_strdup (name));
  g_dir_close (directory);
  g_ptr_array_sort (names, compare_strings);
  for (guint i = 0; i < names->len; i++)
    read_entry (reader, names->pdata[i]);
}

static void
read_overlay (Reader *reader)
{
  GHashTableIter iter;
  gpointer path, text;

  g_hash_table_iter_init (&iter, reader->overlay);
  while (g_hash_table_iter_next (&iter, &path, &text))
    {
      g_autoptr (ConfigFile) file = text ? file_new (reader, path) : NULL;

      if (!file)
        continue;
      file->length = strlen (text);
      if (file->length > CONFIG_FILE_BYTES)
        add_too_large (reader, path);
      else
        file->text = g_strdup (text);
      g_ptr_array_add (reader->files, g_steal_pointer (&file));
    }
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  const ConfigFile *left = *(const ConfigFile *const *) a;
  const ConfigFile *right = *(const ConfigFile *const *) b;

  return strcmp (left->path, right->path);
}

GPtrArray *
config_folder_read (const char *folder,
                    const ConfigSchema *const *connector_schemas,
                    GHashTable *overlay,
                    GPtrArray *problems)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) config_file_free);
  Reader reader = { folder, connector_schemas, overlay, files, problems };
  struct stat status;

  if (stat (folder, &status) != 0)
    config_problem_add (
        problems, ".",
        "Make the folder, an empty one is a valid configuration, or name another one.",
        "the configuration folder “%s” cannot be opened: %s", folder, g_strerror (errno));
  else if (!S_ISDIR (status.st_mode))
    config_problem_add (problems, ".",
                        "Name the folder that holds router.json, rule/ and the others.",
                        "“%s” is not a folder", folder);
  else
    read_folder (&reader, "");
  if (overlay)
    read_overlay (&reader);
  g_ptr_array_sort (files, compare_files);
  return g_steal_pointer (&files);
}
