/* Which files make up a configuration. */
#include "support/config-folder.h"

#include "config/folder.h"

#include <glib/gstdio.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  GHashTable *overlay;
  GPtrArray *problems;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = test_folder_new ();
  fixture->overlay = g_hash_table_new (g_str_hash, g_str_equal);
  fixture->problems = test_problems_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->problems);
  g_hash_table_unref (fixture->overlay);
  test_folder_free (fixture->folder);
}

/* "bus/a.json rule/default/b.json", after the problems were compared. */
static char *
read_paths (Fixture *fixture, const char *const *expected)
{
  g_autoptr (GPtrArray) files = config_folder_read (fixture->folder, test_connector_schemas,
                                                    fixture->overlay, fixture->problems);
  GString *paths = g_string_new (NULL);

  config_problems_sort (fixture->problems);
  test_problems_are (G_STRFUNC, fixture->problems, expected);
  for (guint i = 0; i < files->len; i++)
    g_string_append_printf (paths, "%s%s", i > 0 ? " " : "",
                            ((ConfigFile *) files->pdata[i])->path);
  return g_string_free (paths, FALSE);
}

static void
test_names (void)
{
  g_autofree char *longest = g_strnfill (64, 'a');
  g_autofree char *too_long = g_strnfill (65, 'a');
  static const char *const good[] = { "a", "A-1_b.c", "0", "-", "_", "a..b" };
  static const char *const bad[] = { "", ".", "..", ".a", "a b", "a/b", "é", "a\n", "a:b", "~" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (config_name_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (config_name_is_valid (bad[i]));
  g_assert_true (config_name_is_valid (longest));
  g_assert_false (config_name_is_valid (too_long));
}

static void
test_found (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) files = NULL;
  static const struct
  {
    const char *path, *bus, *name;
    const ConfigSchema *schema;
  } expected[] = {
    { "bus/shop.json", NULL, "shop", &config_schema_bus },
    { "router.json", NULL, "router", &config_schema_router },
    { "rule/default/a.json", "default", "a", &config_schema_rule },
    { "rule/shop/a.b-c_d.json", "shop", "a.b-c_d", &config_schema_rule },
    { "source/github.json", NULL, "github", &config_schema_source },
    { "webhook/chat.json", NULL, "chat", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    test_folder_put (fixture->folder, expected[i].path, expected[i].path);
  files = config_folder_read (fixture->folder, test_connector_schemas, NULL, fixture->problems);
  g_assert_cmpuint (fixture->problems->len, ==, 0);
  g_assert_cmpuint (files->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < files->len; i++)
    {
      const ConfigFile *file = files->pdata[i];

      g_assert_cmpstr (file->path, ==, expected[i].path);
      g_assert_cmpstr (file->bus, ==, expected[i].bus);
      g_assert_cmpstr (file->name, ==, expected[i].name);
      g_assert_cmpstr (file->text, ==, expected[i].path);
      g_assert_cmpuint (file->length, ==, strlen (expected[i].path));
      g_assert_true (file->schema ==
                     (expected[i].schema ? expected[i].schema : test_connector_schemas[0]));
    }
}

static void
test_ignored (Fixture *fixture, gconstpointer data)
{
  static const char *const ignored[] = { ".git/config",
                                         "README",
                                         "README.md",
                                         "rule/README.md",
                                         "rule/default/.hidden.json",
                                         "rule/default/a.json~",
                                         "rule/.#a.json",
                                         "bus/.a.json.swp",
                                         "bus/a.json.swp",
                                         "bus/#a.json#",
                                         "router.json~",
                                         "webhook/.chat.json.Xy12Z3" };
  g_autofree char *paths = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ignored); i++)
    test_folder_put (fixture->folder, ignored[i], "not JSON");
  test_folder_put (fixture->folder, "bus/a.json", "{}");
  paths = read_paths (fixture, (const char *const[]){ NULL });
  g_assert_cmpstr (paths, ==, "bus/a.json");
}

static void
test_strays (Fixture *fixture, gconstpointer data)
{
  static const char *const strays[] = { "Router.json",
                                        "rules/default/a.json",
                                        "webhok/a.json",
                                        "zzz/a.json",
                                        "notes.txt",
                                        "bus/a.yaml",
                                        "bus/a b.json",
                                        "rule/a.json",
                                        "rule/default/x/a.json",
                                        "webhook/x/a.json",
                                        "rule/b c/a.json",
                                        "source/.json.json",
                                        "router/a.json",
                                        "bus/a.JSON" };
  g_autofree char *paths = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (strays); i++)
    test_folder_put (fixture->folder, strays[i], "{}");
  paths = read_paths (
      fixture,
      (const char *const[]){
          "Router.json: only router.json stands beside the folders of a configuration. Did you "
          "mean "
          "“router.json”?",
          "bus/a b.json: “a b” is no name for a bus. Use 1 to 64 letters, *",
          "bus/a.JSON: “a.JSON” does not end in “.json”. Give it a name that ends in “.json”, *",
          "bus/a.yaml: “a.yaml” does not end in “.json”. Give it a name that ends in “.json”, *",
          "notes.txt: only router.json stands beside the folders of a configuration. Move it into "
          "one of the folders bus, signature, source, rule, tests, webhook, file, *",
          "router: unknown folder “router”. The folders of a configuration are bus, signature, "
          "source, rule, "
          "*",
          "rule/a.json: a rule stands in the folder of its bus. Move it to rule/default/a.json.",
          "rule/b c: “b c” is no name for a bus. *",
          "rule/default/x: a folder must not stand here. *",
          "rules: unknown folder “rules”. Did you mean “rule”?",
          "webhok: unknown folder “webhok”. Did you mean “webhook”?",
          "webhook/x: a folder must not stand here. *",
          "zzz: unknown folder “zzz”. The folders of a configuration are bus, signature, source, "
          "rule, tests, webhook, file.",
          NULL,
      });
  g_assert_cmpstr (paths, ==, "");
}

static void
test_unusual (Fixture *fixture, gconstpointer data)
{
  g_autofree char *large = g_strnfill (CONFIG_FILE_BYTES + 1, ' ');
  g_autofree char *pipe = g_build_filename (fixture->folder, "bus", "pipe.json", NULL);
  g_autofree char *dangling = g_build_filename (fixture->folder, "bus", "dangling.json", NULL);
  g_autofree char *linked = g_build_filename (fixture->folder, "bus", "linked.json", NULL);
  g_autofree char *bytes = g_build_filename (fixture->folder, "bus", "\xff.json", NULL);
  g_autofree char *loop = g_build_filename (fixture->folder, "source", NULL);
  g_autofree char *paths = NULL;

  test_folder_put (fixture->folder, "bus/large.json", large);
  large[CONFIG_FILE_BYTES] = '\0';
  test_folder_put (fixture->folder, "bus/fits.json", large);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (symlink ("nowhere", dangling), ==, 0);
  g_assert_cmpint (symlink ("fits.json", linked), ==, 0);
  g_assert_cmpint (symlink ("source", loop), ==, 0);
  g_file_set_contents (bytes, "{}", -1, NULL);
  paths = read_paths (fixture,
                      (const char *const[]){
                          "bus/dangling.json: cannot be read: No such file or directory. *",
                          "bus/large.json: larger than 1048576 bytes, *",
                          "bus/pipe.json: neither a regular file nor a folder. Remove it.",
                          "bus/\xef\xbf\xbd.json: “*” is no name for a bus. *",
                          "source: cannot be read: *",
                          NULL,
                      });
  /* What cannot be read exists all the same. */
  g_assert_cmpstr (paths, ==, "bus/fits.json bus/large.json bus/linked.json");
}

static void
test_unreadable (Fixture *fixture, gconstpointer data)
{
  g_autofree char *bus = g_build_filename (fixture->folder, "bus", NULL);
  g_autofree char *file = g_build_filename (fixture->folder, "router.json", NULL);
  g_autofree char *paths = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may read everything");
      return;
    }
  test_folder_put (fixture->folder, "bus/a.json", "{}");
  test_folder_put (fixture->folder, "router.json", "{}");
  g_assert_cmpint (g_chmod (bus, 0), ==, 0);
  g_assert_cmpint (g_chmod (file, 0), ==, 0);
  paths = read_paths (fixture,
                      (const char *const[]){
                          "bus: the folder cannot be read: *. Let the router's user read it.",
                          "router.json: cannot be read: *. Let the router's user read it.",
                          NULL,
                      });
}

static void
test_missing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *missing = g_build_filename (fixture->folder, "missing", NULL);
  g_autofree char *file = g_build_filename (fixture->folder, "router.json", NULL);
  g_autoptr (GPtrArray) problems = test_problems_new ();
  g_autoptr (GPtrArray) none = config_folder_read (missing, NULL, NULL, problems);
  g_autoptr (GPtrArray) nothing = NULL;

  test_folder_put (fixture->folder, "router.json", "{}");
  nothing = config_folder_read (file, NULL, NULL, problems);
  g_assert_cmpuint (none->len + nothing->len, ==, 0);
  test_problems_are (
      G_STRFUNC, problems,
      (const char *const[]){
          ".: the configuration folder “*/missing” cannot be opened: No such file or "
          "directory. Make the folder, *",
          ".: “*/router.json” is not a folder. Name the folder *",
          NULL,
      });
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  g_autofree char *paths = read_paths (fixture, (const char *const[]){ NULL });

  g_assert_cmpstr (paths, ==, "");
}

static void
test_overlay (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) files = NULL;
  g_autofree char *large = g_strnfill (CONFIG_FILE_BYTES + 1, ' ');

  test_folder_put (fixture->folder, "bus/changed.json", "old");
  test_folder_put (fixture->folder, "bus/deleted.json", "old");
  test_folder_put (fixture->folder, "bus/kept.json", "old");
  test_folder_put (fixture->folder, "stray.json", "old");
  g_hash_table_insert (fixture->overlay, (char *) "bus/changed.json", (char *) "new");
  g_hash_table_insert (fixture->overlay, (char *) "bus/deleted.json", NULL);
  g_hash_table_insert (fixture->overlay, (char *) "rule/new/added.json", (char *) "added");
  g_hash_table_insert (fixture->overlay, (char *) "bus/large.json", large);
  g_hash_table_insert (fixture->overlay, (char *) "stray.json", NULL);
  g_hash_table_insert (fixture->overlay, (char *) "never/there.json", NULL);
  files = config_folder_read (fixture->folder, test_connector_schemas, fixture->overlay,
                              fixture->problems);
  test_problems_are (G_STRFUNC, fixture->problems,
                     (const char *const[]){ "bus/large.json: larger than *", NULL });
  g_assert_cmpuint (files->len, ==, 4);
  g_assert_cmpstr (((ConfigFile *) files->pdata[0])->text, ==, "new");
  g_assert_cmpstr (((ConfigFile *) files->pdata[1])->text, ==, "old");
  g_assert_null (((ConfigFile *) files->pdata[2])->text);
  g_assert_cmpstr (((ConfigFile *) files->pdata[3])->path, ==, "rule/new/added.json");
  g_assert_cmpstr (((ConfigFile *) files->pdata[3])->text, ==, "added");
}

/* An edit must name what a reader of the folder would find. */
static void
test_bad_overlay (Fixture *fixture, gconstpointer data)
{
  static const char *const paths[] = { "../escape.json",
                                       "/etc/passwd",
                                       "bus/../a.json",
                                       "bus//a.json",
                                       "bus/README.json",
                                       "bus/.hidden.json",
                                       "bus/a.json/b",
                                       "rule/../a.json",
                                       "",
                                       "bus/" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GPtrArray) files = NULL;
      g_autoptr (GPtrArray) problems = test_problems_new ();

      g_hash_table_insert (fixture->overlay, (char *) paths[i], (char *) "{}");
      files = config_folder_read (fixture->folder, test_connector_schemas, fixture->overlay,
                                  problems);
      g_test_message ("“%s”", paths[i]);
      g_assert_cmpuint (files->len, ==, 0);
      g_assert_cmpuint (problems->len, ==, 1);
      g_hash_table_remove_all (fixture->overlay);
    }
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-folder/names", test_names);
  ADD ("/config-folder/found", test_found);
  ADD ("/config-folder/ignored", test_ignored);
  ADD ("/config-folder/strays", test_strays);
  ADD ("/config-folder/unusual", test_unusual);
  ADD ("/config-folder/unreadable", test_unreadable);
  ADD ("/config-folder/missing", test_missing);
  ADD ("/config-folder/empty", test_empty);
  ADD ("/config-folder/overlay", test_overlay);
  ADD ("/config-folder/bad-overlay", test_bad_overlay);
  return g_test_run ();
}
