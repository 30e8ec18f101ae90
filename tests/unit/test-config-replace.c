/* A folder's files are replaced all or not at all, over a crash too. */
#include "support/config-folder.h"

#include "base/error.h"

#include <glib/gstdio.h>

#define INTENT ".signalbox-apply"

static GHashTable *
read_all (const char *folder)
{
  g_autoptr (GError) error = NULL;
  GHashTable *files = config_read_files (folder, test_connector_schemas, &error);

  g_assert_no_error (error);
  return files;
}

static void
test_replaced (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autoptr (GHashTable) before = NULL, after = NULL;
  g_autoptr (GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;

  test_folder_put (folder, "file/a.json", "{\"Path\": \"a\"}");
  test_folder_put (folder, "file/b.json", "{\"Path\": \"b\"}");
  test_folder_put (folder, "README.md", "notes");
  g_hash_table_insert (wanted, (gpointer) "file/b.json", (gpointer) "{\"Path\": \"new\"}");
  g_hash_table_insert (wanted, (gpointer) "bus/c.json", (gpointer) "{}");
  before = read_all (folder);
  g_assert_true (config_replace_files (folder, before, wanted, &error));
  g_assert_no_error (error);
  after = read_all (folder);
  g_assert_cmpuint (g_hash_table_size (after), ==, 2);
  g_assert_cmpstr (g_hash_table_lookup (after, "file/b.json"), ==, "{\"Path\": \"new\"}");
  g_assert_cmpstr (g_hash_table_lookup (after, "bus/c.json"), ==, "{}");
  g_assert_false (test_folder_has (folder, INTENT));
  /* What is no file of the configuration stays. */
  g_assert_true (test_folder_has (folder, "README.md"));
  test_folder_free (g_steal_pointer (&folder));
}

/* A crash after the intent was on the disk: the next start does the rest. */
static void
test_recovered (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autoptr (GHashTable) after = NULL;
  g_autoptr (GError) error = NULL;

  test_folder_put (folder, "file/a.json", "{\"Path\": \"a\"}");
  test_folder_put (folder, "file/b.json", "{\"Path\": \"new\"}");
  test_folder_put (folder, INTENT,
                   "{\"file/b.json\": \"{\\\"Path\\\": \\\"new\\\"}\", \"bus/c.json\": \"{}\"}");
  g_assert_true (config_recover (folder, test_connector_schemas, &error));
  g_assert_no_error (error);
  after = read_all (folder);
  g_assert_cmpuint (g_hash_table_size (after), ==, 2);
  g_assert_null (g_hash_table_lookup (after, "file/a.json"));
  g_assert_cmpstr (g_hash_table_lookup (after, "bus/c.json"), ==, "{}");
  g_assert_false (test_folder_has (folder, INTENT));
  g_assert_true (config_recover (folder, test_connector_schemas, &error));
  test_folder_free (g_steal_pointer (&folder));
}

static void
test_unreadable (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autoptr (GError) error = NULL;

  test_folder_put (folder, INTENT, "{");
  g_assert_false (config_recover (folder, test_connector_schemas, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
  test_folder_free (g_steal_pointer (&folder));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-replace/replaced", test_replaced);
  g_test_add_func ("/config-replace/recovered", test_recovered);
  g_test_add_func ("/config-replace/unreadable", test_unreadable);
  return g_test_run ();
}
