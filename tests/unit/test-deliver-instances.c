/* Open connectors: one for all sends, another when the settings change, closed when nobody needs
 * it. */
#include "base/error.h"
#include "deliver/instances.h"

#include <glib/gstdio.h>

typedef struct
{
  GMainContext *context;
  Clock *clock;
  char *state_dir;
  ConnectorHost host;
  Instances *instances;
  Instance *in_use;
  guint n_done;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  g_main_context_push_thread_default (fixture->context);
  fixture->clock = clock_manual_new (0);
  fixture->state_dir = g_dir_make_tmp ("signalbox-instances-XXXXXX", NULL);
  fixture->host = (ConnectorHost){
    .context = fixture->context,
    .clock = fixture->clock,
    .state_dir = fixture->state_dir,
  };
  fixture->instances = instances_new (&fixture->host);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *old = g_build_filename (fixture->state_dir, "old", NULL);
  g_autofree char *new = g_build_filename (fixture->state_dir, "new", NULL);

  instances_free (fixture->instances);
  g_main_context_pop_thread_default (fixture->context);
  g_main_context_unref (fixture->context);
  clock_free (fixture->clock);
  g_remove (old);
  g_remove (new);
  g_remove (fixture->state_dir);
  g_free (fixture->state_dir);
}

/* file/f, whose path is its digest too. */
static ConfigConnector
config_for (const char *path)
{
  g_autofree char *json = g_strdup_printf (
      "{\"Path\":\"%s\",\"Form\":\"lines\",\"MaxBytes\":5000,\"MaxAgeSeconds\":0,\"Keep\":1}",
      path);
  g_autoptr (JsonNode) node = json_from_string (json, NULL);

  return (ConfigConnector){
    .kind = (char *) "file",
    .name = (char *) "f",
    .ref = (char *) "file/f",
    .settings = json_node_dup_object (node),
    .digest = (char *) path,
  };
}

static void
sent_cb (const Outcome *outcome, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpint (outcome->kind, ==, OUTCOME_DELIVERED);
  fixture->n_done++;
  instance_release (fixture->in_use);
}

static void
start_send (Fixture *fixture, const ConfigConnector *config)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("1", 1);
  g_autoptr (GError) error = NULL;
  ConnectorRequest request = { .delivery_id = "d",
                               .event_id = "e",
                               .content_type = "application/json",
                               .payload = payload };

  fixture->in_use = instances_use (fixture->instances, config, &error);
  g_assert_no_error (error);
  instance_send (fixture->in_use, &request, sent_cb, fixture);
}

static void
wait_for (Fixture *fixture, guint n_done)
{
  while (fixture->n_done < n_done)
    g_main_context_iteration (fixture->context, TRUE);
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
}

static void
test_shared (Fixture *fixture, gconstpointer data)
{
  ConfigConnector config = config_for ("old");
  g_autoptr (GError) error = NULL;
  Instance *first = instances_use (fixture->instances, &config, &error);
  Instance *second = instances_use (fixture->instances, &config, &error);

  g_assert_no_error (error);
  g_assert_true (first == second);
  instance_release (first);
  instance_release (second);
  json_object_unref (config.settings);
}

static guint
n_open (const char *folder)
{
  g_autoptr (GDir) descriptors = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (descriptors)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);

      n += target != NULL && g_str_has_prefix (target, folder);
    }
  return n;
}

/* New settings while a send is under way: that ends, and then the old one is closed. */
static void
test_replaced (Fixture *fixture, gconstpointer data)
{
  ConfigConnector old = config_for ("old");
  ConfigConnector new = config_for ("new");
  Instance *before;

  start_send (fixture, &old);
  before = fixture->in_use;
  g_assert_cmpuint (fixture->n_done, ==, 0);
  {
    g_autoptr (GError) error = NULL;
    Instance *after = instances_use (fixture->instances, &new, &error);

    /* Both would write to one file, for all that is known. */
    g_assert_null (after);
    g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE);
    g_assert_true (fixture->in_use == before);
  }
  wait_for (fixture, 1);
  /* The file of the old one was open while its send was under way. */
  g_assert_cmpuint (n_open (fixture->state_dir), ==, 0);

  start_send (fixture, &new);
  wait_for (fixture, 2);
  g_assert_cmpuint (n_open (fixture->state_dir), ==, 1);
  json_object_unref (old.settings);
  json_object_unref (new.settings);
}

static void
test_gone (Fixture *fixture, gconstpointer data)
{
  ConfigConnector config = config_for ("old");
  g_autoptr (GHashTable) connectors = g_hash_table_new (g_str_hash, g_str_equal);
  Configuration configuration = { .connectors = connectors };

  start_send (fixture, &config);
  wait_for (fixture, 1);
  g_hash_table_insert (connectors, config.ref, &config);
  instances_reconfigure (fixture->instances, &configuration);
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  g_assert_cmpuint (n_open (fixture->state_dir), ==, 1);

  g_hash_table_remove_all (connectors);
  instances_reconfigure (fixture->instances, &configuration);
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  g_assert_cmpuint (n_open (fixture->state_dir), ==, 0);
  json_object_unref (config.settings);
}

static void
test_cannot_be_opened (Fixture *fixture, gconstpointer data)
{
  ConfigConnector config = config_for ("../x");
  g_autoptr (GError) error = NULL;

  g_assert_null (instances_use (fixture->instances, &config, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
  g_clear_error (&error);
  config.kind = (char *) "pigeon";
  g_assert_null (instances_use (fixture->instances, &config, &error));
  g_assert_cmpstr (error->message, ==, "file/f: there is no kind “pigeon”");
  json_object_unref (config.settings);
}

#define ADD(path, test)                                                                            \
  g_test_add ("/deliver/instances/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("shared", test_shared);
  ADD ("replaced", test_replaced);
  ADD ("gone", test_gone);
  ADD ("cannot-be-opened", test_cannot_be_opened);

  return g_test_run ();
}
